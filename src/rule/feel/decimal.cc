#include "rule/feel/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "rule/feel/wide.h"

namespace shu::rule {
namespace {

struct Rounded {
    Uint128 coefficient;
    int dropped;  // digits
};

// Whether a magnitude whose dropped part is `digit` and a tail is rounded away from zero.
bool rounds_up(Rounding mode, bool negative, bool odd, int digit, bool tail) {
    const bool any = digit != 0 || tail;
    switch (mode) {
        case Rounding::kHalfEven: return digit > 5 || (digit == 5 && (tail || odd));
        case Rounding::kHalfUp: return digit >= 5;
        case Rounding::kHalfDown: return digit > 5 || (digit == 5 && tail);
        case Rounding::kUp: return any;
        case Rounding::kDown: return false;
        case Rounding::kFloor: return any && negative;
        case Rounding::kCeiling: return any && !negative;
    }
    return false;
}

// Half even to 34 digits of a number of up to 77; `tail` says that something not zero followed it.
Rounded round_wide(Wide value, bool tail) {
    int dropped = 0;
    int last = 0;
    bool rest = tail;
    const Uint128 limit = power_of_ten(Decimal::kDigits);
    // Whole chunks first, as long as more than 34 digits stay: 10^53 < 2^177 and 10^43 < 2^143.
    const auto drop = [&](std::uint64_t unit, int digits) {
        rest = rest || last != 0;
        const std::uint64_t remainder = value.divide(unit);
        rest = rest || remainder % (unit / 10) != 0;
        last = static_cast<int>(remainder / (unit / 10));
        dropped += digits;
    };
    while (value.limb[3] != 0 || value.limb[2] >> 49 != 0)
        drop(kTenTo19, 19);
    while (value.limb[2] >> 15 != 0)
        drop(1'000'000'000U, 9);
    while (!value.fits_128()) {
        rest = rest || last != 0;
        last = static_cast<int>(value.divide(10));
        ++dropped;
    }
    Uint128 coefficient = value.low_128();
    const int over = digits_of(coefficient) - Decimal::kDigits;
    if (over > 0) {
        const Uint128 unit = power_of_ten(over);
        const Uint128 remainder = coefficient % unit;
        coefficient /= unit;
        rest = rest || last != 0 || remainder % (unit / 10) != 0;
        last = static_cast<int>(remainder / (unit / 10));
        dropped += over;
    }
    if (dropped == 0) return {coefficient, 0};  // a tail below the last digit changes nothing here
    if (rounds_up(Rounding::kHalfEven, false, (coefficient & 1) != 0, last, rest)) ++coefficient;
    if (coefficient == limit) return {limit / 10, dropped + 1};
    return {coefficient, dropped};
}

std::optional<Decimal> from_wide(bool negative, const Wide& value, int exponent,
                                 bool tail = false) {
    const Rounded rounded = round_wide(value, tail);
    return Decimal::make(negative, rounded.coefficient, exponent + rounded.dropped);
}

}  // namespace

Uint128 quotient_of(const Wide& value, Uint128 divisor, bool& inexact) {
    if (value.fits_128()) {
        inexact = value.low_128() % divisor != 0;
        return value.low_128() / divisor;
    }
    if (divisor >> 64 == 0) {
        Wide quotient = value;
        inexact = quotient.divide(static_cast<std::uint64_t>(divisor)) != 0;
        return quotient.low_128();
    }
    std::array<std::uint32_t, 9> u{};
    std::array<std::uint32_t, 4> v{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        v[i] = static_cast<std::uint32_t>(divisor >> (32 * i));
        if (v[i] != 0) n = i + 1;
    }
    for (std::size_t i = 0; i < 8; ++i)
        u[i] = static_cast<std::uint32_t>(value.limb[i / 2] >> (32 * (i % 2)));
    const int shift = std::countl_zero(v[n - 1]);
    const auto shifted = [shift](std::uint32_t high, std::uint32_t low) {
        return static_cast<std::uint32_t>((static_cast<std::uint64_t>(high) << 32 | low) << shift >>
                                          32);
    };
    for (std::size_t i = n; i-- > 0;)
        v[i] = shifted(v[i], i == 0 ? 0 : v[i - 1]);
    for (std::size_t i = 9; i-- > 0;)
        u[i] = shifted(u[i], i == 0 ? 0 : u[i - 1]);
    Uint128 quotient = 0;
    for (std::size_t j = 9 - n; j-- > 0;) {
        const std::uint64_t top = static_cast<std::uint64_t>(u[j + n]) << 32 | u[j + n - 1];
        std::uint64_t guess = top / v[n - 1];
        std::uint64_t rest = top % v[n - 1];
        while (guess >> 32 != 0 || guess * v[n - 2] > (rest << 32 | u[j + n - 2])) {
            --guess;
            rest += v[n - 1];
            if (rest >> 32 != 0) break;
        }
        std::int64_t borrow = 0;
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < n; ++i) {
            carry += guess * v[i];
            const std::int64_t taken = static_cast<std::int64_t>(u[i + j]) - borrow -
                                       static_cast<std::int64_t>(carry & 0xFFFFFFFFU);
            u[i + j] = static_cast<std::uint32_t>(taken);
            borrow = taken < 0 ? 1 : 0;
            carry >>= 32;
        }
        const std::int64_t taken =
            static_cast<std::int64_t>(u[j + n]) - borrow - static_cast<std::int64_t>(carry);
        u[j + n] = static_cast<std::uint32_t>(taken);
        if (taken < 0) {
            --guess;
            std::uint64_t back = 0;
            for (std::size_t i = 0; i < n; ++i) {
                back += static_cast<std::uint64_t>(u[i + j]) + v[i];
                u[i + j] = static_cast<std::uint32_t>(back);
                back >>= 32;
            }
            u[j + n] += static_cast<std::uint32_t>(back);
        }
        quotient = quotient << 32 | guess;
    }
    inexact = std::any_of(u.begin(), u.end(), [](std::uint32_t limb) { return limb != 0; });
    return quotient;
}

std::optional<Decimal> Decimal::make_far(bool negative, Uint128 coefficient, int exponent) {
    if (coefficient >= power_of_ten(kDigits)) {
        const Rounded rounded = round_wide(Wide::of(coefficient), false);
        coefficient = rounded.coefficient;
        exponent += rounded.dropped;
    }
    if (coefficient == 0) exponent = std::clamp(exponent, kExponentMin, kExponentMax);
    while (exponent > kExponentMax && digits_of(coefficient) < kDigits) {
        coefficient *= 10;
        --exponent;
    }
    if (exponent > kExponentMax) return std::nullopt;
    if (exponent < kExponentMin) {
        const int drop = kExponentMin - exponent;
        if (drop > kDigits) {
            coefficient = 0;
        } else {
            const Uint128 unit = power_of_ten(drop);
            const Uint128 rest = coefficient % unit;
            coefficient /= unit;
            if (rest * 2 > unit || (rest * 2 == unit && (coefficient & 1) != 0)) ++coefficient;
        }
        exponent = kExponentMin;
    }
    return make(negative, coefficient, exponent);  // within the bounds now
}

bool Decimal::is_whole() const {
    if (exponent_ >= 0 || is_zero()) return true;
    if (-exponent_ > kDigits) return false;
    return coefficient() % power_of_ten(-exponent_) == 0;
}

std::optional<std::int64_t> Decimal::to_int64() const {
    if (is_zero()) return 0;
    if (!is_whole()) return std::nullopt;
    Uint128 whole = coefficient();
    if (exponent_ < 0) {
        whole /= power_of_ten(-exponent_);
    } else {
        if (exponent_ + digits_of(whole) > 19) return std::nullopt;
        whole *= power_of_ten(exponent_);
    }
    if (whole > static_cast<Uint128>(INT64_MAX)) return std::nullopt;
    const auto value = static_cast<std::int64_t>(whole);
    return negative_ ? -value : value;
}

double Decimal::to_double() const {
    std::string text;
    Uint128 rest = coefficient();
    do {
        text.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
        rest /= 10;
    } while (rest != 0);
    if (negative_) text.push_back('-');
    std::reverse(text.begin(), text.end());
    text += 'e' + std::to_string(exponent_);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc::result_out_of_range)
        return exponent_ > 0 ? (negative_ ? -HUGE_VAL : HUGE_VAL) : 0.0;
    return value;
}

