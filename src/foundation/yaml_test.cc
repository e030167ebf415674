#include "foundation/yaml.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::yaml {
namespace {

Document parsed(std::string_view text, const Shape& shape = Shape::any()) {
    auto document = parse("city.yaml", text, shape);
    EXPECT_TRUE(document.ok()) << text.substr(0, 200) << "\n"
                               << (document.ok() ? "" : document.error().detail);
    return document.ok() ? *std::move(document) : Document{};
}

std::string refusal(std::string_view text, const Shape& shape = Shape::any()) {
    const auto document = parse("city.yaml", text, shape);
    EXPECT_FALSE(document.ok()) << text.substr(0, 200) << " was accepted";
    if (document.ok()) return "";
    EXPECT_EQ(document.error().code, Code::kInvalid);
    return document.error().detail;
}

Shape dataset() {
    const Shape field = Shape::object({{.name = "code", .shape = Shape::text(), .required = true},
                                       {.name = "length", .shape = Shape::integer(1, 100)},
                                       {.name = "share", .shape = Shape::number()},
                                       {.name = "key", .shape = Shape::boolean()},
                                       {.name = "since", .shape = Shape::date()}});
    return Shape::object({{.name = "name", .shape = Shape::text(), .required = true},
                          {.name = "fields", .shape = Shape::list(field)},
                          {.name = "labels", .shape = Shape::map(Shape::text())}});
}

std::vector<std::string> problems_of(std::string_view text) {
    const Document document = parsed(text, dataset());
    std::vector<Problem> problems;
    dataset().check(document.root, "", problems);
    std::vector<std::string> lines;
    for (const Problem& problem : problems)
        lines.push_back(to_string(document, problem));
    return lines;
}

TEST(YamlTest, the_shape_decides_the_type_of_a_plain_scalar) {
    const json::value root = parsed(R"(
name: 2026-11-21
fields:
- {code: 01, length: 007, share: 12, key: true, since: 2024-02-29}
- {code: true, length: 0x10, share: 1.5e3, key: FALSE}
labels: {1: 1, no: off}
)",
                                    dataset())
                                 .root;
    EXPECT_EQ(root, json::parse(R"({"name":"2026-11-21","fields":[
        {"code":"01","length":7,"share":12,"key":true,"since":"2024-02-29"},
        {"code":"true","length":16,"share":1500.0,"key":false}],"labels":{"1":"1","no":"off"}})")
                        .value());
}

TEST(YamlTest, a_quoted_scalar_is_always_text) {
    const json::value root = parsed("a: '5'\nb: \"true\"\nc: \"\"\nd: '~'\n").root;
    EXPECT_EQ(root, json::parse(R"({"a":"5","b":"true","c":"","d":"~"})").value());
    EXPECT_EQ(problems_of("name: x\nfields:\n- {code: a, length: '5'}\n"),
              std::vector<std::string>{
                  "city.yaml:3:13: /fields/0/length: '5' is not a whole number; write digits, "
                  "without quotes"});
}

TEST(YamlTest, without_a_shape_the_core_schema_holds) {
    const json::value root =
        parsed("[1, -2, +3, 0x1F, 0o17, 1.5, 1e3, .5, true, False, null, ~, yes, on, 1_000, 1:30]")
            .root;
    EXPECT_EQ(root,
              json::parse(
                  R"([1,-2,3,31,15,1.5,1000.0,0.5,true,false,null,null,"yes","on","1_000","1:30"])")
                  .value());
}

TEST(YamlTest, no_digit_of_a_code_is_lost) {
    const json::value root =
        parsed("[01, 210102199001011234, 12345678901234567890123, 00, 0, -0.5]").root;
    EXPECT_EQ(
        root,
        json::parse(R"(["01",210102199001011234,"12345678901234567890123","00",0,-0.5])").value());
}

TEST(YamlTest, infinities_stay_text_because_json_has_none) {
    EXPECT_EQ(parsed("[.inf, .nan, inf, nan, infinity, 1e999]").root,
              json::parse(R"([".inf",".nan","inf","nan","infinity","1e999"])").value());
}

TEST(YamlTest, chinese_text_plain_folded_and_literal) {
    const json::value root =
        parsed(
            "名称: 沈阳市\n  公安局\n说明: >\n  第一行\n  第二行\n原文: |\n  甲\n  乙\n引: \"换\\n行\"\n")
            .root;
    EXPECT_EQ(
        root,
        json::parse(
            R"({"名称":"沈阳市 公安局","说明":"第一行 第二行\n","原文":"甲\n乙\n","引":"换\n行"})")
            .value());
}

