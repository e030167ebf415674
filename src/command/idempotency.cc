#include "command/idempotency.h"

namespace shu::command {
namespace {
constexpr Micros kKeep = kMicrosPerDay;
constexpr Micros kAbandonedAfter = 5 * 60 * kMicrosPerSecond;
}  // namespace

store::ModuleMigrations idempotency_migrations() {
    return {
        "idempotency",
        {{1,
          "first answers by key",
          {"CREATE TABLE idempotency (scope TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, status BIGINT NOT NULL, "
           "content_type TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (scope, key))",
           "CREATE INDEX idempotency_by_time ON idempotency (at)"}}}};
}

Result<std::optional<http::IdempotencyStore::Answer>> DatabaseIdempotency::begin(
    const std::string& scope, const std::string& key, const std::string& request_digest) {
    return database_.write_value<std::optional<Answer>>([&](store::Transaction& tx)
                                                            -> Result<std::optional<Answer>> {
        const Micros now = clock_.now();
        SHU_TRY(tx.execute("DELETE FROM idempotency WHERE at < $1 OR (status = 0 AND at < $2)",
                           {now - kKeep, now - kAbandonedAfter}));
        const auto kept = SHU_TRY(tx.row(
            "SELECT digest, status, content_type, body FROM idempotency WHERE scope = $1 AND key = $2",
            {std::string_view(scope), std::string_view(key)}));
        if (!kept) {
            SHU_TRY(tx.execute(
                "INSERT INTO idempotency (scope, key, digest, status, content_type, body, at) VALUES ($1, $2, $3, 0, '', '', $4)",
                {std::string_view(scope), std::string_view(key), std::string_view(request_digest),
                 now}));
            return std::optional<Answer>{};
        }
        if (kept->text(0) != request_digest)
            return conflict("this Idempotency-Key was used for another request; take a fresh key");
        if (kept->integer(1) == 0)
            return conflict(
                "the first request with this Idempotency-Key is still running; ask again");
        return std::optional<Answer>{{.status = static_cast<int>(kept->integer(1)),
                                      .content_type = kept->text(2),
                                      .body = kept->text(3),
                                      .request_digest = kept->text(0)}};
    });
}

Result<void> DatabaseIdempotency::finish(const std::string& scope, const std::string& key,
                                         const Answer& answer) {
    return database_.write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(tx.execute(
            "UPDATE idempotency SET status = $1, content_type = $2, body = $3 WHERE scope = $4 AND key = $5",
            {std::int64_t{answer.status}, std::string_view(answer.content_type),
             std::string_view(answer.body), std::string_view(scope), std::string_view(key)}));
        return {};
    });
}

void DatabaseIdempotency::abandon(const std::string& scope, const std::string& key) {
    // If this fails too, the key is free again after kAbandonedAfter.
    (void)database_.write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(tx.execute("DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND status = 0",
                           {std::string_view(scope), std::string_view(key)}));
        return {};
    });
}

}  // namespace shu::command
