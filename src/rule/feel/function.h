// Functions as values: closures of a program, built-in functions, and functions that the host
// provides (knowledge models, decision services). DMN 1.5 10.3.2.13.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rule/feel/type.h"
#include "rule/value.h"

namespace shu::rule {

class Evaluator;
struct Builtin;

/// What can be called with values in the order of its parameters. Immutable.
class FunctionObject : public Shared {
 public:
    FunctionObject() : Shared(1) {}
    virtual ~FunctionObject() = default;

    /// Names of the parameters, for calls by name.
    virtual const std::vector<std::string>& parameters() const = 0;
    virtual TypePointer type() const = 0;
    virtual std::string to_text() const = 0;

    /// `arguments` has as many values as there are parameters; the callee may move from them.
    virtual Value call(Evaluator& evaluator, std::span<Value> arguments,
                       std::uint32_t position) const = 0;

    /// Set for built-in functions, whose arguments are matched by their own signatures.
    virtual const Builtin* builtin() const { return nullptr; }
};

/// A closure: a function of a program with the values it captured.
class Closure final : public FunctionObject {
 public:
    Closure(std::shared_ptr<const Program> program, std::uint32_t shape,
            std::vector<Value> captured)
        : program_(std::move(program)), shape_(shape), captured_(std::move(captured)) {}

    const std::vector<std::string>& parameters() const override;
    TypePointer type() const override;
    std::string to_text() const override;
    Value call(Evaluator& evaluator, std::span<Value> arguments,
               std::uint32_t position) const override;

 private:
    std::shared_ptr<const Program> program_;
    std::uint32_t shape_;
    std::vector<Value> captured_;
};

/// A built-in function used as a value.
class BuiltinFunction final : public FunctionObject {
 public:
    explicit BuiltinFunction(const Builtin& builtin) : builtin_(&builtin) {}

    const std::vector<std::string>& parameters() const override { return parameters_; }
    TypePointer type() const override { return built_in_type("function"); }
    std::string to_text() const override;
    Value call(Evaluator& evaluator, std::span<Value> arguments,
               std::uint32_t position) const override;
    const Builtin* builtin() const override { return builtin_; }

 private:
    const Builtin* builtin_;
    std::vector<std::string> parameters_;
};

}  // namespace shu::rule
