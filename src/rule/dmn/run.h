// One evaluation of a model: the value of each element, computed when first needed. DMN 1.5 10.4.
#pragma once

#include <string_view>
#include <vector>

#include "rule/dmn/model_data.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {

class ModelRun {
 public:
    ModelRun(const ModelData& data, Evaluator& evaluator, const Value& inputs)
        : data_(data),
          evaluator_(evaluator),
          inputs_(inputs),
          values_(data.elements.size()),
          known_(data.elements.size(), false) {}

    Value value_of(std::uint32_t element);

    /// Gives an element its value from outside: a parameter of a service.
    void set(std::uint32_t element, Value value) {
        values_[element] = std::move(value);
        known_[element] = true;
    }

    Value outputs_of(const Element& service);

 private:
    Value compute(std::uint32_t element);
    Value input(const Element& element);
    Value decision(const Element& element);

    const ModelData& data_;
    Evaluator& evaluator_;
    const Value& inputs_;
    std::vector<Value> values_;
    std::vector<bool> known_;
};

/// A decision service as a function of its inputs and input decisions. DMN 1.5 10.4.
class ServiceFunction final : public FunctionObject {
 public:
    ServiceFunction(const ModelData& data, std::uint32_t element);

    const std::vector<std::string>& parameters() const override { return parameters_; }
    TypePointer type() const override;
    std::string to_text() const override;
    Value call(Evaluator& evaluator, std::span<Value> arguments,
               std::uint32_t position) const override;

 private:
    std::shared_ptr<const ModelData> data_;
    std::uint32_t element_;
    std::vector<std::string> parameters_;
};

/// The value as the type asks for it; texts become the dates, times and durations that the type
/// asks for.
Value read_as(const Value& value, const Type* type, const Zones& zones);

}  // namespace shu::rule
