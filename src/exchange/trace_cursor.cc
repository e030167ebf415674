#include "exchange/trace_cursor.h"

namespace shu::exchange {

Result<std::unique_ptr<TraceCursor>> TraceCursor::open(store::Database& database,
                                                       const TraceOptions& trace,
                                                       std::string reader) {
    std::unique_ptr<TraceCursor> cursor(new TraceCursor(database, trace, std::move(reader)));
    SHU_CHECK(database.read([&](store::Transaction& tx) -> Result<void> {
        cursor->at_ = SHU_TRY(cursor->stored(tx));
        return {};
    }));
    return cursor;
}

TracePosition TraceCursor::at() const {
    const std::lock_guard lock(mutex_);
    return at_.value_or(TracePosition{});
}

void TraceCursor::moved(TracePosition to) {
    const std::lock_guard lock(mutex_);
    at_ = to;
}

Result<std::optional<TracePosition>> TraceCursor::stored(store::Transaction& tx) const {
    const auto row =
        SHU_TRY(tx.row("SELECT segment, position FROM trace_cursor WHERE node = $1 AND reader = $2",
                       {std::int64_t{trace_.node}, std::string_view(reader_)}));
    if (!row) return std::optional<TracePosition>();
    return std::optional<TracePosition>({row->integer(0), row->integer(1)});
}

/// False when the stored cursor does not stand at `from`.
Result<bool> TraceCursor::move(store::Transaction& tx, TracePosition from, TracePosition to) const {
    const std::int64_t node = trace_.node;
    if (from.segment == 0)
        return SHU_TRY(tx.execute(
                   "INSERT INTO trace_cursor (node, reader, segment, position) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (node, reader) DO NOTHING",
                   {node, std::string_view(reader_), to.segment, to.position})) == 1;
    return SHU_TRY(tx.execute("UPDATE trace_cursor SET segment = $3, position = $4 "
                              "WHERE node = $1 AND reader = $2 AND segment = $5 AND position = $6",
                              {node, std::string_view(reader_), to.segment, to.position,
                               from.segment, from.position})) == 1;
}

Result<TraceCursor::Step> TraceCursor::advance(TracePosition to,
                                               const store::Database::Work& effect) {
    const TracePosition from = at();
    const std::optional<TracePosition> tried = tried_;
    bool had_moved = false;
    const auto committed = database_.write([&](store::Transaction& tx) -> Result<void> {
        had_moved = false;
        if (SHU_TRY(move(tx, from, to))) {
            tried_ = to;
            return effect(tx);
        }
        const auto found = SHU_TRY(stored(tx));
        had_moved = tried && found == tried;
        if (had_moved) return {};
        return conflict(
            "the trace of node " + std::to_string(trace_.node) +
            " is being indexed by another process; give every server of one database its own node number");
    });
    if (!committed.ok()) return committed.error();
    moved(had_moved ? *tried : to);
    tried_.reset();
    return had_moved ? Step::kHadMoved : Step::kMoved;
}

}  // namespace shu::exchange
