#include "foundation/json.h"

#include <gtest/gtest.h>

#include "foundation/limits.h"

namespace shu::json {
namespace {

std::string refusal(std::string_view text) {
    const auto parsed = parse(text);
    EXPECT_FALSE(parsed.ok()) << text.substr(0, 100) << " was accepted";
    if (parsed.ok()) return "";
    EXPECT_EQ(parsed.error().code, Code::kInvalid);
    return parsed.error().detail;
}

std::string canonical_of(std::string_view text) {
    const auto parsed = parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? canonical(*parsed) : "";
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParseTest, reads_every_kind_of_value) {
    const value v = parse(R"({"a":[1,-2,3.5,true,false,null,"文"],"b":{},"c":[]})").value();
    EXPECT_EQ(v.at("a").at(1).as_int64(), -2);
    EXPECT_EQ(v.at("a").at(2).as_double(), 3.5);
    EXPECT_EQ(v.at("a").at(6).as_string(), "文");
    EXPECT_TRUE(v.at("b").as_object().empty());
    EXPECT_TRUE(v.at("c").as_array().empty());
}

TEST(JsonParseTest, reads_scalars_at_the_top) {
    EXPECT_EQ(parse("\"\"").value().as_string(), "");
    EXPECT_EQ(parse(" 7 ").value().as_int64(), 7);
    EXPECT_TRUE(parse("null").value().is_null());
}

TEST(JsonParseTest, names_the_byte_where_the_document_breaks) {
    EXPECT_EQ(refusal(R"({"a":1,})").substr(0, 8), "byte 8: ");
    EXPECT_EQ(refusal(R"({"a" 1})").substr(0, 8), "byte 6: ");
    EXPECT_NE(refusal(R"({"a":1)").find("cut off"), std::string::npos);
    EXPECT_NE(refusal("").find("cut off"), std::string::npos);
    EXPECT_EQ(refusal("{} {}"), "byte 4: something follows the end of the document");
}

TEST(JsonParseTest, refuses_what_is_only_nearly_json) {
    for (const char* text :
         {"{'a':1}", "{a:1}", "[1,]", "[01]", "[+1]", "[.5]", "[1.]", "NaN", "Infinity", "// c\n1",
          "/* c */ 1", "[\"\t\"]", "[\"\\x\"]", "tru", "[1 2]", "\xEF\xBB\xBF{}"})
        EXPECT_FALSE(parse(text).ok()) << text;
}

TEST(JsonParseTest, refuses_malformed_utf8_and_lone_surrogates) {
    EXPECT_FALSE(parse("\"\xC0\xAF\"").ok());
    EXPECT_FALSE(parse("\"\xED\xA0\x80\"").ok());
    EXPECT_FALSE(parse("\"\xFF\"").ok());
    EXPECT_FALSE(parse(R"("\ud800")").ok());
    EXPECT_EQ(parse(R"("\ud83d\ude00")").value().as_string(), "\xF0\x9F\x98\x80");
}

TEST(JsonParseTest, refuses_duplicate_members_by_name) {
    EXPECT_NE(refusal(R"({"id":1,"name":"x","id":2})").find("member 'id' stands twice"),
              std::string::npos);
    EXPECT_NE(refusal(R"([{"a":{"b":1,"b":1}}])").find("'b'"), std::string::npos);
    EXPECT_NE(refusal(R"({"a":1,"\u0061":2})").find("'a'"), std::string::npos)
        << "escaped names count";
    EXPECT_NE(refusal(R"({"":1,"":2})").find("''"), std::string::npos);
}

TEST(JsonParseTest, the_same_name_may_stand_in_different_objects) {
    EXPECT_TRUE(parse(R"({"a":{"a":{"a":1},"b":1},"b":[{"a":1},{"a":2}]})").ok());
}

TEST(JsonParseTest, holds_to_the_depth_limit) {
    EXPECT_TRUE(parse(nested(limits::json_depth_max)).ok());
    EXPECT_NE(refusal(nested(limits::json_depth_max + 1)).find("nested deeper than"),
              std::string::npos);
    EXPECT_NE(refusal(std::string(limits::json_bytes_max, '[')).find("nested deeper"),
              std::string::npos);
}

TEST(JsonParseTest, holds_to_the_size_limit) {
    const std::string full = "\"" + std::string(limits::json_bytes_max - 2, 'x') + "\"";
    EXPECT_TRUE(parse(full).ok());
    EXPECT_NE(refusal(full + " ").find("larger than"), std::string::npos);
}

TEST(JsonParseTest, keeps_whole_numbers_exact_and_refuses_infinite_ones) {
    EXPECT_EQ(parse("9223372036854775807").value().as_int64(), INT64_MAX);
    EXPECT_EQ(parse("-9223372036854775808").value().as_int64(), INT64_MIN);
    EXPECT_EQ(parse("18446744073709551615").value().as_uint64(), UINT64_MAX);
    EXPECT_FALSE(parse("1e999").ok());
    EXPECT_FALSE(parse("[1e99999999999999999999]").ok());
}

TEST(JsonCanonicalTest, sorts_members_by_bytes_and_drops_white_space) {
    EXPECT_EQ(canonical_of(R"({ "b" : 1, "a" : { "d" : [ ] , "c" : null }, "B" : true })"),
              R"({"B":true,"a":{"c":null,"d":[]},"b":1})");
    EXPECT_EQ(canonical_of(R"({"文":1,"é":2,"z":3,"":4,"aa":5,"a":6})"),
              R"({"":4,"a":6,"aa":5,"z":3,"é":2,"文":1})");
}

TEST(JsonCanonicalTest, equal_values_give_equal_bytes) {
    EXPECT_EQ(canonical_of(R"({"a":1,"b":"\u6587\/\u0041"})"),
              canonical_of(R"({"b":"文/A","a":1})"));
    EXPECT_EQ(canonical(value(std::int64_t{5})), canonical(value(std::uint64_t{5})));
    EXPECT_EQ(canonical_of("-0"), "0");
}

TEST(JsonCanonicalTest, uses_the_shortest_escapes) {
    EXPECT_EQ(canonical_of(R"("\u0000\u0008\u0009\u000a\u000c\u000d\u001F\"\\\u007f")"),
              "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\\x7F\"");
}

TEST(JsonCanonicalTest, writes_the_whole_range_of_whole_numbers) {
    EXPECT_EQ(canonical_of("[18446744073709551615,-9223372036854775808]"),
              "[18446744073709551615,-9223372036854775808]");
}

TEST(JsonCanonicalTest, its_output_parses_to_the_same_value) {
    const value v = parse(R"({"z":["\u0001\"",{"k":[1,2,{"x":null}]}],"a":"中文"})").value();
    EXPECT_EQ(parse(canonical(v)).value(), v);
}

