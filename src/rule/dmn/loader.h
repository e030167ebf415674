// Reads a model and its imports into ModelData: types first, then elements, then the program of
// each in the order of need.
#pragma once

#include <map>
#include <set>

#include "rule/dmn/boxed_compiler.h"
#include "rule/dmn/model_data.h"

namespace shu::rule {

class ModelLoader {
 public:
    ModelLoader(ModelData& data, const Environment& environment, const ImportReader& imports)
        : data_(data), environment_(environment), imports_(imports) {}

    Result<void> load(std::string_view xml);

 private:
    struct Document {
        pugi::xml_document xml;
        pugi::xml_node root;
        std::string prefix_of_feel;
    };
    enum class State { kWaiting, kRunning, kDone };

    /// `via`: the model's own import that leads to the text; empty for the model itself.
    Result<std::size_t> read_file(std::string_view xml, std::string via);
    void read_imports(std::size_t file);
    /// Errors: Invalid for imports that go round, NotFound.
    Result<std::size_t> read_import(const pugi::xml_node& node, const std::string& via);
    void read_types(std::size_t file);
    TypePointer read_type(std::size_t file, const pugi::xml_node& node, std::size_t depth);
    TypePointer referenced_type(std::size_t file, const std::string& reference,
                                const std::string& place, std::size_t depth);
    std::shared_ptr<const Program> read_constraint(const pugi::xml_node& node,
                                                   const TypePointer& type,
                                                   const std::string& place);
    void read_elements(std::size_t file);
    void compile(std::uint32_t element);
    void compile_service(std::uint32_t element);
    void find_needs(std::uint32_t element, const pugi::xml_node& node);
    std::uint32_t resolve(std::size_t file, const std::string& href);
    bool needs_only_constants(const Element& element) const;
    Scope scope_of_needs(const Element& element) const;
    std::string placed(const std::string& place) const;
    void problem(const std::string& place, std::string reason);

    ModelData& data_;
    const Environment& environment_;
    const ImportReader& imports_;
    std::vector<std::unique_ptr<Document>> documents_;
    std::vector<std::string> via_;       // of each file
    std::vector<std::size_t> reading_;   // files whose imports are being read, outermost first
    std::vector<std::size_t> finished_;  // files, imports before importers
    std::size_t file_ = 0;               // what is being worked on belongs to it
    std::vector<pugi::xml_node> nodes_;  // of each element
    std::vector<State> states_;
    std::map<std::pair<std::size_t, std::string>, std::uint32_t> by_id_;
    std::set<std::pair<std::size_t, std::string>> types_running_;
};

}  // namespace shu::rule
