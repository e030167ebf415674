// What only the grouping writer of SQLite promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "store/testing.h"

namespace shu::store {
namespace {

using testing::FreshDatabase;
using ::testing::HasSubstr;

/// Closed until open() is called; for holding up the writer's thread.
class Gate {
 public:
    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return is_open_; });
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
};

Result<void> run(Database& database, const Sql& sql) {
    return database.write([&](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute(sql));
        return {};
    });
}

std::int64_t count(Database& database) {
    auto rows = database.read_value<std::int64_t>([](Transaction& tx) -> Result<std::int64_t> {
        return SHU_TRY(tx.row("SELECT count(*) FROM t"))->integer(0);
    });
    EXPECT_TRUE(rows.ok()) << rows.error().detail;
    return rows.value_or(-1);
}

void wait_until_waiting(Database& database, std::int64_t waiting) {
    while (database.statistics().waiting < waiting)
        std::this_thread::yield();
}

TEST(SqliteWriterTest, WhatWaitsIsCommittedTogether) {
    FreshDatabase database("sqlite");
    ASSERT_TRUE(run(*database, "CREATE TABLE t (id BIGINT PRIMARY KEY)").ok());
    Gate gate;
    Gate started;
    std::thread holder([&] {
        EXPECT_TRUE(database
                        ->write([&](Transaction&) -> Result<void> {
                            started.open();
                            gate.wait();
                            return {};
                        })
                        .ok());
    });
    started.wait();
    const auto before = database->statistics();
    std::vector<std::thread> writers;
    for (std::int64_t id = 0; id < 100; ++id) {
        writers.emplace_back([&, id] {
            EXPECT_TRUE(database
                            ->write([&](Transaction& tx) -> Result<void> {
                                (void)SHU_TRY(tx.execute("INSERT INTO t (id) VALUES ($1)", {id}));
                                return {};
                            })
                            .ok());
        });
    }
    wait_until_waiting(*database, 100);
    gate.open();
    holder.join();
    for (std::thread& writer : writers)
        writer.join();
    const auto after = database->statistics();
    EXPECT_EQ(after.transactions - before.transactions, 101);
    EXPECT_EQ(after.syncs - before.syncs, 2);  // the holder's and one for all who waited
    EXPECT_EQ(count(*database), 100);
}

