// Laws that hold whatever the values are. The fixed seed finds the same again, the random one looks
// further; both are told when a law is broken.
#include <random>

#include "rule/testing.h"

namespace shu::rule {
namespace {

class Property : public testing::TestWithParam<bool> {
 protected:
    Property() : seed_(GetParam() ? std::random_device{}() : 20'261'121U), random_(seed_) {
        RecordProperty("seed", std::to_string(seed_));
    }
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
    }
    std::string number() {
        const std::int64_t digits = below(1'000'000) - 500'000;
        return "(" +
               Decimal::make(digits < 0, static_cast<Uint128>(std::abs(digits)),
                             -static_cast<int>(below(5)))
                   ->to_string() +
               ")";
    }
    std::string date() { return "@\"" + to_string(civil_from_days(below(60'000) - 20'000)) + "\""; }
    std::string days() {
        return "@\"" +
               to_string(*DaysDuration::of_nanos(static_cast<Int128>(below(4'000'000) - 2'000'000) *
                                                 kNanosPerSecond)) +
               "\"";
    }
    std::string months() { return "@\"" + to_string(MonthsDuration{below(2'400) - 1'200}) + "\""; }
    void holds(const std::string& law) {
        EXPECT_EQ(evaluated(law), "true") << "seed " << seed_ << ": " << law;
    }

    static constexpr int kTimes = 300;
    std::uint64_t seed_;
    std::mt19937_64 random_;
};

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Bool(), [](const auto& tested) {
    return std::string(tested.param ? "random" : "fixed");
});

TEST_P(Property, of_arithmetic) {
    for (int i = 0; i < kTimes; ++i) {
        const std::string a = number(), b = number(), c = number();
        holds(a + " + " + b + " = " + b + " + " + a);
        holds("(" + a + " + " + b + ") - " + b + " = " + a);
        holds(a + " * (" + b + " + " + c + ") = " + a + " * " + b + " + " + a + " * " + c);
        holds("-(-" + a + ") = " + a);
        holds("abs(" + a + ") >= 0 and abs(" + a + ") = max(" + a + ", -" + a + ")");
        holds("floor(" + a + ") <= " + a + " and " + a + " <= ceiling(" + a + ")");
        holds("if " + b + " = 0 then true else modulo(" + a + ", " + b + ") = " + a + " - " + b +
              " * floor(" + a + " / " + b + ")");
        holds("if " + b + " = 0 then true else abs(" + a + " / " + b + " * " + b + " - " + a +
              ") <= 0.000000000000000000000001");
        holds("(" + a + " < " + b + ") = (" + b + " > " + a + ")");
    }
}

TEST_P(Property, of_ranges) {
    for (int i = 0; i < kTimes; ++i) {
        std::string a = number(), b = number();
        const std::string x = number();
        if (evaluated(a + " > " + b) == "true") std::swap(a, b);
        const auto range = [&](const char* open, const char* close) {
            return open + a + ".." + b + close;
        };
        holds("(" + x + " in " + range("[", "]") + ") = (" + x + " >= " + a + " and " + x +
              " <= " + b + ")");
        holds("(" + x + " in " + range("(", ")") + ") = (" + x + " > " + a + " and " + x + " < " +
              b + ")");
        holds("(" + x + " in " + range("(", "]") + ") = (" + x + " between " + a + " and " + b +
              " and " + x + " != " + a + ")");
        holds("before(" + x + ", " + range("[", "]") + ") = (" + x + " < " + a + ")");
        holds("after(" + x + ", " + range("[", "]") + ") = (" + x + " > " + b + ")");
        holds("includes(" + range("[", "]") + ", " + x + ") = during(" + x + ", " +
              range("[", "]") + ")");
        holds("not(before(" + x + ", " + range("[", "]") + ")) or not(includes(" + range("[", "]") +
              ", " + x + "))");
    }
}

TEST_P(Property, of_durations_and_dates) {
    for (int i = 0; i < kTimes; ++i) {
        const std::string d = date(), e = date(), s = days(), t = days(), m = months();
        holds("(" + s + " + " + t + ") - " + t + " = " + s);
        holds(s + " * 2 = " + s + " + " + s);
        holds("-(" + s + ") = " + s + " * -1");
        holds("(" + d + " - " + e + ") + (" + e + " - " + d + ") = @\"PT0S\"");
        holds(e + " + (" + d + " - " + e + ") = " + d);
        holds("(" + d + " < " + e + ") = (" + d + " - " + e + " < @\"PT0S\")");
        holds("(" + d + " + " + m + ").day <= " + d + ".day");
        holds("abs((" + d + " + " + m + ") - " + m + " - " + d + ") <= @\"P3D\"");
        holds("years and months duration(" + d + ", " + d + " + " + m + ") <= " + m +
              " or years and months duration(" + d + ", " + d + " + " + m + ") >= " + m);
        holds("date(string(" + d + ")) = " + d + " and duration(string(" + s + ")) = " + s +
              " and duration(string(" + m + ")) = " + m);
        holds("if " + t + " = @\"PT0S\" then true else abs(" + s + " / " + t + " * " + t + " - " +
              s + ") <= @\"PT1S\"");
    }
}

TEST(Recursion, by_name_goes_as_deep_as_the_bounds_and_no_deeper) {
    EXPECT_EQ(
        evaluated(
            "{fib: function(n) if n < 2 then n else fib(n - 1) + fib(n - 2), out: fib(15)}.out"),
        "610");
    EXPECT_EQ(
        evaluated(
            "{sum to: function(n) if n = 0 then 0 else n + sum to(n - 1), out: sum to(300)}.out"),
        "45150");
    EXPECT_TRUE(evaluated("{f: function(n) f(n), out: f(1)}.out").starts_with("error: "));
}

TEST(Names, that_begin_with_others_or_with_words_of_the_language) {
    const Value context = context_of(
        R"({"in": 1, "order": 2, "or": 3, "order in": 4, "not paid": true, "sum": 5, "sum total": 6, "date": 7, "date of birth": 8, "申请": 9, "申请人": 10, "申请人 姓名": 11})");
    expect_values({{"order + sum total", "8"},
                   {"sum total + sum", "11"},
                   {"date of birth - date", "1"},
                   {"申请人 姓名 - 申请人 + 申请", "10"},
                   {"not paid and not(not paid)", "false"},
                   {"order in", "4"}},
                  context);
}

TEST(Lists, of_a_million_are_made_reversed_and_searched) {
    expect_values({{"reverse(for i in 1..1000000 return 1000001 - i)[1]", "1"},
                   {"list contains(for i in 1..1000000 return i, 1000000)", "true"},
                   {"some x in 1..1000000 satisfies x = 999999", "true"}});
}

TEST(Items, of_different_kinds_let_the_variables_outside_be_seen) {
    const Value context = context_of(R"({"all": [5, {"n": 1}, {"m": 2}, null], "n": 5})");
    EXPECT_EQ(evaluated("count(all[n = 5])", context), "3")
        << "only the second has an n of its own";
    EXPECT_EQ(evaluated("count([{a: 1}, {b: 2}][b = 2])"), "1");
    EXPECT_EQ(evaluated("(function(a) count([{a: 1}, {b: 2}][a = 7]))(7)"), "1");
}

}  // namespace
}  // namespace shu::rule
