// `shu feel` and `shu rule check|evaluate`: expressions and decision models on the command line,
// without a city and without a database.
#pragma once

#include <ostream>
#include <string>

#include "command/city_command.h"

namespace shu::command {

/// Where answers and complaints go: an answer can be piped on, complaints are for the person.
struct RuleOutput {
    Output answer;
    std::ostream& complaints;
};

struct FeelOptions {
    std::string expression;
    std::string context;  ///< JSON object, or @FILE; empty: none
    bool json = false;    ///< the value as JSON; else as FEEL writes it
};

struct RuleOptions {
    std::string file;
    std::string decision;         ///< or decision service
    std::string input;            ///< JSON object, or @FILE
    std::string explain;          ///< empty, "json" or "text"
    std::string language = "en";  ///< "zh" or "en"
    bool json = false;            ///< of check: the report as JSON
    bool strict = false;          ///< of check: findings of the analysis fail it too
};

// Each returns the exit code: 0 done, 1 the text has mistakes or cannot be evaluated.

/// Evaluates an expression over the members of the context.
int feel(const FeelOptions& options, RuleOutput output);
/// Prints every mistake and every finding as file:line:column.
int rule_check(const RuleOptions& options, RuleOutput output);
/// Evaluates one decision or service.
int rule_evaluate(const RuleOptions& options, RuleOutput output);

}  // namespace shu::command
