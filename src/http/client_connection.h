// One outgoing connection, plain or TLS, with a deadline on every wait. Inside http only.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::http {

/// Where a connection leads to.
struct Authority {
    bool secure = false;
    std::string host;
    std::string port;

    friend auto operator<=>(const Authority&, const Authority&) = default;
};

/// One thread at a time; blocks until done or the deadline, which is of IoLoop's coarse clock.
class ClientConnection {
 public:
    /// Errors: Unavailable, naming the host. `tls` is used for secure authorities; certificates are
    /// verified.
    static Result<std::unique_ptr<ClientConnection>> open(const Authority& to, SSL_CTX* tls,
                                                          std::int64_t deadline_ms);
    ~ClientConnection();
    ClientConnection(const ClientConnection&) = delete;
    ClientConnection& operator=(const ClientConnection&) = delete;

    Result<void> write(std::string_view bytes, std::int64_t deadline_ms);
    /// 0 at the end of the stream.
    Result<std::size_t> read(char* into, std::size_t bytes_max, std::int64_t deadline_ms);
    /// Nothing has arrived and the other end has not closed, as far as can be known now.
    bool is_idle() const;

    std::int64_t idle_since_ms = 0;

 private:
    ClientConnection(int descriptor, std::string name)
        : descriptor_(descriptor), name_(std::move(name)) {}

    Result<void> connect(const void* address, unsigned length, std::int64_t deadline_ms);
    Result<void> shake_hands(const std::string& host, SSL_CTX* tls, std::int64_t deadline_ms);
    Result<void> wait(short events, std::int64_t deadline_ms) const;
    Result<void> wait_for_tls(int outcome, std::int64_t deadline_ms) const;
    Error failed(std::string_view what) const;

    int descriptor_;
    std::string name_;
    SSL* ssl_ = nullptr;
};

}  // namespace shu::http
