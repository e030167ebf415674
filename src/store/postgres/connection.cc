#include "store/postgres/connection.h"

#include <array>

namespace shu::store::postgres {
namespace {

constexpr int kServerVersionMin = 150000;

std::string trimmed(const char* message) {
    std::string text = message != nullptr ? message : "";
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

std::string field(const PGresult* result, int code) {
    return trimmed(PQresultErrorField(result, code));
}

void drop_notice(void* /*unused*/, const PGresult* /*notice*/) {}

}  // namespace

/// The face that a work sees of its connection.
class PostgresTransaction final : public Transaction {
 public:
    explicit PostgresTransaction(Connection& connection) : connection_(connection) {}
    Result<Statement*> prepare(const Sql& sql) override {
        if (connection_.failure_) return *connection_.failure_;
        return connection_.statement(sql.text());
    }

 private:
    Connection& connection_;
};

Result<std::unique_ptr<Connection>> Connection::open(const PostgresOptions& options) {
    // What stands before dbname are defaults that the connection string may change; what stands
    // after holds always.
    const std::string timeout = std::to_string(limits::postgres_connect_timeout_s);
    const std::array<const char*, 10> keys = {"connect_timeout",
                                              "keepalives_idle",
                                              "keepalives_interval",
                                              "keepalives_count",
                                              "tcp_user_timeout",
                                              "fallback_application_name",
                                              "dbname",
                                              "client_encoding",
                                              nullptr,
                                              nullptr};
    const std::array<const char*, 10> values = {
        timeout.c_str(),          "10",   "5",     "3",    "20000", "shu",
        options.conninfo.c_str(), "UTF8", nullptr, nullptr};
    std::unique_ptr<Connection> connection(
        new Connection(PQconnectdbParams(keys.data(), values.data(), 1)));
    if (connection->is_broken()) {
        return unavailable("PostgreSQL does not answer: " +
                           trimmed(PQerrorMessage(connection->connection_)));
    }
    SHU_CHECK(connection->configure(options));
    return connection;
}

Connection::~Connection() {
    PQfinish(connection_);
}

Result<void> Connection::configure(const PostgresOptions& options) {
    PQsetNoticeReceiver(connection_, drop_notice, nullptr);
    const int version = PQserverVersion(connection_);
    if (version < kServerVersionMin) {
        return invalid("PostgreSQL 15 or newer is needed, this one is " +
                       std::to_string(version / 10000));
    }
    const std::string timeout = std::to_string(limits::postgres_statement_timeout_ms);
    std::string settings =
        "SET statement_timeout = " + timeout +
        "; SET idle_in_transaction_session_timeout = " + timeout +
        "; SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET TimeZone = 'UTC'"
        "; SET DateStyle = 'ISO'; SET client_min_messages = warning";
    if (!options.schema.empty()) {
        const Identifier schema = SHU_TRY(Identifier::parse(options.schema));
        settings += "; SET search_path = " + schema.text();
    }
    return command(settings.c_str());
}

Result<void> Connection::command(const char* text) {
    const ResultPtr result(PQexec(connection_, text));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return error_of(result.get(), text);
    return {};
}

void Connection::begin(Access access) {
    settle();
    if (has_stale_plans_) forget_statements();
    trim_cache();
    access_ = access;
    should_run_again_ = false;
    is_begun_ = false;
}

const char* Connection::begin_text() const {
    return access_ == Access::kRead ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                    : "BEGIN ISOLATION LEVEL SERIALIZABLE";
}

Result<void> Connection::ensure_begun() {
    if (is_begun_) return {};
    const ResultPtr result(PQexec(connection_, begin_text()));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return begin_error(result.get());
    is_begun_ = true;
    return {};
}

// A connection that died while it was idle: nothing has been done on it, so the work may run on
// another.
Error Connection::begin_error(const PGresult* result) {
    Error error = error_of(result, "BEGIN");
    if (is_broken()) should_run_again_ = true;
    return fail(std::move(error));
}

// Reads the answer to a COMMIT that nobody waited for.
void Connection::settle() {
    if (!is_commit_pending_) return;
    while (const ResultPtr result{PQgetResult(connection_)}) {
    }
    is_commit_pending_ = false;
}

Result<void> Connection::run(const Database::Work& work) {
    failure_.reset();
    PostgresTransaction transaction(*this);
    Result<void> result = work(transaction);
    if (failure_ && result.ok()) result = *failure_;
    return result;
}

Result<void> Connection::commit() {
    if (!is_begun_) return {};  // the work ran no statement
    if (access_ == Access::kRead) {
        // There is nothing that its answer could change.
        is_commit_pending_ = PQsendQuery(connection_, "COMMIT") == 1;
        return {};
    }
    const ResultPtr result(PQexec(connection_, "COMMIT"));
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
        if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
            return unavailable("PostgreSQL took the transaction back instead of committing it");
        }
        return {};
    }
    Error error = error_of(result.get(), "COMMIT");
    if (is_broken()) {
        return unavailable(
            "the connection to PostgreSQL broke during COMMIT, so whether the change was made is unknown; look before "
            "trying again (" +
            error.detail + ")");
    }
    return error;
}

