// Text to Program. One pass: names are resolved against the scope in force while they are read,
// because FEEL's names may hold spaces and only the scope tells where one ends. DMN 1.5 10.3.1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rule/feel.h"
#include "rule/feel/program.h"

namespace shu::rule {

/// A mistake in a text.
struct Mistake {
    std::uint32_t offset = 0;
    std::string reason;
    bool exhausted = false;
};

struct CompileOptions {
    const Environment* environment = nullptr;
    /// User types by name for `instance of` and function parameters; null pointers mean Any.
    /// Borrowed.
    const std::vector<std::pair<std::string, TypePointer>>* types = nullptr;
    bool tests = false;  ///< unary tests; the last variable is `?`
    bool self = false;   ///< the text is the body of a function that may call itself by the first
                         ///< variable's name
};

/// Compiles; on a mistake the program is null and `mistake` says why.
std::shared_ptr<Program> compile_text(std::string_view text, const Scope& scope,
                                      const CompileOptions& options, Mistake& mistake);

/// Line and column from 1 (in code points) of a byte offset.
std::pair<std::uint32_t, std::uint32_t> line_and_column(std::string_view text,
                                                        std::uint32_t offset);

}  // namespace shu::rule
