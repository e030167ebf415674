// Divisions, the city itself and its outlines.
#include <algorithm>

#include "city/rules.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

constexpr const char* kDivisionsFile = "divisions.csv";
constexpr const char* kDivisionNamesFile = "division-names.csv";

bool is_digits(std::string_view text, std::size_t count) {
    return text.size() == count &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// How many leading digits of a division code of that level carry meaning. GB/T 2260, GB/T 10114.
std::size_t significant(int level) {
    constexpr std::size_t kDigits[] = {0, 2, 4, 6, 9, 12};
    return kDigits[level];
}

/// The level of a padded code, from its zeros.
int level_of(std::string_view code) {
    int level = 1;
    for (int candidate = 2; candidate <= 5; ++candidate)
        if (code.substr(significant(candidate - 1),
                        significant(candidate) - significant(candidate - 1))
                .find_first_not_of('0') != std::string_view::npos)
            level = candidate;
    return level;
}

std::string padded(std::string_view code) {
    return std::string(code) + std::string(12 - code.size(), '0');
}

}  // namespace

void Rules::check_divisions() {
    for (const TableRow& row : folder_.divisions.rows) {
        const TableRow* first = divisions_.find(row.cells[0])->second;
        if (first != &row)
            findings_.in(kDivisionsFile, row.line,
                         "the division " + row.cells[0] +
                             " stands here a second time, first in line " +
                             std::to_string(first->line),
                         "remove one of them");
        check_division_row(row);
    }
}

void Rules::check_division_row(const TableRow& row) {
    const auto& [code, name, parent, level] =
        std::tie(row.cells[0], row.cells[1], row.cells[2], row.cells[3]);
    const auto wrong = [&](std::string message, std::string remedy) {
        findings_.in(kDivisionsFile, row.line, std::move(message), std::move(remedy));
    };
    if (!is_digits(code, 12))
        return wrong("'" + code + "' is not a division code",
                     "write 12 digits, padded with 0 on the right");
    if (text::trim(name).empty()) wrong("the division " + code + " has no name", "write its name");
    const auto stated = text::parse_integer(level);
    const int true_level = level_of(code);
    if (!stated.ok() || *stated != true_level)
        wrong("the level of " + code + " is '" + level + "', but its digits say " +
                  std::to_string(true_level),
              "write " + std::to_string(true_level) + ", or mend the code");
    if (parent.empty()) {
        const Item* city = folder_.only(Kind::kCity);
        if (city && !city->code.empty() && code != padded(city->code.substr(0, 6)))
            wrong("the division " + code + " has no parent",
                  "only the city itself stands at the top; name the division above");
        return;
    }
    const std::string expected = padded(code.substr(0, significant(std::max(1, true_level - 1))));
    if (!divisions_.contains(parent))
        return wrong("the parent '" + parent + "' of " + code + " is not in this file",
                     "write " + expected);
    if (is_digits(parent, 12) &&
        !code.starts_with(std::string_view(parent).substr(0, significant(level_of(parent)))))
        wrong("the parent " + parent + " does not contain " + code, "write " + expected);
    else if (is_digits(parent, 12) && level_of(parent) >= true_level)
        wrong("the parent " + parent + " is not above " + code, "write " + expected);
}

void Rules::check_division_names() {
    std::map<std::string_view, int> first;
    for (const TableRow& row : folder_.division_names.rows) {
        const auto wrong = [&](std::string message, std::string remedy) {
            findings_.in(kDivisionNamesFile, row.line, std::move(message), std::move(remedy));
        };
        const std::string& code = row.cells[0];
        if (!divisions_.contains(code) && !folder_.divisions.rows.empty())
            wrong("there is no division " + code, "name a division of divisions.csv");
        const auto [earlier, is_new] = first.emplace(code, row.line);
        if (!is_new)
            wrong("the division " + code + " is named a second time, first in line " +
                      std::to_string(earlier->second),
                  "remove one of them");
        if (text::trim(row.cells[1]).empty())
            wrong("the division " + code + " has no English name", "write it, or remove the line");
    }
}

void Rules::check_city() {
    const Item* city = folder_.only(Kind::kCity);
    if (!city) return;
    if (is_digits(city->code, 6) && !folder_.divisions.rows.empty() &&
        !divisions_.contains(padded(city->code)))
        mistake(*city, "code", "the city " + city->code + " is not in divisions.csv",
                "add a line for " + padded(city->code));
    if (!city->well_formed) return;
    const auto centre = json::Reader(*city->value).member("centre");
    const auto& numbers = centre->get().get_array();
    const bool right = numbers.size() == 2 && std::abs(numbers[0].to_number<double>()) <= 180 &&
                       std::abs(numbers[1].to_number<double>()) <= 90;
    if (!right)
        mistake(*city, "centre", "the centre is not a longitude and a latitude",
                "write [longitude, latitude] in degrees");
}

void Rules::refer_division(const Item& from, std::string_view member, std::string_view code) {
    if (!is_digits(code, 12) || divisions_.contains(code) || folder_.divisions.rows.empty()) return;
    std::vector<std::string_view> known;
    for (const auto& [name, row] : divisions_)
        if (is_digits(name, 12) && level_of(name) <= 3) known.push_back(name);
    mistake(from, member, "there is no division " + std::string(code),
            suggestion(code, known, "name a division of divisions.csv"));
}

void Rules::check_boundaries() {
    for (const TextFile& file : folder_.texts)
        if (file.kind == Kind::kBoundary) check_boundary(file);
}

void Rules::check_boundary(const TextFile& file) {
    const auto wrong = [&](std::string message, std::string remedy) {
        findings_.in(file.path, 1, std::move(message), std::move(remedy));
    };
    const auto parsed = json::parse(file.text);
    if (!parsed.ok()) return wrong(parsed.error().detail, "");
    const json::Reader in(*parsed);
    if (in.text_or("type") != "FeatureCollection")
        return wrong("is not a GeoJSON FeatureCollection", "see RFC 7946 3.3");
    const auto features = in.member("features");
    if (!features.ok()) return wrong(features.error().detail, "see RFC 7946 3.3");
    for (const json::Reader& feature : features->items()) {
        const std::string id = feature.text_or("id");
        if (!is_digits(id, 6)) {
            wrong(feature.pointer() + ": the id '" + id + "' is not a division code",
                  "give every feature the 6-digit division as a text");
        } else if (!folder_.divisions.rows.empty() && !divisions_.contains(padded(id))) {
            wrong(feature.pointer() + ": there is no division " + id,
                  "name a division of divisions.csv");
        }
    }
}

}  // namespace shu::city
