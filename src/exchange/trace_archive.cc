#include "exchange/trace_archive.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "foundation/file.h"
#include "ledger/ledger.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kPieceBytes = 256 * limits::kKiB;

class Descriptor {
 public:
    Descriptor(const std::string& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

 private:
    int number_;
};

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file::system_error("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Size and digest of a file; its bytes also go to `copy`, unless that is -1.
Result<ArchivedSegment> read_whole(const std::string& path, int copy,
                                   const std::string& copy_path) {
    const Descriptor file(path, O_RDONLY);
    if (!file.is_open()) return file::system_error("open", path, errno);
    crypto::Hasher hasher;
    ArchivedSegment found;
    std::string piece;
    for (;;) {
        piece.resize(kPieceBytes);
        const ssize_t got = ::read(file.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file::system_error("read", path, errno);
        if (got == 0) break;
        piece.resize(static_cast<std::size_t>(got));
        hasher.update(piece);
        found.bytes += got;
        if (copy >= 0) SHU_CHECK(write_all(copy, piece, copy_path));
    }
    found.digest = crypto::to_hex(hasher.finish());
    return found;
}

}  // namespace

Result<std::optional<ArchivedSegment>> archived_segment(store::Transaction& tx, int node,
                                                        std::int64_t segment) {
    const auto row = SHU_TRY(tx.row(
        "SELECT bytes, digest, at, act_id FROM trace_archive WHERE node = $1 AND segment = $2",
        {std::int64_t{node}, segment}));
    if (!row) return std::optional<ArchivedSegment>();
    return std::optional<ArchivedSegment>({.bytes = row->integer(0),
                                           .digest = row->text(1),
                                           .at = row->integer(2),
                                           .act = row->integer(3)});
}

Result<bool> TraceArchive::step(TracePosition done) {
    if (parts_.trace.archive_folder.empty()) return false;
    const auto segment = SHU_TRY(due(done));
    if (!segment) return false;
    SHU_CHECK(file::make_folder(parts_.trace.archive_folder));
    const ArchivedSegment copied = SHU_TRY(copy(*segment));
    // A crash may have come between the act and the removal.
    const bool known = SHU_TRY(is_known(*segment, copied));
    SHU_CHECK(keep(*segment));
    if (!known) SHU_CHECK(commit(*segment, copied));
    const std::string path = trace_segment_path(parts_.trace, *segment);
    if (::unlink(path.c_str()) != 0) return file::system_error("remove", path, errno);
    SHU_CHECK(file::sync_folder(parts_.trace.folder));
    parts_.log->info("archived a trace segment", {{"segment", *segment}, {"sm3", copied.digest}});
    return true;
}

/// The oldest segment of the folder, if the one behind it was begun before the time online: then
/// all of its records are older.
Result<std::optional<std::int64_t>> TraceArchive::due(TracePosition done) const {
    const auto segments = SHU_TRY(trace_segments(parts_.trace));
    if (segments.size() < 2 || segments[0] >= done.segment) return std::optional<std::int64_t>();
    const Micros ended = SHU_TRY(trace_segment_created(parts_.trace, segments[1]));
    if (ended > parts_.clock.now() - parts_.online_days * kMicrosPerDay)
        return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(segments[0]);
}

Result<ArchivedSegment> TraceArchive::copy(std::int64_t segment) const {
    const std::string from = trace_segment_path(parts_.trace, segment);
    const std::string part = trace_archive_path(parts_.trace, segment) + ".part";
    ArchivedSegment written;
    {
        const Descriptor file(part, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.is_open()) return file::system_error("create", part, errno);
        written = SHU_TRY(read_whole(from, file.number(), part));
        if (::fsync(file.number()) != 0) return file::system_error("sync", part, errno);
    }
    const ArchivedSegment read_back = SHU_TRY(read_whole(part, -1, ""));
    if (read_back.digest != written.digest)
        return unavailable("the copy " + part + " differs from " + from +
                           "; look at the archive's disk");
    written.at = parts_.clock.now();
    return written;
}

Result<bool> TraceArchive::is_known(std::int64_t segment, const ArchivedSegment& copied) const {
    const auto known = SHU_TRY(parts_.database.read_value<std::optional<ArchivedSegment>>(
        [&](store::Transaction& tx) { return archived_segment(tx, parts_.trace.node, segment); }));
    if (known && known->digest != copied.digest)
        return corrupt("trace segment " + std::to_string(segment) + " is no longer what act " +
                       std::to_string(known->act) +
                       " says was archived; compare it with the copy in the archive");
    return known.has_value();
}

/// The compared copy takes its name in the archive.
Result<void> TraceArchive::keep(std::int64_t segment) const {
    const std::string to = trace_archive_path(parts_.trace, segment);
    const std::string part = to + ".part";
    if (std::rename(part.c_str(), to.c_str()) != 0)
        return file::system_error("rename", part, errno);
    return file::sync_folder(parts_.trace.archive_folder);
}

Result<void> TraceArchive::commit(std::int64_t segment, const ArchivedSegment& copied) {
    const std::int64_t node = parts_.trace.node;
    ledger::Act act;
    act.actor = "system:exchange";
    act.verb = "trace.archive";
    act.object = "trace:" + std::to_string(node) + "-" + std::to_string(segment);
    act.result = "done";
    act.detail = {{"node", node},
                  {"segment", segment},
                  {"bytes", copied.bytes},
                  {"hash", "sm3"},
                  {"digest", copied.digest}};
    return parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        const auto id = SHU_TRY(ledger::record(tx, parts_.ids, parts_.clock, act));
        SHU_TRY(tx.execute(
            "INSERT INTO trace_archive (node, segment, bytes, digest, at, act_id) VALUES ($1, $2, $3, $4, $5, $6)",
            {node, segment, copied.bytes, std::string_view(copied.digest), copied.at, id.value}));
        return {};
    });
}

}  // namespace shu::exchange
