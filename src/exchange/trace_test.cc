#include "exchange/trace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "exchange/crc32c.h"
#include "foundation/file.h"

namespace shu::exchange {
namespace {

struct NumberedBatch final : TraceBatch {};

/// Writes batches and waits until they are on disk.
class Trace {
 public:
    explicit Trace(TraceOptions options) {
        writer_ = std::make_unique<TraceWriter>(
            std::move(options), clock_,
            [this](std::unique_ptr<TraceBatch>, const Result<void>& result) {
                const std::lock_guard lock(mutex_);
                results_.push_back(result);
                done_.notify_all();
            },
            Log::none());
    }
    Result<void> write(const std::vector<std::string>& payloads) {
        auto batch = std::make_unique<NumberedBatch>();
        for (const std::string& payload : payloads)
            append_trace_record(batch->records, payload);
        batch->count = static_cast<std::int64_t>(payloads.size());
        std::unique_lock lock(mutex_);
        const std::size_t wanted = results_.size() + 1;
        lock.unlock();
        writer_->submit(std::move(batch));
        lock.lock();
        done_.wait(lock, [&] { return results_.size() == wanted; });
        return results_.back();
    }
    TraceWriter& writer() { return *writer_; }

 private:
    SystemClock clock_;
    std::mutex mutex_;
    std::condition_variable done_;
    std::vector<Result<void>> results_;
    std::unique_ptr<TraceWriter> writer_;
};

class TraceTest : public ::testing::Test {
 protected:
    TraceTest() {
        std::string folder = (std::filesystem::temp_directory_path() / "shu-trace.XXXXXX").string();
        options.folder = ::mkdtemp(folder.data());
        options.node = 7;
    }
    ~TraceTest() override { std::filesystem::remove_all(options.folder); }

    std::vector<std::string> payloads(std::int64_t segment) {
        std::vector<std::string> found;
        const auto end =
            read_trace(options, {segment, 0}, 0, [&](const TraceRecord& record) -> Result<bool> {
                found.emplace_back(record.payload);
                return true;
            });
        EXPECT_TRUE(end.ok()) << end.error().detail;
        return found;
    }
    std::vector<std::int64_t> segments() { return trace_segments(options).value(); }
    std::string path(std::int64_t segment) { return trace_segment_path(options, segment); }

