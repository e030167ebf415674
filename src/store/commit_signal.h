// Tells waiting readers that something was committed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace shu::store {

/// A count of commits that threads can wait on. All members may be called from any thread.
class CommitSignal {
 public:
    CommitSignal();

    void raise();

    /// Returns once the count differs from what this thread saw when its last call returned, or
    /// after `timeout_ms`.
    void wait(int timeout_ms);

 private:
    std::atomic<std::uint64_t> count_;
    std::atomic<int> waiting_{0};
    std::mutex mutex_;
    std::condition_variable raised_;
};

}  // namespace shu::store
