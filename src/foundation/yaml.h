// YAML 1.2 files of the city folder, read into JSON by a Shape, with the line and column of every value.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "foundation/json.h"
#include "foundation/shape.h"

namespace shu::yaml {

struct Position {
    int line = 0;    ///< from 1
    int column = 0;  ///< from 1
};

/// One YAML document as JSON; positions by JSON Pointer.
struct Document {
    std::string file;
    json::value root;
    std::map<std::string, Position, std::less<>> positions;

    /// The position of `pointer`, or of its nearest ancestor that has one.
    Position position_of(std::string_view pointer) const;
};

/// Parses `text`; scalars take the type that `shape` gives them, else the YAML core schema's. Aliases, tags of other types and
/// duplicate keys are refused. Limits: yaml_bytes_max, yaml_depth_max, yaml_nodes_max. Does not check the shape itself.
/// Errors: Invalid, detail `file:line:column: ...`.
Result<Document> parse(std::string_view file, std::string_view text, const Shape& shape);

/// Reads a file and parses it. Errors: NotFound, Invalid.
Result<Document> read(const std::string& path, const Shape& shape);

}  // namespace shu::yaml
