#include "decision/xml.h"

#include <algorithm>
#include <array>

#include "foundation/text.h"

namespace shu::decision {

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

bool is_expression(const pugi::xml_node& node) {
    static constexpr std::array<std::string_view, 12> kExpressions = {
        "literalExpression",  "decisionTable", "invocation", "context", "list", "relation",
        "functionDefinition", "conditional",   "filter",     "for",     "some", "every"};
    return std::find(kExpressions.begin(), kExpressions.end(), local_name(node)) !=
           kExpressions.end();
}

std::string text_in(const pugi::xml_node& node) {
    std::string out;
    for (const pugi::xml_node& inner : child(node, "text").children())
        if (inner.type() == pugi::node_pcdata || inner.type() == pugi::node_cdata)
            out += inner.value();
    return std::string(text::trim(out));
}

}  // namespace shu::decision
