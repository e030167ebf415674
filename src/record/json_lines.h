// JSON Lines as a source of rows: one object a line, its members named by code or Chinese name.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "record/arena.h"
#include "record/row_source.h"

namespace shu::record {

struct JsonLinesOptions {
    std::size_t line_bytes_max = limits::json_line_bytes_max;
    std::size_t field_bytes_max = limits::csv_field_bytes_max;
    std::size_t members_max = limits::csv_columns_max;
    std::size_t layouts_max = limits::json_line_layouts_max;
    std::size_t buffer_bytes = limits::csv_buffer_bytes;  ///< more than line_bytes_max
};

/// Lines end with LF or CRLF; a byte order mark and blank lines are passed over. A line is a JSON
/// object (RFC 8259) in UTF-8 whose members are strings, numbers, true, false or null; null is the
/// empty field, and a number is taken digit by digit as it stands. A line that is something else,
/// is too long or names a member twice is a bad row and costs nothing but itself. Memory: the
/// buffer and the escaped texts of one window.
class JsonLinesSource final : public RowSource {
 public:
    /// Errors: Invalid for a file that is one JSON document, is not UTF-8 or is empty; the file's.
    static Result<std::unique_ptr<RowSource>> open(const SourceFile& file,
                                                   JsonLinesOptions options = {});

    Result<RowEvent> next(SourceRow& row) override;
    Result<void> resume_at(RowPosition position) override;
    RowPosition position() const override;
    std::span<const std::string> headings(std::int64_t layout) const override;
    bool is_table() const override { return false; }
    Decoder& decoder() override { return decoder_; }
    std::string text_of(const SourceRow& row) const override { return quarantine_text(row.raw); }

 private:
    JsonLinesSource(const SourceFile& file, JsonLinesOptions options);
    Result<void> refill();
    bool cut_line(std::string_view& line);
    bool read_object(std::string_view line, SourceRow& row);
    std::string_view layout_of(const std::vector<std::string_view>& names, std::int64_t& layout);
    bool wants_memory_back() const { return names_.size() > options_.layouts_max; }

    const SourceFile& file_;
    JsonLinesOptions options_;
    Decoder decoder_{Encoding::kUtf8};
    std::unique_ptr<char[]> buffer_;
    std::size_t position_ = 0;  // of the next line
    std::size_t end_ = 0;       // of the bytes held
    std::int64_t base_ = 0;     // offset in the file of buffer_[0]
    std::int64_t line_ = 1;
    bool at_end_of_file_ = false;
    bool given_ = false;  // views of this window are out
    bool released_ = false;

    std::int64_t skipped_from_ = -1;  // offset of the line that is too long and is passed over
    std::string skipped_text_;        // its beginning

    Arena arena_;
    std::vector<std::string_view> fields_, members_;
    std::int64_t first_layout_ = 0;  // of names_[0]; numbers are never given twice
    std::vector<std::vector<std::string>> names_;
    std::unordered_map<std::string, std::int64_t> layouts_;
    std::int64_t last_layout_ = -1;
};

}  // namespace shu::record
