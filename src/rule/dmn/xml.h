// DMN's XML through pugixml: names without prefixes, limits, no document types (hence no entities
// but the five of XML).
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::rule {

/// The name without its prefix.
std::string_view local_name(const pugi::xml_node& node);

/// The first child element of that name; an empty node if there is none.
pugi::xml_node child(const pugi::xml_node& node, std::string_view name);

/// The first child that is an expression: literalExpression, decisionTable, invocation, context,
/// ...
pugi::xml_node expression_child(const pugi::xml_node& node);

/// All text inside, trimmed.
std::string text_of(const pugi::xml_node& node);

inline std::string attribute(const pugi::xml_node& node, const char* name) {
    return node.attribute(name).value();
}

/// Parses a document. Errors: Invalid with the byte offset, Exhausted beyond
/// limits::rule_model_bytes_max or _depth_max.
Result<void> parse_xml(std::string_view text, pugi::xml_document& document);

}  // namespace shu::rule
