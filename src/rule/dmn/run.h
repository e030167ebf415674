// One evaluation of a model: the value of each element, computed when first needed. DMN 1.5 10.4.
#pragma once

#include <string_view>
#include <vector>

#include "rule/dmn/model_data.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {

/// The inputs of one record among many: a column for each element, null where none is given.
struct BoundColumns {
    std::vector<const InputColumn*> of_element;
    std::size_t record = 0;
};

class ModelRun {
 public:
    /// `inputs` is a context by the names of inputs.
    ModelRun(const ModelData& data, Evaluator& evaluator, const Value& inputs)
        : ModelRun(data, evaluator, &inputs, nullptr) {}
    ModelRun(const ModelData& data, Evaluator& evaluator, const BoundColumns& columns)
        : ModelRun(data, evaluator, nullptr, &columns) {}

    /// Forgets all values: what comes is another record.
    void restart();

    /// Stays where it is until the run ends.
    const Value& value_of(std::uint32_t element);

    /// Gives an element its value from outside: a parameter of a service.
    void set(std::uint32_t element, Value value) {
        values_.values[element] = std::move(value);
        mark_known(element);
    }

    Value outputs_of(const Element& service);

 private:
    ModelRun(const ModelData& data, Evaluator& evaluator, const Value* inputs,
             const BoundColumns* columns);
    Value compute(std::uint32_t element);
    Value function(std::uint32_t element);
    Value input(std::uint32_t element);
    const Value* given(std::uint32_t element) const;
    Value decision(const Element& element);
    Value explained(const Element& element, Value* frame);

    bool is_known(std::uint32_t element) const {
        return element < 64 ? (known_ >> element & 1U) != 0 : known_beyond_[element - 64];
    }
    void mark_known(std::uint32_t element) {
        if (element < 64)
            known_ |= std::uint64_t{1} << element;
        else
            known_beyond_[element - 64] = true;
    }

    const ModelData& data_;
    Evaluator& evaluator_;
    const Value* inputs_;
    const BoundColumns* columns_;
    Evaluator::Frame values_;  // of each element
    std::uint64_t known_ = 0;  // bits of the first 64
    std::vector<bool> known_beyond_;
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
