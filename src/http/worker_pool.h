// The threads on which ordinary handlers run, and the bounded queue in front of them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shu::http {

/// Thread-safe.
class WorkerPool {
 public:
    WorkerPool(int workers, std::size_t queue_max);
    ~WorkerPool();

    /// Queues a job; false when limits::http_queue_max jobs wait already.
    bool submit(std::function<void()> job);
    /// Queues a piece of work under way (the next piece of a file), which its connection bounds,
    /// before what has not begun; but one job in four is a new one, if any waits.
    void continue_with(std::function<void()> job);
    /// Runs what is queued, then ends the threads.
    void stop();

 private:
    void run();

    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> queue_;
    std::deque<std::function<void()>> continued_;
    int continued_in_turn_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace shu::http
