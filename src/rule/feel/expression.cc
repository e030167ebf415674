// The public face of FEEL: feel.h over the compiler and the evaluator.
#include "rule/feel.h"

#include <algorithm>

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

TypePointer type_of_value(const Value& value);

// Whether a type, as it was read from other values, tells of this one too. A null type is Any.
bool tells_of(const Type* type, const Value& value) {
    if (type == nullptr || value.is_null()) return true;
    if (value.is_list()) {
        const auto items = value.as_list();
        return type->base == Type::Base::kList &&
               std::all_of(items.begin(), items.end(), [type](const Value& item) {
                   return tells_of(type->element.get(), item);
               });
    }
    if (!value.is_context()) return type->base == Type::Base::kPlain && type->kind == value.kind();
    const auto entries = value.as_context();
    return type->base == Type::Base::kContext &&
           std::all_of(entries.begin(), entries.end(), [type](const ContextEntry& entry) {
               const Type::Field* field = type->field(entry.name.as_string());
               return field != nullptr && tells_of(field->type.get(), entry.value);
           });
}

// What tells of both: Any for values of different kinds, of contexts all their members.
TypePointer widened(const TypePointer& a, const TypePointer& b) {
    if (a == nullptr || b == nullptr || a->base != b->base || a->kind != b->kind) return nullptr;
    if (a->base == Type::Base::kList) return list_of(widened(a->element, b->element));
    if (a->base != Type::Base::kContext) return a;
    auto out = std::make_shared<Type>(*a);
    for (const Type::Field& field : b->fields) {
        const auto known = std::find_if(out->fields.begin(), out->fields.end(),
                                        [&](const auto& f) { return f.name == field.name; });
        if (known == out->fields.end())
            out->fields.push_back(field);
        else
            known->type = widened(known->type, field.type);
    }
    return out;
}

TypePointer type_of_items(std::span<const Value> items) {
    TypePointer out;
    for (const Value& item : items) {
        if (item.is_null() || (out != nullptr && tells_of(out.get(), item))) continue;
        TypePointer type = type_of_value(item);
        out = out == nullptr ? std::move(type) : widened(out, type);
        if (out == nullptr) break;
    }
    return out;
}

TypePointer type_of_value(const Value& value) {
    if (value.is_null()) return nullptr;
    if (value.is_list()) return list_of(type_of_items(value.as_list()));
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
