// The checks of one call, cheapest first; nothing is read from the database here.
#include <algorithm>

#include "exchange/gateway.h"
#include "exchange/signature.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kClaimBytesMax = 64;
constexpr std::size_t kMatterBytesMax = 128;

Refusal missing(PendingCall& call, std::string_view header) {
    call.detail.assign(header);
    return Refusal::kHeader;
}

bool is_signed(const http::Request& request, const SignatureHeaders& headers,
               const crypto::HmacSm3& mac, PendingCall& call) {
    const std::string_view target = request.target;
    std::string& text = call.items;  // used for the answer later; its room is kept
    const auto appended = append_signed_text(
        text,
        {.method = request.head_only ? std::string_view("HEAD") : http::to_string(request.method),
         .path = target.substr(0, target.find('?')),
         .query = request.query,
         .body = request.body},
        headers);
    if (!appended.ok()) {
        text.clear();
        return false;
    }
    const std::size_t plain = text.size();
    append_signed_context(text, request.header("X-Grant-Id"), request.header("X-Matter-Code"));
    call.is_context_signed = text.size() > plain && is_signed_by(mac, text, headers.signature);
    text.resize(plain);
    const bool is_signed = call.is_context_signed || is_signed_by(mac, text, headers.signature);
    text.clear();
    return is_signed;
}

/// The grant that `wanted` names; without it the oldest in force, so that a running system does not
/// change its purpose because another grant was added. Else the newest, to say why it does not
/// serve.
const GrantPlan* grant_for(const PendingCall& call, std::string_view wanted) {
    const GrantPlan* found = nullptr;
    for (const GrantPlan& plan : call.client->grants) {
        const Grant& grant = plan.grant;
        if (grant.dataset != call.dataset) continue;
        if (!wanted.empty() && grant.id.text() != wanted) continue;
        found = &plan;
        if (grant.revoked_at == 0 && call.at >= grant.from && call.at < grant.until) break;
    }
    return found;
}

}  // namespace

void keep_claim(std::string& out, std::string_view claimed) {
    const std::string_view cut = claimed.substr(0, kClaimBytesMax);
    if (text::is_utf8(cut))
        out.assign(cut);
    else
        out = text::with_replacements(cut);
}

Refusal Gateway::check(http::Request& request, PendingCall& call, const GatewaySnapshot& snapshot) {
    call.peer = request.peer;
    keep_claim(call.dataset, request.parameter("dataset"));
    Refusal refusal = check_signature(request, call, snapshot);
    if (refusal != Refusal::kNone) return refusal;
    call.is_proven = true;
    if (refuses_all_.load(std::memory_order_relaxed)) return Refusal::kUnavailable;
    refusal = check_grant(request, call);
    if (refusal == Refusal::kNone) refusal = read_query(request.query, call);
    if (refusal != Refusal::kNone) return refusal;
    return call.grant->use->take(china_day(call.at), call.grant->grant.quota_per_day)
               ? Refusal::kNone
               : Refusal::kQuota;
}

Refusal Gateway::check_signature(http::Request& request, PendingCall& call,
                                 const GatewaySnapshot& snapshot) {
    const SignatureHeaders headers{.client_id = request.header("X-Client-Id"),
                                   .timestamp = request.header("X-Timestamp"),
                                   .nonce = request.header("X-Nonce"),
                                   .algorithm = request.header("X-Sign-Alg"),
                                   .signature = request.header("X-Signature")};
    keep_claim(call.client_id, headers.client_id);
    if (headers.client_id.empty())
        return missing(call, "X-Client-Id, the id of the client system.");
    if (headers.signature.empty()) return missing(call, "X-Signature, Base64 of the HMAC-SM3.");
    call.timestamp_ms = parse_timestamp(headers.timestamp);
    if (call.timestamp_ms < 0)
        return missing(call, "X-Timestamp, milliseconds since 1970-01-01 UTC.");
    if (!is_nonce(headers.nonce))
        return missing(call, "X-Nonce, 8 to 64 random characters of A-Z a-z 0-9 . _ ~ -");
    if (!headers.algorithm.empty() && headers.algorithm != kSignatureAlgorithm)
        return Refusal::kAlgorithm;
    // Before the client is looked up, so that the answer does not tell whether there is one.
    const std::int64_t now_ms = call.at / kMicrosPerMilli;
    if (!is_within_window(call.timestamp_ms, now_ms)) return Refusal::kTimestamp;
    const auto client = snapshot.clients.find(headers.client_id);
    if (client == snapshot.clients.end()) return Refusal::kUnknownClient;
    if (!is_signed(request, headers, client->second->mac, call)) return Refusal::kSignature;

    call.client = client->second.get();
    call.nonce.assign(headers.nonce);
    switch (parts_.nonces.take(headers.client_id, headers.nonce,
                               call.timestamp_ms + limits::signature_window_ms, now_ms)) {
        case NonceMemory::Outcome::kFresh: return Refusal::kNone;
        case NonceMemory::Outcome::kUsed: return Refusal::kReplay;
        case NonceMemory::Outcome::kFull: return Refusal::kBusy;
    }
    return Refusal::kBusy;
}

Refusal Gateway::check_grant(http::Request& request, PendingCall& call) const {
    const std::string_view wanted = request.header("X-Grant-Id");
    const std::string_view matter = request.header("X-Matter-Code");
    if (matter.size() > kMatterBytesMax || !text::is_utf8(matter))
        return missing(call,
                       "X-Matter-Code, at most 128 bytes of UTF-8 that name the matter in hand.");
    call.matter.assign(matter);
    // A header that the signature does not cover may have been put there on the way: it chooses
    // nothing, and a contradiction is refused.
    call.grant = grant_for(call, call.is_context_signed ? wanted : std::string_view());
    if (call.grant && !wanted.empty() && call.grant->grant.id.text() != wanted) {
        call.grant = nullptr;
        call.detail = " X-Grant-Id names another grant than the one that serves this call.";
    }
    if (!call.grant) return Refusal::kNoGrant;
    const Grant& grant = call.grant->grant;
    if (grant.revoked_at != 0) return Refusal::kRevoked;
    if (call.at < grant.from || call.at >= grant.until) return Refusal::kExpired;
    return Refusal::kNone;
}

}  // namespace shu::exchange
