// Why the gateway refuses a call, and what it says then.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shu::exchange {

enum class Refusal {
    kNone,
    kHeader,  ///< a header is missing or malformed
    kUnknownClient,
    kAlgorithm,
    kTimestamp,  ///< outside the window
    kSignature,
    kReplay,
    kNoGrant,
    kRevoked,
    kExpired,
    kQuery,  ///< parameters that are not key fields or `fields`, or a key field that is missing or
             ///< malformed
    kField,  ///< a field outside the grant
    kQuota,
    kBusy,         ///< the nonce memory is full
    kUnavailable,  ///< the data or the trace cannot be reached
};

/// The stable name, as the trace and the index hold it: "signature", "replay", ...
std::string_view reason_of(Refusal refusal);

/// What the caller is told of it: an unknown client and a wrong signature read alike.
std::string_view told_reason_of(Refusal refusal);

/// True while the caller has not been proved: such refusals are traced at a bounded rate.
bool is_unproven(Refusal refusal);

/// HTTP status of the refusal (RFC 9110 15).
int status_of(Refusal refusal);

/// Appends the whole HTTP response: a problem document (RFC 9457) that says what is wrong and how
/// to mend it. `detail` completes the sentence where it names a header, parameter or field. Never
/// tells whether a record exists.
void append_refusal(std::string& out, Refusal refusal, std::string_view detail,
                    std::string_view call_id);

/// Appends status line and headers for a body of that many bytes.
void append_head(std::string& out, int status, std::string_view content_type,
                 std::size_t body_bytes);

}  // namespace shu::exchange
