// Tells the listeners of this process how a batch goes on.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/message.h"

namespace shu::record {

/// All members may be called from any thread.
class BatchBroadcast {
 public:
    void listen(std::int64_t batch, std::shared_ptr<http::EventSink> sink) {
        const std::lock_guard lock(mutex_);
        sinks_[batch].push_back(std::move(sink));
    }

    bool has_listeners(std::int64_t batch) const {
        const std::lock_guard lock(mutex_);
        return sinks_.contains(batch);
    }

    /// Sends event "batch" to the batch's listeners and forgets those that have gone.
    void send(std::int64_t batch, const std::string& data) {
        const std::lock_guard lock(mutex_);
        const auto found = sinks_.find(batch);
        if (found == sinks_.end()) return;
        std::erase_if(found->second, [&](const auto& sink) { return !sink->send("batch", data); });
        if (found->second.empty()) sinks_.erase(found);
    }

    /// After the last event: closes the streams.
    void finish(std::int64_t batch) {
        const std::lock_guard lock(mutex_);
        sinks_.erase(batch);
    }

 private:
    mutable std::mutex mutex_;
    std::map<std::int64_t, std::vector<std::shared_ptr<http::EventSink>>> sinks_;
};

}  // namespace shu::record
