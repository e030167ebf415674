// What operators ask a running server: is it well, how much does it do.
#pragma once

#include <string_view>

#include "command/installation.h"
#include "http/router.h"
#include "http/server.h"

namespace shu::command {

inline constexpr std::string_view kVersion = "0.1.0";

/// GET /api/openapi.json, GET /health (200 while the database answers, else 503) and GET /metrics
/// (Prometheus text, from loopback only). `server` is set once the server runs.
void add_operation_routes(http::Router& router, Installation& installation,
                          http::Server* const& server);

}  // namespace shu::command
