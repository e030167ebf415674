#include "decision/inspection.h"

#include "decision/declaration.h"
#include "decision/testing.h"

namespace shu::decision {
namespace {

rule::Value value_of(const char* text) {
    const auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return *rule::from_json(*parsed);
}

std::string changed(std::string xml, std::string_view from, std::string_view to) {
    const std::size_t at = xml.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return xml.replace(at, from.size(), to);
}

/// Line and column of a word of a text, counted another way than the module does.
std::pair<int, int> position_of(const std::string& text, std::string_view word) {
    int line = 1, column = 1;
    for (std::size_t i = 0; i < text.find(word); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n') {
            ++line;
            column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++column;
        }
    }
    return {line, column};
}

TEST(Inspection, of_a_sound_model_names_decisions_inputs_and_their_types) {
    const Inspection found = inspect(subsidy_model(), test_environment());
    ASSERT_TRUE(found.is_sound());
    EXPECT_TRUE(found.findings.empty());
    const json::object report = to_json(found);
    EXPECT_TRUE(report.at("ok").as_bool());
    EXPECT_EQ(
        json::serialize(report.at("inputs")),
        R"([{"id":"i1","name":"年龄","kind":"input","type":{"name":"number","kind":"number"},"inputs":[],"label":""},)"
        R"({"id":"i2","name":"户籍地","kind":"input","type":{"name":"户籍","kind":"string","values":["本市","外地"]},"inputs":[],"label":""}])");
    const json::array& decisions = report.at("decisions").as_array();
    ASSERT_EQ(decisions.size(), 2U);
    EXPECT_EQ(decisions[0].at("label").as_string(), "每月多少元？");
    EXPECT_EQ(json::serialize(decisions[1].at("inputs")), R"(["年龄","户籍地"])");
}

TEST(Inspection, tells_the_cell_and_the_line_of_a_mistake) {
    const std::string xml = subsidy_model("100", "&gt;= 60 nonsense");
    const Inspection found = inspect(xml, test_environment());
    ASSERT_TRUE(found.model.has_value());
    ASSERT_EQ(found.problems.size(), 1U);
    const ModelProblem& problem = found.problems[0];
    EXPECT_EQ(problem.place.cell, "r2i1");
    EXPECT_EQ(problem.place.element, "d1");
    EXPECT_EQ((std::pair{problem.place.line, problem.place.column}), position_of(xml, "nonsense"));
    EXPECT_FALSE(found.is_sound());
}

TEST(Inspection, tells_where_an_output_and_a_literal_expression_are_wrong) {
    const std::string output = subsidy_model("100 +");
    const Inspection first = inspect(output, test_environment());
    ASSERT_EQ(first.problems.size(), 1U);
    EXPECT_EQ(first.problems[0].place.cell, "r1o1");
    const std::string literal = changed(subsidy_model(), "标准 else 0", "无此名 else 0");
    const Inspection second = inspect(literal, test_environment());
    ASSERT_EQ(second.problems.size(), 1U);
    EXPECT_EQ(second.problems[0].place.cell, "d2");
    EXPECT_EQ((std::pair{second.problems[0].place.line, second.problems[0].place.column}),
              position_of(literal, "无此名"));
}

TEST(Inspection, tells_the_line_where_a_text_stops_being_xml_and_refuses_document_types) {
    const Inspection torn =
        inspect("<definitions>\n  <decision>\n</definitions>", test_environment());
    EXPECT_FALSE(torn.model.has_value());
    ASSERT_EQ(torn.problems.size(), 1U);
    EXPECT_EQ(torn.problems[0].place.line, 3);
    EXPECT_NE(torn.problems[0].message.find("no well-formed XML"), std::string::npos);
    const Inspection bomb = inspect(
        "<!DOCTYPE d [<!ENTITY a \"aaaa\">]><definitions>&a;</definitions>", test_environment());
    EXPECT_FALSE(bomb.is_sound());
    EXPECT_NE(bomb.problems.at(0).message.find("document type"), std::string::npos);
    EXPECT_FALSE(inspect("", test_environment()).is_sound());
    EXPECT_FALSE(inspect("<html/>", test_environment()).is_sound());
}

TEST(Inspection, finds_gaps_with_the_table_and_overlaps_with_their_rules) {
    const Inspection gap = inspect(subsidy_model("100", "&gt; 60"), test_environment());
    ASSERT_EQ(gap.findings.size(), 1U);
    EXPECT_EQ(to_string(gap.findings[0].finding.kind), "gap");
    EXPECT_EQ(gap.findings[0].place.cell, "t");
    EXPECT_EQ(sentence(gap.findings[0].finding, Language::kChinese), "当 年龄 = 60 时没有规则适用");
    EXPECT_EQ(sentence(gap.findings[0].finding, Language::kEnglish),
              "no rule applies where 年龄 = 60");
    const Inspection overlap = inspect(subsidy_model("100", "&gt;= 59"), test_environment());
    ASSERT_EQ(overlap.findings.size(), 1U);
    EXPECT_EQ(overlap.findings[0].cells, (std::vector<std::string>{"r1", "r2"}));
    EXPECT_EQ(sentence(overlap.findings[0].finding, Language::kChinese),
              "第 1 条与第 2 条规则重叠：当 年龄 in [59..60) 时两条都适用");
}

TEST(Inspection, tells_a_missing_value_of_an_enumeration_apart_from_a_gap) {
    std::string xml =
        changed(subsidy_model(), "<requiredInput href=\"#i1\"/>", "<requiredInput href=\"#i2\"/>");
    xml = changed(xml, "typeRef=\"number\"><text>年龄</text>",
                  "typeRef=\"户籍\"><text>户籍地</text>");
    xml = changed(xml, "&lt; 60", "\"本市\"");
    xml = changed(xml, "&gt;= 60", "\"本市\"");
    const Inspection found = inspect(xml, test_environment());
    ASSERT_TRUE(found.is_sound()) << found.problems[0].message;
    std::vector<std::string_view> kinds;
    for (const ModelFinding& finding : found.findings)
        kinds.push_back(to_string(finding.finding.kind));
    EXPECT_EQ(kinds, (std::vector<std::string_view>{"overlap", "missing-value"}));
}

TEST(Inspection, tells_of_free_texts_that_no_rule_names_in_one_sentence) {
    std::string xml = changed(subsidy_model(), "typeRef=\"户籍\"/>", "typeRef=\"string\"/>");
    xml = changed(xml, "<requiredInput href=\"#i1\"/>", "<requiredInput href=\"#i2\"/>");
    xml = changed(xml, "typeRef=\"number\"><text>年龄</text>",
                  "typeRef=\"string\"><text>户籍地</text>");
    xml = changed(xml, "&lt; 60", "\"本市\"");
    xml = changed(xml, "&gt;= 60", "\"外地\"");
    const Inspection found = inspect(xml, test_environment());
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_EQ(sentence(found.findings[0].finding, Language::kChinese),
              "当 户籍地 不属于 \"外地\", \"本市\" 时没有规则适用");
    EXPECT_EQ(sentence(found.findings[0].finding, Language::kEnglish),
              "no rule applies where 户籍地 is none of \"外地\", \"本市\"");
}

struct Explained {
    rule::Explanation explanation;
    rule::Value output;
    Inspection inspection;
};

Explained explained(const char* input) {
    Explained out{{}, {}, inspect(subsidy_model(), test_environment())};
    const rule::Environment environment = test_environment();
    const ManualClock clock(0);
    rule::Evaluation evaluation(environment, clock);
    auto outcome =
        out.inspection.model->evaluate(evaluation, "津贴", value_of(input), &out.explanation);
    EXPECT_TRUE(outcome.ok());
    out.output = outcome->value;
    return out;
}

TEST(Explanations, name_the_rule_and_the_condition_that_failed_by_their_cells) {
    const Explained told = explained(R"({"年龄": 72, "户籍地": "本市"})");
    const json::array steps = to_json(told.explanation, *told.inspection.places);
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].at("element").as_string(), "d1");
    EXPECT_EQ(
        json::serialize(steps[0].at("tables").at(0).at("rows")),
        R"([{"rule":1,"cell":"r1","fired":false,"failed":{"input":1,"cell":"r1i1","name":"年龄","condition":"< 60","value":72}},)"
        R"({"rule":2,"cell":"r2","fired":true}])");
    EXPECT_EQ(steps[1].at("element").as_string(), "d2");
    EXPECT_EQ(json::serialize(steps[1].at("value")), "300");
}

