#include "exchange/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace shu::exchange {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected
constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) ? (crc >> 1) ^ kPolynomial : crc >> 1;
        tables[0][i] = crc;
    }
    for (std::size_t slice = 1; slice < kSlices; ++slice)
        for (std::size_t i = 0; i < 256; ++i)
            tables[slice][i] = (tables[slice - 1][i] >> 8) ^ tables[0][tables[slice - 1][i] & 0xff];
    return tables;
}

constexpr Tables kTables = make_tables();

#if defined(__x86_64__)
/// With the processor's own instruction: ten times as fast.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes,
                                                               std::uint32_t crc) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t state = ~crc;
    for (; left >= sizeof state; at += sizeof state, left -= sizeof state) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        state = __builtin_ia32_crc32di(state, word);
    }
    auto narrow = static_cast<std::uint32_t>(state);
    for (; left > 0; ++at, --left)
        narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(*at));
    return ~narrow;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2");
    if (has_instruction) return by_instruction(bytes, crc);
#endif
    return crc32c_by_tables(bytes, crc);
}

std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc) {
    static_assert(std::endian::native == std::endian::little);
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    crc = ~crc;
    while (left >= kSlices) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, kSlices);
        word ^= crc;
        crc = 0;
        for (std::size_t slice = 0; slice < kSlices; ++slice)
            crc ^= kTables[kSlices - 1 - slice][(word >> (8 * slice)) & 0xff];
        at += kSlices;
        left -= kSlices;
    }
    while (left-- > 0)
        crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(*at++)) & 0xff];
    return ~crc;
}

}  // namespace shu::exchange
