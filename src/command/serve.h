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

}  // namespace shu::command
