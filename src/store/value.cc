#include "store/value.h"

#include <cmath>

#include "foundation/result.h"
#include "foundation/text.h"
#include "store/value_check.h"

namespace shu::store {

Result<void> check_value(const Value& value, std::size_t number) {
    if (const auto* string = std::get_if<std::string_view>(&value)) {
        if (string->find('\0') != std::string_view::npos || !text::is_utf8(*string)) {
            return invalid("value $" + std::to_string(number) +
                           " is not UTF-8 text without U+0000");
        }
    } else if (const auto* real = std::get_if<double>(&value);
               real != nullptr && std::isnan(*real)) {
        return invalid("value $" + std::to_string(number) + " is not a number");
    }
    return {};
}

std::int64_t StoredRow::integer(std::size_t column) const {
    const Cell& cell = cells_.at(column);
    if (std::holds_alternative<std::nullptr_t>(cell)) return 0;
    if (const double* real = std::get_if<double>(&cell)) {
        SHU_ASSERT(std::trunc(*real) == *real && std::abs(*real) < 9.2e18);
        return static_cast<std::int64_t>(*real);
    }
    const std::int64_t* integer = std::get_if<std::int64_t>(&cell);
    SHU_ASSERT(integer != nullptr);
    return *integer;
}

double StoredRow::real(std::size_t column) const {
    const Cell& cell = cells_.at(column);
    if (std::holds_alternative<std::nullptr_t>(cell)) return 0;
    if (const std::int64_t* integer = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*integer);
    const double* real = std::get_if<double>(&cell);
    SHU_ASSERT(real != nullptr);
    return *real;
}

const std::string& StoredRow::text(std::size_t column) const {
    static const std::string empty;
    const Cell& cell = cells_.at(column);
    if (std::holds_alternative<std::nullptr_t>(cell)) return empty;
    const std::string* text = std::get_if<std::string>(&cell);
    SHU_ASSERT(text != nullptr);
    return *text;
}

}  // namespace shu::store
