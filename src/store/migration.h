// Schema versions: each module lists its steps; the store runs what is missing, in order, once.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "store/database.h"

namespace shu::store {

/// One step of one module. Steps are never edited once landed; a mistake is mended by the next
/// step.
struct Migration {
    int version;             ///< 1, 2, 3, ... within the module
    std::string_view title;  ///< for the log and for people
    std::vector<Sql> statements;
};

struct ModuleMigrations {
    std::string_view module;
    std::vector<Migration> steps;
};

/// Brings the database to the program's version, module by module in the given order, each step in
/// one transaction, recorded in `schema_version(module, version, title, applied_at)`. Two processes
/// starting at once run each step once. Errors: Conflict when the database is newer than the
/// program ("run a newer shu"), Invalid when versions are not 1..n.
Result<void> migrate(Database& database, std::span<const ModuleMigrations> modules,
                     const Clock& clock);

}  // namespace shu::store
