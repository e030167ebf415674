// How far a reader of a node's trace has come: kept in the database, moved in the transaction that
// holds the reader's effect.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exchange/trace.h"
#include "store/database.h"

namespace shu::exchange {

class TraceCursor {
 public:
    /// `reader` names the cursor. Errors: the store's.
    static Result<std::unique_ptr<TraceCursor>> open(store::Database& database,
                                                     const TraceOptions& trace, std::string reader);

    /// The next record's place; {0, 0} before the first. Any thread.
    TracePosition at() const;

    /// In a transaction. Errors: Conflict when another process has moved it.
    Result<void> move(store::Transaction& tx, TracePosition to) const;
    /// After that transaction has committed.
    void moved(TracePosition to);

    /// Goes to the first segment behind the present one that is not behind `end`'s; false if there
    /// is none.
    Result<bool> next_segment(TracePosition end);

 private:
    TraceCursor(store::Database& database, TraceOptions trace, std::string reader)
        : database_(database), trace_(std::move(trace)), reader_(std::move(reader)) {}

    store::Database& database_;
    const TraceOptions trace_;
    const std::string reader_;
    mutable std::mutex mutex_;
    std::optional<TracePosition> at_;
};

}  // namespace shu::exchange
