// The gateway: signed look-ups by key, answered when their trace is on disk. The life of a call:
// check() on the I/O thread, read() of the turn's calls together, trace, sync, answer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "exchange/call_batch.h"
#include "exchange/live.h"
#include "exchange/nonce_memory.h"
#include "exchange/trace.h"
#include "http/router.h"

namespace shu::exchange {

/// So many at once, and a twentieth of it each second from then on. Not thread-safe.
class Allowance {
 public:
    explicit Allowance(std::int64_t burst) : burst_(burst), parts_(burst * kPartsOfOne) {}
    bool take(std::int64_t second);

 private:
    static constexpr std::int64_t kPartsOfOne = 20;
    const std::int64_t burst_;
    std::int64_t parts_;
    std::int64_t second_ = 0;
};

/// Bounds how many refusals of unproven callers reach the trace, by the second and over days
/// (whoever has no secret must not fill the disk); the others are counted into one record a second.
/// Thread-safe.
class FloodBound {
 public:
    /// True if this refusal is to be traced by itself.
    bool admit(Refusal refusal, std::int64_t second);
    /// The refusals not traced by themselves since the last call, if a second has passed since the
    /// first of them.
    std::int64_t take_suppressed(std::int64_t second);

 private:
    std::mutex mutex_;
    Allowance unknown_{limits::gateway_unknown_traced_per_second};
    Allowance unproven_{limits::gateway_unproven_traced_per_second};
    std::int64_t suppressed_ = 0;
    std::int64_t suppressed_since_ = 0;
};

class Gateway {
 public:
    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        const identity::Identity& identity;
        NonceMemory& nonces;
        Live& live;
        TraceOptions trace;
        /// A trace record as the pages of live calls show it.
        std::function<void(std::string_view)> show_record;
        std::shared_ptr<const Log> log;
    };
    explicit Gateway(Parts parts);
    /// Ends when every call has been answered.
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// For calls from now on. Any thread.
    void use(std::shared_ptr<const GatewaySnapshot> snapshot) {
        snapshot_.store(std::move(snapshot));
    }
    std::shared_ptr<const GatewaySnapshot> snapshot() const { return snapshot_.load(); }
    /// While the snapshot must not be relied on. Any thread.
    void refuse_all(bool refuses) { refuses_all_.store(refuses, std::memory_order_relaxed); }

    /// The handler of GET /gateway/{dataset}; on an I/O thread.
    void handle(http::Request& request, http::Reply reply);

    /// Once a second: traces the count of refusals that were not traced by themselves, and forgets
    /// shared nonces whose time is over.
    void tick();

    const TraceWriter& trace() const { return *writer_; }

 private:
    struct Turn {
        std::unique_ptr<CallBatch> batch;
    };

    Turn& this_turn();
    void end_turn(Turn& turn);
    std::unique_ptr<CallBatch> fresh_batch();
    void process(std::unique_ptr<CallBatch> batch);
    void finish(std::unique_ptr<CallBatch> batch);
    void written(std::unique_ptr<TraceBatch> batch, const Result<void>& result);
    void publish(CallBatch& batch, bool on_disk);
    void read_on_threads();
    void append_flood_record(CallBatch& batch);
    void forget_nonces();
    bool has_nodes() const { return !readers_.empty(); }

    // gateway_check.cc
    Refusal check(http::Request& request, PendingCall& call, const GatewaySnapshot& snapshot);
    Refusal check_signature(http::Request& request, PendingCall& call,
                            const GatewaySnapshot& snapshot);
    Refusal check_grant(http::Request& request, PendingCall& call) const;

    // gateway_claim.cc
    void claim_nonces(CallBatch& batch);
    Result<void> insert_claims(CallBatch& batch, std::vector<std::int64_t>& inserted);

    // gateway_read.cc
    void read(CallBatch& batch);
    Result<void> read_one(store::Transaction& tx, PendingCall& call) const;

    // gateway_record.cc
    void append_record(CallBatch& batch, PendingCall& call, std::string_view call_id,
                       std::int64_t now_us);
    std::string response_of(const PendingCall& call, std::string_view call_id) const;

    Parts parts_;
    std::atomic<std::shared_ptr<const GatewaySnapshot>> snapshot_;
    std::atomic<bool> refuses_all_{false};
    FloodBound flood_;

    std::int64_t forgotten_ms_ = 0;  // of tick()'s thread

    std::mutex turns_mutex_;
    std::unordered_map<std::thread::id, std::unique_ptr<Turn>> turns_;

    std::mutex free_mutex_;
    std::vector<std::unique_ptr<CallBatch>> free_;

    std::mutex read_mutex_;  // of the reading threads, where reads wait for a network
    std::condition_variable read_arrived_;
    std::deque<std::unique_ptr<CallBatch>> to_read_;
    bool stopping_ = false;
    std::vector<std::thread> readers_;

    std::unique_ptr<TraceWriter> writer_;
};

}  // namespace shu::exchange
