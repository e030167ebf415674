#include "decision/imports.h"

#include "decision/limits.h"
#include "foundation/text.h"

namespace shu::decision {
Result<rule::ModelHead> Heads::of(const std::string& digest, const TextReader& read) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(digest);
        if (found != known_.end()) return found->second;
    }
    const std::string xml = SHU_TRY(read(digest));
    auto head = rule::Model::head(xml);
    if (!head.ok())
        return corrupt("the kept text of a decision model cannot be read: " + head.error().detail);
    const std::lock_guard lock(mutex_);
    if (known_.size() >= limits::decision_heads_kept) known_.clear();
    known_.emplace(digest, *head);
    return head;
}

Result<Imported> Standing::find(std::string_view name_space) const {
    Imported found;
    std::vector<std::string> others;
    for (const auto& [code, model] : *models_) {
        const Version* version = model->in_force(at_);
        if (!version) continue;
        const rule::ModelHead head = SHU_TRY(heads_->of(version->digest, read_));
        if (head.name_space != name_space) {
            others.push_back(head.name_space);
            continue;
        }
        if (!found.code.empty())
            return conflict("the models '" + found.code + "' and '" + code +
                            "' both have the namespace '" + std::string(name_space) +
                            "'; give each its own");
        found = {std::string(name_space), code, version->number, version->digest};
    }
    if (!found.code.empty()) return found;
    const std::vector<std::string_view> known(others.begin(), others.end());
    const std::string_view near = text::nearest(name_space, known);
    return not_found("no model in force has the namespace '" + std::string(name_space) + "'; " +
                     (near.empty() ? "publish one that has it first, or correct the import"
                                   : "did you mean '" + std::string(near) + "'?"));
}

std::vector<Imported> Standing::find_all(const std::vector<std::string>& name_spaces) const {
    std::vector<Imported> out;
    for (const std::string& name_space : name_spaces) {
        auto found = find(name_space);
        out.push_back(found.ok() ? std::move(*found) : Imported{name_space, "", 0, ""});
    }
    return out;
}

rule::ImportReader Standing::reader() const {
    return [this](std::string_view name_space, std::string_view) -> Result<std::string> {
        const Imported found = SHU_TRY(find(name_space));
        return read_(found.digest);
    };
}

json::array to_json(const std::vector<Imported>& imports, const Standing& standing) {
    json::array out;
    for (const Imported& it : imports) {
        const auto model = standing.models().find(it.code);
        const bool known = model != standing.models().end();
        out.push_back(
            json::object{{"namespace", it.name_space},
                         {"code", known ? json::value(it.code) : json::value()},
                         {"name", known ? json::value(model->second->name) : json::value()},
                         {"version", known ? json::value(it.version) : json::value()}});
    }
    return out;
}

}  // namespace shu::decision
