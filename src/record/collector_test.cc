#include "record/collector.h"

#include <future>

#include "foundation/text.h"
#include "record/testing.h"
#include "record/xlsx_testing.h"

namespace shu::record {
namespace {

using testing::identity_number;

class CollectorTest : public testing::RecordTest {
 protected:
    std::vector<QuarantinedRow> quarantine(const Batch& batch) {
        auto rows = database->read_value<std::vector<QuarantinedRow>>(
            [&](store::Transaction& tx) { return quarantine_of(tx, batch.id, 0, 1'000); });
        EXPECT_TRUE(rows.ok());
        return rows.ok() ? *rows : std::vector<QuarantinedRow>{};
    }
    // The reason for which a file of this one row is quarantined; empty if it is not.
    std::pair<std::string, std::string> reason(const std::string& header, const std::string& row) {
        const auto batch = collect(header + "\n" + row + "\n");
        EXPECT_EQ(batch.state, BatchState::kDone) << batch.error;
        const auto rows = quarantine(batch);
        return rows.empty() ? std::pair<std::string, std::string>{}
                            : std::pair{rows[0].field, rows[0].reason};
    }
    std::string why_failed(std::string_view text) {
        const auto batch = collect(text);
        EXPECT_EQ(batch.state, BatchState::kFailed);
        EXPECT_EQ(batch.read, 0);
        return batch.error;
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, CollectorTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(CollectorTest, EveryTypeIsStoredInItsOwnForm) {
    const auto batch = collect(
        "登记时间,已婚,children,height,收入,出生日期,gender,name,公民身份号码\n"
        "2026-01-31 08:30:00,是,2,175.5,1234.56,19900103,1,\" 王一　\"," +
        identity_number(1) + "\n");
    EXPECT_EQ(batch.state, BatchState::kDone);
    EXPECT_EQ(batch.added, 1) << (quarantine(batch).empty() ? "" : quarantine(batch)[0].reason);
    EXPECT_EQ(batch.encoding, "utf-8");
    const auto rows = query(
        "SELECT id_number, name, gender, born, income, height, children, married, seen_at, subject_id, batch_id FROM ds_population");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text(0), identity_number(1));
    EXPECT_EQ(rows[0].text(1), "王一");
    EXPECT_EQ(rows[0].text(2), "1");
    EXPECT_EQ(rows[0].text(3), "1990-01-03");
    EXPECT_EQ(rows[0].integer(4), 123456);
    EXPECT_EQ(rows[0].integer(5), 1755);
    EXPECT_EQ(rows[0].integer(6), 2);
    EXPECT_EQ(rows[0].integer(7), 1);
    EXPECT_EQ(rows[0].integer(8), parse_instant("2026-01-31T00:30:00Z", 0).value());
    EXPECT_EQ(rows[0].text(9), stage->identity->subject_id("person", identity_number(1)));
    EXPECT_EQ(rows[0].integer(10), batch.id.value);
}

TEST_P(CollectorTest, AddedChangedAndUnchangedAreToldApartAndNullsCountAsValues) {
    const std::string a = identity_number(1), b = identity_number(2), c = identity_number(3),
                      d = identity_number(4);
    auto batch = collect("id_number,name,gender\n" + a + ",甲,\n" + b + ",乙,1\n" + c + ",丙,2\n");
    EXPECT_EQ(batch.added, 3);
    batch = collect("id_number,name,gender\n" + a + ",甲,\n" + b + ",乙,\n" + c + ",丙丙,2\n" + d +
                    ",丁,\n");
    EXPECT_EQ(batch.added, 1);
    EXPECT_EQ(batch.changed, 2);
    EXPECT_EQ(batch.unchanged, 1);
    EXPECT_EQ(records().count("population").value(), 4);
    EXPECT_EQ(query("SELECT 1 FROM ds_population WHERE batch_id = $1", {batch.id.value}).size(),
              3U);
}

TEST_P(CollectorTest, OfRowsWithOneKeyInAFileTheLastStands) {
    const std::string a = identity_number(1);
    const auto batch =
        collect("id_number,name\n" + a + ",甲\n" + a + ",乙\n" + a + ",乙\n" + a + ",丙\n");
    EXPECT_EQ(batch.added, 1);
    EXPECT_EQ(batch.changed, 2);
    EXPECT_EQ(batch.unchanged, 1);
    EXPECT_EQ(query("SELECT name FROM ds_population")[0].text(0), "丙");
    EXPECT_EQ(records().count("population").value(), 1);
}

TEST_P(CollectorTest, AColumnThatTheFileDoesNotBringKeepsItsValue) {
    const std::string a = identity_number(1);
    collect("id_number,name,income\n" + a + ",甲,5.00\n");
    EXPECT_EQ(collect("id_number,name\n" + a + ",乙\n").changed, 1);
    EXPECT_EQ(query("SELECT income FROM ds_population")[0].integer(0), 500);
}

TEST_P(CollectorTest, ALowerCaseXIsTheSamePerson) {
    int serial = 0;
    while (identity_number(serial).back() != 'X')
        ++serial;
    const std::string upper = identity_number(serial);
    collect("id_number,name\n" + upper + ",甲\n");
    EXPECT_EQ(collect("id_number,name\n" + text::lower(upper) + ",甲\n").unchanged, 1);
}

TEST_P(CollectorTest, EachBadRowIsNamedWithItsReasonAndGoodRowsAreKept) {
    const std::string header = "id_number,name,gender,born,income,height,children,married,seen_at";
    const std::string id = identity_number(1);
    const std::tuple<std::string, std::string, std::string> cases[] = {
        {id + ",甲,3,,,,,,", "gender", "不在代码表 gender 中"},
        {id + ",,1,,,,,,", "name", "必填项为空"},
        {",甲,1,,,,,,", "id_number", "必填项为空"},
        {"210199199002300014,甲,1,,,,,,", "id_number", "公民身份号码中的出生日期不存在"},
        {id.substr(0, 17) + (id.back() == '1' ? "2" : "1") + ",甲,1,,,,,,", "id_number",
         "公民身份号码校验位不正确"},
        {id + ",一二三四五六七八九十一,1,,,,,,", "name", "超过 10 个字"},
        {id + ",甲,1,1990-02-30,,,,,", "born", "日期不存在或格式不对（如 2026-01-31）"},
        {id + ",甲,1,30/1/1990,,,,,", "born", "日期不存在或格式不对（如 2026-01-31）"},
        {id + ",甲,1,,12.345,,,,", "income", "应为金额（元），小数最多两位"},
        {id + ",甲,1,,,1.75,,,", "height", "应为数字，小数最多 1 位"},
        {id + ",甲,1,,,,two,,", "children", "应为整数"},
        {id + ",甲,1,,,,99999999999999999999,,", "children", "应为整数"},
        {id + ",甲,1,,,,,maybe,", "married", "应为 1 或 0（是或否）"},
        {id + ",甲,1,,,,,,2026-01-31 25:00:00", "seen_at",
         "时间不存在或格式不对（如 2026-01-31 08:30:00）"},
        {id + ",甲,1", "", "应有 9 列，实有 3 列"},
        {id + ",甲,1,,,,,,,", "", "应有 9 列，实有 10 列"},
        {id + ",\"甲\"乙,1,,,,,,", "", "闭引号之后还有文字"},
        {id + ",\xFF\xFE,1,,,,,,", "name", "不是正确的 UTF-8 编码"},
        {"\xE7\x94\xB2," + id + "\xFF,1,,,,,,", "id_number", "应为18位公民身份号码"},
    };
    std::string text = header + "\n" + identity_number(500) + ",好,1,,,,,,\n";
    for (const auto& [row, field, why] : cases)
        text += row + "\n";
    text += identity_number(501) + ",也好,2,,,,,,\n";
    const auto batch = collect(text);
    EXPECT_EQ(batch.state, BatchState::kDone);
    EXPECT_EQ(batch.added, 2);
    const auto rows = quarantine(batch);
    ASSERT_EQ(rows.size(), std::size(cases));
    EXPECT_EQ(batch.quarantined, static_cast<std::int64_t>(std::size(cases)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& [row, field, why] = cases[i];
        EXPECT_EQ(rows[i].line, static_cast<std::int64_t>(i) + 3);
        EXPECT_EQ(rows[i].field, field) << row;
        EXPECT_EQ(rows[i].reason, why) << row;
        EXPECT_EQ(rows[i].text, text::with_replacements(row));
    }
    const auto reasons = database->read_value<std::vector<ReasonCount>>(
        [&](store::Transaction& tx) { return reasons_of(tx, batch.id); });
    ASSERT_TRUE(reasons.ok());
    EXPECT_EQ(reasons->front().count, 2);
    EXPECT_EQ(reasons->front().field, "born");
}

TEST_P(CollectorTest, AnUnclosedQuoteCostsItsOwnRowOnly) {
    std::string text = "id_number,name\n" + identity_number(0) + ",\"甲\n";
    for (int i = 1; i <= 100; ++i)
        text += identity_number(i) + ",乙\n";
    const auto batch = collect(text);
    EXPECT_EQ(batch.added, 100);
    EXPECT_EQ(batch.quarantined, 1);
    EXPECT_EQ(quarantine(batch)[0].reason, "引号没有闭合");
    EXPECT_EQ(quarantine(batch)[0].line, 2);
}

TEST_P(CollectorTest, AFileInGb18030IsReadAndADamagedRowIsQuarantined) {
    // 姓名 = D0D5 C3FB, 王 = CDF5, 李 = C0EE
    const auto batch =
        collect("id_number,\xD0\xD5\xC3\xFB\n" + identity_number(1) + ",\xCD\xF5\n" +
                identity_number(2) + ",\"\xC0\xEE\"\n" + identity_number(3) + ",\xC0\n");
    EXPECT_EQ(batch.encoding, "gb18030");
    EXPECT_EQ(batch.added, 2) << batch.error;
    EXPECT_EQ(query("SELECT name FROM ds_population ORDER BY id_number")[0].text(0), "王");
    ASSERT_EQ(quarantine(batch).size(), 1U);
    EXPECT_EQ(quarantine(batch)[0].reason, "不是正确的 GB18030 编码");
}

TEST_P(CollectorTest, TheEncodingIsFoundWhereTheFirstMegabyteIsAscii) {
    std::string text = "id_number,name\n";
    while (text.size() < limits::csv_detection_bytes)
        text += "bad,row\n";
    const auto batch = collect(text + identity_number(1) + ",\xCD\xF5\n");
    EXPECT_EQ(batch.encoding, "gb18030");
    EXPECT_EQ(batch.added, 1);
    EXPECT_EQ(query("SELECT name FROM ds_population")[0].text(0), "王");
}

TEST_P(CollectorTest, AWrongHeaderFailsTheBatchAndNamesTheColumns) {
    EXPECT_EQ(why_failed("id_number,nmae,性別\n"),
              "表头不对：没有这样的列：“nmae”、“性別”；缺少必需的列：“姓名”");
    EXPECT_EQ(why_failed("id_number,name,姓名\n"), "表头不对：列重复：“姓名”");
    EXPECT_EQ(why_failed("name\n"), "表头不对：缺少必需的列：“公民身份号码”");
    EXPECT_EQ(
        why_failed("id_number;name\n1;2\n"),
        "表头不对：没有这样的列：“id_number;name”；缺少必需的列：“公民身份号码”、“姓名”；列之间应以英文逗号分隔");
    EXPECT_EQ(why_failed(""), "文件是空的，第一行应为表头");
    EXPECT_EQ(why_failed("\n\r\n"), "文件是空的，第一行应为表头");
    EXPECT_EQ(why_failed("\"id_number\n"), "表头不对：引号没有闭合");
    EXPECT_EQ(why_failed("\xFF\xFEi\0d\0"), "文件是 UTF-16 编码，请另存为 UTF-8 编码的 CSV");
    EXPECT_EQ(why_failed("PK\x03\x04....."), "文件是 Excel 工作簿，请以 .xlsx 结尾的文件名上传");
    EXPECT_EQ(records().count("population").value(), 0);
}

TEST_P(CollectorTest, AFileOfAHeaderOnlyIsDoneWithNothingRead) {
    const auto batch = collect("\xEF\xBB\xBFid_number,name");
    EXPECT_EQ(batch.state, BatchState::kDone);
    EXPECT_EQ(batch.read, 0);
    EXPECT_EQ(batch.bytes_done, batch.bytes);
}

TEST_P(CollectorTest, ATsvIsCollectedAsACsvIs) {
    const auto batch = collect("姓名\tid_number\n甲,乙\t" + identity_number(1) + "\n丙\t1\n丁\n",
                               "population", FileFormat::kTsv);
    EXPECT_EQ(batch.added, 1) << batch.error;
    EXPECT_EQ(batch.format, FileFormat::kTsv);
    EXPECT_EQ(query("SELECT name FROM ds_population")[0].text(0), "甲,乙");
    const auto rows = quarantine(batch);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].line, 3);
    EXPECT_EQ(rows[0].reason, "应为18位公民身份号码");
    EXPECT_EQ(rows[1].reason, "应有 2 列，实有 1 列");
}

TEST_P(CollectorTest, ObjectsOfJsonLinesMayHaveDifferentMembersAndWhatOneLeavesOutIsKept) {
    const std::string a = identity_number(1), b = identity_number(2);
    const auto batch =
        collect("{\"id_number\":\"" + a + "\",\"姓名\":\"甲\",\"income\":1234.50}\n" +    //
                    "{\"name\":\"乙\",\"id_number\":\"" + b + "\",\"已婚\":true}\n" +     //
                    "{\"id_number\":\"" + a + "\",\"name\":\"甲甲\"}\n" +                 //
                    "{\"id_number\":\"" + b + "\",\"name\":\"乙\",\"married\":null}\n" +  //
                    "{\"id_number\":\"" + a + "\"}\n" +                                   //
                    "{\"id_number\":\"" + a + "\",\"name\":\"甲\",\"wage\":1}\n" +        //
                    "{\"id_number\":\"" + a + "\",\"name\":\"甲\",\"姓名\":\"乙\"}\n" +   //
                    "{\"id_number\":\"" + a + "\",\"name\":{\"first\":1}}\n" +            //
                    "{\"id_number\":\"" + a + "\",\"name\":\"甲\",\"income\":\"1.234\"}\n",
                "population", FileFormat::kJsonLines);
    EXPECT_EQ(batch.state, BatchState::kDone) << batch.error;
    EXPECT_EQ(batch.encoding, "utf-8");
    EXPECT_EQ(batch.added, 2);
    EXPECT_EQ(batch.changed, 2);
    const auto stored = query("SELECT name, income, married FROM ds_population ORDER BY id_number");
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].text(0), "甲甲");
    EXPECT_EQ(stored[0].integer(1), 123450);
    EXPECT_TRUE(stored[1].is_null(2));
    const std::pair<std::int64_t, std::string> expected[] = {
        {5, "缺少必需的成员：“姓名”"},
        {6, "没有这样的成员：“wage”"},
        {7, "成员重复：“姓名”"},
        {8, "成员的值是对象或数组，应为文字、数字、真假或空"},
        {9, "应为金额（元），小数最多两位"},
    };
    const auto rows = quarantine(batch);
    ASSERT_EQ(rows.size(), std::size(expected));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].line, expected[i].first);
        EXPECT_EQ(rows[i].reason, expected[i].second);
    }
    EXPECT_EQ(rows[1].text, "{\"id_number\":\"" + a + "\",\"name\":\"甲\",\"wage\":1}");
}

