// Signed requests of client systems: the headers, the text that is signed, the window of time.
// standards.md 13.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/crypto/sm3.h"
#include "foundation/limits.h"
#include "foundation/result.h"

namespace shu::exchange {

inline constexpr std::string_view kSignatureAlgorithm = "HMAC-SM3";
inline constexpr std::size_t kSignatureCharacters = 44;  ///< Base64 of 32 bytes
/// SM3 of no bytes: the body of every GET.
inline constexpr std::string_view kEmptyBodyHash =
    "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";

/// The headers as they came; borrowed.
struct SignatureHeaders {
    std::string_view client_id;  ///< X-Client-Id
    std::string_view timestamp;  ///< X-Timestamp, milliseconds since 1970
    std::string_view nonce;      ///< X-Nonce
    std::string_view algorithm;  ///< X-Sign-Alg; may be empty
    std::string_view signature;  ///< X-Signature, Base64
};

/// What of a request is signed beside the headers; borrowed, as it was received.
struct SignedRequest {
    std::string_view method;  ///< GET
    std::string_view path;    ///< as received, not decoded, without the query
    std::string_view query;   ///< as received, without '?'
    std::string_view body;
};

/// True if it is 8 to limits::nonce_bytes_max of A-Z a-z 0-9 . _ ~ -
bool is_nonce(std::string_view text);
/// Milliseconds; -1 if it is not 1 to 15 digits.
std::int64_t parse_timestamp(std::string_view text);
/// True if |now - timestamp| <= limits::signature_window_ms.
bool is_within_window(std::int64_t timestamp_ms, std::int64_t now_ms);

/// Appends METHOD\nPATH\nsorted-query\nSM3hex(body)\nclientId\ntimestamp\nnonce. The query's
/// `name=value` pieces are sorted by their bytes as received and joined with '&'. Errors: Invalid
/// for more than limits::gateway_query_pieces_max pieces.
Result<void> append_signed_text(std::string& out, const SignedRequest& request,
                                const SignatureHeaders& headers);

/// Appends `\nX-Grant-Id:GRANT` and `\nX-Matter-Code:MATTER`, each where its header is not empty. A
/// client that signs this text too binds both; one that signs the text before alone leaves them
/// open (standards.md 13.4 as written). No nonce holds a line feed, so no text can be read both
/// ways.
void append_signed_context(std::string& out, std::string_view grant, std::string_view matter);

/// Compares in constant time. `text` is the signed text.
bool is_signed_by(const crypto::HmacSm3& mac, std::string_view text,
                  std::string_view signature_base64);

/// The value of X-Signature.
std::string sign(const crypto::HmacSm3& mac, std::string_view text);

}  // namespace shu::exchange
