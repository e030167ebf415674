// How fast the store writes and reads. Prints one JSON object a line: name, value, unit, settings.
//
//   store_bench [FOLDER]            SQLite in FOLDER (default: the temporary folder)
//   SHU_BENCH_POSTGRES=CONNINFO     also PostgreSQL, in a schema of its own
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/database.h"

namespace {

using namespace shu;
using namespace shu::store;
using Seconds = std::chrono::duration<double>;

constexpr double kSecondsEach = 3;
constexpr std::int64_t kRowsRead = 1'000'000;
constexpr unsigned kSeed = 20240101;

void check(const Result<void>& result) {
    if (result.ok()) return;
    std::fprintf(stderr, "store_bench: %s\n", result.error().detail.c_str());
    std::exit(1);
}

void print(const std::string& name, double value, const std::string& settings) {
    std::printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"1/s\",\"settings\":\"%s\"}\n",
                name.c_str(), value, settings.c_str());
    std::fflush(stdout);
}

// Calls `once(thread)` from `threads` threads for a while; gives calls per second.
template <typename Once>
double rate(int threads, Once once) {
    std::atomic<std::int64_t> calls{0};
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.emplace_back([&, thread] {
            std::int64_t own = 0;
            while (Seconds(std::chrono::steady_clock::now() - start).count() < kSecondsEach) {
                once(thread);
                ++own;
            }
            calls += own;
        });
    }
    for (std::thread& thread : running)
        thread.join();
    return static_cast<double>(calls.load()) /
           Seconds(std::chrono::steady_clock::now() - start).count();
}

// The reference: bare SQLite, one prepared insert and one sync a transaction.
void bench_bare_sqlite(const std::string& folder) {
    const std::string path = folder + "/bare.db";
    sqlite3* raw = nullptr;
    sqlite3_open(path.c_str(), &raw);
    sqlite3_exec(
        raw,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE act (id INTEGER PRIMARY KEY, what TEXT)",
        nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(raw, "INSERT INTO act (id, what) VALUES (?, 'a person read a record')", -1,
                       &insert, nullptr);
    sqlite3_int64 id = 0;
    print("bare synced transactions",
          rate(1,
               [&](int) {
                   sqlite3_bind_int64(insert, 1, ++id);
                   sqlite3_step(insert);
                   sqlite3_reset(insert);
               }),
          "sqlite3 alone, WAL, synchronous=FULL, 1 row each");
    sqlite3_finalize(insert);
    sqlite3_close(raw);
}

void bench_writes(Database& database, const std::string& engine, int writers) {
    static std::atomic<std::int64_t> id{0};
    const auto before = database.statistics();
    const double per_second = rate(writers, [&](int) {
        check(database.write([](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(
                tx.execute("INSERT INTO act (id, what) VALUES ($1, $2)",
                           {id.fetch_add(1), std::string_view("a person read a record")}));
            return {};
        }));
    });
    const auto after = database.statistics();
    const double group = static_cast<double>(after.transactions - before.transactions) /
                         static_cast<double>(std::max<std::int64_t>(1, after.syncs - before.syncs));
    print(engine + " transactions, " + std::to_string(writers) + " writers", per_second,
          "durable, 1 row each, " + std::to_string(group).substr(0, 5) + " per sync");
}

void bench_reads(Database& database, const std::string& engine) {
    check(database.write([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute(
            "CREATE TABLE person (id BIGINT PRIMARY KEY, name TEXT NOT NULL, street TEXT NOT NULL)"));
        std::vector<std::vector<Value>> tuples;
        Statement* insert =
            SHU_TRY(tx.prepare("INSERT INTO person (id, name, street) VALUES ($1, $2, $3)"));
        for (std::int64_t id = 0; id < kRowsRead; ++id) {
            tuples.push_back({id, std::string_view("a name of usual length"),
                              std::string_view("a street of usual length")});
            if (tuples.size() == 10'000) {
                (void)SHU_TRY(insert->execute_many(tuples));
                tuples.clear();
            }
        }
        return {};
    }));
    for (const int readers : {1, 2}) {
        const double per_second = rate(readers, [&](int) {
            thread_local std::minstd_rand random(kSeed);
            const std::int64_t id =
                std::uniform_int_distribution<std::int64_t>(0, kRowsRead - 1)(random);
            std::size_t bytes = 0;
            check(database.read([&](Transaction& tx) -> Result<void> {
                Statement* find =
                    SHU_TRY(tx.prepare("SELECT name, street FROM person WHERE id = $1"));
                const Value key = id;
                return find->each(std::span(&key, 1), [&](const Row& row) -> Result<void> {
                    bytes = row.text(0).size() + row.text(1).size();
                    return {};
                });
            }));
            if (bytes == 0) std::abort();
        });
        print(engine + " point reads, " + std::to_string(readers) + " readers", per_second,
              "random key of " + std::to_string(kRowsRead) + " rows, one snapshot each");
    }
}

void bench(Database& database, const std::string& engine) {
    check(database.write([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("DROP TABLE IF EXISTS act"));
        (void)SHU_TRY(tx.execute("DROP TABLE IF EXISTS person"));
        (void)SHU_TRY(tx.execute("CREATE TABLE act (id BIGINT PRIMARY KEY, what TEXT NOT NULL)"));
        return {};
    }));
    for (const int writers : {1, 8, 64, 256})
        bench_writes(database, engine, writers);
    bench_reads(database, engine);
}

}  // namespace

int main(int count, char** arguments) {
    const std::string parent =
        count > 1 ? arguments[1] : std::filesystem::temp_directory_path().string();
    const std::string folder = parent + "/shu-store-bench." + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    {
        // Through the store first: it sets the library up, which SQLite allows only before its
        // first use.
        auto opened = open_sqlite({.path = folder + "/bench.db"}, Log::none());
        if (!opened.ok()) check(opened.error());
        bench_bare_sqlite(folder);
        bench(**opened, "sqlite");
    }
    std::filesystem::remove_all(folder);
    if (const char* conninfo = std::getenv("SHU_BENCH_POSTGRES")) {
        auto opened = open_postgres({.conninfo = conninfo, .schema = "shu_bench"}, Log::none());
        if (!opened.ok()) check(opened.error());
        bench(**opened, "postgres");
    }
    return 0;
}
