// How a connection's bytes travel: plainly, or over TLS.
#pragma once

#include <memory>
#include <string>

#include "foundation/result.h"
#include "http/connection.h"

namespace shu::http {

/// A server's certificate and settings: TLS 1.2 and 1.3, forward-secret authenticated ciphers only,
/// ALPN http/1.1.
class TlsSettings {
 public:
    /// Errors: Invalid naming the file.
    static Result<std::shared_ptr<TlsSettings>> load(const std::string& certificate_file,
                                                     const std::string& key_file);
    ~TlsSettings();

    struct State;
    State& state() const { return *state_; }

 private:
    explicit TlsSettings(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What an accepted socket becomes; owns `descriptor`.
struct Accepted {
    int descriptor = -1;
    bool ipv6 = false;
    Peer peer;
};

std::shared_ptr<Connection> make_plain_connection(std::shared_ptr<IoLoop> loop,
                                                  std::shared_ptr<Serving> serving,
                                                  Accepted accepted);
std::shared_ptr<Connection> make_tls_connection(std::shared_ptr<IoLoop> loop,
                                                std::shared_ptr<Serving> serving, Accepted accepted,
                                                const TlsSettings& tls);

}  // namespace shu::http
