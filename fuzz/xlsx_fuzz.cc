// Whatever the bytes: as a whole archive, and as the sheet of an otherwise good workbook, an error
// with its reason or rows in order with as many fields as headings, and the same rows again when
// reading goes on after the first of them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "record/xlsx.h"
#include "record/xlsx_testing.h"

namespace {

using namespace shu;
using namespace shu::record;

// The rows after line `from`, and where the first of them ended.
std::string read(const SourceFile& file, RowPosition from, RowPosition* first) {
    const auto source = XlsxSource::open(file, "");
    if (!source.ok()) {
        SHU_ASSERT(!source.error().detail.empty());
        return {};
    }
    if (from.line > 1) SHU_ASSERT((*source)->resume_at(from).ok());
    const std::size_t width = (*source)->headings(0).size();
    std::string out;
    SourceRow row;
    std::int64_t line = from.line - 1;
    for (;;) {
        const auto event = (*source)->next(row);
        if (!event.ok() || *event == RowEvent::kEnd) return out;
        if (*event == RowEvent::kRelease) continue;
        SHU_ASSERT(row.line > line && row.fields.size() == width);
        line = row.line;
        if (first != nullptr && first->line == 1) {
            *first = (*source)->position();
            continue;
        }
        out += std::to_string(row.line) + std::string(row.problem);
        for (const auto field : row.fields)
            out += "[" + std::string(field) + "]";
    }
}

void check(const std::string& bytes) {
    const SourceFile file{std::string_view(bytes)};
    RowPosition first;
    const std::string rest = read(file, {}, &first);
    if (first.line > 1) SHU_ASSERT(read(file, first, nullptr) == rest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    check(bytes);
    check(testing::zip(testing::workbook({{"a", bytes}}, {"<t>b</t>"}), {.is_stored = true}));
    return 0;
}
