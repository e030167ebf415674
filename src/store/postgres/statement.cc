#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "store/postgres/connection.h"
#include "store/postgres/row.h"
#include "store/value_check.h"

namespace shu::store::postgres {
namespace {

// The highest $n outside quotes.
std::size_t count_parameters(std::string_view sql) {
    std::size_t highest = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '$') {
            std::size_t number = 0;
            std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
            highest = std::max(highest, number);
        }
    }
    return highest;
}

// 0 for null, which fits every type.
Oid type_of(const Value& value) {
    switch (value.index()) {
        case 1: return kInt8;
        case 2: return kFloat8;
        case 3: return kText;
        case 4: return kBytea;
        default: return 0;
    }
}

std::uint64_t big_endian(std::uint64_t bits) {
    if constexpr (std::endian::native == std::endian::little) return __builtin_bswap64(bits);
    return bits;
}

// What a statement changed; SELECT and definitions change no rows.
std::int64_t changed_rows(PGresult* result) {
    const std::string_view status = PQcmdStatus(result);
    if (status.starts_with("SELECT")) return 0;
    const std::string_view digits = PQcmdTuples(result);
    std::int64_t rows = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    return rows;
}

bool is_success(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

/// Values as libpq takes them, all in binary format, so that text needs no terminating zero.
class PostgresStatement::Parameters {
 public:
    explicit Parameters(std::span<const Value> values)
        : data_(values.size()),
          lengths_(values.size()),
          formats_(values.size(), 1),
          numbers_(values.size()) {
        for (std::size_t i = 0; i < values.size(); ++i)
            set(i, values[i]);
    }
    int count() const { return static_cast<int>(data_.size()); }
    const char* const* data() const { return data_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

 private:
    void set(std::size_t i, const Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value))
            return set_bits(i, static_cast<std::uint64_t>(*integer));
        if (const auto* real = std::get_if<double>(&value))
            return set_bits(i, std::bit_cast<std::uint64_t>(*real));
        if (const auto* text = std::get_if<std::string_view>(&value)) return set_bytes(i, *text);
        if (const auto* blob = std::get_if<Blob>(&value)) return set_bytes(i, blob->bytes);
    }
    void set_bits(std::size_t i, std::uint64_t bits) {
        numbers_[i] = big_endian(bits);
        data_[i] = reinterpret_cast<const char*>(&numbers_[i]);
        lengths_[i] = sizeof bits;
    }
    void set_bytes(std::size_t i, std::string_view bytes) {
        data_[i] =
            bytes.data() != nullptr ? bytes.data() : "";  // a null pointer would be SQL's null
        lengths_[i] = static_cast<int>(bytes.size());
    }

    std::vector<const char*> data_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::uint64_t> numbers_;
};

PostgresStatement::PostgresStatement(Connection& connection, std::string text)
    : connection_(connection), text_(std::move(text)), parameters_(count_parameters(text_)) {}

void PostgresStatement::forget() {
    for (const Variant& variant : variants_)
        (void)connection_.command(("DEALLOCATE " + variant.name).c_str());
    variants_.clear();
}

Error PostgresStatement::fail_with(const PGresult* result) {
    return connection_.fail(connection_.error_of(result, text_));
}

Result<void> PostgresStatement::begin() {
    if (connection_.failure_) return *connection_.failure_;
    if (connection_.is_reading_) {
        return connection_.fail(
            invalid("a statement may not run while the rows of another are being visited"));
    }
    return {};
}

