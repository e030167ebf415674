// Outbound HTTP, a seam for tests: one blocking call.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "foundation/result.h"
#include "http/message.h"

namespace shu::http {

struct ClientRequest {
    Method method = Method::kGet;
    std::string url = {};  ///< http:// or https://
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    int timeout_ms = 10'000;
    std::size_t response_bytes_max = 4 * 1024 * 1024;
};

struct ClientResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
};

class Client {
 public:
    virtual ~Client() = default;
    /// Any HTTP answer is a success here. Errors: Unavailable (connection, timeout, TLS), Exhausted
    /// (answer too large), Invalid (URL).
    virtual Result<ClientResponse> call(const ClientRequest& request) = 0;
};

/// A client over real sockets that keeps connections alive; may be called from any thread. TLS
/// certificates are verified against the machine's. Redirects are answers like others and not
/// followed.
std::unique_ptr<Client> make_client();

}  // namespace shu::http
