#include "command/serve.h"

#include <atomic>
#include <csignal>
#include <thread>

#include "city/routes.h"
#include "command/city_command.h"
#include "command/idempotency.h"
#include "command/operation.h"
#include "http/server.h"
#include "ledger/routes.h"

namespace shu::command {
namespace {

constexpr int kRefreshEveryMs = 500;

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
    Refresher(Installation& installation) : installation_(installation), thread_([this] { run(); }) {}
    ~Refresher() {
        stop_.store(true);
        thread_.join();
    }

 private:
    void run() {
        while (!stop_.load()) {
            installation_.database->wait_for_commit(kRefreshEveryMs);
            if (const auto refreshed = installation_.refresh(); !refreshed.ok())
                installation_.log->warning("refresh failed", {{"reason", refreshed.error().detail}});
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
    for (const auto& [name, password] : passwords) out << "    " << name << "  " << password << "\n";
    out << std::flush;
    return {};
}

void add_routes(http::Router& router, Installation& installation, const ServeOptions& options) {
    city::add_routes(router, {.database = *installation.database,
                              .identity = *installation.identity,
                              .records = *installation.records,
                              .ledger = *installation.ledger,
                              .demo = installation.options.demo});
    installation.identity->add_routes(router);
    installation.records->add_routes(router);
    installation.exchange->add_routes(router);
    ledger::add_routes(router, *installation.ledger);
    if (!options.web_folder.empty()) router.serve_files(options.web_folder);
}

std::vector<std::string> addresses(const ServeOptions& options) {
    if (!options.listen.empty()) return options.listen;
    return {"127.0.0.1:8080", "[::1]:8080"};
}

Result<void> run(const ServeOptions& options, const std::shared_ptr<const Log>& log, std::ostream& out) {
    StopSignals signals;
    const auto installation = SHU_TRY(Installation::open(options.installation, log));
    SHU_CHECK(bring_up_city(*installation, out));
    SHU_CHECK(print_first_passwords(*installation, out));
    SHU_CHECK(installation->refresh());

    http::Server* running = nullptr;
    http::Router router;
    add_routes(router, *installation, options);
    add_operation_routes(router, *installation, running);
    SHU_CHECK(router.seal());
    installation->ledger->start();
    installation->records->start();
    installation->exchange->start();

    DatabaseIdempotency idempotency(*installation->database, installation->clock);
    http::ServerOptions server_options;
    server_options.listen = addresses(options);
    server_options.certificate_file = options.certificate_file;
    server_options.key_file = options.key_file;
    server_options.io_threads = options.io_threads;
    server_options.workers = options.workers;
    server_options.spool_folder = options.installation.data_folder + "/spool";
    server_options.access_check = [&](const http::Request& request, const http::Access& access) {
        return installation->identity->check(request, access);
    };
    server_options.idempotency = &idempotency;
    auto server = SHU_TRY(http::Server::start(router, std::move(server_options), log));
    running = server.get();
    {
        Refresher refresher(*installation);
        const std::string scheme = options.certificate_file.empty() ? "http" : "https";
        out << "Shu serves " << options.installation.city_folder << " at " << scheme << "://localhost:"
            << server->ports().front() << "\n"
            << std::flush;
        log->info("stopping", {{"signal", std::int64_t{signals.wait()}}});
        server->stop();
    }
    running = nullptr;
    installation->exchange->stop();
    installation->records->stop();
    installation->ledger->stop();
    return {};
}

}  // namespace

int serve(const ServeOptions& options, std::shared_ptr<const Log> log, std::ostream& out) {
    const auto served = run(options, log, out);
    if (served.ok()) return 0;
    out << "shu: " << served.error().detail << "\n";
    return 1;
}

}  // namespace shu::command
