// What goes into a statement and what comes out of a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace shu::store {

/// Bytes bound or read as BYTEA / BLOB; borrowed.
struct Blob {
    std::string_view bytes;
};

/// One parameter. Borrows text and bytes: they must live until the call returns. Text is UTF-8
/// without U+0000, and a double is not NaN; anything else is refused with Invalid (the engines
/// would store them differently).
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;

/// Null or text.
inline Value optional_text(const std::optional<std::string>& text) {
    return text ? Value(std::string_view(*text)) : Value(nullptr);
}

/// One value that owns itself; text and bytes are both std::string.
using Cell = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// One row while it is being read; views are valid until the callback returns. Reading a column as
/// another type than the statement gives is a bug and aborts, except that integer() accepts any
/// numeric column that holds a whole number and a truth value, real() accepts any numeric column,
/// and null reads as 0 or empty.
class Row {
 public:
    virtual ~Row() = default;
    virtual int columns() const = 0;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual std::string_view bytes(int column) const = 0;
    /// A copy, as the type that the engine gave.
    virtual Cell cell(int column) const = 0;
};

/// A row that owns its values.
class StoredRow {
 public:
    using Cell = store::Cell;

    explicit StoredRow(std::vector<Cell> cells) : cells_(std::move(cells)) {}

    std::size_t columns() const { return cells_.size(); }
    bool is_null(std::size_t column) const {
        return std::holds_alternative<std::nullptr_t>(cells_.at(column));
    }
    std::int64_t integer(std::size_t column) const;     ///< 0 if null
    double real(std::size_t column) const;              ///< 0 if null
    const std::string& text(std::size_t column) const;  ///< text or bytes; empty if null
    const Cell& cell(std::size_t column) const { return cells_.at(column); }

 private:
    std::vector<Cell> cells_;
};

}  // namespace shu::store
