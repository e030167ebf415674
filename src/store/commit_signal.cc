#include "store/commit_signal.h"

#include <chrono>
#include <utility>
#include <vector>

namespace shu::store {
namespace {

constexpr std::size_t kSignalsPerThreadMax = 16;

// What this thread saw last of each signal. A signal's count starts at an instant's number, so a
// new signal at an old address is not mistaken for the old one.
std::uint64_t& last_seen_of(const CommitSignal* signal) {
    thread_local std::vector<std::pair<const CommitSignal*, std::uint64_t>> seen;
    for (auto& [known, count] : seen) {
        if (known == signal) return count;
    }
    if (seen.size() >= kSignalsPerThreadMax) seen.erase(seen.begin());
    return seen.emplace_back(signal, 0).second;
}

std::uint64_t starting_count() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace

CommitSignal::CommitSignal() : count_(starting_count()) {}

void CommitSignal::raise() {
    count_.fetch_add(1);
    if (waiting_.load() == 0) return;
    const std::lock_guard lock(mutex_);
    raised_.notify_all();
}

void CommitSignal::wait(int timeout_ms) {
    std::uint64_t& seen = last_seen_of(this);
    if (count_.load() == seen) {
        waiting_.fetch_add(1);
        std::unique_lock lock(mutex_);
        raised_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                         [&] { return count_.load() != seen; });
        waiting_.fetch_sub(1);
    }
    seen = count_.load();
}

}  // namespace shu::store
