#include "decision/shelf.h"

#include "decision/limits.h"
#include "foundation/text.h"

namespace shu::decision {

Result<std::shared_ptr<const Compiled>> Shelf::get(const std::string& digest) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = compiled_.find(digest);
        if (found != compiled_.end()) return found->second;
    }
    std::string xml = SHU_TRY(read_(digest));
    auto model = rule::Model::load(xml, environment_);
    if (!model.ok())
        return corrupt("the kept text of a decision model cannot be read: " + model.error().detail);
    Places places = SHU_TRY(Places::read(std::move(xml)));
    auto compiled =
        std::make_shared<const Compiled>(Compiled{std::move(*model), std::move(places)});
    const std::lock_guard lock(mutex_);
    if (!compiled_.emplace(digest, compiled).second) return compiled;
    order_.push_back(digest);
    while (order_.size() > limits::decision_models_kept) {
        compiled_.erase(order_.front());
        order_.pop_front();
    }
    return compiled;
}

Result<Counts> Shelf::counts(const std::string& digest) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(digest);
        if (found != counts_.end()) return found->second;
    }
    const auto compiled = SHU_TRY(get(digest));
    const Counts counted{compiled->model.problems().size(), compiled->model.analyse().size()};
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= limits::decision_counts_kept) counts_.clear();
    counts_.emplace(digest, counted);
    return counted;
}

std::unique_ptr<Desk> Desks::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            std::unique_ptr<Desk> desk = std::move(free_.back());
            free_.pop_back();
            return desk;
        }
    }
    return std::make_unique<Desk>(environment_, utc_offset_minutes_);
}

void Desks::give_back(std::unique_ptr<Desk> desk) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < limits::decision_evaluators_kept) free_.push_back(std::move(desk));
}

namespace {

/// Whether the name is a decision's; nothing when the model has neither such a decision nor
/// service.
std::optional<bool> is_decision(const rule::Model& model, std::string_view name) {
    std::optional<bool> found;
    for (const rule::ModelElement& element : model.elements()) {
        if (element.name != name && element.id != name) continue;
        if (element.kind == rule::ModelElement::Kind::kDecision) return true;
        if (element.kind != rule::ModelElement::Kind::kInput) found = false;
    }
    return found;
}

Error no_such_decision(const rule::Model& model, std::string_view name) {
    std::vector<std::string> names;
    for (const rule::ModelElement& element : model.elements())
        if (element.kind == rule::ModelElement::Kind::kDecision ||
            element.kind == rule::ModelElement::Kind::kService)
            names.push_back(element.name);
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string_view near = text::nearest(name, known);
    return invalid("/decision: the model has no decision '" + std::string(name) + "'; " +
                   (near.empty() ? "it has " + text::join(names, ", ")
                                 : "did you mean '" + std::string(near) + "'?"));
}

}  // namespace

Result<Evaluated> evaluate(const rule::Model& model, rule::Evaluation& evaluation,
                           std::string_view decision, const rule::Value& input,
                           Explaining explaining) {
    Evaluated out;
    rule::Explanation* explanation = explaining == Explaining::kYes ? &out.explanation : nullptr;
    Result<rule::Outcome> outcome;
    if (decision.empty()) {
        outcome = model.evaluate_all(evaluation, input);
    } else {
        const auto which = is_decision(model, decision);
        if (!which) return no_such_decision(model, decision);
        outcome = *which ? model.evaluate(evaluation, decision, input, explanation)
                         : model.invoke(evaluation, decision, input);
    }
    // Sent again it would reach the same bound: the request is at fault, not the moment.
    if (!outcome.ok())
        return invalid("/input: the evaluation was ended: " + outcome.error().detail);
    out.outcome = std::move(*outcome);
    return out;
}

}  // namespace shu::decision
