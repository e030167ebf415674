#include "record/xlsx.h"

#include <gtest/gtest.h>

#include "record/xlsx_cell.h"
#include "record/xlsx_testing.h"
#include "record/zip.h"

namespace shu::record {
namespace {

using testing::Parts;
using testing::text_row;
using testing::workbook;
using Fields = std::vector<std::string>;

struct SeenRow {
    std::int64_t line = 0;
    Fields fields;
    std::string problem;

    friend bool operator==(const SeenRow&, const SeenRow&) = default;
};

std::vector<SeenRow> read_on(RowSource& source) {
    std::vector<SeenRow> seen;
    std::vector<std::pair<std::size_t, std::vector<std::string_view>>> pending;
    const auto save = [&] {
        for (const auto& [index, fields] : pending)
            for (const auto field : fields)
                seen[index].fields.emplace_back(field);
        pending.clear();
    };
    SourceRow row;
    for (;;) {
        const auto event = source.next(row);
        if (!event.ok()) {
            EXPECT_EQ(event.error().code, Code::kExhausted);
            seen.push_back({-1, {}, event.error().detail});
            break;
        }
        if (*event == RowEvent::kEnd) break;
        if (*event == RowEvent::kRelease) {
            save();
            continue;
        }
        seen.push_back({row.line, {}, std::string(row.problem)});
        pending.emplace_back(seen.size() - 1,
                             std::vector<std::string_view>(row.fields.begin(), row.fields.end()));
    }
    save();
    return seen;
}

struct Seen {
    std::vector<std::string> headings;
    std::vector<SeenRow> rows;
};

Seen read(const std::string& file_bytes, std::string_view sheet = "") {
    const SourceFile file{std::string_view(file_bytes)};
    const auto source = XlsxSource::open(file, sheet);
    EXPECT_TRUE(source.ok()) << source.error().detail;
    if (!source.ok()) return {};
    Seen seen;
    const auto headings = (*source)->headings(0);
    seen.headings.assign(headings.begin(), headings.end());
    seen.rows = read_on(**source);
    return seen;
}

std::string why_not(const std::string& file_bytes, std::string_view sheet = "") {
    const SourceFile file{std::string_view(file_bytes)};
    const auto source = XlsxSource::open(file, sheet);
    EXPECT_FALSE(source.ok());
    if (source.ok()) return "";
    EXPECT_EQ(source.error().code, Code::kInvalid);
    return source.error().detail;
}

std::string cells(std::string_view row_of_cells) {
    return testing::zip(workbook({{"表一", text_row(1, {"a", "b", "c"}) + "<row r=\"2\">" +
                                               std::string(row_of_cells) + "</row>"}},
                                 {"<t>甲</t>",
                                  "<r><t>王</t></r><r><t xml:space=\"preserve\"> 一</t></r>"
                                  "<rPh><t>wang</t></rPh>",
                                  "<t>a_x000A_b_x0000_</t>"}));
}

Fields fields_of(std::string_view row_of_cells) {
    const auto seen = read(cells(row_of_cells));
    EXPECT_EQ(seen.rows.size(), 1U);
    if (seen.rows.size() != 1) return {};
    EXPECT_EQ(seen.rows[0].problem, "");
    return seen.rows[0].fields;
}

TEST(Xlsx, SharedInlineAndFormulaTextsAreReadWithoutPhonetics) {
    EXPECT_EQ(fields_of("<c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"s\"><v>1</v></c>"
                        "<c r=\"C2\" t=\"s\"><v>2</v></c>"),
              (Fields{"甲", "王 一", "a\nb_x0000_"}));
    EXPECT_EQ(
        fields_of("<c r=\"A2\" t=\"str\"><f>B1&amp;\"x\"</f><v>&lt;bx&gt;</v></c>"
                  "<c r=\"C2\" t=\"inlineStr\"><is><r><t>一</t></r><r><t>二</t></r></is></c>"),
        (Fields{"<bx>", "", "一二"}));
    EXPECT_EQ(fields_of("<c t=\"b\"><v>1</v></c><c/><c><v>7</v></c>"), (Fields{"1", "", "7"}));
}

TEST(Xlsx, DaysAreKnownByTheFormatOfTheirCell) {
    EXPECT_EQ(
        fields_of(
            "<c r=\"A2\" s=\"1\"><v>46053</v></c><c r=\"B2\" s=\"2\"><v>46053.354166666664</v></c>"
            "<c r=\"C2\" s=\"3\"><v>46053</v></c>"),
        (Fields{"2026-01-31", "2026-01-31 08:30:00", "46053"}));
    EXPECT_EQ(fields_of("<c r=\"A2\" t=\"d\"><v>2026-01-31T00:00:00.000</v></c>"
                        "<c r=\"B2\" t=\"d\"><v>2026-01-31T08:30:00</v></c>"),
              (Fields{"2026-01-31", "2026-01-31 08:30:00", ""}));
    const auto seen = read(testing::zip(workbook(
        {{"表一", text_row(1, {"a"}) + "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>0</v></c></row>"}}, {},
        "<workbookPr date1904=\"1\"/>")));
    ASSERT_EQ(seen.rows.size(), 1U);
    EXPECT_EQ(seen.rows[0].fields, Fields{"1904-01-01"});
}

TEST(XlsxCell, NumbersAreWrittenAsASpreadsheetShowsThem) {
    const std::pair<std::string, std::string> cases[] = {
        {"1234.56", "1234.56"},
        {"33.299999999999997", "33.3"},
        {"0.1", "0.1"},
        {"-5", "-5"},
        {"1E3", "1000"},
        {"1.5E-5", "0.000015"},
        {"2.1E+17", "210000000000000000"},
        {"13800000000", "13800000000"},
        {"1E400", "1E400"},
        {"12a", "12a"},
        {"0.10000000000000001", "0.1"},
        {"123456789012345678", "123456789012346000"},
    };
    for (const auto& [text, shown] : cases)
        EXPECT_EQ(number_text(text), shown) << text;
}

TEST(XlsxCell, DaysCountFrom1900WithTheDayThatNeverWas) {
    const std::pair<std::string, std::string> cases[] = {
        {"1", "1900-01-01"},
        {"59", "1900-02-28"},
        {"60", "1900-02-29"},
        {"61", "1900-03-01"},
        {"2958465", "9999-12-31"},
        {"0.5", "12:00:00"},
        {"45000.99999999", "2023-03-16"},
    };
    for (const auto& [text, day] : cases)
        EXPECT_EQ(date_text(text, false), day) << text;
    for (const std::string bad : {"-1", "2958466", "x", "", "nan"})
        EXPECT_EQ(date_text(bad, false), std::nullopt) << bad;
}

TEST(XlsxCell, FormatsOfDaysAndTimesAreToldFromThoseOfNumbers) {
    for (const std::string code :
         {"yyyy/m/d", "[$-804]yyyy\"年\"m\"月\"", "h:mm:ss", "[h]:mm", "D-MMM"})
        EXPECT_TRUE(is_date_format(code)) << code;
    for (const std::string code :
         {"General", "0.00", "#,##0\"days\"", "[Red]0.0", "0\\d", "_d0", "@", "\"y"})
        EXPECT_FALSE(is_date_format(code)) << code;
    EXPECT_TRUE(is_date_format(14) && is_date_format(31) && is_date_format(58));
    EXPECT_FALSE(is_date_format(0) || is_date_format(13) || is_date_format(49));
    EXPECT_EQ(column_of("B7"), 1);
    EXPECT_EQ(column_of("XFD1"), 16'383);
    for (const std::string bad : {"XFE1", "AAAA1", "7", ""})
        EXPECT_EQ(column_of(bad), -1);
    EXPECT_EQ(column_name(0) + column_name(25) + column_name(26) + column_name(16'383), "AZAAXFD");
}

TEST(Xlsx, ColumnsStandWhereTheirHeadingStandsAndEmptyRowsArePassedOver) {
    const auto seen = read(testing::zip(workbook(
        {{"表一", "<row r=\"1\"/>" +
                      std::string("<row r=\"3\"><c r=\"B3\" t=\"inlineStr\"><is><t>甲</t></is></c>"
                                  "<c r=\"D3\" t=\"inlineStr\"><is><t>乙</t></is></c></row>") +
                      "<row r=\"5\"><c r=\"D5\"><v>5</v></c></row><row r=\"6\"><c r=\"D6\"/></row>"
                      "<row r=\"7\"><c r=\"C7\"><v>1</v></c></row>"
                      "<row r=\"8\"><c r=\"B8\" t=\"e\"><v>#N/A</v></c></row>"
                      "<row r=\"9\"><c r=\"B9\" t=\"s\"><v>99</v></c></row>"
                      "<row r=\"10\"><c r=\"B10\"><v>10</v></c></row>"}})));
    EXPECT_EQ(seen.headings, (Fields{"甲", "乙"}));
    ASSERT_EQ(seen.rows.size(), 5U);
    EXPECT_EQ(seen.rows[0], (SeenRow{5, {"", "5"}, ""}));
    EXPECT_EQ(seen.rows[1].problem, "C 列有值而没有表头");
    EXPECT_EQ(seen.rows[2].problem, "单元格是错误值 #N/A");
    EXPECT_EQ(seen.rows[3].problem, "单元格指向的文字不存在");
    EXPECT_EQ(seen.rows[4], (SeenRow{10, {"10", ""}, ""}));
}

TEST(Xlsx, TheFirstVisibleSheetOrTheOneNamedIsRead) {
    const std::string file =
        testing::zip(workbook({{"hidden", text_row(1, {"x"})},
                               {"人口", text_row(1, {"a"}) + text_row(2, {"1"})},
                               {"法人", text_row(1, {"b"})}}));
    EXPECT_EQ(read(file).headings, Fields{"a"});
    EXPECT_EQ(read(file, "法人").headings, Fields{"b"});
    EXPECT_EQ(why_not(file, "房屋"),
              "工作簿里没有名为“房屋”的工作表；有：“hidden”、“人口”、“法人”");
}

TEST(Xlsx, WhatIsNoWorkbookIsRefusedWithTheRemedy) {
    const Parts good = workbook({{"表一", text_row(1, {"a"})}});
    EXPECT_EQ(why_not("id_number,name\n"),
              "文件不是完整的 Excel 工作簿（.xlsx），可能没有传完或已损坏");
    EXPECT_EQ(why_not(""), "文件不是完整的 Excel 工作簿（.xlsx），可能没有传完或已损坏");
    EXPECT_EQ(why_not("\xD0\xCF\x11\xE0rest"),
              "文件是旧版或加密的 Excel 工作簿，请另存为不加密的 .xlsx");
    EXPECT_EQ(why_not(testing::zip({{"a.txt", "b"}})), "文件不是 Excel 工作簿（.xlsx）");
    const std::string whole = testing::zip(good);
    EXPECT_EQ(why_not(whole.substr(0, whole.size() - 30)),
              "文件不是完整的 Excel 工作簿（.xlsx），可能没有传完或已损坏");
    EXPECT_EQ(why_not(testing::zip(good, {.flags = 1})), "工作簿是加密的，请去掉密码后再上传");
    EXPECT_EQ(why_not(testing::zip(good, {.has_wrong_checksum = true})),
              "工作簿已损坏，请重新导出后再上传");
    EXPECT_EQ(why_not(testing::zip(workbook({{"表一", ""}}))), "工作表是空的，第一行应为表头");
    EXPECT_EQ(read(testing::zip(good, {.is_stored = true})).headings, Fields{"a"});
}

TEST(Xlsx, DocumentTypesAndDepthAndTagsWithoutEndAreRefused) {
    const auto with_sheet = [](const std::string& xml) {
        Parts parts = workbook({{"表一", ""}});
        parts[0].second = xml;
        return testing::zip(parts);
    };
    EXPECT_EQ(
        why_not(with_sheet(
            "<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;</worksheet>")),
        "工作簿中的 XML 带有文档类型声明，不能采集");
    std::string deep;
    for (int i = 0; i < 1'000; ++i)
        deep += "<a>";
    EXPECT_EQ(why_not(with_sheet(deep)), "工作簿中的 XML 嵌套太深");
    EXPECT_EQ(why_not(with_sheet("<worksheet a=\"" + std::string(8 << 20, 'x') + "\"/>")),
              "工作簿中的 XML 标记太长");
}

TEST(Xlsx, AnEntryThatInflatesPastItsLimitIsRefusedBeforeItIsHeld) {
    const std::string file = testing::zip({{"a", std::string(64 << 20, ' ')}});
    ASSERT_LT(file.size(), 100'000U);
    const SourceFile source{std::string_view(file)};
    const auto archive = ZipArchive::open(source);
    ASSERT_TRUE(archive.ok());
    EXPECT_EQ(archive->text("a", 1 << 20).error().detail, "工作簿解压后超过大小上限，不能采集");
    EXPECT_EQ(archive->text("A", 64 << 20)->size(), std::size_t{64} << 20);
}

TEST(Xlsx, RowsBeforeTheDamageStandAndRowsOutOfOrderAreDamage) {
    std::string rows = text_row(1, {"a"});
    for (int i = 2; i < 5'000; ++i)
        rows += text_row(i, {std::to_string(i)});
    const auto seen = read(testing::zip(workbook({{"表一", rows + text_row(7, {"x"})}}))).rows;
    ASSERT_EQ(seen.size(), 4'999U);
    EXPECT_EQ(seen.back().problem, "工作簿已损坏，请重新导出后再上传");
    EXPECT_EQ(seen[4'997], (SeenRow{4'999, {"4999"}, ""}));
}

TEST(Xlsx, ReadingGoesOnAfterAnyRow) {
    std::string rows = text_row(1, {"a", "b"});
    std::vector<SeenRow> whole;
    for (int i = 2; i < 60'000; ++i) {
        const std::string text = std::to_string(i) + std::string(100, 'x');
        rows += text_row(i, {text, "乙"});
        whole.push_back({i, {text, "乙"}, ""});
    }
    const std::string bytes = testing::zip(workbook({{"表一", rows}}));
    const SourceFile file{std::string_view(bytes)};
    const auto first = XlsxSource::open(file, "").value();
    SourceRow row;
    RowPosition last;
    for (int i = 2; i < 60'000;) {
        const auto event = first->next(row);
        ASSERT_TRUE(event.ok());
        if (*event != RowEvent::kRow) continue;
        const auto position = first->position();
        EXPECT_GE(position.offset, last.offset);
        EXPECT_EQ(position.line, i + 1);
        last = position;
        if (i++ % 9'999 != 3) continue;
        const auto again = XlsxSource::open(file, "").value();
        ASSERT_TRUE(again->resume_at(position).ok());
        EXPECT_GE(again->position().offset, position.offset);
        const auto rest = read_on(*again);
        EXPECT_TRUE(rest == std::vector<SeenRow>(whole.begin() + (position.line - 2), whole.end()))
            << position.line;
        EXPECT_EQ(again->position().offset, file.bytes());
    }
}

}  // namespace
}  // namespace shu::record
