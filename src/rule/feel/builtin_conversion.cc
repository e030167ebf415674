// Conversion functions. DMN 1.5 10.3.4.1.
#include "rule/feel/builtin.h"
#include "rule/feel/compiler.h"
#include "rule/feel/evaluator.h"
#include "rule/feel/literal.h"

namespace shu::rule {
namespace {

constexpr int kOffsetSecondsMax = 18 * 3600;

const Zones& zones(const Call& call) {
    return zones_of(&call.evaluator.environment());
}

Value date_from(Call& call) {
    const Value& from = call[0];
    if (from.kind() == Kind::kDate) return from;
    if (from.kind() == Kind::kDateTime) return Value::date(from.as_date_time().date);
    if (!from.is_string())
        return call.fail("a " + std::string(name_of(from.kind())) + " holds no date");
    const auto date = parse_civil_date(from.as_string());
    return date ? Value::date(*date)
                : call.fail("\"" + std::string(from.as_string()) + "\" is no date");
}

std::optional<CivilDate> date_of_numbers(const Value& year, const Value& month, const Value& day) {
    const auto y = year.as_number().to_int64();
    const auto m = month.as_number().to_int64();
    const auto d = day.as_number().to_int64();
    return y && m && d ? make_date(*y, *m, *d) : std::nullopt;
}

Value date_of_parts(Call& call) {
    const auto date = date_of_numbers(call[0], call[1], call[2]);
    return date ? Value::date(*date) : call.fail("there is no such day");
}

// Nanoseconds of the day, if the three numbers are a clock reading.
std::optional<std::int64_t> clock_of_numbers(const Value& hour, const Value& minute,
                                             const Value& second) {
    const auto h = hour.as_number().to_int64();
    const auto m = minute.as_number().to_int64();
    const auto scaled = multiply(second.as_number(), Decimal(kNanosPerSecond));
    const auto cut = scaled ? scaled->rounded(0, Rounding::kDown) : std::nullopt;
    const std::int64_t nanos = cut ? cut->to_int64().value_or(-1) : -1;
    if (!h || !m || *h < 0 || *h > 23 || *m < 0 || *m > 59 || nanos < 0 ||
        nanos >= 60 * kNanosPerSecond)
        return std::nullopt;
    return (*h * 3600 + *m * 60) * kNanosPerSecond + nanos;
}

std::optional<ZoneReference> zone_of_offset(const Value& offset) {
    if (offset.is_null()) return ZoneReference();
    if (offset.kind() != Kind::kDaysDuration || offset.as_days().nanos != 0) return std::nullopt;
    const std::int64_t seconds = offset.as_days().seconds;
    if (seconds > kOffsetSecondsMax || seconds < -kOffsetSecondsMax) return std::nullopt;
    return ZoneReference::offset(static_cast<int>(seconds));
}

Value time_from(Call& call) {
    const Value& from = call[0];
    if (from.kind() == Kind::kTime) return from;
    if (from.kind() == Kind::kDateTime) return Value::time(from.as_date_time().time());
    if (from.kind() == Kind::kDate) return Value::time({0, ZoneReference::offset(0)});
    if (!from.is_string())
        return call.fail("a " + std::string(name_of(from.kind())) + " holds no time");
    const auto time = parse_clock_time(from.as_string(), zones(call));
    return time ? Value::time(*time)
                : call.fail("\"" + std::string(from.as_string()) + "\" is no time");
}

Value time_of_parts(Call& call) {
    const auto nanos = clock_of_numbers(call[0], call[1], call[2]);
    const auto zone = zone_of_offset(call[3]);
    if (!nanos || !zone) return call.fail("there is no such time");
    return Value::time({*nanos, *zone});
}

Value date_time_from(Call& call) {
    const Value& from = call[0];
    if (from.kind() == Kind::kDateTime) return from;
    if (from.kind() == Kind::kDate)
        return Value::date_time({from.as_date(), 0, ZoneReference::offset(0)});
    if (!from.is_string())
        return call.fail("a " + std::string(name_of(from.kind())) + " holds no date and time");
    const auto value = parse_date_time(from.as_string(), zones(call));
    return value ? Value::date_time(*value)
                 : call.fail("\"" + std::string(from.as_string()) + "\" is no date and time");
}

Value date_time_of_pair(Call& call) {
    const CivilDate date =
        call[0].kind() == Kind::kDate ? call[0].as_date() : call[0].as_date_time().date;
    const ClockTime& time = call[1].as_time();
    return Value::date_time({date, time.nanos, time.zone});
}

// The same instant in another zone.
Value date_time_in_zone(Call& call) {
    const Zone* zone = zones(call).find(call[1].as_string());
    if (zone == nullptr)
        return call.fail("there is no time zone \"" + std::string(call[1].as_string()) + "\"");
    const DateTime from = call[0].kind() == Kind::kDate
                              ? DateTime{call[0].as_date(), 0, ZoneReference::offset(0)}
                              : call[0].as_date_time();
    if (from.zone.is_local())
        return Value::date_time({from.date, from.nanos, ZoneReference::named(*zone)});
    const auto out = date_time_of(from.instant_nanos(), ZoneReference::named(*zone));
    return out ? Value::date_time(*out) : call.fail("the calendar does not reach so far");
}

Value date_time_of_parts(Call& call) {
    const auto date = date_of_numbers(call[0], call[1], call[2]);
    const auto nanos = clock_of_numbers(call[3], call[4], call[5]);
    std::optional<ZoneReference> zone = ZoneReference();
    if (call.arguments.size() > 6) {
        if (call[6].is_string()) {
            const Zone* named = zones(call).find(call[6].as_string());
            zone = named == nullptr ? std::nullopt : std::optional(ZoneReference::named(*named));
        } else {
            zone = zone_of_offset(call[6]);
        }
    }
    if (!date || !nanos || !zone) return call.fail("there is no such date and time");
    return Value::date_time({*date, *nanos, *zone});
}

Value duration_from(Call& call) {
    if (!call[0].is_string()) return call[0];
    const std::string_view text = call[0].as_string();
    if (const auto months = parse_months_duration(text)) return Value::duration(*months);
    if (const auto days = parse_days_duration(text)) return Value::duration(*days);
    return call.fail("\"" + std::string(text) + "\" is no duration");
}

Value months_between(Call& call) {
    const auto day = [](const Value& v) {
        return v.kind() == Kind::kDate ? v.as_date() : v.as_date_time().date;
    };
    const auto nanos = [](const Value& v) {
        return v.kind() == Kind::kDate ? 0 : v.as_date_time().nanos;
    };
    const CivilDate from = day(call[0]);
    const CivilDate to = day(call[1]);
    std::int64_t months =
        (static_cast<std::int64_t>(to.year) - from.year) * 12 + to.month - from.month;
    const auto from_rest = std::pair(static_cast<int>(from.day), nanos(call[0]));
    const auto to_rest = std::pair(static_cast<int>(to.day), nanos(call[1]));
    if (months > 0 && to_rest < from_rest) --months;
    if (months < 0 && to_rest > from_rest) ++months;
    return Value::duration(MonthsDuration{months});
}

Value number_from(Call& call) {
    if (call[0].is_number()) return call[0];
    if (!call[0].is_string()) return call.fail("only a string denotes a number");
    const auto number = Decimal::parse(call[0].as_string());
    return number ? Value::number(*number)
                  : call.fail("\"" + std::string(call[0].as_string()) + "\" is no number");
}

Value number_with_separators(Call& call) {
    const auto separator = [](const Value& v) {
        return v.is_null() ? std::string_view() : v.as_string();
    };
    const std::string_view grouping = separator(call[1]);
    const std::string_view decimal = separator(call[2]);
    const bool valid_grouping =
        call[1].is_null() || grouping == " " || grouping == "," || grouping == ".";
    const bool valid_decimal = call[2].is_null() || decimal == "," || decimal == ".";
    if (!valid_grouping || !valid_decimal)
        return call.fail("separators are a space, a comma or a point");
    if (!grouping.empty() && grouping == decimal)
        return call.fail("the two separators must differ");
    std::string plain;
    for (const char c : call[0].as_string()) {
        if (!grouping.empty() && c == grouping[0]) continue;
        if (!decimal.empty() && c == decimal[0])
            plain.push_back('.');
        else if (c == '.' && !decimal.empty())
            return call.fail("a point that is no separator");
        else
            plain.push_back(c);
    }
    const auto number = Decimal::parse(plain);
    return number ? Value::number(*number)
                  : call.fail("\"" + std::string(call[0].as_string()) + "\" is no number");
}

Value string_from(Call& call) {
    if (call[0].is_null()) return {};
    return Value::string(call[0].to_text());
}

Value range_from(Call& call) {
    Mistake mistake;
    CompileOptions options;
    options.environment = &call.evaluator.environment();
    const std::string_view text = call[0].as_string();
    const auto program = compile_text(text, {}, options, mistake);
    if (program == nullptr || program->nodes[program->root].op != Op::kRange)
        return call.fail("\"" + std::string(text) + "\" is no range");
    for (const Node& node : program->nodes) {
        const bool literal = node.op == Op::kConstant || node.op == Op::kRange ||
                             node.op == Op::kNegate || node.op == Op::kBuiltin;
        if (!literal) return call.fail("the ends of the range must be literals");
    }
    const Value out = call.evaluator.run(*program, {});
    if (!out.is_range() || (out.as_range().start.is_null() && out.as_range().end.is_null()))
        return call.fail("\"" + std::string(text) + "\" is no range");
    return out;
}

using Mode = Parameter::Mode;
constexpr Parameter kFrom{"from", Takes::kAnything};
constexpr Parameter kYear{"year", Takes::kNumber}, kMonth{"month", Takes::kNumber},
    kDayOfMonth{"day", Takes::kNumber};
constexpr Parameter kHour{"hour", Takes::kNumber}, kMinute{"minute", Takes::kNumber},
    kSecond{"second", Takes::kNumber};
constexpr Parameter kOffset{"offset", Takes::kDuration, Mode::kOptionalNullable};

}  // namespace

std::span<const Builtin> conversion_builtins() {
    static const std::vector<Builtin> all = {
        {"date", {{date_from, {kFrom}}, {date_of_parts, {kYear, kMonth, kDayOfMonth}}}},
        {"time", {{time_from, {kFrom}}, {time_of_parts, {kHour, kMinute, kSecond, kOffset}}}},
        {"date and time",
         {{date_time_from, {kFrom}},
          {date_time_of_pair, {{"date", Takes::kDay}, {"time", Takes::kTime}}},
          {date_time_in_zone, {{"date", Takes::kDay}, {"timezone", Takes::kString}}},
          {date_time_of_parts, {kYear, kMonth, kDayOfMonth, kHour, kMinute, kSecond}},
          {date_time_of_parts, {kYear, kMonth, kDayOfMonth, kHour, kMinute, kSecond, kOffset}},
          {date_time_of_parts,
           {kYear, kMonth, kDayOfMonth, kHour, kMinute, kSecond, {"timezone", Takes::kString}}}}},
        {"duration",
         {{duration_from, {{"from", Takes::kString}}},
          {duration_from, {{"from", Takes::kDuration}}}}},
        {"years and months duration",
         {{months_between, {{"from", Takes::kDay}, {"to", Takes::kDay}}}}},
        {"number",
         {{number_from, {kFrom}},
          {number_with_separators,
           {{"from", Takes::kString},
            {"grouping separator", Takes::kString, Mode::kNullable},
            {"decimal separator", Takes::kString, Mode::kNullable}}}}},
        {"string", {{string_from, {kFrom}}}},
        {"range", {{range_from, {{"from", Takes::kString}}}}},
    };
    return all;
}

}  // namespace shu::rule
