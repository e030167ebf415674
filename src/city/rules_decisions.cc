// Decision models: their texts, their examples, and what the analysis of their tables finds.
#include "city/rules.h"
#include "decision/declaration.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

using decision::Severity;

bool is_code(std::string_view code) {
    return code.size() >= 2 && code.size() <= 63 && code[0] >= 'a' && code[0] <= 'z' &&
           code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

const Item* item_of(const Folder& folder, Kind kind, std::string_view code) {
    for (const Item& item : folder.all(kind))
        if (item.code == code) return &item;
    return nullptr;
}

Finding at(const TextFile& file, const decision::Place& place, std::string message) {
    return {file.path, place.line, place.column, std::move(message), "", false};
}

/// An imported model is one of the same folder, found by its namespace.
rule::ImportReader imports_of(const Folder& folder) {
    return [&folder](std::string_view name_space, std::string_view) -> Result<std::string> {
        const TextFile* found = nullptr;
        std::vector<std::string> others;
        for (const TextFile& file : folder.texts) {
            if (file.kind != Kind::kRuleModel) continue;
            const auto head = rule::Model::head(file.text);
            if (!head.ok()) continue;
            if (head->name_space != name_space) {
                others.push_back(head->name_space);
            } else if (found) {
                return conflict(found->path + " and " + file.path + " both have the namespace '" +
                                std::string(name_space) + "'; give each its own");
            } else {
                found = &file;
            }
        }
        if (found) return found->text;
        const std::vector<std::string_view> known(others.begin(), others.end());
        return not_found("no model of the folder has the namespace '" + std::string(name_space) +
                         "'; " + suggestion(name_space, known, "put one that has it into rules/"));
    };
}

}  // namespace

decision::ModelDeclaration model_declaration(const Folder& folder, const TextFile& file) {
    const std::string_view code = stem_of(file.path);
    const Item* declared = item_of(folder, Kind::kRule, code);
    decision::ModelDeclaration out = decision::model_from(
        code, declared && declared->well_formed ? *declared->value : json::value());
    out.xml = file.text;
    if (const Item* examples = item_of(folder, Kind::kRuleExamples, code);
        examples && examples->well_formed)
        out.examples = examples->value->as_object().at("examples").as_array();
    if (out.owner.empty())
        for (const Item& organisation : folder.all(Kind::kOrganisation))
            if (json::Reader(*organisation.value).text_or("parent").empty()) {
                out.owner = organisation.code;
                break;
            }
    return out;
}

void Rules::check_models() {
    for (const TextFile& file : folder_.texts)
        if (file.kind == Kind::kRuleModel) check_model(file);
    for (const Kind kind : {Kind::kRule, Kind::kRuleExamples})
        check_files_without_model(kind);
}

void Rules::check_files_without_model(Kind kind) {
    std::vector<std::string_view> known;
    for (const TextFile& file : folder_.texts)
        if (file.kind == Kind::kRuleModel) known.push_back(stem_of(file.path));
    for (const Item& item : folder_.all(kind)) {
        if (kind == Kind::kRule)
            refer(item, json::pointer_to(item.pointer, "owner"),
                  json::Reader(*item.value).text_or("owner"), Kind::kOrganisation);
        if (folder_.text("rules/" + item.code + ".dmn") ||
            folder_.incomplete.contains(Kind::kRuleModel))
            continue;
        findings_.at(*item.document, "", "there is no model rules/" + item.code + ".dmn",
                     suggestion(item.code, known, "put the model beside this file"));
    }
}

void Rules::check_model(const TextFile& file) {
    const std::string code(stem_of(file.path));
    if (!is_code(code))
        findings_.in(file.path, 1, "'" + code + "' is no code of a model",
                     "name the file with lower case letters, digits and hyphens, a letter first");
    const decision::Inspection inspection = decision::inspect(
        file.text, folder_.environment(), decision::Analysis::kWith, imports_of(folder_));
    for (const decision::ModelProblem& problem : inspection.problems)
        if (!problem.is_imported())  // it stands where the imported model is checked
            findings_.add(
                at(file, problem.place,
                   (problem.where.empty() ? "" : problem.where + ": ") + problem.message));
    const decision::ModelDeclaration declared = model_declaration(folder_, file);
    for (const decision::ModelFinding& found : inspection.findings) {
        const Severity severity = declared.severity(found.finding.kind);
        if (severity == Severity::kIgnore) continue;
        Finding finding = at(file, found.place,
                             found.finding.place + ": " +
                                 decision::sentence(found.finding, decision::Language::kEnglish));
        finding.warning = severity == Severity::kWarning;
        findings_.add(std::move(finding));
    }
    const Item* examples = item_of(folder_, Kind::kRuleExamples, code);
    if (!examples) {
        if (!folder_.incomplete.contains(Kind::kRuleExamples))
            findings_.add({file.path, 1, 1, "the model has no examples",
                           "put them into rules/" + code + ".test.yaml", true});
        return;
    }
    if (examples->well_formed && inspection.is_sound())
        check_examples(*examples, *inspection.model);
}

void Rules::check_examples(const Item& examples, const rule::Model& model) {
    const Item* city = folder_.only(Kind::kCity);
    const auto offset =
        city ? json::Reader(*city->value).integer_or("utc_offset_minutes", kChinaOffsetMinutes)
             : kChinaOffsetMinutes;
    const decision::ExampleReport report = decision::run_examples(
        *examples.value, model, folder_.environment(), {static_cast<int>(offset), 0});
    for (const decision::ExampleFailure& failure : report.failures)
        findings_.at(*examples.document, failure.pointer, failure.message, failure.remedy);
}

}  // namespace shu::city
