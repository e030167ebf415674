#include <boost/asio/ip/tcp.hpp>

#include "http/transport.h"

namespace shu::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

class PlainConnection final : public Connection {
 public:
    PlainConnection(std::shared_ptr<IoLoop> loop, std::shared_ptr<Serving> serving,
                    Accepted accepted)
        : Connection(std::move(loop), std::move(serving), std::move(accepted.peer), false),
          socket_(loop_->context(), accepted.ipv6 ? tcp::v6() : tcp::v4(), accepted.descriptor) {
        ErrorCode ec;
        socket_.non_blocking(true, ec);
    }

 private:
    void start_transport() override { transport_ready(); }

    // The handlers hold no reference: a connection lives until its operations have ended.
    void async_read(std::span<char> into) override {
        socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                [this](const ErrorCode& ec, std::size_t n) { on_read(ec, n); });
    }
    std::size_t write_now(std::string_view a, std::string_view b, ErrorCode& ec) override {
        if (b.empty()) return socket_.write_some(asio::const_buffer(a.data(), a.size()), ec);
        if (a.empty()) return socket_.write_some(asio::const_buffer(b.data(), b.size()), ec);
        return socket_.write_some(both(a, b), ec);
    }
    void async_write(std::string_view a, std::string_view b) override {
        socket_.async_write_some(both(a, b),
                                 [this](const ErrorCode& ec, std::size_t n) { on_written(ec, n); });
    }
    bool shutdown_send() override {
        ErrorCode ec;
        socket_.shutdown(tcp::socket::shutdown_send, ec);
        return true;
    }
    void close_socket() override {
        ErrorCode ec;
        socket_.close(ec);
    }

    static std::array<asio::const_buffer, 2> both(std::string_view a, std::string_view b) {
        return {asio::const_buffer(a.data(), a.size()), asio::const_buffer(b.data(), b.size())};
    }

    tcp::socket socket_;
};

}  // namespace

std::shared_ptr<Connection> make_plain_connection(std::shared_ptr<IoLoop> loop,
                                                  std::shared_ptr<Serving> serving,
                                                  Accepted accepted) {
    return std::make_shared<PlainConnection>(std::move(loop), std::move(serving),
                                             std::move(accepted));
}

}  // namespace shu::http
