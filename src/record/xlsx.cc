#include "record/xlsx.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "foundation/text.h"
#include "record/arena.h"
#include "record/xlsx_cell.h"
#include "record/xlsx_workbook.h"

namespace shu::record {

namespace {

constexpr std::string_view kFieldTooLong = "字段超过长度上限";
constexpr std::string_view kRowTooLong = "行超过长度上限";
constexpr std::string_view kTooManyColumns = "列数超过上限";
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kErrorCharactersMax = 20;
constexpr std::string_view kDamaged = "工作簿已损坏，请重新导出后再上传";

struct Cell {
    int column = 0;
    std::string_view text;
};

struct SheetRow {
    std::int64_t number = 0;
    std::vector<Cell> cells;  // that are not empty, from left to right
    std::string problem;
};

std::int64_t integer_or(std::string_view text, std::int64_t otherwise) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

}  // namespace

// The stream of one sheet and the rows that the last pieces of it completed.
class XlsxSource::Sheet final : public XmlHandler {
 public:
    Sheet(const SourceFile& file, ZipArchive archive)
        : archive_(std::move(archive)), file_bytes_(file.bytes()), xml_(*this) {}

    Result<void> open(std::string_view sheet);
    Result<RowEvent> next(SourceRow& row);
    void resume_at(RowPosition position);
    RowPosition position() const;
    const std::vector<std::string>& headings() const { return headings_; }
    std::string text_of_row() const;

    Result<void> start(std::string_view name, XmlAttributes attributes) override;
    Result<void> end(std::string_view name) override;
    Result<void> text(std::string_view piece) override;

 private:
    Result<void> read_piece();
    Result<void> start_row(XmlAttributes attributes);
    Result<void> start_cell(XmlAttributes attributes);
    void end_cell();
    void end_row();
    std::string_view cell_text();
    SheetRow& row_being_read() { return rows_[rows_held_]; }
    void refuse(std::string_view why);
    void lay_out(const SheetRow& from, SourceRow& row);
    void begin_piece();
    void release_memory();

    ZipArchive archive_;
    Workbook book_;
    std::int64_t file_bytes_;
    std::int64_t sheet_bytes_packed_ = 0;
    std::unique_ptr<ZipArchive::Stream> bytes_;
    std::array<char, kPieceBytes> piece_;
    bool is_finished_ = false;
    Result<void> broken_;  // why the sheet cannot be read on

    std::vector<std::string> headings_;
    std::vector<int> columns_;   // of the headings
    std::int64_t done_row_ = 0;  // the last one given
    std::int64_t first_wanted_ = 1;
    std::int64_t offset_at_least_ = 0;

    std::vector<SheetRow> rows_;  // reused; the first rows_held_ are complete
    std::size_t rows_held_ = 0;
    std::size_t rows_given_ = 0;
    Arena arena_;
    std::size_t arena_bytes_ = 0;
    bool given_ = false;
    bool released_ = false;
    std::vector<std::string_view> fields_;
    std::string problem_;

    // What is being read.
    std::int64_t row_number_ = 0;
    std::size_t row_bytes_ = 0;
    int column_ = -1;
    std::string type_;
    bool is_date_ = false;
    bool is_inside_row_ = false, is_text_ = false, is_phonetic_ = false;
    std::string value_;

