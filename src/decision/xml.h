// The elements of DMN's XML by their names without prefixes.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace shu::decision {

/// The name without its prefix.
std::string_view local_name(const pugi::xml_node& node);
/// The first child element of that name; an empty node if there is none.
pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
/// True for a boxed expression: literalExpression, decisionTable, invocation, context, ... DMN 1.5
/// table 31.
bool is_expression(const pugi::xml_node& node);
/// The trimmed text of the child `text`; empty if there is none.
std::string text_in(const pugi::xml_node& node);

}  // namespace shu::decision
