#include "rule/dmn/run.h"

#include <algorithm>
#include <iterator>

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

ModelRun::ModelRun(const ModelData& data, Evaluator& evaluator, const Value* inputs,
                   const BoundColumns* columns)
    : data_(data),
      evaluator_(evaluator),
      inputs_(inputs),
      columns_(columns),
      values_(evaluator, data.elements.size()),
      known_beyond_(data.elements.size() > 64 ? data.elements.size() - 64 : 0, false) {
    Evaluator::Functions& functions = evaluator.functions;
    if (functions.model.get() == &data) return;
    functions.values.assign(data.elements.size(), Value());
    functions.model = data.shared_from_this();
}

const Value& ModelRun::value_of(std::uint32_t element) {
    Value& value = values_.values[element];
    if (is_known(element)) return value;
    mark_known(element);  // a requirement that comes back here finds null; loading has reported the
                          // cycle
    return value = compute(element);
}

Value ModelRun::compute(std::uint32_t index) {
    const Element& element = data_.elements[index];
    switch (element.kind) {
        case ModelElement::Kind::kInput: return input(index);
        case ModelElement::Kind::kDecision: return decision(element);
        default: return function(index);
    }
}

// Knowledge models and services need nothing that differs from one evaluation to the next.
Value ModelRun::function(std::uint32_t index) {
    const Value& known = evaluator_.functions.values[index];
    if (known.is_function()) return known;
    const Element& element = data_.elements[index];
    const bool service = element.kind == ModelElement::Kind::kService;
    Value made = service ? Value::function(new ServiceFunction(data_, index)) : decision(element);
    if (element.is_constant) evaluator_.functions.values[index] = made;
    return made;
}

void ModelRun::restart() {
    for (std::size_t i = 0; i < data_.elements.size(); ++i)
        values_.values[i].clear();
    known_ = 0;
    std::fill(known_beyond_.begin(), known_beyond_.end(), false);
}

// What the caller gives for an input; null if nothing.
const Value* ModelRun::given(std::uint32_t index) const {
    if (columns_ != nullptr) {
        const InputColumn* column = columns_->of_element[index];
        if (column == nullptr) return nullptr;
        return &column->values[column->values.size() == 1 ? 0 : columns_->record];
    }
    const Element& element = data_.elements[index];
    if (element.file != 0) {
        const ModelFile& file = data_.files[element.file];
        if (const Value* qualified = inputs_->find("{" + file.name_space + "}" + element.name))
            return qualified;
        for (const auto& [import_name, imported] : data_.files[0].imports) {
            const Value* group = imported == element.file ? inputs_->find(import_name) : nullptr;
            const Value* member = group == nullptr ? nullptr : group->find(element.name);
            if (member != nullptr) return member;
        }
    }
    return inputs_->find(element.name);
}

Value ModelRun::input(std::uint32_t index) {
    const Element& element = data_.elements[index];
    const Value* value = given(index);
    if (value == nullptr) return evaluator_.fail(0, "input '" + element.name + "' is not given");
    const Type* type = element.type.get();
    return evaluator_.fitted(is_plainly(*value, type)
                                 ? *value
                                 : read_as(*value, type, zones_of(&evaluator_.environment())),
                             type, {"input", element.name}, 0);
}

Value ModelRun::decision(const Element& element) {
    if (element.program == nullptr) {
        const std::string reason = element.mistake.empty() ? "has no logic" : element.mistake;
        return evaluator_.fail(0, "'" + element.name + "' " + reason);
    }
    Evaluator::Level level(evaluator_);
    if (!level) return {};
    const Evaluator::Frame frame(evaluator_, element.program->slots + 1);
    std::size_t slot = 0;
    for (const Need& need : element.needs) {
        Value& value = frame.values[slot++];
        if (need.element != kNoElement) {
            value = value_of(need.element);
            continue;
        }
        std::vector<ContextEntry> members;
        for (const auto& [name, member] : need.members)
            members.emplace_back(std::string_view(name), value_of(member));
        value = Value::context(std::move(members));
    }
    if (evaluator_.explanation != nullptr && element.kind == ModelElement::Kind::kDecision)
        return explained(element, frame.values);
    return evaluator_.run(*element.program, frame.values);
}

// Tables tell what they did to the last decision of `evaluator_.explanation`, which is therefore
// the one that runs; decisions of services that it calls finish before it does and stand before it.
Value ModelRun::explained(const Element& element, Value* frame) {
    Explanation* outer = evaluator_.explanation;
    Explanation inner;
    inner.is_running = true;
    Explanation::Decision told;
    told.name = element.name;
    for (std::size_t i = 0; i < element.needs.size(); ++i)
        if (!frame[i].is_function()) told.inputs.emplace_back(element.needs[i].name, frame[i]);
    inner.decisions.push_back(std::move(told));
    evaluator_.explanation = &inner;
    Value out = evaluator_.run(*element.program, frame);
    evaluator_.explanation = outer;
    inner.decisions.back().value = out;
    outer->decisions.insert(outer->decisions.end() - (outer->is_running ? 1 : 0),
                            std::make_move_iterator(inner.decisions.begin()),
                            std::make_move_iterator(inner.decisions.end()));
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
