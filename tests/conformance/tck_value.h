// Values as the suite's XML writes them.
#pragma once

#include <pugixml.hpp>
#include <string>

#include "rule/value.h"

namespace shu::conformance {

/// Reads `<value xsi:type=...>`, `<component>`s or `<list>` inside of a node.
rule::Value read_value(const pugi::xml_node& node, const rule::Zones& zones);

/// Equality as the suite asks for it: numbers agree to eight digits, contexts in any order.
bool agrees(const rule::Value& expected, const rule::Value& actual);

std::string_view plain_name(const pugi::xml_node& node);

}  // namespace shu::conformance
