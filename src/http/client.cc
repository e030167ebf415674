#include "http/client.h"

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "foundation/limits.h"
#include "foundation/text.h"
#include "http/client_connection.h"
#include "http/io_loop.h"

namespace shu::http {

namespace beast = boost::beast;

namespace {

struct Address {
    Authority authority;
    std::string host_field;
    std::string target;
};

bool has_controls(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return true;
    }
    return false;
}

/// An absolute http(s) URL without user information (RFC 3986 3).
Result<Address> parse_url(const std::string& url) {
    const Error wrong =
        invalid("\"" + url + "\" is not a URL of the form http(s)://host[:port]/path");
    Address address;
    std::string_view rest = url;
    if (text::starts_with_ignoring_case(rest, "https://"))
        address.authority.secure = true;
    else if (!text::starts_with_ignoring_case(rest, "http://"))
        return wrong;
    rest.remove_prefix(address.authority.secure ? 8 : 7);
    rest = rest.substr(0, rest.find('#'));
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    address.target = rest.substr(end);
    if (!address.target.starts_with('/')) address.target.insert(0, "/");
    if (authority.empty() || has_controls(rest) ||
        authority.find_first_of("@\\") != std::string_view::npos)
        return wrong;

    address.host_field = authority;
    address.authority.port = address.authority.secure ? "443" : "80";
    std::size_t host_end = authority.size();
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const auto port = text::parse_integer(authority.substr(colon + 1));
        if (!port.ok() || *port < 1 || *port > 65'535) return wrong;
        address.authority.port = std::to_string(*port);
        host_end = colon;
    }
    std::string_view host = authority.substr(0, host_end);
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return wrong;
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty()) return wrong;
    address.authority.host = text::lower(host);
    return address;
}

bool is_token(std::string_view name) {
    for (const char c : name) {
        const bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos)
            return false;
    }
    return !name.empty();
}

Result<std::string> request_bytes(const ClientRequest& request, const Address& address) {
    std::string bytes(to_string(request.method));
    bytes += ' ' + address.target + " HTTP/1.1\r\nHost: " + address.host_field + "\r\n";
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) ||
            value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            return invalid("the header \"" + name + "\" is not one line of name and value");
        }
        bytes += name;
        bytes += ": ";
        bytes += value;
        bytes += "\r\n";
    }
    if (!request.body.empty() || request.method == Method::kPost ||
        request.method == Method::kPut || request.method == Method::kPatch) {
        bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    bytes += "\r\n";
    bytes += request.body;
    return bytes;
}

struct Exchange {
    ClientResponse response;
    bool reusable = false;
};

/// Reads one answer; interim answers (1xx) are passed over.
Result<Exchange> read_answer(ClientConnection& connection, std::size_t body_bytes_max,
                             std::int64_t deadline_ms) {
    using Parser = beast::http::response_parser<beast::http::string_body>;
    std::optional<Parser> parser(std::in_place);
    const auto prepare = [&] {
        parser->header_limit(64 * limits::kKiB);
        parser->body_limit(body_bytes_max);
        parser->eager(true);
    };
    prepare();
    std::string pending;
    std::array<char, 16 * limits::kKiB> piece;
    beast::error_code ec;
    while (!parser->is_done()) {
        const std::size_t n = SHU_TRY(connection.read(piece.data(), piece.size(), deadline_ms));
        if (n == 0) {
            if (!parser->got_some())
                return unavailable("the server closed the connection without an answer");
            parser->put_eof(ec);
            if (ec) return unavailable("the server closed the connection within its answer");
            break;
        }
        pending.append(piece.data(), n);
        while (!pending.empty() && !parser->is_done()) {
            const std::size_t used =
                parser->put(boost::asio::const_buffer(pending.data(), pending.size()), ec);
            pending.erase(0, used);
            if (ec == beast::http::error::need_more) break;
            if (ec == beast::http::error::body_limit) {
                return exhausted("the answer is larger than " + std::to_string(body_bytes_max) +
                                 " bytes");
            }
            if (ec) return unavailable("the answer is not HTTP: " + ec.message());
            if (parser->is_done() && parser->get().result_int() / 100 == 1) {
                parser.emplace();
                prepare();
            }
        }
    }
    Exchange done;
    done.reusable = parser->keep_alive() && pending.empty();
    auto message = parser->release();
    done.response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
        done.response.headers.emplace_back(std::string(field.name_string()),
                                           std::string(field.value()));
    }
    done.response.body = std::move(message.body());
    return done;
}

class SocketClient final : public Client {
 public:
    SocketClient() : tls_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
        SHU_ASSERT(tls_ != nullptr);
        SSL_CTX_set_min_proto_version(tls_.get(), TLS1_2_VERSION);
        SSL_CTX_set_default_verify_paths(tls_.get());
        SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_mode(tls_.get(),
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }

    Result<ClientResponse> call(const ClientRequest& request) override;

 private:
    std::unique_ptr<ClientConnection> take_idle(const Authority& to);
    void keep(const Authority& to, std::unique_ptr<ClientConnection> connection);

    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
    std::mutex mutex_;
    std::multimap<Authority, std::unique_ptr<ClientConnection>> idle_;
};

std::unique_ptr<ClientConnection> SocketClient::take_idle(const Authority& to) {
    const std::lock_guard lock(mutex_);
    for (auto found = idle_.find(to); found != idle_.end(); found = idle_.find(to)) {
        auto connection = std::move(found->second);
        idle_.erase(found);
        const std::int64_t idle_ms = IoLoop::now_ms() - connection->idle_since_ms;
        if (idle_ms < limits::http_client_idle_ms && connection->is_idle()) return connection;
    }
    return nullptr;
}

void SocketClient::keep(const Authority& to, std::unique_ptr<ClientConnection> connection) {
    connection->idle_since_ms = IoLoop::now_ms();
    const std::lock_guard lock(mutex_);
    if (idle_.size() < limits::http_client_idle_max) idle_.emplace(to, std::move(connection));
}

Result<ClientResponse> SocketClient::call(const ClientRequest& request) {
    const Address address = SHU_TRY(parse_url(request.url));
    const std::string bytes = SHU_TRY(request_bytes(request, address));
    const std::int64_t deadline_ms = IoLoop::now_ms() + request.timeout_ms;
    auto connection = take_idle(address.authority);
    // A kept connection may have been closed by the other end just now; what may be sent twice is
    // (RFC 9110 9.2.2).
    bool may_repeat = connection != nullptr && request.method != Method::kPost &&
                      request.method != Method::kPatch;
    while (true) {
        if (connection == nullptr) {
            connection =
                SHU_TRY(ClientConnection::open(address.authority, tls_.get(), deadline_ms));
        }
        Result<Exchange> done;
        const auto written = connection->write(bytes, deadline_ms);
        if (written.ok())
            done = read_answer(*connection, request.response_bytes_max, deadline_ms);
        else
            done = written.error();
        if (done.ok()) {
            if (done->reusable) keep(address.authority, std::move(connection));
            return std::move(done->response);
        }
        const bool late = IoLoop::now_ms() >= deadline_ms;
        if (!may_repeat || late || done.error().code != Code::kUnavailable) {
            return within(address.host_field, done.error());
        }
        may_repeat = false;
        connection.reset();
    }
}

}  // namespace

std::unique_ptr<Client> make_client() {
    return std::make_unique<SocketClient>();
}

}  // namespace shu::http
