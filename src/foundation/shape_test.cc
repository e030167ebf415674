#include "foundation/shape.h"

#include <gtest/gtest.h>

#include "foundation/limits.h"

namespace shu {
namespace {

std::vector<std::string> problems_in(const Shape& shape, const json::value& v) {
    std::vector<Problem> problems;
    shape.check(v, "", problems);
    std::vector<std::string> lines;
    for (const Problem& problem : problems)
        lines.push_back(to_string(problem));
    return lines;
}

std::vector<std::string> problems_of(const Shape& shape, std::string_view text) {
    return problems_in(shape, json::parse(text).value());
}

using Lines = std::vector<std::string>;

Shape field() {
    return Shape::object(
        {{.name = "code", .shape = Shape::text_matching("[A-Z][0-9]{2}", "A01"), .required = true},
         {.name = "type", .shape = Shape::one_of({"text", "number", "date"}), .required = true},
         {.name = "length", .shape = Shape::integer(1, 4000)},
         {.name = "since", .shape = Shape::date()},
         {.name = "names", .shape = Shape::map(Shape::text())},
         {.name = "title",
          .shape = Shape::text(),
          .required = true,
          .description = "what people call it"}});
}

Shape dataset() {
    return Shape::object({{.name = "fields", .shape = Shape::list(field(), 1), .required = true}});
}

TEST(ShapeTest, a_document_without_mistakes_has_no_problems) {
    EXPECT_EQ(
        problems_of(dataset(), R"({"fields":[{"code":"A01","type":"date","title":"生日","length":8,
        "since":"2024-02-29","names":{"en":"birthday"}}]})"),
        Lines{});
}

TEST(ShapeTest, every_mistake_is_found_in_one_pass_each_at_its_place) {
    EXPECT_EQ(
        problems_of(dataset(), R"({"fields":[{"code":"a1","type":"dat","length":0,"title":""},
                                                 {"code":7,"kind":"x","type":"text","title":"t"}]})"),
        (Lines{
            "/fields/0/code: 'a1' does not have the right form; write it like A01",
            "/fields/0/type: 'dat' is none of text, number, date; did you mean 'date'?",
            "/fields/0/length: the number 0 is out of range; write a whole number from 1 to 4000",
            "/fields/0/title: is empty; write a text",
            "/fields/1/code: the number 7 is not a text; write a text in quotes",
            "/fields/1/kind: 'kind' is not known here; write one of code, type, length, since, names, title"}));
}

TEST(ShapeTest, a_misspelt_member_is_answered_with_its_right_name) {
    EXPECT_EQ(problems_of(dataset(), R"({"feilds":[]})"),
              (Lines{"/feilds: 'feilds' is not known here; did you mean 'fields'?",
                     "/fields: is missing; add it"}));
}

TEST(ShapeTest, a_missing_member_is_told_with_its_meaning) {
    EXPECT_EQ(problems_of(field(), R"({"code":"A01","type":"text"})"),
              Lines{"/title: is missing; add it: what people call it"});
}

TEST(ShapeTest, null_is_no_value) {
    EXPECT_EQ(problems_of(Shape::list(Shape::text()), "[null]"),
              Lines{"/0: has no value; write one, or remove the member"});
    EXPECT_EQ(
        problems_of(field(), R"({"code":"A01","type":"text","title":"t","length":null})").size(),
        1U);
    EXPECT_EQ(problems_of(Shape::any(), "null"), Lines{});
}

TEST(ShapeTest, whole_numbers_are_whole_and_in_range) {
    const Shape shape = Shape::integer(-5, 5);
    EXPECT_EQ(problems_of(shape, "5"), Lines{});
    EXPECT_EQ(problems_of(shape, "-5"), Lines{});
    EXPECT_EQ(problems_of(shape, "6").size(), 1U);
    EXPECT_EQ(problems_of(shape, "18446744073709551615").size(), 1U);
    EXPECT_EQ(problems_of(shape, "1.0").size(), 1U);
    EXPECT_EQ(problems_of(shape, "\"1\""),
              Lines{"'1' is not a whole number; write digits, without quotes"});
    EXPECT_EQ(problems_of(Shape::integer(INT64_MIN, INT64_MAX), "9223372036854775808").size(), 1U);
    EXPECT_EQ(problems_in(Shape::integer(0, 10), json::value(std::uint64_t{3})), Lines{});
}

