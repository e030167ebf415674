// The index of sealed calls: reads them from the trace again and writes, a small slice at a time,
// what lists and quotas need.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "exchange/call.h"
#include "exchange/gateway_snapshot.h"
#include "exchange/posting.h"
#include "exchange/record_glance.h"
#include "exchange/trace.h"
#include "exchange/trace_cursor.h"
#include "foundation/id.h"

namespace shu::exchange {

/// One thread at a time.
class Indexer {
 public:
    /// Errors: the store's.
    static Result<std::unique_ptr<Indexer>> open(store::Database& database, IdMaker& ids,
                                                 const TraceOptions& trace,
                                                 std::shared_ptr<const Log> log);

    /// Indexes one slice of the records before `sealed`, in one transaction with the cursor; the
    /// calls indexed, or nullopt when there are none left. A slice may be of no calls when it only
    /// goes on to the next segment.
    Result<std::optional<std::int64_t>> advance(TracePosition sealed);

    /// Up to where everything is indexed. Any thread.
    TracePosition position() const { return cursor_->at(); }

 private:
    /// What many calls have in common: one row in gateway_kind. A kind may have several rows: a
    /// start, or too many kinds, begins anew.
    struct Kind {
        std::int64_t id = 0;
        bool is_stored = false;
        Call call;  ///< what is shared of it
        std::int64_t by_organisation = 0;
        std::int64_t by_dataset = 0;
    };
    struct Entry {
        RecordGlance call;  ///< its subject: in texts_
        std::size_t subject = 0;
        Kind* kind = nullptr;
        std::int64_t position = 0;
    };

    Indexer(store::Database& database, IdMaker& ids, TraceOptions trace,
            std::shared_ptr<const Log> log)
        : database_(database), ids_(ids), trace_(std::move(trace)), log_(std::move(log)) {}
    Result<void> take(const TraceRecord& record);
    Result<Kind*> kind_of(std::string_view payload);
    std::string_view subject_of(const Entry& entry) const;
    void collect_postings();
    Result<std::int64_t> commit(TracePosition end);
    Result<void> insert_kinds(store::Transaction& tx) const;
    Result<void> insert_calls(store::Transaction& tx);
    Result<void> count_calls(store::Transaction& tx) const;

    store::Database& database_;
    IdMaker& ids_;
    const TraceOptions trace_;
    const std::shared_ptr<const Log> log_;
    std::unique_ptr<TraceCursor> cursor_;
    std::int64_t tried_ = 0;  // calls of the last slice that may have been committed
    std::unordered_map<std::string, std::unique_ptr<Kind>, TextHash, std::equal_to<>> kinds_;

    // Of the slice in hand; they keep their room.
    std::string kind_text_;
    std::string texts_;
    std::vector<Entry> entries_;
    std::vector<Kind*> fresh_;
    std::vector<Posting> postings_;
    std::vector<std::vector<store::Value>> tuples_;
};

}  // namespace shu::exchange
