// Whatever the bytes and the pieces in which they come: the same rows, each within its limits, and
// offsets that only rise.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "record/csv.h"
#include "record/encoding.h"

namespace {

using namespace shu;
using namespace shu::record;

constexpr CsvOptions kOptions{
    .field_bytes_max = 40, .columns_max = 5, .row_bytes_max = 100, .buffer_bytes = 160};

// A text in which equal rows give equal bytes.
std::string read_in_pieces(std::string_view text, std::size_t piece, std::size_t buffer_bytes) {
    CsvOptions options = kOptions;
    options.buffer_bytes = buffer_bytes;
    CsvReader reader(
        [text, piece](char* to, std::size_t most) mutable -> Result<std::size_t> {
            const std::size_t count = std::min({text.size(), piece, most});
            text.copy(to, count);
            text.remove_prefix(count);
            return count;
        },
        options);
    std::string out;
    CsvRow row;
    std::int64_t offset = -1, line = 0;
    for (;;) {
        const auto event = reader.next(row);
        if (!event.ok()) return out + "error";
        if (*event == CsvReader::Event::kEnd) return out;
        if (*event == CsvReader::Event::kRelease) continue;
        SHU_ASSERT(row.offset > offset && row.line > line &&
                   row.fields.size() <= options.columns_max);
        SHU_ASSERT((*event == CsvReader::Event::kBadRow) == !row.problem.empty());
        offset = row.offset;
        line = row.line;
        out += std::to_string(row.line) + ":" + std::to_string(row.offset) + ":" +
               std::string(row.problem) + ":" + std::string(row.raw);
        for (const auto field : row.fields)
            out += "[" + std::string(field) + "]";
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string whole = read_in_pieces(text, size + 1, 4'096);
    SHU_ASSERT(read_in_pieces(text, 7, 160) == whole);
    SHU_ASSERT(read_in_pieces(text, 64, 161) == whole);
    if (detect_encoding(text).ok()) {
        Arena arena;
        Decoder decoder(*detect_encoding(text));
        std::string_view out;
        if (decoder.decode(text, arena, out) && is_ascii(text)) SHU_ASSERT(out == text);
    }
    return 0;
}
