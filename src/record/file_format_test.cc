#include "record/file_format.h"

#include <gtest/gtest.h>

namespace shu::record {
namespace {

FileFormat format(std::string_view name, std::string_view type = "") {
    const auto found = recognise_format(name, type);
    EXPECT_TRUE(found.ok()) << name;
    return found.ok() ? *found : FileFormat::kCsv;
}

TEST(FileFormat, TheEndingOfTheNameSaysItThenTheContentTypeThenItIsCsv) {
    EXPECT_EQ(format("人口.TSV"), FileFormat::kTsv);
    EXPECT_EQ(format("a.jsonl"), FileFormat::kJsonLines);
    EXPECT_EQ(format("a.ndjson"), FileFormat::kJsonLines);
    EXPECT_EQ(format("人口.XLSX"), FileFormat::kXlsx);
    EXPECT_EQ(format("a.csv", "application/vnd.ms-excel"), FileFormat::kCsv);
    EXPECT_EQ(format("a.tsv", "text/csv"), FileFormat::kTsv);
    EXPECT_EQ(format("", "text/tab-separated-values; charset=utf-8"), FileFormat::kTsv);
    EXPECT_EQ(format("export", "application/X-NDJSON"), FileFormat::kJsonLines);
    EXPECT_EQ(format("export", "application/octet-stream"), FileFormat::kCsv);
    EXPECT_EQ(format(""), FileFormat::kCsv);
}

TEST(FileFormat, WhatIsNotCollectedIsRefusedByItsEndingWithTheRemedy) {
    const auto refused = recognise_format("people.xls", "text/csv");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().detail.find("另存为"), std::string::npos);
}

TEST(FileFormat, NamesAreReadBack) {
    for (const auto one :
         {FileFormat::kCsv, FileFormat::kTsv, FileFormat::kJsonLines, FileFormat::kXlsx})
        EXPECT_EQ(file_format_from(to_string(one)).value(), one);
    EXPECT_EQ(file_format_from("xml").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace shu::record
