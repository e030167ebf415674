#include "rule/dmn/loader.h"

#include <algorithm>
#include <utility>

#include "foundation/limits.h"
#include "rule/feel/literal.h"

namespace shu::rule {

constexpr std::size_t kImportDepthMax = 16;

void ModelLoader::problem(const std::string& place, std::string reason) {
    Warning warning;
    warning.place = placed(place);
    warning.reason = std::move(reason);
    data_.problems.push_back(std::move(warning));
}

// Who reads a place has the text of the model, not those of its imports: what is in one of these
// stands at the import that brought it.
std::string ModelLoader::placed(const std::string& place) const {
    return via_[file_].empty() || place.empty() ? via_[file_] + place : via_[file_] + ", " + place;
}

Result<void> ModelLoader::load(std::string_view xml) {
    (void)SHU_TRY(read_file(xml, ""));
    for (const std::size_t file : finished_) {
        file_ = file;
        read_types(file);
    }
    for (file_ = 0; file_ < data_.files.size(); ++file_)
        read_elements(file_);
    states_.resize(data_.elements.size(), State::kWaiting);
    for (std::uint32_t i = 0; i < data_.elements.size(); ++i)
        compile(i);
    return {};
}

Result<std::size_t> ModelLoader::read_file(std::string_view xml, std::string via) {
    auto document = std::make_unique<Document>();
    SHU_CHECK(parse_xml(xml, document->xml));
    document->root = document->xml.document_element();
    if (local_name(document->root) != "definitions")
        return invalid("the root element is not 'definitions' of DMN");
    const std::size_t file = data_.files.size();
    data_.files.push_back({normalised_name(attribute(document->root, "name")),
                           attribute(document->root, "namespace"),
                           {},
                           {}});
    documents_.push_back(std::move(document));
    via_.push_back(std::move(via));
    const std::size_t outer = std::exchange(file_, file);
    reading_.push_back(file);
    read_imports(file);
    reading_.pop_back();
    finished_.push_back(file);
    file_ = outer;
    return file;
}

void ModelLoader::read_imports(std::size_t file) {
    for (const pugi::xml_node& node : documents_[file]->root.children()) {
        if (local_name(node) != "import") continue;
        const std::string name = normalised_name(attribute(node, "name"));
        const std::string place = "import '" + name + "'";
        const std::string kind = attribute(node, "importType");
        if (kind.find("MODEL") == std::string::npos && kind.find("dmn") == std::string::npos &&
            kind.find("DMN") == std::string::npos) {
            problem(place, "only decision models are imported, not " + kind);
            continue;
        }
        const auto imported = read_import(node, via_[file].empty() ? place : via_[file]);
        // A circle through the model itself is its own mistake: it stands at its own import.
        const bool own =
            !via_[file].empty() && attribute(node, "namespace") == data_.files[0].name_space;
        if (!imported.ok())
            problem(own ? "" : place, imported.error().detail);
        else
            data_.files[file].imports.emplace_back(name, *imported);
    }
}

Result<std::size_t> ModelLoader::read_import(const pugi::xml_node& node, const std::string& via) {
    const std::string name_space = attribute(node, "namespace");
    if (std::find(data_.imported.begin(), data_.imported.end(), name_space) == data_.imported.end())
        data_.imported.push_back(name_space);
    for (std::size_t known = 0; known < data_.files.size(); ++known) {
        if (data_.files[known].name_space != name_space) continue;
        const auto open = std::find(reading_.begin(), reading_.end(), known);
        if (open == reading_.end()) return known;
        std::string circle;
        for (auto file = open; file != reading_.end(); ++file)
            circle += data_.files[*file].name_space + " imports ";
        return invalid("imports go round: " + circle + name_space +
                       "; move what both need into a model of its own");
    }
    if (!imports_ || reading_.size() > kImportDepthMax ||
        data_.files.size() >= limits::rule_model_imports_max)
        return not_found("the imported model " + name_space + " is not at hand");
    const std::string text = SHU_TRY(imports_(name_space, attribute(node, "locationURI")));
    return read_file(text, via);
}

void ModelLoader::read_types(std::size_t file) {
    for (const auto& [import_name, imported] : data_.files[file].imports)
        for (const auto& [type_name, type] : std::vector(data_.files[imported].types))
            data_.files[file].types.emplace_back(
                import_name.empty() ? type_name : import_name + "." + type_name, type);
    for (const pugi::xml_node& node : documents_[file]->root.children()) {
        if (local_name(node) != "itemDefinition") continue;
        const std::string name = normalised_name(attribute(node, "name"));
        TypePointer found;
        const bool known =
            std::any_of(data_.files[file].types.begin(), data_.files[file].types.end(),
                        [&](const auto& t) { return t.first == name; });
        if (!known) (void)referenced_type(file, name, "type '" + name + "'", 0);
    }
}

TypePointer ModelLoader::referenced_type(std::size_t file, const std::string& reference,
                                         const std::string& place, std::size_t depth) {
    TypePointer type;
    const std::string wanted = normalised_name(reference);
    const auto& types = data_.files[file].types;
    const bool known =
        std::any_of(types.begin(), types.end(), [&](const auto& t) { return t.first == wanted; });
    if (!known) {
        for (const std::string& name : {wanted, wanted.substr(wanted.find(':') + 1)}) {
            for (const pugi::xml_node& node : documents_[file]->root.children()) {
                if (local_name(node) != "itemDefinition" ||
                    normalised_name(attribute(node, "name")) != name)
                    continue;
                if (depth > 50 || !types_running_.insert({file, name}).second)
                    return nullptr;  // a type within itself: Any there
                type = read_type(file, node, depth + 1);
                types_running_.erase({file, name});
                if (std::none_of(types.begin(), types.end(),
                                 [&](const auto& t) { return t.first == name; }))
                    data_.files[file].types.emplace_back(name, type);
                return type;
            }
        }
    }
    if (!find_type(types, wanted, type)) problem(place, "no type is named '" + reference + "'");
    return type;
}

std::shared_ptr<const Program> ModelLoader::read_constraint(const pugi::xml_node& node,
                                                            const TypePointer& type,
                                                            const std::string& place) {
    const std::string text = text_of(child(node, "text"));
    if (text.empty() || text == "-") return nullptr;
    CompileOptions options;
    options.environment = &environment_;
    options.tests = true;
    Mistake mistake;
    auto program = compile_text(text, {{"?", type}}, options, mistake);
    if (program == nullptr)
        problem(place, "its allowed values: " + mistake.reason);
    else
        program->sources[0].place = placed(place);
    return program;
}

// DMN 1.5 7.3.3. The allowed values of a collection are those of its items, its type constraint is
// its own.
TypePointer ModelLoader::read_type(std::size_t file, const pugi::xml_node& node,
                                   std::size_t depth) {
    const std::string name = normalised_name(attribute(node, "name"));
    const std::string place = "type '" + name + "'";
    auto type = std::make_shared<Type>();
    const std::string reference = text_of(child(node, "typeRef"));
    if (!reference.empty()) {
        const TypePointer base = referenced_type(file, reference, place, depth);
        if (base != nullptr) *type = *base;
    }
    for (const pugi::xml_node& component : node.children()) {
        if (local_name(component) != "itemComponent") continue;
        type->base = Type::Base::kContext;
        type->kind = Kind::kContext;
        if (depth < 50)
            type->fields.push_back({normalised_name(attribute(component, "name")),
                                    read_type(file, component, depth + 1)});
    }
    if (const pugi::xml_node function = child(node, "functionItem")) {
        *type = *built_in_type("function");
        for (const pugi::xml_node& parameter : function.children())
            if (local_name(parameter) == "parameters")
                type->parameters.push_back(
                    referenced_type(file, attribute(parameter, "typeRef"), place, depth));
        const std::string result = attribute(function, "outputTypeRef");
        if (!result.empty()) type->element = referenced_type(file, result, place, depth);
    }
    type->name = name;
    const TypePointer plain = std::make_shared<Type>(*type);
    const bool collection = attribute(node, "isCollection") == "true";
    auto allowed = read_constraint(child(node, "allowedValues"), plain, place);
    auto constraint =
        read_constraint(child(node, "typeConstraint"), collection ? list_of(plain) : plain, place);
    if (allowed != nullptr) type->allowed.push_back(std::move(allowed));
    if (!collection) {
        if (constraint != nullptr) type->allowed.push_back(std::move(constraint));
        return type;
    }
    auto list = std::make_shared<Type>(*list_of(type));
    list->name = name;
    if (constraint != nullptr) list->allowed.push_back(std::move(constraint));
    return list;
}

}  // namespace shu::rule
