// The database: transactions over SQLite or PostgreSQL, the same SQL on both.
//
// SQL is the common dialect: $1 parameters, ON CONFLICT, RETURNING, CTEs, window functions; types
// BIGINT, TEXT, DOUBLE PRECISION, BYTEA. Times are BIGINT microseconds UTC, money BIGINT fen,
// booleans BIGINT 0 or 1.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "foundation/limits.h"
#include "foundation/log.h"
#include "foundation/result.h"
#include "store/sql.h"
#include "store/value.h"

namespace shu::store {

/// A prepared statement of one transaction's connection; valid until the transaction ends.
class Statement {
 public:
    using RowVisitor = std::function<Result<void>(const Row&)>;

    virtual ~Statement() = default;

    /// Runs it and returns how many rows it changed. Errors: Conflict for a broken UNIQUE, foreign
    /// key or CHECK constraint, Unavailable for a disk or connection that fails (a full disk is
    /// named), Invalid for what the engine refuses.
    virtual Result<std::int64_t> execute(std::span<const Value> values) = 0;

    /// Runs it once for each tuple of values, all with one length; returns rows changed by each. On
    /// PostgreSQL this travels as one pipeline.
    virtual Result<std::vector<std::int64_t>> execute_many(
        std::span<const std::vector<Value>> tuples) = 0;

    /// Calls `visit` for each row as it arrives; an error of `visit` ends the reading and is
    /// returned. Inside `visit` no statement of the same transaction may run: refused with Invalid.
    virtual Result<void> each(std::span<const Value> values, const RowVisitor& visit) = 0;
};

/// A read snapshot or a write transaction; confined to the function it was given to. Once a
/// statement has failed, the transaction has failed: every later statement gives the same error,
/// and so does the call of read() or write() when the work returns success all the same. To go on
/// after a duplicate, write ON CONFLICT.
class Transaction {
 public:
    virtual ~Transaction() = default;

    /// Prepared once per connection and text, then reused.
    virtual Result<Statement*> prepare(const Sql& sql) = 0;

    Result<std::int64_t> execute(const Sql& sql, std::initializer_list<Value> values = {});
    Result<std::vector<StoredRow>> query(const Sql& sql, std::initializer_list<Value> values = {});
    Result<std::vector<StoredRow>> query(const Sql& sql, std::span<const Value> values);
    /// The first row, or none.
    Result<std::optional<StoredRow>> row(const Sql& sql, std::initializer_list<Value> values = {});
};

enum class Engine { kSqlite, kPostgres };

/// A database open for reading and writing. All members may be called from any thread; read() and
/// write() block.
class Database {
 public:
    using Work = std::function<Result<void>(Transaction&)>;

    virtual ~Database() = default;

    /// Runs `work` on a consistent snapshot; what it writes is refused with Invalid. A work that
    /// calls read() or write() of the same database again is refused with Invalid: it could wait
    /// for the connection that it holds itself.
    virtual Result<void> read(const Work& work) = 0;

    /// Runs `work` in a serializable transaction and returns when it is durable (synced), or with
    /// the error and nothing changed. `work` may run more than once: on SQLite it runs on the
    /// writer's thread, which groups waiting transactions under one sync; on PostgreSQL it is
    /// repeated when another transaction came in between. So it is short, has no effect outside the
    /// transaction, and sets (not appends) what it captures. Errors: what `work` returns; Exhausted
    /// when the queue is full; Unavailable.
    virtual Result<void> write(const Work& work) = 0;

    virtual Engine engine() const = 0;

    /// Blocks until another transaction may have committed something since the last call (in this
    /// process, or through NOTIFY in another), or `timeout_ms` passed. For readers of the act log;
    /// several threads may wait, each has its own "last call". May return without cause.
    virtual void wait_for_commit(int timeout_ms) = 0;

    /// Counts since the database was opened: for /metrics.
    struct Statistics {
        std::int64_t transactions = 0;  ///< write transactions committed
        std::int64_t syncs =
            0;  ///< commits sent to the disk; smaller than transactions when writes are grouped
        std::int64_t retries = 0;  ///< works run again
        std::int64_t waiting = 0;  ///< calls of write() that are waiting now
    };
    virtual Statistics statistics() const = 0;

    /// read() for work that gives a value: db.read_value<int>([&](Transaction& tx) -> Result<int>
    /// {...}).
    template <typename T>
    Result<T> read_value(const std::function<Result<T>(Transaction&)>& work) {
        std::optional<T> value;
        SHU_CHECK(read([&](Transaction& tx) -> Result<void> {
            value.emplace(SHU_TRY(work(tx)));
            return {};
        }));
        return std::move(*value);
    }
    template <typename T>
    Result<T> write_value(const std::function<Result<T>(Transaction&)>& work) {
        std::optional<T> value;
        SHU_CHECK(write([&](Transaction& tx) -> Result<void> {
            value.emplace(SHU_TRY(work(tx)));
            return {};
        }));
        return std::move(*value);
    }
};

struct SqliteOptions {
    std::string path;
    int readers = 8;  ///< read connections kept open
    std::size_t queue_max =
        limits::write_queue_max;  ///< writes waiting; one more is refused with Exhausted
};

/// Opens or creates a SQLite file: WAL, synchronous=FULL, foreign keys on. Errors: Unavailable,
/// Corrupt.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options,
                                              std::shared_ptr<const Log> log);

struct PostgresOptions {
    std::string conninfo;  ///< libpq connection string or postgres:// URI
    std::string schema;    ///< search_path, created when missing; empty: the server's default
    int connections = 16;  ///< at most limits::postgres_connections_max
    std::size_t queue_max = limits::write_queue_max;  ///< calls waiting for a connection; one more
                                                      ///< is refused with Exhausted
};

/// Connects to PostgreSQL 15 or newer. A server that goes away makes calls fail with Unavailable;
/// connections come back by themselves.
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options,
                                                std::shared_ptr<const Log> log);

}  // namespace shu::store
