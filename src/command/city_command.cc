#include "command/city_command.h"

#include <unistd.h>

#include <cstdlib>

#include "foundation/file.h"

namespace shu::command {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kChanges = 2;

enum class Tone { kGood, kChange, kBad, kQuiet };

std::string_view code_of(Tone tone) {
    switch (tone) {
        case Tone::kGood: return "\033[32m";
        case Tone::kChange: return "\033[33m";
        case Tone::kBad: return "\033[31m";
        case Tone::kQuiet: return "\033[2m";
    }
    return "";
}

std::string painted(const Output& output, Tone tone, std::string_view text) {
    if (!output.colour) return std::string(text);
    return std::string(code_of(tone)) + std::string(text) + "\033[0m";
}

std::string counted(std::int64_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

void print_members(const Output& output, const city::Change& change) {
    for (const city::MemberChange& member : change.members) {
        output.out << "      " << member.member;
        if (!member.before.empty() || !member.after.empty())
            output.out << ": "
                       << painted(output, Tone::kBad,
                                  member.before.empty() ? "(none)" : member.before)
                       << " -> "
                       << painted(output, Tone::kGood,
                                  member.after.empty() ? "(none)" : member.after);
        output.out << "\n";
    }
}

void print_change(const Output& output, const city::Change& change) {
    const bool added = change.kind == city::ChangeKind::kAdd;
    const bool removed = change.kind == city::ChangeKind::kRemove;
    const Tone tone = added ? Tone::kGood : removed ? Tone::kBad : Tone::kChange;
    const std::string sign = added ? "+" : removed ? "-" : "~";
    output.out << "  " << painted(output, tone, sign + " " + change.object()) << "  "
               << painted(output, Tone::kQuiet, change.name) << "\n";
    print_members(output, change);
}

void print(const Output& output, const city::City& city, const city::Plan& plan) {
    output.out << city.name << " (" << city.code << ")\n";
    for (const city::Change& change : plan.changes)
        print_change(output, change);
    output.out << plan.count(city::ChangeKind::kAdd) << " to add, "
               << plan.count(city::ChangeKind::kChange) << " to change, "
               << plan.count(city::ChangeKind::kRemove) << " to remove, " << plan.unchanged
               << " unchanged\n";
}

}  // namespace

bool wants_colour() {
    return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

Result<int> city_check(const std::string& folder, Output output) {
    const city::CheckReport report = SHU_TRY(city::check(folder));
    for (const city::Finding& finding : report.findings) {
        const std::string place = finding.file + ":" + std::to_string(finding.line) + ":" +
                                  std::to_string(finding.column) + ":";
        output.out << place << " "
                   << (finding.warning ? painted(output, Tone::kChange, "warning: ") : "")
                   << painted(output, finding.warning ? Tone::kChange : Tone::kBad, finding.message)
                   << "\n";
        if (!finding.remedy.empty())
            output.out << "    " << painted(output, Tone::kGood, finding.remedy) << "\n";
    }
    const std::int64_t warnings =
        static_cast<std::int64_t>(report.findings.size()) - report.mistakes();
    const std::string files = " in " + counted(report.files, "file") +
                              (warnings == 0 ? "" : ", " + counted(warnings, "warning"));
    if (report.clean()) {
        output.out << painted(output, Tone::kGood, "no mistakes") << files << "\n";
        return kDone;
    }
    output.out << painted(output, Tone::kBad, counted(report.mistakes(), "mistake")) << files
               << "\n";
    return kFailed;
}

Result<int> city_plan(const std::string& folder, store::Database& database, Output output) {
    const city::City city = SHU_TRY(city::load(folder));
    const city::Plan plan = SHU_TRY(city::plan(city, database));
    print(output, city, plan);
    return plan.empty() ? kDone : kChanges;
}

Result<int> city_apply(const std::string& folder, const city::ApplyParts& parts, Output output) {
    const city::City city = SHU_TRY(city::load(folder));
    const city::Plan plan = SHU_TRY(city::plan(city, parts.database));
    print(output, city, plan);
    SHU_CHECK(city::apply(city, plan, parts));
    output.out << painted(output, Tone::kGood, plan.empty() ? "nothing to do" : "applied") << "\n";
    return kDone;
}

Result<int> city_schema(const std::string& target, Output output) {
    SHU_CHECK(file::make_folder(target));
    for (const auto& [kind, schema] : city::schemas()) {
        const std::string path = target + "/" + kind + ".schema.json";
        SHU_CHECK(file::replace(path, json::serialize(schema) + "\n"));
        output.out << path << "\n";
    }
    return kDone;
}

}  // namespace shu::command
