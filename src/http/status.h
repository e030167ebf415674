// Reason phrases of the status codes (RFC 9110 15).
#pragma once

#include <string_view>

namespace shu::http {

/// "Not Found" for 404; "Status" for one that this server does not know.
std::string_view reason_of(int status);

}  // namespace shu::http
