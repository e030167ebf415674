// A row of a libpq result, in text format.
#pragma once

#include <libpq-fe.h>

#include <string>
#include <vector>

#include "store/value.h"

namespace shu::store::postgres {

/// Types of the common dialect by their number in pg_type.
enum TypeNumber : Oid {
    kBool = 16,
    kBytea = 17,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kFloat4 = 700,
    kFloat8 = 701,
    kNumeric = 1700
};

/// Row 0 of the result that it was last given.
class PostgresRow final : public Row {
 public:
    void set(const PGresult* result);

    int columns() const override { return static_cast<int>(types_.size()); }
    bool is_null(int column) const override;
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    std::string_view text(int column) const override;
    std::string_view bytes(int column) const override;
    Cell cell(int column) const override;

 private:
    std::string_view raw(int column) const;
    Oid type(int column) const;

    const PGresult* result_ = nullptr;
    std::vector<Oid> types_;
    mutable std::vector<std::string> decoded_;  // of bytes(), until the next row
};

}  // namespace shu::store::postgres