Result<void> PostgresStatement::check(std::span<const Value> values) const {
    if (values.size() != parameters_) {
        return invalid(std::to_string(values.size()) + " values for the " +
                       std::to_string(parameters_) + " parameters of: " + text_);
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        SHU_CHECK(check_value(values[i], i + 1));
    return {};
}

// The index of the variant that takes these values, prepared now if it is new.
Result<std::size_t> PostgresStatement::variant_for(std::span<const Value> values) {
    if (Result<void> checked = check(values); !checked.ok())
        return connection_.fail(std::move(checked).error());
    for (std::size_t v = 0; v < variants_.size(); ++v) {
        bool fits = true;
        for (std::size_t i = 0; i < values.size() && fits; ++i) {
            const Oid type = type_of(values[i]);
            fits = type == 0 || type == variants_[v].types[i];
        }
        if (fits) return v;
    }
    return prepare(values);
}

Result<std::size_t> PostgresStatement::prepare(std::span<const Value> values) {
    SHU_CHECK(connection_.ensure_begun());
    Variant variant{{}, connection_.next_name()};
    for (const Value& value : values)
        variant.types.push_back(type_of(value));
    PGconn* raw = connection_.raw();
    const ResultPtr prepared(PQprepare(raw, variant.name.c_str(), text_.c_str(),
                                       static_cast<int>(values.size()), variant.types.data()));
    if (!is_success(prepared.get())) return fail_with(prepared.get());
    if (std::ranges::find(variant.types, Oid{0}) != variant.types.end()) {
        // Where a null stands the server knows which type belongs there; then the next value fits
        // this variant too.
        const ResultPtr described(PQdescribePrepared(raw, variant.name.c_str()));
        if (!is_success(described.get())) return fail_with(described.get());
        for (std::size_t i = 0; i < variant.types.size(); ++i) {
            if (variant.types[i] == 0)
                variant.types[i] = PQparamtype(described.get(), static_cast<int>(i));
        }
    }
    variants_.push_back(std::move(variant));
    return variants_.size() - 1;
}

// Sends the statement, and before it the transaction's BEGIN when this is its first.
Result<void> PostgresStatement::start(std::size_t variant, std::span<const Value> values) {
    PGconn* raw = connection_.raw();
    const Parameters parameters(values);
    is_pipelined_ = !connection_.is_begun_;
    bool is_sent = true;
    if (is_pipelined_) {
        is_sent = PQenterPipelineMode(raw) == 1 &&
                  PQsendQueryParams(raw, connection_.begin_text(), 0, nullptr, nullptr, nullptr,
                                    nullptr, 0) == 1;
    }
    is_sent = is_sent && PQsendQueryPrepared(raw, variants_[variant].name.c_str(),
                                             parameters.count(), parameters.data(),
                                             parameters.lengths(), parameters.formats(), 0) == 1;
    if (!is_pipelined_) return is_sent ? Result<void>() : fail_with(nullptr);
    if (!is_sent || PQpipelineSync(raw) != 1) return connection_.begin_error(nullptr);
    const ResultPtr begun(PQgetResult(raw));
    if (PQresultStatus(begun.get()) != PGRES_COMMAND_OK) {
        Error error = connection_.begin_error(begun.get());
        while (const ResultPtr rest{PQgetResult(raw)}) {
        }
        finish();
        return error;
    }
    connection_.is_begun_ = true;
    const ResultPtr end(PQgetResult(raw));  // null: the end of BEGIN's answer
    return {};
}

// Leaves the pipeline after the statement's answer was read to its end.
void PostgresStatement::finish() {
    if (!is_pipelined_) return;
    PGconn* raw = connection_.raw();
    while (const ResultPtr result{PQgetResult(raw)}) {
        if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC || connection_.is_broken()) break;
    }
    PQexitPipelineMode(raw);
    is_pipelined_ = false;
}

Result<std::int64_t> PostgresStatement::execute(std::span<const Value> values) {
    SHU_CHECK(begin());
    const std::size_t variant = SHU_TRY(variant_for(values));
    SHU_CHECK(start(variant, values));
    std::int64_t changed = 0;
    while (const ResultPtr result{PQgetResult(connection_.raw())}) {
        if (connection_.failure_) continue;
        if (PQresultStatus(result.get()) == PGRES_EMPTY_QUERY) {
            (void)connection_.fail(invalid("the statement is empty"));
        } else if (!is_success(result.get())) {
            (void)fail_with(result.get());
        } else {
            changed = changed_rows(result.get());
        }
    }
    finish();
    if (connection_.failure_) return *connection_.failure_;
    return changed;
}

