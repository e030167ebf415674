// Listening sockets: addresses, accepting, and sharing accepted sockets among the I/O threads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "foundation/result.h"
#include "http/transport.h"

namespace shu::http {

/// Accepts on its loop's thread and gives every socket to `accept`.
class Listener {
 public:
    using Accept = std::function<void(Accepted)>;

    /// `address`: HOST:PORT or [IPV6]:PORT. Errors: Invalid for a malformed address, Unavailable
    /// naming it.
    static Result<std::unique_ptr<Listener>> open(IoLoop& loop, const std::string& address,
                                                  Accept accept);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    int port() const;
    void start();  ///< before the loop runs
    void close();  ///< on the loop's thread

 private:
    struct State;
    explicit Listener(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace shu::http
