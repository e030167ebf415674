// RFC 4180 files of any size, row by row, without copying what needs no copy; with tabs for commas
// also text/tab-separated-values, quoted in the same way.
//
// The reader works on bytes: in UTF-8 and in GB 18030 alike no byte of a longer character is a
// quote, comma, tab or line end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/limits.h"
#include "foundation/result.h"
#include "record/arena.h"

namespace shu::record {

struct CsvRow {
    std::int64_t line = 0;                     ///< where the row starts, from 1
    std::int64_t offset = 0;                   ///< of its first byte in the file
    std::span<const std::string_view> fields;  ///< without quotes; as many as the row has
    std::string_view raw;  ///< as it stands in the file, or its beginning if it is too long to hold
    std::string_view problem;  ///< of a bad row: why it cannot be read, in Chinese
};

struct CsvOptions {
    char separator = ',';  ///< of the fields: a comma, or a tab
    std::size_t field_bytes_max = limits::csv_field_bytes_max;
    std::size_t columns_max = limits::csv_columns_max;
    std::size_t row_bytes_max = limits::csv_row_bytes_max;
    std::size_t buffer_bytes =
        limits::csv_buffer_bytes;  ///< at least row_bytes_max + field_bytes_max + 4
};

/// Reads one file. Rows end with LF, CRLF or CR; a byte order mark of UTF-8 and empty lines are
/// passed over; a quote inside an unquoted field is an ordinary character. A row that cannot be
/// read (text after a closing quote, a quote that never closes, too many or too long fields, NUL)
/// is reported and the others are kept; after wrong quotes and rows that are too long reading goes
/// on with the next line, so that one wrong quote never swallows the rows after it. Memory: the
/// buffer and the unescaped fields of one window. One thread at a time.
class CsvReader {
 public:
    /// Gives up to `most` more bytes of the file; 0 at its end.
    using Source = std::function<Result<std::size_t>(char* to, std::size_t most)>;

    explicit CsvReader(Source source, CsvOptions options = {});

    /// Begins at a row's start that position() gave earlier; `source` must give the bytes from
    /// there on.
    void resume_at(std::int64_t offset, std::int64_t line);

    enum class Event {
        kRow,
        kBadRow,
        kRelease,  ///< the next call ends the life of all views given so far; save what they hold
        kEnd,
    };
    /// Errors: the source's; Exhausted when limits::csv_rescan_bytes_max is used up: hardly any
    /// quote of the file closes.
    Result<Event> next(CsvRow& row);

    /// The start of what was not read yet: its offset in the file and its line. While a line that
    /// is too long is skipped, its own start, because it was not reported yet.
    std::int64_t offset() const {
        return skipping_ ? skipped_.offset : base_ + static_cast<std::int64_t>(position_);
    }
    std::int64_t line() const { return line_; }

 private:
    enum class Outcome { kRow, kBadRow, kEmpty, kNeedMore };

    Result<void> refill();
    Outcome parse(CsvRow& row);
    Outcome finish(CsvRow& row, std::size_t row_end, std::size_t next);
    Outcome incomplete(CsvRow& row);
    Outcome refuse(CsvRow& row, std::string_view problem, std::size_t scanned);
    enum class Quote { kClosed, kWrong, kNotHeld };
    Quote quoted(std::size_t open, std::size_t& after, std::string_view& value);
    Outcome skip_line(CsvRow& row);
    std::string_view unescaped(std::string_view text);
    void count_lines(std::string_view text);
    void seek(std::size_t at);
    std::size_t next_special();

    Source source_;
    CsvOptions options_;
    std::unique_ptr<char[]> buffer_;
    std::size_t position_ = 0;  // of the next row
    std::size_t end_ = 0;       // of the bytes held
    std::int64_t base_ = 0;     // offset in the file of buffer_[0]
    std::int64_t line_ = 1;
    bool at_end_of_file_ = false;
    bool given_ = false;  // views of this window are out
    bool released_ = false;

    std::uint64_t mask_ = 0;  // of the special bytes not yet passed in the 64 from block_ on
    std::size_t block_ = 0;

    std::vector<std::string_view> fields_;
    std::string_view problem_;       // of the row being read
    std::int64_t lines_inside_ = 0;  // line ends within its quotes
    Arena arena_;

    bool skipping_ = false;  // the line's beginning is in skipped_
    CsvRow skipped_;
    std::string skipped_text_;
    std::size_t rescanned_ = 0;
};

}  // namespace shu::record