    XmlStream xml_;
};

Result<void> XlsxSource::Sheet::open(std::string_view sheet) {
    book_ = SHU_TRY(read_workbook(archive_, sheet));
    const auto* entry = archive_.find(book_.sheet_part);
    if (entry == nullptr) return invalid(std::string(kDamaged));
    sheet_bytes_packed_ = std::max<std::int64_t>(entry->bytes_packed, 1);
    bytes_ = SHU_TRY(archive_.read(*entry, limits::xlsx_sheet_bytes_max));
    rows_.resize(1);
    while (rows_held_ == 0 && !is_finished_)
        SHU_CHECK(read_piece());
    if (rows_held_ == 0) return invalid("工作表是空的，第一行应为表头");
    const SheetRow& header = rows_.front();
    if (!header.problem.empty()) return invalid("表头不对：" + header.problem);
    for (const Cell& cell : header.cells) {
        headings_.emplace_back(cell.text);
        columns_.push_back(cell.column);
    }
    done_row_ = header.number;
    rows_given_ = 1;
    return {};
}

Result<void> XlsxSource::Sheet::read_piece() {
    const std::size_t got = SHU_TRY(bytes_->next(piece_.data(), piece_.size()));
    if (got == 0) {
        SHU_CHECK(xml_.finish());
        is_finished_ = true;
        return {};
    }
    return xml_.feed({piece_.data(), got});
}

Result<RowEvent> XlsxSource::Sheet::next(SourceRow& row) {
    for (;;) {
        if (!released_ && rows_given_ < rows_held_) {
            const SheetRow& found = rows_[rows_given_++];
            if (found.number < first_wanted_) continue;
            done_row_ = found.number;
            given_ = true;
            lay_out(found, row);
            return row.problem.empty() ? RowEvent::kRow : RowEvent::kBadRow;
        }
        if (is_finished_ && rows_given_ == rows_held_) return RowEvent::kEnd;
        SHU_CHECK(broken_);
        if (arena_bytes_ > limits::csv_buffer_bytes && given_ && !released_) {
            released_ = true;
            return RowEvent::kRelease;
        }
        begin_piece();
        broken_ = read_piece();  // told after the rows before it
    }
}

void XlsxSource::Sheet::begin_piece() {
    if (is_inside_row_ && rows_held_ > 0) std::swap(rows_[0], rows_[rows_held_]);
    rows_given_ = rows_held_ = 0;
    if (given_ && !released_) return;
    release_memory();
    given_ = released_ = false;
}

// Of the row that a piece of the sheet cut in two the beginning is kept.
void XlsxSource::Sheet::release_memory() {
    std::vector<std::string> kept;
    if (is_inside_row_)
        for (const Cell& cell : row_being_read().cells)
            kept.emplace_back(cell.text);
    arena_.clear();
    arena_bytes_ = 0;
    for (std::size_t i = 0; i < kept.size(); ++i)
        row_being_read().cells[i].text = arena_.copy(kept[i]);
}

void XlsxSource::Sheet::lay_out(const SheetRow& from, SourceRow& row) {
    row.line = from.number;
    row.layout = 0;
    problem_ = from.problem;
    fields_.assign(columns_.size(), {});
    std::size_t at = 0;
    for (const Cell& cell : from.cells) {
        while (at < columns_.size() && columns_[at] < cell.column)
            ++at;
        if (at < columns_.size() && columns_[at] == cell.column)
            fields_[at] = cell.text;
        else if (problem_.empty())
            problem_ = column_name(cell.column) + " 列有值而没有表头";
    }
    row.fields = fields_;
    row.problem = problem_;
}

std::string XlsxSource::Sheet::text_of_row() const {
    std::string out;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (i > 0) out += '\t';
        if (out.size() > 4 * limits::quarantine_text_characters) break;
        out += fields_[i].substr(0, 4 * limits::quarantine_text_characters);
    }
    return quarantine_text(out);
}

void XlsxSource::Sheet::resume_at(RowPosition position) {
    first_wanted_ = std::max(first_wanted_, position.line);
    offset_at_least_ = position.offset;
    done_row_ = std::max(done_row_, position.line - 1);
}

RowPosition XlsxSource::Sheet::position() const {
    const bool is_end = is_finished_ && rows_given_ == rows_held_;
    const double share =
        static_cast<double>(bytes_->packed_done()) / static_cast<double>(sheet_bytes_packed_);
    const auto offset = static_cast<std::int64_t>(share * static_cast<double>(file_bytes_));
    return {is_end ? file_bytes_
                   : std::clamp<std::int64_t>(offset, std::max<std::int64_t>(1, offset_at_least_),
                                              file_bytes_),
            done_row_ + 1};
}

Result<void> XlsxSource::Sheet::start(std::string_view name, XmlAttributes attributes) {
    is_text_ = false;
    if (name == "row") return start_row(attributes);
    if (!is_inside_row_) return {};
    if (name == "c") return start_cell(attributes);
    if (name == "rPh") is_phonetic_ = true;
    is_text_ = column_ >= 0 && (name == "v" || (name == "t" && !is_phonetic_));
    return {};
}

Result<void> XlsxSource::Sheet::end(std::string_view name) {
    is_text_ = false;
    if (name == "rPh") is_phonetic_ = false;
    if (!is_inside_row_) return {};
    if (name == "c") end_cell();
    if (name == "row") end_row();
    return {};
}

Result<void> XlsxSource::Sheet::text(std::string_view piece) {
    // One byte more than a field may have tells that it is too long.
    if (is_text_ && value_.size() <= limits::csv_field_bytes_max)
        value_ += piece.substr(0, limits::csv_field_bytes_max + 1 - value_.size());
    return {};
}

