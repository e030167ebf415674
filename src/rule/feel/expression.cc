// The public face of FEEL: feel.h over the compiler and the evaluator.
#include "rule/feel.h"

#include "rule/feel/compiler.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

Error error_of(std::string_view text, const Mistake& mistake) {
    const auto [line, column] = line_and_column(text, mistake.offset);
    std::string detail = "line " + std::to_string(line) + ", column " + std::to_string(column) +
                         ": " + mistake.reason;
    return mistake.exhausted ? exhausted(std::move(detail)) : invalid(std::move(detail));
}

}  // namespace

std::string to_string(const Warning& warning) {
    std::string out = warning.place.empty() ? "" : warning.place + ": ";
    return out + "line " + std::to_string(warning.line) + ", column " +
           std::to_string(warning.column) + ": " + warning.reason;
}

Result<Expression> Expression::compile(std::string_view text, const Scope& scope,
                                       const Environment& environment) {
    Mistake mistake;
    CompileOptions options;
    options.environment = &environment;
    Expression out;
    out.program_ = compile_text(text, scope, options, mistake);
    if (out.program_ == nullptr) return error_of(text, mistake);
    return out;
}

Result<Expression> Expression::compile_tests(std::string_view text, const TypePointer& tested,
                                             const Scope& scope, const Environment& environment) {
    Mistake mistake;
    CompileOptions options;
    options.environment = &environment;
    options.tests = true;
    Scope with_value = scope;
    with_value.push_back({"?", tested});
    Expression out;
    out.program_ = compile_text(text, with_value, options, mistake);
    if (out.program_ == nullptr) return error_of(text, mistake);
    return out;
}

const TypePointer& Expression::type() const {
    return program_->type;
}
const std::string& Expression::text() const {
    return program_->sources[0].text;
}

Evaluation::Evaluation(const Environment& environment, const Clock& clock, ZoneReference zone)
    : evaluator_(std::make_unique<Evaluator>(environment, clock, zone)) {}
Evaluation::~Evaluation() = default;

Result<Outcome> Evaluation::run(const Expression& expression, std::span<const Value> values) {
    evaluator_->reset();
    Outcome out;
    out.value = evaluator_->run(*expression.program(), values);
    if (evaluator_->stopped()) return exhausted(evaluator_->stop_reason());
    out.warnings = evaluator_->take_warnings();
    return out;
}

namespace {

TypePointer type_of_value(const Value& value) {
    if (value.is_null()) return nullptr;
    if (value.is_list()) {
        const auto items = value.as_list();
        TypePointer element = items.empty() ? nullptr : type_of_value(items[0]);
        return list_of(std::move(element));
    }
    if (!value.is_context()) return built_in_type(name_of(value.kind()));
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kContext;
    type->kind = Kind::kContext;
    type->name = "context";
    type->open = true;
    for (const ContextEntry& entry : value.as_context())
        type->fields.push_back({std::string(entry.name.as_string()), type_of_value(entry.value)});
    return type;
}

}  // namespace

Scope scope_of(const Value& context) {
    Scope scope;
    if (!context.is_context()) return scope;
    for (const ContextEntry& entry : context.as_context())
        scope.push_back({std::string(entry.name.as_string()), type_of_value(entry.value)});
    return scope;
}

std::vector<Value> values_of(const Value& context) {
    std::vector<Value> values;
    if (!context.is_context()) return values;
    for (const ContextEntry& entry : context.as_context())
        values.push_back(entry.value);
    return values;
}

}  // namespace shu::rule