std::optional<Decimal> Decimal::from_double(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    char text[64];
    const auto written = std::to_chars(text, text + sizeof text, value);
    return parse({text, static_cast<std::size_t>(written.ptr - text)});
}

Decimal Decimal::negated() const {
    Decimal out = *this;
    out.negative_ = !negative_ && !is_zero();
    return out;
}

Decimal Decimal::abs() const {
    Decimal out = *this;
    out.negative_ = false;
    return out;
}

std::optional<Decimal> Decimal::rounded(int scale, Rounding mode) const {
    const int drop = -scale - exponent_;
    if (drop <= 0) return *this;
    Uint128 whole = coefficient();
    int last = 0;
    bool tail = false;
    if (drop > kDigits + 1) {
        tail = whole != 0;
        whole = 0;
    } else {
        const Uint128 unit = power_of_ten(drop);
        const Uint128 rest = whole % unit;
        whole /= unit;
        last = static_cast<int>(rest / (unit / 10));
        tail = rest % (unit / 10) != 0;
    }
    if (rounds_up(mode, negative_, (whole & 1) != 0, last, tail)) ++whole;
    return make(negative_, whole, whole == 0 ? 0 : -scale);
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
    if (a.exponent_ == b.exponent_ && (a.high_ | b.high_) == 0 && a.negative_ == b.negative_)
        return Decimal::make(a.negative_, static_cast<Uint128>(a.low_) + b.low_, a.exponent_);
    const Decimal& high = a.exponent_ >= b.exponent_ ? a : b;
    const Decimal& low = a.exponent_ >= b.exponent_ ? b : a;
    if (high.is_zero()) return low;
    int shift = high.exponent_ - low.exponent_;
    if (shift <= 19 && (high.high_ | low.high_) == 0) {  // 2^64 * 10^19 < 2^128
        const Uint128 x = static_cast<Uint128>(high.low_) * power_of_ten(shift);
        const Uint128 y = low.low_;
        if (high.negative_ == low.negative_ && x <= ~y)
            return Decimal::make(high.negative_, x + y, low.exponent_);
        if (high.negative_ != low.negative_)
            return x >= y ? Decimal::make(high.negative_, x - y, low.exponent_)
                          : Decimal::make(low.negative_, y - x, low.exponent_);
    }
    Wide left;
    Wide right = Wide::of(low.coefficient());
    bool tail = false;
    int exponent = low.exponent_;
    if (shift <= 38) {
        left = Wide::product(high.coefficient(), power_of_ten(shift));
    } else {  // what is lower than 38 more digits only decides the rounding
        if (low.is_zero()) return high;
        left = Wide::product(high.coefficient(), power_of_ten(38));
        exponent = high.exponent_ - 38;
        shift -= 38;
        tail = true;
        right = Wide::of(shift >= Decimal::kDigits ? 0 : low.coefficient() / power_of_ten(shift));
    }
    if (high.negative_ == low.negative_) {
        left.add(right);
        return from_wide(high.negative_, left, exponent, tail);
    }
    if (left >= right) {
        left.subtract(right);
        if (tail) left.subtract(Wide::of(1));  // the true value lies between this and the next
        return from_wide(high.negative_, left, exponent, tail);
    }
    right.subtract(left);
    return from_wide(low.negative_, right, exponent, tail);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
    return add(a, b.negated());
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
    const bool negative = a.negative_ != b.negative_;
    const int exponent = a.exponent_ + b.exponent_;
    if ((a.high_ | b.high_) == 0)
        return Decimal::make(negative, static_cast<Uint128>(a.low_) * b.low_, exponent);
    return from_wide(negative, Wide::product(a.coefficient(), b.coefficient()), exponent);
}

