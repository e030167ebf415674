#include "exchange/trace_cursor.h"

namespace shu::exchange {

Result<std::unique_ptr<TraceCursor>> TraceCursor::open(store::Database& database,
                                                       const TraceOptions& trace,
                                                       std::string reader) {
    std::unique_ptr<TraceCursor> cursor(new TraceCursor(database, trace, std::move(reader)));
    SHU_CHECK(database.read([&](store::Transaction& tx) -> Result<void> {
        const auto row = SHU_TRY(
            tx.row("SELECT segment, position FROM trace_cursor WHERE node = $1 AND reader = $2",
                   {std::int64_t{trace.node}, std::string_view(cursor->reader_)}));
        if (row) cursor->at_ = {row->integer(0), row->integer(1)};
        return {};
    }));
    return cursor;
}

TracePosition TraceCursor::at() const {
    const std::lock_guard lock(mutex_);
    return at_.value_or(TracePosition{});
}

Result<void> TraceCursor::move(store::Transaction& tx, TracePosition to) const {
    const TracePosition from = at();
    const std::int64_t node = trace_.node;
    std::int64_t changed = 0;
    if (from.segment != 0)
        changed =
            SHU_TRY(tx.execute("UPDATE trace_cursor SET segment = $3, position = $4 "
                               "WHERE node = $1 AND reader = $2 AND segment = $5 AND position = $6",
                               {node, std::string_view(reader_), to.segment, to.position,
                                from.segment, from.position}));
    else
        changed = SHU_TRY(tx.execute(
            "INSERT INTO trace_cursor (node, reader, segment, position) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (node, reader) DO NOTHING",
            {node, std::string_view(reader_), to.segment, to.position}));
    if (changed == 1) return {};
    return conflict(
        "the trace of node " + std::to_string(trace_.node) +
        " is being indexed by another process; give every server of one database its own node number");
}

void TraceCursor::moved(TracePosition to) {
    const std::lock_guard lock(mutex_);
    at_ = to;
}

Result<bool> TraceCursor::next_segment(TracePosition end) {
    const TracePosition from = at();
    for (const std::int64_t segment : SHU_TRY(trace_segments(trace_))) {
        if (segment <= from.segment || segment > end.segment) continue;
        const TracePosition to{segment, kTraceHeaderBytes};
        SHU_CHECK(database_.write([&](store::Transaction& tx) { return move(tx, to); }));
        moved(to);
        return true;
    }
    return false;
}

}  // namespace shu::exchange
