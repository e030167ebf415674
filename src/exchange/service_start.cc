// What a start does before the first call: the trace is made whole, indexed, and read for nonces
// and quotas.
#include <unistd.h>

#include <algorithm>

#include "exchange/service.h"
#include "foundation/file.h"

namespace shu::exchange {
namespace {

/// A segment whose making was cut short has no record that anybody was told of.
Result<bool> remove_if_unborn(const TraceOptions& trace, std::int64_t segment) {
    const std::string path = trace_segment_path(trace, segment);
    const auto created = trace_segment_created(trace, segment);
    if (created.ok() || created.error().code != Code::kCorrupt) return false;
    const std::string bytes = SHU_TRY(file::read(path, 2 * limits::trace_segment_bytes));
    const std::string_view behind =
        std::string_view(bytes).substr(std::min<std::size_t>(bytes.size(), kTraceHeaderBytes));
    if (behind.find_first_not_of('\0') != std::string_view::npos) return false;
    if (::unlink(path.c_str()) != 0) return file::system_error("remove", path, errno);
    return true;
}

}  // namespace

Result<void> Service::recover() {
    SHU_CHECK(file::make_folder(trace.folder));
    // SQLite's file has one process, which locks its folder.
    if (parts.database.engine() == store::Engine::kPostgres)
        node_claim = SHU_TRY(NodeClaim::open(parts.database, parts.clock, trace));
    sealer = SHU_TRY(Sealer::open({.database = parts.database,
                                   .clock = parts.clock,
                                   .ids = parts.ids,
                                   .trace = trace,
                                   .log = parts.log}));
    SHU_CHECK(recover_segments());
    SHU_CHECK(recover_nonces());
    SHU_CHECK(parts.database.read(
        [&](store::Transaction& tx) { return uses.load(tx, china_day(now()), parts.node, true); }));
    gateway = std::make_unique<Gateway>(
        Gateway::Parts{.database = parts.database,
                       .clock = parts.clock,
                       .ids = parts.ids,
                       .identity = parts.identity,
                       .nonces = nonces,
                       .live = live,
                       .trace = trace,
                       .show_record = [this](std::string_view payload) { show_record(payload); },
                       .log = parts.log});
    return refresh();
}

Result<void> Service::recover_segments() {
    const std::vector<std::int64_t> segments = SHU_TRY(trace_segments(trace));
    const TracePosition sealed = sealer->position();
    std::int64_t first = sealed.segment + 1;
    if (!segments.empty()) {
        const std::int64_t last = segments.back();
        if (SHU_TRY(remove_if_unborn(trace, last))) {
            // Its number is given again: numbers without a gap show a segment that is lost.
            first = std::max(first, last);
            parts.log->warning("removed a trace segment that a crash left unmade",
                               {{"segment", last}});
        } else {
            first = std::max(first, last + 1);
            const std::int64_t from = last == sealed.segment ? sealed.position : 0;
            const std::int64_t torn = SHU_TRY(cut_trace_tail(trace, {last, from}));
            if (torn > 0)
                parts.log->warning(
                    "cut the torn end of the trace; an answer is sent only behind whole records",
                    {{"segment", last}, {"bytes", torn}, {"kept", "beside, as .cut"}});
        }
    }
    trace.first_segment = first;
    std::int64_t batches = 0;
    for (;;) {
        const auto more = sealer->advance({trace.first_segment, 0});
        if (!more.ok() && more.error().code != Code::kCorrupt) return more.error();
        if (!more.ok())  // all is sealed; what cannot be indexed must not keep the city closed
            parts.log->error("calls of the last run cannot be indexed",
                             {{"reason", more.error().detail}});
        if (!more.ok() || !*more) break;
        ++batches;
    }
    sealer->begin_count();  // from here on it is compared with what this run writes
    if (batches > 0)
        parts.log->info("indexed the trace that the last run left", {{"batches", batches}});
    return {};
}

Result<void> Service::recover_nonces() {
    const std::int64_t now_ms = now() / kMicrosPerMilli;
    const Micros horizon = now() - 2 * limits::signature_window_ms * kMicrosPerMilli;
    std::vector<std::int64_t> segments = SHU_TRY(trace_segments(trace));
    std::ranges::reverse(segments);
    for (const std::int64_t segment : segments) {
        SHU_TRY(read_trace(trace, {segment, 0}, 0, [&](const TraceRecord& record) -> Result<bool> {
            const Call call = SHU_TRY(parse_record(record.payload));
            const std::int64_t expires_ms = call.timestamp_ms + limits::signature_window_ms;
            if (!call.nonce.empty() && expires_ms >= now_ms)
                (void)nonces.take(call.client_id, call.nonce, expires_ms, now_ms);
            return true;
        }));
        if (SHU_TRY(trace_segment_created(trace, segment)) < horizon)
            break;  // what is before is older still
    }
    return {};
}

}  // namespace shu::exchange
