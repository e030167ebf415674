// The read connections of a SQLite database.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/connection.h"

namespace shu::store::sqlite {

/// Lends a thread the connection that it used last when that is free, else any other; waits when
/// all are lent.
class ReaderPool {
 public:
    static Result<std::unique_ptr<ReaderPool>> open(const std::string& path, int readers);

    Result<void> read(const Database::Work& work);

 private:
    struct alignas(64) Slot {
        std::atomic<bool> is_lent{false};
        std::unique_ptr<Connection> connection;
    };

    explicit ReaderPool(std::size_t readers) : slots_(readers) {}
    Slot& borrow();
    Slot* try_borrow(std::size_t first);
    void give_back(Slot& slot);

    std::vector<Slot> slots_;
    std::atomic<int> waiting_{0};
    std::mutex mutex_;
    std::condition_variable given_back_;
};

}  // namespace shu::store::sqlite
