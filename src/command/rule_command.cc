#include "command/rule_command.h"

#include <filesystem>

#include "decision/inspection.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::command {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;

int failed(const RuleOutput& output, const std::string& detail) {
    output.complaints << "shu: " << detail << "\n";
    return kFailed;
}

/// The JSON object of an option: as it stands, or from the file after an @.
Result<rule::Value> object_option(std::string_view name, const std::string& given) {
    std::string text = given.empty() ? "{}" : given;
    if (text.starts_with('@')) text = SHU_TRY(file::read(text.substr(1), limits::json_bytes_max));
    const auto parsed = json::parse(text);
    if (!parsed.ok()) return within(name, parsed.error());
    if (!parsed->is_object())
        return invalid(std::string(name) + ": must be a JSON object, {\"name\": value}, or @FILE");
    auto value = rule::from_json(*parsed);
    if (!value.ok()) return within(name, value.error());
    return value;
}

/// Time zones of this machine; without its database only UTC and offsets, and a complaint.
rule::Zones zones(const RuleOutput& output) {
    auto loaded = rule::Zones::load();
    if (loaded.ok()) return std::move(*loaded);
    output.complaints << "shu: named time zones are not at hand: " << loaded.error().detail << "\n";
    return rule::Zones();
}

/// Imported models stand in the same folder: found by their file's name, else by their namespace.
Result<std::string> read_import(const std::filesystem::path& folder, std::string_view name_space,
                                std::string_view location) {
    const std::filesystem::path named = std::filesystem::path(location).filename();
    std::error_code ignored;
    if (!named.empty() && std::filesystem::is_regular_file(folder / named, ignored))
        return file::read((folder / named).string(), limits::rule_model_bytes_max);
    for (const std::string& name :
         SHU_TRY(file::list(folder.empty() ? std::string(".") : folder.string()))) {
        if (!name.ends_with(".dmn")) continue;
        auto text = file::read((folder / name).string(), limits::rule_model_bytes_max);
        if (!text.ok()) continue;
        const auto head = rule::Model::head(*text);
        if (head.ok() && head->name_space == name_space) return text;
    }
    return not_found("no model beside this one has the namespace " + std::string(name_space));
}

rule::ImportReader imports_beside(const std::string& file) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    return [folder](std::string_view name_space, std::string_view location) {
        return read_import(folder, name_space, location);
    };
}

decision::Language language_of(const RuleOptions& options) {
    return options.language == "zh" ? decision::Language::kChinese : decision::Language::kEnglish;
}

std::string at(const std::string& file, const decision::Place& place) {
    return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
}

void print_problems(std::ostream& out, const std::string& file,
                    const decision::Inspection& inspection) {
    for (const decision::ModelProblem& problem : inspection.problems)
        out << at(file, problem.place) << (problem.where.empty() ? "" : problem.where + ": ")
            << problem.message << "\n";
}

void print_findings(const RuleOptions& options, std::ostream& out,
                    const decision::Inspection& inspection) {
    for (const decision::ModelFinding& found : inspection.findings)
        out << at(options.file, found.place) << (options.language == "zh" ? "提示：" : "warning: ")
            << found.finding.place << ": "
            << decision::sentence(found.finding, language_of(options)) << "\n";
}

bool names_service(const rule::Model& model, const std::string& name) {
    for (const rule::ModelElement& element : model.elements()) {
        if (element.name != name && element.id != name) continue;
        if (element.kind == rule::ModelElement::Kind::kDecision) return false;
        if (element.kind != rule::ModelElement::Kind::kInput) return true;
    }
    return false;
}

std::string names_of_decisions(const rule::Model& model) {
    std::string out;
    for (const rule::ModelElement& element : model.elements())
        if (element.kind == rule::ModelElement::Kind::kDecision)
            out += (out.empty() ? "'" : ", '") + element.name + "'";
    return out;
}

}  // namespace

