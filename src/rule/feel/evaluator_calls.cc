// Calls of functions, and paths and filters. DMN 1.5 10.3.2.5, 10.3.2.13.
#include <algorithm>

#include "foundation/limits.h"
#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"
#include "rule/feel/external.h"

namespace shu::rule {

const std::vector<std::string>& Closure::parameters() const {
    return program_->shapes[shape_].parameters;
}

TypePointer Closure::type() const {
    const FunctionShape& shape = program_->shapes[shape_];
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kFunction;
    type->kind = Kind::kFunction;
    type->name = "function";
    type->parameters = shape.parameter_types;
    type->element = shape.result;
    return type;
}

std::string Closure::to_text() const {
    std::string out = "function(";
    std::string_view separator;
    for (const std::string& parameter : parameters()) {
        out += separator;
        out += parameter;
        separator = ", ";
    }
    return out + ")";
}

Value Closure::call(Evaluator& evaluator, std::span<Value> arguments,
                    std::uint32_t position) const {
    const FunctionShape& shape = program_->shapes[shape_];
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Type* wanted = shape.parameter_types[i].get();
        if (is_plainly(arguments[i], wanted)) continue;
        auto fitted = coerced(arguments[i], wanted);
        if (!fitted)
            return evaluator.fail(position, "argument '" + shape.parameters[i] + "' is a " +
                                                std::string(name_of(arguments[i].kind())) +
                                                ", not a " + shape.parameter_types[i]->name);
        arguments[i] = std::move(*fitted);
    }
    if (shape.external) {
        const Value description = evaluator.run_body(*program_, shape, {}, captured_, *this);
        return call_external(evaluator, description, arguments, position);
    }
    Value out = evaluator.run_body(*program_, shape, arguments, captured_, *this);
    if (is_plainly(out, shape.result.get())) return out;
    auto fitted = coerced(out, shape.result.get());
    if (!fitted)
        return evaluator.fail(position, "the function's result is a " +
                                            std::string(name_of(out.kind())) + ", not a " +
                                            shape.result->name);
    return std::move(*fitted);
}

std::string BuiltinFunction::to_text() const {
    return std::string(builtin_->name);
}

Value BuiltinFunction::call(Evaluator& evaluator, std::span<Value> arguments,
                            std::uint32_t position) const {
    return call_builtin(evaluator, *builtin_, arguments, {}, position);
}

Value Evaluator::call(const Value& function, std::span<Value> arguments, std::uint32_t position) {
    if (!function.is_function())
        return fail(position, "a " + std::string(name_of(function.kind())) + " cannot be called");
    Level level(*this);
    if (!level) return {};
    const FunctionObject& callee = function.as_function();
    if (callee.builtin() == nullptr && callee.parameters().size() != arguments.size())
        return fail(position, callee.to_text() + " takes " +
                                  std::to_string(callee.parameters().size()) + " arguments, not " +
                                  std::to_string(arguments.size()));
    return callee.call(*this, arguments, position);
}

namespace {

// Arguments given by name, in the order of the parameters; false if they are not exactly the
// parameters.
bool order_by_name(const std::vector<std::string>& parameters,
                   std::span<const std::string_view> names, std::span<Value> values) {
    if (names.size() != parameters.size()) return false;
    std::vector<Value> ordered;
    for (const std::string& parameter : parameters) {
        const auto found = std::find(names.begin(), names.end(), parameter);
        if (found == names.end()) return false;
        ordered.push_back(values[static_cast<std::size_t>(found - names.begin())]);
    }
    std::move(ordered.begin(), ordered.end(), values.begin());
    return true;
}

}  // namespace

Value Evaluator::eval_call(const Node& node, Value* frame) {
    Value room;
    const Value& callee = operand(node.c, frame, room);
    Frame given(*this, node.count);
    const std::span<Value> arguments(given.values, node.count);
    std::vector<std::string_view> names;
    std::size_t i = 0;
    for (const NodeId child : program_->children(node)) {
        const Node& argument = program_->nodes[child];
        const bool named = argument.op == Op::kNamedArgument;
        if (named) names.push_back(program_->names[argument.a]);
        arguments[i++] = eval(named ? argument.b : child, frame);
    }
    if (!callee.is_function()) {
        if (stopped_) return {};
        return fail(node.position, callee.is_null() ? "there is no function to call here"
                                                    : "a " + std::string(name_of(callee.kind())) +
                                                          " cannot be called");
    }
    if (!names.empty()) {
        if (names.size() != arguments.size())
            return fail(node.position, "either all arguments have names or none");
        const FunctionObject& function = callee.as_function();
        if (function.builtin() != nullptr)
            return call_builtin(*this, *function.builtin(), arguments, names, node.position);
        if (!order_by_name(function.parameters(), names, arguments))
            return fail(node.position,
                        "the arguments' names are not the parameters of " + function.to_text());
    }
    return call(callee, arguments, node.position);
}

