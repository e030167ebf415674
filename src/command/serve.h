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

/// Serves until SIGINT or SIGTERM. 0 after an orderly stop; 1 with the reason when it cannot start.
int serve(const ServeOptions& options, std::shared_ptr<const Log> log, std::ostream& out);

}  // namespace shu::command
