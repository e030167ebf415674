// For tests: values of a slow interpreter of FEEL that is written from the standard and shares
// nothing with the engine. Numbers are exact fractions, rounded to 34 digits after each operation;
// days and durations are counted. DMN 1.5 10.3.2.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rule/value.h"

namespace shu::rule::reference {

using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;
using Rational = boost::multiprecision::number<boost::multiprecision::cpp_rational_backend,
                                               boost::multiprecision::et_off>;

/// What the reference does not decide: a date beyond its calendar, a number out of range.
struct Unsure {};

struct Thing {
    enum class Is {
        kNothing,
        kTruth,
        kNumber,
        kText,
        kDay,      ///< `count` days since 0001-01-01
        kMonths,   ///< `count` months
        kSeconds,  ///< `count` seconds
        kList,
        kContext,
        kRange,  ///< items: start, end
        kFunction,
    };
    Is is = Is::kNothing;
    bool truth = false;
    Rational number;
    std::string text;
    Integer count;
    std::vector<Thing> items;
    std::vector<std::pair<std::string, Thing>> entries;
    bool start_included = true, end_included = true;
    std::function<Thing(std::vector<Thing>)> call;

    // Defined where the type is complete: entries hold it in a pair.
    Thing();
    Thing(const Thing&);
    Thing(Thing&&) noexcept;
    Thing& operator=(const Thing&);
    Thing& operator=(Thing&&) noexcept;
    ~Thing();

