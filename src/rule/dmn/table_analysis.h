// What is wrong with a decision table whatever its inputs: gaps, overlaps, rules that never fire,
// conflicting outputs.
#pragma once

#include <vector>

#include "rule/dmn/table.h"
#include "rule/model.h"

namespace shu::rule {

/// Findings about one table, the gravest first. A table with conditions that are no comparisons
/// with constants has one finding that says so. Stops at limits::rule_analysis_boxes_max parts of
/// the input space, and says that too.
std::vector<TableFinding> analyse_table(const Program& program, const DecisionTable& table);

}  // namespace shu::rule
