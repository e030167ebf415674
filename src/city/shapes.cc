#include "city/shapes.h"

#include "city/city.h"
#include "decision/declaration.h"
#include "exchange/catalogue_shape.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
    const auto wanted = text::split(pattern, '/');
    const auto parts = text::split(path, '/');
    if (wanted.size() != parts.size()) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t star = wanted[i].find('*');
        if (star == std::string_view::npos) {
            if (wanted[i] != parts[i]) return false;
            continue;
        }
        const std::string_view end = wanted[i].substr(star + 1);
        if (parts[i].size() <= end.size() || !parts[i].ends_with(end)) return false;
    }
    return true;
}

Shape city_shape() {
    return Shape::object({
        {"format", Shape::integer(1, 1), true, "Version of the format of the folder"},
        {"code", Shape::text_matching("[0-9]{6}", "210100"), true,
         "Division code of the city, GB/T 2260"},
        {"name", Shape::text(), true, "Name of the city"},
        {"name_en", Shape::text(), true, "Name in English"},
        {"title", Shape::text(), true, "Head of every page"},
        {"title_en", Shape::text(), true, "Head of every page in English"},
        {"utc_offset_minutes", Shape::integer(-720, 840), true,
         "Civil time, minutes east of Greenwich"},
        {"centre", Shape::list(Shape::number(), 2), true,
         "Longitude and latitude of the map's centre"},
    });
}

Shape demo_accounts_shape() {
    const Shape account = Shape::object({
        {"name", Shape::text_matching("[a-z][a-z0-9-]{1,62}", "police-data"), true, "Sign-in name"},
        {"display_name", Shape::text(), true, "Name shown"},
        {"post", Shape::text(), false, "Post of an officer"},
        {"person", Shape::text(), false, "Identity number of a citizen; synthetic"},
    });
    return Shape::object({
        {"accounts", Shape::list(account, 1), true, "Accounts of the demonstration"},
        {"password", Shape::text(), true, "Password of all of them"},
    });
}

Shape demo_people_shape() {
    const Shape district = Shape::object({
        {"division", Shape::text_matching("[0-9]{12}", "210102000000"), true, "District"},
        {"people", Shape::integer(1, 1'000'000'000), true,
         "People who live there; only the proportions matter"},
    });
    const Shape group = Shape::object({
        {"code", Shape::text(), true, "Ethnic group, GB/T 3304"},
        {"share", Shape::integer(1, 1'000'000), true,
         "Share of the population; only the proportions matter"},
    });
    return Shape::object({
        {"districts", Shape::list(district, 1), true, "Where people live"},
        {"ethnic_groups", Shape::list(group, 1), true, "Who they are"},
        {"roads", Shape::list(Shape::text(), 1), true, "Names of roads for addresses"},
    });
}

Shape item_shape(Kind kind) {
    switch (kind) {
        case Kind::kCity: return city_shape();
        case Kind::kOrganisation: return identity::organisation_shape();
        case Kind::kRole: return identity::role_shape();
        case Kind::kPost: return identity::post_shape();
        case Kind::kRegistry: return record::registry_shape();
        case Kind::kCodeTable: return record::code_table_shape();
        case Kind::kDataset: return record::dataset_shape();
        case Kind::kRule: return decision::model_shape();
        case Kind::kRuleExamples: return decision::examples_shape();
        case Kind::kDemoAccounts: return demo_accounts_shape();
        case Kind::kDemoPeople: return demo_people_shape();
        default: return Shape::any();
    }
}

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::kCity: return "city";
        case Kind::kDivisions: return "divisions";
        case Kind::kDivisionNames: return "division-names";
        case Kind::kBoundary: return "boundary";
        case Kind::kOrganisation: return "organisation";
        case Kind::kRole: return "role";
        case Kind::kPost: return "post";
        case Kind::kRegistry: return "registry";
        case Kind::kCodeTable: return "code-table";
        case Kind::kCodeTableFile: return "code-table-file";
        case Kind::kDataset: return "dataset";
        case Kind::kRule: return "rule";
        case Kind::kRuleExamples: return "rule-examples";
        case Kind::kRuleModel: return "rule-model";
        case Kind::kDemoAccounts: return "demo-accounts";
        case Kind::kDemoPeople: return "demo-people";
        case Kind::kDemoSample: return "demo-sample";
        case Kind::kReadme: return "readme";
    }
    return "";
}

const std::vector<FileKind>& file_kinds() {
    static const std::vector<FileKind> kinds = {
        {Kind::kCity, "city.yaml", "", "city"},
        {Kind::kDivisions, "divisions.csv", "", ""},
        {Kind::kDivisionNames, "division-names.csv", "", ""},
        {Kind::kBoundary, "boundaries/*.geojson", "", ""},
        {Kind::kOrganisation, "organisations/*.yaml", "organisations", "organisations"},
        {Kind::kRole, "roles.yaml", "roles", "roles"},
        {Kind::kPost, "posts/*.yaml", "posts", "posts"},
        {Kind::kRegistry, "registries.yaml", "registries", "registries"},
        {Kind::kCodeTable, "codes/*.yaml", "", "code-table"},
        {Kind::kCodeTableFile, "codes/*.csv", "", ""},
        {Kind::kDataset, "datasets/*/*.yaml", "", "dataset"},
        // Before the declarations, whose pattern it fits too.
        {Kind::kRuleExamples, "rules/*.test.yaml", "", "rule-examples"},
        {Kind::kRule, "rules/*.yaml", "", "rule"},
        {Kind::kRuleModel, "rules/*.dmn", "", ""},
        {Kind::kDemoAccounts, "demo/accounts.yaml", "", "demo-accounts"},
        {Kind::kDemoPeople, "demo/people.yaml", "", "demo-people"},
        {Kind::kDemoSample, "demo/samples/*.csv", "", ""},
        {Kind::kReadme, "README.md", "", ""},
    };
    return kinds;
}

bool is_named_by_file(Kind kind) {
    return kind == Kind::kRule || kind == Kind::kRuleExamples;
}

std::string_view stem_of(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}

std::string_view place_of(Kind kind) {
    for (const FileKind& file : file_kinds())
        if (file.kind == kind) return file.pattern;
    return "";
}

const FileKind* file_kind_of(std::string_view path) {
    for (const FileKind& kind : file_kinds())
        if (matches(kind.pattern, path)) return &kind;
    return nullptr;
}

Shape shape_of(const FileKind& kind) {
    const Shape item = item_shape(kind.kind);
    if (kind.list.empty()) return item;
    return Shape::object(
        {{std::string(kind.list), Shape::list(item), true, "The objects declared here"}});
}

std::map<std::string, json::value> schemas() {
    std::map<std::string, json::value> found;
    for (const FileKind& kind : file_kinds()) {
        if (kind.schema_name.empty()) continue;
        json::value schema = shape_of(kind).schema();
        json::object& object = schema.as_object();
        if (kind.kind == Kind::kDataset)
            object["properties"].as_object()["catalogue"] = exchange::catalogue_shape().schema();
        object["$schema"] = "http://json-schema.org/draft-07/schema#";
        object["title"] = "Shu city folder: " + std::string(kind.pattern);
        found.emplace(kind.schema_name, std::move(schema));
    }
    return found;
}

}  // namespace shu::city
