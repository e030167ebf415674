#include "http/listener.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

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

}  // namespace

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(IoLoop& loop, const std::string& address,
                                                 Accept accept) {
    const HostPort parsed = SHU_TRY(parse_address(address));
    boost::system::error_code ec;
    tcp::resolver resolver(loop.context());
    const auto found =
        resolver.resolve(parsed.host, std::to_string(parsed.port),
                         tcp::resolver::passive | tcp::resolver::numeric_service, ec);
    if (ec || found.empty()) return unavailable("listen address " + address + ": " + ec.message());
    const tcp::endpoint endpoint = found.begin()->endpoint();

    auto state = std::make_shared<State>(loop.context(), std::move(accept));
    tcp::acceptor& acceptor = state->acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(4'096, ec);
    if (!ec) acceptor.non_blocking(true, ec);
    if (ec) return unavailable("listen on " + address + ": " + ec.message());
    return std::unique_ptr<Listener>(new Listener(std::move(state)));
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
