// Mistakes of types that show before anything is evaluated: operands, conditions and arguments
// whose kinds are known and for which the standard has no result. DMN 1.5 10.3.2.12, tables 50 to
// 57.
#pragma once

#include <map>
#include <span>
#include <string>

#include "rule/feel/program.h"

namespace shu::rule {

/// The kind of `a op b` for values of these kinds; kNull where the standard has no result, or where
/// a kind is not known (kNull).
Kind result_kind(Op op, Kind a, Kind b);

/// The kind of all values of the type but null; kNull for types of which that is not known.
Kind known_kind(const Type* type);

/// Looks at the nodes of one text. Only kinds that hold whatever the values are lead to a finding.
class OperandCheck {
 public:
    /// `types` are those of the nodes as far as known; `tested` is the type of what the unary tests
    /// of the text ask about, in `slot`.
    OperandCheck(const Program& program, std::span<const TypePointer> types, NodeId first,
                 std::uint32_t slot, const Type* tested);

    /// What is wrong with a node, as a sentence; empty if nothing is known to be.
    std::string mistake(NodeId node) const;

 private:
    Kind kind_of(NodeId node) const;
    Kind tested_kind(std::uint32_t slot) const;
    std::string comparison(std::string_view symbol, Kind a, Kind b, bool ordered) const;
    std::string test_mistake(const Node& node) const;
    std::string call_mistake(const Node& node) const;

    const Program& program_;
    std::span<const TypePointer> types_;
    std::map<std::uint32_t, Kind> tested_;  // by slot
};

}  // namespace shu::rule
