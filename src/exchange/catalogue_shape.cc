#include "exchange/catalogue_shape.h"

#include "foundation/json.h"

namespace shu::exchange {
namespace {

constexpr const char* kResourceCode = "[1-3]([0-9]{2}([0-9]{3}[0-9]*)?)?/[0-9]+";

Shape sharing_shape() {
    return Shape::object({
        {"type", Shape::one_of({"unconditional", "conditional", "refused"}), true, "Sharing type"},
        {"condition", Shape::text(), false, "What an applicant must show; for conditional sharing"},
        {"condition_en", Shape::text(), false, "The condition in English"},
        {"basis", Shape::text(), false,
         "Law or regulation that forbids sharing; for refused sharing"},
        {"method", Shape::text(), false, "How it is shared: interface, table, file"},
    });
}

Shape open_shape() {
    return Shape::object({
        {"open", Shape::boolean(), true, "Whether it is open to the public"},
        {"condition", Shape::text(), false, "Under which condition, or why not"},
    });
}

void require(const json::Reader& in, const std::string& pointer, std::string_view name,
             const char* remedy, std::vector<Problem>& problems) {
    if (in.text_or(name).empty())
        problems.push_back(
            {json::pointer_to(pointer, name), "is missing for this type of sharing", remedy});
}

}  // namespace

Shape catalogue_shape() {
    return Shape::object({
        {"resource_code", Shape::text_matching(kResourceCode, "101001/000001"), true,
         "Class (1), item (2), section (3), detail; then / and a serial"},
        {"class", Shape::list(Shape::text(), 2), true, "Names of class, item, section, ..."},
        {"abstract", Shape::text(), true, "What it holds and what it is for"},
        {"abstract_en", Shape::text(), false, "The abstract in English"},
        {"format", Shape::text(), true, "Kind of resource, for example a database"},
        {"sharing", sharing_shape(), true, "Whether and how other departments may use it"},
        {"open", open_shape(), true, "Whether it is open to the public"},
        {"cycle",
         Shape::one_of({"realtime", "daily", "weekly", "monthly", "quarterly", "half-yearly",
                        "yearly", "irregular"}),
         true, "How often it is brought up to date"},
        {"published", Shape::date(), true, "When the entry was published"},
        {"related", Shape::list(Shape::text_matching(kResourceCode, "101001/000001")), false,
         "Codes of related resources"},
    });
}

void check_catalogue(const json::value& catalogue, const std::string& pointer,
                     std::vector<Problem>& problems) {
    const json::Reader in(catalogue);
    const auto sharing = in.member("sharing");
    if (!sharing.ok()) return;
    const std::string type = sharing->text_or("type");
    const std::string at = json::pointer_to(pointer, "sharing");
    if (type == "conditional")
        require(*sharing, at, "condition", "say what an applicant must show", problems);
    if (type == "refused")
        require(*sharing, at, "basis", "name the law or regulation that forbids sharing", problems);
    const auto open = in.member("open");
    if (type == "refused" && open.ok() && open->boolean_or("open", false))
        problems.push_back({json::pointer_to(json::pointer_to(pointer, "open"), "open"),
                            "is true although sharing is refused",
                            "what no department may have cannot be open; write false"});
}

}  // namespace shu::exchange
