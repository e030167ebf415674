#include "record/csv_source.h"

#include "foundation/text.h"

namespace shu::record {

CsvSource::CsvSource(const SourceFile& file, CsvOptions options, Encoding encoding)
    : file_(file), options_(options), decoder_(encoding), reader_(bytes_from(0), options) {}

CsvReader::Source CsvSource::bytes_from(std::int64_t offset) const {
    return [&file = file_, offset](char* to, std::size_t most) mutable -> Result<std::size_t> {
        const std::size_t got = SHU_TRY(file.read_at(offset, to, most));
        offset += static_cast<std::int64_t>(got);
        return got;
    };
}

Result<std::unique_ptr<RowSource>> CsvSource::open(const SourceFile& file, char separator,
                                                   Encoding known) {
    std::string prefix(limits::csv_detection_bytes, '\0');
    prefix.resize(SHU_TRY(file.read_at(0, prefix.data(), prefix.size())));
    const Encoding detected = SHU_TRY(detect_encoding(prefix));
    CsvOptions options;
    options.separator = separator;
    std::unique_ptr<CsvSource> source(
        new CsvSource(file, options, known == Encoding::kUndecided ? detected : known));
    SHU_CHECK(source->read_headings());
    return std::unique_ptr<RowSource>(std::move(source));
}

Result<void> CsvSource::read_headings() {
    CsvRow row;
    const auto event = SHU_TRY(reader_.next(row));
    if (event == CsvReader::Event::kEnd) return invalid("文件是空的，第一行应为表头");
    if (event == CsvReader::Event::kBadRow) return invalid("表头不对：" + std::string(row.problem));
    Arena arena;
    for (const auto field : row.fields) {
        std::string_view name;
        if (!decoder_.decode(field, arena, name))
            return invalid("表头的编码不对，请用 UTF-8 或 GB18030");
        headings_.emplace_back(name);
    }
    return {};
}

Result<void> CsvSource::resume_at(RowPosition position) {
    if (position.offset <= reader_.offset()) return {};
    reader_ = CsvReader(bytes_from(position.offset), options_);
    reader_.resume_at(position.offset, position.line);
    return {};
}

Result<RowEvent> CsvSource::next(SourceRow& row) {
    CsvRow read;
    const auto event = SHU_TRY(reader_.next(read));
    row.line = read.line;
    row.fields = read.fields;
    row.problem = read.problem;
    row.raw = read.raw;
    switch (event) {
        case CsvReader::Event::kRow: return RowEvent::kRow;
        case CsvReader::Event::kBadRow: return RowEvent::kBadRow;
        case CsvReader::Event::kRelease: return RowEvent::kRelease;
        case CsvReader::Event::kEnd: break;
    }
    return RowEvent::kEnd;
}

std::string CsvSource::text_of(const SourceRow& row) const {
    const auto head = row.raw.substr(0, 4 * limits::quarantine_text_characters);
    if (decoder_.encoding() == Encoding::kGb18030)
        if (const auto converted = text::from_gb18030(head); converted.ok())
            return quarantine_text(*converted);
    return quarantine_text(head);
}

}  // namespace shu::record