namespace {

// Takes away up to `most` zeros at the end.
int strip_zeros(Uint128& coefficient, int most) {
    int stripped = 0;
    for (const int step : {16, 8, 4, 2, 1}) {
        const Uint128 unit = power_of_ten(step);
        while (stripped + step <= most) {
            const Uint128 shorter = coefficient / unit;
            if (shorter * unit != coefficient) break;
            coefficient = shorter;
            stripped += step;
        }
    }
    return stripped;
}

// a / b where few digits after the point end it: 3750 / 12 = 312.5. Zeros are not stripped below
// the ideal exponent.
bool divide_shortly(std::uint64_t a, std::uint64_t b, Uint128& quotient, int& digits) {
    const int odd = std::countr_zero(b);
    std::uint64_t rest = b >> odd;
    int fives = 0;
    for (; rest % 5 == 0; rest /= 5)
        ++fives;
    // What is left of the divisor must go into the dividend.
    if (a % rest != 0) return false;
    const int most = std::max(odd, fives);
    if (most > 19) return false;
    const Uint128 scaled = static_cast<Uint128>(a) * power_of_ten(most);
    quotient = scaled / b;
    digits = most;
    return true;
}

}  // namespace

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
    if (b.is_zero()) return std::nullopt;
    if (a.is_zero()) return Decimal();
    const int ideal = a.exponent() - b.exponent();
    const bool negative = a.is_negative() != b.is_negative();
    if ((a.high_ | b.high_) == 0) {
        if (a.low_ % b.low_ == 0) return Decimal::make(negative, a.low_ / b.low_, ideal);
        Uint128 quotient = 0;
        int digits = 0;
        if (divide_shortly(a.low_, b.low_, quotient, digits)) {
            digits -= strip_zeros(quotient, digits);
            return Decimal::make(negative, quotient, ideal - digits);
        }
    } else if (a.coefficient() % b.coefficient() == 0) {
        return Decimal::make(negative, a.coefficient() / b.coefficient(), ideal);
    }
    const int scale =
        std::max(0, Decimal::kDigits + 2 + digits_of(b.coefficient()) - digits_of(a.coefficient()));
    Wide numerator = Wide::product(a.coefficient(), power_of_ten(std::min(scale, 38)));
    for (int more = scale - 38; more > 0; more -= 19)  // at most 71 digits in all, so it still fits
        numerator.multiply(static_cast<std::uint64_t>(power_of_ten(std::min(more, 19))));
    bool inexact = false;
    Uint128 quotient = quotient_of(numerator, b.coefficient(), inexact);
    int exponent = ideal - scale;
    if (!inexact) exponent += strip_zeros(quotient, scale);
    return from_wide(negative, Wide::of(quotient), exponent, inexact);
}

