// How fast acts commit, are numbered, proved and verified; one JSON object a line: name, value,
// unit, settings.
//
//   ledger_bench [SECONDS] [DATABASE]     DATABASE: a libpq connection string; without it SQLite in
//   a new folder
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>
#include <type_traits>
#include <vector>

#include "ledger/ledger.h"

namespace shu::ledger {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr int kWriters = 64;

/// Ends the program when a call failed: a figure of failing calls is none.
template <typename T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::cerr << "ledger_bench: " << result.error().detail << "\n";
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

void print(std::string_view name, double value, std::string_view unit, json::object settings) {
    std::cout << json::serialize(json::object{
                     {"name", name}, {"value", value}, {"unit", unit}, {"settings", settings}})
              << std::endl;
}

double seconds_since(steady_clock::time_point start) {
    return duration<double>(steady_clock::now() - start).count();
}

Act sample(int writer, std::int64_t number) {
    Act act;
    act.actor = "account:" + std::to_string(1000 + writer);
    act.post = "registrar";
    act.organisation = "11210100MB1234567X";
    act.verb = "application.approve";
    act.object = "application:" + std::to_string(number);
    act.subject = std::to_string(7'310'000'000'000 + number);
    act.basis = "item:110100-2";
    act.result = "done";
    act.detail = json::object{{"fields", 3}, {"level", "2"}};
    return act;
}

class Bench {
 public:
    Bench(store::Database& database, std::string folder, double seconds)
        : database_(database), folder_(std::move(folder)), seconds_(seconds) {
        const std::vector<store::ModuleMigrations> modules{Ledger::migrations()};
        must(store::migrate(database_, modules, clock_));
        must(database_.write([](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(tx.execute("CREATE TABLE bench (id BIGINT PRIMARY KEY, at BIGINT NOT NULL)"));
            return {};
        }));
        LedgerOptions options{.origin = "shu/210100",
                              .tile_folder = folder_ + "/tiles",
                              .hash = HashName::kSm3,
                              .checkpoint_interval_ms = 1000};
        ledger_ = must(Ledger::open(database_, clock_, key_, options, Log::none()));
    }

    void run() {
        prepare_only();
        const double single = single_synced();
        const double quiet = acts_by_writers("acts committed durably");
        print("acts committed durably / single synced transactions", quiet / single, "ratio",
              settings());
        sequence_backlog();
        ledger_->start();
        acts_by_writers("acts committed durably while numbered");
        ledger_->stop();
        must(ledger_->sequence_now());
        prove_and_verify();
    }

 private:
    json::object settings() const {
        return {{"engine", database_.engine() == store::Engine::kSqlite ? "sqlite" : "postgres"},
                {"writers", kWriters},
                {"seconds", seconds_}};
    }

    void prepare_only() {
        const auto start = steady_clock::now();
        constexpr int count = 100'000;
        std::size_t bytes = 0;
        for (int i = 0; i < count; ++i)
            bytes += must(prepare(ids_, clock_, sample(1, i))).body.size();
        print("prepare an act", seconds_since(start) / count * 1e6, "us",
              {{"body_bytes", bytes / count}});
    }

    // One client, one row a transaction, each synced before the next begins.
    double single_synced() {
        const auto start = steady_clock::now();
        std::int64_t count = 0;
        while (seconds_since(start) < seconds_) {
            must(database_.write([&](store::Transaction& tx) -> Result<void> {
                SHU_CHECK(tx.execute("INSERT INTO bench(id, at) VALUES ($1, $2)", {count, count}));
                return {};
            }));
            ++count;
        }
        const double rate = static_cast<double>(count) / seconds_since(start);
        print("single synced transactions", rate, "1/s", settings());
        return rate;
    }

    double acts_by_writers(std::string_view name) {
        std::atomic<std::int64_t> count{0};
        std::vector<std::thread> writers;
        const auto before = database_.statistics();
        const auto start = steady_clock::now();
        for (int w = 0; w < kWriters; ++w) {
            writers.emplace_back([&, w] {
                while (seconds_since(start) < seconds_) {
                    const auto act = must(prepare(ids_, clock_, sample(w, count.load())));
                    must(database_.write([&](store::Transaction& tx) { return record(tx, act); }));
                    ++count;
                }
            });
        }
        for (std::thread& writer : writers)
            writer.join();
        const double rate = static_cast<double>(count) / seconds_since(start);
        const auto after = database_.statistics();
        auto with = settings();
        with["syncs"] = after.syncs - before.syncs;
        with["retries"] = after.retries - before.retries;
        print(name, rate, "acts/s", with);
        return rate;
    }

    void sequence_backlog() {
        const auto start = steady_clock::now();
        const Checkpoint checkpoint = must(ledger_->sequence_now());
        print("acts numbered, tiles and checkpoint included",
              static_cast<double>(checkpoint.size) / seconds_since(start), "acts/s", settings());
    }

    void prove_and_verify() {
        const Checkpoint newest = must(ledger_->checkpoint());
        constexpr int receipts = 500;
        auto start = steady_clock::now();
        for (int i = 0; i < receipts; ++i) {
            const auto at = static_cast<std::int64_t>(newest.size) * i / receipts;
            must(ledger_->receipt(at));
        }
        print("receipts", receipts / seconds_since(start), "1/s", {{"size", newest.size}});
        start = steady_clock::now();
        const auto report = must(ledger_->verify({}));
        print("acts verified", static_cast<double>(report.acts) / seconds_since(start), "acts/s",
              {{"checkpoints", report.checkpoints}, {"tiles", report.tiles}});
        start = steady_clock::now();
        const LedgerOptions options = ledger_->options();
        ledger_.reset();
        ledger_ = must(Ledger::open(database_, clock_, key_, options, Log::none()));
        print("open", seconds_since(start) * 1e3, "ms", {{"size", newest.size}});
    }

    store::Database& database_;
    const std::string folder_;
    const double seconds_;
    SystemClock clock_;
    IdMaker ids_{clock_, 1};
    const crypto::Sm2Key key_ = crypto::Sm2Key::generate();
    std::unique_ptr<Ledger> ledger_;
};

int run(int count, char** arguments) {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 5;
    std::string folder = (std::filesystem::temp_directory_path() / "shu-bench.XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    auto database =
        count > 2 ? must(store::open_postgres(
                        {.conninfo = arguments[2], .schema = "bench_ledger", .connections = 16},
                        Log::none()))
                  : must(store::open_sqlite({.path = folder + "/shu.db"}, Log::none()));
    Bench(*database, folder, seconds).run();
    database.reset();
    std::filesystem::remove_all(folder);
    return 0;
}

}  // namespace
}  // namespace shu::ledger

int main(int count, char** arguments) {
    return shu::ledger::run(count, arguments);
}
