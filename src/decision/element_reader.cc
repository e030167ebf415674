#include "decision/element_reader.h"

#include <map>

#include "decision/limits.h"
#include "decision/xml.h"
#include "foundation/clock.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using rule::ModelElement;

/// The kind of a built-in type; empty for any other name.
std::string_view built_in_kind(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
        {"", "any"},
        {"Any", "any"},
        {"any", "any"},
        {"string", "string"},
        {"number", "number"},
        {"boolean", "boolean"},
        {"date", "date"},
        {"time", "time"},
        {"date and time", "date and time"},
        {"dateTime", "date and time"},
        {"days and time duration", "days and time duration"},
        {"dayTimeDuration", "days and time duration"},
        {"years and months duration", "years and months duration"},
        {"yearMonthDuration", "years and months duration"},
        {"list", "list"},
        {"context", "context"},
        {"function", "function"}};
    for (const auto& [known, kind] : kKinds)
        if (known == name) return kind;
    return {};
}

class TypeReader {
 public:
    TypeReader(const Places& places, const rule::Environment& environment)
        : environment_(environment) {
        for (const pugi::xml_node& node : places.document().document_element().children())
            if (local_name(node) == "itemDefinition")
                definitions_.emplace(node.attribute("name").value(), node);
    }

    json::object type(const std::string& reference, std::size_t depth = 0) const {
        json::object out{{"name", reference}};
        // `feel:string` of older models, `import.type` stays unknown.
        const std::size_t colon = reference.find(':');
        const std::string plain =
            colon == std::string::npos ? reference : reference.substr(colon + 1);
        const auto found = definitions_.find(plain);
        if (found != definitions_.end() && depth < limits::decision_type_depth_max) {
            describe(found->second, out, depth + 1);
            return out;
        }
        const std::string_view kind = built_in_kind(plain);
        out["kind"] = kind.empty() ? "any" : kind;
        return out;
    }

 private:
    void describe(const pugi::xml_node& node, json::object& out, std::size_t depth) const {
        json::object one;
        const pugi::xml_node reference = child(node, "typeRef");
        if (reference) {
            one = type(std::string(text::trim(reference.text().get())), depth);
            one.erase("name");
        } else {
            components(node, one, depth);
        }
        constraint(text_in(child(node, "allowedValues")), one);
        if (!node.attribute("isCollection").as_bool()) {
            constraint(text_in(child(node, "typeConstraint")), one);
            for (auto& member : one)
                out[member.key()] = member.value();
            return;
        }
        out["kind"] = "list";
        one["name"] = reference ? text::trim(reference.text().get()) : std::string_view();
        out["items"] = std::move(one);
    }

    void components(const pugi::xml_node& node, json::object& out, std::size_t depth) const {
        json::array fields;
        for (const pugi::xml_node& part : node.children()) {
            if (local_name(part) != "itemComponent") continue;
            json::object field{{"name", ""}};
            describe(part, field, depth + 1);
            fields.push_back(
                json::object{{"name", part.attribute("name").value()}, {"type", std::move(field)}});
        }
        out["kind"] = fields.empty() ? "any" : "context";
        if (!fields.empty()) out["fields"] = std::move(fields);
    }

    /// Tests that are nothing but constants are an enumeration; others are shown as they stand.
    void constraint(const std::string& tests, json::object& out) const {
        if (tests.empty()) return;
        const auto list = rule::Expression::compile("[" + tests + "]", {}, environment_);
        if (list.ok()) {
            const ManualClock clock(0);
            rule::Evaluation evaluation(environment_, clock);
            const auto values = evaluation.run(*list, {});
            if (values.ok() && values->warnings.empty() && is_enumeration(values->value)) {
                out["values"] = rule::to_json(values->value);
                return;
            }
        }
        out["allowed"] = tests;
    }

    static bool is_enumeration(const rule::Value& values) {
        if (!values.is_list() || values.as_list().empty()) return false;
        for (const rule::Value& value : values.as_list())
            if (value.is_range() || value.is_list() || value.is_context() || value.is_null())
                return false;
        return true;
    }

    const rule::Environment& environment_;
    std::map<std::string, pugi::xml_node> definitions_;
};

/// What a person is told beside the name: the question a decision answers, else its description.
std::string label_of(const Places& places, const std::string& id) {
    if (id.empty()) return {};
    for (const pugi::xml_node& node : places.document().document_element().children()) {
        if (node.attribute("id").value() != id) continue;
        for (const std::string_view told : {"question", "description"})
            if (const pugi::xml_node found = child(node, told))
                return std::string(text::trim(found.text().get()));
    }
    return {};
}

}  // namespace

json::object elements_of(const rule::Model& model, const Places& places,
                         const rule::Environment& environment) {
    const TypeReader types(places, environment);
    static constexpr std::pair<std::string_view, std::string_view> kLists[] = {
        {"input", "inputs"},
        {"decision", "decisions"},
        {"knowledge", "knowledge"},
        {"service", "services"}};
    json::object out;
    for (const auto& [kind, list] : kLists)
        out[list] = json::array();
    for (const ModelElement& element : model.elements()) {
        const auto& [kind, list] = kLists[static_cast<std::size_t>(element.kind)];
        json::array inputs;
        for (const std::string& name : element.inputs)
            inputs.emplace_back(name);
        out[list].as_array().push_back(json::object{{"id", element.id},
                                                    {"name", element.name},
                                                    {"kind", kind},
                                                    {"type", types.type(element.type)},
                                                    {"inputs", std::move(inputs)},
                                                    {"label", label_of(places, element.id)}});
    }
    return out;
}

}  // namespace shu::decision
