// The one writer of a SQLite database: a thread that commits many waiting transactions with one
// sync.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "store/commit_signal.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"

namespace shu::store::sqlite {

/// Runs the works that wait one after the other, each under a savepoint, inside one BEGIN IMMEDIATE
/// ... COMMIT. A work that fails takes back what it wrote and harms no other; a COMMIT that fails
/// fails them all.
class Writer {
 public:
    Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Checkpointer> checkpointer,
           std::size_t queue_max, CommitSignal& signal);
    ~Writer();  // runs what waits, then ends

    Result<void> write(const Database::Work& work);
    Database::Statistics statistics() const;

 private:
    struct Request {
        const Database::Work* work;
        std::size_t lane;  // of finished_, on which its thread sleeps
        Result<void> result;
        std::atomic<bool> is_done{false};
    };
    using Group = std::vector<Request*>;

    void run();
    Group next_group();
    void commit(Group group);
    bool run_works(Group& group);
    void run_work(Request& request, bool alone);
    void finish(Group& group);

    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Checkpointer> checkpointer_;
    const std::size_t queue_max_;
    CommitSignal& signal_;
    int log_pages_ = 0;  // set by SQLite's hook at each commit

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Request*> queue_;
    std::size_t awaited_ = 0;  // how many waiting requests wake the thread; 0: it is awake
    std::size_t lane_ = 0;     // of the requests that arrive now
    bool is_stopping_ = false;

    // Counts finished groups. Those who wait for one group sleep on one lane, so that a single call
    // wakes them all; those who came since sleep on the other.
    std::array<std::atomic<std::uint32_t>, 2> finished_{};
    std::size_t last_group_ = 1;
    std::chrono::nanoseconds commit_time_{0};  // smoothed
    std::atomic<std::int64_t> transactions_{0};
    std::atomic<std::int64_t> syncs_{0};
    std::atomic<std::int64_t> retries_{0};
    std::thread thread_;
};

}  // namespace shu::store::sqlite
