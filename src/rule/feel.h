// FEEL, the Friendly Enough Expression Language of DMN 1.5 chapter 10: compile once, evaluate
// often.
//
//     const Scope scope = {{"Applicant", applicant_type}, {"Loan amount", nullptr}};
//     auto expression = Expression::compile("Applicant.age >= 18 and Loan amount < 50000", scope,
//     environment); Evaluation evaluation(environment, clock); Outcome outcome =
//     evaluation.run(*expression, values);
//
// Nothing is silently null: every null that an error made is a Warning with position and reason.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "foundation/result.h"
#include "rule/feel/type.h"
#include "rule/value.h"

namespace shu::rule {

class Evaluator;
class ExternalFunctions;

/// What expressions stand on besides their variables. Borrowed; outlives every program and value
/// made with it. Immutable.
struct Environment {
    const Zones* zones = nullptr;                  ///< null: only UTC and offsets
    const ExternalFunctions* externals = nullptr;  ///< null: external functions are refused by name
};

/// One variable that an expression may name.
struct Variable {
    std::string name;
    TypePointer type;  ///< null: Any
};
using Scope = std::vector<Variable>;

/// Why a value is null, or a mistake in a text: byte offset, line and column from 1, a sentence.
struct Warning {
    std::uint32_t offset = 0;
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::string place;  ///< of a model: the element, "decision 'Approval', rule 3, input 2"
    std::string reason;

    friend bool operator==(const Warning&, const Warning&) = default;
};
std::string to_string(const Warning& warning);

/// A compiled expression or a list of unary tests. Immutable; shared between threads.
class Expression {
 public:
    /// Errors: Invalid with line and column of the first mistake; Exhausted beyond
    /// limits::rule_text_bytes_max or the nesting. A name that nothing in scope bears is a mistake.
    static Result<Expression> compile(std::string_view text, const Scope& scope,
                                      const Environment& environment = {});

    /// Unary tests (`< 5, [7..9]`, `not("a")`, `-`) of a value of `tested` type. The value is the
    /// last of the values at `run`.
    static Result<Expression> compile_tests(std::string_view text, const TypePointer& tested,
                                            const Scope& scope,
                                            const Environment& environment = {});

    /// What the result's type is known to be; null: Any.
    const TypePointer& type() const;
    const std::string& text() const;
    const std::shared_ptr<const Program>& program() const { return program_; }

 private:
    std::shared_ptr<const Program> program_;
};

/// The value of an evaluation and what went wrong on the way.
struct Outcome {
    Value value;
    std::vector<Warning> warnings;  ///< the first limits::rule_warnings_max
};

/// Runs expressions. Holds the memory of one evaluation and keeps it for the next, and the model
/// that ran last: one for each thread.
class Evaluation {
 public:
    /// `clock` is for now() and today(), `zone` the zone in which they speak.
    Evaluation(const Environment& environment, const Clock& clock,
               ZoneReference zone = ZoneReference::offset(0));
    ~Evaluation();
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    /// `values` in the order of the scope that the expression was compiled with; missing ones are
    /// null. Errors: Exhausted when the evaluation takes too many steps, too much memory or too
    /// deep a recursion.
    Result<Outcome> run(const Expression& expression, std::span<const Value> values);

    Evaluator& evaluator() { return *evaluator_; }

 private:
    std::unique_ptr<Evaluator> evaluator_;
};

/// The scope and the values of a context, in one order: what `shu feel EXPR --context JSON` needs.
Scope scope_of(const Value& context);
std::vector<Value> values_of(const Value& context);

}  // namespace shu::rule
