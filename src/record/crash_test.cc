// A process that is killed while it collects: nothing is lost, nothing is counted twice.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <random>

#include "record/testing.h"
#include "record/xlsx_testing.h"

extern char** environ;

namespace shu::record {
namespace {

constexpr int kPeople = 40'000;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string name_of(int person, int round) {
    return person % 3 == 0 ? "王" + std::to_string(round) : "李";
}
bool is_bad(int person) {
    return person % 11 == 5;
}

// Each round brings another format.
constexpr FileFormat kFormats[] = {FileFormat::kCsv, FileFormat::kJsonLines, FileFormat::kXlsx,
                                   FileFormat::kTsv};
FileFormat format_of(int round) {
    return kFormats[static_cast<std::size_t>(round) % std::size(kFormats)];
}

std::string file_of(int round) {
    const FileFormat format = format_of(round);
    std::string text;
    if (format == FileFormat::kCsv) text = "id_number,name\n";
    if (format == FileFormat::kTsv) text = "name\tid_number\n";
    if (format == FileFormat::kXlsx) text = testing::text_row(1, {"name", "id_number"});
    for (int i = 0; i < kPeople; ++i) {
        const std::string id = testing::identity_number(i % 1'000, i / 1'000),
                          name = is_bad(i) ? "" : name_of(i, round);
        switch (format) {
            case FileFormat::kCsv: text.append(id).append(",").append(name); break;
            case FileFormat::kTsv: text.append(name).append("\t").append(id); break;
            case FileFormat::kJsonLines:
                text.append("{\"id_number\":\"").append(id).append("\",\"name\":\"");
                text.append(name).append("\"}");
                break;
            case FileFormat::kXlsx: text += testing::text_row(i + 2, {name, id}); break;
        }
        text += "\n";
    }
    if (format == FileFormat::kXlsx) return testing::zip(testing::workbook({{"人口", text}}));
    return text;
}

class CrashTest : public testing::RecordTest {
 protected:
    BatchId queue(int round) {
        identity::Actor actor;
        actor.organisation = "public-security";
        actor.permissions = {{"dataset.collect", identity::Scope::kOwn, 3}};
        actor.directory = stage->identity->directory();
        return records()
            .start_batch(actor, file(file_of(round), "population", format_of(round)))
            .value();
    }

    pid_t spawn_child() {
        std::string place;
        if (GetParam() == "sqlite")
            place = "sqlite:" + query("SELECT file FROM pragma_database_list")[0].text(0);
        else
            place = "postgres:" + query("SELECT current_schema()::text")[0].text(0);
        ::setenv("SHU_CRASH_PLACE", place.c_str(), 1);
        ::setenv("SHU_CRASH_FOLDER", database.folder().c_str(), 1);
        std::string program = "/proc/self/exe", filter = "--gtest_filter=CrashChild.*",
                    disabled = "--gtest_also_run_disabled_tests", brief = "--gtest_brief=1";
        char* arguments[] = {program.data(), filter.data(), disabled.data(), brief.data(), nullptr};
        pid_t child = 0;
        EXPECT_EQ(::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments, environ), 0);
        return child;
    }

    // Kills the child once the batch has come as far as `bytes`. True if the batch was not done by
    // then.
    bool kill_at(pid_t child, BatchId id, std::int64_t bytes) {
        Batch batch;
        for (;;) {
            batch = records().batch(id).value();
            if (batch.bytes_done >= bytes || batch.state == BatchState::kDone) break;
            int status = 0;
            if (::waitpid(child, &status, WNOHANG) == child) {
                EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
                return false;
            }
        }
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        return batch.state != BatchState::kDone;
    }

    void finish() {
        int status = 0;
        const pid_t child = spawn_child();
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }

