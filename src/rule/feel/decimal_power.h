// Inside of decimal_functions.cc.
#pragma once

#include <optional>

#include "rule/feel/decimal.h"

namespace shu::rule {

/// base ** exponent rounded half even to 34 digits; nothing where that needs more digits to decide,
/// or another method.
std::optional<Decimal> fast_power(const Decimal& base, std::int64_t exponent);

}  // namespace shu::rule
