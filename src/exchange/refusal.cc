#include "exchange/refusal.h"

#include "exchange/json_text.h"
#include "foundation/result.h"
#include "http/message.h"

namespace shu::exchange {
namespace {

struct Text {
    int status;
    std::string_view reason;
    std::string_view code;
    std::string_view title;
    std::string_view detail;
};

// One sentence says what is wrong, one how to mend it. An unknown client and a wrong signature
// answer alike.
constexpr std::string_view kSignatureDetail =
    "The client system is not known or the signature does not fit the request. Sign METHOD, path, sorted query, SM3 of the body, "
    "client id, timestamp and nonce, joined by line feeds, with HMAC-SM3 under the secret of these credentials.";

constexpr Text text_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::kNone: break;
        case Refusal::kHeader:
            return {400, "header", "invalid", "A header is missing or malformed",
                    "Send the header as described: "};
        case Refusal::kUnknownClient:
            return {401, "unknown-client", "unsigned", "The request is not signed",
                    kSignatureDetail};
        case Refusal::kAlgorithm:
            return {400, "algorithm", "invalid", "Unknown signature algorithm",
                    "X-Sign-Alg must be HMAC-SM3."};
        case Refusal::kTimestamp:
            return {
                401, "timestamp", "unsigned", "The request is too old or too new",
                "X-Timestamp must be within five minutes of this server's clock, in milliseconds since 1970-01-01 UTC. "
                "Set the client's clock and sign again."};
        case Refusal::kSignature:
            return {401, "signature", "unsigned", "The request is not signed", kSignatureDetail};
        case Refusal::kReplay:
            return {
                409, "replay", "conflict", "This request has been sent before",
                "X-Nonce was used before. Take a fresh random nonce for every request, also when repeating one, and sign again."};
        case Refusal::kNoGrant:
            return {
                403, "no-grant", "denied", "No grant",
                "These credentials have no grant for this dataset. Apply for it in the catalogue."};
        case Refusal::kRevoked:
            return {403, "revoked", "denied", "The grant is revoked",
                    "The provider has revoked this grant. Ask the provider, or apply anew."};
        case Refusal::kExpired:
            return {403, "expired", "denied", "The grant is not valid now",
                    "The period of this grant is over or has not begun. Apply anew."};
        case Refusal::kQuery: return {400, "query", "invalid", "The query does not fit", ""};
        case Refusal::kField:
            return {403, "field", "denied", "A field is not granted",
                    "Ask for granted fields only, or leave out `fields`. Not granted: "};
        case Refusal::kQuota:
            return {
                429, "quota", "exhausted", "Today's quota is used up",
                "The grant's calls for today are used up. Go on tomorrow (China Standard Time), or apply for a larger quota."};
        case Refusal::kBusy:
            return {503, "busy", "unavailable", "Too many requests",
                    "The gateway cannot remember more requests now. Try again later."};
        case Refusal::kUnavailable:
            return {
                503, "unavailable", "unavailable", "The gateway cannot answer now",
                "The data or the trace cannot be reached, so nothing was read out. Try again later with a fresh nonce."};
    }
    return {500, "none", "corrupt", "", ""};
}

std::string_view status_line(int status) {
    switch (status) {
        case 200: return "HTTP/1.1 200 OK\r\n";
        case 400: return "HTTP/1.1 400 Bad Request\r\n";
        case 401: return "HTTP/1.1 401 Unauthorized\r\n";
        case 403: return "HTTP/1.1 403 Forbidden\r\n";
        case 409: return "HTTP/1.1 409 Conflict\r\n";
        case 429: return "HTTP/1.1 429 Too Many Requests\r\n";
        case 503: return "HTTP/1.1 503 Service Unavailable\r\n";
        default: return "HTTP/1.1 500 Internal Server Error\r\n";
    }
}

}  // namespace

std::string_view reason_of(Refusal refusal) {
    return refusal == Refusal::kNone ? "" : text_of(refusal).reason;
}

std::string_view told_reason_of(Refusal refusal) {
    return reason_of(refusal == Refusal::kUnknownClient ? Refusal::kSignature : refusal);
}

int status_of(Refusal refusal) {
    return refusal == Refusal::kNone ? 200 : text_of(refusal).status;
}

bool is_unproven(Refusal refusal) {
    switch (refusal) {
        case Refusal::kHeader:
        case Refusal::kUnknownClient:
        case Refusal::kAlgorithm:
        case Refusal::kTimestamp:
        case Refusal::kSignature:
        case Refusal::kReplay: return true;
        default: return false;
    }
}

void append_head(std::string& out, int status, std::string_view content_type,
                 std::size_t body_bytes) {
    out += status_line(status);
    out += "Content-Type: ";
    out += content_type;
    out += "\r\n";
    out += http::api_header_lines();
    if (status == 401) out += "WWW-Authenticate: Shu-HMAC-SM3\r\n";
    if (status == 429 || status == 503) out += "Retry-After: 1\r\n";
    out += "Content-Length: ";
    append_number_text(out, static_cast<std::int64_t>(body_bytes));
    out += "\r\n\r\n";
}

void append_refusal(std::string& out, Refusal refusal, std::string_view detail,
                    std::string_view call_id) {
    SHU_ASSERT(refusal != Refusal::kNone);
    const Text text = text_of(refusal);
    std::string sentence(text.detail);
    sentence += detail;
    std::string body = "{\"type\":\"/problems/";
    body += text.code;
    body += '"';
    append_member(body, "title", text.title);
    append_member(body, "status", std::int64_t{text.status});
    append_member(body, "detail", sentence);
    append_member(body, "reason", told_reason_of(refusal));
    if (!call_id.empty()) append_member(body, "call", call_id);
    body += '}';
    append_head(out, text.status, "application/problem+json", body.size());
    out += body;
}

}  // namespace shu::exchange
