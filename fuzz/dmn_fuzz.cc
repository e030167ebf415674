// Whatever the bytes: an error, or a model whose every problem has a reason and whose decisions end
// with a value or at a bound.
#include <cstddef>
#include <cstdint>

#include "foundation/clock.h"
#include "rule/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shu;
    using namespace shu::rule;
    static const Zones kZones;
    static const Environment kEnvironment{&kZones, nullptr};
    static const ManualClock kClock(0);
    if (size > 20'000) return 0;
    const auto model = Model::load({reinterpret_cast<const char*>(data), size}, kEnvironment);
    if (!model) {
        SHU_ASSERT(!model.error().detail.empty());
        return 0;
    }
    for (const Warning& problem : model->problems())
        SHU_ASSERT(!problem.reason.empty());
    std::vector<ContextEntry> inputs;
    for (const ModelElement& element : model->elements())
        if (element.kind == ModelElement::Kind::kInput)
            inputs.emplace_back(std::string_view(element.name), Value::number(Decimal(3)));
    Evaluation evaluation(kEnvironment, kClock);
    const auto outcome = model->evaluate_all(evaluation, Value::context(std::move(inputs)));
    if (outcome) (void)outcome->value.to_text();
    return 0;
}
