// CRC-32C (Castagnoli; RFC 3720 B.4): finds torn and flipped bytes of the trace, protects against
// nobody.
#pragma once

#include <cstdint>
#include <string_view>

namespace shu::exchange {

/// Continues `crc` (0 to begin with) over `bytes`. Pure.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
/// The same on processors without an instruction for it.
std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace shu::exchange
