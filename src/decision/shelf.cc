#include "decision/shelf.h"

#include "decision/limits.h"
#include "foundation/text.h"

namespace shu::decision {

std::shared_ptr<const Compiled> Shelf::known(const std::string& digest, const Standing& standing) {
    std::vector<std::shared_ptr<const Compiled>> candidates;
    {
        const std::lock_guard lock(mutex_);
        const auto found = compiled_.find(digest);
        if (found == compiled_.end()) return nullptr;
        if (found->second.front()->imports.empty()) return found->second.front();
        candidates = found->second;
    }
    for (const auto& candidate : candidates)
        if (standing.find_all(candidate->model.imports()) == candidate->imports) return candidate;
    return nullptr;
}

Result<std::shared_ptr<const Compiled>> Shelf::compile(const std::string& digest, std::string xml,
                                                       const Standing& standing) {
    rule::Model model = SHU_TRY(rule::Model::load(xml, environment_, standing.reader()));
    std::vector<Imported> imports = standing.find_all(model.imports());
    Places places = SHU_TRY(Places::read(std::move(xml)));
    auto compiled = std::make_shared<const Compiled>(
        Compiled{std::move(model), std::move(places), std::move(imports)});
    const std::lock_guard lock(mutex_);
    compiled_[digest].push_back(compiled);
    order_.push_back(digest);
    while (order_.size() > kept_) {
        const auto oldest = compiled_.find(order_.front());
        oldest->second.erase(oldest->second.begin());
        if (oldest->second.empty()) compiled_.erase(oldest);
        order_.pop_front();
    }
    return compiled;
}

Result<std::shared_ptr<const Compiled>> Shelf::get(const std::string& digest,
                                                   const Standing& standing) {
    if (auto found = known(digest, standing)) return found;
    auto compiled = compile(digest, SHU_TRY(standing.text(digest)), standing);
    if (!compiled.ok() && compiled.error().code != Code::kUnavailable)
        return corrupt("the kept text of a decision model cannot be read: " +
                       compiled.error().detail);
    return compiled;
}

Result<std::shared_ptr<const Compiled>> Shelf::get_text(const std::string& digest, std::string xml,
                                                        const Standing& standing) {
    if (auto found = known(digest, standing)) return found;
    return compile(digest, std::move(xml), standing);
}

Result<Counts> Shelf::counts(const std::string& digest, const Standing& standing) {
    std::optional<Counted> known;
    {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(digest);
        if (found != counts_.end()) known = found->second;
    }
    if (known) {
        std::vector<std::string> name_spaces;
        for (const Imported& it : known->imports)
            name_spaces.push_back(it.name_space);
        if (standing.find_all(name_spaces) == known->imports) return known->counts;
    }
    const auto compiled = SHU_TRY(get(digest, standing));
    const Counts counts{compiled->model.problems().size(), compiled->model.analyse().size()};
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= limits::decision_counts_kept) counts_.clear();
    counts_.insert_or_assign(digest, Counted{compiled->imports, counts});
    return counts;
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
        outcome = model.evaluate_all(evaluation, input, explanation);
    } else {
        const auto which = is_decision(model, decision);
        if (!which) return no_such_decision(model, decision);
        outcome = *which ? model.evaluate(evaluation, decision, input, explanation)
                         : model.invoke(evaluation, decision, input, explanation);
    }
    // Sent again it would reach the same bound: the request is at fault, not the moment.
    if (!outcome.ok())
        return invalid("/input: the evaluation was ended: " + outcome.error().detail);
    out.outcome = std::move(*outcome);
    return out;
}

}  // namespace shu::decision
