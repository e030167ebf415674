// Whole numbers of 256 bits, as far as decimal arithmetic needs them: products of two coefficients
// and their division.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "rule/feel/decimal.h"

namespace shu::rule {

inline constexpr std::uint64_t kTenTo19 = 10'000'000'000'000'000'000U;

/// 10^n, 0 <= n <= 38.
inline Uint128 power_of_ten(int n) {
    static constexpr auto kPowers = [] {
        std::array<Uint128, 39> powers{};
        powers[0] = 1;
        for (std::size_t i = 1; i < powers.size(); ++i)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }();
    return kPowers[static_cast<std::size_t>(n)];
}

/// Number of decimal digits; 0 has none.
inline int digits_of(Uint128 value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    const int bits = high != 0 ? 128 - std::countl_zero(high)
                               : 64 - std::countl_zero(static_cast<std::uint64_t>(value));
    if (bits == 0) return 0;
    const int estimate = bits * 1233 >> 12;  // bits * log10(2)
    return value >= power_of_ten(estimate) ? estimate + 1 : estimate;
}

struct Wide {
    std::array<std::uint64_t, 4> limb{};  // lowest first

    static Wide of(Uint128 value) {
        return {{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0}};
    }
    static Wide product(Uint128 a, Uint128 b) {
        Wide out;
        const std::uint64_t left[] = {static_cast<std::uint64_t>(a),
                                      static_cast<std::uint64_t>(a >> 64)};
        const std::uint64_t right[] = {static_cast<std::uint64_t>(b),
                                       static_cast<std::uint64_t>(b >> 64)};
        for (std::size_t i = 0; i < 2; ++i) {
            Uint128 carry = 0;
            for (std::size_t j = 0; j < 2; ++j) {
                carry += static_cast<Uint128>(left[i]) * right[j] + out.limb[i + j];
                out.limb[i + j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            out.limb[i + 2] = static_cast<std::uint64_t>(carry);
        }
        return out;
    }
    bool fits_128() const { return (limb[2] | limb[3]) == 0; }
    Uint128 low_128() const { return static_cast<Uint128>(limb[1]) << 64 | limb[0]; }
    bool is_zero() const { return (limb[0] | limb[1] | limb[2] | limb[3]) == 0; }

    /// Divides in place; the remainder.
    std::uint64_t divide(std::uint64_t divisor) {
        Uint128 rest = 0;
        for (std::size_t i = 4; i-- > 0;) {
            rest = rest << 64 | limb[i];
            limb[i] = static_cast<std::uint64_t>(rest / divisor);
            rest -= static_cast<Uint128>(limb[i]) * divisor;
        }
        return static_cast<std::uint64_t>(rest);
    }
    /// Multiplies in place; what exceeds 256 bits is lost.
    void multiply(std::uint64_t factor) {
        Uint128 carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += static_cast<Uint128>(limb[i]) * factor;
            limb[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
    }
    void add(const Wide& other) {
        Uint128 carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += static_cast<Uint128>(limb[i]) + other.limb[i];
            limb[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
    }
    void subtract(const Wide& other) {
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const Uint128 taken = static_cast<Uint128>(other.limb[i]) + borrow;
            borrow = limb[i] < taken ? 1 : 0;
            limb[i] = static_cast<std::uint64_t>(limb[i] - taken);
        }
    }
    friend std::strong_ordering operator<=>(const Wide& a, const Wide& b) {
        for (std::size_t i = 4; i-- > 0;)
            if (a.limb[i] != b.limb[i]) return a.limb[i] <=> b.limb[i];
        return std::strong_ordering::equal;
    }
};

/// The quotient of `value` by `divisor`, which must fit 128 bits; `inexact` is set when a remainder
/// is left. Knuth, The Art of Computer Programming 2, 4.3.1 algorithm D, on 32-bit limbs.
Uint128 quotient_of(const Wide& value, Uint128 divisor, bool& inexact);

}  // namespace shu::rule
