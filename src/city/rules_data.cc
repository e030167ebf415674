// Code tables, registries, datasets and their catalogue entries.
#include <set>

#include "city/rules.h"
#include "exchange/catalogue_shape.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

std::string path_of_file(const Item& table) {
    const std::string& path = table.document->file;
    return path.substr(0, path.rfind('/') + 1) + json::Reader(*table.value).text_or("file");
}

/// Of a row of a code table's CSV; the third cell, the English name, may be absent or empty.
json::object value_json(const TableRow& row) {
    json::object value{{"code", row.cells[0]}, {"name", row.cells[1]}};
    if (row.cells.size() > 2 && !row.cells[2].empty()) value["name_en"] = row.cells[2];
    return value;
}

}  // namespace

json::value code_table_json(const Folder& folder, const Item& item) {
    json::value out = *item.value;
    json::object& object = out.as_object();
    if (!object.contains("file")) return out;
    json::array values;
    if (const auto table = folder.code_tables.find(path_of_file(item));
        table != folder.code_tables.end())
        for (const TableRow& row : table->second.rows)
            values.push_back(value_json(row));
    object.erase("file");
    object["values"] = std::move(values);
    return out;
}

record::CodeTable code_table_of(const Folder& folder, const Item& item) {
    return record::code_table_from(code_table_json(folder, item));
}

void Rules::check_code_table_file(const Item& table) {
    const json::Reader in(*table.value);
    if (in.has("values") == in.has("file"))
        return mistake(table, in.has("values") ? "values" : "code",
                       "the code table '" + table.code + "' needs either values or a file",
                       "write values: or file:, not both");
    if (!in.has("file")) return;
    if (folder_.code_tables.contains(path_of_file(table)) ||
        folder_.incomplete.contains(Kind::kCodeTableFile))
        return;
    std::vector<std::string_view> known;
    for (const auto& [path, rows] : folder_.code_tables)
        known.push_back(path);
    mistake(table, "file", "there is no file " + path_of_file(table),
            suggestion(path_of_file(table), known, "put the CSV beside this file"));
}

void Rules::check_code_tables() {
    std::set<std::string> used;
    for (const Item& item : folder_.all(Kind::kCodeTable)) {
        check_code_table_file(item);
        if (json::Reader(*item.value).has("file")) used.insert(path_of_file(item));
        if (!item.well_formed || json::Reader(*item.value).has("file")) continue;
        const record::CodeTable table = record::code_table_from(*item.value);
        std::set<std::string> seen;
        for (std::size_t i = 0; i < table.values.size(); ++i)
            if (!seen.insert(table.values[i].code).second)
                findings_.at(
                    *item.document,
                    json::pointer_to(json::pointer_to(json::pointer_to(item.pointer, "values"), i),
                                     "code"),
                    "the code '" + table.values[i].code + "' stands here a second time",
                    "remove one of them");
    }
    for (const auto& [path, table] : folder_.code_tables) {
        if (!used.contains(path))
            findings_.in(path, 1, "no code table uses this file",
                         "name it with file: in a codes/*.yaml, or remove it");
        std::map<std::string, int> seen;
        for (const TableRow& row : table.rows) {
            const auto [first, is_new] = seen.emplace(row.cells[0], row.line);
            if (!is_new)
                findings_.in(path, row.line,
                             "the code '" + row.cells[0] +
                                 "' stands here a second time, first in line " +
                                 std::to_string(first->second),
                             "remove one of them");
            if (text::trim(row.cells[0]).empty() || text::trim(row.cells[1]).empty())
                findings_.in(path, row.line, "a code or its name is empty", "write both");
        }
    }
}

void Rules::check_datasets() {
    std::map<std::string, record::CodeTable, std::less<>> tables;
    for (const auto& [code, item] : codes_[Kind::kCodeTable]) {
        record::CodeTable table;
        if (item->well_formed) table = code_table_of(folder_, *item);
        if (!item->well_formed || table.values.empty())
            table.values = {{"0", "", ""}};  // its own mistake is reported already
        tables.emplace(code, std::move(table));
    }
    for (const Item& item : folder_.all(Kind::kDataset))
        check_dataset(item, tables);
}

void Rules::check_dataset(const Item& dataset,
                          const std::map<std::string, record::CodeTable, std::less<>>& tables) {
    const json::Reader in(*dataset.value);
    const std::string registry = in.text_or("registry");
    refer(dataset, json::pointer_to(dataset.pointer, "registry"), registry, Kind::kRegistry);
    refer(dataset, json::pointer_to(dataset.pointer, "provider"), in.text_or("provider"),
          Kind::kOrganisation);
    const auto parts = text::split(dataset.document->file, '/');
    if (!registry.empty() && parts[1] != registry)
        mistake(dataset, "registry",
                "the dataset stands in the folder of the registry '" + std::string(parts[1]) + "'",
                "move it to datasets/" + registry + "/");
    if (!dataset.well_formed) return;
    std::vector<Problem> problems;
    record::check_dataset(record::dataset_from(*dataset.value), tables, dataset.pointer, problems);
    std::erase_if(problems, [&](const Problem& problem) {
        return folder_.incomplete.contains(Kind::kCodeTable) && problem.pointer.ends_with("/codes");
    });
    findings_.add(*dataset.document, problems);
}

void Rules::check_catalogues() {
    static const Shape shape = exchange::catalogue_shape();
    std::map<std::string, const Item*> by_resource_code;
    for (const Item& item : folder_.all(Kind::kDataset)) {
        const auto catalogue = json::Reader(*item.value).member("catalogue");
        if (!catalogue.ok()) {
            if (item.value->is_object())
                mistake(
                    item, "catalogue", "the dataset '" + item.code + "' has no catalogue entry",
                    "add catalogue: with its resource_code; what is not in the catalogue cannot be shared");
            continue;
        }
        const std::string at = json::pointer_to(item.pointer, "catalogue");
        std::vector<Problem> problems;
        shape.check(catalogue->get(), at, problems);
        if (problems.empty()) exchange::check_catalogue(catalogue->get(), at, problems);
        findings_.add(*item.document, problems);
        const std::string code = catalogue->text_or("resource_code");
        if (code.empty()) continue;
        const auto [first, is_new] = by_resource_code.emplace(code, &item);
        if (!is_new)
            findings_.at(*item.document, json::pointer_to(at, "resource_code"),
                         "the resource code " + code + " belongs to '" + first->second->code +
                             "' (" + first->second->document->file + ") already",
                         "give each dataset its own");
    }
    for (const Item& item : folder_.all(Kind::kDataset)) {
        const auto catalogue = json::Reader(*item.value).member("catalogue");
        if (!catalogue.ok() || folder_.incomplete.contains(Kind::kDataset)) continue;
        const auto related = catalogue->texts("related");
        const std::string list =
            json::pointer_to(json::pointer_to(item.pointer, "catalogue"), "related");
        std::vector<std::string_view> known;
        for (const auto& [code, owner] : by_resource_code)
            known.push_back(code);
        for (std::size_t i = 0; i < related.size(); ++i)
            if (!by_resource_code.contains(related[i]))
                findings_.at(*item.document, json::pointer_to(list, i),
                             "no dataset has the resource code " + related[i],
                             suggestion(related[i], known, "name the resource code of a dataset"));
    }
}

}  // namespace shu::city
