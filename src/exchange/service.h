// The parts of a running exchange, as its own files see them. Inside the module only.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "exchange/catalogue.h"
#include "exchange/exchange.h"
#include "exchange/gateway.h"
#include "exchange/node_claim.h"
#include "exchange/sealer.h"
#include "exchange/trace_archive.h"

namespace shu::exchange {

struct Service {
    explicit Service(Exchange::Parts opened);
    ~Service();

    Exchange::Parts parts;
    TraceOptions trace;
    NonceMemory nonces;
    mutable UseBook uses;
    Live live;
    std::unique_ptr<NodeClaim> node_claim;
    std::unique_ptr<Sealer> sealer;
    std::unique_ptr<Gateway> gateway;

    /// service_start.cc: what a start does before the first call.
    Result<void> recover();

    Result<void> refresh();
    /// After a decision has been committed: takes it over. If that fails, the gateway refuses calls
    /// until a later refresh() succeeds, and the decision stands all the same.
    void put_in_force();
    Result<void> seal_now();
    /// Archives the segments that are due; counts them.
    Result<std::int64_t> archive_now();
    void start();
    void stop();
    Exchange::Statistics statistics() const;

    // What routes need again and again.
    Micros now() const { return parts.clock.now(); }
    /// Records the act in the transaction of what it describes.
    Result<void> record(store::Transaction& tx, const ledger::Act& act) const;
    std::shared_ptr<const record::Dataset> dataset(std::string_view code) const;
    std::string organisation_name(std::string_view code) const;
    std::int64_t used_today(GrantId grant) const;
    void show_record(std::string_view payload);

 private:
    Result<void> recover_segments();
    Result<void> recover_nonces();
    Result<bool> seal_step(TracePosition durable);
    bool merge_step();
    void archive_each_hour();
    void renew_claim();
    Result<void> seal_cycle();
    void run_sealer();
    void run_ticker();
    bool wait_for_stop(std::int64_t us);

    Result<void> take_over();

    std::mutex refresh_mutex_;
    std::optional<std::chrono::steady_clock::time_point> failing_since_;
    std::shared_ptr<const identity::Directory> seen_directory_;
    std::mutex seal_mutex_;
    bool is_merge_failing_ = false;
    bool is_claim_failing_ = false;
    std::unique_ptr<TraceArchive> archive_;
    Micros archived_at_ = 0;
    std::atomic<std::int64_t> unsealed_{0};
    std::mutex stop_mutex_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::thread sealing_;
    std::thread ticking_;
    mutable std::mutex today_mutex_;
    mutable Micros today_at_ = 0;
    mutable std::int64_t today_ = 0;
};

void add_catalogue_routes(http::Router& router, Service& service);
void add_application_routes(http::Router& router, Service& service);
void add_grant_routes(http::Router& router, Service& service);
void add_call_routes(http::Router& router, Service& service);

/// One route with what all of the module's have in common.
struct RouteSpec {
    http::Method method = http::Method::kGet;
    std::string pattern;
    http::Access access;
    std::string summary;
    std::shared_ptr<const Shape> body;
    std::vector<std::pair<std::string, std::string>> query;
    bool idempotent = false;
    std::shared_ptr<const Shape> answer = {};
    std::string answer_type = {};  ///< media type of an answer that is not JSON
};
void add_route(http::Router& router, RouteSpec spec, http::Handler handler);

}  // namespace shu::exchange