int feel(const FeelOptions& options, RuleOutput output) {
    const rule::Zones known = zones(output);
    const rule::Environment environment{&known, nullptr};
    const auto context = object_option("--context", options.context);
    if (!context.ok()) return failed(output, context.error().detail);
    const auto expression =
        rule::Expression::compile(options.expression, rule::scope_of(*context), environment);
    if (!expression.ok()) return failed(output, expression.error().detail);
    const SystemClock clock;
    rule::Evaluation evaluation(environment, clock,
                                rule::ZoneReference::offset(kChinaOffsetMinutes * 60));
    const auto outcome = evaluation.run(*expression, rule::values_of(*context));
    if (!outcome.ok()) return failed(output, outcome.error().detail);
    for (const rule::Warning& warning : outcome->warnings)
        output.complaints << "warning: " << rule::to_string(warning) << "\n";
    const rule::Value& value = outcome->value;
    if (options.json)
        output.answer.out << json::serialize(rule::to_json(value)) << "\n";
    else
        output.answer.out << (value.is_string() ? "\"" + value.to_text() + "\"" : value.to_text())
                          << "\n";
    return kDone;
}

int rule_check(const RuleOptions& options, RuleOutput output) {
    auto text = file::read(options.file, limits::rule_model_bytes_max);
    if (!text.ok()) return failed(output, text.error().detail);
    const rule::Zones known = zones(output);
    const decision::Inspection inspection =
        decision::inspect(std::move(*text), {&known, nullptr}, decision::Analysis::kWith,
                          imports_beside(options.file));
    std::ostream& out = output.answer.out;
    if (options.json) {
        out << json::serialize(decision::to_json(inspection)) << "\n";
    } else {
        print_problems(out, options.file, inspection);
        print_findings(options, out, inspection);
        const std::size_t mistakes = inspection.problems.size();
        const std::size_t warnings = inspection.findings.size();
        out << (mistakes == 0
                    ? "no mistakes"
                    : std::to_string(mistakes) + (mistakes == 1 ? " mistake" : " mistakes"));
        if (warnings != 0) out << ", " << warnings << (warnings == 1 ? " warning" : " warnings");
        out << "\n";
    }
    const bool passes = inspection.is_sound() && !(options.strict && !inspection.findings.empty());
    return passes ? kDone : kFailed;
}

int rule_evaluate(const RuleOptions& options, RuleOutput output) {
    auto text = file::read(options.file, limits::rule_model_bytes_max);
    if (!text.ok()) return failed(output, text.error().detail);
    const auto input = object_option("--input", options.input);
    if (!input.ok()) return failed(output, input.error().detail);
    const rule::Zones known = zones(output);
    const rule::Environment environment{&known, nullptr};
    const decision::Inspection inspection = decision::inspect(
        std::move(*text), environment, decision::Analysis::kWithout, imports_beside(options.file));
    print_problems(output.complaints, options.file, inspection);
    if (!inspection.model) return kFailed;
    const SystemClock clock;
    rule::Evaluation evaluation(environment, clock,
                                rule::ZoneReference::offset(kChinaOffsetMinutes * 60));
    rule::Explanation explanation;
    const bool service = names_service(*inspection.model, options.decision);
    const auto outcome =
        service ? inspection.model->invoke(evaluation, options.decision, *input)
                : inspection.model->evaluate(evaluation, options.decision, *input,
                                             options.explain.empty() ? nullptr : &explanation);
    if (!outcome.ok())
        return failed(output,
                      outcome.error().detail +
                          (outcome.error().code == Code::kNotFound
                               ? "; its decisions are " + names_of_decisions(*inspection.model)
                               : ""));
    for (const rule::Warning& warning : outcome->warnings)
        output.complaints << at(options.file, inspection.places->find(warning))
                          << "warning: " << (warning.place.empty() ? "" : warning.place + ": ")
                          << warning.reason << "\n";
    if (options.explain == "text") {
        output.answer.out << decision::page_of(explanation, options.decision, outcome->value,
                                               language_of(options));
        return kDone;
    }
    json::object answer{
        {"decision", options.decision},
        {"output", rule::to_json(outcome->value)},
        {"warnings", decision::warnings_to_json(outcome->warnings, *inspection.places)}};
    if (!options.explain.empty())
        answer["explanation"] = decision::to_json(explanation, *inspection.places);
    output.answer.out << json::serialize(answer) << "\n";
    return kDone;
}

}  // namespace shu::command
