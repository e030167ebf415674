// What a model says, as JSON whose differences a reader understands: elements by name, rules by
// number, conditions by column.
#include <map>

#include "decision/declaration.h"
#include "decision/xml.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using pugi::xml_node;

std::string trimmed(const char* text) {
    return std::string(text::trim(text));
}

std::string heading(const xml_node& column, std::size_t number) {
    for (const std::string& name :
         {trimmed(column.attribute("label").value()), text_in(child(column, "inputExpression")),
          trimmed(column.attribute("name").value())})
        if (!name.empty()) return name;
    return std::to_string(number);
}

json::object table_of(const xml_node& table) {
    std::vector<std::string> inputs, outputs;
    for (const xml_node& part : table.children()) {
        if (local_name(part) == "input") inputs.push_back(heading(part, inputs.size() + 1));
        if (local_name(part) == "output") outputs.push_back(heading(part, outputs.size() + 1));
    }
    json::array rules;
    for (const xml_node& rule : table.children()) {
        if (local_name(rule) != "rule") continue;
        json::object when, then;
        std::size_t input = 0, output = 0;
        for (const xml_node& cell : rule.children()) {
            if (local_name(cell) == "inputEntry" && input < inputs.size())
                when[inputs[input++]] = text_in(cell);
            if (local_name(cell) == "outputEntry" && output < outputs.size())
                then[outputs[output++]] = text_in(cell);
        }
        rules.push_back(json::object{{"code", std::to_string(rules.size() + 1)},
                                     {"when", std::move(when)},
                                     {"then", std::move(then)}});
    }
    return {{"hit_policy", table.attribute("hitPolicy").as_string("UNIQUE")},
            {"aggregation", table.attribute("aggregation").value()},
            {"rules", std::move(rules)}};
}

json::value logic_of(const xml_node& node) {
    const std::string_view kind = local_name(node);
    if (kind == "decisionTable") return table_of(node);
    if (kind == "literalExpression") return json::value(text_in(node));
    json::array parts;
    for (const xml_node& inner : node.children()) {
        if (inner.type() != pugi::node_element) continue;
        json::object part{{"code", std::to_string(parts.size() + 1)}, {"kind", local_name(inner)}};
        for (const xml_node& named : {inner, child(inner, "variable"), child(inner, "parameter")})
            if (const auto name = trimmed(named.attribute("name").value()); !name.empty())
                part["name"] = name;
        part["logic"] = is_expression(inner) && local_name(inner) == "literalExpression"
                            ? json::value(text_in(inner))
                            : logic_of(inner);
        if (const std::string text = text_in(inner); !text.empty()) part["text"] = text;
        parts.push_back(std::move(part));
    }
    return parts;
}

json::object element_of(const xml_node& node) {
    json::object out{{"code", trimmed(node.attribute("name").value())},
                     {"kind", local_name(node)},
                     {"type", child(node, "variable").attribute("typeRef").value()}};
    json::array needs;
    for (const xml_node& inner : node.children()) {
        if (is_expression(inner)) out["logic"] = logic_of(inner);
        if (local_name(inner) == "encapsulatedLogic") out["logic"] = logic_of(inner);
        for (const xml_node& reference : inner.children())
            if (reference.attribute("href"))
                needs.emplace_back(reference.attribute("href").value());
    }
    if (!needs.empty()) out["needs"] = std::move(needs);
    return out;
}

json::object type_of(const xml_node& node) {
    json::object out{{"code", trimmed(node.attribute("name").value())},
                     {"type", trimmed(child(node, "typeRef").text().get())},
                     {"allowed", text_in(child(node, "allowedValues"))},
                     {"collection", node.attribute("isCollection").as_bool()}};
    json::array components;
    for (const xml_node& inner : node.children())
        if (local_name(inner) == "itemComponent") components.push_back(type_of(inner));
    if (!components.empty()) out["components"] = std::move(components);
    return out;
}

/// A value as a reader compares it. Canonical JSON has no fractions, so it is a text.
std::string told(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

/// Examples by their names, of equal names the later with its number.
json::array examples_of(const json::array& examples) {
    json::array out;
    std::map<std::string, int> seen;
    for (const json::value& example : examples) {
        const json::Reader in(example);
        const std::string name = in.text_or("name");
        const int number = ++seen[name];
        json::object input;
        for (const auto& [member, value] : example.as_object().at("input").as_object())
            input[member] = told(value);
        out.push_back(
            json::object{{"code", number == 1 ? name : name + " " + std::to_string(number)},
                         {"decision", in.text_or("decision")},
                         {"at", in.text_or("at")},
                         {"input", std::move(input)},
                         {"expected", told(example.as_object().at("expected"))}});
    }
    return out;
}

}  // namespace

json::object outline_of(const ModelDeclaration& declaration, const Inspection& inspection) {
    json::object out{{"code", declaration.code},           {"name", declaration.name},
                     {"name_en", declaration.name_en},     {"owner", declaration.owner},
                     {"basis", declaration.basis},         {"from", declaration.from},
                     {"four_eyes", declaration.four_eyes}, {"record", declaration.record},
                     {"digest", inspection.digest}};
    // Only where it is declared, so that what was applied before this member existed stays as it
    // is.
    if (declaration.keep_days != 0) out["keep_days"] = declaration.keep_days;
    if (!declaration.examples.empty()) out["examples"] = examples_of(declaration.examples);
    json::array types, elements, imports;
    if (inspection.places)
        for (const xml_node& node : inspection.places->document().document_element().children()) {
            const std::string_view kind = local_name(node);
            if (kind == "itemDefinition") types.push_back(type_of(node));
            if (kind == "import")
                imports.push_back(
                    json::object{{"code", trimmed(node.attribute("name").value())},
                                 {"namespace", trimmed(node.attribute("namespace").value())}});
            if (kind == "decision" || kind == "inputData" || kind == "businessKnowledgeModel" ||
                kind == "decisionService")
                elements.push_back(element_of(node));
        }
    if (!imports.empty()) out["imports"] = std::move(imports);
    out["types"] = std::move(types);
    out["elements"] = std::move(elements);
    return out;
}

}  // namespace shu::decision