Result<void> XlsxSource::Sheet::start_row(XmlAttributes attributes) {
    const auto reference = attributes.value("r");
    const std::int64_t number = reference.empty() ? row_number_ + 1 : integer_or(reference, 0);
    if (is_inside_row_ || number <= row_number_ || number > limits::xlsx_rows_max)
        return invalid(std::string(kDamaged));
    row_number_ = number;
    row_bytes_ = 0;
    column_ = -1;
    is_inside_row_ = true;
    if (rows_held_ == rows_.size()) rows_.emplace_back();
    row_being_read().number = number;
    row_being_read().cells.clear();
    row_being_read().problem.clear();
    return {};
}

Result<void> XlsxSource::Sheet::start_cell(XmlAttributes attributes) {
    const auto reference = attributes.value("r");
    const int column = reference.empty() ? column_ + 1 : column_of(reference);
    if (column <= column_ || column >= limits::xlsx_columns_max)
        return invalid(std::string(kDamaged));
    column_ = column;
    type_ = attributes.value("t");
    const auto style = static_cast<std::size_t>(integer_or(attributes.value("s"), -1));
    is_date_ = style < book_.style_is_date.size() && book_.style_is_date[style];
    value_.clear();
    return {};
}

void XlsxSource::Sheet::refuse(std::string_view why) {
    if (row_being_read().problem.empty()) row_being_read().problem = why;
}

// The text of the cell whose value has been read; it lives as long as the window.
std::string_view XlsxSource::Sheet::cell_text() {
    if (type_ == "s") {
        const std::int64_t index = integer_or(value_, -1);
        if (index >= 0 && static_cast<std::size_t>(index) < book_.texts.size())
            return book_.texts.at(static_cast<std::size_t>(index));
        refuse("单元格指向的文字不存在");
        return {};
    }
    std::string out;
    if (type_ == "str" || type_ == "inlineStr")
        out = unescaped(value_);
    else if (type_ == "b")
        out = value_;
    else if (type_ == "d")
        out = iso_date_text(value_);
    else if (is_date_)
        out = date_text(value_, book_.is_1904).value_or(value_);
    else
        out = number_text(value_);
    arena_bytes_ += out.size();
    return arena_.copy(out);
}

void XlsxSource::Sheet::end_cell() {
    if (value_.empty() || row_number_ < first_wanted_) return;
    if (type_ == "e") {
        refuse("单元格是错误值 " +
               std::string(text::first_characters(value_, kErrorCharactersMax)));
        return;
    }
    if (value_.size() > limits::csv_field_bytes_max) return refuse(kFieldTooLong);
    if (row_bytes_ > limits::csv_row_bytes_max) return refuse(kRowTooLong);
    SheetRow& row = row_being_read();
    const std::string_view found = cell_text();
    if (found.size() > limits::csv_field_bytes_max) return refuse(kFieldTooLong);
    if (found.empty()) return;
    if (row.cells.size() == limits::csv_columns_max) return refuse(kTooManyColumns);
    row_bytes_ += found.size();
    row.cells.push_back({column_, found});
}

void XlsxSource::Sheet::end_row() {
    is_inside_row_ = false;
    const SheetRow& row = row_being_read();
    if (!row.cells.empty() || !row.problem.empty()) ++rows_held_;
}

XlsxSource::XlsxSource(std::unique_ptr<Sheet> sheet) : sheet_(std::move(sheet)) {}
XlsxSource::~XlsxSource() = default;

Result<std::unique_ptr<RowSource>> XlsxSource::open(const SourceFile& file,
                                                    std::string_view sheet) {
    char beginning[4] = {};
    const std::size_t got = SHU_TRY(file.read_at(0, beginning, sizeof beginning));
    if (std::string_view(beginning, got) == "\xD0\xCF\x11\xE0")
        return invalid("文件是旧版或加密的 Excel 工作簿，请另存为不加密的 .xlsx");
    auto archive = SHU_TRY(ZipArchive::open(file));
    auto opened = std::make_unique<Sheet>(file, std::move(archive));
    SHU_CHECK(opened->open(sheet));
    return std::unique_ptr<RowSource>(new XlsxSource(std::move(opened)));
}

Result<RowEvent> XlsxSource::next(SourceRow& row) {
    auto event = sheet_->next(row);
    // The rows so far stand, and no later attempt would read on.
    if (!event.ok() && event.error().code == Code::kInvalid) return exhausted(event.error().detail);
    return event;
}

Result<void> XlsxSource::resume_at(RowPosition position) {
    sheet_->resume_at(position);
    return {};
}

RowPosition XlsxSource::position() const {
    return sheet_->position();
}

std::span<const std::string> XlsxSource::headings(std::int64_t) const {
    return sheet_->headings();
}

std::string XlsxSource::text_of(const SourceRow&) const {
    return sheet_->text_of_row();
}

}  // namespace shu::record
