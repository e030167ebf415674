#include "store/sqlite/dialect.h"

#include <cctype>

namespace shu::store::sqlite {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool same_word(std::string_view a, std::string_view upper) {
    if (a.size() != upper.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::toupper(static_cast<unsigned char>(a[i])) != upper[i]) return false;
    }
    return true;
}

std::string_view word_at(std::string_view sql, std::size_t at) {
    std::size_t end = at;
    while (end < sql.size() && is_word(sql[end]))
        ++end;
    return sql.substr(at, end - at);
}

std::size_t after_space(std::string_view sql, std::size_t at) {
    while (at < sql.size() && is_space(sql[at]))
        ++at;
    return at;
}

enum class Kind { kCreateTable, kAlterTable, kOther };

Kind kind_of(std::string_view sql) {
    std::size_t at = after_space(sql, 0);
    const std::string_view verb = word_at(sql, at);
    at = after_space(sql, at + verb.size());
    if (!same_word(word_at(sql, at), "TABLE")) return Kind::kOther;
    if (same_word(verb, "CREATE")) return Kind::kCreateTable;
    return same_word(verb, "ALTER") ? Kind::kAlterTable : Kind::kOther;
}

// The end of the quoted text or name that begins at `at`.
std::size_t after_quoted(std::string_view sql, std::size_t at) {
    const std::size_t end = sql.find(sql[at], at + 1);
    return end == std::string_view::npos ? sql.size() : end + 1;
}

}  // namespace

std::string in_sqlite(std::string_view sql) {
    const Kind kind = kind_of(sql);
    if (kind == Kind::kOther) return std::string(sql);
    std::string out;
    std::size_t at = 0;
    while (at < sql.size()) {
        if (sql[at] == '\'' || sql[at] == '"') {
            const std::size_t end = after_quoted(sql, at);
            out += sql.substr(at, end - at);
            at = end;
            continue;
        }
        if (!is_word(sql[at])) {
            out += sql[at++];
            continue;
        }
        const std::string_view word = word_at(sql, at);
        at += word.size();
        if (same_word(word, "BIGINT")) {
            out += "INTEGER";
        } else if (same_word(word, "BYTEA")) {
            out += "BLOB";
        } else if (same_word(word, "DOUBLE") &&
                   same_word(word_at(sql, after_space(sql, at)), "PRECISION")) {
            out += "REAL";
            at = after_space(sql, at) + std::string_view("PRECISION").size();
        } else {
            out += word;
        }
    }
    while (!out.empty() && is_space(out.back()))
        out.pop_back();
    if (kind == Kind::kCreateTable && out.ends_with(')')) out += " STRICT";
    return out;
}

}  // namespace shu::store::sqlite
