#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "exchange/trace.h"
#include "exchange/trace_frame.h"
#include "foundation/file.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kReadBytes = 256 * limits::kKiB;
static_assert(kReadBytes > limits::trace_record_bytes_max + kTraceFrameBytes);

class File {
 public:
    File(const std::string& path, int flags)
        : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }

    /// Reads up to `bytes_max` at `position` into `out`.
    Result<void> read(std::string& out, std::int64_t position,
                      std::size_t bytes_max = kReadBytes) const {
        out.resize(bytes_max);
        ssize_t got = 0;
        do
            got = ::pread(descriptor_, out.data(), out.size(), position);
        while (got < 0 && errno == EINTR);
        if (got < 0) return file::system_error("read", path_, errno);
        out.resize(static_cast<std::size_t>(got));
        return {};
    }

 private:
    const std::string& path_;
    int descriptor_;
};

Result<TraceHeader> header_of(const File& file, const std::string& path,
                              const TraceOptions& options, std::int64_t segment) {
    if (!file.is_open())
        return errno == ENOENT ? not_found("there is no trace segment " + path)
                               : file::system_error("open", path, errno);
    std::string bytes;
    SHU_CHECK(file.read(bytes, 0, static_cast<std::size_t>(kTraceHeaderBytes)));
    auto header = parse_trace_header(bytes);
    if (!header.ok()) return within(path, header.error());
    if (header->node != static_cast<std::uint32_t>(options.node) || header->segment != segment)
        return corrupt(path + " is segment " + std::to_string(header->segment) + " of node " +
                       std::to_string(header->node) + "; it has been renamed");
    return header;
}

std::string segment_name(const TraceOptions& options, std::int64_t segment) {
    char name[64];
    std::snprintf(name, sizeof name, "/trace-%04d-%010lld.log", options.node,
                  static_cast<long long>(segment));
    return name;
}

/// Where the segment is now.
std::string present_path(const TraceOptions& options, std::int64_t segment) {
    std::string path = trace_segment_path(options, segment);
    if (!options.archive_folder.empty() && !file::exists(path)) {
        std::string archived = trace_archive_path(options, segment);
        if (file::exists(archived)) return archived;
    }
    return path;
}

/// The payload of the record at the start of `bytes`, or nullopt if there is no whole one.
std::optional<std::string_view> record_at(std::string_view bytes) {
    if (bytes.size() < kTraceFrameBytes) return std::nullopt;
    const auto length = read_number<std::uint32_t>(bytes, 0);
    if (length == 0 || length > limits::trace_record_bytes_max ||
        bytes.size() < kTraceFrameBytes + length)
        return std::nullopt;
    const std::string_view payload = bytes.substr(kTraceFrameBytes, length);
    if (crc32c(payload, crc32c(bytes.substr(0, 4))) != read_number<std::uint32_t>(bytes, 4))
        return std::nullopt;
    return payload;
}

}  // namespace

std::string trace_segment_path(const TraceOptions& options, std::int64_t segment) {
    return options.folder + segment_name(options, segment);
}

std::string trace_archive_path(const TraceOptions& options, std::int64_t segment) {
    return options.archive_folder + segment_name(options, segment);
}

Result<std::vector<std::int64_t>> trace_segments(const TraceOptions& options) {
    std::vector<std::int64_t> segments;
    const std::string first = trace_segment_path(options, 0).substr(options.folder.size() + 1);
    const std::string prefix = first.substr(0, first.find_last_of('-') + 1);
    for (const std::string& name : SHU_TRY(file::list(options.folder))) {
        if (name.size() != first.size() || !name.starts_with(prefix) || !name.ends_with(".log"))
            continue;
        const auto number = text::parse_integer(std::string_view(name).substr(prefix.size(), 10));
        if (number.ok()) segments.push_back(*number);
    }
    std::ranges::sort(segments);
    return segments;
}

Result<std::optional<std::int64_t>> trace_segment_after(const TraceOptions& options,
                                                        std::int64_t segment, std::int64_t last) {
    const std::vector<std::int64_t> segments = SHU_TRY(trace_segments(options));
    const auto next = std::ranges::upper_bound(segments, segment);
    if (next == segments.end() || *next > last) return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(*next);
}

Result<Micros> trace_segment_created(const TraceOptions& options, std::int64_t segment) {
    const std::string path = trace_segment_path(options, segment);
    const File file(path, O_RDONLY);
    return SHU_TRY(header_of(file, path, options, segment)).created_at;
}

Result<TracePosition> read_trace(const TraceOptions& options, TracePosition from, std::int64_t end,
                                 const TraceVisitor& visit) {
    const std::string path = present_path(options, from.segment);
    const File file(path, O_RDONLY);
    SHU_TRY(header_of(file, path, options, from.segment));
    TracePosition at{from.segment, std::max(from.position, kTraceHeaderBytes)};
    std::string bytes;
    for (;;) {
        SHU_CHECK(file.read(bytes, at.position));
        std::string_view left = bytes;
        const bool is_last = bytes.size() < kReadBytes;
        while (end == 0 || at.position < end) {
            const auto payload = record_at(left);
            if (!payload) break;
            const auto size = kTraceFrameBytes + payload->size();
            const TracePosition next{at.segment, at.position + static_cast<std::int64_t>(size)};
            const bool goes_on = SHU_TRY(visit({.at = at, .next = next, .payload = *payload}));
            at = next;
            left.remove_prefix(size);
            if (!goes_on) return at;
        }
        // With more bytes than the longest record left over, what follows is no record.
        if (is_last || left.size() >= kTraceFrameBytes + limits::trace_record_bytes_max ||
            (end != 0 && at.position >= end))
            return at;
    }
}

Result<std::int64_t> trace_tail_bytes(const TraceOptions& options, TracePosition at) {
    const std::string path = trace_segment_path(options, at.segment);
    const File file(path, O_RDONLY);
    if (!file.is_open())
        return errno == ENOENT ? not_found("there is no trace segment " + path)
                               : file::system_error("open", path, errno);
    std::string bytes;
    std::int64_t end = at.position;
    for (std::int64_t position = at.position;; position += static_cast<std::int64_t>(kReadBytes)) {
        SHU_CHECK(file.read(bytes, position));
        const std::size_t last = bytes.find_last_not_of('\0');
        if (last != std::string::npos) end = position + static_cast<std::int64_t>(last) + 1;
        if (bytes.size() < kReadBytes) return end - at.position;
    }
}

Result<std::int64_t> cut_trace_tail(const TraceOptions& options, TracePosition from) {
    const std::string path = trace_segment_path(options, from.segment);
    const TracePosition end = SHU_TRY(
        read_trace(options, from, 0, [](const TraceRecord&) -> Result<bool> { return true; }));
    const std::int64_t torn = SHU_TRY(trace_tail_bytes(options, end));
    const File file(path, O_RDWR);
    if (!file.is_open()) return file::system_error("open", path, errno);
    struct stat about = {};
    if (::fstat(file.descriptor(), &about) != 0) return file::system_error("look at", path, errno);
    if (about.st_size <= end.position) return torn;  // nothing to cut, or shorter than was sealed
    if (torn > 0) {
        std::string tail;
        SHU_CHECK(file.read(tail, end.position, static_cast<std::size_t>(torn)));
        SHU_CHECK(file::replace(path + ".cut", tail, file::Access::kOwner));
    }
    if (::ftruncate(file.descriptor(), end.position) != 0)
        return file::system_error("cut", path, errno);
    if (::fsync(file.descriptor()) != 0) return file::system_error("sync", path, errno);
    return torn;
}

}  // namespace shu::exchange
