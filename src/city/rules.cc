#include "city/rules.h"

#include "foundation/text.h"

namespace shu::city {

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known,
                       std::string otherwise) {
    const std::string_view near = text::nearest(word, known);
    return near.empty() ? std::move(otherwise) : "did you mean " + std::string(near) + "?";
}

Rules::Rules(const Folder& folder, Findings& findings) : folder_(folder), findings_(findings) {
    for (const TableRow& row : folder.divisions.rows)
        divisions_.emplace(row.cells[0], &row);
}

void Rules::check() {
    for (const Kind kind : {Kind::kOrganisation, Kind::kRole, Kind::kPost, Kind::kRegistry,
                            Kind::kCodeTable, Kind::kDataset, Kind::kRule, Kind::kRuleExamples})
        index(kind);
    check_divisions();
    check_division_names();
    check_city();
    check_boundaries();
    check_organisations();
    check_organisation_tree();
    check_roles();
    check_posts();
    check_code_tables();
    check_datasets();
    check_catalogues();
    check_models();
    check_demo_accounts();
    check_demo_people();
}

void Rules::index(Kind kind) {
    Codes& codes = codes_[kind];
    for (const Item& item : folder_.all(kind)) {
        if (item.code.empty()) continue;
        const auto [first, is_new] = codes.emplace(item.code, &item);
        if (is_new) continue;
        const yaml::Document& document = *first->second->document;
        const auto position =
            document.position_of(json::pointer_to(first->second->pointer, "code"));
        mistake(item, "code",
                "the " + std::string(to_string(kind)) + " '" + item.code +
                    "' is declared a second time, first at " + document.file + ":" +
                    std::to_string(position.line) + ":" + std::to_string(position.column),
                "rename or remove one of them");
    }
}

void Rules::mistake(const Item& item, std::string_view member, std::string message,
                    std::string remedy) {
    findings_.at(*item.document, json::pointer_to(item.pointer, member), std::move(message),
                 std::move(remedy));
}

void Rules::refer(const Item& from, const std::string& pointer, std::string_view code, Kind to) {
    if (code.empty() || codes_[to].contains(code) || folder_.incomplete.contains(to)) return;
    std::vector<std::string_view> known;
    for (const auto& [name, item] : codes_[to])
        known.push_back(name);
    const std::string noun(to_string(to));
    findings_.at(
        *from.document, pointer, "there is no " + noun + " '" + std::string(code) + "'",
        suggestion(code, known, "declare it in " + std::string(place_of(to)) + " or name another"));
}

}  // namespace shu::city
