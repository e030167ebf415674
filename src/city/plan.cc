#include "city/plan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "foundation/crypto/password.h"
#include "foundation/limits.h"
#include "ledger/act.h"

namespace shu::city {
namespace {

/// Order of application; removals go the other way.
constexpr std::string_view kKinds[] = {"city", "divisions", "boundary",   "organisation", "role",
                                       "post", "registry",  "code-table", "dataset",      "rule"};

std::size_t rank_of(std::string_view kind) {
    return static_cast<std::size_t>(std::find(std::begin(kKinds), std::end(kKinds), kind) -
                                    std::begin(kKinds));
}

using Key = std::pair<std::string, std::string>;  // kind, code

Result<std::map<Key, std::string>> stored_digests(store::Transaction& tx) {
    std::map<Key, std::string> digests;
    for (const auto& row : SHU_TRY(tx.query("SELECT kind, code, digest FROM declaration")))
        digests.emplace(Key{row.text(0), row.text(1)}, row.text(2));
    return digests;
}

Result<std::string> stored_body(store::Transaction& tx, std::string_view kind,
                                std::string_view code) {
    const auto row =
        SHU_TRY(tx.row("SELECT body FROM declaration WHERE kind = $1 AND code = $2", {kind, code}));
    return row ? row->text(0) : std::string();
}

std::string name_in(const std::string& body) {
    const auto parsed = json::parse(body);
    return parsed.ok() ? json::Reader(*parsed).text_or("name") : "";
}

Result<std::vector<MemberChange>> changed_members(store::Transaction& tx, const Declaration& now) {
    if (now.kind == "boundary") return std::vector<MemberChange>{{"the outline", "", ""}};
    const auto before = json::parse(SHU_TRY(stored_body(tx, now.kind, now.code)));
    const auto after = json::parse(now.body);
    if (!before.ok() || !after.ok()) return std::vector<MemberChange>{};
    return difference(*before, *after, limits::plan_members_max);
}

Result<void> refuse_other_city(const std::map<Key, std::string>& stored, const City& city) {
    for (const auto& [key, digest] : stored)
        if (key.first == "city" && key.second != city.code)
            return conflict("the database holds the city " + key.second + ", the folder declares " +
                            city.code + "; give each city its own database");
    return {};
}

Result<Plan> compare(store::Transaction& tx, const City& city) {
    const auto stored = SHU_TRY(stored_digests(tx));
    SHU_CHECK(refuse_other_city(stored, city));
    Plan plan;
    std::map<Key, bool> declared;
    for (const Declaration& object : city.declarations) {
        const Key key{object.kind, object.code};
        declared.emplace(key, true);
        const auto before = stored.find(key);
        if (before == stored.end()) {
            plan.changes.push_back(
                {ChangeKind::kAdd, object.kind, object.code, object.name, "", {}});
        } else if (before->second == object.digest) {
            ++plan.unchanged;
        } else {
            auto changed = SHU_TRY(changed_members(tx, object));
            plan.changes.push_back({ChangeKind::kChange, object.kind, object.code, object.name,
                                    before->second, std::move(changed)});
        }
    }
    std::vector<Change> removals;
    for (const auto& [key, digest] : stored)
        if (!declared.contains(key)) {
            const auto body = SHU_TRY(stored_body(tx, key.first, key.second));
            removals.push_back(
                {ChangeKind::kRemove, key.first, key.second, name_in(body), digest, {}});
        }
    std::stable_sort(removals.begin(), removals.end(), [](const Change& a, const Change& b) {
        return rank_of(a.object_kind) > rank_of(b.object_kind);
    });
    std::move(removals.begin(), removals.end(), std::back_inserter(plan.changes));
    return plan;
}

template <typename T>
const T* find(const std::vector<T>& items, std::string_view code) {
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const T& item) { return item.code == code; });
    return found == items.end() ? nullptr : &*found;
}

/// Carries out the changes of one plan inside one transaction.
class Application {
 public:
    Application(store::Transaction& tx, const City& city, const ApplyParts& parts)
        : tx_(tx), city_(city), parts_(parts) {}

    Result<void> run(const Plan& plan) {
        const auto stored = SHU_TRY(stored_digests(tx_));
        for (const Change& change : plan.changes) {
            const auto now = stored.find({change.object_kind, change.code});
            if ((now == stored.end() ? std::string() : now->second) != change.old_digest)
                return conflict(change.object() +
                                " has changed since the plan was made; plan again");
        }
        for (const Change& change : plan.changes) {
            auto done = change.kind == ChangeKind::kRemove ? remove(change) : declare(change);
            if (!done.ok()) return within(change.object(), done.error());
        }
        return parts_.decisions.check_imports(tx_);
    }

 private:
    Result<void> declare(const Change& change) {
        const Declaration* object = nullptr;
        for (const Declaration& candidate : city_.declarations)
            if (candidate.kind == change.object_kind && candidate.code == change.code)
                object = &candidate;
        if (!object) return invalid("the plan was made for another folder; plan again");
        SHU_CHECK(put(*object));
        SHU_TRY(tx_.execute(
            "INSERT INTO declaration (kind, code, name, digest, body, applied_at) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name, digest = excluded.digest, "
            "body = excluded.body, applied_at = excluded.applied_at",
            {object->kind, object->code, object->name, object->digest, object->body,
             parts_.clock.now()}));
        return record_act(change, "city.declare", object->digest);
    }

    Result<void> remove(const Change& change) {
        SHU_CHECK(take_away(change));
        SHU_TRY(tx_.execute("DELETE FROM declaration WHERE kind = $1 AND code = $2",
                            {change.object_kind, change.code}));
        return record_act(change, "city.remove", "");
    }