TEST(SqliteWriterTest, SyncsAreFarFewerThanTransactionsUnderLoad) {
    FreshDatabase database("sqlite");
    ASSERT_TRUE(run(*database, "CREATE TABLE t (id BIGINT PRIMARY KEY)").ok());
    const auto before = database->statistics();
    constexpr std::int64_t kThreads = 32;
    constexpr std::int64_t kWrites = 100;
    std::vector<std::thread> writers;
    for (std::int64_t thread = 0; thread < kThreads; ++thread) {
        writers.emplace_back([&, thread] {
            for (std::int64_t i = 0; i < kWrites; ++i) {
                EXPECT_TRUE(database
                                ->write([&](Transaction& tx) -> Result<void> {
                                    (void)SHU_TRY(tx.execute("INSERT INTO t (id) VALUES ($1)",
                                                             {thread * kWrites + i}));
                                    return {};
                                })
                                .ok());
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    const auto after = database->statistics();
    EXPECT_EQ(after.transactions - before.transactions, kThreads * kWrites);
    EXPECT_LT((after.syncs - before.syncs) * 4, kThreads * kWrites);
    EXPECT_EQ(count(*database), kThreads * kWrites);
}

TEST(SqliteWriterTest, AFullQueueRefusesAndLaterAccepts) {
    std::string folder = (std::filesystem::temp_directory_path() / "shu-queue.XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    {
        auto opened =
            open_sqlite({.path = folder + "/t.db", .readers = 1, .queue_max = 2}, Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        Database& database = **opened;
        Gate gate;
        Gate started;
        std::thread holder([&] {
            EXPECT_TRUE(database
                            .write([&](Transaction&) -> Result<void> {
                                started.open();
                                gate.wait();
                                return {};
                            })
                            .ok());
        });
        started.wait();
        std::vector<std::thread> waiting;
        for (int i = 0; i < 2; ++i) {
            waiting.emplace_back([&] {
                EXPECT_TRUE(database.write([](Transaction&) { return Result<void>(); }).ok());
            });
        }
        wait_until_waiting(database, 2);
        EXPECT_EQ(database.write([](Transaction&) { return Result<void>(); }).error().code,
                  Code::kExhausted);
        gate.open();
        holder.join();
        for (std::thread& thread : waiting)
            thread.join();
        EXPECT_TRUE(database.write([](Transaction&) { return Result<void>(); }).ok());
    }
    std::filesystem::remove_all(folder);
}

TEST(SqliteWriterTest, ADeferredConstraintFailsOnlyWhoBrokeIt) {
    FreshDatabase database("sqlite");
    ASSERT_TRUE(
        run(*database,
            "CREATE TABLE t (id BIGINT PRIMARY KEY, up BIGINT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)")
            .ok());
    std::vector<std::thread> writers;
    for (std::int64_t id = 1; id <= 40; ++id) {
        writers.emplace_back([&, id] {
            const std::int64_t up = id % 4 == 0 ? 1'000 : id;
            Result<void> done = database->write([&](Transaction& tx) -> Result<void> {
                (void)SHU_TRY(tx.execute("INSERT INTO t (id, up) VALUES ($1, $2)", {id, up}));
                return {};
            });
            EXPECT_EQ(done.ok(), id % 4 != 0);
            if (!done.ok()) {
                EXPECT_EQ(done.error().code, Code::kConflict);
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(count(*database), 30);
}

TEST(SqliteWriterTest, TheLogDoesNotGrowForEverWhileWritersNeverPause) {
    FreshDatabase database("sqlite");
    ASSERT_TRUE(run(*database, "CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA)").ok());
    const std::string page(4'000, 'x');
    std::atomic<std::int64_t> next{0};
    std::vector<std::thread> writers;
    for (int thread = 0; thread < 4; ++thread) {
        writers.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                const std::int64_t first = next.fetch_add(100);
                EXPECT_TRUE(database
                                ->write([&](Transaction& tx) -> Result<void> {
                                    for (std::int64_t id = first; id < first + 100; ++id) {
                                        (void)SHU_TRY(
                                            tx.execute("INSERT INTO t (id, b) VALUES ($1, $2)",
                                                       {id, Blob{page}}));
                                    }
                                    return {};
                                })
                                .ok());
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(count(*database), 40'000);
    // 160 MB were written; the log starts anew each time a checkpoint has come to its end.
    EXPECT_LT(std::filesystem::file_size(database.folder() + "/test.db-wal"), 120u * 1024 * 1024);
}

TEST(SqliteOpenTest, AFileThatIsNoDatabaseIsCorrupt) {
    std::string folder = (std::filesystem::temp_directory_path() / "shu-open.XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/t.db") << std::string(8192, '?');
    auto opened = open_sqlite({.path = folder + "/t.db"}, Log::none());
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::kCorrupt) << opened.error().detail;
    EXPECT_THAT(opened.error().detail, HasSubstr(folder));
    EXPECT_EQ(open_sqlite({.path = folder + "/none/t.db"}, Log::none()).error().code,
              Code::kUnavailable);
    std::filesystem::remove_all(folder);
}

TEST(SqliteOpenTest, ADamagedPageIsCorruptWhereItIsRead) {
    FreshDatabase database("sqlite");
    ASSERT_TRUE(run(*database, "CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA)").ok());
    const std::string page(4'000, 'x');
    ASSERT_TRUE(database
                    ->write([&](Transaction& tx) -> Result<void> {
                        for (std::int64_t id = 0; id < 500; ++id) {
                            (void)SHU_TRY(tx.execute("INSERT INTO t (id, b) VALUES ($1, $2)",
                                                     {id, Blob{page}}));
                        }
                        return {};
                    })
                    .ok());
    const std::string path = database.folder() + "/test.db";
    const std::string copy = database.folder() + "/copy.db";
    database.reopen();  // closing moves the log into the file
    std::filesystem::copy_file(path, copy);
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 2);
    file << std::string(4096 * 400, '\xff');
    file.close();
    auto damaged = open_sqlite({.path = copy}, Log::none());
    ASSERT_TRUE(damaged.ok()) << damaged.error().detail;
    auto rows = (*damaged)->read_value<std::vector<StoredRow>>(
        [](Transaction& tx) { return tx.query("SELECT b FROM t"); });
    ASSERT_FALSE(rows.ok());
    EXPECT_EQ(rows.error().code, Code::kCorrupt) << rows.error().detail;
}

}  // namespace
}  // namespace shu::store
