#include "city/table_file.h"

#include <algorithm>

#include "foundation/text.h"

namespace shu::city {
namespace {

/// Cuts text into rows; quotes as in RFC 4180 2.5 to 2.7.
class Cutter {
 public:
    Cutter(std::string_view text, Table& table) : text_(text), table_(table) {}

    bool next(TableRow& row) {
        row.cells.clear();
        while (at_ < text_.size() && is_blank_line())
            skip_line_end();
        if (at_ >= text_.size()) return false;
        row.line = line_;
        for (;;) {
            row.cells.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted() : plain());
            if (at_ < text_.size() && text_[at_] == ',') {
                ++at_;
                continue;
            }
            skip_line_end();
            return true;
        }
    }

 private:
    bool is_blank_line() const {
        return text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
    }

    void skip_line_end() {
        if (text_.substr(at_).starts_with("\r\n")) ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') {
            ++at_;
            ++line_;
        }
    }

    std::string plain() {
        const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
        std::string_view cell = text_.substr(at_, end - at_);
        at_ = end;
        if (cell.ends_with('\r') && at_ < text_.size() && text_[at_] == '\n') cell.remove_suffix(1);
        if (cell.find('"') != std::string_view::npos)
            table_.mistakes.push_back({line_, "a quote stands inside a plain cell",
                                       "quote the whole cell and double the quote"});
        return std::string(cell);
    }

    std::string quoted() {
        const int begun = line_;
        std::string cell;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] != '"') {
                cell += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                cell += text_[at_++];
            } else {
                ++at_;
                if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' &&
                    text_[at_] != '\r') {
                    table_.mistakes.push_back({line_, "text stands after a closing quote",
                                               "double a quote that belongs to the text"});
                    cell += plain();
                }
                return cell;
            }
        }
        table_.mistakes.push_back({begun, "a quote is never closed", "close it"});
        return cell;
    }

    std::string_view text_;
    Table& table_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace

Table read_table(std::string_view text, const std::vector<std::string>& header) {
    Table table;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const std::size_t good = text::utf8_prefix(text); good < text.size()) {
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(good), '\n');
        table.mistakes.push_back({static_cast<int>(line), "not UTF-8", "save the file as UTF-8"});
        return table;
    }
    Cutter cutter(text, table);
    TableRow row;
    if (!cutter.next(row) || row.cells != header) {
        table.mistakes.push_back({1, "the header is not '" + text::join(header, ",") + "'",
                                  "write exactly that in the first line"});
        return table;
    }
    while (cutter.next(row)) {
        if (row.cells.size() == header.size()) {
            table.rows.push_back(row);
            continue;
        }
        table.mistakes.push_back({row.line,
                                  std::to_string(row.cells.size()) + " cells instead of " +
                                      std::to_string(header.size()),
                                  "quote a cell that holds a comma"});
    }
    return table;
}

}  // namespace shu::city
