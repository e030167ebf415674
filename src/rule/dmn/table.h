// Decision tables. DMN 1.5 chapter 8.
#pragma once

#include <string>
#include <vector>

#include "rule/dmn/table_index.h"
#include "rule/feel/evaluator.h"
#include "rule/feel/program.h"
#include "rule/model.h"

namespace shu::rule {

enum class HitPolicy { kUnique, kFirst, kPriority, kAny, kCollect, kRuleOrder, kOutputOrder };
enum class Aggregation { kNone, kSum, kCount, kMin, kMax };

class DecisionTable final : public ProgramPart {
 public:
    struct Input {
        std::string text;  ///< of the input expression
        NodeId expression = kNoNode;
        std::uint32_t slot = 0;
        NodeId allowed = kNoNode;        ///< tests of inputValues
        std::vector<Value> enumeration;  ///< the only values that the type or the input values
                                         ///< allow, if they list them
    };
    struct Output {
        std::string name;
        TypePointer type;
        NodeId values = kNoNode;     ///< list of outputValues, in order of priority
        NodeId otherwise = kNoNode;  ///< default output entry
    };
    struct Rule {
        std::vector<NodeId> tests;  ///< kNoNode: irrelevant
        std::vector<std::string> texts;
        std::vector<NodeId> outputs;
        std::string annotation;
    };

    std::string place;
    HitPolicy policy = HitPolicy::kUnique;
    Aggregation aggregation = Aggregation::kNone;
    std::vector<Input> inputs;
    std::vector<Output> outputs;
    std::vector<Rule> rules;
    std::unique_ptr<const TableIndex> index;  ///< null: rules are asked one after the other

    Value evaluate(Evaluator& evaluator, Value* frame, std::uint32_t position) const override;

 private:
    struct Run;
    bool read_inputs(Run& run) const;
    void find_rules(Run& run) const;
    bool find_indexed(Run& run) const;
    bool take_candidates(Run& run, std::uint64_t rules, std::size_t first) const;
    bool passes_open_columns(Run& run, std::size_t rule) const;
    std::size_t first_failed(Run& run, const Rule& rule) const;
    Value output_of(Run& run, std::size_t rule) const;
    Value output_entry(Run& run, std::size_t rule, std::size_t output) const;
    Value defaults(Run& run) const;
    Value single(Run& run) const;
    Value collected(Run& run) const;
    Value summed(Run& run) const;
    Value aggregated(Run& run, std::vector<Value> values) const;
    std::vector<std::size_t> by_priority(Run& run) const;
};

}  // namespace shu::rule
