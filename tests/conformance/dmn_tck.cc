#include "dmn_tck.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rule/feel/java_functions.h"
#include "rule/model.h"
#include "tck_value.h"

namespace shu::conformance {
namespace {

namespace fs = std::filesystem;
using rule::Value;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Imported models lie beside the importing one and are known by their namespace.
Result<std::string> find_import(const fs::path& folder, std::string_view name_space) {
    std::error_code failed;
    for (const fs::directory_entry& file : fs::directory_iterator(folder, failed)) {
        if (file.path().extension() != ".dmn") continue;
        std::string text = read_file(file.path());
        pugi::xml_document document;
        if (!document.load_buffer(text.data(), text.size())) continue;
        if (document.document_element().attribute("namespace").value() == name_space) return text;
    }
    return not_found("no model beside it has the namespace " + std::string(name_space));
}

class Suite {
 public:
    Suite(const TckOptions& options, rule::Zones zones)
        : options_(options), zones_(std::move(zones)), environment_{&zones_, &java_} {}

    int run() {
        std::vector<fs::path> files;
        std::error_code failed;
        for (const fs::directory_entry& file :
             fs::recursive_directory_iterator(options_.folder, failed))
            if (file.path().extension() == ".xml") files.push_back(file.path());
        std::sort(files.begin(), files.end());
        if (!options_.csv.empty()) csv_.open(options_.csv);
        for (const fs::path& file : files)
            run_file(file);
        std::printf("%zu passed, %zu failed\n", passed_, failed_);
        if (silent_ != 0)
            std::printf("(%zu nulls that should be errors came without a warning)\n", silent_);
        return failed_ == 0 && passed_ != 0 ? 0 : 1;
    }

 private:
    void run_file(const fs::path& path) {
        pugi::xml_document document;
        const std::string text = read_file(path);
        if (!document.load_buffer(text.data(), text.size(),
                                  pugi::parse_default | pugi::parse_ws_pcdata))
            return;
        const pugi::xml_node root = document.document_element();
        if (plain_name(root) != "testCases") return;
        file_ = path;
        std::string model_name;
        for (const pugi::xml_node& node : root.children())
            if (plain_name(node) == "modelName") model_name = node.text().get();
        const fs::path folder = path.parent_path();
        const auto model = rule::Model::load(read_file(folder / model_name), environment_,
                                             [&](std::string_view name_space, std::string_view) {
                                                 return find_import(folder, name_space);
                                             });
        int number = 0;
        for (const pugi::xml_node& node : root.children()) {
            if (plain_name(node) != "testCase") continue;
            ++number;
            std::string id = node.attribute("id").value();
            if (id.empty()) id = std::to_string(number);
            report(id, model ? run_case(*model, node)
                             : "the model does not load: " + model.error().detail);
        }
    }

    // What went wrong; empty: passed.
    std::string run_case(const rule::Model& model, const pugi::xml_node& node) {
        std::vector<rule::ContextEntry> inputs;
        for (const pugi::xml_node& input : node.children()) {
            if (plain_name(input) != "inputNode") continue;
            const std::string name = input.attribute("name").value();
            const std::string name_space = input.attribute("namespace").value();
            Value value = read_value(input, zones_);
            if (!name_space.empty()) inputs.emplace_back("{" + name_space + "}" + name, value);
            inputs.emplace_back(std::string_view(name), std::move(value));
        }
        const Value given = Value::context(std::move(inputs));
        const std::string type = node.attribute("type").value();
        const std::string invocable = node.attribute("invocableName").value();
        std::string wrong;
        for (const pugi::xml_node& result : node.children()) {
            if (plain_name(result) != "resultNode") continue;
            const std::string name = result.attribute("name").value();
            rule::Evaluation evaluation(environment_, clock_);
            const bool invoked = type == "decisionService" || type == "bkm";
            const auto outcome =
                invoked ? model.invoke(evaluation, invocable.empty() ? name : invocable, given)
                        : model.evaluate(evaluation, name, given);
            wrong += judge(model, result, outcome);
        }
        return wrong;
    }

    std::string judge(const rule::Model& model, const pugi::xml_node& result,
                      const Result<rule::Outcome>& outcome) {
        const std::string name = result.attribute("name").value();
        const bool error_wanted =
            std::string_view(result.attribute("errorResult").value()) == "true";
        if (!outcome) return error_wanted ? "" : name + ": " + outcome.error().detail + "; ";
        Value expected;
        for (const pugi::xml_node& node : result.children())
            if (plain_name(node) == "expected") expected = read_value(node, zones_);
        if (error_wanted && outcome->value.is_null() && outcome->warnings.empty() &&
            model.problems().empty()) {
            ++silent_;
            if (options_.strict) return name + ": null without a warning; ";
        }
        const Value* member = outcome->value.find(name);
        if (agrees(expected, outcome->value) || (member != nullptr && agrees(expected, *member)))
            return "";
        std::string out =
            name + ": expected " + expected.to_text() + ", got " + outcome->value.to_text();
        for (const rule::Warning& warning : outcome->warnings)
            out += " [" + to_string(warning) + "]";
        return out + "; ";
    }

    void report(const std::string& id, const std::string& wrong) {
        const fs::path folder = fs::relative(file_.parent_path(), options_.folder);
        if (wrong.empty()) {
            ++passed_;
        } else {
            ++failed_;
            std::printf("FAILED %s %s: %s\n", file_.stem().c_str(), id.c_str(), wrong.c_str());
        }
        if (csv_.is_open())
            csv_ << '"' << folder.string() << "\",\"" << file_.stem().string() << "\",\"" << id
                 << "\",\"" << (wrong.empty() ? "SUCCESS" : "ERROR") << "\",\"\"\n";
    }

    const TckOptions& options_;
    rule::Zones zones_;
    rule::JavaFunctions java_;
    rule::Environment environment_;
    SystemClock clock_;
    std::ofstream csv_;
    fs::path file_;
    std::size_t passed_ = 0;
    std::size_t failed_ = 0;
    std::size_t silent_ = 0;
};

}  // namespace

int run_dmn_tck(const TckOptions& options) {
    auto zones = rule::Zones::load();
    if (!zones) {
        std::fprintf(stderr, "conformance: %s\n", zones.error().detail.c_str());
        return 2;
    }
    Suite suite(options, std::move(*zones));
    return suite.run();
}

}  // namespace shu::conformance
