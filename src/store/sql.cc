#include "store/sql.h"

#include <algorithm>
#include <array>

namespace shu::store {
namespace {

constexpr std::size_t kIdentifierBytesMax = 55;

// Words that stand for themselves in the grammar of PostgreSQL 15 (appendix C, "reserved") or of
// SQLite 3 (lang_keywords).
constexpr auto kReserved = std::to_array<std::string_view>({
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "begin",
    "between",
    "bigint",
    "binary",
    "both",
    "by",
    "bytea",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "distinct",
    "do",
    "double",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exclusive",
    "exists",
    "explain",
    "false",
    "fetch",
    "filter",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "glob",
    "grant",
    "group",
    "having",
    "if",
    "ilike",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "partition",
    "placing",
    "pragma",
    "primary",
    "raise",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "savepoint",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "temp",
    "temporary",
    "then",
    "to",
    "trailing",
    "transaction",
    "trigger",
    "true",
    "unbounded",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "vacuum",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "without",
});
static_assert(std::ranges::is_sorted(kReserved));

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_name_character(char c) {
    return is_lower(c) || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Result<Identifier> Identifier::parse(std::string_view name) {
    if (name.empty() || name.size() > kIdentifierBytesMax || !is_lower(name.front()) ||
        !std::ranges::all_of(name, is_name_character)) {
        return invalid(
            "'" + std::string(name.substr(0, 100)) +
            "' cannot name a table or column: write 1 to 55 of a-z, 0-9 and _, a letter first");
    }
    // SQLite keeps names that start so for itself; PostgreSQL keeps pg_.
    if (name.starts_with("sqlite_") || name.starts_with("pg_") ||
        std::ranges::binary_search(kReserved, name)) {
        return invalid("'" + std::string(name) + "' is a word of SQL itself; choose another name");
    }
    return Identifier(std::string(name));
}

AssembledSql& AssembledSql::add(Literal literal) {
    text_ += literal.text();
    return *this;
}

AssembledSql& AssembledSql::add(const Identifier& identifier) {
    text_ += identifier.text();
    return *this;
}

AssembledSql& AssembledSql::add_parameter(int number) {
    SHU_ASSERT(number >= 1);
    text_ += '$';
    text_ += std::to_string(number);
    return *this;
}

}  // namespace shu::store