TEST(JsonCanonicalTest, floating_point_numbers_have_no_canonical_form) {
    EXPECT_FALSE(has_canonical_form(parse(R"({"a":[{"b":1.5}]})").value()));
    EXPECT_TRUE(has_canonical_form(parse(R"({"a":[{"b":15}]})").value()));
    EXPECT_DEATH(canonical(value(1.0)), "assertion failed");
}

TEST(JsonPointerTest, escapes_tilde_and_slash) {
    EXPECT_EQ(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
    EXPECT_EQ(pointer_to("", ""), "/");
    EXPECT_EQ(pointer_to("/a", std::size_t{3}), "/a/3");
}

class JsonReaderTest : public testing::Test {
 protected:
    const value document_ = parse(R"({"name":"甲","empty":"","count":3,"big":18446744073709551615,
        "real":2.0,"flag":true,"none":null,"list":[{"x":1},{"y/z":"no"}],"words":["a",1,"b"]})")
                                .value();
    const Reader reader_{document_};
};

TEST_F(JsonReaderTest, reads_required_members) {
    EXPECT_EQ(reader_.text("name").value(), "甲");
    EXPECT_EQ(reader_.integer("count").value(), 3);
    EXPECT_TRUE(reader_.boolean("flag").value());
    EXPECT_EQ(reader_.member("list").value().items().size(), 2U);
}

TEST_F(JsonReaderTest, missing_null_empty_and_wrong_members_are_named) {
    EXPECT_EQ(reader_.text("gone").error().detail, "/gone: is missing; a text is required");
    EXPECT_EQ(reader_.text("none").error().detail, "/none: is missing; a text is required");
    EXPECT_EQ(reader_.text("empty").error().detail, "/empty: must not be empty");
    EXPECT_EQ(reader_.text("count").error().detail, "/count: must be a text");
    EXPECT_EQ(reader_.integer("name").error().detail, "/name: must be a whole number");
    EXPECT_EQ(reader_.integer("real").error().detail, "/real: must be a whole number");
    EXPECT_EQ(reader_.integer("big").error().detail, "/big: must be a whole number");
    EXPECT_EQ(reader_.boolean("count").error().detail, "/count: must be true or false");
    EXPECT_EQ(reader_.member("name").error().detail, "/name: must be an object or a list");
}

TEST_F(JsonReaderTest, errors_inside_lists_carry_the_whole_pointer) {
    const auto items = reader_.member("list").value().items();
    EXPECT_EQ(items[0].integer("x").value(), 1);
    EXPECT_EQ(items[1].integer("y/z").error().detail, "/list/1/y~1z: must be a whole number");
}

TEST_F(JsonReaderTest, forgiving_readers_take_the_other_value) {
    EXPECT_EQ(reader_.text_or("gone", "乙"), "乙");
    EXPECT_EQ(reader_.text_or("count", "乙"), "乙");
    EXPECT_EQ(reader_.text_or("empty", "乙"), "");
    EXPECT_EQ(reader_.integer_or("big", -1), -1);
    EXPECT_FALSE(reader_.boolean_or("none", false));
    EXPECT_EQ(reader_.texts("words"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(reader_.texts("name").empty());
    EXPECT_FALSE(reader_.has("none"));
    EXPECT_TRUE(reader_.has("empty"));
}

TEST_F(JsonReaderTest, a_reader_of_a_scalar_finds_nothing) {
    const value scalar = 5;
    EXPECT_FALSE(Reader(scalar).text("a").ok());
    EXPECT_TRUE(Reader(scalar).items().empty());
}

}  // namespace
}  // namespace shu::json
