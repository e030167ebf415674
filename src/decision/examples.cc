// Running the examples of a model: those of the city folder and those that travel in its text.
#include "decision/state.h"
#include "decision/xml.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

/// The element inside the definitions' extension elements whose text is a list of examples, as the
/// editor's test table keeps them. DMN 1.5 6.3.4. docs/format/rule-examples.md.
constexpr std::string_view kExamplesNamespace = "urn:shu:rule:examples";

/// As docs/format/rule-examples.md says; a name may be empty.
bool is_example(const json::value& value) {
    if (!value.is_object()) return false;
    const json::object& it = value.as_object();
    const auto has = [&](std::string_view member, boost::json::kind kind) {
        const json::value* found = it.if_contains(member);
        return found != nullptr && found->kind() == kind;
    };
    return has("name", boost::json::kind::string) && has("decision", boost::json::kind::string) &&
           has("input", boost::json::kind::object) && it.contains("expected");
}

/// What the text holds; entries that are no examples are left out.
json::array examples_in(const Places& places) {
    json::array out;
    const pugi::xml_node root = places.document().document_element();
    for (const pugi::xml_node& node : child(root, "extensionElements").children()) {
        if (local_name(node) != "examples" ||
            std::string_view(node.text().get()).find('[') == std::string_view::npos)
            continue;
        const std::string_view full = node.name();
        const std::string prefix = full.find(':') == std::string_view::npos
                                       ? "xmlns"
                                       : "xmlns:" + std::string(full.substr(0, full.find(':')));
        std::string_view name_space;
        for (pugi::xml_node at = node; at && name_space.empty(); at = at.parent())
            name_space = at.attribute(prefix.c_str()).value();
        const auto list = json::parse(node.text().get());
        if (name_space != kExamplesNamespace || !list.ok() || !list->is_array()) continue;
        for (const json::value& example : list->as_array())
            if (is_example(example)) out.push_back(example);
    }
    return out;
}

}  // namespace

Result<std::vector<ExampleOutcome>> run_all_examples(const Decisions::State& state,
                                                     std::string_view code,
                                                     const Compiled& compiled) {
    const std::string kept = SHU_TRY(state.parts.database.read_value<std::string>(
        [&](store::Transaction& tx) { return examples_of(tx, code); }));
    const json::value of_folder = SHU_TRY(json::parse(kept));
    std::vector<ExampleOutcome> out;
    const auto run = [&](const char* source, json::array examples, Micros otherwise) {
        ExampleReport report =
            run_examples(json::object{{"examples", std::move(examples)}}, compiled.model,
                         state.environment, {state.parts.utc_offset_minutes, otherwise});
        for (ExampleResult& result : report.results)
            out.push_back({source, std::move(result)});
    };
    run("folder", of_folder.as_array(), 0);
    run("model", examples_in(compiled.places), state.now());
    return out;
}

}  // namespace shu::decision
