// Whole powers, fast: 192 bits of binary mantissa, rounded once to 34 decimal digits.
//
// Each multiplication loses less than 2^-190 of the value, so a power of any size that fits is
// known to more than 50 digits. Where the digits after the 34th do not decide the rounding beyond
// doubt, nothing comes back and the caller computes with more digits.
#include <array>
#include <cmath>

#include "rule/feel/decimal_power.h"
#include "rule/feel/wide.h"

namespace shu::rule {
namespace {

// limb / 2^192 * 2^exponent, lowest limb first, the top bit set.
struct Binary {
    std::uint64_t limb[3] = {0, 0, 0};
    int exponent = 0;

    static Binary of(Uint128 value) {
        Binary out;
        const auto high = static_cast<std::uint64_t>(value >> 64);
        const int shift = high != 0 ? std::countl_zero(high)
                                    : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
        const Uint128 normal = value << shift;
        out.limb[2] = static_cast<std::uint64_t>(normal >> 64);
        out.limb[1] = static_cast<std::uint64_t>(normal);
        out.exponent = 128 - shift;
        return out;
    }
    double mantissa() const { return std::ldexp(static_cast<double>(limb[2]), -64); }
};

Binary operator*(const Binary& a, const Binary& b) {
    std::uint64_t out[6] = {};
#pragma GCC unroll 3
    for (std::size_t i = 0; i < 3; ++i) {
        Uint128 carry = 0;
#pragma GCC unroll 3
        for (std::size_t j = 0; j < 3; ++j) {
            carry += static_cast<Uint128>(a.limb[i]) * b.limb[j] + out[i + j];
            out[i + j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        out[i + 3] = static_cast<std::uint64_t>(carry);
    }
    Binary result;
    result.exponent = a.exponent + b.exponent;
    const bool shift =
        out[5] >> 63 == 0;  // the product of two normal mantissas lacks at most one bit
    for (std::size_t i = 0; i < 3; ++i)
        result.limb[i] = shift ? out[i + 3] << 1 | out[i + 2] >> 63 : out[i + 3];
    if (shift) --result.exponent;
    return result;
}

// 2 - a for a near 1.
Binary two_minus(const Binary& a) {
    // In units of 2^-191: two is 2^192, which is the negation modulo 2^192.
    std::uint64_t units[3] = {a.limb[0], a.limb[1], a.limb[2]};
    if (a.exponent == 0) {  // below one: half a unit is lost
        for (std::size_t i = 0; i < 3; ++i)
            units[i] = units[i] >> 1 | (i < 2 ? units[i + 1] << 63 : 0);
    }
    Binary out;
    std::uint64_t carry = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        out.limb[i] = ~units[i] + carry;
        carry = carry != 0 && out.limb[i] == 0 ? 1 : 0;
    }
    out.exponent = 1;
    if (out.limb[2] >> 63 == 0) {
        for (std::size_t i = 3; i-- > 0;)
            out.limb[i] = out.limb[i] << 1 | (i > 0 ? out.limb[i - 1] >> 63 : 0);
        --out.exponent;
    }
    return out;
}

// Newton's iteration from a double: 50, 100, 190 bits.
Binary reciprocal(const Binary& a) {
    Binary out = Binary::of(static_cast<Uint128>(std::ldexp(1.0 / a.mantissa(), 62)));
    out.exponent += -62 - a.exponent;
    for (int i = 0; i < 3; ++i)
        out = out * two_minus(a * out);
    return out;
}

Binary power_of(Binary base, std::uint64_t exponent) {
    Binary out = Binary::of(1);
    for (; exponent != 0; exponent >>= 1) {
        if ((exponent & 1) != 0) out = out * base;
        if (exponent > 1) base = base * base;
    }
    return out;
}

constexpr int kTableMax = 38;

// 10^n for -38 <= n <= 38.
const Binary& small_power_of_ten(int n) {
    static const auto kPowers = [] {
        std::array<Binary, 2 * kTableMax + 1> all;
        for (int i = 0; i <= kTableMax; ++i) {
            const Binary power = Binary::of(power_of_ten(i));
            all[static_cast<std::size_t>(kTableMax + i)] = power;
            all[static_cast<std::size_t>(kTableMax - i)] = i == 0 ? power : reciprocal(power);
        }
        return all;
    }();
    return kPowers[static_cast<std::size_t>(kTableMax + n)];
}

Binary times_power_of_ten(const Binary& value, int n) {
    if (n == 0) return value;
    if (n >= -kTableMax && n <= kTableMax) return value * small_power_of_ten(n);
    const Binary power = power_of(Binary::of(10), static_cast<std::uint64_t>(n < 0 ? -n : n));
    return value * (n < 0 ? reciprocal(power) : power);
}

}  // namespace

std::optional<Decimal> fast_power(const Decimal& base, std::int64_t exponent) {
    const bool inverse = exponent < 0;
    const auto count = static_cast<std::uint64_t>(inverse ? -exponent : exponent);
    constexpr std::uint64_t kCountMax = 100'000;
    if (count > kCountMax || base.is_zero()) return std::nullopt;
    // The base's own power of ten goes in where the table has it, so that 1.003125 stays near one;
    // a great one stays apart.
    const bool apart = base.exponent() < -kTableMax || base.exponent() > kTableMax;
    Binary value = Binary::of(base.coefficient());
    if (!apart) value = times_power_of_ten(value, base.exponent());
    value = power_of(value, count);
    if (inverse) value = reciprocal(value);
    std::int64_t shown = apart ? static_cast<std::int64_t>(base.exponent()) * exponent : 0;
    // value * 10^scale is a whole number of 38 digits, give or take one.
    const double digits = (value.exponent + std::log2(value.mantissa())) * 0.30102999566398119521;
    const int scale = 37 - static_cast<int>(std::floor(digits));
    value = times_power_of_ten(value, scale);
    if (value.exponent < 64 || value.exponent > 127) return std::nullopt;
    const Uint128 whole =
        (static_cast<Uint128>(value.limb[2]) << 64 | value.limb[1]) >> (128 - value.exponent);
    const Uint128 unit = power_of_ten(digits_of(whole) - Decimal::kDigits);
    const Uint128 rest = whole % unit;
    const bool near_tie = rest + 2 >= unit / 2 && rest <= unit / 2 + 2;
    const bool near_whole = rest <= 2 || rest + 2 >= unit;
    if (near_tie || near_whole) return std::nullopt;
    shown -= scale;
    if (shown < -20'000 || shown > 20'000) return std::nullopt;
    return Decimal::make(base.is_negative() && (count & 1) != 0, whole, static_cast<int>(shown));
}

}  // namespace shu::rule
