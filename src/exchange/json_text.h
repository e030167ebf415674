// JSON written straight into a buffer, for the gateway's hot path: no tree, no allocation but the
// buffer's growth.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shu::exchange {

/// `"..."` with the escapes that RFC 8259 7 requires. `text` is UTF-8.
void append_json_text(std::string& out, std::string_view text);
void append_number_text(std::string& out, std::int64_t number);

/// `,"name":"text"`; `name` needs no escapes.
void append_member(std::string& out, std::string_view name, std::string_view text);
void append_member(std::string& out, std::string_view name, std::int64_t number);

}  // namespace shu::exchange
