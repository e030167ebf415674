// Excel workbooks (ISO/IEC 29500, .xlsx) as a source of rows: one sheet, read as a stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "record/row_source.h"

namespace shu::record {

/// The first row with anything in it names the columns. Shared, inline and formula texts are read,
/// numbers as a spreadsheet shows them, days and times by the format of their cell; empty rows are
/// passed over; a row with an error value (#N/A) or with a value under no heading is a bad row.
/// Memory: the workbook's shared texts and one window of the sheet.
class XlsxSource final : public RowSource {
 public:
    /// `sheet`: its name; empty: the first that is not hidden. Errors: Invalid, in Chinese, for
    /// what is no such workbook, is encrypted, is past a limit or has no such sheet or no header;
    /// the file's.
    static Result<std::unique_ptr<RowSource>> open(const SourceFile& file, std::string_view sheet);
    ~XlsxSource() override;

    Result<RowEvent> next(SourceRow& row) override;
    /// Rows before the position are read over: a sheet is one compressed stream.
    Result<void> resume_at(RowPosition position) override;
    RowPosition position() const override;
    std::span<const std::string> headings(std::int64_t layout) const override;
    Decoder& decoder() override { return decoder_; }
    std::string text_of(const SourceRow& row) const override;

 private:
    class Sheet;
    explicit XlsxSource(std::unique_ptr<Sheet> sheet);

    Decoder decoder_{Encoding::kUtf8};
    std::unique_ptr<Sheet> sheet_;
};

}  // namespace shu::record
