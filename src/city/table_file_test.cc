#include "city/table_file.h"

#include <gtest/gtest.h>

namespace shu::city {
namespace {

const std::vector<std::string> kHeader = {"code", "name"};

TEST(TableFile, KeepsCommasQuotesAndLineEndsInsideQuotes) {
    const Table table = read_table("code,name\r\n1,\"a,\"\"b\"\"\nc\"\r\n2,d", kHeader);
    ASSERT_TRUE(table.mistakes.empty()) << table.mistakes[0].message;
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0].cells[1], "a,\"b\"\nc");
    EXPECT_EQ(table.rows[0].line, 2);
    EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"2", "d"}));
    EXPECT_EQ(table.rows[1].line, 4);
}

TEST(TableFile, NamesTheLineOfEveryMistakeAndKeepsTheGoodRows) {
    const Table table = read_table("code,name\n1\n2,b\n3,c,d\n4,e\"f\n5,\"open", kHeader);
    ASSERT_EQ(table.mistakes.size(), 4U);
    EXPECT_EQ(table.mistakes[0].line, 2);
    EXPECT_EQ(table.mistakes[1].line, 4);
    EXPECT_EQ(table.mistakes[2].line, 5);
    EXPECT_EQ(table.mistakes[3].line, 6);
    EXPECT_EQ(table.rows.front().cells[0], "2");
}

TEST(TableFile, RefusesAnotherHeaderOrEncoding) {
    EXPECT_EQ(read_table("name,code\n1,2\n", kHeader).mistakes.size(), 1U);
    EXPECT_EQ(read_table("", kHeader).mistakes.size(), 1U);
    const Table table = read_table("code,name\n1,\xC9\xF2\n", kHeader);
    ASSERT_EQ(table.mistakes.size(), 1U);
    EXPECT_EQ(table.mistakes[0].line, 2);
}

TEST(TableFile, IgnoresAByteOrderMarkAndBlankLines) {
    EXPECT_EQ(read_table("\xEF\xBB\xBF"
                         "code,name\n\n1,a\n\n",
                         kHeader)
                  .rows.size(),
              1U);
}

}  // namespace
}  // namespace shu::city
