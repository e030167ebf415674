// Where the parts of a model stand in its text: what the rule engine says in words ("decision
// 'Subsidy', rule 3, input 2"), found again as the id that the editor knows and as a line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"
#include "rule/feel.h"

namespace pugi {
class xml_document;
}

namespace shu::decision {

/// A place in the text of a model.
struct Place {
    std::string cell;  ///< id of the nearest element that has one: an entry, rule, table, decision
    std::string element;  ///< id of the decision, input, knowledge model or service; may be empty
    int line = 1;         ///< from 1
    int column = 1;       ///< from 1, in characters
};

/// Line and column of a byte of a text.
std::pair<int, int> line_and_column_of(std::string_view text, std::size_t byte);

/// Immutable; const methods from any thread. Moved, not copied: it holds the parsed document.
class Places {
 public:
    /// Errors: Invalid with `line:column: ` in front when `xml` is no well-formed XML.
    static Result<Places> read(std::string xml);
    Places(Places&&) noexcept;
    Places& operator=(Places&&) noexcept;
    ~Places();

    /// The deepest part of the place that stands in the text; the document's head if none does.
    Place find(std::string_view place) const;
    /// The decision table that stands there.
    Place find_table(std::string_view place) const;
    /// What find() finds, with line and column of the warning inside its cell.
    Place find(const rule::Warning& warning) const;

    const pugi::xml_document& document() const;

 private:
    struct State;
    explicit Places(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace shu::decision
