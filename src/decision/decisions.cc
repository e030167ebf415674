#include "decision/decisions.h"

#include <algorithm>

#include "decision/limits.h"
#include "decision/state.h"

namespace shu::decision {

const Version* PublishedModel::in_force(Micros at) const {
    if (withdrawn_at != 0 && at >= withdrawn_at) return nullptr;
    const Version* found = nullptr;
    for (const Version& version : versions)
        if (!version.is_cancelled() && version.from <= at &&
            (!found || version.from >= found->from))
            found = &version;
    return found;
}

const Version* PublishedModel::version(std::int64_t number) const {
    const auto found = std::find_if(versions.begin(), versions.end(),
                                    [&](const Version& it) { return it.number == number; });
    return found == versions.end() ? nullptr : &*found;
}

Micros PublishedModel::until(const Version& of) const {
    Micros end = withdrawn_at;
    for (const Version& other : versions) {
        const bool takes_over =
            other.from > of.from || (other.from == of.from && other.number > of.number);
        if (takes_over && !other.is_cancelled() && (end == 0 || other.from < end)) end = other.from;
    }
    return end;
}

Decisions::State::State(Parts opened)
    : parts(std::move(opened)),
      environment{&parts.zones, nullptr},
      shelf(environment, limits::decision_models_kept),
      tries(environment, limits::decision_tries_kept),
      desks(environment, parts.utc_offset_minutes),
      replayer({.database = parts.database,
                .clock = parts.clock,
                .shelf = shelf,
                .desks = desks,
                .standing = [this](Micros at) { return standing(at); },
                .between = [this]() -> Result<void> {
                    SHU_TRY(delete_expired_cases(*this));
                    return {};
                },
                .log = parts.log,
                .node = parts.node}) {}

Result<void> Decisions::State::refresh() {
    const std::lock_guard one(refresh_mutex_);
    std::shared_ptr<const Models> found;
    SHU_CHECK(parts.database.read([&](store::Transaction& tx) -> Result<void> {
        const std::int64_t change = SHU_TRY(change_number(tx));
        if (change == change_) return {};
        found = std::make_shared<const Models>(SHU_TRY(all_models(tx)));
        change_ = change;
        return {};
    }));
    if (!found) return {};
    const std::lock_guard lock(mutex_);
    models_ = std::move(found);
    return {};
}

Result<std::shared_ptr<const PublishedModel>> Decisions::State::model(std::string_view code) const {
    const auto all = models();
    const auto found = all->find(code);
    if (found == all->end())
        return not_found("there is no decision model '" + std::string(code) + "'");
    return found->second;
}

Result<std::string> Decisions::State::text(std::string_view digest) const {
    return parts.database.read_value<std::string>(
        [&](store::Transaction& tx) { return text_of(tx, digest); });
}

Standing Decisions::State::standing(Micros at) const {
    return {models(), at, heads, [this](std::string_view digest) { return text(digest); }};
}

Result<Standing> Decisions::State::standing(store::Transaction& tx, Micros at) const {
    return Standing(std::make_shared<const Models>(SHU_TRY(all_models(tx))), at, heads,
                    [&tx](std::string_view digest) { return text_of(tx, digest); });
}

Result<void> Decisions::State::record_act(store::Transaction& tx, const ledger::Act& act) const {
    SHU_TRY(ledger::record(tx, parts.ids, parts.clock, act));
    return {};
}

Decisions::Decisions(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decisions::~Decisions() {
    stop();
}

Result<std::unique_ptr<Decisions>> Decisions::open(Parts parts) {
    auto state = std::make_unique<State>(std::move(parts));
    SHU_CHECK(state->refresh());
    return std::unique_ptr<Decisions>(new Decisions(std::move(state)));
}

std::shared_ptr<const Models> Decisions::models() const {
    return state_->models();
}
Result<void> Decisions::refresh() {
    return state_->refresh();
}
void Decisions::start() {
    state_->replayer.start();
}
void Decisions::stop() {
    state_->replayer.stop();
}

}  // namespace shu::decision
