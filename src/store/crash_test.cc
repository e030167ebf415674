// kill -9 in the midst of writing: every acknowledged row is there afterwards, and no transaction
// is half there.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "store/testing.h"

namespace shu::store {
namespace {

using testing::FreshDatabase;

constexpr int kAcknowledgements = 3;  // the child's descriptor
constexpr int kThreads = 8;
constexpr std::int64_t kIdsPerThread = 1'000'000'000;

int rounds() {
    const char* text = std::getenv("SHU_SURVIVAL_ROUNDS");
    return text != nullptr ? std::max(1, std::atoi(text)) : 3;
}

std::string variable(const char* name) {
    const char* text = std::getenv(name);
    return text != nullptr ? text : "";
}

// One transaction: the same number in two tables.
Result<void> write_pair(Database& database, std::int64_t id) {
    return database.write([&](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO one (id) VALUES ($1)", {id}));
        (void)SHU_TRY(tx.execute("INSERT INTO two (id) VALUES ($1)", {id}));
        return {};
    });
}

// The child: run by the test below, in a process of its own, and ended only by kill.
TEST(CrashChild, DISABLED_WritesUntilKilled) {
    const bool is_sqlite = variable("SHU_CRASH_ENGINE") == "sqlite";
    auto opened = is_sqlite ? open_sqlite({.path = variable("SHU_CRASH_PATH")}, Log::none())
                            : open_postgres({.conninfo = variable("SHU_TEST_POSTGRES"),
                                             .schema = variable("SHU_CRASH_PATH")},
                                            Log::none());
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    const std::int64_t first = std::atoll(variable("SHU_CRASH_FIRST").c_str());
    std::vector<std::thread> writers;
    for (std::int64_t thread = 0; thread < kThreads; ++thread) {
        writers.emplace_back([&, thread] {
            for (std::int64_t id = thread * kIdsPerThread + first;; ++id) {
                if (!write_pair(**opened, id).ok()) continue;
                if (::write(kAcknowledgements, &id, sizeof id) != sizeof id) return;
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
}

class CrashTest : public ::testing::TestWithParam<std::string> {
 protected:
    FreshDatabase database{GetParam()};

    // Starts the child, kills it after `wanted` acknowledgements and adds all that it acknowledged.
    void run_child(std::int64_t first, int wanted, std::set<std::int64_t>& acknowledged) {
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], kAcknowledgements);
        ::setenv("SHU_CRASH_ENGINE", GetParam().c_str(), 1);
        ::setenv(
            "SHU_CRASH_PATH",
            (GetParam() == "sqlite" ? database.folder() + "/test.db" : database.schema()).c_str(),
            1);
        ::setenv("SHU_CRASH_FIRST", std::to_string(first).c_str(), 1);
        std::string program = "/proc/self/exe";
        std::string filter = "--gtest_filter=CrashChild.DISABLED_WritesUntilKilled";
        std::string disabled = "--gtest_also_run_disabled_tests";
        std::string quiet = "--gtest_brief=1";
        char* arguments[] = {program.data(), filter.data(), disabled.data(), quiet.data(), nullptr};
        pid_t child = 0;
        ASSERT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        int count = 0;
        std::int64_t id = 0;
        while (::read(ends[0], &id, sizeof id) == sizeof id) {
            acknowledged.insert(id);
            if (++count == wanted) ::kill(child, SIGKILL);
        }
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
        EXPECT_GE(count, wanted);
    }

    // Both tables in one snapshot: PostgreSQL may still be finishing what the dead client had sent.
    void read_both(std::set<std::int64_t>& one, std::set<std::int64_t>& two) {
        Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
            for (const StoredRow& row : SHU_TRY(tx.query("SELECT id FROM one")))
                one.insert(row.integer(0));
            for (const StoredRow& row : SHU_TRY(tx.query("SELECT id FROM two")))
                two.insert(row.integer(0));
            return {};
        });
        ASSERT_TRUE(read.ok()) << read.error().detail;
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, CrashTest, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(CrashTest, NothingAcknowledgedIsLostAndNothingIsHalfThere) {
    ASSERT_TRUE(database
                    ->write([](Transaction& tx) -> Result<void> {
                        (void)SHU_TRY(tx.execute("CREATE TABLE one (id BIGINT PRIMARY KEY)"));
                        (void)SHU_TRY(tx.execute("CREATE TABLE two (id BIGINT PRIMARY KEY)"));
                        return {};
                    })
                    .ok());
    const unsigned seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    std::mt19937 random(seed);
    std::set<std::int64_t> acknowledged;
    for (int round = 0; round < rounds(); ++round) {
        database.close();
        const int wanted = std::uniform_int_distribution<int>(1, 3'000)(random);
        run_child(std::int64_t(round) * 1'000'000, wanted, acknowledged);
        database.reopen();
        std::set<std::int64_t> one;
        std::set<std::int64_t> two;
        read_both(one, two);
        EXPECT_EQ(one, two) << "round " << round << ", seed " << seed;
        for (const std::int64_t id : acknowledged) {
            ASSERT_TRUE(one.contains(id))
                << id << " was acknowledged; round " << round << ", seed " << seed;
        }
        EXPECT_TRUE(write_pair(*database, -1 - round).ok());
    }
}

}  // namespace
}  // namespace shu::store
