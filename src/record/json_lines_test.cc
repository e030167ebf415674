#include "record/json_lines.h"

#include <gtest/gtest.h>

#include "foundation/json.h"

namespace shu::record {
namespace {

struct SeenRow {
    std::int64_t line = 0;
    std::string problem;
    std::string raw;
    std::vector<std::pair<std::string, std::string>> members;

    friend bool operator==(const SeenRow&, const SeenRow&) = default;
};

JsonLinesOptions small() {
    return {.line_bytes_max = 100,
            .field_bytes_max = 20,
            .members_max = 4,
            .layouts_max = 2,
            .buffer_bytes = 160};
}

std::vector<SeenRow> read_on(RowSource& source, std::vector<RowPosition>* releases = nullptr) {
    std::vector<SeenRow> seen;
    SourceRow row;
    for (;;) {
        const auto event = source.next(row);
        EXPECT_TRUE(event.ok());
        if (!event.ok() || *event == RowEvent::kEnd) return seen;
        if (*event == RowEvent::kRelease) {
            if (releases != nullptr) releases->push_back(source.position());
            continue;
        }
        // How much is held of a line that is too long depends on the window.
        SeenRow one{row.line, std::string(row.problem), source.text_of(row).substr(0, 50), {}};
        if (*event == RowEvent::kRow) {
            const auto headings = source.headings(row.layout);
            EXPECT_EQ(headings.size(), row.fields.size());
            for (std::size_t i = 0; i < row.fields.size(); ++i)
                one.members.emplace_back(headings[i], row.fields[i]);
        }
        seen.push_back(std::move(one));
    }
}

std::vector<SeenRow> read(std::string_view text, JsonLinesOptions options = {}) {
    const SourceFile file(text);
    const auto source = JsonLinesSource::open(file, options);
    EXPECT_TRUE(source.ok()) << source.error().detail;
    return source.ok() ? read_on(**source) : std::vector<SeenRow>{};
}

std::string why_not(std::string_view text) {
    const SourceFile file(text);
    const auto source = JsonLinesSource::open(file);
    EXPECT_FALSE(source.ok());
    return source.ok() ? "" : source.error().detail;
}

using Members = std::vector<std::pair<std::string, std::string>>;

TEST(JsonLines, EveryKindOfValueBecomesAFieldAndNumbersKeepTheirDigits) {
    const auto rows = read(
        "{\"a\":\"甲\\n\\u4e59\",\"b\":12345678901234567.890,\"c\":true,\"d\":null}\r\n"
        "\n  {\"a\" : \"\", \"c\": false, \"b\": -0 }");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].members,
              (Members{{"a", "甲\n乙"}, {"b", "12345678901234567.890"}, {"c", "1"}, {"d", ""}}));
    EXPECT_EQ(rows[0].line, 1);
    EXPECT_EQ(rows[1].members, (Members{{"a", ""}, {"c", "0"}, {"b", "-0"}}));
    EXPECT_EQ(rows[1].line, 3);
}

TEST(JsonLines, AWrongLineCostsItselfOnlyAndSaysWhy) {
    const std::pair<std::string, std::string> cases[] = {
        {"{\"a\":1", "不是一个正确的 JSON 对象"},
        {"{\"a\":1}}", "不是一个正确的 JSON 对象"},
        {"{\"a\":1} {\"a\":2}", "不是一个正确的 JSON 对象"},
        {"[1]", "不是一个正确的 JSON 对象"},
        {"1", "不是一个正确的 JSON 对象"},
        {"{a:1}", "不是一个正确的 JSON 对象"},
        {"{\"a\":01}", "不是一个正确的 JSON 对象"},
        {"{\"a\":1} // note", "不是一个正确的 JSON 对象"},
        {"{\"a\":{\"b\":1}}", "成员的值是对象或数组，应为文字、数字、真假或空"},
        {"{\"a\":[[[[[[[[", "成员的值是对象或数组，应为文字、数字、真假或空"},
        {"{\"a\":1,\"a\":2}", "同一个成员出现了两次"},
        {"{\"a\":\"\\u0000\"}", "含有空字符（NUL）"},
        {"{\"a\":\"\xFF\"}", "不是正确的 UTF-8 编码"},
        {"{\"a\":\"123456789012345678901\"}", "字段超过长度上限"},
        {"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}", "成员数超过上限"},
        {"{\"a\":\"" + std::string(100, 'x') + "\"}", "行超过长度上限"},
        {"{\"a\":\"" + std::string(1'000, 'x') + "\"}", "行超过长度上限"},
    };
    std::string text = "{\"a\":1}\n";
    for (const auto& [line, why] : cases)
        text += line + "\n";
    text += "{\"a\":2}";
    const auto rows = read(text, small());
    ASSERT_EQ(rows.size(), std::size(cases) + 2);
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        EXPECT_EQ(rows[i + 1].problem, cases[i].second) << cases[i].first;
        EXPECT_EQ(rows[i + 1].line, static_cast<std::int64_t>(i) + 2);
        EXPECT_TRUE(rows[i + 1].members.empty());
    }
    EXPECT_EQ(rows.back().members, (Members{{"a", "2"}}));
}

TEST(JsonLines, AFileThatIsNoJsonLinesIsRefusedWithTheRemedy) {
    EXPECT_EQ(why_not(" [{\"a\":1}]"), "文件是一个 JSON 数组，请改为每行一个对象（JSON Lines）");
    EXPECT_EQ(why_not("{\r\n\"a\":1}"),
              "一个 JSON 对象分成了多行，请改为每行一个对象（JSON Lines）");
    EXPECT_EQ(why_not("id_number,name\n"), "文件不是 JSON Lines：每行应为一个 JSON 对象");
    EXPECT_EQ(why_not(" \n\r\n"), "文件是空的，每行应为一个 JSON 对象");
    EXPECT_EQ(why_not("{\"a\":\"\xCD\xF5\"}"), "文件不是 UTF-8 编码，JSON Lines 只能用 UTF-8");
}

TEST(JsonLines, ReadingGoesOnExactlyAtEveryPositionThatASmallWindowGives) {
    std::string text = "\xEF\xBB\xBF";
    for (int i = 0; i < 60; ++i) {
        const std::string name(1, static_cast<char>('a' + i * 7 % 5));
        text += "{\"" + name + "\":\"\\u4e59" + std::to_string(i) + "\"}\n";
        if (i % 9 == 4) text += "{\"a\":\"" + std::string(500, 'x') + "\"}\n";
        if (i % 7 == 2) text += "\n[]\n";
    }
    const SourceFile file(text);
    const auto whole = read(text, small());
    ASSERT_GT(whole.size(), 70U);
    EXPECT_TRUE(read(text).back() == whole.back());
    std::vector<RowPosition> releases;
    EXPECT_TRUE(read_on(*JsonLinesSource::open(file, small()).value(), &releases) == whole);
    ASSERT_GT(releases.size(), 20U);
    for (const auto position : releases) {
        const auto source = JsonLinesSource::open(file, small()).value();
        ASSERT_TRUE(source->resume_at(position).ok());
        std::vector<SeenRow> rest;
        for (const auto& row : whole)
            if (row.line >= position.line) rest.push_back(row);
        EXPECT_TRUE(read_on(*source) == rest) << position.offset << " line " << position.line;
    }
}

}  // namespace
}  // namespace shu::record
