// What the module's face, its collector thread and its routes share. Inside the module only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "record/batch_store.h"
#include "record/broadcast.h"
#include "record/records.h"

namespace shu::record {

struct Records::State {
    explicit State(Parts given) : parts(std::move(given)) {}

    Parts parts;
    std::atomic<std::shared_ptr<const Declarations>> declarations{
        std::make_shared<const Declarations>()};
    std::mutex refresh_mutex;

    BatchBroadcast broadcast;

    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    std::deque<std::int64_t> queue;       // batches for the collector thread
    std::set<std::int64_t> running_here;  // by collect_now()
    bool is_stopping = false;
    std::thread thread;

    Result<BatchId> queue_batch(const NewBatch& batch, std::string organisation, ledger::Act act);
    /// Runs one batch and tells the listeners; `stops` lets the collector thread end between
    /// chunks.
    Result<Batch> run(BatchId id, const std::function<void(const Batch&)>& progress,
                      const std::function<bool()>& goes_on);
    void collect();  ///< the thread
    bool is_ending();
    /// Waits for `milliseconds` or the end.
    void pause(int milliseconds);
    void announce(const Batch& batch);
};

}  // namespace shu::record
