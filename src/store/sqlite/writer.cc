#include "store/sqlite/writer.h"

#include <algorithm>

namespace shu::store::sqlite {
namespace {

using Control = Connection::Control;

int remember_log_pages(void* pages, sqlite3* /*connection*/, const char* /*database*/, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Checkpointer> checkpointer,
               std::size_t queue_max, CommitSignal& signal)
    : connection_(std::move(connection)),
      checkpointer_(std::move(checkpointer)),
      queue_max_(queue_max),
      signal_(signal) {
    sqlite3_wal_hook(connection_->raw(), remember_log_pages, &log_pages_);
    thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    arrived_.notify_all();
    thread_.join();
}

Result<void> Writer::write(const Database::Work& work) {
    Request request{&work, 0, {}};
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        request.lane = lane_;
        if (queue_.size() >= queue_max_) {
            return exhausted(std::to_string(queue_.size()) +
                             " writes are waiting already; try again later");
        }
        queue_.push_back(&request);
        wakes = awaited_ != 0 && queue_.size() >= awaited_;
        if (wakes) awaited_ = 0;
    }
    if (wakes) arrived_.notify_one();
    std::atomic<std::uint32_t>& finished = finished_[request.lane];
    while (true) {
        const std::uint32_t seen = finished.load(std::memory_order_acquire);
        if (request.is_done.load(std::memory_order_acquire)) return std::move(request.result);
        finished.wait(seen, std::memory_order_acquire);
    }
}

Database::Statistics Writer::statistics() const {
    const std::lock_guard lock(mutex_);
    return {.transactions = transactions_.load(),
            .syncs = syncs_.load(),
            .retries = retries_.load(),
            .waiting = static_cast<std::int64_t>(queue_.size())};
}

void Writer::run() {
    while (true) {
        Group group = next_group();
        if (group.empty()) return;
        last_group_ = group.size();
        commit(std::move(group));
    }
}

// Waits for a first request; then, because those who were just released are about to come again, a
// little for as many as there were last time: at most as long as the sync takes that a fuller group
// saves.
Writer::Group Writer::next_group() {
    std::unique_lock lock(mutex_);
    awaited_ = queue_.empty() ? 1 : 0;
    arrived_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
    if (queue_.size() < last_group_ && !is_stopping_) {
        awaited_ = last_group_;
        const auto patience = std::min<std::chrono::nanoseconds>(
            commit_time_, std::chrono::microseconds(limits::write_gather_us_max));
        arrived_.wait_for(lock, patience,
                          [&] { return is_stopping_ || queue_.size() >= last_group_; });
    }
    awaited_ = 0;
    Group group;
    while (!queue_.empty() && group.size() < limits::write_group_max) {
        group.push_back(queue_.front());
        queue_.pop_front();
    }
    lane_ = 1 - lane_;
    return group;
}

// Each round settles at least one request.
void Writer::commit(Group group) {
    while (!group.empty()) {
        Result<void> begun = connection_->control(Control::kBeginImmediate);
        if (!begun.ok()) {
            for (Request* request : group)
                request->result = begun;
            return finish(group);
        }
        if (!run_works(group)) continue;
        const bool has_changes =
            std::ranges::any_of(group, [](const Request* r) { return r->result.ok(); });
        if (!has_changes) {
            (void)connection_->control(Control::kRollback);
            return finish(group);
        }
        const auto start = std::chrono::steady_clock::now();
        Result<void> committed = connection_->control(Control::kCommit);
        if (committed.ok()) {
            commit_time_ = (commit_time_ * 7 + (std::chrono::steady_clock::now() - start)) / 8;
            syncs_.fetch_add(1);
            finish(group);
            return checkpointer_->after_commit(*connection_, log_pages_);
        }
        if (!connection_->is_idle()) (void)connection_->control(Control::kRollback);
        if (committed.error().code == Code::kConflict && group.size() > 1) {
            // A deferred constraint of one of them: only alone can it be told which.
            retries_.fetch_add(static_cast<std::int64_t>(group.size()));
            for (Request* request : group)
                commit({request});
            return;
        }
        for (Request* request : group) {
            if (request->result.ok()) request->result = committed;
        }
        return finish(group);
    }
}

// False when a failure (a full disk, say) took the whole transaction back: its request is settled
// and taken out of the group, the others are to run again.
bool Writer::run_works(Group& group) {
    for (std::size_t i = 0; i < group.size(); ++i) {
        run_work(*group[i], group.size() == 1);
        if (!connection_->is_idle()) continue;
        Group broken{group[i]};
        group.erase(group.begin() + static_cast<std::ptrdiff_t>(i));
        if (broken[0]->result.ok())
            broken[0]->result = unavailable("the transaction was taken back by the database");
        retries_.fetch_add(static_cast<std::int64_t>(group.size()));
        finish(broken);
        return false;
    }
    return true;
}

void Writer::run_work(Request& request, bool alone) {
    if (alone) {
        request.result = connection_->run(*request.work);
        return;
    }
    Result<void> saved = connection_->control(Control::kSavepoint);
    if (!saved.ok()) {
        request.result = std::move(saved);
        return;
    }
    request.result = connection_->run(*request.work);
    if (connection_->is_idle()) return;
    Result<void> undone;
    if (!request.result.ok()) undone = connection_->control(Control::kRollbackTo);
    if (undone.ok()) undone = connection_->control(Control::kRelease);
    if (!undone.ok()) {
        if (request.result.ok()) request.result = std::move(undone);
        (void)connection_->control(Control::kRollback);
    }
}

void Writer::finish(Group& group) {
    std::int64_t committed = 0;
    for (const Request* request : group)
        committed += request->result.ok() ? 1 : 0;
    if (committed > 0) {
        transactions_.fetch_add(committed);
        signal_.raise();
    }
    std::array<bool, 2> is_awaited{};
    for (Request* request : group) {
        is_awaited[request->lane] = true;
        // Its thread may end with the request as soon as the flag is set.
        request->is_done.store(true, std::memory_order_release);
    }
    for (std::size_t lane = 0; lane < finished_.size(); ++lane) {
        if (!is_awaited[lane]) continue;
        finished_[lane].fetch_add(1, std::memory_order_release);
        finished_[lane].notify_all();
    }
}

}  // namespace shu::store::sqlite
