#include "http/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <iterator>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "http/listener.h"

namespace shu::http {

namespace {

class RunningServer final : public Server {
 public:
    RunningServer(std::shared_ptr<Serving> serving, std::shared_ptr<TlsSettings> tls)
        : serving_(std::move(serving)), tls_(std::move(tls)) {}
    ~RunningServer() override { stop(); }

    Result<void> open(const ServerOptions& options, int sweep_ms, const Log& log);
    std::vector<int> ports() const override { return ports_; }
    void stop() override;
    Statistics statistics() const override;

 private:
    void take(Accepted accepted);
    void on_every_loop(const std::function<void(IoLoop&)>& work);

    std::shared_ptr<Serving> serving_;
    std::shared_ptr<TlsSettings> tls_;
    std::vector<std::shared_ptr<IoLoop>> loops_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<int> ports_;
    std::size_t next_loop_ = 0;
    bool running_ = false;
};

Result<void> RunningServer::open(const ServerOptions& options, int sweep_ms, const Log& log) {
    for (int i = 0; i < std::max(1, options.io_threads); ++i) {
        loops_.push_back(std::make_shared<IoLoop>(sweep_ms));
    }
    for (const std::string& address : options.listen) {
        auto opened = SHU_TRY(Listener::open(
            *loops_[0], address, [this](Accepted a) { take(std::move(a)); }, log));
        ports_.push_back(opened.front()->port());
        std::move(opened.begin(), opened.end(), std::back_inserter(listeners_));
    }
    for (const auto& listener : listeners_)
        listener->start();
    for (const auto& loop : loops_)
        loop->start();
    running_ = true;
    return {};
}

/// Gives an accepted socket to the I/O threads in turn. Beyond the limit it is closed at once: an
/// answer would cost what it saves.
void RunningServer::take(Accepted accepted) {
    if (!serving_->connections.enter(serving_->connections_max)) {
        ::close(accepted.descriptor);
        return;
    }
    const std::shared_ptr<IoLoop>& loop = loops_[next_loop_++ % loops_.size()];
    const auto begin = [loop, serving = serving_, tls = tls_, accepted = std::move(accepted)] {
        const auto connection = tls != nullptr ? make_tls_connection(loop, serving, accepted, *tls)
                                               : make_plain_connection(loop, serving, accepted);
        connection->open();
    };
    if (loop.get() == IoLoop::current())
        begin();
    else
        loop->post(begin);
}

void RunningServer::on_every_loop(const std::function<void(IoLoop&)>& work) {
    for (const auto& loop : loops_) {
        std::promise<void> done;
        loop->post([&] {
            work(*loop);
            done.set_value();
        });
        done.get_future().wait();
    }
}

void RunningServer::stop() {
    if (!running_) return;
    running_ = false;
    serving_->draining.store(true);
    on_every_loop([this](IoLoop& loop) {
        if (&loop != loops_[0].get()) return;
        for (const auto& listener : listeners_)
            listener->close();
    });
    on_every_loop([](IoLoop& loop) { loop.for_each([](Connection& c) { c.drain(); }); });
    if (!serving_->connections.wait_for_none(limits::http_shutdown_timeout_ms)) {
        on_every_loop([](IoLoop& loop) { loop.for_each([](Connection& c) { c.close(); }); });
    }
    serving_->workers.stop();
    for (const auto& loop : loops_)
        loop->finish();
}

Server::Statistics RunningServer::statistics() const {
    Statistics sum;
    for (const auto& loop : loops_) {
        sum.requests += loop->counters.requests.load(std::memory_order_relaxed);
        sum.refused += loop->counters.refused.load(std::memory_order_relaxed);
        sum.errors += loop->counters.errors.load(std::memory_order_relaxed);
    }
    sum.connections = serving_->connections.count();
    return sum;
}

/// Raises the process's limit of descriptors to what the system allows; the connections that leave
/// enough of them for files, the database and the trace.
std::int64_t connections_max() {
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0)
        return static_cast<std::int64_t>(limits::http_connections_max);
    descriptors.rlim_cur = descriptors.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &descriptors);
    (void)::getrlimit(RLIMIT_NOFILE, &descriptors);
    const rlim_t allowed = descriptors.rlim_cur;
    const rlim_t reserved = std::min<rlim_t>(limits::http_descriptors_reserved, allowed / 2);
    return static_cast<std::int64_t>(
        std::min<rlim_t>(limits::http_connections_max, allowed - reserved));
}

Result<void> check(const Router& router, const ServerOptions& options) {
    for (const Route& route : router.routes()) {
        const std::string name = std::string(to_string(route.method)) + " " + route.pattern;
        const bool needs_caller = route.access.kind == Access::Kind::kSignedIn ||
                                  route.access.kind == Access::Kind::kPermission;
        if (needs_caller && options.access_check == nullptr) {
            return invalid(name +
                           " asks for a signed-in caller, but the server has no access check");
        }
        if (route.body == BodyKind::kSpooled && options.spool_folder.empty()) {
            return invalid(name + " takes uploads, but the server has no spool folder");
        }
    }
    if (options.listen.empty()) return invalid("the server has no address to listen on");
    return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Router& router, ServerOptions options,
                                              std::shared_ptr<const Log> log) {
    SHU_CHECK(check(router, options));
    std::shared_ptr<TlsSettings> tls;
    if (!options.certificate_file.empty()) {
        tls = SHU_TRY(TlsSettings::load(options.certificate_file, options.key_file));
    }
    if (!options.spool_folder.empty()) {
        SHU_CHECK(file::make_folder(options.spool_folder));
        remove_spool_leftovers(options.spool_folder);
    }
    auto serving = std::make_shared<Serving>(
        router, Dispatcher(options.access_check, options.idempotency, log),
        std::max(1, options.workers));
    const auto or_limit = [](int given, int limit) { return given > 0 ? given : limit; };
    serving->spool_folder = options.spool_folder;
    serving->header_timeout_ms =
        or_limit(options.header_timeout_ms, limits::http_header_timeout_ms);
    serving->keep_alive_timeout_ms =
        or_limit(options.keep_alive_timeout_ms, limits::http_keep_alive_timeout_ms);
    serving->body_timeout_ms = or_limit(options.body_timeout_ms, limits::http_body_idle_timeout_ms);
    serving->write_timeout_ms = or_limit(options.write_timeout_ms, limits::http_write_timeout_ms);
    serving->event_life_ms = or_limit(options.event_life_ms, limits::http_event_life_ms);
    serving->bodies_bytes_max = static_cast<std::int64_t>(
        options.bodies_bytes_max > 0 ? options.bodies_bytes_max : limits::http_bodies_bytes_max);
    serving->connections_max = connections_max();
    const int shortest =
        std::min({serving->header_timeout_ms, serving->keep_alive_timeout_ms,
                  serving->body_timeout_ms, serving->write_timeout_ms, serving->event_life_ms});
    auto server = std::make_unique<RunningServer>(std::move(serving), std::move(tls));
    SHU_CHECK(server->open(options, std::clamp(shortest / 4, 10, 1'000), *log));
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace shu::http
