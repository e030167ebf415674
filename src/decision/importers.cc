// A model that others import may spoil them when it changes: they are compiled with it before it
// does.
#include <set>

#include "decision/state.h"

namespace shu::decision {
namespace {

/// The instants at which something may turn: the present and every later start.
std::set<Micros> turns(const Models& models, Micros now) {
    std::set<Micros> out{now};
    for (const auto& [code, model] : models)
        for (const Version& version : model->versions)
            if (version.from > now && !version.is_cancelled()) out.insert(version.from);
    return out;
}

/// Whether the same text was unsound before the change.
Result<bool> was_unsound(Shelf& shelf, const std::string& code, const Version& version,
                         const Standing& before) {
    const auto model = before.models().find(code);
    if (model == before.models().end()) return false;
    const Version* old = model->second->in_force(before.at());
    if (!old || old->digest != version.digest) return false;
    return !SHU_TRY(shelf.get(version.digest, before))->model.problems().empty();
}

Error spoilt(const PublishedModel& model, const Compiled& compiled, Micros at) {
    const rule::Warning& first = compiled.model.problems().front();
    return conflict("the model '" + model.code + "' (" + model.name + ") would have " +
                    std::to_string(compiled.model.problems().size()) + " mistakes from " +
                    to_rfc3339(at) + " on, the first in line " +
                    std::to_string(compiled.places.find(first).line) + ": " + first.place + ": " +
                    first.reason + "; keep what it imports, or mend '" + model.code + "' first");
}

}  // namespace

Result<void> check_importers(const Decisions::State& state, store::Transaction& tx) {
    const Standing after_now = SHU_TRY(state.standing(tx, state.now()));
    const auto after_models = std::make_shared<const Models>(after_now.models());
    const TextReader read = [&tx](std::string_view digest) { return text_of(tx, digest); };
    Shelf& shelf = state.shelf;
    for (const Micros at : turns(*after_models, state.now())) {
        const Standing after(after_models, at, state.heads, read);
        const Standing before(state.models(), at, state.heads, read);
        for (const auto& [code, model] : *after_models) {
            const Version* version = model->in_force(at);
            if (!version || SHU_TRY(state.heads.of(version->digest, read)).imports.empty())
                continue;
            const auto compiled = SHU_TRY(shelf.get(version->digest, after));
            if (compiled->model.problems().empty()) continue;
            if (!SHU_TRY(was_unsound(shelf, code, *version, before)))
                return spoilt(*model, *compiled, at);
        }
    }
    return {};
}

Result<void> Decisions::check_imports(store::Transaction& tx) {
    return check_importers(*state_, tx);
}

}  // namespace shu::decision
