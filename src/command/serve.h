// `shu serve`: the whole city over HTTP.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "command/installation.h"

namespace shu::command {

struct ServeOptions {
    InstallationOptions installation;
    std::vector<std::string> listen;  ///< HOST:PORT; empty: localhost:8080 on IPv4 and IPv6
    std::string certificate_file;     ///< PEM; empty: plain HTTP
    std::string key_file;
    std::string web_folder;           ///< the built web application
    int io_threads = 1;
    int workers = 8;
};

/// Serves until SIGINT or SIGTERM. 0 after an orderly stop; 1 with the reason when it cannot start.
int serve(const ServeOptions& options, std::shared_ptr<const Log> log, std::ostream& out);

}  // namespace shu::command
