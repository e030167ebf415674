// Whatever the bytes: a mistake with its place, or a program whose evaluation ends with a value or
// at a bound. Unary tests give a boolean or null.
#include <cstddef>
#include <cstdint>

#include "foundation/clock.h"
#include "rule/feel.h"

namespace {

using namespace shu;
using namespace shu::rule;

const Value& context() {
    static const Value made = [] {
        std::vector<ContextEntry> person;
        person.emplace_back(std::string_view("full name"), Value::string("王芳"));
        person.emplace_back(std::string_view("age"), Value::number(Decimal(30)));
        const Value one = Value::context(std::move(person));
        std::vector<ContextEntry> all;
        all.emplace_back(std::string_view("person"), one);
        all.emplace_back(std::string_view("people"), Value::list({one, Value(), one}));
        all.emplace_back(std::string_view("n"), Value::number(Decimal(-7)));
        all.emplace_back(std::string_view("n-1"), Value::number(Decimal(5)));
        return Value::context(std::move(all));
    }();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Zones kZones;
    static const Environment kEnvironment{&kZones, nullptr};
    static const ManualClock kClock(0);
    static const Scope kScope = scope_of(context());
    static const std::vector<Value> kValues = values_of(context());
    if (size > 2'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Evaluation evaluation(kEnvironment, kClock);
    const auto expression = Expression::compile(text, kScope, kEnvironment);
    if (!expression) {
        SHU_ASSERT(expression.error().detail.starts_with("line "));
    } else if (const auto outcome = evaluation.run(*expression, kValues)) {
        (void)outcome->value.to_text();
        for (const Warning& warning : outcome->warnings)
            SHU_ASSERT(!warning.reason.empty() && warning.offset <= size);
    }
    const auto tests = Expression::compile_tests(text, nullptr, kScope, kEnvironment);
    if (!tests) return 0;
    std::vector<Value> values = kValues;
    values.push_back(Value::number(Decimal(3)));
    const auto passed = evaluation.run(*tests, values);
    if (passed) SHU_ASSERT(passed->value.is_boolean() || passed->value.is_null());
    return 0;
}
