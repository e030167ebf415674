// The gateway as it is now: figures of each second, and a sample of the calls, for the pages that
// watch.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/call.h"
#include "foundation/clock.h"
#include "foundation/limits.h"
#include "http/message.h"

namespace shu::exchange {

/// Durations by logarithmic buckets, eight to each doubling: a percentile is right to about 9 %.
/// Not thread-safe.
class DurationHistogram {
 public:
    void add(std::int64_t us);
    std::int64_t percentile(double share) const;  ///< 0 if empty
    std::int64_t count() const { return count_; }
    void clear();

 private:
    std::array<std::uint32_t, 256> buckets_{};
    std::int64_t count_ = 0;
};

struct SecondFigures {
    Micros at = 0;
    std::int64_t calls = 0;
    std::int64_t answered = 0;
    std::int64_t refused = 0;
    std::int64_t rows = 0;
    std::int64_t p50_us = 0;
    std::int64_t p99_us = 0;
    std::string json() const;
};

/// Thread-safe.
class Live {
 public:
    struct Figure {
        std::int64_t duration_us = 0;
        std::int64_t rows = 0;
        bool answered = false;
    };
    /// Counts one turn's calls.
    void add(const std::vector<Figure>& figures);
    /// True when a listener waits and this second's sample has room; then pass the call's trace
    /// record and its JSON to show().
    bool wants_call() const;
    void show(CallId id, std::string_view record, std::string_view call_json);
    /// The trace record of a call shown lately, which may not be sealed and indexed yet.
    std::optional<std::string> shown(CallId id) const;

    void listen(std::shared_ptr<http::EventSink> sink);
    /// Ends the second: sends its figures and begins the next.
    SecondFigures tick(Micros now);

    std::int64_t answered() const;
    std::int64_t refused() const;

 private:
    void send(std::string_view event, std::string_view data);

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<http::EventSink>> sinks_;
    DurationHistogram durations_;
    SecondFigures second_;
    int shown_ = 0;
    std::deque<std::pair<CallId, std::string>> shown_calls_;  ///< newest last
    std::int64_t answered_ = 0;
    std::int64_t refused_ = 0;
};

}  // namespace shu::exchange
