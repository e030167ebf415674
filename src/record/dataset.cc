#include "record/dataset.h"

#include <algorithm>
#include <array>

namespace shu::record {

namespace {

constexpr std::array<std::string_view, 8> kTypes = {"text", "integer", "decimal", "money",
                                                    "date", "instant", "boolean", "code"};
constexpr std::array<std::string_view, 6> kChecks = {"",       "identity_number", "credit_code",
                                                     "mobile", "postcode",        "division"};
constexpr std::array<std::string_view, 7> kMasks = {"",        "identity_number", "name", "mobile",
                                                    "address", "bank_account",    "all"};

template <typename Enum, std::size_t N>
Enum named(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? Enum{} : static_cast<Enum>(found - names.begin());
}

template <std::size_t N>
std::vector<std::string> choices(const std::array<std::string_view, N>& names) {
    std::vector<std::string> out;
    for (const auto name : names)
        if (!name.empty()) out.emplace_back(name);
    return out;
}

Shape identifier() {
    return Shape::text_matching("[a-z][a-z0-9_]*", "id_number");
}
Shape code_text() {
    return Shape::text_matching("[a-z][a-z0-9_-]*", "public-security");
}

Shape field_shape() {
    return Shape::object({
        {"code", identifier(), true, "the column's name"},
        {"name", Shape::text(), true, "the Chinese name; files may use it as the column's heading"},
        {"name_en", Shape::text(), false, "the English name"},
        {"type", Shape::one_of(choices(kTypes)), true, "what a value is"},
        {"length", Shape::integer(1, 1'000'000), false,
         "most characters of a text; 4,000 if not given"},
        {"scale", Shape::integer(0, 9), false, "digits after the point, of type decimal only"},
        {"required", Shape::boolean(), false, "true: a row without it is quarantined"},
        {"check", Shape::one_of(choices(kChecks)), false, "a rule of content beyond the type"},
        {"codes", Shape::text(), false, "the code table, of type code only"},
        {"level", Shape::integer(1, 6), false, "1 to 4 general, 5 important, 6 core"},
        {"mask", Shape::one_of(choices(kMasks)), false, "how it is shown below its level"},
        {"standard", Shape::text(), false, "where the field is defined"},
        {"searchable", Shape::boolean(), false, "true: rows are looked up by it, with an index"},
    });
}

Field field_from(const json::Reader& in) {
    Field field;
    field.code = in.text_or("code");
    field.name = in.text_or("name");
    field.name_en = in.text_or("name_en");
    field.type = field_type_from(in.text_or("type"));
    field.length = static_cast<int>(in.integer_or("length", 0));
    field.scale = static_cast<int>(in.integer_or("scale", 0));
    field.required = in.boolean_or("required", false);
    field.check = content_check_from(in.text_or("check"));
    field.codes = in.text_or("codes");
    field.level = static_cast<int>(in.integer_or("level", 1));
    field.mask = mask_from(in.text_or("mask"));
    field.standard = in.text_or("standard");
    field.searchable = in.boolean_or("searchable", false);
    return field;
}

void put_if(json::object& out, std::string_view name, std::string_view value) {
    if (!value.empty()) out[name] = value;
}

json::object to_json(const Field& field) {
    json::object out{{"code", field.code}, {"name", field.name}, {"type", to_string(field.type)}};
    put_if(out, "name_en", field.name_en);
    if (field.length > 0) out["length"] = field.length;
    if (field.scale > 0) out["scale"] = field.scale;
    if (field.required) out["required"] = true;
    put_if(out, "check", to_string(field.check));
    put_if(out, "codes", field.codes);
    if (field.level != 1) out["level"] = field.level;
    put_if(out, "mask", to_string(field.mask));
    put_if(out, "standard", field.standard);
    if (field.searchable) out["searchable"] = true;
    return out;
}

}  // namespace

std::string_view to_string(FieldType type) {
    return kTypes[static_cast<std::size_t>(type)];
}
std::string_view to_string(ContentCheck check) {
    return kChecks[static_cast<std::size_t>(check)];
}
std::string_view to_string(Mask mask) {
    return kMasks[static_cast<std::size_t>(mask)];
}
FieldType field_type_from(std::string_view name) {
    return named<FieldType>(kTypes, name);
}
ContentCheck content_check_from(std::string_view name) {
    return named<ContentCheck>(kChecks, name);
}
Mask mask_from(std::string_view name) {
    return named<Mask>(kMasks, name);
}

bool is_text(FieldType type) {
    return type == FieldType::kText || type == FieldType::kCode || type == FieldType::kDate;
}

const Field* Dataset::field(std::string_view wanted) const {
    for (const auto& field : fields)
        if (field.code == wanted) return &field;
    return nullptr;
}

int Dataset::level() const {
    int highest = 1;
    for (const auto& field : fields)
        highest = std::max(highest, field.level);
    return highest;
}

Shape dataset_shape() {
    const Shape subject = Shape::object({
        {"kind", Shape::one_of({"person", "entity"}), true, "whom a row is about"},
        {"field", identifier(), true, "the field with the identity number or credit code"},
    });
    return Shape::object({
        {"code", identifier(), true, "the table is ds_<code>"},
        {"name", Shape::text(), true, "the Chinese name"},
        {"name_en", Shape::text(), false, "the English name"},
        {"registry", code_text(), true, "the registry it belongs to"},
        {"provider", code_text(), true, "the organisation that answers for it"},
        {"description", Shape::text(), false, "one sentence"},
        {"key", Shape::list(identifier(), 1), true, "the fields that name a row"},
        {"subject", subject, false, "left out if rows are about nobody"},
        {"fields", Shape::list(field_shape(), 1), true, "in the order of the table"},
        {"catalogue", Shape::any(), false, "the entry in the catalogue"},
    });
}

Shape code_table_shape() {
    const Shape value = Shape::object({
        {"code", Shape::text(), true, "as it stands in the data"},
        {"name", Shape::text(), true, "the Chinese name"},
        {"name_en", Shape::text(), false, "the English name"},
    });
    return Shape::object({
        {"code", code_text(), true, "the name that fields use"},
        {"name", Shape::text(), true, "the Chinese name"},
        {"name_en", Shape::text(), false, "the English name"},
        {"standard", Shape::text(), false, "where the table is defined"},
        {"valid_from", Shape::date(), false, "when the standard came into force"},
        {"values", Shape::list(value), false, "the codes, in order"},
        {"file", Shape::text(), false,
         "a CSV file beside this one with the header code,name or code,name,name_en, "
         "instead of values"},
    });
}

Shape registry_shape() {
    return Shape::object({
        {"code", code_text(), true, "the name that datasets use"},
        {"name", Shape::text(), true, "the Chinese name"},
        {"name_en", Shape::text(), false, "the English name"},
        {"kind", Shape::one_of({"base", "theme"}), true,
         "one of the five base registries, or a theme"},
        {"description", Shape::text(), false, "one sentence"},
    });
}

Dataset dataset_from(const json::value& v) {
    const json::Reader in(v);
    Dataset out;
    out.code = in.text_or("code");
    out.name = in.text_or("name");
    out.name_en = in.text_or("name_en");
    out.registry = in.text_or("registry");
    out.provider = in.text_or("provider");
    out.description = in.text_or("description");
    out.key = in.texts("key");
    if (const auto subject = in.member("subject"); subject.ok())
        out.subject = {subject->text_or("kind"), subject->text_or("field")};
    if (const auto fields = in.member("fields"); fields.ok())
        for (const auto& field : fields->items())
            out.fields.push_back(field_from(field));
    if (const auto catalogue = in.member("catalogue");
        catalogue.ok() && catalogue->get().is_object())
        out.catalogue = catalogue->get().as_object();
    return out;
}

CodeTable code_table_from(const json::value& v) {
    const json::Reader in(v);
    CodeTable out;
    out.code = in.text_or("code");
    out.name = in.text_or("name");
    out.name_en = in.text_or("name_en");
    out.standard = in.text_or("standard");
    out.valid_from = in.text_or("valid_from");
    if (const auto values = in.member("values"); values.ok())
        for (const auto& value : values->items())
            out.values.push_back(
                {value.text_or("code"), value.text_or("name"), value.text_or("name_en")});
    return out;
}

Registry registry_from(const json::value& v) {
    const json::Reader in(v);
    return {in.text_or("code"), in.text_or("name"), in.text_or("name_en"), in.text_or("kind"),
            in.text_or("description")};
}

json::value to_json(const Dataset& dataset) {
    json::object out{{"code", dataset.code}, {"name", dataset.name}};
    put_if(out, "name_en", dataset.name_en);
    put_if(out, "registry", dataset.registry);
    put_if(out, "provider", dataset.provider);
    put_if(out, "description", dataset.description);
    json::array key(dataset.key.begin(), dataset.key.end());
    out["key"] = std::move(key);
    if (!dataset.subject.kind.empty())
        out["subject"] =
            json::object{{"kind", dataset.subject.kind}, {"field", dataset.subject.field}};
    json::array fields;
    for (const auto& field : dataset.fields)
        fields.emplace_back(to_json(field));
    out["fields"] = std::move(fields);
    if (!dataset.catalogue.empty()) out["catalogue"] = dataset.catalogue;
    return out;
}

json::value to_json(const CodeTable& table) {
    json::object out{{"code", table.code}, {"name", table.name}};
    put_if(out, "name_en", table.name_en);
    put_if(out, "standard", table.standard);
    put_if(out, "valid_from", table.valid_from);
    json::array values;
    for (const CodeValue& value : table.values) {
        json::object item{{"code", value.code}, {"name", value.name}};
        put_if(item, "name_en", value.name_en);
        values.push_back(std::move(item));
    }
    out["values"] = std::move(values);
    return out;
}

json::value to_json(const Registry& registry) {
    json::object out{{"code", registry.code}, {"name", registry.name}, {"kind", registry.kind}};
    put_if(out, "name_en", registry.name_en);
    put_if(out, "description", registry.description);
    return out;
}

}  // namespace shu::record
