#include "identity/actor.h"

#include <algorithm>

namespace shu::identity {
namespace {

bool covers(const Actor& actor, const Permission& permission, std::string_view owner) {
    switch (permission.scope) {
        case Scope::kCity: return true;
        case Scope::kSubtree:
            return !actor.organisation.empty() &&
                   actor.directory->is_within(owner, actor.organisation);
        case Scope::kOwn: return !actor.organisation.empty() && owner == actor.organisation;
    }
    return false;
}

}  // namespace

std::string Actor::scope() const {
    return "account:" + account.text();
}

bool Actor::may(std::string_view verb) const {
    return std::ranges::any_of(permissions,
                               [&](const Permission& held) { return held.verb == verb; });
}

int Actor::level_for(std::string_view verb, std::string_view owner) const {
    int level = 0;
    for (const Permission& held : permissions)
        if (held.verb == verb && covers(*this, held, owner)) level = std::max(level, held.level);
    return level;
}

Result<void> Actor::require(std::string_view verb, std::string_view owner, int level) const {
    const int held = level_for(verb, owner);
    if (held >= level) return {};
    const Organisation* organisation_of_owner = directory->organisation(owner);
    std::string whose = organisation_of_owner ? organisation_of_owner->name : std::string(owner);
    if (held == 0)
        return denied("this post does not hold '" + std::string(verb) + "' for " + whose +
                      "; ask the security administrator for a role that does");
    return denied("'" + std::string(verb) + "' for " + whose + " is held up to data level " +
                  std::to_string(held) + ", this needs level " + std::to_string(level));
}

ledger::Act Actor::act(std::string verb, std::string object) const {
    return {.actor = "account:" + account.text(),
            .post = post,
            .organisation = organisation,
            .verb = std::move(verb),
            .object = std::move(object),
            .subject = {},
            .basis = {},
            .result = {},
            .detail = {}};
}

const Actor* actor_or_null(const http::Request& request) {
    return dynamic_cast<const Actor*>(request.principal.get());
}

const Actor& actor_of(const http::Request& request) {
    const Actor* actor = actor_or_null(request);
    SHU_ASSERT(actor != nullptr);
    return *actor;
}

}  // namespace shu::identity
