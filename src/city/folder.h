// A city folder as read: its documents, the objects in them with their places, its tables. Before
// any rule between files is checked.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "city/findings.h"
#include "city/shapes.h"
#include "city/table_file.h"
#include "foundation/yaml.h"
#include "rule/feel.h"

namespace shu::city {

/// One object of a YAML file.
struct Item {
    Kind kind = Kind::kCity;
    const yaml::Document* document = nullptr;
    std::string pointer;  ///< in the document
    const json::value* value = nullptr;
    std::string code;          ///< empty if missing
    bool well_formed = false;  ///< passed its shape
};

/// A file that is not YAML.
struct TextFile {
    Kind kind = Kind::kReadme;
    std::string path;
    std::string text;
};

/// Items point into documents: neither copied nor moved.
struct Folder {
    Folder() = default;
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string path;
    std::deque<yaml::Document> documents;
    std::map<Kind, std::vector<Item>> items;
    std::vector<TextFile> texts;
    std::map<std::string, Table> code_tables;  ///< tables of codes/*.csv by relative path
    Table divisions;
    Table division_names;  ///< code and English name; may be empty
    std::set<Kind>
        incomplete;  ///< kinds of which a file could not be read: do not judge references to them
    std::int64_t files = 0;
    rule::Zones zones;  ///< read when the folder has decision models

    rule::Environment environment() const { return {&zones, nullptr}; }

    const std::vector<Item>& all(Kind kind) const;
    /// The only item of a kind, or nullptr.
    const Item* only(Kind kind) const;
    const TextFile* text(std::string_view relative_path) const;
};

/// Reads every file under folder.path. Mistakes go into `findings`. Errors: NotFound when there is
/// no such folder.
Result<void> read_folder(Folder& folder, Findings& findings);

}  // namespace shu::city
