// Which calls concern whom: postings (key, call) in sorted runs. docs/adr/0007-gateway-trace.md.
//
// An ordinary index of calls by subject writes a page of its own for nearly every call, because
// subjects come in no order. Here each slice of the index appends one small sorted run, and a
// merger joins sixteen runs of a size into one larger: every posting is written a few times, but
// always in order and many to a page.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/id.h"
#include "foundation/result.h"
#include "store/database.h"

namespace shu::exchange {

struct Posting {
    std::int64_t key = 0;
    std::int64_t call = 0;
    friend auto operator<=>(const Posting&, const Posting&) = default;
};

/// Under what a call can be found. A key is a digest: readers check the call itself.
enum class PostedBy : char { kSubject = 's', kOrganisation = 'o', kDataset = 'd', kRefusal = 'r' };
std::int64_t posting_key(PostedBy by, std::string_view name);

/// Writes one run of at least one posting, in the transaction that writes the calls; sorts
/// `postings`.
Result<void> insert_run(store::Transaction& tx, std::int64_t run, int node,
                        std::vector<Posting>& postings);

/// The calls with `id` < `before` under `key`, of all nodes, newest first, at most `limit`.
Result<std::vector<std::int64_t>> posted_calls(store::Transaction& tx, std::int64_t key,
                                               std::int64_t before, std::size_t limit);

/// Joins one node's runs, a little at each step, so that the database's writer is never held for
/// long. One thread at a time. Readers see the old runs until the new one is whole; a run that a
/// crash left unfinished is cleared away and begun again.
class RunMerger {
 public:
    RunMerger(store::Database& database, IdMaker& ids, int node);
    ~RunMerger();

    /// Does a piece of what there is to do; false when there is nothing. After an error it begins
    /// the join again.
    Result<bool> step();

 private:
    struct Join;
    Result<bool> clear_dead();
    Result<bool> begin_join();
    Result<void> continue_join();

    store::Database& database_;
    IdMaker& ids_;
    const std::int64_t node_;
    bool is_settled_ = false;  ///< no unfinished run of an earlier time is left
    std::unique_ptr<Join> join_;
};

}  // namespace shu::exchange