TEST_P(CollectorTest, AWorkbookIsCollectedWithItsDaysAndNumbers) {
    const std::string rows =
        testing::text_row(1, {"公民身份号码", "姓名", "born", "income", "married"}) +
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>" + identity_number(1) +
        "</t></is></c><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" s=\"1\"><v>32876</v></c>"
        "<c r=\"D2\"><v>1234.5599999999999</v></c><c r=\"E2\" t=\"b\"><v>1</v></c></row>"
        "<row r=\"4\"><c r=\"A4\" t=\"e\"><v>#REF!</v></c></row>" +
        testing::text_row(5, {"1", "乙"});
    auto wanted = file(testing::zip(testing::workbook(
                           {{"说明", testing::text_row(1, {"x"})}, {"人口", rows}}, {"<t>甲</t>"})),
                       "population", FileFormat::kXlsx);
    EXPECT_EQ(records().collect_now("public-security", wanted, {})->error,
              "表头不对：没有这样的列：“x”；缺少必需的列：“公民身份号码”、“姓名”");
    wanted.sheet = "人口";
    const auto batch = records().collect_now("public-security", wanted, {});
    ASSERT_TRUE(batch.ok());
    EXPECT_EQ(batch->state, BatchState::kDone) << batch->error;
    EXPECT_EQ(batch->added, 1);
    EXPECT_EQ(batch->sheet, "人口");
    EXPECT_EQ(batch->bytes_done, batch->bytes);
    const auto stored = query("SELECT name, born, income, married FROM ds_population");
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].text(0), "甲");
    EXPECT_EQ(stored[0].text(1), "1990-01-03");
    EXPECT_EQ(stored[0].integer(2), 123456);
    EXPECT_EQ(stored[0].integer(3), 1);
    const auto bad = quarantine(*batch);
    ASSERT_EQ(bad.size(), 2U);
    EXPECT_EQ(bad[0].line, 4);
    EXPECT_EQ(bad[0].reason, "单元格是错误值 #REF!");
    EXPECT_EQ(bad[1].line, 5);
    EXPECT_EQ(bad[1].text, "1\t乙\t\t\t");
}

