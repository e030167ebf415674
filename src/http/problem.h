// RFC 9457 problem documents: the one place that maps error codes to HTTP.
#pragma once

#include "foundation/result.h"
#include "foundation/shape.h"
#include "http/message.h"

namespace shu::http {

/// 400 kInvalid, 401 kUnsigned, 403 kDenied, 404 kNotFound, 409 kConflict, 429 kExhausted, 503
/// kUnavailable, 500 kCorrupt.
int status_of(Code code);

/// `application/problem+json` with type "/problems/<code>", title, status, detail and the request's
/// id as `instance`. 429 and 503 carry Retry-After.
Response problem(const Error& error, std::string_view request_id);

/// The same with several mistakes of a document listed in `problems`: [{pointer, message, remedy}].
Response problem(const std::vector<Problem>& problems, std::string_view request_id);

/// A problem of HTTP itself that no error code names: 405, 408, 413, 414, 415, 417, 431, 501, 505,
/// ...
Response problem(int status, std::string_view detail, std::string_view request_id);

}  // namespace shu::http
