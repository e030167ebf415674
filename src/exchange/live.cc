#include "exchange/live.h"

#include <algorithm>
#include <bit>

#include "exchange/json_text.h"

namespace shu::exchange {
namespace {

constexpr int kStepBits = 3;  // eight buckets to each doubling

std::size_t bucket_of(std::int64_t us) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0));
    if (value < (1u << kStepBits)) return static_cast<std::size_t>(value);
    const int doubling = static_cast<int>(std::bit_width(value)) - 1 - kStepBits;
    const auto step = (value >> doubling) & ((1u << kStepBits) - 1);
    return std::min<std::size_t>(255,
                                 ((static_cast<std::size_t>(doubling) + 1) << kStepBits) + step);
}

std::int64_t middle_of(std::size_t bucket) {
    if (bucket < (1u << kStepBits)) return static_cast<std::int64_t>(bucket);
    const std::size_t doubling = (bucket >> kStepBits) - 1;
    const std::size_t step = bucket & ((1u << kStepBits) - 1);
    const auto low = static_cast<std::int64_t>(((std::size_t{1} << kStepBits) + step) << doubling);
    return low + (std::int64_t{1} << doubling) / 2;
}

}  // namespace

void DurationHistogram::add(std::int64_t us) {
    ++buckets_[bucket_of(us)];
    ++count_;
}

std::int64_t DurationHistogram::percentile(double share) const {
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(count_));
    std::int64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen > wanted) return middle_of(bucket);
    }
    return 0;
}

void DurationHistogram::clear() {
    buckets_.fill(0);
    count_ = 0;
}

std::string SecondFigures::json() const {
    std::string out = "{\"at\":";
    append_json_text(out, to_rfc3339(at));
    append_member(out, "calls", calls);
    append_member(out, "answered", answered);
    append_member(out, "refused", refused);
    append_member(out, "p50_us", p50_us);
    append_member(out, "p99_us", p99_us);
    append_member(out, "rows", rows);
    return out + '}';
}

void Live::add(const std::vector<Figure>& figures) {
    const std::lock_guard lock(mutex_);
    for (const Figure& figure : figures) {
        durations_.add(figure.duration_us);
        ++second_.calls;
        ++(figure.answered ? second_.answered : second_.refused);
        ++(figure.answered ? answered_ : refused_);
        second_.rows += figure.rows;
    }
}

bool Live::wants_call() const {
    const std::lock_guard lock(mutex_);
    return !sinks_.empty() && shown_ < limits::live_calls_per_second;
}

void Live::show(CallId id, std::string_view record, std::string_view call_json) {
    const std::lock_guard lock(mutex_);
    ++shown_;
    shown_calls_.emplace_back(id, record);
    if (shown_calls_.size() > limits::live_calls_kept) shown_calls_.pop_front();
    send("call", call_json);
}

std::optional<std::string> Live::shown(CallId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(shown_calls_, id, &std::pair<CallId, std::string>::first);
    if (found == shown_calls_.end()) return std::nullopt;
    return found->second;
}

void Live::listen(std::shared_ptr<http::EventSink> sink) {
    const std::lock_guard lock(mutex_);
    sinks_.push_back(std::move(sink));
}

SecondFigures Live::tick(Micros now) {
    const std::lock_guard lock(mutex_);
    SecondFigures figures = second_;
    figures.at = now;
    figures.p50_us = durations_.percentile(0.50);
    figures.p99_us = durations_.percentile(0.99);
    send("second", figures.json());
    second_ = {};
    durations_.clear();
    shown_ = 0;
    return figures;
}

void Live::send(std::string_view event, std::string_view data) {
    std::erase_if(sinks_, [&](const std::shared_ptr<http::EventSink>& sink) {
        return !sink->send(event, data);
    });
}

std::int64_t Live::answered() const {
    const std::lock_guard lock(mutex_);
    return answered_;
}

std::int64_t Live::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

}  // namespace shu::exchange
