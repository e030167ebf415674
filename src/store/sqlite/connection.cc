#include "store/sqlite/connection.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "store/sqlite/dialect.h"

namespace shu::store::sqlite {
namespace {

std::string excerpt(std::string_view sql) {
    return std::string(sql.substr(0, 300));
}

bool is_disk_full(int system_error) {
    return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

int last_error_of(sqlite3_file* file) {
    int number = 0;
    if (file != nullptr && file->pMethods != nullptr)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}

// The system's reason for an I/O error. SQLite 3.40 forgets it when COMMIT fails, but the files
// remember.
int system_error_of(sqlite3* connection) {
    if (connection == nullptr) return 0;
    if (const int number = sqlite3_system_errno(connection); number != 0) return number;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        sqlite3_file_control(connection, "main", which, &file);
        if (const int number = last_error_of(file); number != 0) return number;
    }
    return 0;
}

Error io_error(int system_error, const std::string& what) {
    const std::string reason =
        system_error != 0 ? " (" + std::string(std::strerror(system_error)) + ")" : "";
    if (is_disk_full(system_error))
        return unavailable("the disk is full" + reason + "; nothing was written, free some space");
    return unavailable(what + reason);
}

// In the order of Connection::Control.
constexpr std::array<const char*, 7> kControls = {
    "BEGIN",          "BEGIN IMMEDIATE", "COMMIT",           "ROLLBACK",
    "SAVEPOINT work", "RELEASE work",    "ROLLBACK TO work",
};

}  // namespace

/// The face that a work sees of its connection.
class SqliteTransaction final : public Transaction {
 public:
    explicit SqliteTransaction(Connection& connection) : connection_(connection) {}
    Result<Statement*> prepare(const Sql& sql) override { return connection_.prepare(sql.text()); }

 private:
    Connection& connection_;
};

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE |
                      (access == Access::kWrite ? SQLITE_OPEN_CREATE : 0);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(raw, access));
    if (code != SQLITE_OK) return connection->error_of(code, "open " + path);
    Result<void> configured = connection->configure(path);
    if (!configured.ok()) return std::move(configured).error();
    return connection;
}

Connection::~Connection() {
    statements_.clear();
    for (sqlite3_stmt* control : controls_)
        sqlite3_finalize(control);
    sqlite3_close(connection_);
}

Result<void> Connection::configure(const std::string& path) {
    sqlite3_busy_timeout(connection_, limits::sqlite_busy_timeout_ms);
    // A double-quoted word is a name, never a text, as on PostgreSQL.
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    const Result<void> configured = configure_pragmas();
    if (!configured.ok()) return within(path, configured.error());
    for (const char* text : kControls)
        controls_.push_back(SHU_TRY(compile(text, SQLITE_PREPARE_PERSISTENT)));
    return {};
}

Result<void> Connection::configure_pragmas() {
    if (access_ == Access::kWrite) {
        SHU_CHECK(execute_text("PRAGMA journal_mode = WAL"));
        // The checkpointer does it beside the writer; limit the space that a log keeps after a
        // burst.
        SHU_CHECK(execute_text("PRAGMA wal_autocheckpoint = 0"));
        SHU_CHECK(
            pragma("journal_size_limit", static_cast<std::int64_t>(limits::sqlite_log_bytes_kept)));
        SHU_CHECK(execute_text("PRAGMA synchronous = FULL"));
        SHU_CHECK(execute_text("PRAGMA foreign_keys = ON"));
        SHU_CHECK(
            pragma("cache_size", -static_cast<std::int64_t>(limits::sqlite_writer_cache_kib)));
    } else {
        SHU_CHECK(execute_text("PRAGMA query_only = ON"));
        SHU_CHECK(
            pragma("cache_size", -static_cast<std::int64_t>(limits::sqlite_reader_cache_kib)));
    }
    SHU_CHECK(execute_text("PRAGMA case_sensitive_like = ON"));
    SHU_CHECK(execute_text("PRAGMA temp_store = MEMORY"));
    // Reads the first page: a file that is no database is found here.
    return execute_text("SELECT count(*) FROM sqlite_schema");
}

