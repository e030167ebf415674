// The bytes of a segment: its header and the frame of a record. docs/format/trace.md. Inside the
// trace's files only.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/crc32c.h"
#include "exchange/trace.h"

namespace shu::exchange {

struct TraceHeader {
    std::uint32_t node = 0;
    std::int64_t segment = 0;
    Micros created_at = 0;
};

/// kTraceHeaderBytes bytes.
std::string to_bytes(const TraceHeader& header);
/// Errors: Corrupt with what does not fit.
Result<TraceHeader> parse_trace_header(std::string_view bytes);

template <typename T>
T read_number(std::string_view bytes, std::size_t at) {
    T number;
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

template <typename T>
void append_number(std::string& out, T number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    out.append(bytes, sizeof number);
}

}  // namespace shu::exchange
