#include "http/client_connection.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "http/io_loop.h"

namespace shu::http {

Error ClientConnection::failed(std::string_view what) const {
    return unavailable(name_ + ": " + std::string(what));
}

Result<void> ClientConnection::wait(short events, std::int64_t deadline_ms) const {
    while (true) {
        const std::int64_t left = deadline_ms - IoLoop::now_ms();
        if (left <= 0) return failed("no answer in time");
        pollfd p{descriptor_, events, 0};
        const int n = ::poll(&p, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
        if (n > 0) return {};
        if (n < 0 && errno != EINTR) return failed(std::generic_category().message(errno));
    }
}

Result<void> ClientConnection::connect(const void* address, unsigned length,
                                       std::int64_t deadline_ms) {
    if (::connect(descriptor_, static_cast<const sockaddr*>(address), length) == 0) return {};
    if (errno != EINPROGRESS) return failed(std::generic_category().message(errno));
    SHU_CHECK(wait(POLLOUT, deadline_ms));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return failed(std::generic_category().message(error));
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
}

Result<std::unique_ptr<ClientConnection>> ClientConnection::open(const Authority& to, SSL_CTX* tls,
                                                                 std::int64_t deadline_ms) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int status = ::getaddrinfo(to.host.c_str(), to.port.c_str(), &hints, &found);
    if (status != 0) return unavailable(to.host + ": " + ::gai_strerror(status));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);

    Error last = unavailable(to.host + ": it has no address");
    for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
        const int descriptor =
            ::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor < 0) continue;
        std::unique_ptr<ClientConnection> connection(
            new ClientConnection(descriptor, to.host + ":" + to.port));
        auto connected = connection->connect(a->ai_addr, a->ai_addrlen, deadline_ms);
        if (connected.ok() && to.secure)
            connected = connection->shake_hands(to.host, tls, deadline_ms);
        if (connected.ok()) return connection;
        last = connected.error();
    }
    return last;
}

ClientConnection::~ClientConnection() {
    if (ssl_ != nullptr) {
        SSL_shutdown(ssl_);
        SSL_free(ssl_);
        ERR_clear_error();
    }
    ::close(descriptor_);
}

/// What a TLS call that did not succeed waits for; an error when it waits for nothing.
Result<void> ClientConnection::wait_for_tls(int outcome, std::int64_t deadline_ms) const {
    switch (SSL_get_error(ssl_, outcome)) {
        case SSL_ERROR_WANT_READ: return wait(POLLIN, deadline_ms);
        case SSL_ERROR_WANT_WRITE: return wait(POLLOUT, deadline_ms);
        default: break;
    }
    const long verified = SSL_get_verify_result(ssl_);
    if (verified != X509_V_OK) {
        return failed(std::string("certificate: ") + X509_verify_cert_error_string(verified));
    }
    const char* reason = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return failed(std::string("TLS: ") + (reason != nullptr ? reason : "the connection ended"));
}

Result<void> ClientConnection::shake_hands(const std::string& host, SSL_CTX* tls,
                                           std::int64_t deadline_ms) {
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, descriptor_);
    in6_addr address{};
    const bool is_address = ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
                            ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
    if (is_address) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl_, const_cast<char*>(host.c_str()));
        SSL_set1_host(ssl_, host.c_str());
    }
    while (true) {
        const int outcome = SSL_connect(ssl_);
        if (outcome == 1) return {};
        SHU_CHECK(wait_for_tls(outcome, deadline_ms));
    }
}

Result<void> ClientConnection::write(std::string_view bytes, std::int64_t deadline_ms) {
    while (!bytes.empty()) {
        if (ssl_ != nullptr) {
            const int n = SSL_write(ssl_, bytes.data(),
                                    static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
            if (n > 0)
                bytes.remove_prefix(static_cast<std::size_t>(n));
            else
                SHU_CHECK(wait_for_tls(n, deadline_ms));
            continue;
        }
        const ssize_t n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
        else if (errno == EAGAIN)
            SHU_CHECK(wait(POLLOUT, deadline_ms));
        else if (errno != EINTR)
            return failed(std::generic_category().message(errno));
    }
    return {};
}

Result<std::size_t> ClientConnection::read(char* into, std::size_t bytes_max,
                                           std::int64_t deadline_ms) {
    while (true) {
        if (ssl_ != nullptr) {
            const int n = SSL_read(ssl_, into, static_cast<int>(bytes_max));
            if (n > 0) return static_cast<std::size_t>(n);
            if (SSL_get_error(ssl_, n) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
            SHU_CHECK(wait_for_tls(n, deadline_ms));
            continue;
        }
        const ssize_t n = ::recv(descriptor_, into, bytes_max, 0);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EAGAIN)
            SHU_CHECK(wait(POLLIN, deadline_ms));
        else if (errno != EINTR)
            return failed(std::generic_category().message(errno));
    }
}

bool ClientConnection::is_idle() const {
    pollfd p{descriptor_, POLLIN, 0};
    return ::poll(&p, 1, 0) == 0;
}

}  // namespace shu::http
