// kill -9 under load: every call that was answered is found again, and can be proved.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>

#include "exchange/testing.h"
#include "foundation/text.h"

extern char** environ;

namespace shu::exchange::testing {
namespace {

constexpr int kReport = 3;  // the child's descriptor
constexpr int kThreads = 4;
constexpr std::size_t kAnswersWanted = 200;

int rounds() {
    const char* text = std::getenv("SHU_CRASH_ROUNDS");
    return text != nullptr ? std::max(1, std::atoi(text)) : 2;
}

std::string variable(const char* name) {
    const char* text = std::getenv(name);
    return text != nullptr ? text : "";
}

// The child: run by the test below, in a process of its own, and ended only by kill.
TEST(GatewayCrashChild, DISABLED_serves_until_killed) {
    auto opened = variable("SHU_CRASH_ENGINE") == "sqlite"
                      ? store::open_sqlite({.path = variable("SHU_CRASH_PATH")}, Log::none())
                      : store::open_postgres({.conninfo = variable("SHU_TEST_POSTGRES"),
                                              .schema = variable("SHU_CRASH_PATH")},
                                             Log::none());
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    const SystemClock clock;
    Town town(clock, variable("SHU_CRASH_FOLDER"));
    town.open(**opened);
    ASSERT_TRUE(town.server);
    town.ledger->start();
    town.start_background();
    const int port = town.server->ports().front();
    ASSERT_EQ(::write(kReport, &port, sizeof port), static_cast<ssize_t>(sizeof port));
    for (;;)
        ::pause();
}

class GatewayCrashTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        town.declare(*database);
        if (HasFatalFailure()) return;
        town.open(*database);
        credentials = town.collect(town.grant(R"(["name","district"])", "", R"({"approve":true})"));
        town.close();
    }

    pid_t start_child() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], kReport);
        ::setenv("SHU_CRASH_ENGINE", GetParam().c_str(), 1);
        ::setenv(
            "SHU_CRASH_PATH",
            (GetParam() == "sqlite" ? database.folder() + "/test.db" : database.schema()).c_str(),
            1);
        ::setenv("SHU_CRASH_FOLDER", database.folder().c_str(), 1);
        std::string program = "/proc/self/exe";
        std::string filter = "--gtest_filter=GatewayCrashChild.DISABLED_serves_until_killed";
        std::string disabled = "--gtest_also_run_disabled_tests";
        std::string quiet = "--gtest_brief=1";
        char* arguments[] = {program.data(), filter.data(), disabled.data(), quiet.data(), nullptr};
        pid_t child = 0;
        EXPECT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        town.port = 0;
        EXPECT_EQ(::read(ends[0], &town.port, sizeof town.port),
                  static_cast<ssize_t>(sizeof town.port))
            << "the child did not start";
        ::close(ends[0]);
        return child;
    }

    /// Sends calls until enough are answered, then kills; the ids of all that were answered.
    std::set<std::string> run_and_kill() {
        const pid_t child = start_child();
        std::set<std::string> answered;
        std::mutex mutex;
        std::atomic<bool> is_over{town.port == 0};
        std::vector<std::thread> callers;
        for (int thread = 0; thread < kThreads; ++thread)
            callers.emplace_back([&] {
                const auto client = http::make_client();
                while (!is_over.load()) {
                    const auto request =
                        town.signed_request(credentials, {.query = "id_number=210100199001010010"});
                    const auto response = client->call(request);
                    if (!response.ok()) return;  // killed
                    const auto body = json::parse(response->body);
                    if (response->status != 200 || !body.ok()) continue;
                    const std::lock_guard lock(mutex);
                    answered.insert(std::string(body->as_object().at("call").as_string()));
                    if (answered.size() >= kAnswersWanted && !is_over.exchange(true))
                        ::kill(child, SIGKILL);
                }
            });
        for (std::thread& caller : callers)
            caller.join();
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
        town.port = 0;
        return answered;
    }

    store::testing::FreshDatabase database{GetParam()};
    SystemClock clock;
    Town town{clock, database.folder()};
    Credentials credentials;
};

TEST_P(GatewayCrashTest, every_answered_call_is_found_and_proved_after_kill) {
    std::set<std::string> answered;
    for (int round = 0; round < rounds(); ++round) {
        const auto more = run_and_kill();
        ASSERT_GE(more.size(), kAnswersWanted) << "round " << round;
        answered.insert(more.begin(), more.end());
    }
    town.open(*database);
    ASSERT_TRUE(town.exchange->seal_now().ok());
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    int proved = 0;
    for (const std::string& call : answered) {
        const Answer receipt = town.get("monitor", "/api/calls/" + call + "/receipt");
        ASSERT_EQ(receipt.status, 200)
            << "call " << call << " of " << answered.size() << ": " << receipt.body;
        ASSERT_NE(receipt.text("record").find(call), std::string::npos);
        ++proved;
    }
    std::printf("%d answered calls proved after %d kills on %s\n", proved, rounds(),
                GetParam().c_str());
}

INSTANTIATE_TEST_SUITE_P(Engines, GatewayCrashTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange::testing
