// For tests of this module: evaluate a text at once.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "foundation/clock.h"
#include "foundation/json.h"
#include "rule/feel.h"

namespace shu::rule {

inline const Zones& test_zones() {
    static const Zones zones = [] {
        auto loaded = Zones::load();
        if (!loaded) ADD_FAILURE() << loaded.error().detail;
        return loaded ? std::move(*loaded) : Zones();
    }();
    return zones;
}

inline Environment test_environment() {
    return {&test_zones(), nullptr};
}

inline Value context_of(std::string_view text) {
    const auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed ? *from_json(*parsed) : Value();
}

/// The value as text, strings in quotes; "error: ..." if it does not compile or ends at a bound.
inline std::string evaluated(std::string_view text, const Value& context = Value::context({}),
                             std::vector<Warning>* warnings = nullptr) {
    const Environment environment = test_environment();
    const auto expression = Expression::compile(text, scope_of(context), environment);
    if (!expression) return "error: " + expression.error().detail;
    const ManualClock clock(1'700'000'000'000'000);
    Evaluation evaluation(environment, clock);
    auto outcome = evaluation.run(*expression, values_of(context));
    if (!outcome) return "error: " + outcome.error().detail;
    if (warnings != nullptr) *warnings = outcome->warnings;
    return outcome->value.is_string() ? "\"" + outcome->value.to_text() + "\""
                                      : outcome->value.to_text();
}

/// A text and the value that it gives, as evaluated() writes it.
struct Example {
    const char* text;
    const char* value;
};
inline void expect_values(std::initializer_list<Example> examples,
                          const Value& context = Value::context({})) {
    for (const Example& example : examples)
        EXPECT_EQ(evaluated(example.text, context), example.value) << example.text;
}

}  // namespace shu::rule
