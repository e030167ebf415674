// A PostgreSQL that goes away under load: calls fail cleanly, come back by themselves, and nothing
// acknowledged is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "store/testing.h"

namespace shu::store {
namespace {

using ::testing::HasSubstr;

/// A PostgreSQL server for this test alone.
class OwnServer {
 public:
    OwnServer() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "shu-server.XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        folder_ = pattern;
        std::filesystem::permissions(
            folder_, std::filesystem::perms(0755));  // when run by root, the server is another user
    }
    ~OwnServer() {
        (void)control("stop");
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    OwnServer(const OwnServer&) = delete;
    OwnServer& operator=(const OwnServer&) = delete;

    bool control(const char* action) const {
        const char* source = std::getenv("SHU_SOURCE");
        const std::string tool =
            std::string(source != nullptr ? source : ".") + "/tools/private-postgres";
        return std::system((tool + " " + action + " " + folder_ + " >/dev/null 2>&1").c_str()) == 0;
    }
    std::string conninfo() const { return "host=" + folder_ + "/socket user=shu dbname=shu"; }

 private:
    std::string folder_;
};

Result<void> insert(Database& database, std::int64_t id) {
    return database.write([&](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO t (id) VALUES ($1)", {id}));
        return {};
    });
}

/// Threads that write numbers for as long as they live and keep what was acknowledged.
class Load {
 public:
    explicit Load(Database& database) {
        for (std::int64_t thread = 0; thread < 3; ++thread) {
            threads_.emplace_back([this, thread, &database] {
                for (std::int64_t id = thread * 1'000'000'000; !is_stopping_.load(); ++id)
                    keep(id, insert(database, id));
            });
        }
    }
    void stop() {
        is_stopping_ = true;
        for (std::thread& thread : threads_)
            thread.join();
    }
    void wait_for_acknowledged(std::int64_t more) const {
        const std::int64_t wanted = acknowledged_.load() + more;
        while (acknowledged_.load() < wanted)
            std::this_thread::yield();
    }
    void wait_for_refused(std::int64_t more) const {
        const std::int64_t wanted = refused_.load() + more;
        while (refused_.load() < wanted)
            std::this_thread::yield();
    }
    const std::set<std::int64_t>& ids() const { return ids_; }

 private:
    void keep(std::int64_t id, const Result<void>& done) {
        if (!done.ok()) {
            EXPECT_EQ(done.error().code, Code::kUnavailable) << done.error().detail;
            ++refused_;
            return;
        }
        const std::lock_guard lock(mutex_);
        ids_.insert(id);
        ++acknowledged_;
    }

    std::atomic<bool> is_stopping_{false};
    std::atomic<std::int64_t> acknowledged_{0};
    std::atomic<std::int64_t> refused_{0};
    std::mutex mutex_;
    std::set<std::int64_t> ids_;
    std::vector<std::thread> threads_;
};

TEST(PostgresRestartTest, AKilledServerFailsCallsCleanlyAndNothingAcknowledgedIsLost) {
    const OwnServer server;
    ASSERT_TRUE(server.control("start"));
    auto opened =
        open_postgres({.conninfo = server.conninfo(), .schema = "", .connections = 6}, Log::none());
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    Database& database = **opened;
    ASSERT_TRUE(database
                    .write([](Transaction& tx) -> Result<void> {
                        (void)SHU_TRY(tx.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)"));
                        return {};
                    })
                    .ok());
    Load load(database);
    for (int round = 0; round < 2; ++round) {
        load.wait_for_acknowledged(300);
        EXPECT_TRUE(server.control("kill"));
        load.wait_for_refused(20);
        EXPECT_TRUE(server.control("start"));
        load.wait_for_acknowledged(100);
    }
    load.stop();
    auto rows = database.read_value<std::vector<StoredRow>>(
        [](Transaction& tx) { return tx.query("SELECT id FROM t"); });
    ASSERT_TRUE(rows.ok()) << rows.error().detail;
    std::set<std::int64_t> found;
    for (const StoredRow& row : *rows)
        found.insert(row.integer(0));
    for (const std::int64_t id : load.ids())
        ASSERT_TRUE(found.contains(id)) << id << " was acknowledged";
}

TEST(PostgresRestartTest, AConnectionThatDiedIdleIsReplacedUnseen) {
    const OwnServer server;
    ASSERT_TRUE(server.control("start"));
    auto opened =
        open_postgres({.conninfo = server.conninfo(), .schema = "", .connections = 4}, Log::none());
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    ASSERT_TRUE(server.control("restart"));
    Result<void> read = (*opened)->read([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.row("SELECT 1"));
        return {};
    });
    EXPECT_TRUE(read.ok()) << read.error().detail;
}

TEST(PostgresOpenTest, AServerThatIsNotThereIsUnavailable) {
    auto opened = open_postgres(
        {.conninfo = "host=/nowhere/at/all user=shu dbname=shu", .schema = ""}, Log::none());
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::kUnavailable);
    EXPECT_THAT(opened.error().detail, HasSubstr("PostgreSQL does not answer"));
}

TEST(PostgresNoticeTest, AnotherProcessLearnsOfACommit) {
    testing::FreshDatabase here("postgres");
    const char* conninfo = std::getenv("SHU_TEST_POSTGRES");
    // A second Database stands for the second process: they share nothing but the server.
    auto there = open_postgres({.conninfo = conninfo, .schema = here.schema()}, Log::none());
    ASSERT_TRUE(there.ok()) << there.error().detail;
    ASSERT_TRUE(here->write([](Transaction& tx) -> Result<void> {
                        (void)SHU_TRY(tx.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)"));
                        return {};
                    })
                    .ok());
    std::atomic<bool> has_seen{false};
    std::thread waiter([&] {
        while (!has_seen) {
            (*there)->wait_for_commit(60'000);
            (void)(*there)->read([&](Transaction& tx) -> Result<void> {
                has_seen = SHU_TRY(tx.row("SELECT count(*) FROM t"))->integer(0) == 1;
                return {};
            });
        }
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(insert(*here, 1).ok());
    waiter.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace shu::store