TEST(YamlTest, an_empty_document_is_null) {
    EXPECT_TRUE(parsed("").root.is_null());
    EXPECT_TRUE(parsed("# only a comment\n").root.is_null());
    EXPECT_TRUE(parsed("---\n").root.is_null());
    EXPECT_EQ(problems_of(""), std::vector<std::string>{
                                   "city.yaml:1:1: has no value; write one, or remove the member"});
}

TEST(YamlTest, an_empty_value_is_null_under_every_shape) {
    EXPECT_EQ(problems_of("name:\n"),
              std::vector<std::string>{
                  "city.yaml:1:1: /name: has no value; write one, or remove the member"});
}

TEST(YamlTest, positions_are_those_of_names_and_items_in_characters) {
    const Document document = parsed("名: {键: 值, 二: [一, 二]}\nlist:\n  - a\n  -   b: 1\n");
    EXPECT_EQ(document.position_of("/名"), (Position{1, 1}));
    EXPECT_EQ(document.position_of("/名/键"), (Position{1, 5}));
    EXPECT_EQ(document.position_of("/名/二"), (Position{1, 11}));
    EXPECT_EQ(document.position_of("/名/二/1"), (Position{1, 18}));
    EXPECT_EQ(document.position_of("/list"), (Position{2, 1}));
    EXPECT_EQ(document.position_of("/list/0"), (Position{3, 5}));
    EXPECT_EQ(document.position_of("/list/1/b"), (Position{4, 7}));
}

TEST(YamlTest, an_unknown_pointer_stands_where_its_nearest_ancestor_does) {
    const Document document = parsed("a:\n  b/c: 1\n");
    EXPECT_EQ(document.position_of("/a/b~1c"), (Position{2, 3}));
    EXPECT_EQ(document.position_of("/a/gone/deep"), (Position{1, 1}));
    EXPECT_EQ(document.position_of("/gone"), (Position{1, 1}));
    EXPECT_EQ(document.position_of("nonsense"), (Position{1, 1}));
}

TEST(YamlTest, every_mistake_of_shape_has_its_line_and_column) {
    EXPECT_EQ(
        problems_of("name: x\nfeilds:\n- code: a\nfields:\n  - cod: a\n    length: many\n  - 5\n"),
        (std::vector<std::string>{
            "city.yaml:2:1: /feilds: 'feilds' is not known here; did you mean 'fields'?",
            "city.yaml:5:5: /fields/0/cod: 'cod' is not known here; did you mean 'code'?",
            "city.yaml:6:5: /fields/0/length: 'many' is not a whole number; write digits, without quotes",
            "city.yaml:5:5: /fields/0/code: is missing; add it",
            "city.yaml:7:5: /fields/1: the number 5 is not an object; write members, each name: value"}));
}

TEST(YamlTest, windows_line_ends_and_byte_order_marks_do_not_shift_positions) {
    const Document document = parsed(
        "\xEF\xBB\xBF"
        "a: 1\r\nb:\r\n  c: 2\r\n");
    EXPECT_EQ(document.root, json::parse(R"({"a":1,"b":{"c":2}})").value());
    EXPECT_EQ(document.position_of("/a"), (Position{1, 1}));
    EXPECT_EQ(document.position_of("/b/c"), (Position{3, 3}));
}

TEST(YamlTest, duplicate_names_are_refused_at_the_second) {
    EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"),
              "city.yaml:3:1: 'a' stands here a second time (first in line 1); remove one of them");
    EXPECT_EQ(refusal("x:\n  {甲: 1, '甲': 2}\n").substr(0, 14), "city.yaml:2:10");
    EXPECT_EQ(parsed("a: {a: 1}\nb: {a: 2}\n").root.at("b").at("a").as_int64(), 2);
}

TEST(YamlTest, anchors_aliases_and_tags_are_refused) {
    EXPECT_NE(refusal("a: &x 1\nb: 2\n").find("city.yaml:1:4: anchors"), std::string::npos)
        << refusal("a: &x 1\n");
    EXPECT_NE(refusal("a: &x {b: 1}\n").find("anchors"), std::string::npos);
    EXPECT_NE(refusal("a: &x\n").find("anchors"), std::string::npos);
    EXPECT_NE(refusal("- &x a\n- *x\n").find("anchors"), std::string::npos);
    EXPECT_FALSE(parse("f", "- *x\n", Shape::any()).ok());
    EXPECT_NE(refusal("a: !secret x\n").find("city.yaml:1:4: tags"), std::string::npos)
        << refusal("a: !secret x\n");
    EXPECT_NE(refusal("a: !!str 5\n").find("tags"), std::string::npos);
    EXPECT_NE(refusal("a: !!python/object:os.system {}\n").find("tags"), std::string::npos);
    EXPECT_NE(refusal("!x [1]\n").find("tags"), std::string::npos);
}

