// One SQLite connection with its prepared statements, and the adapter from SQLite's codes to Error.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.h"

namespace shu::store::sqlite {

class Connection;

/// A prepared statement; lives in its connection's cache.
class SqliteStatement final : public Statement {
 public:
    SqliteStatement(Connection& connection, sqlite3_stmt* statement);
    ~SqliteStatement() override;
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    Result<std::int64_t> execute(std::span<const Value> values) override;
    Result<std::vector<std::int64_t>> execute_many(
        std::span<const std::vector<Value>> tuples) override;
    Result<void> each(std::span<const Value> values, const RowVisitor& visit) override;

    std::uint64_t last_used = 0;  ///< for the cache

 private:
    Result<void> begin(std::span<const Value> values);
    Result<void> bind(std::span<const Value> values);
    int bind_one(int index, const Value& value);
    Result<std::int64_t> run(std::span<const Value> values);

    Connection& connection_;
    sqlite3_stmt* statement_;
    std::vector<std::size_t> numbers_;  // of each SQLite parameter index: which $n it is, from 0
    std::size_t parameters_ = 0;        // the highest $n
};

/// Lets a map of std::string be searched by string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

enum class Access { kRead, kWrite };

/// Confined to one thread at a time.
class Connection {
 public:
    /// Opens, and for kWrite creates, the file. Errors: Unavailable, Corrupt.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs `work` as a Transaction; the caller has begun and ends it. Gives the error of the work,
    /// or of a statement that failed without the work saying so.
    Result<void> run(const Database::Work& work);

    enum class Control {
        kBegin,
        kBeginImmediate,
        kCommit,
        kRollback,
        kSavepoint,
        kRelease,
        kRollbackTo
    };
    Result<void> control(Control control);

    /// False inside a transaction; true also when SQLite has rolled one back by itself after an
    /// error.
    bool is_idle() const { return sqlite3_get_autocommit(connection_) != 0; }

    /// Moves what it can from the log into the database file.
    Result<void> checkpoint();

    sqlite3* raw() { return connection_; }
    Error error_of(int code, std::string_view doing) const;

 private:
    friend class SqliteStatement;
    friend class SqliteTransaction;
    Connection(sqlite3* connection, Access access) : connection_(connection), access_(access) {}
    Result<void> configure(const std::string& path);
    Result<void> configure_pragmas();
    Result<void> pragma(const char* name, std::int64_t value);
    Result<void> execute_text(const char* sql);
    Result<sqlite3_stmt*> compile(std::string_view text, unsigned flags);
    Result<Statement*> prepare(std::string_view text);
    Error fail(Error error);
    void trim_cache();

    sqlite3* connection_;
    Access access_;
    std::vector<sqlite3_stmt*> controls_;
    std::unordered_map<std::string, std::unique_ptr<SqliteStatement>, TextHash, std::equal_to<>>
        statements_;
    std::uint64_t uses_ = 0;
    std::optional<Error> failure_;  // of the running transaction
    bool is_reading_ = false;       // inside each()
};

}  // namespace shu::store::sqlite
