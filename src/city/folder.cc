#include "city/folder.h"

#include <algorithm>
#include <filesystem>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

namespace fs = std::filesystem;

/// One error instead of a mistake for each file, where somebody has named another folder. Errors:
/// NotFound with the folder that is likely meant.
Result<void> check_is_city(const std::string& folder) {
    constexpr const char* kCityFile = "city.yaml";
    std::error_code ignored;
    const fs::path path(folder);
    if (!fs::exists(path, ignored))
        return not_found("there is no folder " + folder + "; name the one that holds city.yaml");
    if (!fs::is_directory(path, ignored))
        return not_found(folder + " is a file; name the folder that holds city.yaml");
    if (fs::exists(path / kCityFile, ignored)) return {};
    std::string detail = folder + " is not a city folder: it holds no city.yaml";
    const fs::path absolute = fs::weakly_canonical(path, ignored);
    for (fs::path above = absolute; above.has_relative_path();) {
        above = above.parent_path();
        if (fs::exists(above / kCityFile, ignored))
            return not_found(detail + "; did you mean " + above.string() + "?");
    }
    return not_found(detail + "; docs/format/city-folder.md tells what a city needs");
}

/// Relative paths of all files, sorted; names that begin with a point are the tools' own and are
/// left out.
Result<std::vector<std::string>> files_under(const std::string& folder) {
    SHU_CHECK(check_is_city(folder));
    std::error_code error;
    std::vector<std::string> found;
    fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                          error);
    for (const fs::recursive_directory_iterator end; !error && walk != end; walk.increment(error)) {
        if (walk->path().filename().string().starts_with('.')) {
            walk.disable_recursion_pending();
            continue;
        }
        std::error_code ignored;
        if (walk->is_directory(ignored)) continue;
        if (found.size() >= limits::city_files_max)
            return exhausted(folder + " holds more than " + std::to_string(limits::city_files_max) +
                             " files");
        found.push_back(walk->path().lexically_relative(folder).generic_string());
    }
    if (error) return unavailable("reading " + folder + ": " + error.message());
    std::sort(found.begin(), found.end());
    return found;
}

/// The known place whose first name is nearest to the first name of `path`.
std::string suggested_place(std::string_view path) {
    const auto first_name = [](std::string_view of) { return of.substr(0, of.find('/')); };
    std::vector<std::string_view> known;
    for (const FileKind& kind : file_kinds())
        known.push_back(first_name(kind.pattern));
    const std::string_view near = text::nearest(first_name(path), known);
    for (const FileKind& kind : file_kinds())
        if (!near.empty() && first_name(kind.pattern) == near)
            return "did you mean " + std::string(kind.pattern) + "?";
    return "remove it, or see docs/format/city-folder.md for the files that a city has";
}

class Reading {
 public:
    Reading(Folder& folder, Findings& findings) : folder_(folder), findings_(findings) {}

    void file(const std::string& path) {
        const FileKind* kind = file_kind_of(path);
        if (!kind)
            return findings_.in(path, 1, "no part of a city stands in a file of this name",
                                suggested_place(path));
        ++folder_.files;
        if (kind->kind == Kind::kReadme || kind->kind == Kind::kDemoSample) return;
        auto text = file::read(folder_.path + "/" + path, limits::yaml_bytes_max);
        if (!text.ok()) {
            folder_.incomplete.insert(kind->kind);
            return findings_.in(path, 1, "cannot be read: " + text.error().detail, "");
        }
        if (!kind->schema_name.empty()) return document(path, *kind, *text);
        plain(path, kind->kind, std::move(*text));
    }

 private:
    void plain(const std::string& path, Kind kind, std::string text) {
        if (kind == Kind::kDivisions)
            folder_.divisions = table(path, text, {"code", "name", "parent", "level"});
        if (kind == Kind::kDivisionNames)
            folder_.division_names = table(path, text, {"code", "name_en"});
        if (kind == Kind::kCodeTableFile)
            folder_.code_tables[path] = table(path, text, code_table_header(text));
        folder_.texts.push_back({kind, path, std::move(text)});
    }

