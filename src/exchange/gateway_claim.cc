// Several nodes over one PostgreSQL share the nonces of the window, so that a request that one has
// answered cannot be replayed to another. A turn's nonces are one short transaction before the rows
// are read. It is committed without waiting for the disk of the database: should that server crash,
// the nonces of its last moment are known to the node that saw them alone (its memory and its
// trace).
#include "exchange/gateway.h"

namespace shu::exchange {
namespace {

// Beyond the window, for nodes whose clocks differ.
constexpr std::int64_t kKeptLongerMs = 60'000;
constexpr std::int64_t kForgetEveryMs = 10'000;

}  // namespace

Result<void> Gateway::insert_claims(CallBatch& batch, std::vector<std::int64_t>& inserted) {
    return parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(tx.execute("SET LOCAL synchronous_commit TO OFF"));
        store::Statement* insert = SHU_TRY(tx.prepare(
            "INSERT INTO gateway_nonce (client_id, nonce, expires_ms) VALUES ($1, $2, $3) "
            "ON CONFLICT (client_id, nonce) DO NOTHING"));
        inserted = SHU_TRY(insert->execute_many(batch.claims));
        return {};
    });
}

void Gateway::claim_nonces(CallBatch& batch) {
    batch.claims.clear();
    for (std::size_t i = 0; i < batch.used; ++i) {
        const PendingCall& call = batch.calls[i];
        if (!call.is_proven) continue;
        batch.claims.push_back({std::string_view(call.client->client_id),
                                std::string_view(call.nonce),
                                call.timestamp_ms + limits::signature_window_ms});
    }
    if (batch.claims.empty()) return;
    std::vector<std::int64_t> inserted;
    const auto claimed = insert_claims(batch, inserted);
    batch.claims.clear();
    if (!claimed.ok())
        parts_.log->error("nonces cannot be shared with the other nodes; their calls are refused",
                          {{"reason", claimed.error().detail}});
    std::size_t claim = 0;
    for (std::size_t i = 0; i < batch.used; ++i) {
        PendingCall& call = batch.calls[i];
        if (!call.is_proven) continue;
        if (!claimed.ok()) {
            call.fail(Refusal::kUnavailable);
        } else if (inserted[claim++] == 0) {
            call.fail(Refusal::kReplay);
            call.is_proven = false;
        }
    }
}

void Gateway::forget_nonces() {
    const std::int64_t now_ms = parts_.clock.now() / kMicrosPerMilli;
    if (now_ms - forgotten_ms_ < kForgetEveryMs && now_ms >= forgotten_ms_) return;
    forgotten_ms_ = now_ms;
    const auto forgotten = parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(tx.execute("DELETE FROM gateway_nonce WHERE expires_ms < $1",
                           {now_ms - kKeptLongerMs}));
        return {};
    });
    if (!forgotten.ok())
        parts_.log->warning("expired nonces cannot be removed; trying again",
                            {{"reason", forgotten.error().detail}});
}

}  // namespace shu::exchange
