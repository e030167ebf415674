// The kinds of file of a city folder: where they stand and what they look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/shape.h"

namespace shu::city {

enum class Kind {
    kCity,
    kDivisions,
    kDivisionNames,
    kBoundary,
    kOrganisation,
    kRole,
    kPost,
    kRegistry,
    kCodeTable,
    kCodeTableFile,
    kDataset,
    kRule,
    kRuleExamples,
    kRuleModel,
    kDemoAccounts,
    kDemoPeople,
    kDemoSample,
    kReadme,
};

/// The noun for messages and acts: `organisation`, `code-table`.
std::string_view to_string(Kind kind);
/// Where such an object is declared: `organisations/*.yaml`.
std::string_view place_of(Kind kind);

struct FileKind {
    Kind kind;
    std::string_view pattern;  ///< relative path; `*` is one name
    std::string_view list;     ///< member that holds the objects; empty: the document is the object
    std::string_view schema_name;  ///< empty: not YAML
};

const std::vector<FileKind>& file_kinds();

/// True if objects of that kind have no `code` of their own: the file's name is it.
bool is_named_by_file(Kind kind);
/// `talent-housing` of `rules/talent-housing.test.yaml`.
std::string_view stem_of(std::string_view path);

/// The kind of the file at a relative path, or nullptr.
const FileKind* file_kind_of(std::string_view path);

/// The shape of a whole file of that kind.
Shape shape_of(const FileKind& kind);

}  // namespace shu::city
