// Whatever the bytes: an error that names its place, or a document whose every mistake has a
// position.
#include <cstddef>
#include <cstdint>

#include "foundation/text.h"
#include "foundation/yaml.h"

namespace {

shu::Shape shape() {
    using shu::Shape;
    const Shape field = Shape::object({{.name = "a", .shape = Shape::text(), .required = true},
                                       {.name = "b", .shape = Shape::integer(-5, 5)},
                                       {.name = "c", .shape = Shape::text_matching("[a-z]*", "a")},
                                       {.name = "d", .shape = Shape::date()}});
    return Shape::object({{.name = "x", .shape = Shape::list(field)},
                          {.name = "y", .shape = Shape::map(Shape::number())},
                          {.name = "z", .shape = Shape::one_of({"one", "two"})},
                          {.name = "w", .shape = Shape::any()}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const shu::Shape kShape = shape();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = shu::yaml::parse("f", text, kShape);
    if (!document) {
        SHU_ASSERT(document.error().detail.starts_with("f:"));
        return 0;
    }
    std::vector<shu::Problem> problems;
    kShape.check(document->root, "", problems);
    for (const shu::Problem& problem : problems) {
        const auto position = document->position_of(problem.pointer);
        SHU_ASSERT(position.line >= 1 && position.column >= 1);
        SHU_ASSERT(shu::text::is_utf8(shu::yaml::to_string(*document, problem)));
    }
    return 0;
}
