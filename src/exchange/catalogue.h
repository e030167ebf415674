// The catalogue: what data there is, who provides it and how it is shared. Core metadata of
// standards.md 2.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.h"
#include "identity/directory.h"
#include "record/dataset.h"

namespace shu::exchange {

enum class Sharing { kUnconditional, kConditional, kRefused };

/// The catalogue part of one dataset's declaration. A dataset without one is not listed.
struct CatalogueEntry {
    const record::Dataset* dataset = nullptr;
    std::string resource_code;
    std::vector<std::string> classes;
    std::string abstract;
    std::string abstract_en;  ///< empty where the city gives none
    std::string format;
    Sharing sharing = Sharing::kConditional;
    std::string sharing_condition;
    std::string sharing_condition_en;  ///< empty where the city gives none
    std::string sharing_method;
    std::string sharing_basis;  ///< of refused sharing: the law that forbids it
    bool is_open = false;
    std::string open_condition;
    std::string cycle;
    std::string published;
    std::vector<std::string> related;
};

/// Reads the entry; borrows `dataset`. Pure.
CatalogueEntry entry_of(const record::Dataset& dataset);

/// C N Y D T L of the compilation guide: the letter of a field's type.
std::string_view type_letter(record::FieldType type);
std::string_view to_string(Sharing sharing);

/// True if every word of `query` (split at spaces) stands in one of the entry's texts, case ignored
/// for ASCII.
bool matches(const CatalogueEntry& entry, std::string_view provider_name, std::string_view query);

/// The entry as the catalogue's list shows it.
json::object to_json(const CatalogueEntry& entry, std::string_view provider_name,
                     std::int64_t records);
/// Its data items, for the page of one entry.
json::array items_json(const record::Dataset& dataset);

}  // namespace shu::exchange
