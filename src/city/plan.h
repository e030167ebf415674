// From a city folder to a running city: what would change, and changing it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "city/difference.h"
#include "decision/decisions.h"
#include "foundation/clock.h"
#include "foundation/id.h"
#include "identity/identity.h"
#include "record/records.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::city {

/// Tables `declaration` and `division`.
store::ModuleMigrations migrations();

enum class ChangeKind { kAdd, kChange, kRemove };

/// One object that the city folder and the database hold differently.
struct Change {
    ChangeKind kind = ChangeKind::kAdd;
    std::string object_kind;  ///< Declaration::kind
    std::string code;
    std::string name;
    std::string old_digest;  ///< what the plan was made against; empty when added
    std::vector<MemberChange>
        members;  ///< of a change, at most limits::plan_members_max and a last line

    /// `dataset:population`, as acts name it.
    std::string object() const { return object_kind + ":" + code; }
};

struct Plan {
    std::vector<Change>
        changes;  ///< additions and changes in the order of application, then removals
    std::int64_t unchanged = 0;

    bool empty() const { return changes.empty(); }
    std::int64_t count(ChangeKind kind) const;
};

/// Compares the folder with what was applied last. Writes nothing. Errors: Conflict when the
/// database holds another city; the store's.
Result<Plan> plan(const City& city, store::Database& database);

/// The six-digit code of the city that was applied to this database; empty before the first
/// application.
Result<std::string> applied_code(store::Database& database);

struct ApplyParts {
    store::Database& database;
    IdMaker& ids;
    const Clock& clock;
    identity::Identity& identity;
    record::Records& records;
    decision::Decisions& decisions;
    std::string actor = "system:city";  ///< who applies, as acts name it
};

/// Carries the plan out in one transaction: each object changes together with its act
/// (`city.declare` or `city.remove`), all or nothing. Then the modules' snapshots are refreshed.
/// Errors: Conflict when the database changed since the plan was made, or a removal would lose
/// records.
Result<void> apply(const City& city, const Plan& plan, const ApplyParts& parts);

/// Creates or renews the demonstration's accounts. Only for a server or command that was told
/// --demo.
Result<void> put_demo_accounts(const City& city, const ApplyParts& parts);

}  // namespace shu::city
