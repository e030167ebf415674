// Operators on values, and the properties of values that are no contexts. DMN 1.5 10.3.2.12, tables
// 53 to 57 and 66.
#include "rule/feel/evaluator.h"

namespace shu::rule {

std::string_view symbol_of(Op op) {
    switch (op) {
        case Op::kAdd: return "+";
        case Op::kSubtract: return "-";
        case Op::kMultiply: return "*";
        case Op::kDivide: return "/";
        case Op::kPower: return "**";
        case Op::kEqual: return "=";
        case Op::kNotEqual: return "!=";
        case Op::kLess: return "<";
        case Op::kLessEqual: return "<=";
        case Op::kGreater: return ">";
        case Op::kGreaterEqual: return ">=";
        default: return "?";
    }
}

namespace {

bool is_duration(const Value& v) {
    return v.kind() == Kind::kMonthsDuration || v.kind() == Kind::kDaysDuration;
}
bool is_instant(const Value& v) {
    return v.kind() == Kind::kDate || v.kind() == Kind::kDateTime;
}

std::optional<Value> optional_number(const std::optional<Decimal>& number) {
    return number ? std::optional(Value::number(*number)) : std::nullopt;
}

std::optional<Value> numbers(Op op, const Decimal& a, const Decimal& b) {
    switch (op) {
        case Op::kAdd: return optional_number(add(a, b));
        case Op::kSubtract: return optional_number(subtract(a, b));
        case Op::kMultiply: return optional_number(multiply(a, b));
        case Op::kDivide: return optional_number(divide(a, b));
        default: return optional_number(power(a, b));
    }
}

DateTime as_instant(const Value& v) {
    return v.kind() == Kind::kDateTime ? v.as_date_time()
                                       : DateTime{v.as_date(), 0, ZoneReference::offset(0)};
}

// A date, time or date and time moved by a duration of either kind; `sign` is 1 or -1.
std::optional<Value> moved(const Value& from, const Value& by, int sign) {
    if (by.kind() == Kind::kMonthsDuration) {
        if (!is_instant(from)) return std::nullopt;
        const std::int64_t months = by.as_months().months * sign;
        const auto date = add_months(
            from.kind() == Kind::kDate ? from.as_date() : from.as_date_time().date, months);
        if (!date) return std::nullopt;
        if (from.kind() == Kind::kDate) return Value::date(*date);
        return Value::date_time({*date, from.as_date_time().nanos, from.as_date_time().zone});
    }
    const Int128 nanos = by.as_days().total_nanos() * sign;
    if (from.kind() == Kind::kTime) {
        Int128 rest = (from.as_time().nanos + nanos) % kNanosPerDay;
        if (rest < 0) rest += kNanosPerDay;
        return Value::time({static_cast<std::int64_t>(rest), from.as_time().zone});
    }
    if (!is_instant(from)) return std::nullopt;
    const DateTime start = as_instant(from);
    const auto end = date_time_of(start.instant_nanos() + nanos, start.zone);
    if (!end) return std::nullopt;
    return from.kind() == Kind::kDate ? Value::date(end->date) : Value::date_time(*end);
}

std::optional<Value> days_value(Int128 nanos) {
    const auto duration = DaysDuration::of_nanos(nanos);
    return duration ? std::optional(Value::duration(*duration)) : std::nullopt;
}

std::optional<Value> difference(const Value& a, const Value& b) {
    if (is_instant(a) && is_instant(b)) {
        const DateTime x = as_instant(a);
        const DateTime y = as_instant(b);
        if (x.zone.is_local() != y.zone.is_local()) return std::nullopt;
        return days_value(x.instant_nanos() - y.instant_nanos());
    }
    if (a.kind() != Kind::kTime || b.kind() != Kind::kTime) return std::nullopt;
    const ClockTime& x = a.as_time();
    const ClockTime& y = b.as_time();
    if (x.zone.is_local() != y.zone.is_local()) return std::nullopt;
    const auto utc = [](const ClockTime& t) {
        return static_cast<Int128>(t.nanos) -
               static_cast<Int128>(t.zone.offset_of_local(t.nanos / kNanosPerSecond)) *
                   kNanosPerSecond;
    };
    return days_value(utc(x) - utc(y));
}

std::optional<Value> durations(Op op, const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return std::nullopt;
    const bool months = a.kind() == Kind::kMonthsDuration;
    const Int128 x = months ? a.as_months().months : a.as_days().total_nanos();
    const Int128 y = months ? b.as_months().months : b.as_days().total_nanos();
    if (op == Op::kDivide) {
        if (y == 0) return std::nullopt;
        const auto number = [](Int128 v) {
            return Decimal::make(v < 0, static_cast<Uint128>(v < 0 ? -v : v), 0);
        };
        return optional_number(divide(*number(x), *number(y)));
    }
    if (op != Op::kAdd && op != Op::kSubtract) return std::nullopt;
    const Int128 sum = op == Op::kAdd ? x + y : x - y;
    if (!months) return days_value(sum);
    if (sum > INT64_MAX || sum < -static_cast<Int128>(INT64_MAX)) return std::nullopt;
    return Value::duration(MonthsDuration{static_cast<std::int64_t>(sum)});
}

// A duration times or divided by a number; parts of a month and of a nanosecond are cut off.
std::optional<Value> scaled(Op op, const Value& duration, const Decimal& factor) {
    const bool months = duration.kind() == Kind::kMonthsDuration;
    const Int128 size = months ? duration.as_months().months : duration.as_days().total_nanos();
    const auto value = Decimal::make(size < 0, static_cast<Uint128>(size < 0 ? -size : size), 0);
    const auto product = op == Op::kMultiply ? multiply(*value, factor) : divide(*value, factor);
    const auto whole = product ? product->rounded(0, Rounding::kDown) : std::nullopt;
    if (!whole) return std::nullopt;
    if (months) {
        const auto fits = whole->to_int64();
        return fits ? std::optional(Value::duration(MonthsDuration{*fits})) : std::nullopt;
    }
    if (whole->abs() > *Decimal::make(false, 1, 28)) return std::nullopt;
    Uint128 nanos = whole->coefficient();
    for (int i = 0; i < whole->exponent(); ++i)
        nanos *= 10;
    for (int i = 0; i > whole->exponent(); --i)
        nanos /= 10;
    return days_value(whole->is_negative() ? -static_cast<Int128>(nanos)
                                           : static_cast<Int128>(nanos));
}

std::optional<Value> operate(Op op, const Value& a, const Value& b) {
    if (op == Op::kAdd) {
        if (a.is_string() && b.is_string())
            return Value::string(std::string(a.as_string()) + std::string(b.as_string()));
        if (is_duration(a) && is_duration(b)) return durations(op, a, b);
        if (is_duration(b)) return moved(a, b, 1);
        if (is_duration(a)) return moved(b, a, 1);
        return std::nullopt;
    }
    if (op == Op::kSubtract) {
        if (is_duration(a) && is_duration(b)) return durations(op, a, b);
        if (is_duration(b)) return moved(a, b, -1);
        return difference(a, b);
    }
    if (op == Op::kMultiply) {
        if (is_duration(a) && b.is_number()) return scaled(op, a, b.as_number());
        if (is_duration(b) && a.is_number()) return scaled(op, b, a.as_number());
        return std::nullopt;
    }
    if (op != Op::kDivide || !is_duration(a)) return std::nullopt;
    if (b.is_number()) return scaled(op, a, b.as_number());
    return is_duration(b) ? durations(op, a, b) : std::nullopt;
}

}  // namespace

Value Evaluator::arithmetic(Op op, const Value& a, const Value& b, std::uint32_t position) {
    if (a.is_number() && b.is_number()) {
        if (auto out = numbers(op, a.as_number(), b.as_number())) return std::move(*out);
        const bool by_zero = op == Op::kDivide && b.as_number().is_zero();
        return fail(position, by_zero ? "division by zero"
                                      : "the result of '" + std::string(symbol_of(op)) +
                                            "' is no number of 34 digits");
    }
    if (a.is_string() && !charge(a.as_string().size() / 32)) return {};
    if (auto out = operate(op, a, b)) {
        if (out->is_string() && !charge(out->as_string().size() / 32)) return {};
        return std::move(*out);
    }
    if (stopped_) return {};
    return fail(position, "'" + std::string(symbol_of(op)) + "' has no result for " +
                              std::string(name_of(a.kind())) + " and " +
                              std::string(name_of(b.kind())));
}

Value Evaluator::negate(const Value& a, std::uint32_t position) {
    switch (a.kind()) {
        case Kind::kNumber: return Value::number(a.as_number().negated());
        case Kind::kMonthsDuration: return Value::duration(MonthsDuration{-a.as_months().months});
        case Kind::kDaysDuration:
            return Value::duration(DaysDuration{-a.as_days().seconds, -a.as_days().nanos});
        default: return fail(position, "a " + std::string(name_of(a.kind())) + " has no negative");
    }
}

Value Evaluator::equals(const Value& a, const Value& b, std::uint32_t position) {
    const auto out = equal(a, b);
    if (!out)
        return fail(position, "a " + std::string(name_of(a.kind())) + " and a " +
                                  std::string(name_of(b.kind())) + " do not compare");
    return Value::boolean(*out);
}

Value Evaluator::compare_values(Op op, const Value& a, const Value& b, std::uint32_t position) {
    if (op == Op::kEqual || op == Op::kNotEqual) {
        Value out = equals(a, b, position);
        return out.is_boolean() && op == Op::kNotEqual ? Value::boolean(!out.as_boolean()) : out;
    }
    const auto order = compare(a, b);
    if (!order)
        return fail(position, "'" + std::string(symbol_of(op)) + "' does not compare " +
                                  std::string(name_of(a.kind())) + " and " +
                                  std::string(name_of(b.kind())));
    switch (op) {
        case Op::kLess: return Value::boolean(*order < 0);
        case Op::kLessEqual: return Value::boolean(*order <= 0);
        case Op::kGreater: return Value::boolean(*order > 0);
        default: return Value::boolean(*order >= 0);
    }
}

namespace {

Value whole(std::int64_t n) {
    return Value::number(Decimal(n));
}

std::optional<Value> date_property(const CivilDate& date, std::string_view name) {
    if (name == "year") return whole(date.year);
    if (name == "month") return whole(date.month);
    if (name == "day") return whole(date.day);
    if (name == "weekday") return whole(day_of_week(date));
    return std::nullopt;
}

std::optional<Value> time_property(const ClockTime& time, std::int64_t local_seconds,
                                   std::string_view name) {
    const std::int64_t seconds = time.nanos / kNanosPerSecond;
    if (name == "hour") return whole(seconds / 3600);
    if (name == "minute") return whole(seconds / 60 % 60);
    if (name == "second") {
        const std::int64_t nanos = time.nanos % (60 * kNanosPerSecond);
        return Value::number(*Decimal::make(false, static_cast<Uint128>(nanos), -9));
    }
    if (name == "time offset") {
        if (time.zone.is_local()) return Value();
        return Value::duration(DaysDuration{time.zone.offset_of_local(local_seconds), 0});
    }
    if (name == "timezone") {
        if (time.zone.is_local()) return Value();
        if (const Zone* zone = time.zone.zone()) return Value::string(zone->name());
        const std::string text = to_string(ClockTime{0, time.zone});
        return Value::string(text.substr(8));
    }
    return std::nullopt;
}

std::optional<Value> duration_property(const Value& v, std::string_view name) {
    if (v.kind() == Kind::kMonthsDuration) {
        if (name == "years") return whole(v.as_months().months / 12);
        if (name == "months") return whole(v.as_months().months % 12);
        return std::nullopt;
    }
    const std::int64_t seconds = v.as_days().seconds;
    if (name == "days") return whole(seconds / 86'400);
    if (name == "hours") return whole(seconds / 3600 % 24);
    if (name == "minutes") return whole(seconds / 60 % 60);
    if (name == "seconds") {
        const std::int64_t nanos = seconds % 60 * kNanosPerSecond + v.as_days().nanos;
        return Value::number(
            *Decimal::make(nanos < 0, static_cast<Uint128>(nanos < 0 ? -nanos : nanos), -9));
    }
    return std::nullopt;
}

std::optional<Value> range_property(const Range& range, std::string_view name) {
    if (name == "start") return range.start;
    if (name == "end") return range.end;
    if (name == "start included") return Value::boolean(range.start_included);
    if (name == "end included") return Value::boolean(range.end_included);
    return std::nullopt;
}

}  // namespace

Value Evaluator::property(const Value& value, std::string_view name, std::uint32_t position) {
    std::optional<Value> found;
    switch (value.kind()) {
        case Kind::kDate:
            found = date_property(value.as_date(), name);
            if (!found) found = time_property({0, ZoneReference::offset(0)}, 0, name);
            break;
        case Kind::kTime:
            found = time_property(value.as_time(), value.as_time().nanos / kNanosPerSecond, name);
            break;
        case Kind::kDateTime: {
            const DateTime& instant = value.as_date_time();
            found = date_property(instant.date, name);
            if (!found) found = time_property(instant.time(), instant.local_seconds(), name);
            break;
        }
        case Kind::kMonthsDuration:
        case Kind::kDaysDuration: found = duration_property(value, name); break;
        case Kind::kRange: found = range_property(value.as_range(), name); break;
        default: break;
    }
    if (found) return std::move(*found);
    return fail(position, "a " + std::string(name_of(value.kind())) + " has no property '" +
                              std::string(name) + "'");
}

}  // namespace shu::rule
