// Whatever the bytes and the size of the window: the same rows, each within its limits, and reading
// that goes on after any of them exactly where it was.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "record/json_lines.h"

namespace {

using namespace shu;
using namespace shu::record;

struct Seen {
    std::string text;
    std::vector<RowPosition> after;   // each row
    std::vector<std::size_t> length;  // of `text` there
};

Seen read(const SourceFile& file, std::size_t buffer_bytes, RowPosition from = {}) {
    const JsonLinesOptions options{.line_bytes_max = 100,
                                   .field_bytes_max = 20,
                                   .members_max = 4,
                                   .layouts_max = 2,
                                   .buffer_bytes = buffer_bytes};
    Seen seen;
    const auto source = JsonLinesSource::open(file, options);
    if (!source.ok()) {
        SHU_ASSERT(!source.error().detail.empty());
        return seen;
    }
    if (from.offset > 0) SHU_ASSERT((*source)->resume_at(from).ok());
    SourceRow row;
    std::int64_t line = from.line - 1;
    for (;;) {
        const auto event = (*source)->next(row);
        SHU_ASSERT(event.ok());
        if (*event == RowEvent::kEnd) return seen;
        if (*event == RowEvent::kRelease) continue;
        SHU_ASSERT(row.line > line);
        SHU_ASSERT((*event == RowEvent::kBadRow) == !row.problem.empty());
        line = row.line;
        seen.text += std::to_string(row.line) + ":" + std::string(row.problem);
        if (*event == RowEvent::kRow) {
            const auto headings = (*source)->headings(row.layout);
            SHU_ASSERT(headings.size() == row.fields.size() &&
                       headings.size() <= options.members_max);
            for (std::size_t i = 0; i < row.fields.size(); ++i)
                seen.text += "[" + headings[i] + "=" + std::string(row.fields[i]) + "]";
        }
        seen.after.push_back((*source)->position());
        seen.length.push_back(seen.text.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const SourceFile file(std::string_view(reinterpret_cast<const char*>(data), size));
    const Seen whole = read(file, 4'096);
    SHU_ASSERT(read(file, 110).text == whole.text);
    if (whole.after.empty()) return 0;
    const std::size_t at = size % whole.after.size();
    SHU_ASSERT(read(file, 110, whole.after[at]).text == whole.text.substr(whole.length[at]));
    return 0;
}
