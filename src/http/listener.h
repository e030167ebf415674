// Listening sockets: addresses, accepting, and sharing accepted sockets among the I/O threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "foundation/log.h"
#include "foundation/result.h"
#include "http/transport.h"

namespace shu::http {

/// Accepts on its loop's thread and gives every socket to `accept`.
class Listener {
 public:
    using Accept = std::function<void(Accepted)>;

    /// Listens at every address that `address` (HOST:PORT or [IPV6]:PORT) stands for; `localhost`
    /// stands for 127.0.0.1 and ::1 (RFC 6761 6.3). Of several, those that this machine does not
    /// have are passed over with a warning: a name may stand for IPv6 where there is none. Port 0
    /// gives all of them the same free port. Errors: Invalid for a malformed address, Unavailable
    /// naming it.
    static Result<std::vector<std::unique_ptr<Listener>>> open(IoLoop& loop,
                                                               const std::string& address,
                                                               const Accept& accept,
                                                               const Log& log);
    /// The same for the numeric addresses that `named` was found to stand for.
    static Result<std::vector<std::unique_ptr<Listener>>> open_at(
        IoLoop& loop, const std::string& named, const std::vector<std::string>& addresses, int port,
        const Accept& accept, const Log& log);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    int port() const;
    void start();  ///< before the loop runs
    void close();  ///< on the loop's thread

 private:
    struct State;
    struct Attempt;
    static Attempt listen_at(IoLoop& loop, const std::string& address, int port,
                             const Accept& accept);
    explicit Listener(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace shu::http