TEST(ShapeTest, numbers_and_truth_values_are_not_texts) {
    EXPECT_EQ(problems_of(Shape::number(), "2.5"), Lines{});
    EXPECT_EQ(problems_of(Shape::number(), "2"), Lines{});
    EXPECT_EQ(problems_of(Shape::number(), "\"2\"").size(), 1U);
    EXPECT_EQ(problems_in(Shape::number(), json::value(1.0 / 0.0)).size(), 1U);
    EXPECT_EQ(problems_of(Shape::boolean(), "true"), Lines{});
    EXPECT_EQ(problems_of(Shape::boolean(), "\"yes\"").size(), 1U);
    EXPECT_EQ(problems_of(Shape::boolean(), "1").size(), 1U);
}

TEST(ShapeTest, dates_exist_and_are_written_in_one_form) {
    EXPECT_EQ(problems_of(Shape::date(), "\"2024-02-29\""), Lines{});
    EXPECT_EQ(problems_of(Shape::date(), "\"2023-02-29\"").size(), 1U);
    EXPECT_EQ(problems_of(Shape::date(), "\"2024/2/29\""),
              Lines{"'2024/2/29' is not written as YYYY-MM-DD; write 2024-02-29"});
    EXPECT_EQ(problems_of(Shape::date(), "20240229").size(), 1U);
}

TEST(ShapeTest, lists_objects_and_texts_do_not_stand_for_each_other) {
    EXPECT_EQ(problems_of(Shape::list(Shape::any()), "{}"),
              Lines{"an object is not a list; write a list"});
    EXPECT_EQ(problems_of(Shape::list(Shape::any(), 2), "[1]"),
              Lines{"has 1 items; write at least 2"});
    EXPECT_EQ(problems_of(Shape::map(Shape::any()), "[]").size(), 1U);
    EXPECT_EQ(problems_of(field(), "\"x\"").size(), 1U);
    EXPECT_EQ(problems_of(Shape::text(), "[]").size(), 1U);
    EXPECT_EQ(problems_of(Shape::map(Shape::integer(0, 1)), R"({"a/b":2})"),
              Lines{"/a~1b: the number 2 is out of range; write a whole number from 0 to 1"});
}

TEST(ShapeTest, a_pattern_holds_for_the_whole_text) {
    const Shape shape = Shape::text_matching("[a-z]+|[0-9]+", "abc");
    EXPECT_EQ(problems_of(shape, "\"abc\""), Lines{});
    EXPECT_EQ(problems_of(shape, "\"abc1\"").size(), 1U);
    EXPECT_EQ(problems_of(shape, "\"abc\\n\"").size(), 1U);
    EXPECT_DEATH(Shape::text_matching("[", ""), "assertion failed");
}

TEST(ShapeTest, a_text_too_long_for_a_pattern_is_refused_and_quoted_in_part) {
    const Shape shape = Shape::text_matching("(文|x)*", "x");
    EXPECT_EQ(problems_in(shape, json::value(std::string(limits::pattern_text_bytes_max, 'x'))),
              Lines{});
    const auto lines = problems_in(shape, json::value(std::string(4'000'000, 'x')));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_LT(lines[0].size(), 200U);
}

TEST(ShapeTest, reporting_stops_at_the_limit) {
    json::array wrong(limits::problems_max + 500, json::value(1));
    EXPECT_EQ(problems_in(Shape::list(Shape::text()), wrong).size(), limits::problems_max);
    json::object unknown;
    for (std::size_t i = 0; i < limits::problems_max + 500; ++i)
        unknown["member" + std::to_string(i)] = 1;
    EXPECT_EQ(problems_in(field(), unknown).size(), limits::problems_max);
}

