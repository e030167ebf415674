// Nodes, variables and the resolution of names. DMN 1.5 10.3.1.4 and 10.3.2.11.
#include <algorithm>

#include "rule/feel/builtin.h"
#include "rule/feel/operand_check.h"
#include "rule/feel/parser.h"

namespace shu::rule {

NodeId Parser::add(Op op, std::size_t position, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    Node node;
    node.op = op;
    node.position = base_ + static_cast<std::uint32_t>(position);
    node.a = a;
    node.b = b;
    node.c = c;
    program_.nodes.push_back(node);
    types_.push_back(nullptr);
    return static_cast<NodeId>(program_.nodes.size() - 1);
}

NodeId Parser::add_list(Op op, std::size_t position, const std::vector<NodeId>& children,
                        std::uint32_t c) {
    if (children.size() > UINT16_MAX) return fail_at(position, "more than 65,535 parts");
    const auto first = static_cast<std::uint32_t>(program_.links.size());
    program_.links.insert(program_.links.end(), children.begin(), children.end());
    const NodeId node = add(op, position, first, 0, c);
    program_.nodes[node].count = static_cast<std::uint16_t>(children.size());
    return node;
}

NodeId Parser::constant(std::size_t position, Value value) {
    const Kind kind = value.kind();
    program_.constants.push_back(std::move(value));
    const NodeId node =
        add(Op::kConstant, position, static_cast<std::uint32_t>(program_.constants.size() - 1));
    if (kind != Kind::kNull) set_type(node, built_in_type(name_of(kind)));
    return node;
}

std::uint32_t Parser::name(std::string_view text) {
    const auto found = std::find(program_.names.begin(), program_.names.end(), text);
    if (found != program_.names.end())
        return static_cast<std::uint32_t>(found - program_.names.begin());
    program_.names.emplace_back(text);
    return static_cast<std::uint32_t>(program_.names.size() - 1);
}

void Parser::set_type(NodeId node, TypePointer type) {
    if (node != kNoNode) types_[node] = std::move(type);
}

TypePointer Parser::type_of(NodeId node) const {
    return node == kNoNode ? nullptr : types_[node];
}

// Of two branches: one type only if it holds for both. Members are looked for in the first branch's
// all the same: what the other lacks is null.
TypePointer Parser::type_of_either(NodeId one, NodeId other) const {
    const TypePointer a = type_of(one);
    const TypePointer b = type_of(other);
    const auto is_null = [this](NodeId node) {
        return node != kNoNode && program_.nodes[node].op == Op::kConstant &&
               program_.constants[program_.nodes[node].a].is_null();
    };
    if (a == nullptr || is_null(other)) return a != nullptr ? a : is_null(one) ? b : nullptr;
    if (a->base != Type::Base::kPlain) return a;
    return known_kind(b.get()) == a->kind ? a : nullptr;
}

std::uint32_t Parser::declare(std::string variable_name, TypePointer type) {
    Frame& frame = frames_.back();
    const std::uint32_t slot = frame.next_slot++;
    frame.slots = std::max(frame.slots, frame.next_slot);
    frame.locals.push_back({std::move(variable_name), std::move(type), slot});
    return slot;
}

// Variables go out of scope; their slots are not used again, because closures and siblings may
// still lie between them.
void Parser::leave(std::size_t mark) {
    frames_.back().locals.resize(mark);
}

// The longest name in scope that stands here; of equally long ones the innermost.
Parser::Found Parser::find_name() {
    skip();
    Found best;
    const auto better = [&best](std::size_t bytes) { return bytes > best.bytes; };
    for (std::size_t f = frames_.size(); f-- > 0;) {
        const auto& locals = frames_[f].locals;
        for (std::size_t i = locals.size(); i-- > 0;) {
            const Local& local = locals[i];
            const std::size_t bytes = local.name.empty() ? 0 : match_name(text_, at_, local.name);
            if (better(bytes)) best = {Found::What::kLocal, bytes, f, i, 0, nullptr};
            const Type* members = local.item ? member_scope(local.type.get()) : nullptr;
            if (members == nullptr) continue;
            for (const Type::Field& field : members->fields) {
                const std::size_t length = match_name(text_, at_, field.name);
                // A member is nearer than the item itself: [{item: 1}][item > 0] asks the member.
                if (better(length) ||
                    (length != 0 && length == best.bytes && best.frame == f && best.local == i))
                    best = {Found::What::kMember, length, f, i, 0, &field};
            }
        }
    }
    for (const std::uint32_t id : builtins_starting(text_.substr(at_))) {
        const std::size_t bytes = match_name(text_, at_, builtin(id).name);
        if (better(bytes)) best = {Found::What::kBuiltin, bytes, 0, 0, id, nullptr};
    }
    return best;
}

// The slot of an outer function's variable in the function that is being read: captured through
// every one between.
std::uint32_t Parser::slot_here(std::size_t frame, std::uint32_t slot) {
    if (frame + 1 == frames_.size() && slot != kSelfSlot) return slot;
    for (std::size_t f = frame + 1; f < frames_.size(); ++f) {
        Frame& inner = frames_[f];
        const auto known = std::find(inner.captured.begin(), inner.captured.end(), slot);
        if (known != inner.captured.end()) {
            slot = inner.captured_slot[static_cast<std::size_t>(known - inner.captured.begin())];
            continue;
        }
        const std::uint32_t own = inner.next_slot++;
        inner.slots = std::max(inner.slots, inner.next_slot);
        inner.captured.push_back(slot);
        inner.captured_slot.push_back(own);
        slot = own;
    }
    return slot;
}

NodeId Parser::use_local(const Found& found, std::size_t position) {
    frames_[found.frame].locals[found.local].used = true;
    const Local local = frames_[found.frame].locals[found.local];
    if (local.name == "?") uses_test_value_ = true;
    NodeId node = kNoNode;
    if (local.self && found.frame + 1 == frames_.size())
        node = add(Op::kSelf, position);
    else
        node =
            add(Op::kSlot, position, slot_here(found.frame, local.self ? kSelfSlot : local.slot));
    set_type(node, local.type);
    if (found.what != Found::What::kMember) return node;
    const NodeId member = add(Op::kPath, position, node, name(found.field->name));
    set_type(member, found.field->type);
    return member_or_outer(found, position, member);
}

// An item that need not have the member lets the variable outside be seen: [{a: 1}, {b: 2}][a = 5].
NodeId Parser::member_or_outer(const Found& found, std::size_t position, NodeId member) {
    const Local item = frames_[found.frame].locals[found.local];
    const Type* type = member_scope(item.type.get());
    if (type == nullptr || !type->open) return member;
    const std::string wanted = found.field->name;
    for (std::size_t f = found.frame + 1; f-- > 0;) {
        const std::size_t end = f == found.frame ? found.local : frames_[f].locals.size();
        for (std::size_t i = end; i-- > 0;) {
            if (frames_[f].locals[i].name != wanted) continue;
            const NodeId outer =
                use_local({Found::What::kLocal, found.bytes, f, i, 0, nullptr}, position);
            return add(Op::kDynamicName, position, name(wanted), slot_here(found.frame, item.slot),
                       outer);
        }
    }
    return member;
}

// Items whose members are not known before the evaluation may have one of this name: they are asked
// first, innermost first.
NodeId Parser::with_dynamic_items(std::string_view wanted, std::size_t position, NodeId otherwise,
                                  const Found& from) {
    for (std::size_t f = from.frame; f < frames_.size(); ++f) {
        for (std::size_t i = f == from.frame ? from.local : 0; i < frames_[f].locals.size(); ++i) {
            const Local local = frames_[f].locals[i];
            if (!local.item) continue;
            const Type* type = local.type.get();
            while (type != nullptr && type->base == Type::Base::kList)
                type = type->element.get();
            if (type != nullptr && !type->open &&
                (type->base == Type::Base::kPlain || !type->fields.empty()))
                continue;
            otherwise =
                add(Op::kDynamicName, position, name(wanted), slot_here(f, local.slot), otherwise);
        }
    }
    return otherwise;
}

NodeId Parser::variable(std::size_t position) {
    const Found found = find_name();
    const std::size_t start = at_;
    const std::string greedy = greedy_name();
    const std::size_t greedy_end = at_;
    at_ = start + found.bytes;
    const bool longer = greedy_end > start + found.bytes;
    if (found.what == Found::What::kNothing || longer) {
        // Not all of it is known: a member of an item, or a mistake.
        at_ = greedy_end;
        if (greedy.empty()) return fail("an expression is missing before " + snippet());
        const NodeId unknown =
            add(Op::kFailed, position, name("nothing here is named '" + greedy + "'"));
        const NodeId node = with_dynamic_items(greedy, position, unknown, Found());
        if (node != unknown) return node;
        return fail_at(start, "nothing here is named '" + greedy + "'");
    }
    if (found.what == Found::What::kBuiltin) {
        if (peek("(")) return call(kNoNode, found.builtin, position);
        const NodeId node = constant(position, builtin_value(found.builtin));
        return with_dynamic_items(greedy, position, node, Found());
    }
    const std::string known(normalised_name(text_.substr(start, found.bytes)));
    const NodeId node = use_local(found, position);
    if (found.what == Found::What::kMember) return node;
    // Only items further in than the variable can hide it.
    const NodeId dynamic = with_dynamic_items(known, position, node, found);
    if (dynamic != node && known == "item") set_type(dynamic, type_of(node));
    return dynamic;
}

}  // namespace shu::rule
