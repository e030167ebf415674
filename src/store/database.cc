#include "store/database.h"

namespace shu::store {
namespace {

StoredRow stored(const Row& row) {
    std::vector<Cell> cells;
    const int columns = row.columns();
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column)
        cells.push_back(row.cell(column));
    return StoredRow(std::move(cells));
}

std::span<const Value> span_of(std::initializer_list<Value> values) {
    return {values.begin(), values.size()};
}

}  // namespace

Result<std::int64_t> Transaction::execute(const Sql& sql, std::initializer_list<Value> values) {
    Statement* statement = SHU_TRY(prepare(sql));
    return statement->execute(span_of(values));
}

Result<std::vector<StoredRow>> Transaction::query(const Sql& sql,
                                                  std::initializer_list<Value> values) {
    return query(sql, span_of(values));
}

Result<std::vector<StoredRow>> Transaction::query(const Sql& sql, std::span<const Value> values) {
    Statement* statement = SHU_TRY(prepare(sql));
    std::vector<StoredRow> rows;
    SHU_CHECK(statement->each(values, [&](const Row& row) -> Result<void> {
        if (rows.size() >= limits::rows_max) {
            return exhausted("the query gives more than " + std::to_string(limits::rows_max) +
                             " rows; ask for fewer or read them one by one");
        }
        rows.push_back(stored(row));
        return {};
    }));
    return rows;
}

Result<std::optional<StoredRow>> Transaction::row(const Sql& sql,
                                                  std::initializer_list<Value> values) {
    Statement* statement = SHU_TRY(prepare(sql));
    std::optional<StoredRow> first;
    // An error of the visitor is the way to stop reading after the first row.
    Result<void> read = statement->each(span_of(values), [&](const Row& row) -> Result<void> {
        first = stored(row);
        return exhausted("enough");
    });
    if (!read.ok() && !first) return std::move(read).error();
    return first;
}

}  // namespace shu::store