TEST(Explanations, are_a_page_in_chinese_and_in_english) {
    const Explained told = explained(R"({"年龄": 72, "户籍地": "本市"})");
    EXPECT_EQ(page_of(told.explanation, "津贴", told.output, Language::kChinese),
              "决策：津贴\n结论：300\n"
              "\n依据 1  标准\n  用到的输入\n    年龄 = 72\n"
              "  决策表，命中策略 UNIQUE\n"
              "    ✗ 第 1 条：不适用，年龄 为 72，不满足 < 60\n    ✓ 第 2 条：适用\n  结果：300\n"
              "\n依据 2  津贴\n  用到的输入\n    标准 = 300\n    户籍地 = \"本市\"\n  结果：300\n");
    const std::string english = page_of(told.explanation, "津贴", told.output, Language::kEnglish);
    EXPECT_NE(english.find("✗ rule 1: does not apply, 年龄 is 72, which does not satisfy < 60"),
              std::string::npos)
        << english;
    const Explained none = explained(R"({"户籍地": "本市"})");
    EXPECT_NE(
        page_of(none.explanation, "津贴", none.output, Language::kChinese).find("没有规则适用"),
        std::string::npos);
}

TEST(Warnings, of_an_evaluation_are_placed_in_the_text) {
    const Inspection found = inspect(subsidy_model(), test_environment());
    const rule::Environment environment = test_environment();
    const ManualClock clock(0);
    rule::Evaluation evaluation(environment, clock);
    const auto outcome = found.model->evaluate(evaluation, "标准", value_of(R"({"年龄": "old"})"));
    ASSERT_TRUE(outcome.ok());
    const json::array warnings = warnings_to_json(outcome->warnings, *found.places);
    ASSERT_FALSE(warnings.empty());
    EXPECT_EQ(warnings[0].at("severity").as_string(), "warning");
}

}  // namespace
}  // namespace shu::decision
