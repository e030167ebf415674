// kill -9 at random moments while acts are recorded, numbered and signed: what was acknowledged is
// there once, and all of it verifies. SHU_CRASH_ROUNDS sets how often each engine is killed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::act_about;
using testing::fixed_key;

constexpr int kWriters = 4;
constexpr int kDefaultRounds = 3;

int rounds() {
    const char* text = std::getenv("SHU_CRASH_ROUNDS");
    return text != nullptr ? std::max(1, std::atoi(text)) : kDefaultRounds;
}

/// A database that outlives the process that writes to it.
class Place {
 public:
    explicit Place(std::string engine) : engine_(std::move(engine)) {
        folder_ = (std::filesystem::temp_directory_path() / "shu-crash.XXXXXX").string();
        EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
        schema_ = "crash_" + std::to_string(::getpid());
    }
    ~Place() {
        if (engine_ == "postgres") drop_schema();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    std::unique_ptr<store::Database> open() const {
        auto database = engine_ == "sqlite"
                            ? store::open_sqlite({.path = folder_ + "/shu.db"}, Log::none())
                            : open_postgres(schema_);
        EXPECT_TRUE(database.ok()) << database.error().detail;
        return database.ok() ? std::move(*database) : nullptr;
    }
    LedgerOptions options() const {
        return {.origin = "shu/210100",
                .tile_folder = folder_ + "/tiles",
                .hash = HashName::kSm3,
                .checkpoint_interval_ms = 5};
    }

 private:
    static Result<std::unique_ptr<store::Database>> open_postgres(const std::string& schema) {
        const char* conninfo = std::getenv("SHU_TEST_POSTGRES");
        return store::open_postgres(
            {.conninfo = conninfo != nullptr ? conninfo : "", .schema = schema, .connections = 6},
            Log::none());
    }
    void drop_schema() const {
        const auto server = open_postgres("");
        if (!server.ok()) return;
        store::AssembledSql drop;
        drop.add("DROP SCHEMA ").add(*store::Identifier::parse(schema_)).add(" CASCADE");
        const auto dropped = (*server)->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(tx.execute(drop));
            return {};
        });
        EXPECT_TRUE(dropped.ok()) << dropped.error().detail;
    }

    const std::string engine_;
    std::string folder_;
    std::string schema_;
};

/// The child: records acts from several threads, numbers and signs, and writes each acknowledged id
/// to `pipe` until it is killed.
[[noreturn]] void record_until_killed(const Place& place, int pipe, int round) {
    const SystemClock clock;
    const auto database = place.open();
    if (database == nullptr) ::_exit(2);
    const auto ledger = Ledger::open(*database, clock, fixed_key(), place.options(), Log::none());
    if (!ledger.ok()) {
        std::cerr << ledger.error().detail << "\n";
        ::_exit(3);
    }
    (*ledger)->start();
    IdMaker ids(clock, round % 1024);
    auto work = [&] {
        for (int i = 0;; ++i) {
            const auto act = prepare(ids, clock, act_about("thing:" + std::to_string(i)));
            const auto written =
                database->write([&](store::Transaction& tx) { return record(tx, *act); });
            if (!written.ok()) continue;  // not acknowledged
            const std::int64_t id = act->id.value;
            if (::write(pipe, &id, sizeof id) != sizeof id) ::_exit(4);
        }
    };
    std::vector<std::thread> writers;
    for (int i = 1; i < kWriters; ++i)
        writers.emplace_back(work);
    work();
    ::_exit(0);
}

/// Reads acknowledged ids until the writer is gone; kills it when `enough` have come and `delay`
/// has passed.
std::vector<std::int64_t> acknowledged_until_killed(pid_t child, int pipe, std::size_t enough,
                                                    std::chrono::microseconds delay) {
    std::vector<std::int64_t> ids;
    std::int64_t id = 0;
    bool killed = false;
    while (::read(pipe, &id, sizeof id) == sizeof id) {
        ids.push_back(id);
        if (killed || ids.size() < enough) continue;
        const auto until = std::chrono::steady_clock::now() + delay;
        while (std::chrono::steady_clock::now() < until)
            std::this_thread::yield();
        ::kill(child, SIGKILL);
        killed = true;
    }
    return ids;
}

class KilledLedger : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Engines, KilledLedger, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

void expect_all_there(const Place& place, const std::vector<std::int64_t>& acknowledged) {
    const SystemClock clock;
    const auto database = place.open();
    ASSERT_NE(database, nullptr);
    const auto opened = Ledger::open(*database, clock, fixed_key(), place.options(), Log::none());
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    const Ledger& ledger = **opened;
    Result<Checkpoint> checkpoint = (*opened)->sequence_now();
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().detail;
    std::set<std::int64_t> seen;
    const auto count = static_cast<std::int64_t>(checkpoint->size);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto act = ledger.act(i);
        ASSERT_TRUE(act.ok()) << act.error().detail;
        ASSERT_TRUE(seen.insert(act->id.value).second) << "act " << act->id.text() << " twice";
    }
    for (const std::int64_t id : acknowledged)
        ASSERT_TRUE(seen.contains(id)) << "acknowledged act " << id << " is lost";
    const auto report = ledger.verify({});
    ASSERT_TRUE(report.ok()) << report.error().detail;
    EXPECT_TRUE(ledger.receipt(count - 1).ok());
}

TEST_P(KilledLedger, KeepsEveryAcknowledgedActOnceAndVerifies) {
    const std::uint64_t seed = std::random_device{}();
    std::cout << "seed " << seed << ", rounds " << rounds() << "\n";
    std::mt19937_64 random(seed);
    const Place place(GetParam());
    {
        const SystemClock clock;
        const std::vector<store::ModuleMigrations> modules{Ledger::migrations()};
        const auto database = place.open();
        const auto migrated = store::migrate(*database, modules, clock);
        ASSERT_TRUE(migrated.ok()) << migrated.error().detail;
    }
    std::vector<std::int64_t> acknowledged;
    for (int round = 0; round < rounds(); ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) record_until_killed(place, pipe[1], round);
        ::close(pipe[1]);
        const auto more = acknowledged_until_killed(child, pipe[0], 20 + random() % 300,
                                                    std::chrono::microseconds(random() % 30'000));
        ::close(pipe[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
        ASSERT_FALSE(more.empty());
        acknowledged.insert(acknowledged.end(), more.begin(), more.end());
        expect_all_there(place, acknowledged);
        if (::testing::Test::HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace shu::ledger
