// The HTTP/1.1 server: Boost.Beast's parser on N I/O threads, handlers on a bounded pool of
// workers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "foundation/log.h"
#include "foundation/result.h"
#include "http/router.h"

namespace shu::http {

struct ServerOptions {
    std::vector<std::string> listen = {
        "localhost:8080"};              ///< HOST:PORT, [IPV6]:PORT; port 0 picks one
    std::string certificate_file = {};  ///< PEM chain; empty: plain HTTP
    std::string key_file = {};
    int io_threads = 1;
    int workers = 8;
    std::string spool_folder = {};  ///< for spooled bodies
    AccessCheck access_check = {};
    IdempotencyStore* idempotency = nullptr;
    int header_timeout_ms = 0;  ///< 0: limits'; tests make them short
    int keep_alive_timeout_ms = 0;
    int body_timeout_ms = 0;
    int write_timeout_ms = 0;
    int event_life_ms = 0;
    std::size_t bodies_bytes_max = 0;
};

/// Serves a sealed router until stop(). Start and stop from one thread.
class Server {
 public:
    /// Listens and starts the threads. Errors: Unavailable naming the address, Invalid for a bad
    /// certificate or router.
    static Result<std::unique_ptr<Server>> start(const Router& router, ServerOptions options,
                                                 std::shared_ptr<const Log> log);
    virtual ~Server() = default;

    /// The ports in use, in the order of options.listen.
    virtual std::vector<int> ports() const = 0;
    /// Stops accepting, lets running requests finish (at most limits::http_shutdown_timeout_ms),
    /// closes the rest.
    virtual void stop() = 0;

    struct Statistics {
        std::int64_t requests = 0;
        std::int64_t connections = 0;
        std::int64_t refused = 0;  ///< 503 for a full queue
        std::int64_t errors = 0;   ///< 5xx
    };
    virtual Statistics statistics() const = 0;
};

/// Runs `work` on the calling I/O thread after the requests that are ready now have been handled;
/// only inside a DeferredHandler. Lets a deferred handler gather one batch for each turn of the
/// event loop.
void at_end_of_turn(std::function<void()> work);

}  // namespace shu::http
