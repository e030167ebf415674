#include "store/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/testing.h"

namespace shu::store {
namespace {

using testing::FreshDatabase;
using ::testing::HasSubstr;

class MigrationTest : public ::testing::TestWithParam<std::string> {
 protected:
    FreshDatabase database{GetParam()};
    ManualClock clock{1'700'000'000'000'000};

    static ModuleMigrations parks(int versions) {
        const std::vector<Migration> all = {
            {1,
             "parks",
             {"CREATE TABLE park (id BIGINT PRIMARY KEY, name TEXT NOT NULL)",
              "CREATE INDEX park_name ON park (name)"}},
            {2,
             "trees",
             {"CREATE TABLE tree (id BIGINT PRIMARY KEY, park BIGINT NOT NULL REFERENCES park (id))"}},
            {3,
             "heights",
             {"ALTER TABLE tree ADD COLUMN height_cm BIGINT",
              "INSERT INTO park (id, name) VALUES (1, '北陵')"}},
        };
        return {"parks", {all.begin(), all.begin() + versions}};
    }
    Result<void> migrate_to(const ModuleMigrations& module) {
        return migrate(*database, std::span(&module, 1), clock);
    }

    std::vector<StoredRow> query(const Sql& sql) {
        auto rows = database->read_value<std::vector<StoredRow>>(
            [&](Transaction& tx) { return tx.query(sql); });
        EXPECT_TRUE(rows.ok()) << rows.error().detail;
        return rows.ok() ? *rows : std::vector<StoredRow>{};
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, MigrationTest, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(MigrationTest, StepsRunInOrderOnceAndAreRecorded) {
    ASSERT_TRUE(migrate_to(parks(2)).ok());
    clock.advance(kMicrosPerSecond);
    Result<void> rest = migrate_to(parks(3));
    ASSERT_TRUE(rest.ok()) << rest.error().detail;
    ASSERT_TRUE(migrate_to(parks(3)).ok());
    const auto steps =
        query("SELECT module, version, title, applied_at FROM schema_version ORDER BY version");
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(steps[0].text(0), "parks");
    EXPECT_EQ(steps[1].integer(1), 2);
    EXPECT_EQ(steps[2].text(2), "heights");
    EXPECT_EQ(steps[2].integer(3) - steps[1].integer(3), kMicrosPerSecond);
    EXPECT_EQ(query("SELECT name FROM park").size(), 1u);
}

TEST_P(MigrationTest, ADatabaseNewerThanTheProgramIsRefusedAndLeftAlone) {
    ASSERT_TRUE(migrate_to(parks(3)).ok());
    Result<void> older = migrate_to(parks(2));
    ASSERT_FALSE(older.ok());
    EXPECT_EQ(older.error().code, Code::kConflict);
    EXPECT_THAT(older.error().detail, HasSubstr("run a newer shu"));
    EXPECT_EQ(query("SELECT * FROM schema_version").size(), 3u);
}

TEST_P(MigrationTest, VersionsWithAGapARepetitionOrAWrongStartAreRefused) {
    for (const std::vector<int>& versions : {std::vector<int>{2}, {1, 3}, {1, 1}, {0, 1}, {2, 1}}) {
        ModuleMigrations module{"m", {}};
        for (const int version : versions)
            module.steps.push_back({version, "x", {"CREATE TABLE x (id BIGINT)"}});
        EXPECT_EQ(migrate_to(module).error().code, Code::kInvalid);
    }
}

TEST_P(MigrationTest, AStepThatFailsIsTakenBackWholeAndNamed) {
    ModuleMigrations broken = parks(1);
    broken.steps.push_back(
        {2, "half", {"CREATE TABLE half (id BIGINT)", "INSERT INTO half (nothing) VALUES (1)"}});
    Result<void> failed = migrate_to(broken);
    ASSERT_FALSE(failed.ok());
    EXPECT_THAT(failed.error().detail, HasSubstr("migration 2 of parks (half)"));
    EXPECT_EQ(query("SELECT * FROM schema_version").size(), 1u);
    Result<void> mended = migrate_to(parks(3));
    EXPECT_TRUE(mended.ok()) << mended.error().detail;
}

TEST_P(MigrationTest, SeveralStartingAtOnceRunEachStepOnce) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            Result<void> done = migrate_to(parks(3));
            EXPECT_TRUE(done.ok()) << done.error().detail;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(query("SELECT * FROM schema_version").size(), 3u);
    EXPECT_EQ(query("SELECT * FROM park").size(), 1u);
}

TEST_P(MigrationTest, StatementsPreparedBeforeATableChangedStillRun) {
    ASSERT_TRUE(migrate_to(parks(2)).ok());
    EXPECT_EQ(query("SELECT * FROM tree").size(), 0u);
    ASSERT_TRUE(migrate_to(parks(3)).ok());
    auto row = query("SELECT * FROM tree");
    EXPECT_TRUE(row.empty());
    ASSERT_TRUE(database
                    ->write([](Transaction& tx) -> Result<void> {
                        (void)SHU_TRY(tx.execute(
                            "INSERT INTO tree (id, park, height_cm) VALUES (1, 1, 900)"));
                        return {};
                    })
                    .ok());
    const auto trees = query("SELECT * FROM tree");
    ASSERT_EQ(trees.size(), 1u);
    EXPECT_EQ(trees[0].columns(), 3u);
}

}  // namespace
}  // namespace shu::store