    static Thing of(bool value) {
        Thing out;
        out.is = Is::kTruth;
        out.truth = value;
        return out;
    }
    static Thing of(Rational value) {
        Thing out;
        out.is = Is::kNumber;
        out.number = std::move(value);
        return out;
    }
    static Thing of(std::string value) {
        Thing out;
        out.is = Is::kText;
        out.text = std::move(value);
        return out;
    }
    static Thing counted(Is is, Integer count) {
        Thing out;
        out.is = is;
        out.count = std::move(count);
        return out;
    }
    static Thing list(std::vector<Thing> items) {
        Thing out;
        out.is = Is::kList;
        out.items = std::move(items);
        return out;
    }
    bool is_duration() const { return is == Is::kMonths || is == Is::kSeconds; }
    bool is_true() const { return is == Is::kTruth && truth; }
    const Thing* find(const std::string& name) const {
        for (const auto& [key, value] : entries)
            if (key == name) return &value;
        return nullptr;
    }
};

inline Thing::Thing() = default;
inline Thing::Thing(const Thing&) = default;
inline Thing::Thing(Thing&&) noexcept = default;
inline Thing& Thing::operator=(const Thing&) = default;
inline Thing& Thing::operator=(Thing&&) noexcept = default;
inline Thing::~Thing() = default;

inline Integer ten_to(int n) {
    Integer out = 1;
    for (int i = 0; i < n; ++i)
        out *= 10;
    return out;
}

inline Integer floor_of(const Rational& value) {
    const Integer quotient = numerator(value) / denominator(value);  // cut towards zero
    return value < 0 && Rational(quotient) != value ? quotient - 1 : quotient;
}

/// To 34 significant digits, half to even. DMN 1.5 10.3.2.3.1, IEEE 754-2019.
inline Rational rounded(const Rational& value) {
    if (value == 0) return value;
    const Rational size = value < 0 ? Rational(-value) : value;
    int exponent = 0;  // size = digits * 10^exponent with 34 digits before the point
    const auto scaled = [&] {
        return exponent < 0 ? Rational(size * ten_to(-exponent))
                            : Rational(size / ten_to(exponent));
    };
    while (scaled() >= ten_to(34))
        ++exponent;
    while (scaled() < ten_to(33))
        --exponent;
    if (exponent > 6'000 || exponent < -6'000) throw Unsure();
    Integer digits = floor_of(scaled());
    const Rational rest = scaled() - digits;
    if (rest > Rational(1, 2) || (rest == Rational(1, 2) && digits % 2 != 0)) ++digits;
    const Rational out =
        exponent < 0 ? Rational(digits, ten_to(-exponent)) : Rational(digits * ten_to(exponent));
    return value < 0 ? Rational(-out) : out;
}

inline bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

inline int month_days(int year, int month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

struct Date {
    int year = 1, month = 1, day = 1;
};

constexpr int kYearsMax = 4'000;

/// Day after day from the first of January of the year 1.
inline Integer count_of(const Date& date) {
    if (date.year < 1 || date.year > kYearsMax) throw Unsure();
    Integer days = date.day - 1;
    for (int year = 1; year < date.year; ++year)
        days += is_leap(year) ? 366 : 365;
    for (int month = 1; month < date.month; ++month)
        days += month_days(date.year, month);
    return days;
}

inline Date date_of(Integer days) {
    if (days < 0 || days > 366 * kYearsMax) throw Unsure();
    Date out;
    while (days >= (is_leap(out.year) ? 366 : 365))
        days -= is_leap(out.year++) ? 366 : 365;
    while (days >= month_days(out.year, out.month))
        days -= month_days(out.year, out.month++);
    out.day = static_cast<int>(days) + 1;
    return out;
}

/// The same day some months later, or the month's last. DMN 1.5 10.3.2.3.4.
inline Integer months_later(const Integer& day, const Integer& months) {
    if (months > 12 * kYearsMax || months < -12 * kYearsMax) throw Unsure();
    Date date = date_of(day);
    int left = static_cast<int>(months);
    for (; left > 0; --left)
        if (++date.month == 13) {
            date.month = 1;
            ++date.year;
        }
    for (; left < 0; ++left)
        if (--date.month == 0) {
            date.month = 12;
            --date.year;
        }
    if (date.year < 1) throw Unsure();
    date.day = std::min(date.day, month_days(date.year, date.month));
    return count_of(date);
}

/// A value of the engine as one of the reference. A function becomes nothing but a function.
inline Thing thing_of(const Value& value) {
    using Is = Thing::Is;
    Thing out;
    switch (value.kind()) {
        case Kind::kBoolean: return Thing::of(value.as_boolean());
        case Kind::kNumber: {
            const Decimal& number = value.as_number();
            Integer digits = static_cast<std::uint64_t>(number.coefficient() >> 64);
            digits = (digits << 64) + static_cast<std::uint64_t>(number.coefficient());
            if (number.is_negative()) digits = -digits;
            return Thing::of(number.exponent() < 0 ? Rational(digits, ten_to(-number.exponent()))
                                                   : Rational(digits * ten_to(number.exponent())));
        }
        case Kind::kString: return Thing::of(std::string(value.as_string()));
        case Kind::kDate: {
            const CivilDate& date = value.as_date();
            return Thing::counted(Is::kDay, count_of({date.year, date.month, date.day}));
        }
        case Kind::kMonthsDuration: return Thing::counted(Is::kMonths, value.as_months().months);
        case Kind::kDaysDuration:
            if (value.as_days().nanos != 0) throw Unsure();
            return Thing::counted(Is::kSeconds, value.as_days().seconds);
        case Kind::kList:
            out.is = Is::kList;
            for (const Value& item : value.as_list())
                out.items.push_back(thing_of(item));
            return out;
        case Kind::kContext:
            out.is = Is::kContext;
            for (const ContextEntry& entry : value.as_context())
                out.entries.emplace_back(entry.name.as_string(), thing_of(entry.value));
            return out;
        case Kind::kRange:
            out.is = Is::kRange;
            out.items = {thing_of(value.as_range().start), thing_of(value.as_range().end)};
            out.start_included = value.as_range().start_included;
            out.end_included = value.as_range().end_included;
            return out;
        case Kind::kFunction: out.is = Is::kFunction; return out;
        default: return out;
    }
}

/// The very same value: what a test asks, not what FEEL's `=` asks.
inline bool identical(const Thing& a, const Thing& b) {
    const auto all = [](const std::vector<Thing>& x, const std::vector<Thing>& y) {
        if (x.size() != y.size()) return false;
        for (std::size_t i = 0; i < x.size(); ++i)
            if (!identical(x[i], y[i])) return false;
        return true;
    };
    if (a.is != b.is || a.truth != b.truth || a.number != b.number || a.text != b.text ||
        a.count != b.count || a.entries.size() != b.entries.size() || !all(a.items, b.items))
        return false;
    if (a.is == Thing::Is::kRange &&
        (a.start_included != b.start_included || a.end_included != b.end_included))
        return false;
    for (std::size_t i = 0; i < a.entries.size(); ++i)
        if (a.entries[i].first != b.entries[i].first ||
            !identical(a.entries[i].second, b.entries[i].second))
            return false;
    return true;
}

}  // namespace shu::rule::reference
