// Tells other processes over the same PostgreSQL of commits, and hears of theirs.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "foundation/log.h"
#include "store/commit_signal.h"
#include "store/postgres/connection.h"

namespace shu::store::postgres {

/// A thread with a connection of its own, on channel `shu_commit`. A NOTIFY inside each transaction
/// would make all commits of the server pass one lock, so this thread sends one for all commits of
/// a few milliseconds instead.
class Listener {
 public:
    Listener(PostgresOptions options, CommitSignal& signal, std::shared_ptr<const Log> log);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Something was committed here. From any thread; cheap.
    void announce();

 private:
    void run();
    void wake();
    void connect();
    void wait_for_events(int timeout_ms);
    void hear();
    int send_notice();

    const PostgresOptions options_;
    CommitSignal& signal_;
    std::shared_ptr<const Log> log_;
    std::unique_ptr<Connection> connection_;
    int wake_ = -1;  // an eventfd
    std::atomic<bool> has_news_{false};
    std::atomic<bool> is_stopping_{false};
    std::int64_t last_notice_ms_ = 0;
    bool was_connected_ = true;
    std::thread thread_;
};

}  // namespace shu::store::postgres
