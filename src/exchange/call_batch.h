// The calls of one turn of an I/O thread, on their way through the gateway. Inside the gateway
// only.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exchange/gateway_snapshot.h"
#include "exchange/live.h"
#include "exchange/refusal.h"
#include "exchange/trace.h"
#include "http/message.h"

namespace shu::exchange {

/// One call. The texts keep their room from batch to batch.
struct PendingCall {
    http::Reply reply;
    Micros at = 0;
    std::int64_t started_us = 0;         ///< of the steady clock
    const ClientPlan* client = nullptr;  ///< of the batch's snapshot
    const GrantPlan* grant = nullptr;
    Refusal refusal = Refusal::kNone;
    bool is_proven = false;          ///< the signature held and the nonce was fresh
    bool is_context_signed = false;  ///< the signature covers X-Grant-Id and X-Matter-Code
    bool is_traced = true;
    std::array<BoundValue, limits::gateway_keys_max> keys;
    std::vector<std::uint16_t> chosen;  ///< indexes of the grant's fields; empty: all of them
    std::int64_t timestamp_ms = 0;
    std::int64_t rows = 0;
    std::string detail;  ///< completes the refusal's sentence
    std::string dataset;
    std::string client_id;  ///< as claimed
    std::string nonce;
    std::string matter;
    std::string peer;
    std::string subject;
    std::string asked;  ///< keyed digest of the key, where no subject tells it
    std::string items;  ///< JSON of the rows

    void reset();
    /// What looked well cannot be answered after all; it does not count against the quota.
    void fail(Refusal why);
};

/// Keeps the beginning of what a caller claims, made UTF-8, so that it can stand in trace and
/// answer.
void keep_claim(std::string& out, std::string_view claimed);

/// Binds the query's key fields and chooses its `fields` by the call's grant. kNone, or kQuery or
/// kField with the call's detail. Allocates nothing once the call's texts have grown.
Refusal read_query(std::string_view query, PendingCall& call);

/// All calls of one turn; one snapshot, one read, one entry in the trace's queue.
struct CallBatch final : TraceBatch {
    std::shared_ptr<const GatewaySnapshot> snapshot;
    std::vector<PendingCall> calls;  ///< the first `used` are filled
    std::size_t used = 0;
    std::vector<std::pair<http::Reply, std::string>> replies;
    std::vector<std::size_t> record_ends;  ///< in `records`, of each traced call
    std::vector<Live::Figure> figures;
    std::vector<std::vector<store::Value>> claims;  ///< of nonces, where several nodes share them

    PendingCall& next() {
        if (used == calls.size()) calls.emplace_back();
        calls[used].reset();
        return calls[used++];
    }
};

}  // namespace shu::exchange
