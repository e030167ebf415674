// YAML 1.2 files of the city folder, read into JSON by a Shape, with the line and column of every
// value.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "foundation/json.h"
#include "foundation/shape.h"

namespace shu::yaml {

/// Where a value stands: a member where its name begins, a list's item where it begins itself.
struct Position {
    int line = 0;    ///< from 1
    int column = 0;  ///< from 1, in characters

    friend bool operator==(const Position&, const Position&) = default;
};

/// One YAML document as JSON, null if there is nothing in it; positions by JSON Pointer.
struct Document {
    std::string file;
    json::value root;
    std::map<std::string, Position, std::less<>> positions;

    /// The position of `pointer`, or of its nearest ancestor that has one.
    Position position_of(std::string_view pointer) const;
};

/// "file:line:column: /pointer: message; remedy".
std::string to_string(const Document& document, const Problem& problem);

/// Parses `text`; a plain scalar takes the type that `shape` gives its place, where it can, else
/// the YAML core schema's, except that digits after a leading zero stay text; a quoted scalar is
/// text. Anchors, aliases, tags, duplicate and non-scalar keys and further documents are refused.
/// Limits: yaml_bytes_max, yaml_depth_max, yaml_nodes_max. Does not check the shape itself. Errors:
/// Invalid, detail `file:line:column: ...`.
Result<Document> parse(std::string_view file, std::string_view text, const Shape& shape);

/// Reads a file and parses it. Errors: NotFound, Unavailable, Exhausted, Invalid.
Result<Document> read(const std::string& path, const Shape& shape);

}  // namespace shu::yaml
