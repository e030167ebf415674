#include "rule/dmn/boxed_compiler.h"

#include <algorithm>

#include "rule/feel/operand_check.h"

namespace shu::rule {

namespace {

using NamedTypes = std::vector<std::pair<std::string, TypePointer>>;

bool find_exactly(const NamedTypes& types, const std::string& name, TypePointer& out) {
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    out = found != types.end() ? found->second : built_in_type(name);
    return found != types.end() || is_built_in_type_name(name);
}

}  // namespace

bool find_type(const NamedTypes& types, const std::string& reference, TypePointer& out) {
    if (find_exactly(types, reference, out)) return true;
    const std::size_t colon = reference.find(':');
    return colon != std::string::npos && find_exactly(types, reference.substr(colon + 1), out);
}

TypePointer BoxedCompiler::type_named(const std::string& reference, const std::string& place) {
    TypePointer type;
    if (reference.empty() || find_type(*options_.types, normalised_name(reference), type))
        return type;
    problem(place, "no type is named '" + reference + "'");
    return nullptr;
}

NodeId BoxedCompiler::problem(const std::string& place, std::string reason) {
    Warning warning;
    warning.place = place;
    warning.reason = reason;
    problems_.push_back(std::move(warning));
    start_source("", place);
    return add(Op::kFailed, 0, name(reason));
}

// The nodes that follow belong to this text.
void BoxedCompiler::start_source(const std::string& content, const std::string& place) {
    const auto& sources = program_.sources;
    base_ = sources.empty()
                ? 0
                : sources.back().base + static_cast<std::uint32_t>(sources.back().text.size()) + 1;
    program_.sources.push_back({base_, place, content});
    content_ = content;
    text_ = content_;
    at_ = 0;
}

NodeId BoxedCompiler::text(const std::string& content, const std::string& place,
                           bool tests_wanted) {
    start_source(content, place);
    const std::size_t frames = frames_.size();
    const std::size_t locals = frames_.back().locals.size();
    const auto first = static_cast<NodeId>(program_.nodes.size());
    NodeId node = tests_wanted ? tests() : expression();
    if (!failed() && !at_end()) fail("the expression should end before " + snippet());
    if (!failed()) {
        check_operands(first, place);
        return node;
    }
    Warning warning;
    warning.offset = mistake_.offset;
    std::tie(warning.line, warning.column) = line_and_column(content, mistake_.offset);
    warning.place = place;
    warning.reason = mistake_.reason;
    node = kNoNode;
    const std::uint32_t offset = mistake_.offset;
    const std::string reason = "this does not compile: " + mistake_.reason;
    mistake_ = {};
    frames_.resize(frames);
    frames_.back().locals.resize(locals);
    problems_.push_back(std::move(warning));
    return add(Op::kFailed, offset, name(reason));
}

// Reports the first mistake of types of a text. The text is compiled all the same: its value is
// null, with a warning, when it is evaluated.
void BoxedCompiler::check_operands(NodeId first, const std::string& place) {
    const auto& locals = frames_.back().locals;
    const bool tests = !locals.empty() && locals.back().slot == test_slot_;
    const OperandCheck check(program_, types_, first, test_slot_,
                             tests ? locals.back().type.get() : nullptr);
    for (NodeId id = first; id < program_.nodes.size(); ++id) {
        std::string mistake = check.mistake(id);
        if (mistake.empty()) continue;
        report(id, place, std::move(mistake));
        return;
    }
}

void BoxedCompiler::report(NodeId node, const std::string& place, std::string reason) {
    Warning warning;
    warning.offset = program_.nodes[node].position - base_;
    std::tie(warning.line, warning.column) = line_and_column(content_, warning.offset);
    warning.place = place;
    warning.reason = std::move(reason);
    problems_.push_back(std::move(warning));
}

// Whether a value that is known to be of one kind is asked to be of another.
void BoxedCompiler::check_kind(NodeId node, const Type* wanted, const std::string& what,
                               const std::string& place) {
    const Kind kind = known_kind(type_of(node).get());
    const Kind asked = known_kind(wanted);
    if (kind == Kind::kNull || asked == Kind::kNull || kind == asked ||
        (kind == Kind::kDate && asked == Kind::kDateTime))
        return;
    report(node, place,
           what + " is a " + std::string(name_of(kind)) + ", not a " + std::string(name_of(asked)));
}

NodeId BoxedCompiler::fits(NodeId node, const TypePointer& type, const std::string& what) {
    if (type == nullptr || node == kNoNode) return node;
    program_.types.push_back(type);
    const NodeId out =
        add(Op::kFits, 0, node, static_cast<std::uint32_t>(program_.types.size() - 1), name(what));
    program_.nodes[out].position = program_.nodes[node].position;
    set_type(out, type);
    return out;
}

void BoxedCompiler::decision(const pugi::xml_node& element, const Scope& scope,
                             const TypePointer& type, const std::string& place) {
    frames_.emplace_back();
    for (const Variable& variable : scope)
        declare(normalised_name(variable.name), variable.type);
    const pugi::xml_node logic = expression_child(element);
    const NodeId value = boxed(logic, place);
    if (local_name(logic) == "literalExpression" && attribute(logic, "typeRef").empty())
        check_kind(value, type.get(), "the value", place);
    start_source("", place);
    program_.root = fits(value, type, "the value");
    program_.slots = frames_.back().slots;
    program_.type = type_of(program_.root);
}

TypePointer BoxedCompiler::knowledge(const pugi::xml_node& element, const Scope& scope,
                                     const std::string& self, const std::string& place) {
    frames_.emplace_back();
    for (const Variable& variable : scope)
        declare(normalised_name(variable.name), variable.type);
    const pugi::xml_node logic = child(element, "encapsulatedLogic");
    program_.root = logic ? function_definition(logic, place, self)
                          : problem(place, "it has no encapsulated logic");
    program_.slots = frames_.back().slots;
    program_.type = type_of(program_.root);
    return program_.type;
}

NodeId BoxedCompiler::boxed(const pugi::xml_node& node, const std::string& place) {
    Entered entered(*this);
    if (!node) return problem(place, "an expression is missing");
    const TypePointer type = type_named(attribute(node, "typeRef"), place);
    const NodeId value = form(node, place);
    if (local_name(node) == "literalExpression") check_kind(value, type.get(), "the value", place);
    return fits(value, type, "the value");
}

NodeId BoxedCompiler::form(const pugi::xml_node& node, const std::string& place) {
    const std::string_view kind = local_name(node);
    if (kind == "literalExpression") {
        const std::string language = attribute(node, "expressionLanguage");
        if (!language.empty() && language.find("FEEL") == std::string::npos &&
            language.find("feel") == std::string::npos)
            return problem(place, "the expression language " + language + " is not FEEL");
        const std::string content = text_of(child(node, "text"));
        return content.empty() ? problem(place, "the expression is empty") : text(content, place);
    }
    if (kind == "decisionTable") return table(node, place);
    if (kind == "invocation") return invocation(node, place);
    if (kind == "context") return boxed_context(node, place);
    if (kind == "list") return list(node, place);
    if (kind == "relation") return relation(node, place);
    if (kind == "functionDefinition") return function_definition(node, place, "");
    if (kind == "conditional") return conditional(node, place);
    if (kind == "filter") return boxed_filter(node, place);
    if (kind == "for") return loop(node, place, Op::kFor);
    if (kind == "some") return loop(node, place, Op::kSome);
    if (kind == "every") return loop(node, place, Op::kEvery);
    return problem(place, "no expression is named '" + std::string(kind) + "'");
}

// The expression in a child of that name: <if>, <in>, <return>.
NodeId BoxedCompiler::inside(const pugi::xml_node& parent, std::string_view wanted,
                             const std::string& place) {
    return boxed(expression_child(child(parent, wanted)), place + ", " + std::string(wanted));
}

NodeId BoxedCompiler::invocation(const pugi::xml_node& node, const std::string& place) {
    const NodeId callee = boxed(expression_child(node), place + ", function");
    std::vector<NodeId> arguments;
    for (const pugi::xml_node& binding : node.children()) {
        if (local_name(binding) != "binding") continue;
        const pugi::xml_node parameter = child(binding, "parameter");
        const std::string bound = normalised_name(attribute(parameter, "name"));
        const pugi::xml_node value = expression_child(binding);
        const std::string where = place + ", binding '" + bound + "'";
        NodeId argument = value ? boxed(value, where) : null_node();
        argument =
            fits(argument, type_named(attribute(parameter, "typeRef"), where), "the argument");
        arguments.push_back(add(Op::kNamedArgument, 0, name(bound), argument));
    }
    start_source("", place);
    const NodeId out = add_list(Op::kCall, 0, arguments, callee);
    const TypePointer type = type_of(callee);
    if (type != nullptr && type->base == Type::Base::kFunction) set_type(out, type->element);
    return out;
}

NodeId BoxedCompiler::boxed_context(const pugi::xml_node& node, const std::string& place) {
    const std::size_t scope = mark();
    std::vector<NodeId> entries;
    NodeId result = kNoNode;
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kContext;
    type->kind = Kind::kContext;
    type->name = "context";
    type->open = true;
    for (const pugi::xml_node& entry : node.children()) {
        if (local_name(entry) != "contextEntry") continue;
        const pugi::xml_node variable = child(entry, "variable");
        if (!variable) {
            result = boxed(expression_child(entry), place + ", result");
            continue;
        }
        const std::string key = normalised_name(attribute(variable, "name"));
        const std::string where = place + ", entry '" + key + "'";
        const TypePointer declared = type_named(attribute(variable, "typeRef"), where);
        const pugi::xml_node value_node = expression_child(entry);
        const bool function = local_name(value_node) == "functionDefinition";
        frames_.back().locals.push_back(
            {local_name(value_node) == "literalExpression" ? key : "", nullptr, kSelfSlot});
        // Only a literal function takes the pending name; in any other text it must not be seen.
        if (!text_of(child(value_node, "text")).starts_with("function"))
            frames_.back().locals.back().name.clear();
        NodeId value =
            function ? function_definition(value_node, where, key) : boxed(value_node, where);
        frames_.back().locals.pop_back();
        value = fits(value, declared, "the entry");
        if (type->field(key) != nullptr) value = problem(where, "two entries have this name");
        const std::uint32_t slot = declare(key, type_of(value));
        entries.push_back(add(Op::kEntry, 0, name(key), value, slot));
        type->fields.push_back({key, type_of(value)});
    }
    leave(scope);
    start_source("", place);
    if (result != kNoNode) {
        const NodeId out = add_list(Op::kSequence, 0, entries, result);
        set_type(out, type_of(result));
        return out;
    }
    const NodeId out = add_list(Op::kContext, 0, entries);
    set_type(out, type);
    return out;
}

NodeId BoxedCompiler::list(const pugi::xml_node& node, const std::string& place) {
    std::vector<NodeId> items;
    for (const pugi::xml_node& item : node.children()) {
        const std::string_view kind = local_name(item);
        if (item.type() != pugi::node_element || kind == "description" ||
            kind == "extensionElements")
            continue;
        items.push_back(boxed(item, place + ", item " + std::to_string(items.size() + 1)));
    }
    start_source("", place);
    const NodeId out = add_list(Op::kList, 0, items);
    TypePointer element = items.empty() ? nullptr : type_of(items[0]);
    for (const NodeId item : items)  // members are looked for in the first item's type
        if (element != nullptr && element->base == Type::Base::kPlain &&
            known_kind(type_of(item).get()) != element->kind)
            element = nullptr;
    set_type(out, list_of(element));
    return out;
}

NodeId BoxedCompiler::relation(const pugi::xml_node& node, const std::string& place) {
    std::vector<std::string> columns;
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kContext;
    type->kind = Kind::kContext;
    type->name = "context";
    std::vector<NodeId> rows;
    for (const pugi::xml_node& part : node.children()) {
        if (local_name(part) == "column") {
            columns.push_back(normalised_name(attribute(part, "name")));
            type->fields.push_back({columns.back(), type_named(attribute(part, "typeRef"), place)});
        }
        if (local_name(part) != "row") continue;
        std::vector<NodeId> entries;
        const std::size_t scope = mark();
        for (const pugi::xml_node& cell : part.children()) {
            if (cell.type() != pugi::node_element || entries.size() >= columns.size()) continue;
            const std::size_t i = entries.size();
            const std::string where = place + ", row " + std::to_string(rows.size() + 1) +
                                      ", column '" + columns[i] + "'";
            const NodeId value = fits(boxed(cell, where), type->fields[i].type, "the cell");
            entries.push_back(add(Op::kEntry, 0, name(columns[i]), value, declare("", nullptr)));
        }
        leave(scope);
        if (entries.size() != columns.size())
            return problem(place, "row " + std::to_string(rows.size() + 1) +
                                      " has not as many cells as there are columns");
        rows.push_back(add_list(Op::kContext, 0, entries));
    }
    start_source("", place);
    const NodeId out = add_list(Op::kList, 0, rows);
    set_type(out, list_of(type));
    return out;
}

NodeId BoxedCompiler::function_definition(const pugi::xml_node& node, const std::string& place,
                                          const std::string& self) {
    FunctionShape shape;
    frames_.emplace_back();
    if (!self.empty()) frames_.back().locals.push_back({self, nullptr, kSelfSlot, false, true});
    for (const pugi::xml_node& parameter : node.children()) {
        if (local_name(parameter) != "formalParameter") continue;
        const std::string key = normalised_name(attribute(parameter, "name"));
        const TypePointer type =
            type_named(attribute(parameter, "typeRef"), place + ", parameter '" + key + "'");
        declare(key, type);
        shape.parameters.push_back(key);
        shape.parameter_types.push_back(type);
    }
    const std::string kind = attribute(node, "kind");
    const bool java = kind == "Java" || kind == "JAVA" || kind == "java";
    shape.body = boxed(expression_child(node), place);
    if (kind == "PMML") shape.body = problem(place, "PMML functions are not run here");
    if (java) {
        shape.external = true;
        const NodeId entry = add(Op::kEntry, 0, name("java"), shape.body, declare("", nullptr));
        shape.body = add_list(Op::kContext, 0, {entry});
    }
    if (local_name(node) == "encapsulatedLogic" && !java)
        shape.body = fits(shape.body, type_named(attribute(node, "typeRef"), place), "the result");
    Frame& frame = frames_.back();
    shape.slots = frame.slots;
    for (std::size_t i = 0; i < frame.captured.size(); ++i) {
        shape.captured.push_back(frame.captured[i]);
        shape.captured.push_back(frame.captured_slot[i]);
    }
    auto type = std::make_shared<Type>(*built_in_type("function"));
    type->parameters = shape.parameter_types;
    type->element = java ? nullptr : type_of(shape.body);
    frames_.pop_back();
    program_.shapes.push_back(std::move(shape));
    start_source("", place);
    const NodeId out =
        add(Op::kFunction, 0, static_cast<std::uint32_t>(program_.shapes.size() - 1));
    set_type(out, type);
    return out;
}

NodeId BoxedCompiler::conditional(const pugi::xml_node& node, const std::string& place) {
    const NodeId condition = inside(node, "if", place);
    const NodeId yes = inside(node, "then", place);
    const NodeId no = inside(node, "else", place);
    start_source("", place);
    const NodeId out = add(Op::kIf, 0, condition, yes, no);
    set_type(out, type_of_either(yes, no));
    return out;
}

NodeId BoxedCompiler::boxed_filter(const pugi::xml_node& node, const std::string& place) {
    const NodeId subject = inside(node, "in", place);
    const TypePointer type = type_of(subject);
    const bool is_list = type != nullptr && type->base == Type::Base::kList;
    const std::size_t scope = mark();
    const std::uint32_t slot = declare("item", is_list ? type->element : type);
    frames_.back().locals.back().item = true;
    const NodeId condition = inside(node, "match", place);
    leave(scope);
    start_source("", place);
    const NodeId out = add(Op::kFilter, 0, subject, slot, condition);
    set_type(out, is_list ? type : list_of(type));
    return out;
}

NodeId BoxedCompiler::loop(const pugi::xml_node& node, const std::string& place, Op op) {
    const std::size_t scope = mark();
    const std::string variable = normalised_name(attribute(node, "iteratorVariable"));
    const NodeId domain = inside(node, "in", place);
    const TypePointer type = type_of(domain);
    const std::uint32_t slot = declare(
        variable, type != nullptr && type->base == Type::Base::kList ? type->element : nullptr);
    const std::uint32_t partial = op == Op::kFor ? declare("partial", list_of(nullptr)) : 0;
    const NodeId body = inside(node, op == Op::kFor ? "return" : "satisfies", place);
    const bool uses_partial = op == Op::kFor && frames_.back().locals.back().used;
    leave(scope);
    start_source("", place);
    const NodeId iterator = add(Op::kIterator, 0, slot, domain, kNoNode);
    const NodeId out = add_list(op, 0, {iterator}, body);
    program_.nodes[out].b = partial;
    program_.nodes[out].flags = uses_partial ? 1 : 0;
    set_type(out, op == Op::kFor ? list_of(type_of(body)) : built_in_type("boolean"));
    return out;
}

}  // namespace shu::rule
