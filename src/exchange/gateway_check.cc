// The checks of one call, cheapest first; nothing is read from the database here.
#include <algorithm>

#include "exchange/gateway.h"
#include "exchange/signature.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kClaimBytesMax = 64;
constexpr std::size_t kMatterBytesMax = 128;

/// What an unproven caller claims, cut and made UTF-8, so that it can stand in the trace.
void keep_claim(std::string& out, std::string_view claimed) {
    const std::string_view cut = claimed.substr(0, kClaimBytesMax);
    if (text::is_utf8(cut))
        out.assign(cut);
    else
        out = text::with_replacements(cut);
}

Refusal missing(PendingCall& call, std::string_view header) {
    call.detail.assign(header);
    return Refusal::kHeader;
}

/// Splits `name=value` and decodes both; most have nothing to decode.
bool decode_piece(std::string_view piece, std::string& name, std::string& value) {
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view raw_name = piece.substr(0, equals);
    const std::string_view raw_value =
        equals < piece.size() ? piece.substr(equals + 1) : std::string_view();
    if (piece.find_first_of("%+") == std::string_view::npos) {
        name.assign(raw_name);
        value.assign(raw_value);
        return true;
    }
    auto decoded_name = text::percent_decode(raw_name, true);
    auto decoded_value = text::percent_decode(raw_value, true);
    if (!decoded_name.ok() || !decoded_value.ok()) return false;
    name = std::move(*decoded_name);
    value = std::move(*decoded_value);
    return true;
}

Refusal choose_fields(std::string_view list, PendingCall& call) {
    const std::vector<FieldPlan>& granted = call.grant->fields;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view code = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        const auto found = std::ranges::find(granted, code, &FieldPlan::code);
        if (found == granted.end()) {
            keep_claim(call.detail, code);
            return Refusal::kField;
        }
        const auto index = static_cast<std::uint16_t>(found - granted.begin());
        if (std::ranges::find(call.chosen, index) == call.chosen.end())
            call.chosen.push_back(index);
    }
    if (call.chosen.empty()) {
        call.detail = "`fields` names no field; leave it out to get all granted fields.";
        return Refusal::kQuery;
    }
    return Refusal::kNone;
}

}  // namespace

Refusal Gateway::check(http::Request& request, PendingCall& call, const GatewaySnapshot& snapshot) {
    call.peer = request.peer;
    keep_claim(call.dataset, request.parameter("dataset"));
    Refusal refusal = check_signature(request, call, snapshot);
    if (refusal != Refusal::kNone) return refusal;
    call.is_proven = true;
    refusal = check_grant(request, call);
    if (refusal == Refusal::kNone) refusal = check_query(request, call);
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
    const auto client = snapshot.clients.find(headers.client_id);
    if (client == snapshot.clients.end()) return Refusal::kUnknownClient;
    const std::int64_t now_ms = call.at / kMicrosPerMilli;
    if (!is_within_window(call.timestamp_ms, now_ms)) return Refusal::kTimestamp;

    const std::string_view target = request.target;
    std::string& signed_text =
        call.items;  // used for the answer later; its room is kept from call to call
    const auto appended = append_signed_text(signed_text,
                                             {.method = http::to_string(request.method),
                                              .path = target.substr(0, target.find('?')),
                                              .query = request.query,
                                              .body = request.body},
                                             headers);
    const bool is_signed =
        appended.ok() && is_signed_by(client->second->mac, signed_text, headers.signature);
    signed_text.clear();
    if (!is_signed) return Refusal::kSignature;

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
    for (const GrantPlan& plan : call.client->grants)
        if (plan.grant.dataset == call.dataset &&
            (wanted.empty() || plan.grant.id.text() == wanted))
            call.grant = &plan;
    if (!call.grant) return Refusal::kNoGrant;
    const Grant& grant = call.grant->grant;
    if (grant.revoked_at != 0) return Refusal::kRevoked;
    if (call.at < grant.from || call.at >= grant.until) return Refusal::kExpired;
    return Refusal::kNone;
}

Refusal Gateway::check_query(http::Request& request, PendingCall& call) const {
    const std::vector<KeyPlan>& keys = call.grant->keys;
    std::uint32_t given = 0;
    std::string_view query = request.query;
    std::string name;
    std::string value;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const bool is_decoded = decode_piece(query.substr(0, end), name, value);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (!is_decoded || !text::is_utf8(name)) {
            call.detail = "The query is not percent-encoded UTF-8.";
            return Refusal::kQuery;
        }
        if (name == "fields") {
            if (const Refusal refusal = choose_fields(value, call); refusal != Refusal::kNone)
                return refusal;
            continue;
        }
        const auto key = std::ranges::find(keys, name, &KeyPlan::code);
        if (key == keys.end()) {
            call.detail = "Look up by the key alone; there is no key field '" +
                          name.substr(0, kClaimBytesMax) + "'.";
            return Refusal::kQuery;
        }
        const auto index = static_cast<std::size_t>(key - keys.begin());
        const auto bound = bind(key->type, key->scale, value, call.keys[index]);
        if ((given >> index) & 1 || !bound.ok()) {
            call.detail = "'" + key->code + "' " +
                          (bound.ok() ? "is given twice." : "is not a value of its type.");
            return Refusal::kQuery;
        }
        given |= 1u << index;
    }
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (!((given >> i) & 1)) {
            call.detail = "Give the key field '" + keys[i].code + "' as a query parameter.";
            return Refusal::kQuery;
        }
    return Refusal::kNone;
}

}  // namespace shu::exchange
