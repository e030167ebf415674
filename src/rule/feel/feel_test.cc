#include "rule/feel.h"

#include "foundation/json.h"
#include "foundation/limits.h"
#include "rule/testing.h"

namespace shu::rule {
namespace {

TEST(Names, may_hold_spaces_signs_and_chinese_and_the_longest_in_scope_wins) {
    const Value context = context_of(
        R"({"loan": 1, "loan amount": 2, "loan amount limit": 3, "a": 7, "b": 5, "a-b": 100, "申请人 年龄": 30, "年龄": 4, "date and time zone": 9})");
    expect_values(
        {{"loan + loan amount + loan amount limit", "6"},
         {"loan   amount\n limit", "3"},
         {"a-b", "100"},
         {"a - b", "2"},
         {"申请人 年龄 >= 18 and 年龄 < 5", "true"},
         {"date and time zone", "9"},
         {"loan amounts", "error: line 1, column 1: nothing here is named 'loan amounts'"}},
        context);
    EXPECT_EQ(evaluated("{年 龄: 3, 两倍: 年 龄 * 2}.两倍"), "6");
}

TEST(Names, of_items_in_filters_hide_those_outside) {
    const Value context = context_of(
        R"({"people": [{"full name": "王芳", "age": 30}, {"full name": "Li", "age": 17}], "age": 20})");
    expect_values({{"people[age >= 18].full name", "[\"王芳\"]"},
                   {"count(people[item.age < age])", "0"},
                   {"people[full name = \"Li\"][1].age + age", "37"},
                   {"for p in people return p.full name", "[\"王芳\", \"Li\"]"},
                   {"some p in people satisfies p.age < age", "true"}},
                  context);
}

TEST(Warnings, tell_position_and_reason_of_every_null) {
    std::vector<Warning> warnings;
    EXPECT_EQ(evaluated("1 +\n  (2 / 0)", Value::context({}), &warnings), "null");
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_EQ(warnings[0].line, 2U);
    EXPECT_EQ(warnings[0].column, 6U);
    EXPECT_EQ(warnings[0].reason, "division by zero");
    EXPECT_EQ(warnings[1].line, 1U);
    for (const char* text :
         {"1 + \"a\"", "{a: 1}.b", "[1][5]", "date(\"x\")", "-\"a\"", "1 < \"a\"", "\"a\"(1)",
          "number(\"x\")", "abs(\"a\")", "substring(\"a\", 9)", "for i in null return i",
          "1 between \"a\" and 3", "@\"2024-01-01\".hours", "if 1 then 2 else 3", "min([])",
          "[1..\"a\"]", "1 and 2"}) {
        EXPECT_EQ(evaluated(text, Value::context({}), &warnings), "null") << text;
        EXPECT_FALSE(warnings.empty()) << text;
    }
}

TEST(Mistakes, are_refused_at_compile_time_with_their_place) {
    expect_values(
        {{"1 +", "error: line 1, column 4: an expression is missing"},
         {"[1, 2", "error: line 1, column 6: ']' is missing before the end"},
         {"\"open", "error: line 1, column 1: the string is not closed"},
         {"if 1 then 2", "error: line 1, column 12: 'else' is missing before the end"},
         {"1 2", "error: line 1, column 3: the expression should end before '2'"},
         {"@\"2024-02-30\"",
          "error: line 1, column 1: \"2024-02-30\" is no date, time or duration"},
         {"1 instance of nonsense", "error: line 1, column 15: no type is named 'nonsense'"},
         {"{a: 1, a: 2}", "error: line 1, column 8: two entries are named 'a'"}});
}

TEST(Mistakes, inside_a_function_leave_nothing_of_it_behind) {
    for (const char* text :
         {"{f: function(x) ,", "{f: if function(x: n f x", "[function(x) {y: function(z) )",
          "for i in function(a) then return i", "[1..function(x) 2 2[", "{a: function(b: , c: 1}"})
        EXPECT_TRUE(evaluated(text).starts_with("error: line 1, column ")) << text;
    const Environment environment = test_environment();
    EXPECT_FALSE(Expression::compile_tests("not(function(x) then)", nullptr, {}, environment).ok());
    EXPECT_FALSE(
        Expression::compile_tests("not({f: function(x) else})", nullptr, {}, environment).ok());
}

TEST(Logic, has_three_values) {
    expect_values({{"true or null", "true"},
                   {"null or false", "null"},
                   {"false and 1", "false"},
                   {"null = null", "true"},
                   {"null = 1", "false"},
                   {"1 = \"1\"", "null"},
                   {"null < 1", "null"},
                   {"every x in [true, null] satisfies x", "null"},
                   {"some x in [true, null] satisfies x", "true"}});
}

TEST(Ranges, keep_what_their_ends_say) {
    expect_values({{"5 in (5..10]", "false"},
                   {"5 in [5..10)", "true"},
                   {"10 in ]5..10[", "false"},
                   {"\"b\" in [\"a\"..\"c\"]", "true"},
                   {"5 in (null..10]", "null"},
                   {"11 in (null..10]", "false"},
                   {"5 in (<= 10)", "true"},
                   {"(<10) = (null..10)", "false"},
                   {"range(\"[18..21)\").end included", "false"},
                   {"overlaps([1..5], (5..8])", "false"},
                   {"includes([1..10], 10)", "true"},
                   {"for d in [@\"2024-02-28\"..@\"2024-03-01\"] return d",
                    "[2024-02-28, 2024-02-29, 2024-03-01]"}});
}

TEST(Functions, capture_recur_and_take_arguments_by_name) {
    expect_values(
        {{"{f: function(n) if n <= 1 then 1 else n * f(n - 1), out: f(20)}.out",
          "2432902008176640000"},
         {"{k: 10, add: function(a: number, b: number) a + b * k, out: add(b: 2, a: 1)}.out", "21"},
         {"{add: function(a: number) a, out: add(\"x\")}.out", "null"},
         {"{outer: function(n) {inner: function(m) if m = 0 then n else inner(m - 1), r: inner(3)}.r, out: outer(7)}.out",
          "7"},
         {"sort([3, 1, 2], function(a, b) a < b)", "[1, 2, 3]"},
         {"list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"},
         {"substring(start position: 2, string: \"中华人民\", length: 2)", "\"华人\""},
         {"{m: max, out: m(1, 5, 3)}.out", "5"},
         {"(function(x) x) instance of function<Any> -> Any", "true"}});
}

TEST(Builtins, follow_the_standards_examples) {
    expect_values({{"string join([\"a\", null, \"c\"], \" and \")", "\"a and c\""},
                   {"split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]"},
                   {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
                   {"upper case(\"straße\")", "\"STRASSE\""},
                   {"stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"},
                   {"median(8, 2, 5, 3, 4)", "4"},
                   {"context put({x: {y: 1}}, [\"x\", \"y\"], 2)", "{x: {y: 2}}"},
                   {"context merge([{x: 1}, {y: 2}])", "{x: 1, y: 2}"},
                   {"get entries({a: 1})[1].key", "\"a\""},
                   {"is(@\"23:00:50Z\", @\"23:00:50+00:00\")", "true"},
                   {"now()", "2023-11-14T22:13:20Z"},
                   {"today()", "2023-11-14"},
                   {"date and time(@\"2024-07-01T12:00:00Z\", \"Asia/Shanghai\")",
                    "2024-07-01T20:00:00@Asia/Shanghai"},
                   {"flatten([[1, [2]], 3])", "[1, 2, 3]"},
                   {"decimal(2.5, 0)", "2"}});
}

TEST(Bounds, a_million_items_are_no_trouble_but_endless_growth_is_stopped) {
    EXPECT_EQ(evaluated("sum(for i in 1..1000000 return i)"), "500000500000");
    EXPECT_EQ(evaluated("count((for i in 1..1000000 return i)[item > 999990])"), "10");
    EXPECT_TRUE(evaluated("for i in 1..100000000 return i").starts_with("error: ")) << "steps";
    EXPECT_TRUE(evaluated("for i in 1..1000000000000000 return 1").starts_with("error: "));
    EXPECT_TRUE(evaluated("for i in 1..100000 return partial").starts_with("error: ")) << "memory";
    EXPECT_EQ(evaluated("for i in 1..300 return [partial[-1]]"), "null") << "nesting of values";
    EXPECT_TRUE(evaluated("{f: function(n) f(n + 1), out: f(0)}")
                    .starts_with("error: the evaluation nests too deeply"));
    EXPECT_TRUE(
        evaluated(
            "{f: function(s, n) if n = 0 then s else f(s + s, n - 1), out: string length(f(\"0123456789\", 40))}.out")
            .starts_with("error: "));
}

TEST(Bounds, nesting_of_text_is_limited_before_the_stack_is) {
    const std::string deep(10'000, '(');
    EXPECT_TRUE(evaluated(deep + "1" + std::string(10'000, ')')).find("nested more than") !=
                std::string::npos);
    EXPECT_TRUE(evaluated(std::string(10'000, '[')).find("nested more than") != std::string::npos);
    EXPECT_TRUE(evaluated(std::string(10'000, '-') + "1").find("nested too deeply") !=
                std::string::npos);
    const std::size_t fits = limits::rule_nesting_max - 10;
    EXPECT_EQ(evaluated(std::string(fits, '(') + "1" + std::string(fits, ')')), "1");
    std::string sum = "1";
    for (int i = 0; i < 2'000; ++i)
        sum += " + 1";
    EXPECT_EQ(evaluated(sum), "2001");
    EXPECT_TRUE(
        evaluated(std::string(limits::rule_text_bytes_max + 1, ' ') + "1").starts_with("error: "));
}

TEST(Tests, of_table_cells_know_the_value_they_ask_about) {
    const Environment environment = test_environment();
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const auto passes = [&](const char* text, const Value& value) {
        const auto tests = Expression::compile_tests(text, nullptr, {}, environment);
        if (!tests) return std::string("error: ") + tests.error().detail;
        return evaluation.run(*tests, {&value, 1})->value.to_text();
    };
    const Value five = Value::number(Decimal(5));
    EXPECT_EQ(passes("< 6, > 10", five), "true");
    EXPECT_EQ(passes("not(5, 6)", five), "false");
    EXPECT_EQ(passes("-", Value()), "true");
    EXPECT_EQ(passes("[1..5)", five), "false");
    EXPECT_EQ(passes("? * 2 = 10", five), "true");
    EXPECT_EQ(passes("even(?) or ? > 4", five), "true");
    EXPECT_EQ(passes("not(even(?))", five), "true");
    EXPECT_EQ(passes("null", Value()), "true");
    EXPECT_EQ(passes("false", Value::boolean(false)), "true")
        << "a boolean is compared, not taken for the answer";
    EXPECT_EQ(passes("\"a\", \"b\"", Value::string("b")), "true");
    EXPECT_EQ(passes("< 6 >", five).substr(0, 5), "error");
}

TEST(Values, print_as_feel_text_and_travel_through_json) {
    const Value value =
        context_of(R"({"a b": [1.50, "x\"y", null, true], "n": 12345678901234567890})");
    EXPECT_EQ(value.to_text(), "{a b: [1.5, \"x\\\"y\", null, true], n: 12345678901234567890}");
    EXPECT_EQ(evaluated(value.to_text()), value.to_text());
    EXPECT_EQ(json::serialize(to_json(context_of("{\"a\":[1,2.5,\"b\"]}"))),
              "{\"a\":[1,2.5E0,\"b\"]}");
}

}  // namespace
}  // namespace shu::rule