Result<void> Connection::pragma(const char* name, std::int64_t value) {
    return execute_text(("PRAGMA " + std::string(name) + " = " + std::to_string(value)).c_str());
}

Result<void> Connection::execute_text(const char* sql) {
    const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code, sql);
    return {};
}

Result<sqlite3_stmt*> Connection::compile(std::string_view text, unsigned flags) {
    const std::string adapted = in_sqlite(text);
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code =
        sqlite3_prepare_v3(connection_, adapted.c_str(), static_cast<int>(adapted.size() + 1),
                           flags, &statement, &tail);
    if (code != SQLITE_OK) return error_of(code, excerpt(text));
    const bool is_single = statement != nullptr && std::string_view(tail).find_first_not_of(
                                                       " \t\r\n;") == std::string_view::npos;
    if (!is_single) {
        sqlite3_finalize(statement);
        return invalid("not exactly one statement: " + excerpt(text));
    }
    return statement;
}

Result<Statement*> Connection::prepare(std::string_view text) {
    if (failure_) return *failure_;
    auto found = statements_.find(text);
    if (found == statements_.end()) {
        Result<sqlite3_stmt*> compiled = compile(text, SQLITE_PREPARE_PERSISTENT);
        if (!compiled.ok()) return fail(std::move(compiled).error());
        found = statements_
                    .emplace(std::string(text), std::make_unique<SqliteStatement>(*this, *compiled))
                    .first;
    }
    found->second->last_used = ++uses_;
    return found->second.get();
}

Result<void> Connection::run(const Database::Work& work) {
    failure_.reset();
    SqliteTransaction transaction(*this);
    Result<void> result = work(transaction);
    if (failure_ && result.ok()) result = *failure_;
    trim_cache();
    return result;
}

void Connection::trim_cache() {
    while (statements_.size() > limits::statement_cache_max) {
        auto oldest = statements_.begin();
        for (auto it = statements_.begin(); it != statements_.end(); ++it) {
            if (it->second->last_used < oldest->second->last_used) oldest = it;
        }
        statements_.erase(oldest);
    }
}

Result<void> Connection::control(Control control) {
    sqlite3_stmt* statement = controls_[static_cast<std::size_t>(control)];
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement);
        return {};
    }
    Error error = error_of(code, kControls[static_cast<std::size_t>(control)]);
    sqlite3_reset(statement);
    return error;
}

Result<void> Connection::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(connection_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return error_of(code, "checkpoint");
    return {};
}

Error Connection::fail(Error error) {
    failure_ = error;
    return error;
}

Error Connection::error_of(int code, std::string_view doing) const {
    const std::string reason =
        connection_ != nullptr ? sqlite3_errmsg(connection_) : sqlite3_errstr(code);
    const std::string place = std::string(doing) + ": ";
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            if (code == SQLITE_CONSTRAINT_DATATYPE) return invalid(place + reason);
            return conflict(reason);
        case SQLITE_FULL:
            return unavailable("the disk is full (" + reason +
                               "); nothing was written, free some space");
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN: return io_error(system_error_of(connection_), place + reason);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return corrupt(place + "the database file is damaged (" + reason + ")");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return unavailable(place + "another program is writing to the database (" + reason +
                               ")");
        case SQLITE_READONLY:
            if (access_ == Access::kRead)
                return invalid("a reading transaction may not write: " + std::string(doing));
            return unavailable(place + "the database file may not be written (" + reason + ")");
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG: return exhausted(place + reason);
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_PROTOCOL:
        case SQLITE_INTERRUPT: return unavailable(place + reason);
        default: return invalid(place + reason);
    }
}

}  // namespace shu::store::sqlite
