#include "command/operation.h"

#include <unistd.h>
#include <fstream>

namespace shu::command {
namespace {

std::int64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t size = 0, resident = 0;
    statm >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

void metric(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
            std::int64_t value) {
    for (const std::string_view part :
         {std::string_view("# HELP "), name, std::string_view(" "), help,
          std::string_view("\n# TYPE "), name, std::string_view(" "), kind, std::string_view("\n"),
          name, std::string_view(" ")})
        out += part;
    out += std::to_string(value) + "\n";
}

std::string metrics(Installation& installation, const http::Server* server) {
    std::string out;
    const auto store = installation.database->statistics();
    metric(out, "shu_transactions_total", "counter", "Write transactions committed",
           store.transactions);
    metric(out, "shu_syncs_total", "counter", "Syncs that made them durable", store.syncs);
    metric(out, "shu_transaction_retries_total", "counter",
           "Transactions repeated after a conflict", store.retries);
    metric(out, "shu_transactions_waiting", "gauge", "Transactions waiting for the writer",
           store.waiting);
    if (server != nullptr) {
        const auto http = server->statistics();
        metric(out, "shu_http_requests_total", "counter", "Requests answered", http.requests);
        metric(out, "shu_http_connections", "gauge", "Open connections", http.connections);
        metric(out, "shu_http_refused_total", "counter",
               "Requests refused because the queue was full", http.refused);
        metric(out, "shu_http_errors_total", "counter", "Answers of status 500 and above",
               http.errors);
    }
    if (const auto checkpoint = installation.ledger->checkpoint(); checkpoint.ok())
        metric(out, "shu_ledger_size", "gauge", "Acts under the newest checkpoint",
               static_cast<std::int64_t>(checkpoint->size));
    metric(out, "shu_resident_bytes", "gauge", "Resident memory", resident_bytes());
    return out;
}

http::Route route(std::string pattern, std::string summary, http::Handler handler) {
    http::Route made;
    made.pattern = std::move(pattern);
    made.access = http::Access::open();
    made.summary = std::move(summary);
    made.tag = "operation";
    made.handler = std::move(handler);
    return made;
}

}  // namespace

void add_operation_routes(http::Router& router, Installation& installation,
                          http::Server* const& server) {
    router.add(
        route("/health", "Whether the server and its database answer",
              [&installation](http::Request&) -> Result<http::Response> {
                  SHU_CHECK(installation.database->read([](store::Transaction& tx) -> Result<void> {
                      SHU_TRY(tx.row("SELECT 1"));
                      return {};
                  }));
                  return http::Response::json(json::object{{"status", "ok"}});
              }));
    router.add(route("/metrics", "Figures for Prometheus, from loopback only",
                     [&installation, &server](http::Request& request) -> Result<http::Response> {
                         if (!request.peer_is_loopback)
                             return denied("metrics are read from this machine only");
                         return http::Response::text(metrics(installation, server),
                                                     "text/plain; version=0.0.4; charset=utf-8");
                     }));
    router.add(route(
        "/api/openapi.json", "This description of the interface",
        [&router](http::Request&) -> Result<http::Response> {
            return http::Response::json(router.openapi("Shu", std::string(kVersion))).with_etag();
        }));
}

}  // namespace shu::command