    /// The English names of a code table's file are a third column that may be absent.
    static std::vector<std::string> code_table_header(std::string_view text) {
        const std::string_view first = text.substr(0, text.find('\n'));
        if (first.find(",name_en") == std::string_view::npos) return {"code", "name"};
        return {"code", "name", "name_en"};
    }

    Table table(const std::string& path, std::string_view text,
                const std::vector<std::string>& header) {
        Table found = read_table(text, header);
        for (const TableMistake& mistake : found.mistakes)
            findings_.in(path, mistake.line, mistake.message, mistake.remedy);
        return found;
    }

    void document(const std::string& path, const FileKind& kind, std::string_view text) {
        const Shape shape = shape_of(kind);
        auto parsed = yaml::parse(path, text, shape);
        if (!parsed.ok()) {
            folder_.incomplete.insert(kind.kind);
            return findings_.unreadable(path, parsed.error());
        }
        folder_.documents.push_back(std::move(*parsed));
        const yaml::Document& kept = folder_.documents.back();
        std::vector<Problem> problems;
        shape.check(kept.root, "", problems);
        findings_.add(kept, problems);
        items(kept, kind, problems);
    }

    void items(const yaml::Document& document, const FileKind& kind,
               const std::vector<Problem>& problems) {
        if (kind.list.empty()) return item(document, kind.kind, "", document.root, problems);
        const json::value* list =
            document.root.is_object() ? document.root.get_object().if_contains(kind.list) : nullptr;
        if (!list || !list->is_array()) {
            folder_.incomplete.insert(kind.kind);
            return;
        }
        const std::string pointer = json::pointer_to("", kind.list);
        for (std::size_t i = 0; i < list->get_array().size(); ++i)
            item(document, kind.kind, json::pointer_to(pointer, i), list->get_array()[i], problems);
    }

    void item(const yaml::Document& document, Kind kind, std::string pointer,
              const json::value& value, const std::vector<Problem>& problems) {
        const bool sound =
            std::none_of(problems.begin(), problems.end(), [&](const Problem& problem) {
                return problem.pointer == pointer || problem.pointer.starts_with(pointer + "/");
            });
        std::string code = is_named_by_file(kind) ? std::string(stem_of(document.file))
                                                  : json::Reader(value).text_or("code");
        if (code.empty() && kind != Kind::kDemoAccounts && kind != Kind::kDemoPeople)
            folder_.incomplete.insert(kind);
        folder_.items[kind].push_back(
            {kind, &document, std::move(pointer), &value, std::move(code), sound});
    }

    Folder& folder_;
    Findings& findings_;
};

void require(const Folder& folder, Kind kind, Findings& findings) {
    const bool is_text = kind == Kind::kDivisions;
    const bool present =
        is_text ? folder.text(place_of(kind)) != nullptr : !folder.all(kind).empty();
    if (present || folder.incomplete.contains(kind)) return;
    findings.in(std::string(place_of(kind)), 1, "is missing",
                "a city needs at least one; see docs/format/city-folder.md");
}

}  // namespace

const std::vector<Item>& Folder::all(Kind kind) const {
    static const std::vector<Item> none;
    const auto found = items.find(kind);
    return found == items.end() ? none : found->second;
}

const Item* Folder::only(Kind kind) const {
    const auto& found = all(kind);
    return found.empty() ? nullptr : &found.front();
}

const TextFile* Folder::text(std::string_view relative_path) const {
    for (const TextFile& file : texts)
        if (file.path == relative_path) return &file;
    return nullptr;
}

Result<void> read_folder(Folder& folder, Findings& findings) {
    while (folder.path.size() > 1 && folder.path.ends_with('/'))
        folder.path.pop_back();
    const std::vector<std::string> files = SHU_TRY(files_under(folder.path));
    Reading reading(folder, findings);
    for (const std::string& path : files)
        reading.file(path);
    for (const Kind kind :
         {Kind::kCity, Kind::kDivisions, Kind::kOrganisation, Kind::kRole, Kind::kPost})
        require(folder, kind, findings);
    for (const TextFile& file : folder.texts) {
        if (file.kind != Kind::kRuleModel) continue;
        folder.zones = SHU_TRY(rule::Zones::load());
        break;
    }
    return {};
}

}  // namespace shu::city
