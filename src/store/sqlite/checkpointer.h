// Moves committed pages from SQLite's log into the database file without holding up the writer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "store/sqlite/connection.h"

namespace shu::store::sqlite {

/// A thread with a connection of its own. While the writer keeps appending, a checkpoint beside it
/// never reaches the log's end, and the log would grow for ever; so after each of them the writer
/// finishes the few pages that came in meanwhile, and starts the log anew.
class Checkpointer {
 public:
    static Result<std::unique_ptr<Checkpointer>> open(const std::string& path,
                                                      std::shared_ptr<const Log> log);
    ~Checkpointer();

    /// The writer calls this after a commit, with the pages now in the log, outside any
    /// transaction.
    void after_commit(Connection& writer, int log_pages);

 private:
    enum class State { kIdle, kAsked, kReadyForWriter };

    Checkpointer(std::unique_ptr<Connection> connection, std::shared_ptr<const Log> log);
    void run();

    std::unique_ptr<Connection> connection_;
    std::shared_ptr<const Log> log_;
    std::atomic<State> state_{State::kIdle};
    int pages_at_last_ = 0;  // the writer's
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace shu::store::sqlite
