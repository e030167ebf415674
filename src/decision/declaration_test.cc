#include "decision/declaration.h"

#include "decision/testing.h"
#include "foundation/yaml.h"

namespace shu::decision {
namespace {

rule::Value value_of(const char* text) {
    const auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return *rule::from_json(*parsed);
}

json::value document(const char* text, const Shape& shape) {
    auto parsed = yaml::parse("a.test.yaml", text, shape);
    EXPECT_TRUE(parsed.ok()) << parsed.error().detail;
    std::vector<Problem> problems;
    shape.check(parsed->root, "", problems);
    EXPECT_TRUE(problems.empty()) << to_string(problems[0]);
    return parsed->root;
}

ExampleReport ran(const char* examples) {
    const Inspection found = inspect(subsidy_model(), test_environment());
    return run_examples(document(examples, examples_shape()), *found.model, test_environment(),
                        {480, 0});
}

TEST(Examples, that_come_out_leave_nothing_to_say) {
    const ExampleReport report = ran(R"(
examples:
  - name: 本市六十周岁
    decision: 津贴
    input: {年龄: 60, 户籍地: 本市}
    expected: 300
  - name: 外地
    decision: 津贴
    input: {年龄: 59.5, 户籍地: 外地}
    expected: 0
  - name: 不知年龄
    decision: 标准
    input: {}
    expected: null
)");
    EXPECT_EQ(report.examples, 3U);
    EXPECT_TRUE(report.failures.empty()) << report.failures[0].message;
}

TEST(Examples, that_fail_are_named_with_what_was_expected_and_what_came_out) {
    const ExampleReport report = ran(R"(
examples:
  - {name: 一, decision: 津贴, input: {年龄: 60, 户籍地: 本市}, expected: 299}
  - {name: 二, decision: 津帖, input: {}, expected: 1}
  - {name: 三, decision: 标准, input: {}, expected: 1}
  - {name: 四, decision: 标准, at: yesterday, input: {}, expected: 1}
)");
    ASSERT_EQ(report.failures.size(), 4U);
    EXPECT_EQ(report.failures[0].pointer, "/examples/0/expected");
    EXPECT_EQ(report.failures[0].message,
              "example '一': expected 299, the decision '津贴' gives 300");
    EXPECT_EQ(report.failures[1].pointer, "/examples/1/decision");
    EXPECT_EQ(report.failures[1].remedy, "did you mean '津贴'?");
    EXPECT_NE(report.failures[2].remedy.find("is not given"), std::string::npos);
    EXPECT_EQ(report.failures[3].pointer, "/examples/3/at");
}

TEST(Examples, compare_by_value_and_not_by_looks) {
    EXPECT_TRUE(comes_out(value_of("1.0"), value_of("1")));
    EXPECT_FALSE(comes_out(value_of("\"1\""), value_of("1")));
    EXPECT_FALSE(comes_out(value_of("1"), value_of("\"1\"")));
    EXPECT_FALSE(comes_out(value_of("true"), value_of("\"true\"")));
    EXPECT_TRUE(comes_out(value_of(R"({"a": [1, null], "b": "x"})"),
                          value_of(R"({"b": "x", "a": [1, null]})")));
    EXPECT_FALSE(comes_out(value_of(R"({"a": 1, "b": 2})"), value_of(R"({"a": 1})")));
    EXPECT_FALSE(comes_out(value_of("[1, 2]"), value_of("[1]")));
    EXPECT_FALSE(comes_out(value_of("0"), value_of("null")));
    EXPECT_TRUE(comes_out(rule::Value::date({2026, 1, 31}), value_of("\"2026-01-31\"")));
    EXPECT_FALSE(comes_out(rule::Value::date({2026, 1, 31}), value_of("\"2026-01-30\"")));
}

TEST(Declarations, warn_of_every_finding_but_what_could_not_be_analysed_unless_they_say_otherwise) {
    using Kind = rule::TableFinding::Kind;
    const ModelDeclaration plain = model_from("subsidy", json::value());
    EXPECT_EQ(plain.severity(Kind::kGap), Severity::kWarning);
    EXPECT_EQ(plain.severity(Kind::kNotAnalysed), Severity::kIgnore);
    EXPECT_TRUE(plain.four_eyes);
    const ModelDeclaration strict = model_from("subsidy", document(R"(
name: 高龄津贴
owner: civil-affairs
basis: 沈政发〔2026〕1 号
from: 2026-07-01
four_eyes: false
record: true
findings: {gap: error, overlap: ignore}
)",
                                                                   model_shape()));
    EXPECT_EQ(strict.severity(Kind::kGap), Severity::kError);
    EXPECT_EQ(strict.severity(Kind::kOverlap), Severity::kIgnore);
    EXPECT_EQ(strict.severity(Kind::kConflict), Severity::kWarning);
    EXPECT_EQ(strict.from, "2026-07-01");
    EXPECT_TRUE(strict.record);
    EXPECT_FALSE(strict.four_eyes);
}

TEST(Outlines, show_a_changed_cell_by_element_rule_and_column) {
    ModelDeclaration declared = model_from("subsidy", json::value());
    const json::object outline =
        outline_of(declared, inspect(subsidy_model("120"), test_environment()));
    const json::value& table = outline.at("elements").as_array()[2].at("logic");
    EXPECT_EQ(json::serialize(table.at("rules").at(0)),
              R"({"code":"1","when":{"年龄":"< 60"},"then":{"标准":"120"}})");
    EXPECT_TRUE(json::has_canonical_form(outline));
    EXPECT_NE(outline.at("digest"),
              outline_of(declared, inspect(subsidy_model(), test_environment())).at("digest"));
}

}  // namespace
}  // namespace shu::decision
