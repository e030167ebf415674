// What the module's tests share: a city of one police department and its population dataset. Only
// tests of this folder include this.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "record/records.h"
#include "store/testing.h"

namespace shu::record::testing {

inline constexpr std::string_view kPopulation = R"({
  "code": "population", "name": "人口基础信息", "registry": "population", "provider": "public-security",
  "key": ["id_number"], "subject": {"kind": "person", "field": "id_number"},
  "fields": [
    {"code": "id_number", "name": "公民身份号码", "type": "text", "length": 18, "required": true, "check": "identity_number", "level": 3,
     "mask": "identity_number"},
    {"code": "name", "name": "姓名", "type": "text", "length": 10, "required": true, "level": 2, "mask": "name"},
    {"code": "gender", "name": "性别", "type": "code", "codes": "gender"},
    {"code": "born", "name": "出生日期", "type": "date", "level": 2},
    {"code": "income", "name": "收入", "type": "money", "level": 3},
    {"code": "height", "name": "身高", "type": "decimal", "scale": 1},
    {"code": "children", "name": "子女数", "type": "integer"},
    {"code": "married", "name": "已婚", "type": "boolean"},
    {"code": "seen_at", "name": "登记时间", "type": "instant"}
  ]
})";

inline Dataset population() {
    return dataset_from(json::parse(kPopulation).value());
}

inline CodeTable gender() {
    CodeTable table;
    table.code = "gender";
    table.name = "性别代码";
    table.values = {{"0", "未知", "Unknown"},
                    {"1", "男性", "Male"},
                    {"2", "女性", "Female"},
                    {"9", "未说明", ""}};
    return table;
}

/// The identity number of synthetic person `serial` (0..999) born on a day of 1990, of the
/// unassigned division 210199.
inline std::string identity_number(int serial, int day = 1) {
    std::string first =
        "21019919900" + std::to_string(1 + day / 28 % 9) + std::to_string(101 + day % 28).substr(1);
    first += std::to_string(1000 + serial % 1000).substr(1);
    for (const char c : std::string("0123456789X"))
        if (check_content(ContentCheck::kIdentityNumber, first + c).ok()) return first + c;
    return {};
}

/// Everything that a Records needs, over a database that lives elsewhere.
struct Stage {
    Stage(store::Database& database, const std::string& folder) : ids(clock, 1) {
        const std::vector<store::ModuleMigrations> modules{
            ledger::Ledger::migrations(), identity::Identity::migrations(), Records::migrations()};
        const auto migrated = store::migrate(database, modules, clock);
        EXPECT_TRUE(migrated.ok()) << migrated.error().detail;
        blobs = store::BlobStore::open(folder + "/blobs").value();
        identity = identity::Identity::open(
                       database, clock, ids,
                       {.master_key = std::string(16, 'm'), .subject_key = std::string(32, 's')},
                       Log::none())
                       .value();
        records = Records::open({database, clock, ids, *blobs, *identity, Log::none()}).value();
    }

    SystemClock clock;
    IdMaker ids;
    std::unique_ptr<store::BlobStore> blobs;
    std::unique_ptr<identity::Identity> identity;
    std::unique_ptr<Records> records;
};

/// A test on one engine, by parameter, with the population declared.
class RecordTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        stage = std::make_unique<Stage>(*database, database.folder());
        write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(stage->identity->put(
                tx, identity::Organisation{"city", "市政府", "", "", "", "", "", ""}));
            SHU_CHECK(stage->identity->put(tx, identity::Organisation{"public-security", "市公安局",
                                                                      "", "", "", "city", "", ""}));
            SHU_CHECK(records().put(
                tx, Registry{"population", "人口库", "Population registry", "base", ""}));
            SHU_CHECK(records().put(tx, gender()));
            return records().put(tx, population());
        });
        ASSERT_TRUE(records().refresh().ok());
        ASSERT_TRUE(stage->identity->refresh().ok());
    }

    Records& records() { return *stage->records; }

    void write(const store::Database::Work& work) {
        const auto written = database->write(work);
        ASSERT_TRUE(written.ok()) << written.error().detail;
    }
    Result<void> put(const Dataset& dataset) {
        SHU_CHECK(
            database->write([&](store::Transaction& tx) { return records().put(tx, dataset); }));
        return records().refresh();
    }
    NewBatch file(std::string_view text, std::string dataset = "population",
                  FileFormat format = FileFormat::kCsv) {
        return {.dataset = std::move(dataset),
                .file_name = "people." + std::string(to_string(format)),
                .blob = stage->blobs->put(text).value(),
                .bytes = static_cast<std::int64_t>(text.size()),
                .format = format};
    }
    Batch collect(std::string_view text, std::string dataset = "population",
                  FileFormat format = FileFormat::kCsv) {
        const auto done =
            records().collect_now("public-security", file(text, std::move(dataset), format), {});
        EXPECT_TRUE(done.ok()) << done.error().detail;
        if (!done.ok()) return {};
        EXPECT_EQ(done->read, done->added + done->changed + done->unchanged + done->quarantined);
        return *done;
    }
    std::vector<store::StoredRow> query(const store::Sql& sql,
                                        std::initializer_list<store::Value> values = {}) {
        auto rows = database->read_value<std::vector<store::StoredRow>>(
            [&](store::Transaction& tx) { return tx.query(sql, values); });
        EXPECT_TRUE(rows.ok()) << rows.error().detail;
        return rows.ok() ? *rows : std::vector<store::StoredRow>{};
    }

    store::testing::FreshDatabase database{GetParam()};
    std::unique_ptr<Stage> stage;
};

}  // namespace shu::record::testing
