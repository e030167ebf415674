// What both engines must refuse alike, because they would store it differently.
#pragma once

#include "foundation/result.h"
#include "store/value.h"

namespace shu::store {

/// Errors: Invalid for text that is not UTF-8 or holds U+0000, and for a double that is not a
/// number; `number` is the n of $n.
Result<void> check_value(const Value& value, std::size_t number);

}  // namespace shu::store