Result<std::vector<std::int64_t>> PostgresStatement::execute_many(
    std::span<const std::vector<Value>> tuples) {
    SHU_CHECK(begin());
    SHU_CHECK(connection_.ensure_begun());
    std::vector<std::int64_t> changed;
    changed.reserve(tuples.size());
    while (changed.size() < tuples.size()) {
        const std::size_t first = changed.size();
        const auto batch =
            tuples.subspan(first, std::min(limits::pipeline_statements_max, tuples.size() - first));
        SHU_CHECK(send_all(batch, first));
        SHU_CHECK(receive_all(batch.size(), changed));
    }
    return changed;
}

Result<void> PostgresStatement::send_all(std::span<const std::vector<Value>> tuples,
                                         std::size_t first) {
    std::vector<std::size_t>
        variants;  // chosen first, because preparing is not possible inside the pipeline
    variants.reserve(tuples.size());
    for (const std::vector<Value>& values : tuples) {
        Result<std::size_t> variant = variant_for(values);
        if (!variant.ok()) {
            const std::string place = "tuple " + std::to_string(first + variants.size() + 1);
            return connection_.fail(within(place, std::move(variant).error()));
        }
        variants.push_back(*variant);
    }
    PGconn* raw = connection_.raw();
    bool is_sent = PQenterPipelineMode(raw) == 1;
    for (std::size_t i = 0; i < tuples.size() && is_sent; ++i) {
        const Parameters parameters(tuples[i]);
        is_sent = PQsendQueryPrepared(raw, variants_[variants[i]].name.c_str(), parameters.count(),
                                      parameters.data(), parameters.lengths(), parameters.formats(),
                                      0) == 1;
    }
    is_sent = is_sent && PQpipelineSync(raw) == 1;
    if (!is_sent) return fail_with(nullptr);
    return {};
}

// Reads one answer a statement and the pipeline's end; the first error stands for all.
Result<void> PostgresStatement::receive_all(std::size_t count, std::vector<std::int64_t>& changed) {
    PGconn* raw = connection_.raw();
    std::optional<Error> failure;
    for (std::size_t i = 0; i < count; ++i) {
        while (ResultPtr result{PQgetResult(raw)}) {
            const bool is_first_failure = !is_success(result.get()) && !failure;
            if (is_first_failure) {
                failure = within("tuple " + std::to_string(changed.size() + 1),
                                 connection_.error_of(result.get(), text_));
            }
            if (!failure) changed.push_back(changed_rows(result.get()));
            if (connection_.is_broken()) break;
        }
        if (connection_.is_broken())
            return connection_.fail(failure.value_or(connection_.error_of(nullptr, text_)));
    }
    while (ResultPtr result{PQgetResult(raw)}) {
        if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) break;
        if (connection_.is_broken()) break;
    }
    const bool is_left = PQexitPipelineMode(raw) == 1;
    if (failure) return connection_.fail(*failure);
    if (!is_left) return fail_with(nullptr);
    return {};
}

Result<void> PostgresStatement::each(std::span<const Value> values, const RowVisitor& visit) {
    SHU_CHECK(begin());
    const std::size_t variant = SHU_TRY(variant_for(values));
    SHU_CHECK(start(variant, values));
    PQsetSingleRowMode(connection_.raw());
    Result<void> visited = visit_all(visit);
    finish();
    return visited;
}

// Reads to the end even when the visitor has had enough: the connection is free only then.
Result<void> PostgresStatement::visit_all(const RowVisitor& visit) {
    PGconn* raw = connection_.raw();
    PostgresRow row;
    Result<void> visited;
    bool has_failed = false;
    while (ResultPtr result{PQgetResult(raw)}) {
        if (has_failed) continue;
        if (PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) {
            if (!visited.ok() || connection_.failure_) continue;
            row.set(result.get());
            connection_.is_reading_ = true;
            visited = visit(row);
            connection_.is_reading_ = false;
        } else if (!is_success(result.get())) {
            has_failed = true;
            if (!connection_.failure_) (void)fail_with(result.get());
        }
    }
    if (connection_.failure_) return *connection_.failure_;
    return visited;
}

}  // namespace shu::store::postgres
