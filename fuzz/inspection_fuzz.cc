// Whatever the bytes: a report whose every place lies in the text, an outline that can be hashed,
// and an explanation in both languages.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "decision/declaration.h"
#include "foundation/clock.h"

namespace {

void check_place(const shu::decision::Place& place, int lines) {
    SHU_ASSERT(place.line >= 1 && place.line <= lines);
    SHU_ASSERT(place.column >= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shu;
    using namespace shu::decision;
    static const rule::Zones kZones;
    static const rule::Environment kEnvironment{&kZones, nullptr};
    static const ManualClock kClock(0);
    if (size > 20'000) return 0;
    const std::string xml(reinterpret_cast<const char*>(data), size);
    const int lines = 1 + static_cast<int>(std::count(xml.begin(), xml.end(), '\n'));
    const Inspection found = inspect(xml, kEnvironment);
    for (const ModelProblem& problem : found.problems)
        check_place(problem.place, lines);
    for (const ModelFinding& finding : found.findings)
        check_place(finding.place, lines);
    (void)to_json(found);
    SHU_ASSERT(json::has_canonical_form(outline_of(model_from("fuzz", json::value()), found)));
    if (!found.model) return 0;
    rule::Evaluation evaluation(kEnvironment, kClock);
    for (const rule::ModelElement& element : found.model->elements()) {
        if (element.kind != rule::ModelElement::Kind::kDecision) continue;
        rule::Explanation explanation;
        const auto outcome =
            found.model->evaluate(evaluation, element.name, rule::Value::context({}), &explanation);
        if (!outcome.ok()) continue;
        (void)to_json(explanation, *found.places);
        for (const Language language : {Language::kChinese, Language::kEnglish})
            (void)page_of(explanation, element.name, outcome->value, language);
    }
    return 0;
}
