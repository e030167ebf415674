// A loaded model with everything it imports: types, elements, and the program of each. Immutable
// once loaded.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rule/feel/function.h"
#include "rule/feel/program.h"
#include "rule/model.h"

namespace shu::rule {

inline constexpr std::uint32_t kNoElement = UINT32_MAX;

/// One variable of an element's program: another element, or an import as a context of elements.
struct Need {
    std::string name;
    TypePointer type;
    std::uint32_t element = kNoElement;
    std::vector<std::pair<std::string, std::uint32_t>> members;
};

struct Element {
    ModelElement::Kind kind = ModelElement::Kind::kDecision;
    std::size_t file = 0;
    std::string id;
    std::string name;
    std::string type_name;
    TypePointer type;  ///< of its variable: of knowledge and services the function's
    std::vector<Need> needs;
    std::shared_ptr<const Program> program;  ///< null: without logic, or with a mistake
    std::string mistake;
    bool is_constant = false;  ///< a function that captures nothing from an evaluation
    // Of a service.
    std::vector<std::uint32_t> parameters;  ///< inputs, then input decisions
    std::vector<std::uint32_t> outputs;
};

struct ModelFile {
    std::string name;
    std::string name_space;
    std::vector<std::pair<std::string, TypePointer>>
        types;  ///< with those of imports as `import.type`
    std::vector<std::pair<std::string, std::size_t>> imports;  ///< name and file
};

struct ModelData : std::enable_shared_from_this<ModelData> {
    std::vector<ModelFile> files;  ///< the model itself first
    std::vector<Element> elements;
    std::vector<Warning> problems;
    std::vector<std::string> imported;  ///< namespaces, also of what was not found

    /// The element of that kind and name in the model itself, then in imports (`import.name`, or by
    /// its plain name).
    std::uint32_t find(ModelElement::Kind kind, std::string_view name) const;
};

}  // namespace shu::rule
