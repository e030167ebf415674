#include <algorithm>
#include <charconv>
#include <cmath>

#include "store/sqlite/connection.h"
#include "store/value_check.h"

namespace shu::store::sqlite {
namespace {

class SqliteRow final : public Row {
 public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

    // Of this row: the statement may have been prepared anew when it began to run.
    int columns() const override { return sqlite3_data_count(statement_); }
    bool is_null(int column) const override { return type(column) == SQLITE_NULL; }

    std::int64_t integer(int column) const override {
        switch (type(column)) {
            case SQLITE_NULL: return 0;
            case SQLITE_INTEGER: return sqlite3_column_int64(statement_, column);
            default: break;
        }
        SHU_ASSERT(type(column) == SQLITE_FLOAT);
        const double real = sqlite3_column_double(statement_, column);
        SHU_ASSERT(std::trunc(real) == real && std::abs(real) < 9.2e18);
        return static_cast<std::int64_t>(real);
    }

    double real(int column) const override {
        const int kind = type(column);
        if (kind == SQLITE_NULL) return 0;
        SHU_ASSERT(kind == SQLITE_FLOAT || kind == SQLITE_INTEGER);
        return sqlite3_column_double(statement_, column);
    }

    std::string_view text(int column) const override {
        const int kind = type(column);
        if (kind == SQLITE_NULL) return {};
        SHU_ASSERT(kind == SQLITE_TEXT);
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return {data, size(column)};
    }

    std::string_view bytes(int column) const override {
        const int kind = type(column);
        if (kind == SQLITE_NULL) return {};
        SHU_ASSERT(kind == SQLITE_BLOB);
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return {data, size(column)};
    }

    Cell cell(int column) const override {
        switch (type(column)) {
            case SQLITE_INTEGER: return sqlite3_column_int64(statement_, column);
            case SQLITE_FLOAT: return sqlite3_column_double(statement_, column);
            case SQLITE_TEXT: return std::string(text(column));
            case SQLITE_BLOB: return std::string(bytes(column));
            default: return nullptr;
        }
    }

 private:
    int type(int column) const {
        SHU_ASSERT(column >= 0 && column < columns());
        return sqlite3_column_type(statement_, column);
    }
    std::size_t size(int column) const {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    }

    sqlite3_stmt* statement_;
};

// Ends a statement's run however the function is left.
class Reset {
 public:
    explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
    ~Reset() { sqlite3_reset(statement_); }
    Reset(const Reset&) = delete;
    Reset& operator=(const Reset&) = delete;

 private:
    sqlite3_stmt* statement_;
};

const char* not_null(std::string_view bytes) {
    return bytes.data() != nullptr ? bytes.data() : "";
}

}  // namespace

SqliteStatement::SqliteStatement(Connection& connection, sqlite3_stmt* statement)
    : connection_(connection), statement_(statement) {
    // SQLite numbers $2 ... $1 by first appearance, so each index is matched to the number in its
    // name.
    const int count = sqlite3_bind_parameter_count(statement);
    for (int index = 1; index <= count; ++index) {
        const char* name = sqlite3_bind_parameter_name(statement, index);
        std::size_t number = 0;
        if (name != nullptr && name[0] == '$') {
            const std::string_view digits(name + 1);
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        }
        numbers_.push_back(number);
        parameters_ = std::max(parameters_, number);
    }
}

SqliteStatement::~SqliteStatement() {
    sqlite3_finalize(statement_);
}

int SqliteStatement::bind_one(int index, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement_, index, *integer);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        return sqlite3_bind_text64(statement_, index, not_null(*text), text->size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    if (const auto* real = std::get_if<double>(&value))
        return sqlite3_bind_double(statement_, index, *real);
    if (const auto* blob = std::get_if<Blob>(&value)) {
        return sqlite3_bind_blob64(statement_, index, not_null(blob->bytes), blob->bytes.size(),
                                   SQLITE_STATIC);
    }
    return sqlite3_bind_null(statement_, index);
}

Result<void> SqliteStatement::bind(std::span<const Value> values) {
    if (values.size() != parameters_) {
        return invalid(std::to_string(values.size()) + " values for the " +
                       std::to_string(parameters_) + " parameters of: " + sqlite3_sql(statement_));
    }
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        const std::size_t number = numbers_[i];
        if (number == 0)
            return invalid("parameters are written $1, $2, ...: " +
                           std::string(sqlite3_sql(statement_)));
        SHU_CHECK(check_value(values[number - 1], number));
        const int code = bind_one(static_cast<int>(i + 1), values[number - 1]);
        if (code != SQLITE_OK) return connection_.error_of(code, sqlite3_sql(statement_));
    }
    return {};
}

Result<void> SqliteStatement::begin(std::span<const Value> values) {
    if (connection_.failure_) return *connection_.failure_;
    if (connection_.is_reading_) {
        return connection_.fail(
            invalid("a statement may not run while the rows of another are being visited"));
    }
    Result<void> bound = bind(values);
    if (!bound.ok()) return connection_.fail(std::move(bound).error());
    return {};
}

Result<std::int64_t> SqliteStatement::run(std::span<const Value> values) {
    SHU_CHECK(begin(values));
    const Reset reset(statement_);
    sqlite3* raw = connection_.raw();
    const sqlite3_int64 before = sqlite3_total_changes64(raw);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement_);
    if (code != SQLITE_DONE)
        return connection_.fail(connection_.error_of(code, sqlite3_sql(statement_)));
    // sqlite3_changes keeps its old value when a statement changes no row at all.
    return sqlite3_total_changes64(raw) == before ? 0 : sqlite3_changes64(raw);
}

Result<std::int64_t> SqliteStatement::execute(std::span<const Value> values) {
    return run(values);
}

Result<std::vector<std::int64_t>> SqliteStatement::execute_many(
    std::span<const std::vector<Value>> tuples) {
    std::vector<std::int64_t> changed;
    changed.reserve(tuples.size());
    for (std::size_t i = 0; i < tuples.size(); ++i) {
        Result<std::int64_t> one = run(tuples[i]);
        if (!one.ok()) {
            return connection_.fail(
                within("tuple " + std::to_string(i + 1), std::move(one).error()));
        }
        changed.push_back(*one);
    }
    return changed;
}

Result<void> SqliteStatement::each(std::span<const Value> values, const RowVisitor& visit) {
    SHU_CHECK(begin(values));
    const Reset reset(statement_);
    const SqliteRow row(statement_);
    while (true) {
        const int code = sqlite3_step(statement_);
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW)
            return connection_.fail(connection_.error_of(code, sqlite3_sql(statement_)));
        connection_.is_reading_ = true;
        Result<void> visited = visit(row);
        connection_.is_reading_ = false;
        if (connection_.failure_) return *connection_.failure_;
        if (!visited.ok()) return visited;
    }
}

}  // namespace shu::store::sqlite
