// Whatever expression and whatever context the bytes choose: the engine and the slow interpreter
// written from the standard give the same value, or null both.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "foundation/clock.h"
#include "rule/feel.h"
#include "rule/reference/generator.h"

namespace {

using namespace shu;
using namespace shu::rule;
namespace reference = shu::rule::reference;

[[noreturn]] void differ(const std::string& text, const Value& context, const std::string& why) {
    std::fprintf(stderr, "%s\nin %s\n%s\n", text.c_str(), context.to_text().c_str(), why.c_str());
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Zones kZones;
    static const Environment kEnvironment{&kZones, nullptr};
    static const ManualClock kClock(0);
    std::size_t at = 0;
    reference::Generator generator([&](std::size_t bound) {
        std::size_t chosen = 0;
        for (std::size_t range = 1; range < bound && at < size; range *= 256)
            chosen = chosen * 256 + data[at++];
        return chosen % bound;
    });
    const reference::Scope scope{generator.variables()};
    const reference::Tree tree = generator.expression(4);
    reference::Thing all;
    all.is = reference::Is::kContext;
    all.entries = scope.variables;
    const Value context = reference::value_of(all, kZones);
    const std::string text = reference::text_of(tree);
    const auto expression = Expression::compile(text, scope_of(context), kEnvironment);
    if (!expression) differ(text, context, expression.error().detail);
    Evaluation evaluation(kEnvironment, kClock);
    const auto outcome = evaluation.run(*expression, values_of(context));
    if (!outcome) differ(text, context, outcome.error().detail);
    try {
        const reference::Thing expected = reference::interpret(tree, scope);
        if (!reference::identical(reference::thing_of(outcome->value), expected))
            differ(text, context,
                   "gives " + outcome->value.to_text() + ", the reference " +
                       reference::text_of(expected));
    } catch (const reference::Unsure&) {
        return 0;
    }
    return 0;
}
