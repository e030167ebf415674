#include "store/sqlite/reader_pool.h"

#include <algorithm>
#include <functional>
#include <thread>

namespace shu::store::sqlite {
namespace {

// Where this thread looks first. Only a hint, so one for all databases of the process is enough.
std::size_t& preferred_slot() {
    thread_local std::size_t slot = std::hash<std::thread::id>{}(std::this_thread::get_id());
    return slot;
}

}  // namespace

Result<std::unique_ptr<ReaderPool>> ReaderPool::open(const std::string& path, int readers) {
    std::unique_ptr<ReaderPool> pool(
        new ReaderPool(static_cast<std::size_t>(std::max(readers, 1))));
    for (Slot& slot : pool->slots_)
        slot.connection = SHU_TRY(Connection::open(path, Access::kRead));
    return pool;
}

ReaderPool::Slot* ReaderPool::try_borrow(std::size_t first) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        Slot& slot = slots_[(first + i) % slots_.size()];
        if (!slot.is_lent.load(std::memory_order_relaxed) && !slot.is_lent.exchange(true))
            return &slot;
    }
    return nullptr;
}

ReaderPool::Slot& ReaderPool::borrow() {
    std::size_t& preferred = preferred_slot();
    Slot* slot = try_borrow(preferred);
    if (slot == nullptr) {
        // Whoever gives back after waiting_ has risen takes the mutex and notifies, so no return is
        // missed.
        std::unique_lock lock(mutex_);
        waiting_.fetch_add(1);
        given_back_.wait(lock, [&] { return (slot = try_borrow(preferred)) != nullptr; });
        waiting_.fetch_sub(1);
    }
    preferred = static_cast<std::size_t>(slot - slots_.data());
    return *slot;
}

void ReaderPool::give_back(Slot& slot) {
    slot.is_lent.store(false);
    if (waiting_.load() == 0) return;
    const std::lock_guard lock(mutex_);
    given_back_.notify_one();
}

Result<void> ReaderPool::read(const Database::Work& work) {
    Slot& slot = borrow();
    Connection& connection = *slot.connection;
    Result<void> result = connection.control(Connection::Control::kBegin);
    if (result.ok()) {
        result = connection.run(work);
        Result<void> ended = connection.is_idle()
                                 ? Result<void>()
                                 : connection.control(Connection::Control::kCommit);
        if (!ended.ok()) {
            if (!connection.is_idle()) (void)connection.control(Connection::Control::kRollback);
            if (result.ok()) result = std::move(ended);
        }
    }
    give_back(slot);
    return result;
}

}  // namespace shu::store::sqlite
