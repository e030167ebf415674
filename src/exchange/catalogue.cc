#include "exchange/catalogue.h"

#include "exchange/grant.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

using record::FieldType;

json::array list_of(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& item : texts)
        list.push_back(json::value(item));
    return list;
}

}  // namespace

CatalogueEntry entry_of(const record::Dataset& dataset) {
    const json::value catalogue(dataset.catalogue);
    const json::Reader in(catalogue);
    CatalogueEntry entry;
    entry.dataset = &dataset;
    entry.resource_code = in.text_or("resource_code");
    entry.classes = in.texts("class");
    entry.abstract = in.text_or("abstract", dataset.description);
    entry.abstract_en = in.text_or("abstract_en");
    entry.format = in.text_or("format");
    entry.cycle = in.text_or("cycle");
    entry.published = in.text_or("published");
    entry.related = in.texts("related");
    if (const auto sharing = in.member("sharing"); sharing.ok()) {
        const std::string type = sharing->text_or("type");
        entry.sharing = type == "unconditional" ? Sharing::kUnconditional
                        : type == "refused"     ? Sharing::kRefused
                                                : Sharing::kConditional;
        entry.sharing_condition = sharing->text_or("condition");
        entry.sharing_condition_en = sharing->text_or("condition_en");
        entry.sharing_method = sharing->text_or("method");
        entry.sharing_basis = sharing->text_or("basis");
    }
    if (const auto open = in.member("open"); open.ok()) {
        entry.is_open = open->boolean_or("open", false);
        entry.open_condition = open->text_or("condition");
    }
    return entry;
}

std::string_view type_letter(FieldType type) {
    switch (type) {
        case FieldType::kText: return "C";
        case FieldType::kCode: return "C";
        case FieldType::kInteger: return "I";
        case FieldType::kDecimal: return "N";
        case FieldType::kMoney: return "Y";
        case FieldType::kDate: return "D";
        case FieldType::kInstant: return "T";
        case FieldType::kBoolean: return "L";
    }
    return "C";
}

std::string_view to_string(Sharing sharing) {
    switch (sharing) {
        case Sharing::kUnconditional: return "unconditional";
        case Sharing::kConditional: return "conditional";
        case Sharing::kRefused: return "refused";
    }
    return "conditional";
}

bool matches(const CatalogueEntry& entry, std::string_view provider_name, std::string_view query) {
    std::string all;
    for (const std::string_view piece :
         {std::string_view(entry.dataset->code), std::string_view(entry.dataset->name),
          std::string_view(entry.dataset->name_en), std::string_view(entry.abstract),
          std::string_view(entry.abstract_en), std::string_view(entry.resource_code),
          provider_name}) {
        all += text::lower(piece);
        all += '\n';
    }
    for (const std::string& name : entry.classes)
        all += name + '\n';
    for (const record::Field& field : entry.dataset->fields)
        all += field.name + '\n' + text::lower(field.name_en) + '\n';
    const std::string wanted = text::lower(query);
    for (const std::string_view word : text::split(wanted, ' '))
        if (all.find(word) == std::string::npos) return false;
    return true;
}

json::object to_json(const CatalogueEntry& entry, std::string_view provider_name,
                     std::int64_t records) {
    const record::Dataset& dataset = *entry.dataset;
    json::object sharing{{"type", to_string(entry.sharing)},
                         {"condition", entry.sharing_condition},
                         {"condition_en", entry.sharing_condition_en},
                         {"method", entry.sharing_method}};
    if (!entry.sharing_basis.empty()) sharing["basis"] = entry.sharing_basis;
    return {{"dataset", dataset.code},
            {"resource_code", entry.resource_code},
            {"name", dataset.name},
            {"name_en", dataset.name_en},
            {"provider", dataset.provider},
            {"provider_name", provider_name},
            {"class", list_of(entry.classes)},
            {"abstract", entry.abstract},
            {"abstract_en", entry.abstract_en},
            {"format", entry.format},
            {"sharing", std::move(sharing)},
            {"open", json::object{{"open", entry.is_open}, {"condition", entry.open_condition}}},
            {"cycle", entry.cycle},
            {"published", entry.published},
            {"related", list_of(entry.related)},
            {"level", dataset.level()},
            {"fields", dataset.fields.size()},
            {"records", records}};
}

json::array items_json(const record::Dataset& dataset) {
    json::array items;
    for (const record::Field& field : dataset.fields)
        items.push_back(json::object{{"code", field.code},
                                     {"name", field.name},
                                     {"name_en", field.name_en},
                                     {"type", record::to_string(field.type)},
                                     {"type_letter", type_letter(field.type)},
                                     {"length", field.length},
                                     {"level", field.level},
                                     {"codes", field.codes},
                                     {"standard", field.standard},
                                     {"mask", field.level > kMaskedAboveLevel}});
    return items;
}

}  // namespace shu::exchange