void Connection::rollback() {
    if (is_begun_ && !is_broken()) (void)command("ROLLBACK");
}

Statement* Connection::statement(std::string_view text) {
    auto found = statements_.find(text);
    if (found == statements_.end()) {
        found = statements_
                    .emplace(std::string(text),
                             std::make_unique<PostgresStatement>(*this, std::string(text)))
                    .first;
    }
    found->second->last_used = ++uses_;
    return found->second.get();
}

void Connection::trim_cache() {
    while (statements_.size() > limits::statement_cache_max) {
        auto oldest = statements_.begin();
        for (auto it = statements_.begin(); it != statements_.end(); ++it) {
            if (it->second->last_used < oldest->second->last_used) oldest = it;
        }
        oldest->second->forget();
        statements_.erase(oldest);
    }
}

void Connection::forget_statements() {
    (void)command("DEALLOCATE ALL");
    statements_.clear();
    has_stale_plans_ = false;
}

Error Connection::fail(Error error) {
    failure_ = error;
    return error;
}

Error Connection::error_of(const PGresult* result, std::string_view doing) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    const std::string place = std::string(doing.substr(0, 300)) + ": ";
    if (state.empty()) {
        // Not the server's answer but libpq's own word. PQstatus may still say that all is well:
        // inside a pipeline it hears of a closed connection later than the statement does.
        is_lost_ = true;
        return unavailable("the connection to PostgreSQL is lost: " +
                           trimmed(PQerrorMessage(connection_)));
    }
    const std::string reason = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string kind = state.substr(0, 2);
    if (state == "40001" || state == "40P01") {
        should_run_again_ = true;
        return unavailable(
            "other transactions changed the same rows at the same time, again and again; try again later");
    }
    if (state == "0A000" && reason.starts_with("cached plan must not change")) {
        should_run_again_ = has_stale_plans_ = true;
        return unavailable("the tables changed meanwhile; try again");
    }
    if (kind == "23") {
        const std::string more = field(result, PG_DIAG_MESSAGE_DETAIL);
        return conflict(more.empty() ? reason : reason + " (" + more + ")");
    }
    if (state == "53100" || reason.find("No space left on device") != std::string::npos) {
        return unavailable("the disk of the database is full (" + reason +
                           "); nothing was written, free some space");
    }
    if (state == "57014")
        return unavailable(place + "took too long or was stopped (" + reason + ")");
    if (state == "25006" && access_ == Access::kRead) {
        return invalid("a reading transaction may not write: " + place + reason);
    }
    if (state == "XX001" || state == "XX002") return corrupt(place + reason);
    if (state == "08P01") return invalid(place + reason);
    if (kind == "54") return exhausted(place + reason);
    for (const std::string_view unavailable_kind :
         {"08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"}) {
        if (kind == unavailable_kind) return unavailable("PostgreSQL: " + reason);
    }
    return invalid(place + reason);
}

}  // namespace shu::store::postgres