std::optional<Decimal> modulo(const Decimal& a, const Decimal& b) {
    if (b.is_zero()) return std::nullopt;
    // The remainder of the magnitudes, digit by digit, is exact whatever the quotient's size.
    const int low = std::min(a.exponent(), b.exponent());
    if (b.exponent() - low > 38)
        return a.is_negative() == b.is_negative() || a.is_zero() ? std::optional(a) : add(a, b);
    const Wide scaled = Wide::product(b.coefficient(), power_of_ten(b.exponent() - low));
    if (!scaled.fits_128() || scaled.low_128() >= power_of_ten(37)) {
        const bool same = a.is_negative() == b.is_negative() || a.is_zero();
        if (a.abs() < b.abs()) return same ? std::optional(a) : add(a, b);
        return std::nullopt;
    }
    const Uint128 divisor = scaled.low_128();
    Uint128 rest = a.coefficient() % divisor;
    for (int digit = a.exponent() - low; digit > 0; --digit)
        rest = rest * 10 % divisor;
    if (rest != 0 && a.is_negative() != b.is_negative()) rest = divisor - rest;
    return Decimal::make(b.is_negative(), rest, low);
}

std::strong_ordering Decimal::order_of(const Decimal& a, const Decimal& b) {
    if (a.is_zero() || b.is_zero() || a.negative_ != b.negative_) {
        const auto sign = [](const Decimal& d) { return d.is_zero() ? 0 : d.negative_ ? -1 : 1; };
        return sign(a) <=> sign(b);
    }
    const auto magnitude = [&]() -> std::strong_ordering {
        if (a.exponent_ == b.exponent_) {
            const Uint128 x = a.coefficient();
            const Uint128 y = b.coefficient();
            return x < y   ? std::strong_ordering::less
                   : x > y ? std::strong_ordering::greater
                           : std::strong_ordering::equal;
        }
        const int top_a = a.exponent_ + digits_of(a.coefficient());
        const int top_b = b.exponent_ + digits_of(b.coefficient());
        if (top_a != top_b) return top_a <=> top_b;
        const int low = std::min<int>(
            a.exponent_, b.exponent_);  // equal tops: the exponents differ by less than 34
        return Wide::product(a.coefficient(), power_of_ten(a.exponent_ - low)) <=>
               Wide::product(b.coefficient(), power_of_ten(b.exponent_ - low));
    }();
    return a.negative_ ? 0 <=> magnitude : magnitude;
}

std::size_t hash_of(const Decimal& a) {
    Uint128 coefficient = a.coefficient();
    int exponent = a.exponent();
    if (coefficient == 0) return 0;
    while (coefficient % 10 == 0) {
        coefficient /= 10;
        ++exponent;
    }
    std::uint64_t hash = static_cast<std::uint64_t>(coefficient) ^
                         static_cast<std::uint64_t>(coefficient >> 64) * 0x9E3779B97F4A7C15U;
    hash ^= static_cast<std::uint64_t>(exponent) << 1 | (a.is_negative() ? 1U : 0U);
    hash *= 0xBF58476D1CE4E5B9U;
    return static_cast<std::size_t>(hash ^ hash >> 31);
}

}  // namespace shu::rule