Value Evaluator::eval_builtin(const Node& node, Value* frame) {
    constexpr std::size_t kFew = 4;
    Value few[kFew];
    std::string_view few_names[kFew];
    std::vector<Value> many;
    std::vector<std::string_view> many_names;
    if (node.count > kFew) {
        many.resize(node.count);
        many_names.resize(node.count);
    }
    Value* arguments = node.count > kFew ? many.data() : few;
    std::string_view* names = node.count > kFew ? many_names.data() : few_names;
    std::size_t named = 0;
    std::size_t i = 0;
    for (const NodeId child : program_->children(node)) {
        const Node& argument = program_->nodes[child];
        const bool by_name = argument.op == Op::kNamedArgument;
        if (by_name) {
            names[i] = program_->names[argument.a];
            ++named;
        }
        arguments[i++] = eval(by_name ? argument.b : child, frame);
    }
    if (stopped_) return {};
    if (named != 0 && named != node.count)
        return fail(node.position, "either all arguments have names or none");
    return call_builtin(*this, builtin(node.c), {arguments, node.count}, {names, named},
                        node.position);
}

Value Evaluator::eval_path(const Node& node, Value* frame) {
    const std::string_view name = program_->names[node.b];
    const Node& subject = program_->nodes[node.a];
    if (subject.op == Op::kSlot) return path_of(frame[subject.a], name, node.position);
    return path_of(eval(node.a, frame), name, node.position);
}

Value Evaluator::path_of(const Value& subject, std::string_view name, std::uint32_t position) {
    if (subject.is_context()) {
        const Value* member = subject.find(name);
        if (member == nullptr)
            return fail(position, "the context has no entry '" + std::string(name) + "'");
        return *member;
    }
    if (subject.is_list()) {
        std::vector<Value> out;
        out.reserve(subject.as_list().size());
        if (!charge(out.capacity())) return {};
        for (const Value& item : subject.as_list()) {
            if (item.is_context()) {
                const Value* member = item.find(name);
                out.push_back(member == nullptr ? Value() : *member);
            } else {
                out.push_back(path_of(item, name, position));
            }
        }
        return Value::list(std::move(out));
    }
    return property(subject, name, position);
}

Value Evaluator::eval_filter(const Node& node, Value* frame) {
    const Value subject = eval(node.a, frame);
    const Value single[] = {subject};
    const std::span<const Value> items =
        subject.is_list() ? subject.as_list()
                          : std::span<const Value>(single, subject.is_null() ? 0 : 1);
    // A condition that is a number for the subject as a whole is an index.
    const Node& condition = program_->nodes[node.c];
    const bool constant_index =
        condition.op == Op::kConstant && program_->constants[condition.a].is_number();
    std::vector<Value> kept;
    const std::size_t warned = warnings_.size();
    for (std::size_t i = 0; i < items.size() || i == 0; ++i) {
        if (stopped_) return {};
        frame[node.b] = i < items.size() ? items[i] : Value();
        const Value chosen = eval(node.c, frame);
        if (chosen.is_number() && (i == 0 || constant_index)) {
            const auto index = chosen.as_number().to_int64();
            const auto size = static_cast<std::int64_t>(items.size());
            if (!index) return fail(node.position, "the index is not a whole number");
            if (*index >= 1 && *index <= size) return items[static_cast<std::size_t>(*index - 1)];
            if (*index <= -1 && *index >= -size)
                return items[static_cast<std::size_t>(size + *index)];
            return fail(node.position, "index " + std::to_string(*index) + " of a list of " +
                                           std::to_string(size));
        }
        if (i >= items.size()) {  // nothing was filtered: only whether it is an index was asked
            warnings_.resize(warned);
            break;
        }
        if (chosen.is_true())
            kept.push_back(items[i]);
        else if (!chosen.is_boolean() && !chosen.is_null())
            return fail(node.position, "the filter is a " + std::string(name_of(chosen.kind())) +
                                           ", not a boolean or a number");
    }
    return make_list(std::move(kept), node.position);
}

}  // namespace shu::rule
