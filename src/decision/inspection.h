// A decision model as its reader meets it: is it sound, what does it need and give, and why did it
// decide so. Pure; what the command line, the check of a city folder and the pages show alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision/places.h"
#include "foundation/json.h"
#include "rule/model.h"

namespace shu::decision {

enum class Language { kChinese, kEnglish };

/// A mistake of a model, or what went wrong in an evaluation.
struct ModelProblem {
    std::string where;  ///< "decision 'Subsidy', rule 3, input 2"; empty: the whole text
    Place place;
    std::string message;

    /// Whether it is a mistake inside a text that the model imports; `place` is the import's.
    bool is_imported() const {
        return where.starts_with("import '") && where.find("', ") != std::string::npos;
    }
};

/// A weakness of a decision table with the ids that the editor marks.
struct ModelFinding {
    rule::TableFinding finding;
    Place place;                     ///< of the table
    std::vector<std::string> cells;  ///< ids of the rules concerned; empty ids where there are none
};

/// "gap", "overlap", "conflict", "never-fires", "not-analysed", "missing-value".
std::string_view to_string(rule::TableFinding::Kind kind);

/// The finding as a sentence.
std::string sentence(const rule::TableFinding& finding, Language language);

struct Inspection {
    std::string digest;                ///< SM3 of the text, hexadecimal
    std::optional<rule::Model> model;  ///< absent when the text is no model at all
    std::optional<Places> places;
    std::vector<ModelProblem> problems;
    std::vector<ModelFinding> findings;
    json::object elements;  ///< decisions, inputs, services, knowledge: each a list

    /// Without a mistake. Findings are no mistakes.
    bool is_sound() const { return model.has_value() && problems.empty(); }
};

enum class Analysis { kWithout, kWith };

/// Reads and checks a model. Never fails: what is wrong stands in `problems`.
Inspection inspect(std::string xml, const rule::Environment& environment,
                   Analysis analysis = Analysis::kWith, const rule::ImportReader& imports = {});

/// {ok, name, namespace, digest, problems, findings, decisions, inputs, services, knowledge}.
json::object to_json(const Inspection& inspection);

json::array warnings_to_json(const std::vector<rule::Warning>& warnings, const Places& places);

/// An explanation with the ids of tables, rules and the conditions that failed.
json::array to_json(const rule::Explanation& explanation, const Places& places);

/// An explanation as a page of plain text: the result, then each decision on the way with the
/// inputs it used, the rows that fired, and for each other row the first condition that failed.
std::string page_of(const rule::Explanation& explanation, std::string_view decision,
                    const rule::Value& output, Language language);

}  // namespace shu::decision
