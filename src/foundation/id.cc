#include "foundation/id.h"

#include <algorithm>
#include <charconv>

namespace shu {
namespace {
constexpr Micros kEpoch = 1'704'067'200 * kMicrosPerSecond;  // 2024-01-01T00:00:00Z
constexpr int kSequenceBits = 12;
constexpr int kNodeBits = 10;
constexpr std::size_t kDigitsMax = 19;
}  // namespace

Result<std::int64_t> parse_id(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.size() > kDigitsMax || error != std::errc{} || end != text.data() + text.size() ||
        value <= 0)
        return invalid("'" + std::string(text.substr(0, 40)) +
                       "' is not an id; ids are positive whole numbers");
    return value;
}

IdMaker::IdMaker(const Clock& clock, int node) : clock_(clock), node_(node) {
    SHU_ASSERT(node >= 0 && node < (1 << kNodeBits));
}

std::int64_t IdMaker::next() {
    const std::int64_t millis =
        std::max<std::int64_t>(0, (clock_.now() - kEpoch) / kMicrosPerMilli);
    std::int64_t before = last_.load(std::memory_order_relaxed);
    std::int64_t mine = 0;
    do {
        mine = std::max(before + 1, millis << kSequenceBits);
    } while (!last_.compare_exchange_weak(before, mine, std::memory_order_relaxed));
    const std::int64_t sequence = mine & ((1 << kSequenceBits) - 1);
    return (mine >> kSequenceBits) << (kNodeBits + kSequenceBits) | node_ << kSequenceBits |
           sequence;
}

Micros instant_of_id(std::int64_t id) {
    return kEpoch + (id >> (kNodeBits + kSequenceBits)) * kMicrosPerMilli;
}

}  // namespace shu
