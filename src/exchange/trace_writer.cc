#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "exchange/trace.h"
#include "exchange/trace_frame.h"
#include "foundation/file.h"

namespace shu::exchange {
namespace {

// Ends the records: a zero length. The next batch overwrites it.
constexpr std::string_view kEnd("\0\0\0\0\0\0\0\0", kTraceFrameBytes);

// A sync costs the core about as much as answering two calls, whatever it carries. When calls come
// thick, one begins at most this often and carries more of them; a lone call is synced at once.
constexpr std::chrono::microseconds kSyncInterval{1'000};
constexpr double kThickRecords = 8;  // in that interval

Result<void> write_at(int descriptor, std::string_view bytes, std::int64_t position,
                      const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), position);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file::system_error("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        position += written;
    }
    return {};
}

}  // namespace

TraceWriter::TraceWriter(TraceOptions options, const Clock& clock, Done done,
                         std::shared_ptr<const Log> log)
    : options_(std::move(options)),
      clock_(clock),
      done_(std::move(done)),
      log_(std::move(log)),
      end_{options_.first_segment, 0},
      durable_{options_.first_segment, 0} {
    thread_ = std::thread([this] { run(); });
}

TraceWriter::~TraceWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
    end_segment();
}

void TraceWriter::submit(std::unique_ptr<TraceBatch> batch) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(batch));
        if (waiting_.size() > 1) return;  // the thread is awake or has been woken
    }
    arrived_.notify_one();
}

TracePosition TraceWriter::durable() const {
    const std::lock_guard lock(mutex_);
    return durable_;
}

TraceWriter::Statistics TraceWriter::statistics() const {
    const std::lock_guard lock(mutex_);
    return statistics_;
}

void TraceWriter::run() {
    std::vector<std::unique_ptr<TraceBatch>> batches;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            if (pace_ >= kThickRecords)
                arrived_.wait_until(lock, sync_begun_ + kSyncInterval, [&] { return stopping_; });
            batches.swap(waiting_);
        }
        measure_pace(batches);
        write(batches);
        batches.clear();
    }
}

/// Follows how many records arrive in a sync's interval, over the last dozen syncs.
void TraceWriter::measure_pace(const std::vector<std::unique_ptr<TraceBatch>>& batches) {
    constexpr double kWeight = 1.0 / 12;
    std::int64_t records = 0;
    for (const auto& batch : batches)
        records += batch->count;
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> since = now - std::exchange(sync_begun_, now);
    const double intervals = std::max(since / kSyncInterval, 0.01);
    pace_ += kWeight * (static_cast<double>(records) / intervals - pace_);
}

void TraceWriter::write(std::vector<std::unique_ptr<TraceBatch>>& batches) {
    // A group never crosses the end of a segment, so that a segment can be read by itself.
    const auto room = static_cast<std::size_t>(kTraceHeaderBytes) + kEnd.size();
    std::size_t first = 0;
    while (first < batches.size()) {
        gathered_.clear();
        std::size_t last = first;
        std::int64_t records = 0;
        do {
            gathered_ += batches[last]->records;
            records += batches[last]->count;
            ++last;
        } while (last < batches.size() &&
                 gathered_.size() + batches[last]->records.size() + room <= options_.segment_bytes);
        const Result<void> written = append_gathered();
        {
            const std::lock_guard lock(mutex_);
            ++statistics_.syncs;
            if (written.ok()) {
                durable_ = end_;
                statistics_.records += records;
            } else {
                ++statistics_.failures;
            }
        }
        for (; first < last; ++first)
            done_(std::move(batches[first]), written);
    }
}

Result<void> TraceWriter::append_gathered() {
    gathered_ += kEnd;
    const auto needed = static_cast<std::int64_t>(gathered_.size());
    if (descriptor_ >= 0 &&
        end_.position + needed > static_cast<std::int64_t>(options_.segment_bytes))
        end_segment();
    if (descriptor_ < 0) SHU_CHECK(begin_segment());
    Result<void> result = write_at(descriptor_, gathered_, end_.position, path_);
    if (result.ok() && ::fdatasync(descriptor_) != 0)
        result = file::system_error("sync", path_, errno);
    if (!result.ok()) {
        log_->error("the trace cannot be written; the gateway refuses calls until it can",
                    {{"reason", result.error().detail}});
        // What the kernel has of these pages is unknown after a failure, so nothing more goes into
        // this segment; and records that were refused must not be read back as if they had been
        // answered.
        (void)::ftruncate(descriptor_, end_.position);
        end_segment();
        return result;
    }
    end_.position += needed - static_cast<std::int64_t>(kEnd.size());
    return {};
}

Result<void> TraceWriter::begin_segment() {
    const std::int64_t number = end_.segment;
    path_ = trace_segment_path(options_, number);
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return file::system_error("create", path_, errno);
    const std::string header = to_bytes({.node = static_cast<std::uint32_t>(options_.node),
                                         .segment = number,
                                         .created_at = clock_.now()});
    Result<void> result;
    if (const int failed =
            ::posix_fallocate(descriptor_, 0, static_cast<off_t>(options_.segment_bytes));
        failed != 0)
        result = file::system_error("reserve room for", path_, failed);
    if (result.ok()) result = write_at(descriptor_, header, 0, path_);
    if (result.ok() && ::fsync(descriptor_) != 0) result = file::system_error("sync", path_, errno);
    if (result.ok()) result = file::sync_folder(options_.folder);
    if (!result.ok()) {
        ::close(descriptor_);
        descriptor_ = -1;
        ::unlink(path_.c_str());
        log_->error("no new trace segment; the gateway refuses calls until there is one",
                    {{"reason", result.error().detail}});
        return result;
    }
    end_ = {number, kTraceHeaderBytes};
    return {};
}

void TraceWriter::end_segment() {
    if (descriptor_ < 0) return;
    // Gives the room that was not needed back; all records are synced already.
    (void)::ftruncate(descriptor_, end_.position);
    ::close(descriptor_);
    descriptor_ = -1;
    end_ = {end_.segment + 1, 0};
}

}  // namespace shu::exchange
