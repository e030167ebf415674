// Trace segments with any tail, and records read the short way and the long one.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "exchange/call.h"
#include "exchange/record_glance.h"
#include "exchange/trace.h"
#include "exchange/trace_frame.h"

namespace {

using namespace shu::exchange;

void require(bool condition) {
    if (!condition) std::abort();
}

const TraceOptions& trace() {
    static const TraceOptions options = [] {
        char folder[] = "/tmp/shu-trace-fuzz-XXXXXX";
        return TraceOptions{.folder = ::mkdtemp(folder), .node = 1};
    }();
    return options;
}

std::int64_t records(std::int64_t& end) {
    std::int64_t count = 0;
    const auto read =
        read_trace(trace(), {1, 0}, 0, [&](const TraceRecord& record) -> shu::Result<bool> {
            require(!record.payload.empty());
            ++count;
            return true;
        });
    require(read.ok());
    end = read->position;
    return count;
}

/// A tail never hides the records before it, and cutting leaves them alone.
void read_with_tail(std::string_view tail) {
    std::string bytes = to_bytes({.node = 1, .segment = 1, .created_at = 1});
    append_trace_record(bytes, "first");
    std::ofstream(trace_segment_path(trace(), 1), std::ios::binary | std::ios::trunc)
        << bytes << tail;
    std::int64_t end = 0, end_again = 0;
    const std::int64_t count = records(end);
    require(count >= 1);
    require(cut_trace_tail(trace(), {1, 0}).ok());
    require(records(end_again) == count && end == end_again);
    require(trace_tail_bytes(trace(), {1, end}).value() == 0);
}

void read_record(std::string_view payload) {
    std::string kind;
    const auto short_way = glance(payload, kind);
    const auto long_way = parse_record(payload);
    if (!short_way || !long_way.ok()) return;
    require(short_way->id == long_way->id.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)parse_trace_header(bytes);
    read_record(bytes);
    if (size % 8 == 0) read_with_tail(bytes);  // files are slow
    return 0;
}