TEST(YamlTest, names_must_be_texts) {
    EXPECT_NE(refusal("? [a]\n: 1\n").find("name must be a text"), std::string::npos);
    EXPECT_NE(refusal("{a: 1}: 2\n").find("city.yaml:1:1"), std::string::npos);
    EXPECT_NE(refusal(": 1\n").find("needs a name"), std::string::npos);
    EXPECT_NE(refusal("~: 1\n").find("needs a name"), std::string::npos);
}

TEST(YamlTest, a_second_document_is_refused) {
    EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"),
              "city.yaml:2:1: only one document may stand in a file; remove what follows '---'");
    EXPECT_TRUE(parse("f", "---\na: 1\n...\n", Shape::any()).ok());
}

TEST(YamlTest, syntax_errors_have_their_place) {
    EXPECT_EQ(refusal("a: 1\nb: [1, 2\nc: 3\n").substr(0, 10), "city.yaml:");
    EXPECT_EQ(refusal("a: 1\n b: 2\n").substr(0, 12), "city.yaml:2:");
    EXPECT_EQ(refusal("a: 'open\n").substr(0, 10), "city.yaml:");
    EXPECT_EQ(refusal("a: \"\\q\"\n").substr(0, 12), "city.yaml:1:");
    EXPECT_EQ(refusal("甲: }\n").substr(0, 15), "city.yaml:1:4: ");
    EXPECT_EQ(refusal("a:\n\tb: 1\n"),
              "city.yaml:2:1: a tab stands in the indentation; indent with spaces")
        << "tabs are the commonest mistake";
}

TEST(YamlTest, bytes_that_are_no_text_are_refused_where_they_stand) {
    EXPECT_EQ(refusal("a: 1\nb: 文\xD6\xD0\n"), "city.yaml:2:5: not UTF-8; save the file as UTF-8");
    EXPECT_EQ(refusal(std::string_view("a: 1\0\n", 6)),
              "city.yaml:1:5: a control character stands here; remove it");
    EXPECT_EQ(refusal("a: x\x04y\n").substr(0, 15), "city.yaml:1:5: ");
    EXPECT_NE(refusal("\xFF\xFE"
                      "a")
                  .find("not UTF-8"),
              std::string::npos);
}

TEST(YamlTest, depth_is_limited_in_every_style) {
    const std::size_t most = limits::yaml_depth_max;
    EXPECT_TRUE(parse("f", std::string(most, '[') + std::string(most, ']'), Shape::any()).ok());
    EXPECT_NE(
        refusal(std::string(most + 1, '[') + std::string(most + 1, ']')).find("nested deeper than"),
        std::string::npos);
    EXPECT_NE(refusal(std::string(100'000, '[')), "") << "never closed";
    EXPECT_NE(refusal(std::string(100'000, '{')), "");
    EXPECT_NE(refusal("a: " + std::string(100'000, '[') + std::string(100'000, ']'))
                  .find("nested deeper than"),
              std::string::npos);
    std::string blocks;
    for (std::size_t i = 0; i <= most; ++i)
        blocks += "- ";
    EXPECT_NE(refusal(blocks + "x\n").find("nested deeper than"), std::string::npos);
}

TEST(YamlTest, size_and_number_of_values_are_limited) {
    EXPECT_NE(refusal(std::string(limits::yaml_bytes_max + 1, ' ')).find("larger than"),
              std::string::npos);
    std::string many = "[";
    for (std::size_t i = 0; i < limits::yaml_nodes_max; ++i)
        many += "1,";
    EXPECT_NE(refusal(many + "]").find("more than 1000000 values"), std::string::npos);
}

TEST(YamlTest, an_alias_bomb_is_refused_at_its_first_anchor) {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'k'; ++c)
        bomb += std::string(1, c) + ": &" + c + " [*" + std::string(1, static_cast<char>(c - 1)) +
                "]\n";
    EXPECT_EQ(refusal(bomb).substr(0, 15), "city.yaml:1:4: ");
}

TEST(YamlTest, files_are_read_and_named) {
    std::string pattern = testing::TempDir() + "shu-yaml-XXXXXX";
    const std::string folder = ::mkdtemp(pattern.data());
    const std::string path = folder + "/a.yaml";
    ASSERT_TRUE(file::replace(path, "name: 沈阳\nb: [\n").ok());
    EXPECT_EQ(read(path, dataset()).error().detail.substr(0, path.size() + 1), path + ":");
    ASSERT_TRUE(file::replace(path, "name: 沈阳\n").ok());
    EXPECT_EQ(read(path, dataset()).value().root.at("name").as_string(), "沈阳");
    EXPECT_EQ(read(folder + "/gone.yaml", dataset()).error().code, Code::kNotFound);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace shu::yaml
