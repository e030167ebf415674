// Repeatable randomness for demonstration data: the same seed gives the same city on every machine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace shu::city::demo {

/// SplitMix64 (Steele, Lea, Flood 2014): small, quick, the same everywhere. Not for secrets.
class Random {
 public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// 0 .. bound - 1.
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
    }
    /// low .. high, both included.
    int between(int low, int high) { return low + static_cast<int>(below(high - low + 1)); }
    /// True in `percent` of a hundred cases.
    bool chance(int percent) { return below(100) < percent; }

    template <typename List>
    const auto& one_of(const List& list) {
        return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(std::size(list))))];
    }

 private:
    std::uint64_t state_;
};

/// Chooses an index with the probability of its weight; O(log n).
class Choice {
 public:
    void add(std::int64_t weight) { sums_.push_back((sums_.empty() ? 0 : sums_.back()) + weight); }
    std::size_t pick(Random& random) const;
    bool empty() const { return sums_.empty(); }

 private:
    std::vector<std::int64_t> sums_;
};

}  // namespace shu::city::demo
