#include "rule/feel/operand_check.h"

#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

bool is_duration(Kind kind) {
    return kind == Kind::kMonthsDuration || kind == Kind::kDaysDuration;
}
bool is_instant(Kind kind) {
    return kind == Kind::kDate || kind == Kind::kDateTime;
}
// A date or date and time moves by every duration, a time by days and hours.
bool moves(Kind kind, Kind by) {
    return is_duration(by) &&
           (is_instant(kind) || (kind == Kind::kTime && by == Kind::kDaysDuration));
}

bool compares(Kind a, Kind b, bool ordered) {
    if (is_instant(a) && is_instant(b)) return true;
    return a == b && (!ordered || a != Kind::kBoolean);
}

std::string a_kind(Kind kind) {
    return "a " + std::string(name_of(kind));
}

}  // namespace

Kind result_kind(Op op, Kind a, Kind b) {
    const bool numbers = a == Kind::kNumber && b == Kind::kNumber;
    const bool durations = is_duration(a) && a == b;
    switch (op) {
        case Op::kAdd:
            if (numbers || durations || (a == Kind::kString && b == a)) return a;
            return moves(a, b) ? a : moves(b, a) ? b : Kind::kNull;
        case Op::kSubtract:
            if (numbers || durations || moves(a, b)) return a;
            return (is_instant(a) && is_instant(b)) || (a == Kind::kTime && b == a)
                       ? Kind::kDaysDuration
                       : Kind::kNull;
        case Op::kMultiply:
            if (numbers || (is_duration(a) && b == Kind::kNumber)) return a;
            return a == Kind::kNumber && is_duration(b) ? b : Kind::kNull;
        case Op::kDivide:
            if (numbers || (is_duration(a) && b == Kind::kNumber)) return a;
            return durations ? Kind::kNumber : Kind::kNull;
        case Op::kPower: return numbers ? Kind::kNumber : Kind::kNull;
        default: return Kind::kNull;
    }
}

Kind known_kind(const Type* type) {
    return type != nullptr && type->base == Type::Base::kPlain ? type->kind : Kind::kNull;
}

OperandCheck::OperandCheck(const Program& program, std::span<const TypePointer> types, NodeId first,
                           std::uint32_t slot, const Type* tested)
    : program_(program), types_(types) {
    tested_[slot] = known_kind(tested);
    for (NodeId id = first; id < program.nodes.size(); ++id)
        if (program.nodes[id].op == Op::kIn)
            tested_[program.nodes[id].b] = kind_of(program.nodes[id].a);
}

Kind OperandCheck::kind_of(NodeId node) const {
    return node == kNoNode ? Kind::kNull : known_kind(types_[node].get());
}

Kind OperandCheck::tested_kind(std::uint32_t slot) const {
    const auto found = tested_.find(slot);
    return found == tested_.end() ? Kind::kNull : found->second;
}

std::string OperandCheck::comparison(std::string_view symbol, Kind a, Kind b, bool ordered) const {
    if (a == Kind::kNull || b == Kind::kNull || compares(a, b, ordered)) return "";
    return "'" + std::string(symbol) + "' does not compare " + a_kind(a) + " with " + a_kind(b);
}

std::string OperandCheck::test_mistake(const Node& node) const {
    const Kind tested = tested_kind(node.a);
    if (node.op == Op::kTestCompare) {
        const Op op = static_cast<Op>(node.flags);
        return comparison(symbol_of(op), tested, kind_of(node.b),
                          op != Op::kEqual && op != Op::kNotEqual);
    }
    if (node.flags != 0) return "";  // the test speaks of the value itself
    const Node& wanted = program_.nodes[node.b];
    const bool range = wanted.op == Op::kRange;
    for (const NodeId id : {node.b, range ? wanted.a : kNoNode, range ? wanted.b : kNoNode}) {
        const Kind kind = kind_of(id);
        if (tested != Kind::kNull && kind != Kind::kNull && !compares(tested, kind, false))
            return a_kind(tested) + " is tested here, against " + a_kind(kind);
    }
    return "";
}

std::string OperandCheck::call_mistake(const Node& node) const {
    std::vector<Kind> kinds;
    for (const NodeId child : program_.children(node)) {
        if (program_.nodes[child].op == Op::kNamedArgument) return "";
        kinds.push_back(kind_of(child));
    }
    const Builtin& called = builtin(node.c);
    if (could_take(called, kinds)) return "";
    std::string given;
    for (const Kind kind : kinds)
        given += (given.empty() ? "" : ", ") +
                 (kind == Kind::kNull ? std::string("any value") : a_kind(kind));
    return std::string(called.name) + "() has no form for " +
           (given.empty() ? std::string("no arguments") : "(" + given + ")");
}

std::string OperandCheck::mistake(NodeId id) const {
    const Node& node = program_.nodes[id];
    const auto foreign = [](Kind kind) { return kind != Kind::kNull && kind != Kind::kBoolean; };
    switch (node.op) {
        case Op::kAdd:
        case Op::kSubtract:
        case Op::kMultiply:
        case Op::kDivide:
        case Op::kPower: {
            const Kind a = kind_of(node.a);
            const Kind b = kind_of(node.b);
            if (a == Kind::kNull || b == Kind::kNull || result_kind(node.op, a, b) != Kind::kNull)
                return "";
            return "'" + std::string(symbol_of(node.op)) + "' has no result for " + a_kind(a) +
                   " and " + a_kind(b);
        }
        case Op::kEqual:
        case Op::kNotEqual:
        case Op::kLess:
        case Op::kLessEqual:
        case Op::kGreater:
        case Op::kGreaterEqual:
            return comparison(symbol_of(node.op), kind_of(node.a), kind_of(node.b),
                              node.op != Op::kEqual && node.op != Op::kNotEqual);
        case Op::kBetween: {
            std::string low = comparison("between", kind_of(node.a), kind_of(node.b), true);
            return low.empty() ? comparison("between", kind_of(node.a), kind_of(node.c), true)
                               : low;
        }
        case Op::kAnd:
        case Op::kOr:
            for (const NodeId side : {node.a, node.b})
                if (foreign(kind_of(side)))
                    return "an operand of '" + std::string(node.op == Op::kOr ? "or" : "and") +
                           "' is " + a_kind(kind_of(side)) + ", not a boolean";
            return "";
        case Op::kIf:
            return foreign(kind_of(node.a))
                       ? "the condition is " + a_kind(kind_of(node.a)) + ", not a boolean"
                       : "";
        case Op::kTestCompare:
        case Op::kTestValue: return test_mistake(node);
        case Op::kBuiltin: return call_mistake(node);
        default: return "";
    }
}

}  // namespace shu::rule
