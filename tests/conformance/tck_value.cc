#include "tck_value.h"

#include "foundation/text.h"

namespace shu::conformance {

using rule::Decimal;
using rule::Kind;
using rule::Value;

std::string_view plain_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

namespace {

std::string attribute_ending(const pugi::xml_node& node, std::string_view ending) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        const std::string_view name = attribute.name();
        if (name == ending || name.ends_with(":" + std::string(ending))) return attribute.value();
    }
    return "";
}

Value read_plain(const pugi::xml_node& node, const rule::Zones& zones) {
    if (attribute_ending(node, "nil") == "true") return {};
    std::string type = attribute_ending(node, "type");
    type = type.substr(type.find(':') + 1);
    const std::string raw = node.text().get();
    if (type == "string") return Value::string(raw);
    const std::string text(text::trim(raw));
    if (type == "boolean") return Value::boolean(text == "true" || text == "1");
    if (type == "date")
        if (const auto date = rule::parse_civil_date(text)) return Value::date(*date);
    if (type == "time")
        if (const auto time = rule::parse_clock_time(text, zones)) return Value::time(*time);
    if (type == "dateTime")
        if (const auto instant = rule::parse_date_time(text, zones))
            return Value::date_time(*instant);
    if (type == "duration" || type == "dayTimeDuration" || type == "yearMonthDuration") {
        if (const auto months = rule::parse_months_duration(text)) return Value::duration(*months);
        if (const auto days = rule::parse_days_duration(text)) return Value::duration(*days);
    }
    if (type == "decimal" || type == "double" || type == "integer" || type == "float" ||
        type == "int" || type == "long" || type.empty())
        if (const auto number = Decimal::parse(text)) return Value::number(*number);
    return Value::string(text);
}

}  // namespace

Value read_value(const pugi::xml_node& node, const rule::Zones& zones) {
    std::vector<rule::ContextEntry> entries;
    for (const pugi::xml_node& part : node.children()) {
        const std::string_view name = plain_name(part);
        if (name == "value") return read_plain(part, zones);
        if (name == "list") {
            if (attribute_ending(part, "nil") == "true") return {};
            std::vector<Value> items;
            for (const pugi::xml_node& item : part.children())
                if (plain_name(item) == "item") items.push_back(read_value(item, zones));
            return Value::list(std::move(items));
        }
        if (name != "component") continue;
        if (attribute_ending(part, "nil") == "true")
            entries.emplace_back(std::string_view(part.attribute("name").value()), Value());
        else
            entries.emplace_back(std::string_view(part.attribute("name").value()),
                                 read_value(part, zones));
    }
    return entries.empty() ? Value() : Value::context(std::move(entries));
}

bool agrees(const Value& expected, const Value& actual) {
    if (expected.is_number() && actual.is_number()) {
        const auto difference = subtract(expected.as_number(), actual.as_number());
        if (!difference) return false;
        if (difference->is_zero()) return true;
        const Decimal size =
            expected.as_number().abs() > Decimal(1) ? expected.as_number().abs() : Decimal(1);
        return difference->abs() <= *multiply(size, *Decimal::parse("0.00000001"));
    }
    if (expected.is_list() && actual.is_list()) {
        const auto a = expected.as_list();
        const auto b = actual.as_list();
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!agrees(a[i], b[i])) return false;
        return true;
    }
    if (expected.is_context() && actual.is_context()) {
        if (expected.as_context().size() != actual.as_context().size()) return false;
        for (const rule::ContextEntry& entry : expected.as_context()) {
            const Value* other = actual.find(entry.name.as_string());
            if (other == nullptr || !agrees(entry.value, *other)) return false;
        }
        return true;
    }
    return expected.kind() == actual.kind() && same(expected, actual);
}

}  // namespace shu::conformance
