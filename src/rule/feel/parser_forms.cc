// Control forms, contexts, functions, invocations, types and unary tests. DMN 1.5 10.3.1.2.
#include <algorithm>

#include "rule/feel/builtin.h"
#include "rule/feel/operand_check.h"
#include "rule/feel/parser.h"

namespace shu::rule {

NodeId Parser::if_expression() {
    const std::size_t position = at_;
    const NodeId condition = expression();
    if (!expect_word("then")) return kNoNode;
    const NodeId yes = expression();
    if (!expect_word("else")) return kNoNode;
    const NodeId no = expression();
    const NodeId node = add(Op::kIf, position, condition, yes, no);
    set_type(node, type_of_either(yes, no));
    return node;
}

std::vector<NodeId> Parser::iterators() {
    std::vector<NodeId> out;
    do {
        skip();
        const std::size_t position = at_;
        const std::string variable_name = greedy_name();
        if (variable_name.empty()) {
            fail("the name of an iteration variable is missing");
            return out;
        }
        if (!expect_word("in")) return out;
        const NodeId domain = expression();
        NodeId end = kNoNode;
        if (!failed() && take("..")) end = expression();
        const TypePointer type = type_of(domain);
        TypePointer element = type;
        if (end == kNoNode && type != nullptr &&
            (type->base == Type::Base::kList || type->base == Type::Base::kRange))
            element = type->element;
        const std::uint32_t slot = declare(variable_name, element);
        out.push_back(add(Op::kIterator, position, slot, domain, end));
    } while (!failed() && take(","));
    return out;
}

NodeId Parser::for_expression() {
    const std::size_t position = at_;
    const std::size_t scope = mark();
    const auto all = iterators();
    if (!expect_word("return")) return kNoNode;
    const std::uint32_t partial = declare("partial", list_of(nullptr));
    const NodeId body = expression();
    const bool uses_partial = !failed() && frames_.back().locals.back().used;
    leave(scope);
    if (failed()) return kNoNode;
    const NodeId node = add_list(Op::kFor, position, all, body);
    program_.nodes[node].b = partial;
    program_.nodes[node].flags = uses_partial ? 1 : 0;
    set_type(node, list_of(type_of(body)));
    return node;
}

NodeId Parser::quantified(Op op) {
    const std::size_t position = at_;
    const std::size_t scope = mark();
    const auto all = iterators();
    if (!expect_word("satisfies")) return kNoNode;
    const NodeId condition = expression();
    leave(scope);
    if (failed()) return kNoNode;
    const NodeId node = add_list(op, position, all, condition);
    set_type(node, built_in_type("boolean"));
    return node;
}

NodeId Parser::context() {
    const std::size_t position = at_;
    take("{");
    const std::size_t scope = mark();
    std::vector<NodeId> entries;
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kContext;
    type->kind = Kind::kContext;
    type->name = "context";
    type->open = true;
    if (!take("}")) {
        do {
            skip();
            const std::size_t start = at_;
            auto key = peek("\"") ? string_literal() : name_before(':');
            if (!key) return fail("the name of an entry is missing before " + snippet());
            if (type->field(*key) != nullptr)
                return fail_at(start, "two entries are named '" + *key + "'");
            if (!expect(":")) return kNoNode;
            // A function may call itself by the name of its entry.
            const bool defines_function = peek_word("function");
            frames_.back().locals.push_back({defines_function ? *key : "", nullptr, kSelfSlot});
            const NodeId value = expression();
            frames_.back().locals.pop_back();
            if (failed()) return kNoNode;
            const std::uint32_t slot = declare(*key, type_of(value));
            entries.push_back(add(Op::kEntry, start, name(*key), value, slot));
            type->fields.push_back({*key, type_of(value)});
        } while (take(","));
        expect("}");
    }
    leave(scope);
    if (failed()) return kNoNode;
    const NodeId node = add_list(Op::kContext, position, entries);
    set_type(node, type);
    return node;
}

NodeId Parser::function() {
    const std::size_t position = at_;
    if (!expect("(")) return kNoNode;
    // The entry being defined, if any, was pushed by context() just before.
    std::string self;
    if (!frames_.back().locals.empty() && frames_.back().locals.back().slot == kSelfSlot &&
        !frames_.back().locals.back().self)
        self = std::exchange(frames_.back().locals.back().name, "");
    FunctionShape shape;
    const FunctionFrame frame_of_function(*this);
    if (!self.empty()) frames_.back().locals.push_back({self, nullptr, kSelfSlot, false, true});
    if (!take(")")) {
        do {
            std::string parameter;
            const std::size_t start = at_;
            if (auto typed = name_before(':'); typed && typed->find(',') == std::string::npos)
                parameter = *typed;
            else
                at_ = start;
            TypePointer parameter_type;
            if (!parameter.empty()) {
                take(":");
                auto read = type();
                if (!read) return fail("the type of parameter '" + parameter + "' is missing");
                parameter_type = *read;
            } else {
                parameter = greedy_name();
            }
            if (parameter.empty())
                return fail("the name of a parameter is missing before " + snippet());
            declare(parameter, parameter_type);
            shape.parameters.push_back(parameter);
            shape.parameter_types.push_back(parameter_type);
        } while (take(","));
        if (!expect(")")) return kNoNode;
    }
    if (take(":")) {
        auto read = type();
        if (!read) return fail("the result type of the function is missing");
        shape.result = *read;
    }
    if (take_word("external")) shape.external = true;
    const std::uint32_t outer_slot = std::exchange(test_slot_, 0);
    shape.body = expression();
    test_slot_ = outer_slot;
    if (failed()) return kNoNode;
    // Captured values stand behind the parameters in the order of capture; each knows its slot.
    const Frame& frame = frames_.back();
    shape.slots = frame.slots;
    for (std::size_t i = 0; i < frame.captured.size(); ++i) {
        shape.captured.push_back(frame.captured[i]);
        shape.captured.push_back(frame.captured_slot[i]);
    }
    frames_.pop_back();  // what follows stands in the surrounding function
    auto function_type = std::make_shared<Type>(*built_in_type("function"));
    function_type->parameters = shape.parameter_types;
    function_type->element = shape.result != nullptr ? shape.result : type_of(shape.body);
    program_.shapes.push_back(std::move(shape));
    const NodeId node =
        add(Op::kFunction, position, static_cast<std::uint32_t>(program_.shapes.size() - 1));
    set_type(node, function_type);
    return node;
}

NodeId Parser::call(NodeId callee, std::optional<std::uint32_t> builtin_id, std::size_t position) {
    Entered entered(*this);
    take("(");
    std::vector<NodeId> arguments;
    if (!take(")")) {
        do {
            skip();
            const std::size_t start = at_;
            auto named = name_before(':');
            if (named) {
                take(":");
                const NodeId value = expression();
                arguments.push_back(add(Op::kNamedArgument, start, name(*named), value));
            } else {
                at_ = start;
                arguments.push_back(expression());
            }
        } while (!failed() && take(","));
        expect(")");
    }
    if (failed()) return kNoNode;
    if (builtin_id) {
        const NodeId node = add_list(Op::kBuiltin, position, arguments, *builtin_id);
        set_type(node, result_type(*builtin_id, arguments));
        return node;
    }
    const TypePointer callee_type = type_of(callee);
    const NodeId node = add_list(Op::kCall, position, arguments, callee);
    if (callee_type != nullptr && callee_type->base == Type::Base::kFunction)
        set_type(node, callee_type->element);
    return node;
}

namespace {

// The type with the kinds of its plain items and members taken away.
TypePointer without_kinds(const Type& type) {
    const auto member = [](const TypePointer& inner) {
        return known_kind(inner.get()) == Kind::kNull ? inner : nullptr;
    };
    if (type.base == Type::Base::kList) {
        const Type* element = type.element.get();
        return list_of(element == nullptr || element->base == Type::Base::kPlain
                           ? nullptr
                           : without_kinds(*element));
    }
    auto out = std::make_shared<Type>(type);
    for (Type::Field& field : out->fields)
        field.type = member(field.type);
    return out;
}

}  // namespace

TypePointer Parser::result_type(std::uint32_t builtin_id,
                                const std::vector<NodeId>& arguments) const {
    static constexpr std::string_view kLikeFirst[] = {
        "append", "concatenate",     "sublist",       "reverse",      "sort",       "union",
        "remove", "distinct values", "insert before", "list replace", "context put"};
    static constexpr std::string_view kNumbers[] = {"count",   "floor",         "ceiling", "modulo",
                                                    "decimal", "string length", "number",  "sqrt",
                                                    "product", "median"};
    const std::string_view called = builtin(builtin_id).name;
    const auto among = [&](const auto& set) {
        return std::find(std::begin(set), std::end(set), called) != std::end(set);
    };
    if (among(kNumbers)) return built_in_type("number");
    if (arguments.empty() || !among(kLikeFirst)) return nullptr;
    const Node& first = program_.nodes[arguments[0]];
    const TypePointer type = first.op == Op::kNamedArgument ? nullptr : type_of(arguments[0]);
    if (type == nullptr || type->base == Type::Base::kPlain) return nullptr;
    // What is put in may be of another kind: only the names of members are certain.
    const bool same_items = called == "reverse" || called == "sort" || called == "sublist" ||
                            called == "remove" || called == "distinct values";
    return same_items ? type : without_kinds(*type);
}

std::optional<TypePointer> Parser::type_arguments(const std::string& type_name) {
    auto out = std::make_shared<Type>(*built_in_type(type_name));
    if (type_name == "function") {
        if (!take(">")) {
            do {
                auto parameter = type();
                if (!parameter) return std::nullopt;
                out->parameters.push_back(*parameter);
            } while (take(","));
            if (!expect(">")) return std::nullopt;
        }
        if (!expect("->")) return std::nullopt;
        auto result = type();
        if (!result) return std::nullopt;
        out->element = *result;
        if (out->element == nullptr && out->parameters.empty())
            out->element = std::make_shared<Type>();
        return out;
    }
    if (type_name == "context") {
        do {
            auto field = name_before(':');
            if (!field || !expect(":")) return std::nullopt;
            auto field_type = type();
            if (!field_type) return std::nullopt;
            out->fields.push_back({*field, *field_type});
        } while (take(","));
    } else {
        auto element = type();
        if (!element) return std::nullopt;
        out->element = *element;
    }
    if (!expect(">")) return std::nullopt;
    return out;
}

std::optional<TypePointer> Parser::type() {
    Entered entered(*this);
    if (depth_ > 100) return std::nullopt;
    skip();
    std::size_t best = 0;
    TypePointer found;
    if (options_.types != nullptr) {
        for (const auto& [user_name, user_type] : *options_.types) {
            const std::size_t bytes = match_name(text_, at_, user_name);
            if (bytes <= best) continue;
            best = bytes;
            found = user_type;
        }
    }
    const std::size_t start = at_;
    std::string name_read;
    for (const std::string_view candidate :
         {"date and time", "days and time duration", "years and months duration"}) {
        const std::size_t bytes = match_name(text_, at_, candidate);
        if (bytes <= best) continue;
        best = bytes;
        name_read = candidate;
    }
    if (name_read.empty()) {
        name_read = greedy_name();
        if (at_ <= start + best)
            name_read.clear();
        else
            best = at_ - start;
    }
    at_ = start + best;
    if (name_read.empty()) return best == 0 ? std::nullopt : std::optional(found);
    if (!is_built_in_type_name(name_read)) {
        fail_at(start, "no type is named '" + name_read + "'");
        return std::nullopt;
    }
    const bool generic = name_read == "list" || name_read == "range" || name_read == "context" ||
                         name_read == "function";
    if (generic && take("<")) return type_arguments(name_read);
    if (name_read == "Any" || name_read == "any") return std::make_shared<Type>();
    return built_in_type(name_read);
}

NodeId Parser::tests() {
    skip();
    const std::size_t start = at_;
    if (take("-") && at_end()) return add(Op::kTestAny, start);
    at_ = start;
    if (take_word("not") && take("(")) {
        const std::size_t nodes = program_.nodes.size();
        const std::size_t scope = mark();
        const NodeId inner = test_list(")");
        if (!failed() && take(")") && at_end()) return add(Op::kTestNot, start, 0, inner);
        mistake_ = {};
        leave(scope);
        program_.nodes.resize(nodes);
        types_.resize(nodes);
    }
    at_ = start;
    return test_list("");
}

NodeId Parser::test_list(std::string_view end) {
    skip();
    const std::size_t position = at_;
    std::vector<NodeId> all;
    do
        all.push_back(test());
    while (!failed() && take(","));
    if (failed()) return kNoNode;
    if (end.empty() && !at_end()) return fail("the tests should end before " + snippet());
    return all.size() == 1 ? all[0] : add_list(Op::kTestList, position, all);
}

NodeId Parser::test() {
    skip();
    const std::size_t position = at_;
    static constexpr std::pair<std::string_view, Op> kComparisons[] = {
        {"<=", Op::kLessEqual}, {">=", Op::kGreaterEqual}, {"!=", Op::kNotEqual},
        {"<", Op::kLess},       {">", Op::kGreater},       {"=", Op::kEqual}};
    for (const auto& [symbol, op] : kComparisons) {
        if (!take(symbol)) continue;
        constexpr int kAdditive = 4;
        const NodeId value = binary(kAdditive);
        if (failed()) return kNoNode;
        const NodeId node = add(Op::kTestCompare, position, test_slot_, value);
        program_.nodes[node].flags = static_cast<std::uint8_t>(op);
        return node;
    }
    const bool outer = std::exchange(uses_test_value_, false);
    const NodeId value = expression();
    if (failed()) return kNoNode;
    const NodeId node = add(Op::kTestValue, position, test_slot_, value);
    program_.nodes[node].flags = uses_test_value_ ? 1 : 0;
    uses_test_value_ = outer || uses_test_value_;
    return node;
}

}  // namespace shu::rule
