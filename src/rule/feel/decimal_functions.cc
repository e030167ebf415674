// Powers, roots and logarithms. Computed with 60 digits and rounded once to 34.
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <cmath>

#include "rule/feel/decimal.h"
#include "rule/feel/decimal_power.h"
#include "rule/feel/wide.h"

namespace shu::rule {
namespace {

using Long = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<60>,
                                           boost::multiprecision::et_off>;

constexpr int kExponentSteps = 40;  // squarings in an integer power

Long widen(const Decimal& a) {
    Uint128 coefficient = a.coefficient();
    Long out = static_cast<std::uint64_t>(coefficient / kTenTo19);
    out *= kTenTo19;
    out += static_cast<std::uint64_t>(coefficient % kTenTo19);
    if (a.exponent() != 0) out *= Long("1e" + std::to_string(a.exponent()));
    return a.is_negative() ? Long(-out) : out;
}

std::optional<Decimal> narrow(const Long& value) {
    if (!boost::multiprecision::isfinite(value)) return std::nullopt;
    return Decimal::parse(value.str(45, std::ios_base::scientific));
}

std::optional<Decimal> whole_power(const Decimal& base, std::int64_t exponent) {
    const bool inverse = exponent < 0;
    auto left = static_cast<std::uint64_t>(inverse ? -exponent : exponent);
    if (left == 0) return Decimal(1);
    if (base.is_zero()) return inverse ? std::nullopt : std::optional(Decimal());
    if (base.abs() == Decimal(1)) return Decimal(base.is_negative() && (left & 1) != 0 ? -1 : 1);
    // Far beyond these bounds the result cannot be held, whatever the digits.
    const double magnitude =
        (std::log10(static_cast<double>(base.coefficient())) + base.exponent()) *
        static_cast<double>(left) * (inverse ? -1 : 1);
    if (left >> kExponentSteps != 0 || magnitude > 7'000.0) return std::nullopt;
    if (magnitude < -7'000.0) return Decimal();
    // Small results are exact.
    if (static_cast<std::uint64_t>(digits_of(base.coefficient())) * left <= 38 && !inverse) {
        Uint128 coefficient = 1;
        for (std::uint64_t i = 0; i < left; ++i)
            coefficient *= base.coefficient();
        return Decimal::make(base.is_negative() && (left & 1) != 0, coefficient,
                             base.exponent() * static_cast<int>(left));
    }
    if (const auto fast = fast_power(base, exponent)) return fast;
    Long result = 1;
    Long square = widen(base);
    for (; left != 0; left >>= 1) {
        if ((left & 1) != 0) result *= square;
        if (left > 1) square *= square;
    }
    if (inverse) result = 1 / result;
    return narrow(result);
}

}  // namespace

std::optional<Decimal> power(const Decimal& base, const Decimal& exponent) {
    if (const auto whole = exponent.to_int64()) return whole_power(base, *whole);
    if (base.is_negative()) return std::nullopt;
    if (base.is_zero()) return exponent.is_negative() ? std::nullopt : std::optional(Decimal());
    const Long scaled = boost::multiprecision::log(widen(base)) * widen(exponent);
    if (scaled > 14'150) return std::nullopt;
    if (scaled < -14'250) return Decimal();
    return narrow(boost::multiprecision::exp(scaled));
}

std::optional<Decimal> square_root(const Decimal& a) {
    if (a.is_negative()) return std::nullopt;
    if (a.is_zero()) return Decimal();
    return narrow(boost::multiprecision::sqrt(widen(a)));
}

std::optional<Decimal> natural_logarithm(const Decimal& a) {
    if (a.is_zero() || a.is_negative()) return std::nullopt;
    return narrow(boost::multiprecision::log(widen(a)));
}

std::optional<Decimal> exponential(const Decimal& a) {
    if (a > Decimal(14'150)) return std::nullopt;
    if (a < Decimal(-14'250)) return Decimal();
    return narrow(boost::multiprecision::exp(widen(a)));
}

}  // namespace shu::rule
