#include "decision/inspection.h"

#include <utility>

#include "decision/element_reader.h"
#include "foundation/crypto/sm3.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using Kind = rule::TableFinding::Kind;

/// `12:5: reason` of Places::read as a problem.
ModelProblem unreadable(const Error& error) {
    ModelProblem out;
    const auto parts = text::split(error.detail, ':');
    const auto line = text::parse_integer(parts[0]);
    const auto column = parts.size() > 2 ? text::parse_integer(parts[1]) : line;
    if (parts.size() < 3 || !line.ok() || !column.ok()) {
        out.message = error.detail;
        return out;
    }
    out.place.line = static_cast<int>(*line);
    out.place.column = static_cast<int>(*column);
    out.message =
        text::trim(std::string_view(error.detail).substr(parts[0].size() + parts[1].size() + 2));
    return out;
}

json::object to_json(const ModelProblem& problem, std::string_view severity) {
    return {{"place", problem.where},
            {"cell", problem.place.cell},
            {"element", problem.place.element},
            {"line", problem.place.line},
            {"column", problem.place.column},
            {"message", problem.message},
            {"severity", severity}};
}

json::object to_json(const ModelFinding& found) {
    json::array rules, cells;
    for (const std::size_t rule : found.finding.rules)
        rules.emplace_back(rule);
    for (const std::string& cell : found.cells)
        cells.emplace_back(cell);
    return {{"kind", to_string(found.finding.kind)},
            {"place", found.finding.place},
            {"cell", found.place.cell},
            {"element", found.place.element},
            {"rules", std::move(rules)},
            {"rule_cells", std::move(cells)},
            {"line", found.place.line},
            {"column", found.place.column},
            {"message",
             {{"zh", sentence(found.finding, Language::kChinese)},
              {"en", sentence(found.finding, Language::kEnglish)}}}};
}

void analyse(Inspection& out) {
    for (rule::TableFinding& finding : out.model->analyse()) {
        ModelFinding found;
        found.place = out.places->find_table(finding.place);
        for (const std::size_t rule : finding.rules)
            found.cells.push_back(
                out.places->find(finding.place + ", rule " + std::to_string(rule)).cell);
        found.finding = std::move(finding);
        out.findings.push_back(std::move(found));
    }
}

/// The conditions of a finding in Chinese: the engine writes them as FEEL does, but for `is none
/// of`.
std::string conditions(const rule::TableFinding& finding) {
    static constexpr std::string_view kNoneOf = " is none of ";
    if (finding.where.empty()) return "任何输入";
    std::string out;
    for (std::string condition : finding.where) {
        if (const std::size_t at = condition.find(kNoneOf); at != std::string::npos)
            condition.replace(at, kNoneOf.size(), " 不属于 ");
        out += (out.empty() ? "" : " 且 ") + condition;
    }
    return out;
}

std::string chinese(const rule::TableFinding& finding) {
    const auto rule = [&](std::size_t i) {
        return i < finding.rules.size() ? std::to_string(finding.rules[i]) : std::string();
    };
    const std::string where = conditions(finding);
    switch (finding.kind) {
        case Kind::kGap:
            return finding.text == "the table has no rules" ? "决策表没有任何规则"
                                                            : "当 " + where + " 时没有规则适用";
        case Kind::kMissingValue: return "枚举值未覆盖：当 " + where + " 时没有规则适用";
        case Kind::kOverlap:
            return "第 " + rule(0) + " 条与第 " + rule(1) + " 条规则重叠：当 " + where +
                   " 时两条都适用";
        case Kind::kConflict:
            return "第 " + rule(0) + " 条与第 " + rule(1) + " 条规则冲突：当 " + where +
                   " 时两条都适用而结果不同";
        case Kind::kNeverFires: return "第 " + rule(0) + " 条规则永远不会命中";
        case Kind::kNotAnalysed:
            return finding.text.starts_with("the table is too large")
                       ? "决策表太大，未能逐一分析"
                       : "有的条件不是与常量的比较，无法分析";
    }
    return {};
}

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::kGap: return "gap";
        case Kind::kMissingValue: return "missing-value";
        case Kind::kOverlap: return "overlap";
        case Kind::kConflict: return "conflict";
        case Kind::kNeverFires: return "never-fires";
        case Kind::kNotAnalysed: return "not-analysed";
    }
    return "";
}

std::string sentence(const rule::TableFinding& finding, Language language) {
    if (language == Language::kChinese) return chinese(finding);
    if (finding.kind == Kind::kNeverFires && !finding.rules.empty())
        return "no input lets rule " + std::to_string(finding.rules[0]) + " fire";
    if (finding.kind == Kind::kMissingValue)
        return "a value of the enumeration is missing: " + finding.text;
    return finding.text;
}

Inspection inspect(std::string xml, const rule::Environment& environment, Analysis analysis,
                   const rule::ImportReader& imports) {
    Inspection out;
    out.digest = crypto::to_hex(crypto::sm3(xml));
    // The engine's own reader refuses what is too large or has a document type before anything else
    // looks at it.
    auto model = rule::Model::load(xml, environment, imports);
    if (!model.ok() && model.error().detail.find("well-formed") == std::string::npos) {
        out.problems.push_back({"", {}, model.error().detail});
        return out;
    }
    auto places = Places::read(std::move(xml));
    if (!places.ok()) {
        out.problems.push_back(unreadable(places.error()));
        return out;
    }
    if (!model.ok()) {
        out.problems.push_back({"", {}, model.error().detail});
        return out;
    }
    out.places = std::move(*places);
    out.model = std::move(*model);
    for (const rule::Warning& problem : out.model->problems())
        out.problems.push_back({problem.place, out.places->find(problem), problem.reason});
    out.elements = elements_of(*out.model, *out.places, environment);
    if (analysis == Analysis::kWith) analyse(out);
    return out;
}

json::object to_json(const Inspection& inspection) {
    json::array problems, findings;
    for (const ModelProblem& problem : inspection.problems)
        problems.push_back(to_json(problem, "error"));
    for (const ModelFinding& finding : inspection.findings)
        findings.push_back(to_json(finding));
    json::object out{{"ok", inspection.is_sound()},
                     {"name", inspection.model ? inspection.model->name() : ""},
                     {"namespace", inspection.model ? inspection.model->name_space() : ""},
                     {"digest", inspection.digest},
                     {"problems", std::move(problems)},
                     {"findings", std::move(findings)}};
    for (const std::string_view list : {"decisions", "inputs", "services", "knowledge"})
        out[list] =
            inspection.elements.contains(list) ? inspection.elements.at(list) : json::array();
    return out;
}

json::array warnings_to_json(const std::vector<rule::Warning>& warnings, const Places& places) {
    json::array out;
    for (const rule::Warning& warning : warnings)
        out.push_back(to_json({warning.place, places.find(warning), warning.reason}, "warning"));
    return out;
}

}  // namespace shu::decision