    TraceOptions options;
};

TEST_F(TraceTest, crc32c_has_the_published_values) {
    EXPECT_EQ(crc32c("123456789"), 0xe3069283u);            // the check value
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720 B.4
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST_F(TraceTest, crc32c_is_the_same_on_every_processor_and_in_pieces) {
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(crc32c(bytes), crc32c_by_tables(bytes)) << i;
        EXPECT_EQ(crc32c(std::string_view(bytes).substr(bytes.size() / 3),
                         crc32c(std::string_view(bytes).substr(0, bytes.size() / 3))),
                  crc32c(bytes));
        bytes += static_cast<char>(i * 37);
    }
}

TEST_F(TraceTest, what_was_written_is_read_back_in_order) {
    {
        Trace trace(options);
        SHU_ASSERT(trace.write({"one", "two"}).ok());
        SHU_ASSERT(trace.write({std::string(limits::trace_record_bytes_max, 'x')}).ok());
    }
    EXPECT_EQ(payloads(1), (std::vector<std::string>{
                               "one", "two", std::string(limits::trace_record_bytes_max, 'x')}));
    EXPECT_EQ(trace_segments(options).value(), std::vector<std::int64_t>{1});
}

TEST_F(TraceTest, a_full_segment_is_followed_by_the_next) {
    options.segment_bytes = 1'000;
    {
        Trace trace(options);
        for (int i = 0; i < 20; ++i)
            SHU_ASSERT(trace.write({std::string(300, static_cast<char>('a' + i))}).ok());
    }
    std::size_t records = 0;
    for (const std::int64_t segment : segments()) {
        const auto found = payloads(segment);
        EXPECT_LE(std::filesystem::file_size(path(segment)), 1'000u);
        records += found.size();
    }
    EXPECT_EQ(records, 20u);
}

TEST_F(TraceTest, reading_stops_where_it_is_told_and_goes_on_from_there) {
    {
        Trace trace(options);
        SHU_ASSERT(trace.write({"one", "two", "three"}).ok());
    }
    std::vector<std::string> found;
    auto stop = read_trace(options, {1, 0}, 0, [&](const TraceRecord& record) -> Result<bool> {
        found.emplace_back(record.payload);
        return false;
    });
    ASSERT_TRUE(stop.ok());
    SHU_ASSERT(read_trace(options, *stop, 0, [&](const TraceRecord& record) -> Result<bool> {
                   found.emplace_back(record.payload);
                   return true;
               }).ok());
    EXPECT_EQ(found, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(TraceTest, every_torn_length_of_the_last_record_is_cut_and_the_others_stay) {
    std::string whole;
    {
        Trace trace(options);
        SHU_ASSERT(trace.write({"first", "second"}).ok());
    }
    whole = file::read(path(1), 1'000'000).value();
    const std::size_t last = kTraceFrameBytes + 6;
    for (std::size_t cut = 1; cut <= last; ++cut) {
        std::ofstream(path(1), std::ios::binary | std::ios::trunc)
            << whole.substr(0, whole.size() - cut) << std::string(100, '\0');
        const auto torn = cut_trace_tail(options, {1, 0});
        ASSERT_TRUE(torn.ok()) << torn.error().detail;
        EXPECT_EQ(payloads(1), std::vector<std::string>{"first"}) << cut;
        EXPECT_EQ(std::filesystem::file_size(path(1)), whole.size() - last);
    }
}

TEST_F(TraceTest, a_flipped_bit_anywhere_in_a_record_ends_the_reading_there) {
    {
        Trace trace(options);
        SHU_ASSERT(trace.write({"first", "second"}).ok());
    }
    const std::string whole = file::read(path(1), 1'000'000).value();
    for (std::size_t at = whole.size() - kTraceFrameBytes - 6; at < whole.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string bent = whole;
            bent[at] = static_cast<char>(bent[at] ^ (1 << bit));
            std::ofstream(path(1), std::ios::binary | std::ios::trunc) << bent;
            ASSERT_EQ(payloads(1), std::vector<std::string>{"first"}) << at << " bit " << bit;
        }
}

TEST_F(TraceTest, a_file_that_is_no_segment_or_another_nodes_is_refused) {
    {
        Trace trace(options);
        SHU_ASSERT(trace.write({"one"}).ok());
    }
    const auto ignore = [](const TraceRecord&) -> Result<bool> { return true; };
    std::filesystem::rename(path(1), path(2));
    EXPECT_EQ(read_trace(options, {2, 0}, 0, ignore).error().code, Code::kCorrupt);
    std::ofstream(path(2), std::ios::binary | std::ios::trunc) << std::string(200, 'x');
    EXPECT_EQ(read_trace(options, {2, 0}, 0, ignore).error().code, Code::kCorrupt);
    EXPECT_EQ(read_trace(options, {9, 0}, 0, ignore).error().code, Code::kNotFound);
}

// A process of its own would be cleaner, but the limit can be lifted again.
TEST_F(TraceTest, a_disk_without_room_fails_the_batch_and_the_trace_goes_on_when_there_is_room) {
    ::signal(SIGXFSZ, SIG_IGN);
    options.segment_bytes = 100'000;
    Trace trace(options);
    SHU_ASSERT(trace.write({"before"}).ok());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 4'096;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto refused = trace.write({std::string(5'000, 'x')});
    const auto refused_again = trace.write({"again"});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(refused.ok() ? Code::kInvalid : refused.error().code, Code::kUnavailable);
    EXPECT_EQ(refused_again.ok() ? Code::kInvalid : refused_again.error().code, Code::kUnavailable);
    EXPECT_TRUE(trace.write({"after"}).ok());
    std::vector<std::string> all;
    for (const std::int64_t segment : segments())
        for (const std::string& payload : payloads(segment))
            all.push_back(payload);
    EXPECT_EQ(all, (std::vector<std::string>{"before", "after"}));
}

}  // namespace
}  // namespace shu::exchange
