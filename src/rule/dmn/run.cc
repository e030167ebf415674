#include "rule/dmn/run.h"

#include "rule/feel/literal.h"

namespace shu::rule {

Value read_as(const Value& value, const Type* type, const Zones& zones) {
    if (type == nullptr || value.is_null()) return value;
    if (type->base == Type::Base::kList && value.is_list()) {
        std::vector<Value> items;
        for (const Value& item : value.as_list())
            items.push_back(read_as(item, type->element.get(), zones));
        return Value::list(std::move(items));
    }
    if (type->base == Type::Base::kContext && value.is_context()) {
        std::vector<ContextEntry> entries;
        for (const ContextEntry& entry : value.as_context()) {
            const Type::Field* field = type->field(entry.name.as_string());
            entries.emplace_back(
                entry.name,
                read_as(entry.value, field == nullptr ? nullptr : field->type.get(), zones));
        }
        return Value::context(std::move(entries));
    }
    const bool temporal = type->base == Type::Base::kPlain && type->kind >= Kind::kDate &&
                          type->kind <= Kind::kDaysDuration;
    if (!temporal || !value.is_string()) return value;
    const auto read = temporal_literal(value.as_string(), zones);
    return read ? *read : value;
}

Value ModelRun::value_of(std::uint32_t element) {
    if (known_[element]) return values_[element];
    known_[element] =
        true;  // a requirement that comes back here finds null; loading has reported the cycle
    values_[element] = compute(element);
    return values_[element];
}

Value ModelRun::compute(std::uint32_t index) {
    const Element& element = data_.elements[index];
    switch (element.kind) {
        case ModelElement::Kind::kInput: return input(element);
        case ModelElement::Kind::kService:
            return Value::function(new ServiceFunction(data_, index));
        default: return decision(element);
    }
}

Value ModelRun::input(const Element& element) {
    const Value* given = inputs_.find(element.name);
    const ModelFile& file = data_.files[element.file];
    if (element.file != 0) {
        const Value* qualified = inputs_.find("{" + file.name_space + "}" + element.name);
        for (const auto& [import_name, index] : data_.files[0].imports) {
            const Value* group = index == element.file ? inputs_.find(import_name) : nullptr;
            if (group != nullptr && qualified == nullptr) qualified = group->find(element.name);
        }
        if (qualified != nullptr) given = qualified;
    }
    if (given == nullptr) return evaluator_.fail(0, "input '" + element.name + "' is not given");
    const Value read = read_as(*given, element.type.get(), zones_of(&evaluator_.environment()));
    return evaluator_.fitted(read, element.type.get(), "input '" + element.name + "'", 0);
}

Value ModelRun::decision(const Element& element) {
    if (element.program == nullptr) {
        const std::string reason = element.mistake.empty() ? "has no logic" : element.mistake;
        return evaluator_.fail(0, "'" + element.name + "' " + reason);
    }
    Evaluator::Level level(evaluator_);
    if (!level) return {};
    std::vector<Value> values;
    values.reserve(element.needs.size());
    for (const Need& need : element.needs) {
        if (need.element != kNoElement) {
            values.push_back(value_of(need.element));
            continue;
        }
        std::vector<ContextEntry> members;
        for (const auto& [name, member] : need.members)
            members.emplace_back(std::string_view(name), value_of(member));
        values.push_back(Value::context(std::move(members)));
    }
    Explanation* explanation = evaluator_.explanation;
    Explanation inner;
    const bool explained = explanation != nullptr && element.kind == ModelElement::Kind::kDecision;
    if (explained) {
        inner.decisions.emplace_back();
        inner.decisions[0].name = element.name;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!values[i].is_function())
                inner.decisions[0].inputs.emplace_back(element.needs[i].name, values[i]);
        evaluator_.explanation = &inner;
    }
    Value out = evaluator_.run(*element.program, values);
    if (explained) {
        evaluator_.explanation = explanation;
        inner.decisions[0].value = out;
        explanation->decisions.push_back(std::move(inner.decisions[0]));
    }
    return out;
}

Value ModelRun::outputs_of(const Element& service) {
    if (service.outputs.size() == 1) return value_of(service.outputs[0]);
    std::vector<ContextEntry> out;
    for (const std::uint32_t output : service.outputs)
        out.emplace_back(std::string_view(data_.elements[output].name), value_of(output));
    return Value::context(std::move(out));
}

ServiceFunction::ServiceFunction(const ModelData& data, std::uint32_t element)
    : data_(data.shared_from_this()), element_(element) {
    for (const std::uint32_t parameter : data.elements[element].parameters)
        parameters_.push_back(data.elements[parameter].name);
}

TypePointer ServiceFunction::type() const {
    return data_->elements[element_].type;
}

std::string ServiceFunction::to_text() const {
    return data_->elements[element_].name;
}

Value ServiceFunction::call(Evaluator& evaluator, std::span<Value> arguments,
                            std::uint32_t position) const {
    const Element& service = data_->elements[element_];
    const Value nothing;
    ModelRun run(*data_, evaluator, nothing);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Element& parameter = data_->elements[service.parameters[i]];
        const auto fits = coerced(arguments[i], parameter.type.get());
        if (!fits)
            return evaluator.fail(position, "argument '" + parameter.name + "' is a " +
                                                std::string(name_of(arguments[i].kind())) +
                                                ", not a " + parameter.type->name);
        run.set(service.parameters[i], *fits);
    }
    return run.outputs_of(service);
}

}  // namespace shu::rule
