#include "rule/feel/external.h"

#include "rule/feel/evaluator.h"

namespace shu::rule {

Value call_external(Evaluator& evaluator, const Value& description,
                    std::span<const Value> arguments, std::uint32_t position) {
    const Value* java = description.find("java");
    if (java == nullptr)
        return evaluator.fail(
            position, "only Java describes external functions here; PMML and others are refused");
    const Value* type_name = java->find("class");
    const Value* signature = java->find("method signature");
    if (type_name == nullptr || signature == nullptr || !type_name->is_string() ||
        !signature->is_string())
        return evaluator.fail(position,
                              "an external function needs 'class' and 'method signature'");
    const ExternalFunctions* offered = evaluator.environment().externals;
    const std::string named =
        std::string(type_name->as_string()) + "." + std::string(signature->as_string());
    if (offered == nullptr)
        return evaluator.fail(position, "the external function " + named +
                                            " is refused: this program runs no foreign code");
    auto out = offered->call(type_name->as_string(), signature->as_string(), arguments);
    if (!out)
        return evaluator.fail(position,
                              "the external function " + named + ": " + out.error().detail);
    return std::move(*out);
}

}  // namespace shu::rule
