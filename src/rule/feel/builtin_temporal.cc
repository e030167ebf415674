// Date and time functions. DMN 1.5 10.3.4.6, 10.3.4.7, 10.3.4.8.
#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

CivilDate day(const Value& v) {
    return v.kind() == Kind::kDate ? v.as_date() : v.as_date_time().date;
}

Value number(std::int64_t n) {
    return Value::number(Decimal(n));
}

Value day_number(Call& call) {
    return number(day_of_year(day(call[0])));
}
Value week_number(Call& call) {
    return number(week_of_year(day(call[0])));
}

Value day_name(Call& call) {
    static constexpr std::string_view kNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                  "Friday", "Saturday", "Sunday"};
    return Value::string(kNames[day_of_week(day(call[0])) - 1]);
}

Value month_name(Call& call) {
    static constexpr std::string_view kNames[] = {"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};
    return Value::string(kNames[day(call[0]).month - 1]);
}

std::optional<DateTime> present(Call& call) {
    return date_time_of(static_cast<Int128>(call.evaluator.now()) * 1000, call.evaluator.zone());
}

Value now(Call& call) {
    const auto instant = present(call);
    return instant ? Value::date_time(*instant) : call.fail("the clock is out of range");
}

Value today(Call& call) {
    const auto instant = present(call);
    return instant ? Value::date(instant->date) : call.fail("the clock is out of range");
}

// Identity: the same components, the zone as it is written.
Value is(Call& call) {
    const Value& a = call[0];
    const Value& b = call[1];
    if (a.kind() != b.kind()) return Value::boolean(false);
    if (a.kind() == Kind::kTime)
        return Value::boolean(a.as_time().nanos == b.as_time().nanos &&
                              a.as_time().zone == b.as_time().zone);
    if (a.kind() == Kind::kDateTime) {
        const DateTime& x = a.as_date_time();
        const DateTime& y = b.as_date_time();
        return Value::boolean(x.date == y.date && x.nanos == y.nanos && x.zone == y.zone);
    }
    return Value::boolean(same(a, b));
}

constexpr Parameter kDate{"date", Takes::kDay};

}  // namespace

std::span<const Builtin> temporal_builtins() {
    static const std::vector<Builtin> all = {
        {"day of year", {{day_number, {kDate}}}},
        {"day of week", {{day_name, {kDate}}}},
        {"month of year", {{month_name, {kDate}}}},
        {"week of year", {{week_number, {kDate}}}},
        {"now", {{now, {}}}},
        {"today", {{today, {}}}},
        {"is", {{is, {{"value1", Takes::kAnything}, {"value2", Takes::kAnything}}}}},
    };
    return all;
}

}  // namespace shu::rule