TEST_P(CollectorTest, MoreListsOfMembersThanAreRememberedCostNothing) {
    Dataset wide = testing::population();
    for (int i = 0; i < 10; ++i) {
        Field more;
        more.code = "more_" + std::to_string(i);
        more.name = "更多" + std::to_string(i);
        wide.fields.push_back(more);
    }
    ASSERT_TRUE(put(wide).ok());
    std::string text;
    for (unsigned i = 0; i < 1'000; ++i) {
        text += "{\"id_number\":\"" + identity_number(static_cast<int>(i)) + "\",\"name\":\"甲\"";
        for (unsigned bit = 0; bit < 10; ++bit)
            if ((i >> bit & 1U) != 0)
                text += ",\"more_" + std::to_string(bit) + "\":\"" + std::to_string(i) + "\"";
        text += "}\n";
    }
    EXPECT_EQ(collect(text, "population", FileFormat::kJsonLines).added, 1'000);
    EXPECT_EQ(collect(text, "population", FileFormat::kJsonLines).unchanged, 1'000);
    const auto row = query("SELECT more_0, more_1, more_9 FROM ds_population WHERE id_number = $1",
                           {std::string_view(identity_number(514))});
    ASSERT_EQ(row.size(), 1U);
    EXPECT_TRUE(row[0].is_null(0));
    EXPECT_EQ(row[0].text(1), "514");
    EXPECT_EQ(row[0].text(2), "514");
}

TEST_P(CollectorTest, StartAndFinishAreActsWithoutPersonalData) {
    const auto batch = collect("id_number,name\n" + identity_number(1) + ",甲\nx,y\n");
    const auto acts = query("SELECT verb, body FROM act_waiting WHERE object = $1 ORDER BY id",
                            {std::string_view("batch:" + batch.id.text())});
    ASSERT_EQ(acts.size(), 2U);
    EXPECT_EQ(acts[0].text(0), "batch.start");
    EXPECT_EQ(acts[1].text(0), "batch.finish");
    EXPECT_NE(acts[1].text(1).find("\"added\":1"), std::string::npos);
    EXPECT_NE(acts[1].text(1).find("\"quarantined\":1"), std::string::npos);
    for (const auto& act : acts) {
        EXPECT_EQ(act.text(1).find(identity_number(1)), std::string::npos);
        EXPECT_EQ(act.text(1).find("people.csv"), std::string::npos);
    }
}

TEST_P(CollectorTest, AnUnknownDatasetOrFileIsRefusedBeforeAnythingIsWritten) {
    auto wanted = file("x");
    wanted.dataset = "nothing";
    EXPECT_EQ(records().collect_now("public-security", wanted, {}).error().code, Code::kNotFound);
    wanted = file("x");
    wanted.blob = {};
    EXPECT_EQ(records().collect_now("public-security", wanted, {}).error().code, Code::kNotFound);
    EXPECT_TRUE(query("SELECT id FROM batch").empty());
    EXPECT_EQ(records().batch(BatchId{77}).error().code, Code::kNotFound);
}

TEST_P(CollectorTest, ABatchStoppedAfterAnyChunkGoesOnThere) {
    std::map<FileFormat, std::string> texts{{FileFormat::kCsv, "id_number,name\n"},
                                            {FileFormat::kTsv, "id_number\tname\n"}};
    for (int i = 0; i < 9'000; ++i) {
        const std::string id = identity_number(i % 1'000, 1 + i / 1'000);
        const std::string name = i % 7 == 0 ? "" : "甲";
        texts[FileFormat::kCsv] += id + "," + name + "\n";
        texts[FileFormat::kTsv] += id + "\t" + name + "\n";
        texts[FileFormat::kJsonLines] +=
            "{\"id_number\":\"" + id + "\",\"name\":\"" + name + "\"}\n";
        texts[FileFormat::kXlsx] += testing::text_row(i + 2, {id, name});
    }
    texts[FileFormat::kXlsx] = testing::zip(testing::workbook(
        {{"人口", testing::text_row(1, {"id_number", "name"}) + texts[FileFormat::kXlsx]}}));
    std::int64_t next_id = 4711;
    for (const auto& [format, text] : texts) {
        SCOPED_TRACE(to_string(format));
        const auto empty_table = [](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(tx.execute("DELETE FROM ds_population"));
            return {};
        };
        write(empty_table);
        const auto whole = collect(text, "population", format);
        write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(empty_table(tx));
            Batch batch;
            batch.id = BatchId{++next_id};
            batch.dataset = "population";
            batch.format = format;
            batch.blob = crypto::to_hex(file(text).blob);
            batch.bytes = static_cast<std::int64_t>(text.size());
            return insert_batch(tx, batch);
        });
        Batch last;
        int runs = 0;
        while (last.state != BatchState::kDone && runs < 20) {
            Collector collector(
                {*database, stage->clock, stage->ids, *stage->blobs, *stage->identity, Log::none()},
                records().declarations());
            const auto part = collector.run(BatchId{next_id}, {}, [] { return false; });
            ASSERT_TRUE(part.ok()) << part.error().detail;
            EXPECT_EQ(part->read,
                      part->added + part->changed + part->unchanged + part->quarantined);
            last = *part;
            ++runs;
        }
        EXPECT_GE(runs, 4);
        EXPECT_EQ(last.read, whole.read);
        EXPECT_EQ(last.added, whole.added);
        EXPECT_EQ(last.quarantined, whole.quarantined);
        EXPECT_EQ(last.bytes_done, last.bytes);
        EXPECT_EQ(quarantine(last).back().line, quarantine(whole).back().line);
    }
}

