// Elements and their requirements. DMN 1.5 chapter 6 and 10.4.
#include <algorithm>
#include <utility>

#include "rule/dmn/loader.h"

namespace shu::rule {

void ModelLoader::read_elements(std::size_t file) {
    for (const pugi::xml_node& node : documents_[file]->root.children()) {
        const std::string_view kind = local_name(node);
        Element element;
        if (kind == "inputData")
            element.kind = ModelElement::Kind::kInput;
        else if (kind == "decision")
            element.kind = ModelElement::Kind::kDecision;
        else if (kind == "businessKnowledgeModel")
            element.kind = ModelElement::Kind::kKnowledge;
        else if (kind == "decisionService")
            element.kind = ModelElement::Kind::kService;
        else
            continue;
        element.file = file;
        element.id = attribute(node, "id");
        element.name = normalised_name(attribute(node, "name"));
        const pugi::xml_node variable = child(node, "variable");
        element.type_name = attribute(variable, "typeRef");
        const bool typed = element.kind == ModelElement::Kind::kInput ||
                           element.kind == ModelElement::Kind::kDecision;
        const std::string place = std::string(kind) + " '" + element.name + "'";
        if (typed && !element.type_name.empty())
            element.type = referenced_type(file, element.type_name, place, 0);
        const auto id = static_cast<std::uint32_t>(data_.elements.size());
        if (!by_id_.emplace(std::pair(file, element.id), id).second)
            problem(place, "another element has the id '" + element.id + "'");
        data_.elements.push_back(std::move(element));
        nodes_.push_back(node);
    }
}

// "#id" in the same file, "namespace#id" in an imported one.
std::uint32_t ModelLoader::resolve(std::size_t file, const std::string& href) {
    const std::size_t hash = href.find('#');
    const std::string name_space = hash == std::string::npos ? "" : href.substr(0, hash);
    const std::string id = hash == std::string::npos ? href : href.substr(hash + 1);
    std::size_t wanted = file;
    if (!name_space.empty() && name_space != data_.files[file].name_space) {
        const auto found =
            std::find_if(data_.files.begin(), data_.files.end(),
                         [&](const ModelFile& f) { return f.name_space == name_space; });
        if (found == data_.files.end()) return kNoElement;
        wanted = static_cast<std::size_t>(found - data_.files.begin());
    }
    const auto found = by_id_.find({wanted, id});
    return found == by_id_.end() ? kNoElement : found->second;
}

void ModelLoader::find_needs(std::uint32_t index, const pugi::xml_node& node) {
    const std::size_t file = data_.elements[index].file;
    const std::string place = "'" + data_.elements[index].name + "'";
    for (const pugi::xml_node& requirement : node.children()) {
        const std::string_view kind = local_name(requirement);
        if (kind != "informationRequirement" && kind != "knowledgeRequirement") continue;
        for (const pugi::xml_node& required : requirement.children()) {
            const std::string href = attribute(required, "href");
            if (href.empty()) continue;
            const std::uint32_t target = resolve(file, href);
            if (target == kNoElement) {
                problem(place, "it requires " + href + ", which does not exist");
                continue;
            }
            if (target == index) continue;  // a function may call itself
            compile(target);
            if (states_[target] == State::kRunning)
                problem(place, "requirements go round: it requires '" +
                                   data_.elements[target].name + "', which requires it");
            const Element& other = data_.elements[target];
            auto& needs = data_.elements[index].needs;
            const auto& imports = data_.files[file].imports;
            const auto import = std::find_if(imports.begin(), imports.end(),
                                             [&](const auto& i) { return i.second == other.file; });
            if (other.file == file || import == imports.end() || import->first.empty()) {
                needs.push_back({other.name, other.type, target, {}});
                continue;
            }
            const auto group = std::find_if(needs.begin(), needs.end(), [&](const Need& n) {
                return n.element == kNoElement && n.name == import->first;
            });
            if (group == needs.end())
                needs.push_back({import->first, nullptr, kNoElement, {{other.name, target}}});
            else
                group->members.emplace_back(other.name, target);
        }
    }
    for (Need& need : data_.elements[index].needs) {
        if (need.element != kNoElement) continue;
        auto type = std::make_shared<Type>();
        type->base = Type::Base::kContext;
        type->kind = Kind::kContext;
        type->name = "import " + need.name;
        for (const auto& [name, member] : need.members)
            type->fields.push_back({name, data_.elements[member].type});
        need.type = type;
    }
}

Scope ModelLoader::scope_of_needs(const Element& element) const {
    Scope scope;
    for (const Need& need : element.needs)
        scope.push_back({need.name, need.type});
    return scope;
}

bool ModelLoader::needs_only_constants(const Element& element) const {
    const auto constant = [this](std::uint32_t need) { return data_.elements[need].is_constant; };
    return std::all_of(element.needs.begin(), element.needs.end(), [&](const Need& need) {
        if (need.element != kNoElement) return constant(need.element);
        return std::all_of(need.members.begin(), need.members.end(),
                           [&](const auto& member) { return constant(member.second); });
    });
}

void ModelLoader::compile(std::uint32_t index) {
    if (states_[index] != State::kWaiting) return;
    states_[index] = State::kRunning;
    const std::size_t outer = std::exchange(file_, data_.elements[index].file);
    const pugi::xml_node node = nodes_[index];
    const ModelElement::Kind kind = data_.elements[index].kind;
    if (kind == ModelElement::Kind::kService) compile_service(index);
    if (kind == ModelElement::Kind::kDecision || kind == ModelElement::Kind::kKnowledge) {
        find_needs(index, node);
        Element& element = data_.elements[index];
        auto program = std::make_shared<Program>();
        CompileOptions options;
        options.environment = &environment_;
        options.types = &data_.files[element.file].types;
        BoxedCompiler compiler(*program, options, data_.problems);
        const Scope scope = scope_of_needs(element);
        if (kind == ModelElement::Kind::kKnowledge) {
            element.type = compiler.knowledge(node, scope, element.name,
                                              placed("knowledge model '" + element.name + "'"));
            element.is_constant = needs_only_constants(element);
            element.program = std::move(program);
        } else if (expression_child(node)) {
            compiler.decision(node, scope, element.type,
                              placed("decision '" + attribute(node, "name") + "'"));
            if (element.type == nullptr) element.type = program->type;
            element.program = std::move(program);
        }
    }
    states_[index] = State::kDone;
    file_ = outer;
}

void ModelLoader::compile_service(std::uint32_t index) {
    const pugi::xml_node node = nodes_[index];
    const std::size_t file = data_.elements[index].file;
    const std::string place = "decision service '" + data_.elements[index].name + "'";
    const auto gather = [&](std::string_view wanted, std::vector<std::uint32_t>& into) {
        for (const pugi::xml_node& reference : node.children()) {
            if (local_name(reference) != wanted) continue;
            const std::uint32_t target = resolve(file, attribute(reference, "href"));
            if (target == kNoElement)
                problem(place, attribute(reference, "href") + " does not exist");
            else
                into.push_back(target);
        }
    };
    std::vector<std::uint32_t> parameters;
    std::vector<std::uint32_t> outputs;
    gather("inputData", parameters);
    gather("inputDecision", parameters);
    gather("outputDecision", outputs);
    if (outputs.empty()) problem(place, "it has no output decision");
    for (const std::uint32_t output : outputs)
        compile(output);
    auto type = std::make_shared<Type>(*built_in_type("function"));
    for (const std::uint32_t parameter : parameters)
        type->parameters.push_back(data_.elements[parameter].type);
    if (outputs.size() == 1) {
        type->element = data_.elements[outputs[0]].type;
    } else {
        auto result = std::make_shared<Type>();
        result->base = Type::Base::kContext;
        result->kind = Kind::kContext;
        result->name = "context";
        for (const std::uint32_t output : outputs)
            result->fields.push_back({data_.elements[output].name, data_.elements[output].type});
        type->element = result;
    }
    Element& element = data_.elements[index];
    element.parameters = std::move(parameters);
    element.outputs = std::move(outputs);
    element.type = type;
    element.is_constant = true;
}

}  // namespace shu::rule
