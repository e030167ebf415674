#include "store/migration.h"

namespace shu::store {
namespace {

Result<void> check_order(const ModuleMigrations& module) {
    int expected = 1;
    for (const Migration& step : module.steps) {
        if (step.version != expected) {
            return invalid("the migrations of " + std::string(module.module) +
                           " are not numbered 1, 2, 3, ...: " + std::to_string(step.version) +
                           " stands where " + std::to_string(expected) + " belongs");
        }
        ++expected;
    }
    return {};
}

// Two programs may start at once on PostgreSQL: the second waits here until the first has
// committed. An advisory lock would not do, because the SELECT that takes it fixes the snapshot
// before it waits; LOCK TABLE takes none. SQLite has one writer by itself.
Result<void> wait_for_turn(Database& database, Transaction& tx) {
    if (database.engine() != Engine::kPostgres) return {};
    (void)SHU_TRY(tx.execute("LOCK TABLE schema_version IN EXCLUSIVE MODE"));
    return {};
}

Result<void> create_table(Database& database) {
    return database.write([&](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute(
            "CREATE TABLE IF NOT EXISTS schema_version ("
            "module TEXT NOT NULL, version BIGINT NOT NULL, title TEXT NOT NULL, applied_at BIGINT NOT NULL, "
            "PRIMARY KEY (module, version))"));
        return {};
    });
}

Result<void> prepare_table(Database& database) {
    Result<void> created = create_table(database);
    // On PostgreSQL two programs that create it at once meet in the catalogue, IF NOT EXISTS or
    // not; now it is there.
    if (!created.ok() && database.engine() == Engine::kPostgres) created = create_table(database);
    return created;
}

Result<std::int64_t> version_of(Transaction& tx, std::string_view module) {
    const auto row = SHU_TRY(
        tx.row("SELECT coalesce(max(version), 0) FROM schema_version WHERE module = $1", {module}));
    return row->integer(0);
}

Result<void> run_step(Transaction& tx, std::string_view module, const Migration& step, Micros now) {
    for (const Sql& statement : step.statements)
        (void)SHU_TRY(tx.execute(statement));
    (void)SHU_TRY(tx.execute(
        "INSERT INTO schema_version (module, version, title, applied_at) VALUES ($1, $2, $3, $4)",
        {module, std::int64_t(step.version), step.title, now}));
    return {};
}

// Runs the step after the database's version, if there is one. Gives whether the module is
// complete.
Result<bool> advance(Database& database, const ModuleMigrations& module, Micros now) {
    const auto newest = static_cast<std::int64_t>(module.steps.size());
    return database.write_value<bool>([&](Transaction& tx) -> Result<bool> {
        SHU_CHECK(wait_for_turn(database, tx));
        const std::int64_t version = SHU_TRY(version_of(tx, module.module));
        if (version > newest) {
            return conflict("the database holds version " + std::to_string(version) + " of " +
                            std::string(module.module) + ", this program knows " +
                            std::to_string(newest) + ": run a newer shu");
        }
        if (version == newest) return true;
        const Migration& step = module.steps[static_cast<std::size_t>(version)];
        Result<void> done = run_step(tx, module.module, step, now);
        if (!done.ok()) {
            return within("migration " + std::to_string(step.version) + " of " +
                              std::string(module.module) + " (" + std::string(step.title) + ")",
                          std::move(done).error());
        }
        return version + 1 == newest;
    });
}

}  // namespace

Result<void> migrate(Database& database, std::span<const ModuleMigrations> modules,
                     const Clock& clock) {
    for (const ModuleMigrations& module : modules)
        SHU_CHECK(check_order(module));
    SHU_CHECK(prepare_table(database));
    for (const ModuleMigrations& module : modules) {
        bool is_complete = false;
        while (!is_complete)
            is_complete = SHU_TRY(advance(database, module, clock.now()));
    }
    return {};
}

}  // namespace shu::store
