// The trace of gateway calls: append-only segment files, on disk before any answer is sent.
// docs/format/trace.md.
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "foundation/clock.h"
#include "foundation/limits.h"
#include "foundation/log.h"
#include "foundation/result.h"

namespace shu::exchange {

/// A place in a node's trace: the byte at which a record begins.
struct TracePosition {
    std::int64_t segment = 0;
    std::int64_t position = 0;
    friend auto operator<=>(const TracePosition&, const TracePosition&) = default;
};

inline constexpr std::int64_t kTraceHeaderBytes = 64;
inline constexpr std::size_t kTraceFrameBytes = 8;

/// Appends one framed record to `out`.
void append_trace_record(std::string& out, std::string_view payload);
/// The same in place: `out` has kTraceFrameBytes of room at `frame` and the payload behind it.
void seal_trace_frame(std::string& out, std::size_t frame);

/// What is written with one sync. The caller derives what it needs to be told afterwards.
struct TraceBatch {
    virtual ~TraceBatch() = default;
    std::string records;  ///< framed
    std::int64_t count = 0;
};

struct TraceOptions {
    std::string folder;
    int node = 0;
    std::size_t segment_bytes = limits::trace_segment_bytes;
    /// Where old segments are moved to, and read from when they are asked for; empty: nowhere.
    std::string archive_folder = {};
    /// The first segment that may be written; those before it have been written already.
    std::int64_t first_segment = 1;
};

/// Appends batches, one sync at a time: what arrives while a sync is under way goes with the next
/// one.
class TraceWriter {
 public:
    /// Told of each batch, in the order of writing, on the writer's thread: on disk, or why not
    /// (then none of its records counts).
    using Done = std::function<void(std::unique_ptr<TraceBatch>, const Result<void>&)>;

    /// Starts the thread. The first segment is made with the first batch.
    TraceWriter(TraceOptions options, const Clock& clock, Done done,
                std::shared_ptr<const Log> log);
    /// Writes what is waiting, then ends the last segment.
    ~TraceWriter();
    TraceWriter(const TraceWriter&) = delete;
    TraceWriter& operator=(const TraceWriter&) = delete;

    void submit(std::unique_ptr<TraceBatch> batch);

    /// Everything before it is on disk.
    TracePosition durable() const;

    struct Statistics {
        std::int64_t syncs = 0;
        std::int64_t records = 0;
        std::int64_t failures = 0;
    };
    Statistics statistics() const;

 private:
    void run();
    void measure_pace(const std::vector<std::unique_ptr<TraceBatch>>& batches);
    void write(std::vector<std::unique_ptr<TraceBatch>>& batches);
    Result<void> append_gathered();
    Result<void> begin_segment();
    void end_segment();

    const TraceOptions options_;
    const Clock& clock_;
    const Done done_;
    const std::shared_ptr<const Log> log_;
    int descriptor_ = -1;  // of the writer's thread
    std::string path_;
    TracePosition end_;
    std::string gathered_;
    std::chrono::steady_clock::time_point sync_begun_{};
    double pace_ = 0;  ///< records in a sync's interval

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::unique_ptr<TraceBatch>> waiting_;
    bool stopping_ = false;
    TracePosition durable_;
    Statistics statistics_;
    std::thread thread_;
};

/// One record as it stands in a segment.
struct TraceRecord {
    TracePosition at;
    TracePosition next;
    std::string_view payload;  ///< valid until the visitor returns
};

/// Visits the records from `from` on, in one segment, before byte `end` (0: all that are whole).
/// Returns where it stopped: the first place without a whole, undamaged record. `visit` may stop by
/// returning false. A segment that is not in the folder is read from the archive's. Errors:
/// NotFound without the file, Corrupt when it is not a segment of that node and number,
/// Unavailable.
using TraceVisitor = std::function<Result<bool>(const TraceRecord&)>;
Result<TracePosition> read_trace(const TraceOptions& options, TracePosition from, std::int64_t end,
                                 const TraceVisitor& visit);

/// Numbers of this node's segments, ascending.
Result<std::vector<std::int64_t>> trace_segments(const TraceOptions& options);
/// The first segment behind `segment` and not behind `last`; nullopt if there is none.
Result<std::optional<std::int64_t>> trace_segment_after(const TraceOptions& options,
                                                        std::int64_t segment, std::int64_t last);
/// When the segment was begun.
Result<Micros> trace_segment_created(const TraceOptions& options, std::int64_t segment);
std::string trace_segment_path(const TraceOptions& options, std::int64_t segment);
std::string trace_archive_path(const TraceOptions& options, std::int64_t segment);

/// From `at` to the last byte that is not zero: 0 behind the last record of a whole segment.
/// Errors: NotFound without the file, Unavailable.
Result<std::int64_t> trace_tail_bytes(const TraceOptions& options, TracePosition at);

/// Cuts what stands behind the last whole record of the segment (a torn tail, or preallocated
/// room), looking from `from` on: what is before has been sealed. Returns the bytes of a record
/// begun but not finished, which are kept beside in `<segment>.cut`: 0 after an orderly end.
Result<std::int64_t> cut_trace_tail(const TraceOptions& options, TracePosition from);

}  // namespace shu::exchange
