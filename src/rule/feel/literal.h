// Texts that denote temporal values, for literals and conversions.
#pragma once

#include <optional>
#include <string_view>

#include "rule/feel.h"

namespace shu::rule {

/// The environment's zones, or only UTC and offsets.
const Zones& zones_of(const Environment* environment);

/// What `@"text"` denotes: a date, a date and time, a time or a duration. DMN 1.5 10.3.1.2 rule 65.
std::optional<Value> temporal_literal(std::string_view text, const Zones& zones);

}  // namespace shu::rule
