#include "rule/feel/literal.h"

namespace shu::rule {

const Zones& zones_of(const Environment* environment) {
    static const Zones none;
    return environment != nullptr && environment->zones != nullptr ? *environment->zones : none;
}

std::optional<Value> temporal_literal(std::string_view text, const Zones& zones) {
    if (const auto date = parse_civil_date(text)) return Value::date(*date);
    if (const auto time = parse_clock_time(text, zones)) return Value::time(*time);
    if (const auto instant = parse_date_time(text, zones)) return Value::date_time(*instant);
    if (const auto months = parse_months_duration(text)) return Value::duration(*months);
    if (const auto days = parse_days_duration(text)) return Value::duration(*days);
    return std::nullopt;
}

}  // namespace shu::rule