    void expect_exact(BatchId id, int round) {
        const auto batch = records().batch(id).value();
        std::int64_t bad = 0, changed = 0;
        for (int i = 0; i < kPeople; ++i) {
            if (is_bad(i))
                ++bad;
            else if (i % 3 == 0)
                ++changed;
        }
        EXPECT_EQ(batch.state, BatchState::kDone) << batch.error;
        EXPECT_EQ(batch.read, kPeople);
        EXPECT_EQ(batch.quarantined, bad);
        EXPECT_EQ(batch.added, round == 0 ? kPeople - bad : 0);
        EXPECT_EQ(batch.changed, round == 0 ? 0 : changed);
        EXPECT_EQ(batch.unchanged, round == 0 ? 0 : kPeople - bad - changed);
        EXPECT_EQ(query("SELECT line FROM quarantine WHERE batch_id = $1", {id.value}).size(),
                  static_cast<std::size_t>(bad));
        EXPECT_EQ(
            query("SELECT sum(rows_count) FROM batch_reason WHERE batch_id = $1", {id.value})[0]
                .integer(0),
            bad);
        EXPECT_EQ(query("SELECT id FROM act_waiting WHERE verb = 'batch.finish' AND object = $1",
                        {std::string_view("batch:" + id.text())})
                      .size(),
                  1U);
        EXPECT_EQ(records().count("population").value(), kPeople - bad);
        std::map<std::string, std::string> expected;
        for (int i = 0; i < kPeople; ++i)
            if (!is_bad(i))
                expected[testing::identity_number(i % 1'000, i / 1'000)] = name_of(i, round);
        const auto rows = query("SELECT id_number, name FROM ds_population");
        ASSERT_EQ(rows.size(), expected.size());
        for (const auto& row : rows)
            ASSERT_EQ(expected[row.text(0)], row.text(1)) << row.text(0);
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, CrashTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(CrashTest, ABatchKilledAtRandomMomentsEndsWithExactCountsAndTheTableOfTheFile) {
    const std::string wanted = variable("SHU_CRASH_ROUNDS");
    const int kills = wanted.empty() ? 4 : std::atoi(wanted.c_str());
    const std::uint64_t seed = 20261121;
    std::mt19937_64 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    int round = 0, killed = 0;
    while (killed < kills || round < static_cast<int>(std::size(kFormats))) {
        const BatchId id = queue(round);
        const auto bytes = records().batch(id).value().bytes;
        std::int64_t target = 0;
        int killed_here = 0;
        while (killed_here <= kills / 2 && target < bytes) {
            const pid_t child = spawn_child();
            if (kill_at(child, id, target)) ++killed, ++killed_here;
            const auto batch = records().batch(id).value();
            EXPECT_EQ(batch.read,
                      batch.added + batch.changed + batch.unchanged + batch.quarantined);
            if (batch.state == BatchState::kDone) break;
            target = batch.bytes_done +
                     static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bytes));
        }
        finish();
        expect_exact(id, round);
        ++round;
    }
}

// Run by the test above in a process of its own: takes up what is unfinished, as a restarted server
// does.
TEST(CrashChild, DISABLED_CollectsUntilNothingIsUnfinished) {
    const std::string place = variable("SHU_CRASH_PLACE");
    std::unique_ptr<store::Database> database;
    if (place.starts_with("sqlite:")) {
        database = store::open_sqlite({.path = place.substr(7)}, Log::none()).value();
    } else {
        ASSERT_TRUE(place.starts_with("postgres:")) << "this test is a part of CrashTest";
        database =
            store::open_postgres(
                {.conninfo = variable("SHU_TEST_POSTGRES"), .schema = place.substr(9)}, Log::none())
                .value();
    }
    testing::Stage stage(*database, variable("SHU_CRASH_FOLDER"));
    stage.records->start();
    for (;;) {
        const auto left =
            database->read_value<std::int64_t>([](store::Transaction& tx) -> Result<std::int64_t> {
                return SHU_TRY(tx.row("SELECT count(*) FROM batch WHERE state < 2"))->integer(0);
            });
        ASSERT_TRUE(left.ok()) << left.error().detail;
        if (*left == 0) break;
        database->wait_for_commit(100);
    }
    stage.records->stop();
}

}  // namespace
}  // namespace shu::record
