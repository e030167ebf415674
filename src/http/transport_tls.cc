#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "http/transport.h"

namespace shu::http {

namespace asio = boost::asio;
using asio::ip::tcp;

struct TlsSettings::State {
    asio::ssl::context context{asio::ssl::context::tls_server};
};

TlsSettings::TlsSettings(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSettings::~TlsSettings() = default;

namespace {

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
    static constexpr unsigned char kHttp[] = "\x08http/1.1";
    unsigned char* selected = nullptr;
    if (SSL_select_next_proto(&selected, chosen_bytes, kHttp, sizeof kHttp - 1, offered,
                              offered_bytes) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = selected;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<TlsSettings>> TlsSettings::load(const std::string& certificate_file,
                                                       const std::string& key_file) {
    auto state = std::make_unique<State>();
    SSL_CTX* context = state->context.native_handle();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    boost::system::error_code ec;
    state->context.use_certificate_chain_file(certificate_file, ec);
    if (ec) return invalid("certificate " + certificate_file + ": " + ec.message());
    state->context.use_private_key_file(key_file, asio::ssl::context::pem, ec);
    if (ec) return invalid("key " + key_file + ": " + ec.message());
    if (SSL_CTX_check_private_key(context) != 1) {
        return invalid("key " + key_file + " does not belong to the certificate " +
                       certificate_file);
    }
    return std::shared_ptr<TlsSettings>(new TlsSettings(std::move(state)));
}

namespace {

class TlsConnection final : public Connection {
 public:
    TlsConnection(std::shared_ptr<IoLoop> loop, std::shared_ptr<Serving> serving, Accepted accepted,
                  const TlsSettings& tls)
        : Connection(std::move(loop), std::move(serving), std::move(accepted.peer), true),
          stream_(tcp::socket(loop_->context(), accepted.ipv6 ? tcp::v6() : tcp::v4(),
                              accepted.descriptor),
                  tls.state().context) {}

 private:
    std::shared_ptr<TlsConnection> self() {
        return std::static_pointer_cast<TlsConnection>(shared_from_this());
    }

    void start_transport() override {
        stream_.async_handshake(asio::ssl::stream_base::server,
                                [self = self()](const ErrorCode& ec) {
                                    if (self->is_closed()) return;
                                    if (ec) return self->close();
                                    self->transport_ready();
                                });
    }
    void async_read(std::span<char> into) override {
        stream_.async_read_some(
            asio::buffer(into.data(), into.size()),
            [self = self()](const ErrorCode& ec, std::size_t n) { self->on_read(ec, n); });
    }
    std::size_t write_now(std::string_view, std::string_view, ErrorCode& ec) override {
        ec = asio::error::would_block;
        return 0;
    }
    void async_write(std::string_view a, std::string_view b) override {
        const std::string_view bytes = a.empty() ? b : a;
        stream_.async_write_some(
            asio::const_buffer(bytes.data(), bytes.size()),
            [self = self()](const ErrorCode& ec, std::size_t n) { self->on_written(ec, n); });
    }
    bool shutdown_send() override {
        stream_.async_shutdown([self = self()](const ErrorCode&) { self->close(); });
        return false;
    }
    void close_socket() override {
        ErrorCode ec;
        stream_.lowest_layer().close(ec);
    }

    asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::shared_ptr<Connection> make_tls_connection(std::shared_ptr<IoLoop> loop,
                                                std::shared_ptr<Serving> serving, Accepted accepted,
                                                const TlsSettings& tls) {
    return std::make_shared<TlsConnection>(std::move(loop), std::move(serving), std::move(accepted),
                                           tls);
}

}  // namespace shu::http
