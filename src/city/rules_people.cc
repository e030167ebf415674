// Organisations, roles, posts and the accounts of the demonstration.
#include <set>

#include "city/rules.h"

namespace shu::city {
namespace {

std::string member(const Item& item, std::string_view name) {
    return json::Reader(*item.value).text_or(name);
}

}  // namespace

void Rules::check_organisations() {
    std::map<std::string, const Item*> by_credit_code;
    for (const Item& item : folder_.all(Kind::kOrganisation)) {
        refer(item, json::pointer_to(item.pointer, "parent"), member(item, "parent"),
              Kind::kOrganisation);
        refer_division(item, "division", member(item, "division"));
        const std::string credit_code = member(item, "credit_code");
        if (credit_code.size() != 18) continue;  // the shape has said so
        const auto right = record::check_content(record::ContentCheck::kCreditCode, credit_code);
        if (!right.ok())
            mistake(item, "credit_code",
                    "the credit code '" + credit_code + "' is wrong: " + right.error().detail,
                    "copy it again from the certificate (GB 32100-2015)");
        const auto [first, is_new] = by_credit_code.emplace(credit_code, &item);
        if (!is_new)
            mistake(item, "credit_code",
                    "'" + first->second->code + "' has the credit code " + credit_code + " already",
                    "give each organisation its own");
    }
}

void Rules::check_organisation_tree() {
    const Codes& organisations = codes_[Kind::kOrganisation];
    std::set<std::string, std::less<>> reported;
    for (const auto& [code, item] : organisations) {
        std::vector<std::string> path;
        std::set<std::string, std::less<>> seen;
        std::string at = code;
        while (!at.empty() && organisations.contains(at) && seen.insert(at).second) {
            path.push_back(at);
            at = member(*organisations.find(at)->second, "parent");
        }
        if (at != code || reported.contains(code))
            continue;  // no cycle, or one that `code` only leads into
        std::string circle;
        for (const std::string& step : path) {
            circle += step + " -> ";
            reported.insert(step);
        }
        mistake(*item, "parent", "the organisations stand in a circle: " + circle + code,
                "one of them needs another parent");
    }
}

void Rules::check_roles() {
    for (const Item& item : folder_.all(Kind::kRole)) {
        if (!item.well_formed) continue;
        std::set<std::string> seen;
        const identity::Role role = identity::role_from(*item.value);
        const std::string list = json::pointer_to(item.pointer, "permissions");
        for (std::size_t i = 0; i < role.permissions.size(); ++i) {
            const auto& permission = role.permissions[i];
            const std::string key =
                permission.verb + "/" + std::to_string(static_cast<int>(permission.scope));
            if (!seen.insert(key).second)
                findings_.at(
                    *item.document, json::pointer_to(json::pointer_to(list, i), "verb"),
                    "the role '" + role.code + "' has " + permission.verb + " twice with one scope",
                    "keep the one with the higher level");
        }
    }
}

void Rules::check_posts() {
    for (const Item& item : folder_.all(Kind::kPost)) {
        refer(item, json::pointer_to(item.pointer, "organisation"), member(item, "organisation"),
              Kind::kOrganisation);
        const auto roles = json::Reader(*item.value).texts("roles");
        for (std::size_t i = 0; i < roles.size(); ++i)
            refer(item, json::pointer_to(json::pointer_to(item.pointer, "roles"), i), roles[i],
                  Kind::kRole);
        check_separation(item);
    }
}

void Rules::check_separation(const Item& post) {
    std::set<std::string_view> held;
    for (const std::string& code : json::Reader(*post.value).texts("roles")) {
        const auto role = codes_[Kind::kRole].find(code);
        if (role == codes_[Kind::kRole].end() || !role->second->well_formed) continue;
        held.merge(
            identity::separated_verbs(identity::role_from(*role->second->value).permissions));
    }
    if (held.size() > 1)
        mistake(post, "roles",
                "the post '" + post.code + "' joins " + std::string(*held.begin()) + " and " +
                    std::string(*std::next(held.begin())),
                "system, security and audit administration are three posts (GB/T 39477 6.2)");
}

void Rules::check_demo_accounts() {
    const Item* demo = folder_.only(Kind::kDemoAccounts);
    if (!demo) return;
    const auto list = json::Reader(*demo->value, demo->pointer).member("accounts");
    if (!list.ok()) return;
    std::set<std::string> names;
    for (const json::Reader& account : list->items()) {
        const std::string name = account.text_or("name");
        const std::string post = account.text_or("post");
        const std::string person = account.text_or("person");
        const auto wrong = [&](std::string_view at, std::string message, std::string remedy) {
            findings_.at(*demo->document, json::pointer_to(account.pointer(), at),
                         std::move(message), std::move(remedy));
        };
        if (!name.empty() && !names.insert(name).second)
            wrong("name", "two accounts have the name '" + name + "'", "rename one of them");
        if (post.empty() == person.empty())
            wrong("name", "the account '" + name + "' needs either a post or a person",
                  "give an officer a post, a citizen a person");
        refer(*demo, json::pointer_to(account.pointer(), "post"), post, Kind::kPost);
        if (person.empty()) continue;
        const auto right = record::check_content(record::ContentCheck::kIdentityNumber, person);
        if (!right.ok())
            wrong("person",
                  "the identity number '" + person + "' is wrong: " + right.error().detail,
                  "use a synthetic one of division 210199");
    }
}

void Rules::check_demo_people() {
    const Item* demo = folder_.only(Kind::kDemoPeople);
    if (!demo || !demo->well_formed) return;
    const json::Reader in(*demo->value, demo->pointer);
    for (const json::Reader& district : in.member("districts")->items()) {
        const std::string code = district.text_or("division");
        const auto row = divisions_.find(code);
        const std::string at = json::pointer_to(district.pointer(), "division");
        if (row == divisions_.end())
            findings_.at(*demo->document, at, "there is no division " + code,
                         "name a district of divisions.csv");
        else if (row->second->cells[3] != "3")
            findings_.at(*demo->document, at, "the division " + code + " is not a district",
                         "name one of level 3");
    }
    const auto table = codes_[Kind::kCodeTable].find("ethnic-group");
    if (table == codes_[Kind::kCodeTable].end() || !table->second->well_formed) return;
    const json::value groups = code_table_json(folder_, *table->second);
    std::set<std::string> known;
    for (const auto& value : record::code_table_from(groups).values)
        known.insert(value.code);
    for (const json::Reader& group : in.member("ethnic_groups")->items())
        if (!known.contains(group.text_or("code")))
            findings_.at(*demo->document, json::pointer_to(group.pointer(), "code"),
                         "the code table ethnic-group has no '" + group.text_or("code") + "'",
                         "see codes/ethnic-group.yaml");
}

}  // namespace shu::city