TEST_P(CollectorTest, ABatchWhoseTableOrFileIsGoneFailsAndSaysSo) {
    const auto insert = [&](std::int64_t id, const NewBatch& wanted) {
        write([&](store::Transaction& tx) {
            Batch batch;
            batch.id = BatchId{id};
            batch.dataset = wanted.dataset;
            batch.blob = crypto::to_hex(wanted.blob);
            return insert_batch(tx, batch);
        });
        Collector collector(
            {*database, stage->clock, stage->ids, *stage->blobs, *stage->identity, Log::none()},
            records().declarations());
        const auto batch = collector.run(BatchId{id}, {}, [] { return true; });
        EXPECT_TRUE(batch.ok());
        EXPECT_EQ(batch->state, BatchState::kFailed);
        EXPECT_EQ(records().batch(BatchId{id})->error, batch->error);
        return batch->error;
    };
    const auto good = file("id_number,name\n" + identity_number(1) + ",甲\n");
    auto wanted = good;
    wanted.dataset = "nothing";
    EXPECT_EQ(insert(1, wanted), "数据集 nothing 已不存在");
    wanted = good;
    wanted.blob = crypto::sm3("never stored");
    EXPECT_EQ(insert(2, wanted), "文件已不存在，请重新上传");
    write([](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(tx.execute("DROP TABLE ds_population"));
        return {};
    });
    EXPECT_TRUE(insert(3, good).starts_with("收集无法继续："));
}

