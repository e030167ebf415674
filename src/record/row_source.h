// Where the rows of a batch come from: one face over every format, so that checking, quarantine,
// checkpoints and counts are the same for all of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "foundation/result.h"
#include "record/encoding.h"
#include "record/records.h"

namespace shu::record {

struct SourceRow {
    std::int64_t line = 0;    ///< where the row starts, from 1: a line of a text, a row of a sheet
    std::int64_t layout = 0;  ///< which headings its fields stand under: see RowSource::headings()
    std::span<const std::string_view> fields;  ///< valid until the next call of next()
    std::string_view problem;                  ///< of a bad row: why it cannot be read, in Chinese
    std::string_view raw;  ///< of a text: the row as it stands in the file, or its beginning
};

/// Where reading goes on after an interruption.
struct RowPosition {
    std::int64_t offset = 0;  ///< how much of the file is done, in bytes; never falls
    std::int64_t line = 1;    ///< of the first row that was not given yet
};

enum class RowEvent {
    kRow,
    kBadRow,
    kRelease,  ///< the next call ends the life of all views given so far; save what they hold
    kEnd,
};

/// The rows of one file in its order. One thread at a time.
class RowSource {
 public:
    virtual ~RowSource() = default;
    RowSource(const RowSource&) = delete;
    RowSource& operator=(const RowSource&) = delete;

    /// Errors: the file's; Exhausted with the reason in Chinese where the rest of the file cannot
    /// be read: the rows so far stand.
    virtual Result<RowEvent> next(SourceRow& row) = 0;

    /// Goes on at what position() said after a row, in this process or an earlier one. Before the
    /// first next().
    virtual Result<void> resume_at(RowPosition position) = 0;
    virtual RowPosition position() const = 0;

    /// The headings of a layout that a row of this chunk had. A table has one, 0, from the
    /// beginning; the objects of JSON Lines have as many as there are different lists of members.
    virtual std::span<const std::string> headings(std::int64_t layout) const = 0;
    virtual bool is_table() const { return true; }

    virtual Decoder& decoder() = 0;  ///< of the fields

    /// The row as people shall see it in quarantine: UTF-8, cut at quarantine_text_characters.
    virtual std::string text_of(const SourceRow& row) const = 0;

 protected:
    RowSource() = default;
};

/// A file that is read at any offset. const members may be called concurrently.
class SourceFile {
 public:
    static Result<std::unique_ptr<SourceFile>> open(const std::string& path);
    /// A file that the caller holds in memory for as long as this lives.
    explicit SourceFile(std::string_view held)
        : held_(held), bytes_(static_cast<std::int64_t>(held.size())) {}
    ~SourceFile();
    SourceFile(const SourceFile&) = delete;
    SourceFile& operator=(const SourceFile&) = delete;

    /// As many bytes as the file has there, at most `most`. Errors: Unavailable.
    Result<std::size_t> read_at(std::int64_t offset, char* to, std::size_t most) const;
    std::int64_t bytes() const { return bytes_; }

 private:
    SourceFile(int handle, std::string path, std::int64_t bytes)
        : handle_(handle), path_(std::move(path)), bytes_(bytes) {}
    int handle_ = -1;
    std::string path_;
    std::string_view held_;  // where there is no handle
    std::int64_t bytes_;
};

/// Begins to read `file`, which outlives the source, as what the batch says it is. Errors: Invalid
/// with the reason for people, in Chinese, when it is no such file or has no headings; the file's.
Result<std::unique_ptr<RowSource>> open_rows(const SourceFile& file, const Batch& batch);

/// `text` as quarantine keeps it: no malformed bytes, no NUL, cut.
std::string quarantine_text(std::string_view text);

}  // namespace shu::record
