// `shu serve`: the whole city over HTTP.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "foundation/config.h"
#include "foundation/log.h"

namespace shu::command {

struct ServeOptions {
    ServerConfig config;
    int node = 0;            ///< this server's number among those of one database
    std::string web_folder;  ///< the built web application; empty: only the API
};

/// Serves until SIGINT or SIGTERM. Errors: why it cannot start.
Result<void> serve(const ServeOptions& options, const std::shared_ptr<const Log>& log,
                   std::ostream& out);

/// Prints the OpenAPI document of every route, from an installation that is made for it and thrown
/// away. Errors: those of the folder and of opening it.
Result<void> print_openapi(const std::string& city_folder, std::ostream& out);

}  // namespace shu::command
