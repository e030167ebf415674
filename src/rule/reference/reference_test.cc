// The engine against the reference: the same value for every expression, or null in both.
#include <cstdlib>
#include <random>

#include "rule/reference/generator.h"
#include "rule/testing.h"

namespace shu::rule {
namespace {

using reference::Generator;
using reference::Scope;
using reference::Thing;
using reference::Tree;

struct Compared {
    int decided = 0;
    int with_value = 0;
};

// One random expression in one random context.
void compare_one(std::uint64_t seed, std::size_t depth, Compared& counts) {
    std::mt19937_64 random(seed);
    Generator generator([&random](std::size_t bound) { return random() % bound; });
    const Scope scope{generator.variables()};
    const Tree tree = generator.expression(depth);
    Thing all;
    all.is = Thing::Is::kContext;
    all.entries = scope.variables;
    const Value context = reference::value_of(all, test_zones());
    const std::string text = reference::text_of(tree);
    const auto expression = Expression::compile(text, scope_of(context), test_environment());
    ASSERT_TRUE(expression.ok()) << "seed " << seed << "\n"
                                 << text << "\n"
                                 << expression.error().detail;
    const ManualClock clock(0);
    Evaluation evaluation(test_environment(), clock);
    const auto outcome = evaluation.run(*expression, values_of(context));
    ASSERT_TRUE(outcome.ok()) << "seed " << seed << "\n" << text;
    try {
        const Thing expected = reference::interpret(tree, scope);
        ASSERT_TRUE(reference::identical(reference::thing_of(outcome->value), expected))
            << "seed " << seed << "\n"
            << text << "\nin " << context.to_text() << "\ngives " << outcome->value.to_text()
            << ", the reference " << reference::text_of(expected);
        ++counts.decided;
        counts.with_value += outcome->value.is_null() ? 0 : 1;
    } catch (const reference::Unsure&) {
    }
}

void compare_many(std::uint64_t seed, int count) {
    Compared counts;
    for (int i = 0; i < count; ++i) {
        compare_one(seed + static_cast<std::uint64_t>(i), 2 + static_cast<std::size_t>(i % 4),
                    counts);
        if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(counts.decided, count * 8 / 10);
    EXPECT_GT(counts.with_value, count / 3) << "the expressions should mean something";
}

TEST(Reference, agrees_with_the_engine_on_the_same_expressions_every_time) {
    compare_many(1, 10'000);
}

TEST(Reference, agrees_with_the_engine_on_other_expressions_every_time) {
    const std::uint64_t seed = std::random_device{}();
    RecordProperty("seed", std::to_string(seed));
    compare_many(seed << 20, 2'000);
}

TEST(Reference, knows_the_standards_own_examples) {
    using reference::Rational;
    EXPECT_EQ(
        reference::rounded(Rational(2, 3)),
        Rational(reference::Integer("6666666666666666666666666666666667"), reference::ten_to(34)));
    EXPECT_EQ(reference::rounded(Rational(reference::ten_to(34) * 10 + 5)),
              Rational(reference::ten_to(35)))
        << "half to even";
    const auto day = [](int year, int month, int d) {
        return reference::count_of({year, month, d});
    };
    EXPECT_EQ(reference::months_later(day(2024, 1, 31), 1), day(2024, 2, 29));
    EXPECT_EQ(reference::months_later(day(2024, 2, 29), -12), day(2023, 2, 28));
    EXPECT_EQ(day(2024, 3, 1) - day(2024, 2, 28), 2);
    EXPECT_EQ(day(1900, 3, 1) - day(1900, 2, 28), 1);
}

}  // namespace
}  // namespace shu::rule
