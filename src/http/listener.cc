#include "http/listener.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "foundation/text.h"

namespace shu::http {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Listener::State : std::enable_shared_from_this<Listener::State> {
    State(asio::io_context& context, Accept on_accept)
        : acceptor(context), pause(context), accept(std::move(on_accept)) {}

    void wait() {
        acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const auto& ec) {
            if (!ec) self->take_all();
        });
    }
    void take_all();

    tcp::acceptor acceptor;
    asio::steady_timer pause;
    Accept accept;
};

namespace {

Peer peer_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    Peer peer;
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        peer.is_loopback = (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    } else {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        peer.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    peer.address = text.data();
    return peer;
}

}  // namespace

void Listener::State::take_all() {
    constexpr int kAcceptsPerTurn = 64;
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        sockaddr_storage address{};
        socklen_t length = sizeof address;
        const int descriptor =
            ::accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&address), &length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK) break;
            // No descriptors or memory left: connections wait in the kernel's queue until some are
            // free again.
            pause.expires_after(std::chrono::milliseconds(100));
            pause.async_wait([self = shared_from_this()](const auto& ec) {
                if (!ec) self->wait();
            });
            return;
        }
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        accept({descriptor, address.ss_family == AF_INET6, peer_of(address)});
    }
    wait();
}

namespace {

struct HostPort {
    std::string host;
    int port = 0;
};

Result<HostPort> parse_address(const std::string& address) {
    const Error wrong =
        invalid("listen address \"" + address + "\" is not HOST:PORT or [IPV6]:PORT");
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) return wrong;
    HostPort parsed{address.substr(0, colon), 0};
    if (parsed.host.size() >= 2 && parsed.host.front() == '[' && parsed.host.back() == ']') {
        parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    } else if (parsed.host.find(':') != std::string::npos) {
        return wrong;
    }
    const auto port = text::parse_integer(address.substr(colon + 1));
    if (parsed.host.empty() || !port.ok() || *port < 0 || *port > 65'535) return wrong;
    parsed.port = static_cast<int>(*port);
    return parsed;
}

/// The numeric addresses that `host` stands for, each once, in the order of preference.
Result<std::vector<std::string>> addresses_of(IoLoop& loop, const std::string& host) {
    if (host == "localhost") return std::vector<std::string>{"127.0.0.1", "::1"};
    boost::system::error_code ec;
    tcp::resolver resolver(loop.context());
    const auto found = resolver.resolve(host, "0", tcp::resolver::passive, ec);
    if (ec) return unavailable(ec.message());
    std::vector<std::string> addresses;
    for (const auto& entry : found) {
        std::string text = entry.endpoint().address().to_string();
        if (std::find(addresses.begin(), addresses.end(), text) == addresses.end())
            addresses.push_back(std::move(text));
    }
    return addresses;
}

/// True when the machine has no such address, or no addresses of its family at all.
bool is_absent(const boost::system::error_code& error) {
    return error == boost::system::errc::address_family_not_supported ||
           error == boost::system::errc::address_not_available;
}

}  // namespace

struct Listener::Attempt {
    std::unique_ptr<Listener> listener;
    boost::system::error_code error;
};

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

Listener::Attempt Listener::listen_at(IoLoop& loop, const std::string& address, int port,
                                      const Accept& accept) {
    boost::system::error_code ec;
    const auto host = asio::ip::make_address(address, ec);
    if (ec) return {nullptr, ec};
    const tcp::endpoint endpoint(host, static_cast<std::uint16_t>(port));
    auto state = std::make_shared<State>(loop.context(), accept);
    tcp::acceptor& acceptor = state->acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(4'096, ec);
    if (!ec) acceptor.non_blocking(true, ec);
    if (ec) return {nullptr, ec};
    return {std::unique_ptr<Listener>(new Listener(std::move(state))), ec};
}

Result<std::vector<std::unique_ptr<Listener>>> Listener::open(IoLoop& loop,
                                                              const std::string& address,
                                                              const Accept& accept,
                                                              const Log& log) {
    const HostPort parsed = SHU_TRY(parse_address(address));
    const auto addresses = addresses_of(loop, parsed.host);
    if (!addresses.ok())
        return unavailable("listen on " + address + ": " + addresses.error().detail);
    return open_at(loop, address, *addresses, parsed.port, accept, log);
}

Result<std::vector<std::unique_ptr<Listener>>> Listener::open_at(
    IoLoop& loop, const std::string& named, const std::vector<std::string>& addresses, int port,
    const Accept& accept, const Log& log) {
    constexpr int kFreePortsTried = 16;  // a port that is free on IPv4 may be taken on IPv6
    std::vector<std::unique_ptr<Listener>> opened;
    std::vector<std::pair<std::string, std::string>> absent;
    for (int tried = 1;; ++tried) {
        boost::system::error_code failed;
        for (const std::string& address : addresses) {
            Attempt attempt =
                listen_at(loop, address, opened.empty() ? port : opened.front()->port(), accept);
            if (attempt.listener)
                opened.push_back(std::move(attempt.listener));
            else if (is_absent(attempt.error))
                absent.emplace_back(address, attempt.error.message());
            else
                failed = attempt.error;
            if (failed) break;
        }
        if (!failed) break;
        const bool is_taken = failed == boost::system::errc::address_in_use;
        if (!is_taken || port != 0 || opened.empty() || tried == kFreePortsTried)
            return unavailable("listen on " + named + ": " + failed.message());
        opened.clear();
        absent.clear();
    }
    if (opened.empty())
        return unavailable("listen on " + named + ": " +
                           (absent.empty() ? "no such host" : absent.front().second));
    for (const auto& [address, reason] : absent)
        log.warning("this machine does not have an address that it should listen on",
                    {{"listen", named}, {"address", address}, {"reason", reason}});
    return opened;
}

int Listener::port() const {
    boost::system::error_code ec;
    return state_->acceptor.local_endpoint(ec).port();
}

void Listener::start() {
    state_->wait();
}

void Listener::close() {
    boost::system::error_code ec;
    state_->acceptor.close(ec);
    state_->pause.cancel();
}

}  // namespace shu::http
