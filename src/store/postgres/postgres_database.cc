#include <chrono>
#include <random>
#include <thread>

#include "store/commit_signal.h"
#include "store/nesting.h"
#include "store/postgres/listener.h"
#include "store/postgres/pool.h"

namespace shu::store {
namespace postgres {
namespace {

constexpr int kBackoffDoublings = 6;

// Doubles from attempt to attempt, and is spread so that two that met do not meet again.
std::chrono::microseconds backoff(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    const int longest_us = 200 << std::min(attempt, kBackoffDoublings);
    return std::chrono::microseconds(std::uniform_int_distribution<int>(0, longest_us)(random));
}

class PostgresDatabase final : public Database {
 public:
    PostgresDatabase(const PostgresOptions& options, std::shared_ptr<const Log> log)
        : pool_(options), listener_(options, signal_, std::move(log)) {}

    Result<void> read(const Work& work) override {
        // A read meets no conflict, but a table may have changed under its prepared statement.
        return run_again([&](bool& again) { return run_once(Access::kRead, work, again); });
    }

    Result<void> write(const Work& work) override {
        Result<void> written =
            run_again([&](bool& again) { return run_once(Access::kWrite, work, again); });
        if (written.ok()) {
            transactions_.fetch_add(1);
            signal_.raise();
            listener_.announce();
        }
        return written;
    }

    Engine engine() const override { return Engine::kPostgres; }
    void wait_for_commit(int timeout_ms) override { signal_.wait(timeout_ms); }

    Statistics statistics() const override {
        return {.transactions = transactions_.load(),
                .syncs = transactions_.load(),
                .retries = retries_.load(),
                .waiting = pool_.waiting()};
    }

    /// Fails early, and makes the schema that the connections look in.
    Result<void> prepare(const PostgresOptions& options, const Log& log);

 private:
    template <typename Once>
    Result<void> run_again(Once once) {
        for (int attempt = 0;; ++attempt) {
            bool again = false;
            Result<void> result = once(again);
            if (!again || attempt >= limits::write_retries_max) return result;
            retries_.fetch_add(1);
            // A sleep, because nothing tells when the transaction that this one met is over: it may
            // be another node's. At most 12.8 ms, and an early end would only bring the two
            // together again.
            std::this_thread::sleep_for(backoff(attempt));
        }
    }

    Result<void> run_once(Access access, const Work& work, bool& again) {
        SHU_CHECK(RunningWork::refuse_inside(this));
        const RunningWork running(this);
        Pool::Lease connection = SHU_TRY(pool_.borrow());
        connection->begin(access);
        Result<void> result = connection->run(work);
        if (result.ok()) {
            result = connection->commit();
        } else {
            connection->rollback();
        }
        again = !result.ok() && connection->should_run_again();
        return result;
    }

    CommitSignal signal_;
    Pool pool_;
    Listener listener_;
    std::atomic<std::int64_t> transactions_{0};
    std::atomic<std::int64_t> retries_{0};
};

Result<void> PostgresDatabase::prepare(const PostgresOptions& options, const Log& log) {
    if (!options.schema.empty()) {
        AssembledSql create;
        create.add("CREATE SCHEMA IF NOT EXISTS ").add(SHU_TRY(Identifier::parse(options.schema)));
        const Work make = [&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute(create));
            return {};
        };
        Result<void> made = write(make);
        // Two programs that make it at once meet in the catalogue, IF NOT EXISTS or not; now it is
        // there.
        if (!made.ok()) made = write(make);
        SHU_CHECK(made);
    }
    const auto collation = SHU_TRY(read_value<std::optional<StoredRow>>([](Transaction& tx) {
        return tx.row("SELECT datcollate FROM pg_database WHERE datname = current_database()");
    }));
    const std::string name = collation ? std::string(collation->text(0)) : "";
    if (name != "C" && !name.starts_with("C.") && name != "POSIX") {
        log.warning(
            "the database sorts text by a language's rules; create it with LC_COLLATE 'C' so that lists are ordered as on SQLite",
            {{"collation", name}});
    }
    return {};
}

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options,
                                                std::shared_ptr<const Log> log) {
    auto database = std::make_unique<postgres::PostgresDatabase>(options, log);
    SHU_CHECK(database->prepare(options, *log));
    return std::unique_ptr<Database>(std::move(database));
}

}  // namespace shu::store
