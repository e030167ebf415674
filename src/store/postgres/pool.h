// The connections of a process to PostgreSQL.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/postgres/connection.h"

namespace shu::store::postgres {

/// Lends connections, opened when first needed, the one used last first. A broken one is not lent
/// again.
class Pool {
 public:
    explicit Pool(PostgresOptions options);

    class Lease {
     public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection)
            : pool_(&pool), connection_(std::move(connection)) {}
        ~Lease();
        Lease(Lease&& other) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        Connection& operator*() { return *connection_; }
        Connection* operator->() { return connection_.get(); }

     private:
        Pool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    /// Errors: Exhausted when too many wait, Unavailable.
    Result<Lease> borrow();

    std::int64_t waiting() const;

 private:
    void give_back(std::unique_ptr<Connection> connection);
    void close_one();

    const PostgresOptions options_;
    const std::size_t connections_max_;
    mutable std::mutex mutex_;
    std::condition_variable given_back_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;  // idle, lent and being opened
    std::size_t waiting_ = 0;
};

}  // namespace shu::store::postgres
