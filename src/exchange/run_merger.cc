// Joining runs of postings.
#include <algorithm>
#include <limits>

#include "exchange/posting.h"
#include "exchange/run_state.h"
#include "foundation/limits.h"

namespace shu::exchange {
namespace {

using store::StoredRow;
using store::Transaction;

/// Gives one run's postings in order.
class RunReader {
 public:
    explicit RunReader(std::int64_t run) : run_(run) {}

    std::int64_t run() const { return run_; }
    /// Makes front() ready; false at the end.
    Result<bool> fill(Transaction& tx) {
        if (at_ < chunk_.size()) return true;
        if (is_ended_) return false;
        const auto row = SHU_TRY(tx.row(
            "SELECT postings FROM gateway_posting WHERE run = $1 AND (first_key, first_call) > ($2, $3) "
            "ORDER BY first_key, first_call LIMIT 1",
            {run_, last_.key, last_.call}));
        is_ended_ = !row;
        if (!row) return false;
        chunk_ = postings_of(row->text(0));
        at_ = 0;
        if (chunk_.empty())
            return corrupt("run " + std::to_string(run_) +
                           " of the gateway's postings has an empty row");
        last_ = chunk_.back();
        return true;
    }
    const Posting& front() const { return chunk_[at_]; }
    void pop() { ++at_; }

 private:
    std::int64_t run_;
    std::vector<Posting> chunk_;
    std::size_t at_ = 0;
    Posting last_{std::numeric_limits<std::int64_t>::min(), -1};
    bool is_ended_ = false;
};

struct Later {
    bool operator()(const RunReader* a, const RunReader* b) const {
        return a->front() > b->front();
    }
};

}  // namespace

struct RunMerger::Join {
    std::int64_t run = 0;
    std::vector<RunReader> sources;
};

RunMerger::RunMerger(store::Database& database, IdMaker& ids, int node)
    : database_(database), ids_(ids), node_(node) {}
RunMerger::~RunMerger() = default;

Result<bool> RunMerger::step() {
    if (!is_settled_) {
        SHU_CHECK(database_.write([&](Transaction& tx) -> Result<void> {
            SHU_TRY(tx.execute("UPDATE gateway_run SET state = 2 WHERE node = $1 AND state = 0",
                               {node_}));
            return {};
        }));
        is_settled_ = true;
    }
    if (join_) {
        const auto continued = continue_join();
        if (!continued.ok()) {
            join_.reset();
            is_settled_ = false;
            return continued.error();
        }
        return true;
    }
    if (SHU_TRY(clear_dead())) return true;
    return begin_join();
}

Result<bool> RunMerger::clear_dead() {
    const auto dead = SHU_TRY(database_.read_value<std::vector<StoredRow>>([&](Transaction& tx) {
        return tx.query(
            "SELECT id FROM gateway_run WHERE node = $1 AND state = 2 ORDER BY id LIMIT 1",
            {node_});
    }));
    if (dead.empty()) return false;
    const std::int64_t run = dead.front().integer(0);
    SHU_CHECK(database_.write([&](Transaction& tx) -> Result<void> {
        const auto behind =
            SHU_TRY(tx.row("SELECT first_key, first_call FROM gateway_posting WHERE run = $1 "
                           "ORDER BY first_key, first_call LIMIT 1 OFFSET $2",
                           {run, limits::run_rows_per_step}));
        if (behind) {
            SHU_TRY(tx.execute(
                "DELETE FROM gateway_posting WHERE run = $1 AND (first_key, first_call) < ($2, $3)",
                {run, behind->integer(0), behind->integer(1)}));
            return {};
        }
        SHU_TRY(tx.execute("DELETE FROM gateway_posting WHERE run = $1", {run}));
        SHU_TRY(tx.execute("DELETE FROM gateway_run WHERE id = $1", {run}));
        return {};
    }));
    return true;
}

Result<bool> RunMerger::begin_join() {
    std::vector<StoredRow> oldest;
    SHU_CHECK(database_.read([&](Transaction& tx) -> Result<void> {
        oldest.clear();
        const auto level = SHU_TRY(
            tx.row("SELECT level FROM gateway_run WHERE node = $1 AND state = 1 AND level < $2 "
                   "GROUP BY level HAVING COUNT(*) >= $3 ORDER BY level LIMIT 1",
                   {node_, limits::run_levels, limits::run_fan}));
        if (!level) return {};
        oldest =
            SHU_TRY(tx.query("SELECT id, first_call, last_call, postings FROM gateway_run "
                             "WHERE node = $1 AND state = 1 AND level = $2 ORDER BY id LIMIT $3",
                             {node_, level->integer(0), limits::run_fan}));
        return {};
    }));
    if (oldest.empty()) return false;
    auto join = std::make_unique<Join>();
    join->run = ids_.next();
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0, postings = 0;
    for (const StoredRow& row : oldest) {
        join->sources.emplace_back(row.integer(0));
        first = std::min(first, row.integer(1));
        last = std::max(last, row.integer(2));
        postings += row.integer(3);
    }
    SHU_CHECK(database_.write([&](Transaction& tx) -> Result<void> {
        SHU_TRY(tx.execute(
            "INSERT INTO gateway_run (id, node, level, state, first_call, last_call, postings) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            {join->run, node_, level_of(postings), kRunBuilding, first, last, postings}));
        return {};
    }));
    join_ = std::move(join);
    return true;
}

Result<void> RunMerger::continue_join() {
    std::vector<Posting> merged;
    const auto wanted = static_cast<std::size_t>(limits::run_rows_per_step) * limits::posting_chunk;
    merged.reserve(wanted);
    SHU_CHECK(database_.read([&](Transaction& tx) -> Result<void> {
        std::vector<RunReader*> heap;
        for (RunReader& source : join_->sources)
            if (SHU_TRY(source.fill(tx))) heap.push_back(&source);
        std::ranges::make_heap(heap, Later());
        while (!heap.empty() && merged.size() < wanted) {
            std::ranges::pop_heap(heap, Later());
            RunReader* first = heap.back();
            merged.push_back(first->front());
            first->pop();
            if (SHU_TRY(first->fill(tx)))
                std::ranges::push_heap(heap, Later());
            else
                heap.pop_back();
        }
        return {};
    }));
    const bool is_whole = merged.size() < wanted;
    SHU_CHECK(database_.write([&](Transaction& tx) -> Result<void> {
        SHU_CHECK(insert_postings(tx, join_->run, merged));
        if (!is_whole) return {};
        SHU_TRY(tx.execute("UPDATE gateway_run SET state = 1 WHERE id = $1", {join_->run}));
        for (const RunReader& source : join_->sources)
            SHU_TRY(tx.execute("UPDATE gateway_run SET state = 2 WHERE id = $1", {source.run()}));
        return {};
    }));
    if (is_whole) join_.reset();
    return {};
}

}  // namespace shu::exchange