    Result<void> record_act(const Change& change, std::string verb, const std::string& digest) {
        ledger::Act act;
        act.actor = parts_.actor;
        act.verb = std::move(verb);
        act.object = change.object();
        act.result = change.kind == ChangeKind::kAdd      ? "added"
                     : change.kind == ChangeKind::kChange ? "changed"
                                                          : "removed";
        if (!digest.empty()) act.detail["digest"] = digest;
        if (!change.old_digest.empty()) act.detail["old_digest"] = change.old_digest;
        json::array members;
        for (const MemberChange& member : change.members)
            members.emplace_back(member.member);
        if (!members.empty()) act.detail["members"] = std::move(members);
        SHU_TRY(ledger::record(tx_, parts_.ids, parts_.clock, act));
        return {};
    }

    Result<void> put(const Declaration& object) {
        const std::string& kind = object.kind;
        if (kind == "divisions") return put_divisions();
        if (kind == "organisation")
            return parts_.identity.put(tx_, *find(city_.organisations, object.code));
        if (kind == "role") return parts_.identity.put(tx_, *find(city_.roles, object.code));
        if (kind == "post") return parts_.identity.put(tx_, *find(city_.posts, object.code));
        if (kind == "registry")
            return parts_.records.put(tx_, *find(city_.registries, object.code));
        if (kind == "code-table")
            return parts_.records.put(tx_, *find(city_.code_tables, object.code));
        if (kind == "dataset") return parts_.records.put(tx_, *find(city_.datasets, object.code));
        if (kind == "rule") return parts_.decisions.put(tx_, *find(city_.models, object.code));
        return {};  // the city and its outlines are read from the declaration itself
    }

    Result<void> take_away(const Change& change) {
        const std::string& kind = change.object_kind;
        if (kind == "organisation") return parts_.identity.remove_organisation(tx_, change.code);
        if (kind == "role") return parts_.identity.remove_role(tx_, change.code);
        if (kind == "post") return parts_.identity.remove_post(tx_, change.code);
        if (kind == "registry") return parts_.records.remove_registry(tx_, change.code);
        if (kind == "code-table") return parts_.records.remove_code_table(tx_, change.code);
        if (kind == "dataset") return parts_.records.remove_dataset(tx_, change.code);
        if (kind == "rule") return parts_.decisions.withdraw(tx_, change.code);
        return {};
    }

    Result<void> put_divisions() {
        SHU_TRY(tx_.execute("DELETE FROM division"));
        std::vector<std::vector<store::Value>> rows;
        for (const Division& division : city_.divisions)
            rows.push_back({std::string_view(division.code), std::string_view(division.name),
                            std::string_view(division.parent),
                            static_cast<std::int64_t>(division.level),
                            std::string_view(division.name_en)});
        store::Statement* insert = SHU_TRY(tx_.prepare(
            "INSERT INTO division (code, name, parent, level, name_en) VALUES ($1, $2, $3, $4, $5)"));
        SHU_TRY(insert->execute_many(rows));
        return {};
    }

    store::Transaction& tx_;
    const City& city_;
    const ApplyParts& parts_;
};

}  // namespace

store::ModuleMigrations migrations() {
    return {
        "city",
        {{1,
          "declarations and divisions",
          {"CREATE TABLE declaration (kind TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, "
           "body TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (kind, code))",
           "CREATE TABLE division (code TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT NOT NULL, level BIGINT NOT NULL)",
           "CREATE INDEX division_parent ON division (parent, code)"}},
         {2,
          "English names of divisions",
          {"ALTER TABLE division ADD COLUMN name_en TEXT NOT NULL DEFAULT ''"}}}};
}

std::int64_t Plan::count(ChangeKind kind) const {
    return std::count_if(changes.begin(), changes.end(),
                         [&](const Change& change) { return change.kind == kind; });
}

Result<Plan> plan(const City& city, store::Database& database) {
    return database.read_value<Plan>([&](store::Transaction& tx) { return compare(tx, city); });
}

Result<void> apply(const City& city, const Plan& plan, const ApplyParts& parts) {
    if (plan.empty()) return {};
    SHU_CHECK(parts.database.write(
        [&](store::Transaction& tx) { return Application(tx, city, parts).run(plan); }));
    SHU_CHECK(parts.identity.refresh());
    SHU_CHECK(parts.records.refresh());
    return parts.decisions.refresh();
}

Result<void> put_demo_accounts(const City& city, const ApplyParts& parts) {
    if (city.demo.accounts.empty()) return {};
    const std::string hash = crypto::hash_password(city.demo.password);
    return parts.database.write([&](store::Transaction& tx) -> Result<void> {
        for (const DemoAccount& account : city.demo.accounts) {
            identity::NewAccount made;
            made.name = account.name;
            made.display_name = account.display_name;
            made.password_hash = hash;
            made.must_change_password = false;
            made.demo = true;
            made.post = account.post;
            if (!account.person.empty()) {
                made.kind = identity::AccountKind::kCitizen;
                made.subject = parts.identity.subject_id("person", account.person);
            }
            SHU_TRY(parts.identity.put_account(tx, made));
        }
        return {};
    });
}

Result<std::string> applied_code(store::Database& database) {
    return database.read_value<std::string>([](store::Transaction& tx) -> Result<std::string> {
        const auto row = SHU_TRY(tx.row("SELECT code FROM declaration WHERE kind = 'city'"));
        return row ? row->text(0) : std::string();
    });
}

}  // namespace shu::city
