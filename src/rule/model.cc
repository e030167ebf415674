#include "rule/model.h"

#include <algorithm>

#include "foundation/json.h"
#include "rule/dmn/loader.h"
#include "rule/dmn/run.h"
#include "rule/dmn/table_analysis.h"
#include "rule/feel/literal.h"

namespace shu::rule {

std::uint32_t ModelData::find(ModelElement::Kind kind, std::string_view name) const {
    for (const bool own : {true, false}) {
        for (std::uint32_t i = 0; i < elements.size(); ++i) {
            const Element& element = elements[i];
            if (element.kind != kind || (element.file == 0) != own) continue;
            if (element.name == name || element.id == name) return i;
            for (const auto& [import_name, file] : files[0].imports)
                if (file == element.file && import_name + "." + element.name == name) return i;
        }
    }
    return kNoElement;
}

Result<Model> Model::load(std::string_view xml, const Environment& environment,
                          const ImportReader& imports) {
    auto data = std::make_shared<ModelData>();
    ModelLoader loader(*data, environment, imports);
    SHU_CHECK(loader.load(xml));
    Model out;
    out.data_ = std::move(data);
    return out;
}

Result<ModelHead> Model::head(std::string_view xml) {
    pugi::xml_document document;
    SHU_CHECK(parse_xml(xml, document));
    const pugi::xml_node root = document.document_element();
    if (local_name(root) != "definitions")
        return invalid("the root element is not 'definitions' of DMN");
    ModelHead out{attribute(root, "namespace"), {}};
    for (const pugi::xml_node& node : root.children())
        if (local_name(node) == "import") out.imports.push_back(attribute(node, "namespace"));
    return out;
}

const std::string& Model::name() const {
    return data_->files[0].name;
}
const std::string& Model::name_space() const {
    return data_->files[0].name_space;
}
const std::vector<Warning>& Model::problems() const {
    return data_->problems;
}

const std::vector<std::string>& Model::imports() const {
    return data_->imported;
}

namespace {

void gather_inputs(const ModelData& data, std::uint32_t index, std::vector<bool>& seen,
                   std::vector<std::string>& out) {
    if (seen[index]) return;
    seen[index] = true;
    const Element& element = data.elements[index];
    if (element.kind == ModelElement::Kind::kInput) out.push_back(element.name);
    for (const Need& need : element.needs) {
        if (need.element != kNoElement) gather_inputs(data, need.element, seen, out);
        for (const auto& [name, member] : need.members)
            gather_inputs(data, member, seen, out);
    }
}

Result<Outcome> finished(Evaluator& evaluator, Value value) {
    if (evaluator.stopped()) return exhausted(evaluator.stop_reason());
    Outcome out;
    out.value = std::move(value);
    out.warnings = evaluator.take_warnings();
    return out;
}

}  // namespace

std::vector<ModelElement> Model::elements() const {
    std::vector<ModelElement> out;
    for (std::uint32_t i = 0; i < data_->elements.size(); ++i) {
        const Element& element = data_->elements[i];
        if (element.file != 0) continue;
        ModelElement shown{element.kind, element.id, element.name, element.type_name, {}};
        if (element.kind == ModelElement::Kind::kService) {
            for (const std::uint32_t parameter : element.parameters)
                shown.inputs.push_back(data_->elements[parameter].name);
        } else if (element.kind != ModelElement::Kind::kInput) {
            std::vector<bool> seen(data_->elements.size(), false);
            gather_inputs(*data_, i, seen, shown.inputs);
        }
        out.push_back(std::move(shown));
    }
    return out;
}

std::vector<TableFinding> Model::analyse() const {
    std::vector<TableFinding> out;
    for (const Element& element : data_->elements) {
        if (element.program == nullptr || element.file != 0) continue;
        for (const auto& part : element.program->parts) {
            const auto* table = dynamic_cast<const DecisionTable*>(part.get());
            if (table == nullptr) continue;
            auto findings = analyse_table(*element.program, *table);
            out.insert(out.end(), std::make_move_iterator(findings.begin()),
                       std::make_move_iterator(findings.end()));
        }
    }
    return out;
}

Result<Outcome> Model::evaluate(Evaluation& evaluation, std::string_view decision,
                                const Value& inputs, Explanation* explanation) const {
    const std::uint32_t index = data_->find(ModelElement::Kind::kDecision, decision);
    if (index == kNoElement)
        return not_found("the model has no decision '" + std::string(decision) + "'");
    Evaluator& evaluator = evaluation.evaluator();
    evaluator.reset();
    evaluator.explanation = explanation;
    ModelRun run(*data_, evaluator, inputs);
    Value value = run.value_of(index);
    evaluator.explanation = nullptr;
    return finished(evaluator, std::move(value));
}

Result<Outcome> Model::evaluate_all(Evaluation& evaluation, const Value& inputs,
                                    Explanation* explanation) const {
    Evaluator& evaluator = evaluation.evaluator();
    evaluator.reset();
    evaluator.explanation = explanation;
    ModelRun run(*data_, evaluator, inputs);
    std::vector<ContextEntry> out;
    for (std::uint32_t i = 0; i < data_->elements.size(); ++i) {
        const Element& element = data_->elements[i];
        if (element.file == 0 && element.kind == ModelElement::Kind::kDecision)
            out.emplace_back(std::string_view(element.name), run.value_of(i));
    }
    evaluator.explanation = nullptr;
    return finished(evaluator, Value::context(std::move(out)));
}

Result<Outcome> Model::invoke(Evaluation& evaluation, std::string_view name, const Value& arguments,
                              Explanation* explanation) const {
    std::uint32_t index = data_->find(ModelElement::Kind::kService, name);
    if (index == kNoElement) index = data_->find(ModelElement::Kind::kKnowledge, name);
    if (index == kNoElement)
        return not_found("the model has no decision service or knowledge model '" +
                         std::string(name) + "'");
    Evaluator& evaluator = evaluation.evaluator();
    evaluator.reset();
    ModelRun run(*data_, evaluator, arguments);
    const Value callee = run.value_of(index);
    if (!callee.is_function()) return finished(evaluator, Value());
    std::vector<Value> values;
    const TypePointer type = callee.as_function().type();
    for (const std::string& parameter : callee.as_function().parameters()) {
        const Value* given = arguments.find(parameter);
        const Type* wanted = type->parameters.size() > values.size()
                                 ? type->parameters[values.size()].get()
                                 : nullptr;
        if (given == nullptr) evaluator.warn(0, "argument '" + parameter + "' is not given");
        values.push_back(given == nullptr
                             ? Value()
                             : read_as(*given, wanted, zones_of(&evaluator.environment())));
    }
    evaluator.explanation = explanation;
    Value value = evaluator.call(callee, values, 0);
    evaluator.explanation = nullptr;
    return finished(evaluator, std::move(value));
}

boost::json::value to_json(const Explanation& explanation) {
    const auto pairs = [](const auto& all) {
        boost::json::array out;
        for (const auto& [name, value] : all)
            out.push_back(boost::json::object{{"name", name}, {"value", to_json(value)}});
        return out;
    };
    boost::json::array decisions;
    for (const Explanation::Decision& decision : explanation.decisions) {
        boost::json::array tables;
        for (const Explanation::Table& table : decision.tables) {
            boost::json::array rows;
            for (const Explanation::Row& row : table.rows) {
                boost::json::object shown{{"rule", row.rule}, {"fired", row.fired}};
                if (row.failed != 0) {
                    shown["failedInput"] = row.failed;
                    shown["condition"] = row.condition;
                }
                rows.push_back(std::move(shown));
            }
            tables.push_back(boost::json::object{{"place", table.place},
                                                 {"hitPolicy", table.hit_policy},
                                                 {"inputs", pairs(table.inputs)},
                                                 {"rows", std::move(rows)}});
        }
        decisions.push_back(boost::json::object{{"decision", decision.name},
                                                {"inputs", pairs(decision.inputs)},
                                                {"value", to_json(decision.value)},
                                                {"tables", std::move(tables)}});
    }
    return decisions;
}

}  // namespace shu::rule