TEST_P(CollectorTest, TwoCollectorsOfOneBatchNeverCountARowTwice) {
    std::string text = "id_number,name\n";
    for (int i = 0; i < 9'000; ++i)
        text += identity_number(i % 1'000, 1 + i / 1'000) + ",甲\n";
    ASSERT_TRUE(database
                    ->write([&](store::Transaction& tx) {
                        Batch batch;
                        batch.id = BatchId{4711};
                        batch.dataset = "population";
                        batch.blob = crypto::to_hex(file(text).blob);
                        return insert_batch(tx, batch);
                    })
                    .ok());
    const auto one = [&] {
        Collector collector(
            {*database, stage->clock, stage->ids, *stage->blobs, *stage->identity, Log::none()},
            records().declarations());
        return collector.run(BatchId{4711}, {}, [] { return true; });
    };
    auto first = std::async(std::launch::async, one);
    auto second = std::async(std::launch::async, one);
    const auto a = first.get(), b = second.get();
    EXPECT_TRUE(a.ok() || b.ok());
    for (const auto& result : {a, b})
        if (!result.ok()) {
            EXPECT_EQ(result.error().code, Code::kConflict) << result.error().detail;
        }
    const auto batch = records().batch(BatchId{4711}).value();
    EXPECT_EQ(batch.state, BatchState::kDone);
    EXPECT_EQ(batch.read, 9'000);
    EXPECT_EQ(batch.added, 9'000);
    EXPECT_EQ(records().count("population").value(), 9'000);
}

TEST_P(CollectorTest, TheThreadTakesUpQueuedAndUnfinishedBatches) {
    identity::Actor actor;
    actor.organisation = "public-security";
    actor.permissions = {{"dataset.collect", identity::Scope::kOwn, 3}};
    actor.directory = stage->identity->directory();
    const auto before =
        records().start_batch(actor, file("id_number,name\n" + identity_number(1) + ",甲\n"));
    ASSERT_TRUE(before.ok()) << before.error().detail;
    records().start();
    const auto after =
        records().start_batch(actor, file("id_number,name\n" + identity_number(2) + ",乙\n"));
    ASSERT_TRUE(after.ok());
    for (const auto id : {*before, *after}) {
        for (;;) {
            const auto batch = records().batch(id);
            ASSERT_TRUE(batch.ok());
            ASSERT_NE(batch->state, BatchState::kFailed);
            if (batch->state == BatchState::kDone) break;
            database->wait_for_commit(100);
        }
    }
    records().stop();
    EXPECT_EQ(records().count("population").value(), 2);
}

TEST_P(CollectorTest, ANodeLeavesTheBatchesOfAnotherToTheOneThatHasTheirFiles) {
    identity::Actor actor;
    actor.organisation = "public-security";
    actor.permissions = {{"dataset.collect", identity::Scope::kOwn, 3}};
    actor.directory = stage->identity->directory();
    const auto ends = [&](Records& node, BatchId id) {
        auto batch = node.batch(id).value();
        while (batch.state < BatchState::kDone) {
            database->wait_for_commit(100);
            batch = node.batch(id).value();
        }
        return batch.state;
    };
    const auto first =
        records()
            .start_batch(actor, file("id_number,name\n" + identity_number(1) + ",甲\n"))
            .value();
    const auto blobs = store::BlobStore::open(database.folder() + "/other").value();
    const auto other = Records::open({*database, stage->clock, stage->ids, *blobs, *stage->identity,
                                      Log::none(), 1})
                           .value();
    other->start();
    const std::string text = "id_number,name\n" + identity_number(2) + ",乙\n";
    const NewBatch wanted{"population", "b.csv", blobs->put(text).value(),
                          static_cast<std::int64_t>(text.size())};
    const auto second = other->start_batch(actor, wanted).value();
    EXPECT_EQ(ends(*other, second), BatchState::kDone);
    EXPECT_EQ(other->batch(first)->state,
              BatchState::kQueued);  // it stood before the second in the order of all
    records().start();
    EXPECT_EQ(ends(records(), first), BatchState::kDone);
    records().stop();
    EXPECT_EQ(records().count("population").value(), 2);
}

TEST_P(CollectorTest, WhoMayNotCollectAtTheLevelOfTheDatasetIsRefused) {
    identity::Actor actor;
    actor.organisation = "public-security";
    actor.directory = stage->identity->directory();
    const auto wanted = file("id_number,name\n");
    for (const auto& permissions : std::vector<std::vector<identity::Permission>>{
             {},
             {{"dataset.collect", identity::Scope::kOwn, 2}},
             {{"dataset.read", identity::Scope::kCity, 6}}}) {
        actor.permissions = permissions;
        EXPECT_EQ(records().start_batch(actor, wanted).error().code, Code::kDenied);
    }
    actor.organisation = "city";
    actor.permissions = {{"dataset.collect", identity::Scope::kOwn, 6}};
    EXPECT_EQ(records().start_batch(actor, wanted).error().code, Code::kDenied);
    actor.permissions = {{"dataset.collect", identity::Scope::kSubtree, 3}};
    EXPECT_TRUE(records().start_batch(actor, wanted).ok());
}

}  // namespace
}  // namespace shu::record
