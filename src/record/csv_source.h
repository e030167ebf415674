// CSV and TSV files as a source of rows.
#pragma once

#include <vector>

#include "record/csv.h"
#include "record/row_source.h"

namespace shu::record {

class CsvSource final : public RowSource {
 public:
    /// `known`: the encoding that an earlier run decided on. Errors: Invalid when the file is no
    /// text or has no header; the file's.
    static Result<std::unique_ptr<RowSource>> open(const SourceFile& file, char separator,
                                                   Encoding known);

    Result<RowEvent> next(SourceRow& row) override;
    Result<void> resume_at(RowPosition position) override;
    RowPosition position() const override { return {reader_.offset(), reader_.line()}; }
    std::span<const std::string> headings(std::int64_t) const override { return headings_; }
    Decoder& decoder() override { return decoder_; }
    std::string text_of(const SourceRow& row) const override;

 private:
    CsvSource(const SourceFile& file, CsvOptions options, Encoding encoding);
    CsvReader::Source bytes_from(std::int64_t offset) const;
    Result<void> read_headings();

    const SourceFile& file_;
    CsvOptions options_;
    Decoder decoder_;
    CsvReader reader_;
    std::vector<std::string> headings_;
};

}  // namespace shu::record
