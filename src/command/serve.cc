#include "command/serve.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "city/plan.h"
#include "city/routes.h"
#include "command/idempotency.h"
#include "command/installation.h"
#include "command/operation.h"
#include "foundation/file.h"
#include "http/server.h"
#include "ledger/routes.h"

namespace shu::command {
namespace {

constexpr int kRefreshEveryMs = 500;
constexpr int kRefreshRestMs = 20;  // between two, however many transactions are committed

/// Blocks the stop signals in every thread that is started from now on; wait() takes them.
class StopSignals {
 public:
    StopSignals() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    int wait() {
        int signal = 0;
        sigwait(&signals_, &signal);
        return signal;
    }

 private:
    sigset_t signals_;
};

/// Follows what transactions and other nodes change, until it ends.
class Refresher {
 public:
    explicit Refresher(Installation& installation)
        : installation_(installation), thread_([this] { run(); }) {}
    ~Refresher() {
        stop_.store(true);
        thread_.join();
    }

 private:
    void run() {
        while (!stop_.load()) {
            installation_.database->wait_for_commit(kRefreshEveryMs);
            if (const auto refreshed = installation_.refresh(); !refreshed.ok())
                installation_.log->warning("refresh failed",
                                           {{"reason", refreshed.error().detail}});
            std::this_thread::sleep_for(std::chrono::milliseconds(kRefreshRestMs));
        }
    }
    Installation& installation_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

Result<void> print_first_passwords(Installation& installation, std::ostream& out) {
    if (SHU_TRY(installation.identity->has_accounts())) return {};
    const auto passwords = SHU_TRY(installation.identity->create_first_administrators());
    out << "First start: three administrators, each with a one-time password that is shown only now.\n";
    for (const auto& [name, password] : passwords)
        out << "    " << name << "  " << password << "\n";
    out << std::flush;
    return {};
}

/// Applies the folder on the first start; later only tells when folder and city differ, because a
/// change is somebody's decision.
Result<void> bring_up_city(const city::City& declared, Installation& installation,
                           std::ostream& out) {
    const city::Plan plan = SHU_TRY(city::plan(declared, *installation.database));
    const city::ApplyParts parts = installation.apply_parts();
    if (plan.unchanged == 0) {
        SHU_CHECK(city::apply(declared, plan, parts));
    } else if (!plan.empty()) {
        out << "The folder " << installation.options.city_folder
            << " differs from the running city in " << plan.changes.size()
            << " objects; see `shu city plan`, then `shu city apply`.\n";
    }
    // Their password's hash takes a third of a second: made once, not at every start.
    if (installation.options.demo && !SHU_TRY(installation.identity->has_demo_accounts()))
        SHU_CHECK(city::put_demo_accounts(declared, parts));
    return {};
}

void add_routes(http::Router& router, Installation& installation, const std::string& web_folder) {
    exchange::Exchange& exchange = *installation.exchange;
    const auto figures = [&exchange]() -> city::ExchangeFigures {
        const auto statistics = exchange.statistics();
        return {.calls_today = statistics.calls_today, .grants = statistics.grants_active};
    };
    city::add_routes(router, {.database = *installation.database,
                              .clock = installation.clock,
                              .identity = *installation.identity,
                              .records = *installation.records,
                              .ledger = *installation.ledger,
                              .exchange = figures,
                              .demo = installation.options.demo,
                              .version = std::string(kVersion)});
    installation.identity->add_routes(router);
    installation.records->add_routes(router);
    exchange.add_routes(router);
    installation.decisions->add_routes(router);
    ledger::add_routes(router, *installation.ledger);
    if (!web_folder.empty()) router.serve_files(web_folder);
}

int cores() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}
int io_threads_of(const ServerConfig& config) {
    return config.threads > 0 ? config.threads : cores();
}
int workers_of(const ServerConfig& config) {
    return config.workers > 0 ? config.workers : 2 * cores();
}

http::ServerOptions server_options(const ServerConfig& config, Installation& installation,
                                   http::IdempotencyStore& idempotency) {
    http::ServerOptions options;
    options.listen.clear();
    for (const Endpoint& endpoint : config.listen)
        options.listen.push_back(to_string(endpoint));
    options.certificate_file = config.tls_certificate_path;
    options.key_file = config.tls_key_path;
    options.io_threads = io_threads_of(config);
    options.workers = workers_of(config);
    options.spool_folder = config.data_folder + "/spool";
    options.access_check = [&installation](const http::Request& request,
                                           const http::Access& access) {
        return installation.identity->check(request, access);
    };
    options.idempotency = &idempotency;
    return options;
}

}  // namespace

Result<void> serve(const ServeOptions& options, const std::shared_ptr<const Log>& log,
                   std::ostream& out) {
    StopSignals signals;
    const ServerConfig& config = options.config;
    if (!options.web_folder.empty() && !file::exists(options.web_folder + "/index.html"))
        return not_found("there is no web application in the folder " + options.web_folder +
                         "; build it with `make`, or name the folder of its index.html with --web");
    const city::City declared = SHU_TRY(city::load(config.city_folder));
    const auto installation =
        SHU_TRY(Installation::open({.city_folder = config.city_folder,
                                    .data_folder = config.data_folder,
                                    .database_url = config.database_url,
                                    .node = options.node,
                                    .demo = config.demo,
                                    .demo_password = declared.demo.password,
                                    .trace_archive_folder = config.trace_archive_folder,
                                    .trace_online_days = config.trace_online_days,
                                    .request_threads = io_threads_of(config) + workers_of(config)},
                                   log));
    SHU_CHECK(bring_up_city(declared, *installation, out));
    SHU_CHECK(print_first_passwords(*installation, out));
    SHU_CHECK(installation->refresh());

    http::Server* running = nullptr;
    http::Router router;
    add_routes(router, *installation, options.web_folder);
    add_operation_routes(router, *installation, running);
    SHU_CHECK(router.seal());
    installation->ledger->start();
    installation->records->start();
    installation->exchange->start();
    installation->decisions->start();
    DatabaseIdempotency idempotency(*installation->database, installation->clock);
    auto server = SHU_TRY(
        http::Server::start(router, server_options(config, *installation, idempotency), log));
    running = server.get();
    {
        Refresher refresher(*installation);
        const std::string scheme = config.tls_certificate_path.empty() ? "http" : "https";
        out << "Shu serves " << config.city_folder << " at " << scheme
            << "://localhost:" << server->ports().front() << "\n"
            << std::flush;
        log->info("stopping", {{"signal", std::int64_t{signals.wait()}}});
        server->stop();
    }
    running = nullptr;
    installation->decisions->stop();
    installation->exchange->stop();
    installation->records->stop();
    installation->ledger->stop();
    return {};
}

Result<void> print_openapi(const std::string& city_folder, std::ostream& out) {
    std::string folder = (std::filesystem::temp_directory_path() / "shu-openapi-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return file::system_error("make", folder, errno);
    const auto written = [&]() -> Result<std::string> {
        const auto installation = SHU_TRY(Installation::open(
            {.city_folder = city_folder, .data_folder = folder, .database_url = {}}, Log::none()));
        http::Server* none = nullptr;
        http::Router router;
        add_routes(router, *installation, "");
        add_operation_routes(router, *installation, none);
        SHU_CHECK(router.seal());
        return json::serialize(router.openapi("Shu", kVersion));
    }();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    if (!written.ok()) return written.error();
    out << *written << "\n";
    return {};
}

}  // namespace shu::command
