#include "store/sqlite/checkpointer.h"

namespace shu::store::sqlite {

Result<std::unique_ptr<Checkpointer>> Checkpointer::open(const std::string& path,
                                                         std::shared_ptr<const Log> log) {
    std::unique_ptr<Connection> connection = SHU_TRY(Connection::open(path, Access::kWrite));
    return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(connection), std::move(log)));
}

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection, std::shared_ptr<const Log> log)
    : connection_(std::move(connection)), log_(std::move(log)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Checkpointer::after_commit(Connection& writer, int log_pages) {
    switch (state_.load()) {
        case State::kIdle: {
            if (log_pages < pages_at_last_) pages_at_last_ = 0;  // the log has started anew
            if (log_pages - pages_at_last_ < limits::sqlite_checkpoint_pages) return;
            pages_at_last_ = log_pages;
            const std::lock_guard lock(mutex_);
            state_.store(State::kAsked);
            changed_.notify_one();
            return;
        }
        case State::kAsked: return;
        case State::kReadyForWriter: {
            Result<void> finished = writer.checkpoint();
            if (!finished.ok())
                log_->warning("the log could not be moved", {{"reason", finished.error().detail}});
            pages_at_last_ = log_pages;
            state_.store(State::kIdle);
            return;
        }
    }
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return is_stopping_ || state_.load() == State::kAsked; });
        if (is_stopping_) return;
        lock.unlock();
        Result<void> moved = connection_->checkpoint();
        if (!moved.ok())
            log_->warning("the log could not be moved", {{"reason", moved.error().detail}});
        lock.lock();
        state_.store(State::kReadyForWriter);
    }
}

}  // namespace shu::store::sqlite
