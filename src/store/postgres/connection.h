// One PostgreSQL connection with its prepared statements, and the adapter from libpq's errors to
// Error.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.h"

namespace shu::store::postgres {

class Connection;

struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, FreeResult>;

/// Lets a map of std::string be searched by string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// A statement of the common dialect; prepared on the server once for each set of parameter types
/// that it meets, usually one.
class PostgresStatement final : public Statement {
 public:
    PostgresStatement(Connection& connection, std::string text);

    Result<std::int64_t> execute(std::span<const Value> values) override;
    Result<std::vector<std::int64_t>> execute_many(
        std::span<const std::vector<Value>> tuples) override;
    Result<void> each(std::span<const Value> values, const RowVisitor& visit) override;

    /// Drops what the server keeps of it. Only outside a transaction.
    void forget();

    std::uint64_t last_used = 0;  ///< for the cache

 private:
    struct Variant {
        std::vector<Oid> types;
        std::string name;
    };
    class Parameters;

    Result<void> begin();
    Result<void> check(std::span<const Value> values) const;
    Result<std::size_t> variant_for(std::span<const Value> values);
    Result<std::size_t> prepare(std::span<const Value> values);
    Result<void> send_all(std::span<const std::vector<Value>> tuples, std::size_t first);
    Result<void> receive_all(std::size_t count, std::vector<std::int64_t>& changed);
    Result<void> start(std::size_t variant, std::span<const Value> values);
    void finish();
    Result<void> visit_all(const RowVisitor& visit);
    Error fail_with(const PGresult* result);

    Connection& connection_;
    std::string text_;
    std::size_t parameters_;  // the highest $n
    std::vector<Variant> variants_;
    bool is_pipelined_ = false;  // between start() and finish(): BEGIN went along
};

enum class Access { kRead, kWrite };

/// Confined to one thread at a time.
class Connection {
 public:
    /// Connects and sets the session up. Errors: Unavailable; Invalid when the server is older
    /// than 15.
    static Result<std::unique_ptr<Connection>> open(const PostgresOptions& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The BEGIN itself travels with the transaction's first statement.
    void begin(Access access);
    /// Runs `work` as a Transaction; gives the error of the work, or of a statement that failed
    /// without the work saying so.
    Result<void> run(const Database::Work& work);
    Result<void> commit();
    void rollback();

    /// The last transaction failed only because of another one that ran beside it, or because the
    /// connection had died before it began.
    bool should_run_again() const { return should_run_again_; }
    /// The connection is lost; nothing more will come of it.
    bool is_broken() const { return is_lost_ || PQstatus(connection_) != CONNECTION_OK; }

    /// One command without values; for sessions and transactions.
    Result<void> command(const char* text);
    PGconn* raw() { return connection_; }

 private:
    friend class PostgresStatement;
    friend class PostgresTransaction;
    explicit Connection(PGconn* connection) : connection_(connection) {}
    Result<void> configure(const PostgresOptions& options);
    Statement* statement(std::string_view text);
    const char* begin_text() const;
    Result<void> ensure_begun();
    Error begin_error(const PGresult* result);
    void settle();
    std::string next_name() { return "s" + std::to_string(++names_); }
    Error error_of(const PGresult* result, std::string_view doing);
    Error fail(Error error);
    void forget_statements();
    void trim_cache();

    PGconn* connection_;
    Access access_ = Access::kRead;
    std::unordered_map<std::string, std::unique_ptr<PostgresStatement>, TextHash, std::equal_to<>>
        statements_;
    std::uint64_t uses_ = 0;
    std::uint64_t names_ = 0;
    std::optional<Error> failure_;  // of the running transaction
    bool is_reading_ = false;       // inside each()
    bool should_run_again_ = false;
    bool is_lost_ = false;            // libpq reported a failure of its own
    bool is_begun_ = false;           // BEGIN was sent
    bool is_commit_pending_ = false;  // COMMIT was sent, its answer not read
    bool has_stale_plans_ = false;    // a table changed under a prepared statement
};

}  // namespace shu::store::postgres
