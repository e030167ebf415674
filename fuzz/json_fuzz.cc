// Whatever the bytes: an error, or a value whose canonical form is a fixed point.
#include <cstddef>
#include <cstdint>

#include "foundation/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = shu::json::parse(text);
    if (!parsed) {
        SHU_ASSERT(!parsed.error().detail.empty());
        return 0;
    }
    if (!shu::json::has_canonical_form(*parsed)) return 0;
    const std::string canonical = shu::json::canonical(*parsed);
    const auto again = shu::json::parse(canonical);
    SHU_ASSERT(again.ok());
    SHU_ASSERT(*again == *parsed);
    SHU_ASSERT(shu::json::canonical(*again) == canonical);
    return 0;
}