TEST(ShapeTest, an_answer_has_all_its_members_but_those_that_may_be_absent) {
    const Shape answer = Shape::answer("Thing", {{"code", Shape::text()},
                                                 {"until", Shape::text().or_null()},
                                                 {"note", Shape::text().or_absent()}});
    EXPECT_EQ(problems_of(answer, R"({"code":"","until":null})"), Lines{});
    EXPECT_EQ(problems_of(answer, R"({"code":null,"note":"n"})"),
              (Lines{"/code: has no value; write one, or remove the member",
                     "/until: is missing; add it"}));
}

TEST(ShapeTest, answers_stand_once_under_their_names_in_openapi) {
    const Shape inner = Shape::answer("Inner", {{"kind", Shape::one_of({"a", "b"}).or_null()}});
    const Shape outer = Shape::answer(
        "Outer", {{"first", inner}, {"second", inner.or_null()}, {"all", Shape::list(inner)}});
    Shape::Named named;
    EXPECT_EQ(json::serialize(outer.schema(named)), R"({"$ref":"#/components/schemas/Outer"})");
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(json::serialize(named.at("Inner")),
              R"({"type":"object","properties":{"kind":{"type":["string","null"],)"
              R"("enum":["a","b",null]}},"required":["kind"]})");
    const json::value& properties = named.at("Outer").at("properties");
    EXPECT_EQ(json::serialize(properties.at("second")),
              R"({"anyOf":[{"$ref":"#/components/schemas/Inner"},{"type":"null"}]})");
    EXPECT_EQ(json::serialize(properties.at("all").at("items")),
              R"({"$ref":"#/components/schemas/Inner"})");
    // Without OpenAPI's list of names the schema stands by itself.
    EXPECT_EQ(outer.schema().at("properties").at("first").at("type").as_string(), "object");
}

TEST(ShapeTest, its_schema_says_the_same_in_json_schema) {
    const json::value schema = dataset().schema();
    EXPECT_EQ(schema.at("type").as_string(), "object");
    EXPECT_FALSE(schema.at("additionalProperties").as_bool());
    EXPECT_EQ(schema.at("required").as_array(), (json::array{"fields"}));
    const json::value& list = schema.at("properties").at("fields");
    EXPECT_EQ(list.at("minItems").as_int64(), 1);
    const json::value& members = list.at("items").at("properties");
    EXPECT_EQ(members.at("code").at("pattern").as_string(), "^(?:[A-Z][0-9]{2})$");
    EXPECT_EQ(members.at("type").at("enum").as_array(), (json::array{"text", "number", "date"}));
    EXPECT_EQ(members.at("length").at("minimum").as_int64(), 1);
    EXPECT_EQ(members.at("since").at("format").as_string(), "date");
    EXPECT_EQ(members.at("names").at("additionalProperties").at("type").as_string(), "string");
    EXPECT_EQ(members.at("title").at("description").as_string(), "what people call it");
    EXPECT_EQ(members.at("title").at("minLength").to_number<int>(), 1);
    EXPECT_EQ(Shape::any().schema().as_object().size(), 0U);
}

TEST(ShapeTest, a_description_belongs_to_the_copy_only) {
    const Shape plain = Shape::text();
    const Shape described = plain.with_description("a name");
    EXPECT_EQ(described.schema().at("description").as_string(), "a name");
    EXPECT_FALSE(plain.schema().as_object().contains("description"));
}

TEST(ShapeTest, its_parts_can_be_walked) {
    const Shape shape = dataset();
    ASSERT_NE(shape.member("fields"), nullptr);
    EXPECT_EQ(shape.member("gone"), nullptr);
    EXPECT_EQ(shape.item(), nullptr);
    EXPECT_EQ(shape.member("fields")->item()->member("type")->kind(), Shape::Kind::kChoice);
}

}  // namespace
}  // namespace shu
