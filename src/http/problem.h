// RFC 9457 problem documents: the one place that maps error codes to HTTP.
#pragma once

#include "foundation/result.h"
#include "http/message.h"

namespace shu::http {

/// 400 kInvalid, 401 kUnsigned, 403 kDenied, 404 kNotFound, 409 kConflict, 429 kExhausted, 503 kUnavailable, 500 kCorrupt.
int status_of(Code code);

/// `application/problem+json` with type "/problems/<code>", title, status, detail and the request's id as `instance`.
/// 429 and 503 carry Retry-After.
Response problem(const Error& error, std::string_view request_id);

/// The same with several mistakes of a document listed in `problems`: [{pointer, message, remedy}].
Response problem(const std::vector<Problem>& problems, std::string_view request_id);

}  // namespace shu::http
