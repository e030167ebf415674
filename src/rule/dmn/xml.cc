#include "rule/dmn/xml.h"

#include <algorithm>
#include <array>

#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::rule {

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    for (const pugi::xml_node& inner : node.children())
        if (local_name(inner) == name) return inner;
    return {};
}

pugi::xml_node expression_child(const pugi::xml_node& node) {
    static constexpr std::array<std::string_view, 12> kExpressions = {
        "literalExpression",  "decisionTable", "invocation", "context", "list", "relation",
        "functionDefinition", "conditional",   "filter",     "for",     "some", "every"};
    for (const pugi::xml_node& inner : node.children())
        if (std::find(kExpressions.begin(), kExpressions.end(), local_name(inner)) !=
            kExpressions.end())
            return inner;
    return {};
}

std::string text_of(const pugi::xml_node& node) {
    std::string out;
    for (const pugi::xml_node& inner : node.children())
        if (inner.type() == pugi::node_pcdata || inner.type() == pugi::node_cdata)
            out += inner.value();
    return std::string(text::trim(out));
}

Result<void> parse_xml(std::string_view text, pugi::xml_document& document) {
    if (text.size() > limits::rule_model_bytes_max)
        return exhausted("the model is larger than 16 MiB");
    if (!text::is_utf8(text)) return invalid("the model is not UTF-8");
    if (text.find("<!DOCTYPE") != std::string_view::npos)
        return invalid("a model must not have a document type declaration");
    const auto parsed = document.load_buffer(text.data(), text.size(),
                                             pugi::parse_default | pugi::parse_ws_pcdata_single,
                                             pugi::encoding_utf8);
    if (!parsed)
        return invalid("no well-formed XML at byte " + std::to_string(parsed.offset) + ": " +
                       parsed.description());
    struct Depth final : pugi::xml_tree_walker {
        bool too_deep = false;
        bool for_each(pugi::xml_node&) override {
            too_deep = depth() > static_cast<int>(limits::rule_model_depth_max);
            return !too_deep;
        }
    } walker;
    document.traverse(walker);
    if (walker.too_deep) return exhausted("the model's elements nest more than 100 deep");
    return {};
}

}  // namespace shu::rule
