// Decision models as a city folder declares them: rules/NAME.dmn, beside it NAME.yaml (whose it is,
// from when) and NAME.test.yaml (examples that must come out). docs/format/city-folder.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "decision/inspection.h"
#include "foundation/clock.h"
#include "foundation/shape.h"

namespace shu::decision {

enum class Severity { kIgnore, kWarning, kError };

/// A model and what the city says about it. A value.
struct ModelDeclaration {
    std::string code;  ///< the file's name without its ending
    std::string name, name_en;
    std::string owner;           ///< organisation
    std::string basis;           ///< the law or notice it carries out
    std::string from;            ///< YYYY-MM-DD, the day from which the text holds; empty: at once
    bool four_eyes = true;       ///< who drew a draft does not publish it
    bool record = false;         ///< every decision for a program is kept as a case
    std::int64_t keep_days = 0;  ///< after which inputs and outputs of cases are deleted; 0: never
    json::array examples;        ///< that passed examples_shape()
    std::map<std::string, Severity, std::less<>> findings;  ///< by kind of finding; others warn
    std::string xml;

    Severity severity(rule::TableFinding::Kind kind) const;
};

Shape model_shape();     ///< rules/*.yaml
Shape examples_shape();  ///< rules/*.test.yaml

/// The declaration without its text; `declared` passed model_shape() or is null, which declares
/// nothing.
ModelDeclaration model_from(std::string_view code, const json::value& declared);

/// What the declaration and the text say, by member: two of them compared show what a reader of the
/// model would want to be told. `inspection` is of the text.
json::object outline_of(const ModelDeclaration& declaration, const Inspection& inspection);

/// An example that did not come out, by its JSON Pointer in the examples file.
struct ExampleFailure {
    std::string pointer;
    std::string message;
    std::string remedy;
};

/// What one example gave.
struct ExampleResult {
    std::string name, decision;
    bool passed = false;
    json::value expected;
    json::value output;   ///< null when it could not be run
    std::string message;  ///< why it did not come out; empty when it did
};

struct ExampleReport {
    std::size_t examples = 0;
    std::vector<ExampleFailure> failures;
    std::vector<ExampleResult> results;  ///< of each example, in order
};

/// When examples take place.
struct ExampleTime {
    int utc_offset_minutes = 0;  ///< of instants without zone, of today() and now()
    Micros otherwise = 0;        ///< of examples that name no instant
};

/// Runs the examples of a document that passed examples_shape().
ExampleReport run_examples(const json::value& document, const rule::Model& model,
                           const rule::Environment& environment, ExampleTime time);

/// True if an evaluation gave what is expected: numbers by value, dates and durations by their
/// text, contexts with the same members.
bool comes_out(const rule::Value& actual, const rule::Value& expected);

}  // namespace shu::decision
