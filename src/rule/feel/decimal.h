// Numbers of FEEL: decimal floating point of 34 digits, as IEEE 754-2019 decimal128, rounding half
// even.
//
// A Decimal is a value without allocation: sign, coefficient below 10^34, power of ten. There is no
// NaN and no infinity; an operation without a result gives nothing. Pure functions; safe from any
// thread. DMN 1.5 10.3.2.3.1.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shu::rule {

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

enum class Rounding { kHalfEven, kHalfUp, kHalfDown, kUp, kDown, kFloor, kCeiling };

class Decimal {
 public:
    static constexpr int kDigits = 34;
    static constexpr int kExponentMax = 6111;  ///< of the coefficient as a whole number
    static constexpr int kExponentMin = -6176;

    constexpr Decimal() = default;
    constexpr Decimal(std::int64_t whole)
        : low_(whole < 0 ? 0 - static_cast<std::uint64_t>(whole)
                         : static_cast<std::uint64_t>(whole)),
          negative_(whole < 0) {}
    constexpr Decimal(int whole) : Decimal(static_cast<std::int64_t>(whole)) {}

    /// Rounded to 34 digits; nothing if the magnitude is too great. Too small a magnitude becomes
    /// zero.
    static std::optional<Decimal> make(bool negative, Uint128 coefficient, int exponent) {
        constexpr Uint128 kLimit =
            static_cast<Uint128>(10'000'000'000'000'000U) * 1'000'000'000'000'000'000U;  // 10^34
        if (coefficient >= kLimit || exponent < kExponentMin || exponent > kExponentMax)
            return make_far(negative, coefficient, exponent);
        Decimal out;
        out.low_ = static_cast<std::uint64_t>(coefficient);
        out.high_ = static_cast<std::uint64_t>(coefficient >> 64);
        out.exponent_ = static_cast<std::int16_t>(exponent);
        out.negative_ = negative && coefficient != 0;
        return out;
    }

    /// Reads `[+-]digits[.digits][(e|E)[+-]digits]`, also `.5`; nothing for any other text.
    static std::optional<Decimal> parse(std::string_view text);
    static std::optional<Decimal> from_double(double value);

    bool is_zero() const { return (low_ | high_) == 0; }
    bool is_negative() const { return negative_; }
    int exponent() const { return exponent_; }
    Uint128 coefficient() const { return static_cast<Uint128>(high_) << 64 | low_; }
    bool is_whole() const;

    /// The value as a whole number, if it is one and fits.
    std::optional<std::int64_t> to_int64() const;
    double to_double() const;

    /// Plain notation without superfluous zeros: "-0.25", "1200"; scientific only beyond 50
    /// characters.
    std::string to_string() const;

    Decimal negated() const;
    Decimal abs() const;

    /// With `scale` digits after the point (may be negative); nothing if that needs more than 34
    /// digits.
    std::optional<Decimal> rounded(int scale, Rounding mode) const;

    friend std::optional<Decimal> add(const Decimal& a, const Decimal& b);
    friend std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
    friend std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
        if (a.exponent_ != b.exponent_ || (a.high_ | b.high_) != 0) return order_of(a, b);
        if (a.negative_ != b.negative_) return b.negative_ <=> a.negative_;  // zero has no sign
        return a.negative_ ? b.low_ <=> a.low_ : a.low_ <=> b.low_;
    }
    friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
    static std::strong_ordering order_of(const Decimal& a, const Decimal& b);
    static std::optional<Decimal> make_far(bool negative, Uint128 coefficient, int exponent);

    std::uint64_t low_ = 0;
    std::uint64_t high_ = 0;
    std::int16_t exponent_ = 0;
    bool negative_ = false;
};

std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide(const Decimal& a,
                              const Decimal& b);  ///< nothing for a divisor of zero

/// a - b * floor(a / b). DMN 1.5 10.3.4.5 modulo. Nothing for a divisor of zero or a quotient
/// beyond 34 digits.
std::optional<Decimal> modulo(const Decimal& a, const Decimal& b);

std::optional<Decimal> power(const Decimal& base, const Decimal& exponent);
std::optional<Decimal> square_root(const Decimal& a);
std::optional<Decimal> natural_logarithm(const Decimal& a);
std::optional<Decimal> exponential(const Decimal& a);

/// Equal numbers have equal hashes, however they are written.
std::size_t hash_of(const Decimal& a);

}  // namespace shu::rule
