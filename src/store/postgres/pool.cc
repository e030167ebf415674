#include "store/postgres/pool.h"

#include <algorithm>

namespace shu::store::postgres {

Pool::Pool(PostgresOptions options)
    : options_(std::move(options)),
      connections_max_(std::clamp(static_cast<std::size_t>(std::max(options_.connections, 1)),
                                  std::size_t{1}, limits::postgres_connections_max)) {}

Pool::Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
}

std::int64_t Pool::waiting() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(waiting_);
}

Result<Pool::Lease> Pool::borrow() {
    std::unique_lock lock(mutex_);
    if (idle_.empty() && open_ >= connections_max_) {
        if (waiting_ >= options_.queue_max) {
            return exhausted(std::to_string(waiting_) +
                             " calls are waiting for the database already; try again later");
        }
        ++waiting_;
        given_back_.wait(lock, [&] { return !idle_.empty() || open_ < connections_max_; });
        --waiting_;
    }
    if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(connection));
    }
    ++open_;
    lock.unlock();
    auto connected = Connection::open(options_);
    if (!connected.ok()) {
        close_one();
        return std::move(connected).error();
    }
    return Lease(*this, std::move(*connected));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    if (connection->is_broken()) {
        connection.reset();
        return close_one();
    }
    {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(connection));
    }
    given_back_.notify_one();
}

void Pool::close_one() {
    {
        const std::lock_guard lock(mutex_);
        --open_;
    }
    given_back_.notify_one();
}

}  // namespace shu::store::postgres
