// For tests: a server on a loopback port of its own, and a socket that says exactly what the test
// wants.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "http/server.h"

namespace shu::http::testing {

/// Waits for `condition`, at most 20 seconds.
inline bool eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

/// A gate that handlers wait at until the test opens it.
class Gate {
 public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        --waiting_;
    }
    void wait_for(int waiting) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ >= waiting; });
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int waiting_ = 0;
};

struct Answer {
    int status = 0;
    std::string head;
    std::string body;

    /// A field's value; empty if absent.
    std::string field(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const std::size_t from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

/// A client's socket.
class Socket {
 public:
    explicit Socket(int port, bool ipv6 = false) {
        descriptor_ = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(static_cast<std::uint16_t>(port));
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = v4.sin_port;
        v6.sin6_addr = in6addr_loopback;
        connected_ =
            (ipv6 ? ::connect(descriptor_, reinterpret_cast<sockaddr*>(&v6), sizeof v6)
                  : ::connect(descriptor_, reinterpret_cast<sockaddr*>(&v4), sizeof v4)) == 0;
        const int on = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connected() const { return connected_; }
    int descriptor() const { return descriptor_; }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    void end_sending() { ::shutdown(descriptor_, SHUT_WR); }
    /// False when the other end takes no more.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    /// Reads until `enough` of what has been received; false at the end of the stream or after 20
    /// seconds.
    bool receive_until(const std::function<bool(const std::string&)>& enough) {
        while (!enough(received_)) {
            pollfd p{descriptor_, POLLIN, 0};
            if (::poll(&p, 1, 20'000) <= 0) return false;
            char bytes[16384];
            const ssize_t n = ::recv(descriptor_, bytes, sizeof bytes, 0);
            if (n <= 0) return false;
            received_.append(bytes, static_cast<std::size_t>(n));
        }
        return true;
    }
    bool receive_text(const std::string& text) {
        return receive_until(
            [&](const std::string& r) { return r.find(text) != std::string::npos; });
    }
    /// True if the other end closes without sending anything more.
    bool is_closed() {
        receive_until([](const std::string&) { return false; });
        return received_.empty();
    }

    /// The next answer; status 0 if none comes.
    Answer answer(bool without_body = false) {
        Answer a;
        if (!receive_text("\r\n\r\n")) return a;
        const std::size_t head = received_.find("\r\n\r\n") + 4;
        a.head = received_.substr(0, head);
        a.status = std::stoi(a.head.substr(9, 3));
        received_.erase(0, head);
        const std::string length = a.field("Content-Length");
        const std::size_t bytes = length.empty() || without_body ? 0 : std::stoul(length);
        if (!receive_until([&](const std::string& r) { return r.size() >= bytes; })) a.status = 0;
        a.body = received_.substr(0, bytes);
        received_.erase(0, bytes);
        return a;
    }
    const std::string& received() const { return received_; }

 private:
    int descriptor_ = -1;
    bool connected_ = false;
    std::string received_;
};

inline std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: city\r\n" + fields + "\r\n";
}
inline std::string post(const std::string& target, const std::string& body,
                        const std::string& fields = "", const std::string& method = "POST") {
    return method + " " + target +
           " HTTP/1.1\r\nHost: city\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           fields + "\r\n" + body;
}

/// Routes, options and the running server; start() after the routes were added.
class TestServer {
 public:
    ~TestServer() { stop(); }

    Route& add(Method method, std::string pattern) {
        Route route;
        route.method = method;
        route.pattern = std::move(pattern);
        route.access = Access::open();
        route.handler = [](Request&) -> Result<Response> { return Response::text("ok"); };
        pending_.push_back(std::make_unique<Route>(std::move(route)));
        return *pending_.back();
    }
    void start() {
        options.listen = {"127.0.0.1:0", "[::1]:0"};
        for (auto& route : pending_)
            router.add(std::move(*route));
        const auto sealed = router.seal();
        ASSERT_TRUE(sealed.ok()) << sealed.error().detail;
        auto started = Server::start(router, options, Log::none());
        ASSERT_TRUE(started.ok()) << started.error().detail;
        server = std::move(started).value();
    }
    void stop() {
        if (server != nullptr) server->stop();
    }
    int port() const { return server->ports()[0]; }
    int port_v6() const { return server->ports()[1]; }
    Answer ask(const std::string& bytes) {
        Socket socket(port());
        socket.send(bytes);
        return socket.answer();
    }

    Router router;
    ServerOptions options;
    std::unique_ptr<Server> server;

 private:
    std::vector<std::unique_ptr<Route>> pending_;
};

}  // namespace shu::http::testing
