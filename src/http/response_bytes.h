// Answers as bytes: the status line, the fields that every answer carries, conditions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/received_request.h"

namespace shu::http {

struct HeadSettings {
    std::string_view date;  ///< IMF-fixdate
    std::string_view request_id;
    bool secure = false;
    bool keep_alive = true;
    bool http_1_0 = false;
};

/// Appends the status line and all fields up to the empty line. Without `content_length` the body
/// ends with the connection. Control characters in values are dropped, so no value can begin a new
/// field.
void append_head(std::string& out, const Response& response,
                 std::optional<std::int64_t> content_length, const HeadSettings& settings);

/// Turns a 200 whose ETag the client has into a 304 (RFC 9110 13.1.2).
void apply_conditions(const ReceivedRequest& request, Response& response);

/// True if the list of an If-None-Match field names `etag`, compared weakly (RFC 9110 8.8.3.2).
bool etag_listed(std::string_view if_none_match, std::string_view etag);

/// The first header of that name, any case; nullptr if absent.
const std::string* find_header(const Response& response, std::string_view name);

}  // namespace shu::http
