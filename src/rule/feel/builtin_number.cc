// Numeric and boolean functions. DMN 1.5 10.3.4.2 and 10.3.4.5.
#include "rule/feel/builtin.h"

namespace shu::rule {
namespace {

constexpr std::int64_t kScaleMin = -6111;
constexpr std::int64_t kScaleMax = 6176;

Value rounded(Call& call, Rounding mode) {
    std::int64_t scale = 0;
    if (call.arguments.size() > 1) {
        const auto cut = call[1].as_number().rounded(0, Rounding::kDown);
        const auto whole = cut ? cut->to_int64() : std::nullopt;
        if (!whole || *whole < kScaleMin || *whole > kScaleMax)
            return call.fail("the scale must lie between -6111 and 6176");
        scale = *whole;
    }
    const auto out = call[0].as_number().rounded(static_cast<int>(scale), mode);
    return out ? Value::number(*out) : call.fail("the result is no number of 34 digits");
}

template <Rounding kMode>
Value round_by(Call& call) {
    return rounded(call, kMode);
}

Value of_number(Call& call, const std::optional<Decimal>& out) {
    return out ? Value::number(*out) : call.fail("there is no such number");
}

Value absolute(Call& call) {
    const Value& n = call[0];
    if (n.is_number()) return Value::number(n.as_number().abs());
    if (n.kind() == Kind::kMonthsDuration) {
        const std::int64_t months = n.as_months().months;
        return Value::duration(MonthsDuration{months < 0 ? -months : months});
    }
    const DaysDuration& d = n.as_days();
    return d.seconds < 0 || d.nanos < 0 ? Value::duration(DaysDuration{-d.seconds, -d.nanos}) : n;
}

Value modulo_of(Call& call) {
    if (call[1].as_number().is_zero()) return call.fail("division by zero");
    return of_number(call, modulo(call[0].as_number(), call[1].as_number()));
}

Value root(Call& call) {
    return of_number(call, square_root(call[0].as_number()));
}
Value logarithm(Call& call) {
    return of_number(call, natural_logarithm(call[0].as_number()));
}
Value exponent(Call& call) {
    return of_number(call, exponential(call[0].as_number()));
}

template <bool kOdd>
Value parity(Call& call) {
    const auto rest = modulo(call[0].as_number().abs(), Decimal(2));
    return Value::boolean(rest && *rest == Decimal(kOdd ? 1 : 0));
}

Value negation(Call& call) {
    if (call[0].is_boolean()) return Value::boolean(!call[0].as_boolean());
    return call[0].is_null()
               ? Value()
               : call.fail("a " + std::string(name_of(call[0].kind())) + " is no boolean");
}

constexpr Parameter kN{"n", Takes::kNumber};
constexpr Parameter kScale{"scale", Takes::kNumber};
constexpr Parameter kNumber{"number", Takes::kNumber};

}  // namespace

std::span<const Builtin> number_builtins() {
    static const std::vector<Builtin> all = {
        {"decimal", {{round_by<Rounding::kHalfEven>, {kN, kScale}}}},
        {"floor", {{round_by<Rounding::kFloor>, {kN}}, {round_by<Rounding::kFloor>, {kN, kScale}}}},
        {"ceiling",
         {{round_by<Rounding::kCeiling>, {kN}}, {round_by<Rounding::kCeiling>, {kN, kScale}}}},
        {"round up", {{round_by<Rounding::kUp>, {kN, kScale}}}},
        {"round down", {{round_by<Rounding::kDown>, {kN, kScale}}}},
        {"round half up", {{round_by<Rounding::kHalfUp>, {kN, kScale}}}},
        {"round half down", {{round_by<Rounding::kHalfDown>, {kN, kScale}}}},
        {"abs", {{absolute, {kN}}, {absolute, {{"n", Takes::kDuration}}}}},
        {"modulo", {{modulo_of, {{"dividend", Takes::kNumber}, {"divisor", Takes::kNumber}}}}},
        {"sqrt", {{root, {kNumber}}}},
        {"log", {{logarithm, {kNumber}}}},
        {"exp", {{exponent, {kNumber}}}},
        {"odd", {{parity<true>, {kNumber}}}},
        {"even", {{parity<false>, {kNumber}}}},
        {"not", {{negation, {{"negand", Takes::kAnything}}}}},
    };
    return all;
}

}  // namespace shu::rule
