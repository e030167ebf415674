// The first answers to idempotency keys, kept in the database for a day.
#pragma once

#include "foundation/clock.h"
#include "http/router.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::command {

store::ModuleMigrations idempotency_migrations();

/// Thread-safe. A key that was begun and neither finished nor abandoned (a crash) is free again
/// after five minutes.
class DatabaseIdempotency final : public http::IdempotencyStore {
 public:
    DatabaseIdempotency(store::Database& database, const Clock& clock)
        : database_(database), clock_(clock) {}

    Result<std::optional<Answer>> begin(const std::string& scope, const std::string& key,
                                        const std::string& request_digest) override;
    Result<void> finish(const std::string& scope, const std::string& key,
                        const Answer& answer) override;
    void abandon(const std::string& scope, const std::string& key) override;

 private:
    store::Database& database_;
    const Clock& clock_;
};

}  // namespace shu::command
