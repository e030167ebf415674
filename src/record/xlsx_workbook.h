// The parts of a workbook around its sheets: which part is which, shared texts, date formats.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/xml_stream.h"

namespace shu::record {

/// Texts one after the other in one piece of memory.
class SharedTexts {
 public:
    std::size_t size() const { return ends_.size(); }
    std::string_view at(std::size_t index) const {
        const std::size_t from = index == 0 ? 0 : ends_[index - 1];
        return std::string_view(bytes_).substr(from, ends_[index] - from);
    }
    std::size_t bytes() const { return bytes_.size(); }
    void add(std::string_view text) {
        bytes_ += text;
        ends_.push_back(bytes_.size());
    }

 private:
    std::string bytes_;
    std::vector<std::size_t> ends_;
};

struct Workbook {
    std::string sheet_part;           ///< its name in the archive
    bool is_1904 = false;             ///< days are counted from 1904-01-01
    std::vector<bool> style_is_date;  ///< by number of the cell's style
    SharedTexts texts;
};

/// Finds the sheet of this name (empty: the first that is not hidden) and reads what its cells
/// refer to. ISO/IEC 29500-1 12.3, 18.2, 18.4, 18.8; -2 9.3. Errors: Invalid in Chinese.
Result<Workbook> read_workbook(const ZipArchive& archive, std::string_view sheet);

}  // namespace shu::record
