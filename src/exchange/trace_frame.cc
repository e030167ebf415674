#include "exchange/trace_frame.h"

namespace shu::exchange {
namespace {
constexpr std::string_view kMagic = "SHUTRACE";
constexpr std::uint32_t kVersion = 1;
}  // namespace

std::string to_bytes(const TraceHeader& header) {
    std::string bytes(kMagic);
    append_number(bytes, kVersion);
    append_number(bytes, header.node);
    append_number(bytes, header.segment);
    append_number(bytes, header.created_at);
    append_number(bytes, crc32c(bytes));
    bytes.resize(static_cast<std::size_t>(kTraceHeaderBytes), '\0');
    return bytes;
}

Result<TraceHeader> parse_trace_header(std::string_view bytes) {
    if (bytes.size() < static_cast<std::size_t>(kTraceHeaderBytes) || !bytes.starts_with(kMagic))
        return corrupt("it does not begin with SHUTRACE");
    if (read_number<std::uint32_t>(bytes, 32) != crc32c(bytes.substr(0, 32)))
        return corrupt("the checksum of its header is wrong");
    const auto version = read_number<std::uint32_t>(bytes, 8);
    if (version != kVersion)
        return corrupt("it has version " + std::to_string(version) +
                       "; this program reads version 1");
    return TraceHeader{.node = read_number<std::uint32_t>(bytes, 12),
                       .segment = read_number<std::int64_t>(bytes, 16),
                       .created_at = read_number<std::int64_t>(bytes, 24)};
}

void append_trace_record(std::string& out, std::string_view payload) {
    const std::size_t frame = out.size();
    out.append(kTraceFrameBytes, '\0');
    out.append(payload);
    seal_trace_frame(out, frame);
}

void seal_trace_frame(std::string& out, std::size_t frame) {
    const std::string_view payload = std::string_view(out).substr(frame + kTraceFrameBytes);
    const auto length = static_cast<std::uint32_t>(payload.size());
    SHU_ASSERT(length > 0 && length <= limits::trace_record_bytes_max);
    std::memcpy(out.data() + frame, &length, sizeof length);
    const std::uint32_t crc = crc32c(payload, crc32c({out.data() + frame, sizeof length}));
    std::memcpy(out.data() + frame + sizeof length, &crc, sizeof crc);
}

}  // namespace shu::exchange
