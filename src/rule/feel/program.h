// A compiled expression: nodes in one array, children by index, variables by slot. Immutable and
// shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rule/feel/type.h"
#include "rule/value.h"

namespace shu::rule {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

class Evaluator;

enum class Op : std::uint8_t {
    kConstant,     // a: constant
    kSlot,         // a: slot
    kSelf,         // the function that runs
    kFailed,       // a: name of what went wrong at compile time; null with that warning
    kDynamicName,  // a: name, b: slot of the item, c: otherwise
    kPath,         // a: subject, b: name
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,   // a, b
    kNegate,  // a
    kAnd,
    kOr,  // a, b
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,  // a, b
    kBetween,       // a, b, c
    kIn,            // a: subject, b: slot, c: test
    kInstanceOf,    // a: subject, b: type
    kIf,            // a, b, c
    kFor,           // list of iterators, c: body, flags: has partial
    kSome,
    kEvery,          // list of iterators, c: body
    kIterator,       // a: slot, b: domain, c: end of the domain or none
    kList,           // children
    kContext,        // children are kEntry
    kEntry,          // a: name, b: value, c: slot
    kRange,          // a: start, b: end (or none); flags: bit 0 start included, bit 1 end included
    kFilter,         // a: subject, b: slot of the item, c: condition
    kCall,           // c: callee; children: arguments
    kBuiltin,        // c: number of the built-in; children: arguments
    kNamedArgument,  // a: name, b: value
    kFunction,       // a: shape
    // Unary tests; the value tested stands in slot a.
    kTestAny,      // -
    kTestCompare,  // a: slot, b: value, flags: the Op of the comparison
    kTestValue,    // a: slot, b: expression, flags: 1 if the expression speaks of the value itself
                   // (?)
    kTestList,     // children: true if one of them is
    kTestNot,      // b: test
    kSequence,     // children are kEntry; the value is that of c: a boxed context with a result
    kFits,  // a: value, b: type, c: name of what has that type; null with a warning if it does not
            // conform
    kPart,  // a: part of the program that is no FEEL: a decision table
};

struct Node {
    Op op = Op::kConstant;
    std::uint8_t flags = 0;
    std::uint16_t count = 0;            // children in the list of links
    std::uint32_t position = 0;         // byte offset in the text
    std::uint32_t a = 0, b = 0, c = 0;  // where children are counted, a is the first link
};

/// One function of a program: its frame is [parameters][captured][locals].
struct FunctionShape {
    std::vector<std::string> parameters;
    std::vector<TypePointer> parameter_types;
    TypePointer result;
    std::vector<std::uint32_t>
        captured;  ///< slots of the surrounding frame; kSelfSlot: the surrounding function itself
    std::uint32_t slots = 0;
    NodeId body = kNoNode;
    bool external = false;
};

inline constexpr std::uint32_t kSelfSlot = UINT32_MAX;

/// What a program evaluates besides FEEL's own nodes, in the frame of the function it stands in.
/// Immutable.
class ProgramPart {
 public:
    virtual ~ProgramPart() = default;
    virtual Value evaluate(Evaluator& evaluator, Value* frame, std::uint32_t position) const = 0;
};

/// One text of a program. Positions of nodes count through all its texts.
struct Source {
    std::uint32_t base = 0;  ///< position of its first byte
    std::string place;       ///< of a model: the element it stands in
    std::string text;
};

class Program : public std::enable_shared_from_this<Program> {
 public:
    std::vector<Node> nodes;
    std::vector<std::uint32_t> links;
    std::vector<Value> constants;
    std::vector<std::string> names;
    std::vector<TypePointer> types;
    std::vector<FunctionShape> shapes;
    NodeId root = kNoNode;
    std::uint32_t slots = 0;
    TypePointer type;  ///< of the result, as far as known
    std::vector<Source> sources;
    std::vector<std::unique_ptr<const ProgramPart>> parts;

    std::span<const std::uint32_t> children(const Node& node) const {
        return {links.data() + node.a, node.count};
    }
};

}  // namespace shu::rule
