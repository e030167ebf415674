// A city as its folder declares it: read, checked whole, turned into values.
// docs/format/city-folder.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decision/declaration.h"
#include "foundation/json.h"
#include "foundation/result.h"
#include "identity/directory.h"
#include "record/dataset.h"

namespace shu::city {

/// One mistake of a city folder.
struct Finding {
    std::string file;      ///< relative to the folder
    int line = 1;          ///< from 1
    int column = 1;        ///< from 1, in characters
    std::string message;   ///< what is wrong, with the value seen
    std::string remedy;    ///< what to do; may be empty
    bool warning = false;  ///< worth a look, but no mistake
};

/// `file:line:column: message; remedy`.
std::string to_string(const Finding& finding);

struct CheckReport {
    std::vector<Finding> findings;  ///< by file and line; at most limits::problems_max
    std::int64_t files = 0;         ///< files read

    std::int64_t mistakes() const;  ///< findings that are no warnings
    bool clean() const { return mistakes() == 0; }
};

/// A division of the territory, GB/T 2260 and GB/T 10114.
struct Division {
    std::string code;  ///< 12 digits
    std::string name;
    std::string parent;   ///< empty at the top
    int level = 0;        ///< 2 city, 3 district, 4 street, 5 community
    std::string name_en;  ///< empty where no romanisation is customary

    friend bool operator==(const Division&, const Division&) = default;
};

struct DemoAccount {
    std::string name;
    std::string display_name;
    std::string post;    ///< of officers
    std::string person;  ///< identity number, of citizens
};

/// Something with its share of the whole.
struct Weighted {
    std::string code;
    std::int64_t weight = 0;
};

/// What the synthetic population of `shu demo` looks like.
struct DemoPeople {
    std::vector<Weighted> districts;      ///< division codes
    std::vector<Weighted> ethnic_groups;  ///< GB/T 3304 codes
    std::vector<std::string> roads;
};

/// demo/: never applied to a real city.
struct Demo {
    std::vector<DemoAccount> accounts;
    std::string password;
    DemoPeople people;
};

/// One object that `apply` declares: the city, its divisions, an organisation, a dataset, ...
struct Declaration {
    std::string kind;  ///< city, divisions, boundary, organisation, role, post, registry,
                       ///< code-table, dataset, rule
    std::string code;
    std::string name;
    std::string body;    ///< canonical JSON (of a boundary: its GeoJSON; of a rule: what its text
                         ///< says); equal declarations have equal bodies
    std::string digest;  ///< SM3 of the body, hexadecimal
};

/// A city that passed every check. A value.
struct City {
    std::string folder;
    std::string code;  ///< 6 digits, GB/T 2260
    std::string name, name_en;
    std::string title, title_en;
    int utc_offset_minutes = 480;
    double longitude = 0, latitude = 0;

    std::vector<Division> divisions;
    std::vector<identity::Organisation> organisations;  ///< every parent before its children
    std::vector<identity::Role> roles;
    std::vector<identity::Post> posts;
    std::vector<record::Registry> registries;
    std::vector<record::CodeTable> code_tables;
    std::vector<record::Dataset> datasets;
    std::vector<decision::ModelDeclaration> models;
    std::map<std::string, std::string> boundaries;  ///< GeoJSON by file name without extension
    Demo demo;

    std::vector<Declaration> declarations;  ///< in the order in which they can be applied
};

/// Reads the folder and reports every mistake in one run. Errors: NotFound when there is no such
/// folder, or no city.yaml in it.
Result<CheckReport> check(const std::string& folder);

/// Reads a folder that is free of mistakes. Errors: NotFound; Invalid with the number of mistakes
/// and the first of them.
Result<City> load(const std::string& folder);

/// JSON Schema by file kind: city, organisations, roles, posts, registries, code-table, dataset,
/// rule, rule-examples, demo-accounts, demo-people.
std::map<std::string, json::value> schemas();

}  // namespace shu::city
