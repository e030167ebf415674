// Decision models: DMN 1.1 to 1.5 files, loaded and checked once, evaluated often. DMN 1.5 chapters
// 6 to 8 and 10.2.
//
//     auto model = Model::load(xml, environment);
//     for (const Warning& problem : model->problems()) ...          // mistakes with their place;
//     the rest still works Evaluation evaluation(environment, clock);                    // one for
//     each thread auto outcome = model->evaluate(evaluation, "Eligibility", inputs);
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rule/feel.h"

namespace shu::rule {

struct ModelData;

/// Reads the text of an imported model. Errors: NotFound; the detail is told at the import.
using ImportReader =
    std::function<Result<std::string>(std::string_view name_space, std::string_view location)>;

/// One decision, input or service of a model, for people and for callers.
struct ModelElement {
    enum class Kind { kInput, kDecision, kKnowledge, kService } kind = Kind::kDecision;
    std::string id;
    std::string name;
    std::string type;                 ///< as declared; empty: any
    std::vector<std::string> inputs;  ///< names of the inputs that it needs, directly or not; of a
                                      ///< service its parameters
};

/// Why a decision came out as it did.
struct Explanation {
    struct Row {
        std::size_t rule = 0;  ///< from 1
        bool fired = false;
        std::size_t failed = 0;  ///< input column, from 1, of the first condition that did not hold
        std::string condition;   ///< its text
    };
    struct Table {
        std::string place;
        std::string hit_policy;
        std::vector<std::pair<std::string, Value>>
            inputs;  ///< text of the input expression and its value
        std::vector<Row> rows;
    };
    struct Decision {
        std::string name;
        std::vector<std::pair<std::string, Value>> inputs;
        Value value;
        std::vector<Table> tables;
    };
    std::vector<Decision> decisions;  ///< in the order they were finished
    bool is_running = false;          ///< while it is gathered: the last of them is not finished
};

/// A weakness of a decision table, whatever its inputs will be.
struct TableFinding {
    enum class Kind {
        kOverlap,
        kConflict,
        kGap,
        kMissingValue,  ///< a gap that is one value of an enumeration, whatever the other inputs
        kNeverFires,
        kNotAnalysed
    } kind = Kind::kGap;
    std::string place;
    std::vector<std::size_t> rules;  ///< from 1
    std::string text;  ///< a sentence, with the conditions of the part of the inputs concerned
    std::vector<std::string> where;  ///< these conditions one by one; none: any input
};

/// One input of many records: value n belongs to record n, a single value to all of them. Borrowed.
struct InputColumn {
    std::string_view name;
    std::span<const Value> values;
};

/// One decision for many records.
struct OutputColumn {
    std::vector<Value> values;  ///< by record
    /// The records that had warnings, or ended at a bound of evaluation: how many they are, and the
    /// first limits::rule_warnings_max warnings with their records.
    std::size_t records_warned = 0;
    std::vector<std::pair<std::size_t, Warning>> warnings;
};

/// What the head of a text says, without loading it.
struct ModelHead {
    std::string name_space;
    std::vector<std::string> imports;  ///< namespaces that it imports itself, in order
};

/// A loaded model. Immutable; const methods may be called from any number of threads, each with its
/// own Evaluation.
class Model {
 public:
    /// Errors: Invalid for what is no DMN, or has a document type declaration; Exhausted beyond
    /// limits::rule_model_*. Mistakes in single elements are `problems()`, and those elements are
    /// null when evaluated.
    static Result<Model> load(std::string_view xml, const Environment& environment,
                              const ImportReader& imports = {});

    /// Errors: as load().
    static Result<ModelHead> head(std::string_view xml);

    const std::string& name() const;
    const std::string& name_space() const;
    /// Namespaces that the model imports, directly or through what it imports, those found and
    /// those not.
    const std::vector<std::string>& imports() const;
    const std::vector<Warning>& problems() const;
    std::vector<ModelElement> elements() const;

    /// Gaps, overlaps, conflicts and rules that never fire, of all decision tables. Takes up to a
    /// second for a large table.
    std::vector<TableFinding> analyse() const;

    /// Evaluates one decision from the values of inputs by name (a context). A text is read as the
    /// date, time or duration that the input's type asks for. Errors: NotFound for the name,
    /// Exhausted at the bounds of evaluation.
    Result<Outcome> evaluate(Evaluation& evaluation, std::string_view decision, const Value& inputs,
                             Explanation* explanation = nullptr) const;

    /// Evaluates one decision for `records` records whose inputs lie in columns, without building a
    /// context for each; columns that the model has no input for are not read. For sweeps of
    /// millions: each thread takes a part of the records at a time with its own Evaluation. The
    /// bounds of evaluation hold for each record. Errors: NotFound for the name, Invalid for a
    /// column that has neither one value nor one for each record.
    Result<OutputColumn> evaluate_columns(Evaluation& evaluation, std::string_view decision,
                                          std::size_t records,
                                          std::span<const InputColumn> inputs) const;

    /// Evaluates all decisions: a context by their names.
    Result<Outcome> evaluate_all(Evaluation& evaluation, const Value& inputs,
                                 Explanation* explanation = nullptr) const;

    /// Invokes a decision service or a knowledge model with arguments by name (a context). An
    /// explanation tells the decisions of the service, and those of services that it calls.
    Result<Outcome> invoke(Evaluation& evaluation, std::string_view name, const Value& arguments,
                           Explanation* explanation = nullptr) const;

 private:
    std::shared_ptr<const ModelData> data_;
};

/// An explanation as JSON: decisions with inputs, value, tables, rows.
boost::json::value to_json(const Explanation& explanation);

}  // namespace shu::rule
