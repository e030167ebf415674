// The rules between the objects of a city folder: references, codes, trees, check digits.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "city/folder.h"

namespace shu::city {

/// Every object by code, and what rules need to report.
class Rules {
 public:
    Rules(const Folder& folder, Findings& findings);

    /// Checks everything; what each file's shape says was checked when it was read.
    void check();

 private:
    using Codes = std::map<std::string, const Item*, std::less<>>;

    void index(Kind kind);
    void refer(const Item& from, const std::string& pointer, std::string_view code, Kind to);
    void mistake(const Item& item, std::string_view member, std::string message,
                 std::string remedy);

    // rules_territory.cc
    void check_divisions();
    void check_division_row(const TableRow& row);
    void check_division_names();
    void check_city();
    void check_boundaries();
    void check_boundary(const TextFile& file);
    void refer_division(const Item& from, std::string_view member, std::string_view code);

    // rules_people.cc
    void check_organisations();
    void check_organisation_tree();
    void check_roles();
    void check_posts();
    void check_separation(const Item& post);
    void check_demo_accounts();
    void check_demo_people();

    // rules_data.cc
    void check_code_tables();
    void check_code_table_file(const Item& table);
    void check_datasets();
    void check_dataset(const Item& dataset,
                       const std::map<std::string, record::CodeTable, std::less<>>& tables);
    void check_catalogues();

    // rules_decisions.cc
    void check_models();
    void check_model(const TextFile& file);
    void check_examples(const Item& examples, const rule::Model& model);
    void check_files_without_model(Kind kind);

    const Folder& folder_;
    Findings& findings_;
    std::map<Kind, Codes> codes_;
    std::map<std::string, const TableRow*, std::less<>> divisions_;
};

/// The code table of an item that passed its shape, with the values of its CSV file if it has one.
record::CodeTable code_table_of(const Folder& folder, const Item& item);
/// The declaration of a code table as JSON, `file` replaced by the values in it.
json::value code_table_json(const Folder& folder, const Item& item);

/// The declaration of a decision model, by the names of its files. What is not declared belongs to
/// the first organisation without a parent.
decision::ModelDeclaration model_declaration(const Folder& folder, const TextFile& file);

/// `did you mean ...?`, or `otherwise`.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known,
                       std::string otherwise);

}  // namespace shu::city
