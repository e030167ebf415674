#include "identity/directory.h"

#include <algorithm>

namespace shu::identity {
namespace {

constexpr std::string_view kVerbs[] = {
    "account.manage",  "application.create", "application.decide", "audit.read",    "client.manage",
    "dataset.collect", "dataset.read",       "gateway.monitor",    "grant.collect", "grant.read",
    "grant.revoke",    "ledger.read",        "organisation.read",  "role.manage",   "rule.case",
    "rule.draw",       "rule.evaluate",      "rule.publish",       "rule.read"};

constexpr std::string_view kSeparated[] = {"account.manage", "role.manage", "audit.read"};

template <typename T>
std::map<std::string, std::size_t, std::less<>> index_of(const std::vector<T>& items) {
    std::map<std::string, std::size_t, std::less<>> index;
    for (std::size_t i = 0; i < items.size(); ++i)
        index.emplace(items[i].code, i);
    return index;
}

template <typename T>
const T* find(const std::vector<T>& items,
              const std::map<std::string, std::size_t, std::less<>>& index, std::string_view code) {
    const auto it = index.find(code);
    return it == index.end() ? nullptr : &items[it->second];
}

Shape code_shape() {
    return Shape::text_matching("[a-z][a-z0-9-]{0,62}", "public-security")
        .with_description("Stable code: lower-case letters, digits, hyphens");
}

}  // namespace

std::string_view to_string(Scope scope) {
    switch (scope) {
        case Scope::kOwn: return "own";
        case Scope::kSubtree: return "subtree";
        case Scope::kCity: return "city";
    }
    return "own";
}

Scope scope_from(std::string_view text) {
    if (text == "city") return Scope::kCity;
    return text == "subtree" ? Scope::kSubtree : Scope::kOwn;
}

std::set<std::string_view> separated_verbs(std::span<const Permission> permissions) {
    std::set<std::string_view> held;
    for (const Permission& permission : permissions)
        for (const std::string_view verb : kSeparated)
            if (permission.verb == verb) held.insert(verb);
    return held;
}

Directory::Directory(std::vector<Organisation> organisations, std::vector<Role> roles,
                     std::vector<Post> posts)
    : organisations_(std::move(organisations)),
      roles_(std::move(roles)),
      posts_(std::move(posts)),
      organisation_index_(index_of(organisations_)),
      role_index_(index_of(roles_)),
      post_index_(index_of(posts_)) {}

const Organisation* Directory::organisation(std::string_view code) const {
    return find(organisations_, organisation_index_, code);
}

const Role* Directory::role(std::string_view code) const {
    return find(roles_, role_index_, code);
}

const Post* Directory::post(std::string_view code) const {
    return find(posts_, post_index_, code);
}

std::vector<const Organisation*> Directory::children(std::string_view code) const {
    std::vector<const Organisation*> found;
    for (const Organisation& organisation : organisations_)
        if (organisation.parent == code) found.push_back(&organisation);
    return found;
}

std::vector<Permission> Directory::permissions_of(const Post& post) const {
    std::vector<Permission> held;
    for (const std::string& code : post.roles_in_force()) {
        const Role* found = role(code);
        if (!found) continue;  // the folder declares it no longer
        for (Permission permission : found->permissions) {
            if (post.assigned && post.assigned->widest)
                permission.scope = std::min(permission.scope, *post.assigned->widest);
            held.push_back(std::move(permission));
        }
    }
    return held;
}

bool Directory::is_within(std::string_view code, std::string_view ancestor) const {
    // The tree is checked to be free of cycles when it is declared; the bound keeps a damaged one
    // from hanging us.
    for (std::size_t depth = 0; depth <= organisations_.size(); ++depth) {
        if (code == ancestor) return true;
        const Organisation* found = organisation(code);
        if (!found || found->parent.empty()) return false;
        code = found->parent;
    }
    return false;
}

Shape organisation_shape() {
    return Shape::object({
        {"code", code_shape(), true, "Stable code of the organisation"},
        {"name", Shape::text(), true, "Full official name"},
        {"name_en", Shape::text(), true, "Name in English"},
        {"short_name", Shape::text(), false, "Name as used in lists"},
        {"credit_code", Shape::text_matching("[0-9A-HJ-NPQRTUWXY]{18}", "11210199MB00000B0G"), true,
         "Unified social credit code, GB 32100-2015"},
        {"parent", Shape::text(), false, "Code of the organisation above; empty at the top"},
        {"division", Shape::text_matching("[0-9]{12}", "210100000000"), true,
         "Territory, GB/T 2260 and GB/T 10114"},
        {"kind",
         Shape::one_of(
             {"government", "department", "district", "street", "institution", "enterprise"}),
         true, "What kind of body it is"},
    });
}

Shape role_shape() {
    std::vector<std::string> verbs(std::begin(kVerbs), std::end(kVerbs));
    Shape permission = Shape::object({
        {"verb", Shape::one_of(std::move(verbs)), true, "What may be done"},
        {"scope", Shape::one_of({"own", "subtree", "city"}), true, "To what of whom"},
        {"level", Shape::integer(1, 6), true, "Highest data level"},
    });
    return Shape::object({
        {"code", code_shape(), true, "Stable code of the role"},
        {"name", Shape::text(), true, "Name"},
        {"name_en", Shape::text(), true, "Name in English"},
        {"permissions", Shape::list(permission, 1), true, "verb x scope x level"},
    });
}

Shape post_shape() {
    return Shape::object({
        {"code", code_shape(), true, "Stable code of the post"},
        {"name", Shape::text(), true, "Name"},
        {"name_en", Shape::text(), true, "Name in English"},
        {"organisation", Shape::text(), true, "Code of its organisation"},
        {"roles", Shape::list(Shape::text(), 1), true, "Codes of its roles"},
    });
}

Organisation organisation_from(const json::value& v) {
    const json::Reader in(v);
    Organisation organisation{.code = in.text_or("code"),
                              .name = in.text_or("name"),
                              .name_en = in.text_or("name_en"),
                              .short_name = in.text_or("short_name"),
                              .credit_code = in.text_or("credit_code"),
                              .parent = in.text_or("parent"),
                              .division = in.text_or("division"),
                              .kind = in.text_or("kind")};
    if (organisation.short_name.empty()) organisation.short_name = organisation.name;
    return organisation;
}

Role role_from(const json::value& v) {
    const json::Reader in(v);
    Role role{.code = in.text_or("code"),
              .name = in.text_or("name"),
              .name_en = in.text_or("name_en"),
              .permissions = {}};
    if (const auto permissions = in.member("permissions"); permissions.ok())
        for (const json::Reader& item : permissions->items())
            role.permissions.push_back({.verb = item.text_or("verb"),
                                        .scope = scope_from(item.text_or("scope")),
                                        .level = static_cast<int>(item.integer_or("level", 1))});
    return role;
}

Post post_from(const json::value& v) {
    const json::Reader in(v);
    return {.code = in.text_or("code"),
            .name = in.text_or("name"),
            .name_en = in.text_or("name_en"),
            .organisation = in.text_or("organisation"),
            .roles = in.texts("roles")};
}

}  // namespace shu::identity
