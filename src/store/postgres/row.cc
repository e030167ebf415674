#include "store/postgres/row.h"

#include <charconv>
#include <cmath>

#include "foundation/result.h"

namespace shu::store::postgres {
namespace {

template <typename Number>
Number parse(std::string_view text) {
    Number number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    SHU_ASSERT(failure == std::errc() && end == text.data() + text.size());
    return number;
}

bool is_whole(std::string_view number) {
    return number.find_first_not_of("-0123456789") == std::string_view::npos;
}

int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

// `\x` and two hexadecimal digits a byte (PostgreSQL 15 8.4.1).
void decode_hex(std::string_view hex, std::string& out) {
    SHU_ASSERT(hex.starts_with("\\x"));
    hex.remove_prefix(2);
    out.resize(hex.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<char>(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
}

}  // namespace

void PostgresRow::set(const PGresult* result) {
    result_ = result;
    if (!types_.empty()) return;
    const int columns = PQnfields(result);
    for (int column = 0; column < columns; ++column)
        types_.push_back(PQftype(result, column));
    decoded_.resize(types_.size());
}

Oid PostgresRow::type(int column) const {
    SHU_ASSERT(column >= 0 && column < columns());
    return types_[static_cast<std::size_t>(column)];
}

std::string_view PostgresRow::raw(int column) const {
    return {PQgetvalue(result_, 0, column),
            static_cast<std::size_t>(PQgetlength(result_, 0, column))};
}

bool PostgresRow::is_null(int column) const {
    SHU_ASSERT(column >= 0 && column < columns());
    return PQgetisnull(result_, 0, column) != 0;
}

std::int64_t PostgresRow::integer(int column) const {
    if (is_null(column)) return 0;
    switch (type(column)) {
        case kBool: return raw(column) == "t" ? 1 : 0;
        case kInt2:
        case kInt4:
        case kInt8: return parse<std::int64_t>(raw(column));
        default: break;
    }
    if (type(column) == kNumeric && is_whole(raw(column))) return parse<std::int64_t>(raw(column));
    const double number = real(column);
    SHU_ASSERT(std::trunc(number) == number && std::abs(number) < 9.2e18);
    return static_cast<std::int64_t>(number);
}

double PostgresRow::real(int column) const {
    if (is_null(column)) return 0;
    const Oid kind = type(column);
    SHU_ASSERT(kind == kFloat4 || kind == kFloat8 || kind == kNumeric || kind == kInt2 ||
               kind == kInt4 || kind == kInt8);
    return parse<double>(raw(column));
}

std::string_view PostgresRow::text(int column) const {
    if (is_null(column)) return {};
    switch (type(column)) {
        case kBool:
        case kBytea:
        case kInt2:
        case kInt4:
        case kInt8:
        case kFloat4:
        case kFloat8:
        case kNumeric: SHU_ASSERT(false && "the column holds no text"); break;
        default: break;
    }
    return raw(column);
}

std::string_view PostgresRow::bytes(int column) const {
    if (is_null(column)) return {};
    SHU_ASSERT(type(column) == kBytea);
    std::string& decoded = decoded_[static_cast<std::size_t>(column)];
    decode_hex(raw(column), decoded);
    return decoded;
}

Cell PostgresRow::cell(int column) const {
    if (is_null(column)) return nullptr;
    switch (type(column)) {
        case kBool:
        case kInt2:
        case kInt4:
        case kInt8: return integer(column);
        case kFloat4:
        case kFloat8: return real(column);
        case kNumeric: return is_whole(raw(column)) ? Cell(integer(column)) : Cell(real(column));
        case kBytea: return std::string(bytes(column));
        default: return std::string(raw(column));
    }
}

}  // namespace shu::store::postgres
