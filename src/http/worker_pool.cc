#include "http/worker_pool.h"

#include <utility>

namespace shu::http {
namespace {
constexpr int kContinuedInTurn = 3;
}

WorkerPool::WorkerPool(int workers, std::size_t queue_max) : queue_max_(queue_max) {
    threads_.reserve(static_cast<std::size_t>(workers));
    for (int i = 0; i < workers; ++i)
        threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
    stop();
}

bool WorkerPool::submit(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(job));
    }
    ready_.notify_one();
    return true;
}

void WorkerPool::continue_with(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        continued_.push_back(std::move(job));
    }
    ready_.notify_one();
}

void WorkerPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void WorkerPool::run() {
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            ready_.wait(lock,
                        [this] { return stopping_ || !queue_.empty() || !continued_.empty(); });
            if (queue_.empty() && continued_.empty()) return;
            // Many large transfers must not keep every other request waiting.
            const bool takes_new =
                continued_.empty() || (!queue_.empty() && continued_in_turn_ >= kContinuedInTurn);
            continued_in_turn_ = takes_new ? 0 : continued_in_turn_ + 1;
            auto& from = takes_new ? queue_ : continued_;
            job = std::move(from.front());
            from.pop_front();
        }
        job();
    }
}

}  // namespace shu::http
