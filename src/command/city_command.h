// `shu city check|plan|apply|schema`: the city folder on the command line.
#pragma once

#include <ostream>
#include <string>

#include "city/plan.h"

namespace shu::command {

/// How output is written. Colours only when a person looks at it.
struct Output {
    std::ostream& out;
    bool colour = false;
};

/// True if standard output is a terminal and NO_COLOR is not set.
bool wants_colour();

// Each gives the exit code: 0 done or nothing to do; an error is why the work could not be done.

/// Prints every mistake as file:line:column with its remedy, then a summary. 1 when there is one.
Result<int> city_check(const std::string& folder, Output output);
/// Prints what would change: + added, ~ changed with the members old -> new, - removed. 2 when
/// there is something to change.
Result<int> city_plan(const std::string& folder, store::Database& database, Output output);
/// Prints the plan and carries it out.
Result<int> city_apply(const std::string& folder, const city::ApplyParts& parts, Output output);
/// Writes `<kind>.schema.json` files into `target`.
Result<int> city_schema(const std::string& target, Output output);

}  // namespace shu::command
