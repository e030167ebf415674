#include "city/findings.h"

#include <algorithm>
#include <tuple>

#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

auto order_of(const Finding& finding) {
    return std::tie(finding.file, finding.line, finding.column, finding.message);
}

/// The last part of a pointer, for messages that begin with a verb: "is missing".
std::string named(const Problem& problem) {
    const std::size_t slash = problem.pointer.rfind('/');
    const std::string name = slash == std::string::npos ? "" : problem.pointer.substr(slash + 1);
    const bool is_index =
        !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
    const bool begins_with_verb =
        problem.message.starts_with("is ") || problem.message.starts_with("has ");
    if (!begins_with_verb) return problem.message;
    return (name.empty() || is_index ? std::string("the value") : "'" + name + "'") + " " +
           problem.message;
}

}  // namespace

std::string to_string(const Finding& finding) {
    std::string out = finding.file + ":" + std::to_string(finding.line) + ":" +
                      std::to_string(finding.column) + ": " + (finding.warning ? "warning: " : "") +
                      finding.message;
    if (!finding.remedy.empty()) out += "; " + finding.remedy;
    return out;
}

void Findings::push(Finding finding) {
    if (findings_.size() < limits::problems_max) findings_.push_back(std::move(finding));
}

void Findings::at(const yaml::Document& document, std::string_view pointer, std::string message,
                  std::string remedy) {
    const yaml::Position position = document.position_of(pointer);
    push({document.file, position.line, position.column, std::move(message), std::move(remedy),
          false});
}

void Findings::in(std::string file, int line, std::string message, std::string remedy) {
    push({std::move(file), line, 1, std::move(message), std::move(remedy), false});
}

void Findings::add(const yaml::Document& document, const std::vector<Problem>& problems) {
    for (const Problem& problem : problems)
        at(document, problem.pointer, named(problem), problem.remedy);
}

void Findings::unreadable(const std::string& file, const Error& error) {
    Finding finding{file, 1, 1, error.detail, "", false};
    std::string_view rest = error.detail;
    if (rest.starts_with(file + ":")) {
        rest.remove_prefix(file.size() + 1);
        const auto parts = text::split(rest, ':');
        const auto line =
            parts.size() > 2 ? text::parse_integer(parts[0]) : Result<std::int64_t>(invalid(""));
        const auto column =
            parts.size() > 2 ? text::parse_integer(parts[1]) : Result<std::int64_t>(invalid(""));
        if (line.ok() && column.ok()) {
            finding.line = static_cast<int>(*line);
            finding.column = static_cast<int>(*column);
            finding.message =
                std::string(text::trim(rest.substr(parts[0].size() + parts[1].size() + 2)));
        }
    }
    push(std::move(finding));
}

std::vector<Finding> Findings::take() {
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const Finding& a, const Finding& b) { return order_of(a) < order_of(b); });
    const auto same = [](const Finding& a, const Finding& b) { return order_of(a) == order_of(b); };
    findings_.erase(std::unique(findings_.begin(), findings_.end(), same), findings_.end());
    return std::move(findings_);
}

}  // namespace shu::city
