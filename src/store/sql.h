// SQL text that is a literal by type, and the names of declared tables and columns.
//
// A Sql can be made from a string literal only (the constructor is consteval), so text that came
// from outside can never become SQL. Tables of declared datasets have names that are not known at
// compile time: an Identifier is checked, and AssembledSql joins literals and identifiers only.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "foundation/result.h"

namespace shu::store {

/// A lower-case SQL name: [a-z][a-z0-9_]{0,54}, not a reserved word of either engine.
class Identifier {
 public:
    static Result<Identifier> parse(std::string_view name);  ///< Errors: Invalid
    const std::string& text() const { return text_; }
    friend bool operator==(const Identifier&, const Identifier&) = default;

 private:
    explicit Identifier(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// A literal piece of SQL.
class Literal {
 public:
    template <std::size_t N>
    consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}
    constexpr std::string_view text() const { return text_; }

 private:
    std::string_view text_;
};

/// One SQL statement, parameters written $1, $2, ... Borrows its text.
class Sql {
 public:
    template <std::size_t N>
    consteval Sql(const char (&text)[N]) : text_(text, N - 1) {}

    constexpr std::string_view text() const { return text_; }

 private:
    friend class AssembledSql;
    explicit constexpr Sql(std::string_view text) : text_(text) {}
    std::string_view text_;
};

/// A statement joined from literals and identifiers, without separators; for the tables of declared
/// datasets. Build it once, keep it, and pass it wherever a Sql is taken.
class AssembledSql {
 public:
    AssembledSql() = default;
    AssembledSql& add(Literal literal);
    AssembledSql& add(const Identifier& identifier);
    /// $1, $2, ...: the number of a parameter.
    AssembledSql& add_parameter(int number);

    operator Sql() const { return Sql(std::string_view(text_)); }
    const std::string& text() const { return text_; }

 private:
    std::string text_;
};

}  // namespace shu::store
