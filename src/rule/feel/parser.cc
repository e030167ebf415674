// Expressions: operators, paths, filters, literals. DMN 1.5 10.3.1.2.
#include "rule/feel/parser.h"

#include "foundation/limits.h"
#include "rule/feel/builtin.h"
#include "rule/feel/literal.h"
#include "rule/feel/operand_check.h"

namespace shu::rule {
namespace {

struct BinaryOperator {
    std::string_view symbol;
    int level;
    Op op;
};

enum Level {
    kLevelOr = 1,
    kLevelAnd,
    kLevelComparison,
    kLevelAdditive,
    kLevelMultiplicative,
    kLevelPower
};

// Longer symbols first.
constexpr BinaryOperator kOperators[] = {
    {"**", kLevelPower, Op::kPower},          {"*", kLevelMultiplicative, Op::kMultiply},
    {"/", kLevelMultiplicative, Op::kDivide}, {"+", kLevelAdditive, Op::kAdd},
    {"-", kLevelAdditive, Op::kSubtract},     {"!=", kLevelComparison, Op::kNotEqual},
    {"<=", kLevelComparison, Op::kLessEqual}, {">=", kLevelComparison, Op::kGreaterEqual},
    {"<", kLevelComparison, Op::kLess},       {">", kLevelComparison, Op::kGreater},
    {"=", kLevelComparison, Op::kEqual},
};

}  // namespace

void Parser::run(const Scope& scope) {
    frames_.emplace_back();
    for (const Variable& variable : scope)
        declare(normalised_name(variable.name), variable.type);
    if (options_.tests) test_slot_ = static_cast<std::uint32_t>(scope.size()) - 1;
    program_.root = options_.tests ? tests() : expression();
    if (!failed() && !at_end()) fail("the expression should end before " + snippet());
    program_.slots = frames_.back().slots;
    program_.type = failed() ? nullptr : type_of(program_.root);
}

NodeId Parser::expression() {
    Entered entered(*this);
    if (depth_ > limits::rule_nesting_max) {
        fail("nested more than " + std::to_string(limits::rule_nesting_max) + " levels deep");
        mistake_.exhausted = true;
    }
    if (failed()) return kNoNode;
    const bool outer = std::exchange(in_range_end_, false);
    const NodeId node = binary(kLevelOr);
    in_range_end_ = outer;
    return node;
}

NodeId Parser::binary(int level) {
    NodeId left = unary();
    while (!failed()) {
        skip();
        const std::size_t position = at_;
        if (level <= kLevelOr && take_word("or")) {
            const NodeId right = binary(kLevelAnd);
            left = add(Op::kOr, position, left, right);
            set_type(left, built_in_type("boolean"));
            continue;
        }
        if (level <= kLevelAnd && take_word("and")) {
            const NodeId right = binary(kLevelComparison);
            left = add(Op::kAnd, position, left, right);
            set_type(left, built_in_type("boolean"));
            continue;
        }
        if (level <= kLevelComparison && (peek_word("between") || peek_word("in"))) {
            left = comparison_tail(left);
            continue;
        }
        const BinaryOperator* found = nullptr;
        const std::string_view rest = text_.substr(at_);  // white space is skipped already
        for (const BinaryOperator& candidate : kOperators) {
            if (!rest.starts_with(candidate.symbol)) continue;
            found = &candidate;
            break;
        }
        if (found == nullptr || found->level < level) break;
        at_ += found->symbol.size();
        const NodeId right = binary(found->level + 1);
        const Kind kind = found->level == kLevelComparison
                              ? Kind::kBoolean
                              : result_kind(found->op, known_kind(type_of(left).get()),
                                            known_kind(type_of(right).get()));
        left = add(found->op, position, left, right);
        if (kind != Kind::kNull) set_type(left, built_in_type(name_of(kind)));
    }
    return left;
}

NodeId Parser::comparison_tail(NodeId left) {
    const std::size_t position = at_;
    if (take_word("between")) {
        const NodeId low = binary(kLevelAdditive);
        if (!expect_word("and")) return kNoNode;
        const NodeId high = binary(kLevelAdditive);
        return add(Op::kBetween, position, left, low, high);
    }
    take_word("in");
    return in_tail(left, position);
}

NodeId Parser::in_tail(NodeId left, std::size_t position) {
    const std::size_t scope = mark();
    const std::uint32_t outer_slot = test_slot_;
    const std::uint32_t slot = declare("", type_of(left));
    test_slot_ = slot;
    NodeId wanted = kNoNode;
    skip();
    const std::size_t open = at_;
    if (take("(")) {
        wanted = test_list(")");
        if (!failed() && peek("..")) {  // (1..5]: the parenthesis opened a range
            at_ = open;
            wanted = test();
        } else {
            expect(")");
        }
    } else {
        wanted = test();
    }
    leave(scope);
    test_slot_ = outer_slot;
    const NodeId node = add(Op::kIn, position, left, slot, wanted);
    set_type(node, built_in_type("boolean"));
    return node;
}

NodeId Parser::unary() {
    skip();
    const std::size_t position = at_;
    if (take("-")) {
        Entered entered(*this);
        if (depth_ > limits::rule_nesting_max) return fail("nested too deeply");
        const NodeId operand = unary();
        if (!failed() && program_.nodes[operand].op ==
                             Op::kConstant) {  // -5 is a constant, for the indexes of tables
            Value& value = program_.constants[program_.nodes[operand].a];
            if (value.is_number()) {
                value = Value::number(value.as_number().negated());
                return operand;
            }
        }
        const NodeId node = add(Op::kNegate, position, operand);
        set_type(node, type_of(operand));
        return node;
    }
    NodeId node = postfix(primary());
    skip();
    const std::size_t here = at_;
    while (!failed() && take_words("instance", "of"))
        node = instance_of(node, here);
    return node;
}

NodeId Parser::instance_of(NodeId subject, std::size_t position) {
    const auto wanted = type();
    if (!wanted) return fail("a type is missing after 'instance of'");
    program_.types.push_back(*wanted);
    const NodeId node = add(Op::kInstanceOf, position, subject,
                            static_cast<std::uint32_t>(program_.types.size() - 1));
    set_type(node, built_in_type("boolean"));
    return node;
}

NodeId Parser::postfix(NodeId subject) {
    while (!failed()) {
        skip();
        const std::size_t position = at_;
        if (peek("..")) break;
        if (take("."))
            subject = path(subject, position);
        else if (in_range_end_ && peek("[")) {
            bool is_end = false;
            const NodeId filtered = filter_or_range_end(subject, position, is_end);
            if (is_end) break;
            subject = filtered;
        } else if (take("["))
            subject = filter(subject, position);
        else if (peek("("))
            subject = call(subject, std::nullopt, position);
        else
            break;
    }
    return subject;
}

NodeId Parser::path(NodeId subject, std::size_t position) {
    skip();
    const TypePointer type = type_of(subject);
    const Type* members = member_scope(type.get());
    const Type::Field* best = nullptr;
    std::size_t bytes = 0;
    if (members != nullptr) {
        for (const Type::Field& field : members->fields) {
            const std::size_t length = match_name(text_, at_, field.name);
            if (length <= bytes) continue;
            bytes = length;
            best = &field;
        }
    }
    const std::size_t start = at_;
    const std::string greedy = greedy_name();
    if (best != nullptr && at_ <= start + bytes) {
        at_ = start + bytes;
        const NodeId node = add(Op::kPath, position, subject, name(best->name));
        const bool list = type->base == Type::Base::kList;
        set_type(node, list ? list_of(best->type) : best->type);
        return node;
    }
    if (greedy.empty()) return fail("a name is missing after '.'");
    if (members != nullptr && !members->open)
        return fail_at(start, "type " + members->name + " has no member '" + greedy + "'");
    return add(Op::kPath, position, subject, name(greedy));
}

NodeId Parser::filter(NodeId subject, std::size_t position) {
    const TypePointer type = type_of(subject);
    const bool list = type != nullptr && type->base == Type::Base::kList;
    const std::size_t scope = mark();
    const std::uint32_t slot = declare("item", list ? type->element : type);
    frames_.back().locals.back().item = true;
    const NodeId condition = expression();
    leave(scope);
    expect("]");
    const NodeId node = add(Op::kFilter, position, subject, slot, condition);
    const TypePointer condition_type = type_of(condition);
    const bool index = condition_type != nullptr && condition_type->kind == Kind::kNumber;
    // A single value is filtered as a list of it. DMN 1.5 10.3.2.5.
    set_type(node, index ? list ? type->element : type : list ? type : list_of(type));
    return node;
}

// At the end of a range a "[" closes it unless it opens a whole filter.
NodeId Parser::filter_or_range_end(NodeId subject, std::size_t position, bool& is_end) {
    const std::size_t start = at_;
    const std::size_t nodes = program_.nodes.size();
    const std::size_t scope = mark();
    const std::size_t frames = frames_.size();
    take("[");
    const NodeId node = filter(subject, position);
    if (!failed()) return node;
    mistake_ = {};
    at_ = start;
    frames_.resize(frames);
    leave(scope);
    program_.nodes.resize(nodes);
    types_.resize(nodes);
    is_end = true;
    return subject;
}

NodeId Parser::primary() {
    skip();
    const std::size_t position = at_;
    const CodePoint c = code_point_at(text_, at_);
    if (c.bytes == 0) return fail("an expression is missing");
    if (c.value == '"') {
        auto text = string_literal();
        return text ? constant(position, Value::string(*text)) : kNoNode;
    }
    const CodePoint next = code_point_at(text_, at_ + 1);
    const bool digit = c.value >= '0' && c.value <= '9';
    if (digit || (c.value == '.' && next.value >= '0' && next.value <= '9')) return number();
    if (c.value == '(') return parenthesis();
    if (c.value == '[') return bracket();
    if (c.value == ']') {
        ++at_;
        const NodeId start = binary(kLevelAdditive);
        return range_end(start, false, position);
    }
    if (c.value == '{') return context();
    if (c.value == '@') return at_literal();
    if (is_name_start(c.value)) return word_expression(position);
    return fail("an expression is missing before " + snippet());
}

NodeId Parser::word_expression(std::size_t position) {
    std::size_t end = at_;
    while (end < text_.size() && text_[end] >= 'a' && text_[end] <= 'z')
        ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (is_keyword(word) && peek_word(word) && find_name().bytes <= word.size()) {
        at_ = end;
        if (word == "if") return if_expression();
        if (word == "for") return for_expression();
        if (word == "some") return quantified(Op::kSome);
        if (word == "every") return quantified(Op::kEvery);
        if (word == "function") return function();
        if (word == "true" || word == "false")
            return constant(position, Value::boolean(word == "true"));
        if (word == "null") return constant(position, Value());
        return fail_at(position, "'" + std::string(word) + "' cannot stand here");
    }
    return variable(position);
}

NodeId Parser::number() {
    const std::size_t start = at_;
    const auto digits = [&] {
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
            ++at_;
        return at_ > from;
    };
    digits();
    if (at_ + 1 < text_.size() && text_[at_] == '.' && text_[at_ + 1] >= '0' &&
        text_[at_ + 1] <= '9') {
        ++at_;
        digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
        const std::size_t before = at_++;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        if (!digits()) at_ = before;
    }
    const auto value = Decimal::parse(text_.substr(start, at_ - start));
    if (!value) return fail_at(start, "a number beyond 34 digits' range");
    return constant(start, Value::number(*value));
}

NodeId Parser::parenthesis() {
    const std::size_t position = at_;
    take("(");
    for (const std::string_view symbol : {"<", ">", "="})
        if (peek(symbol)) return comparison_range(position);
    const NodeId inner = expression();
    if (peek("..")) return range_end(inner, false, position);
    expect(")");
    return inner;
}

// (< 5), (>= 3), (= 4): a range with one end, or one point. DMN 1.5 10.3.1.2 rule 8.
NodeId Parser::comparison_range(std::size_t position) {
    const bool less = peek("<");
    const bool exact = peek("=");
    at_ += 1;
    const bool included = exact || (at_ < text_.size() && text_[at_] == '=' && take("="));
    const NodeId end = binary(kLevelAdditive);
    expect(")");
    const NodeId node = exact  ? add(Op::kRange, position, end, end)
                        : less ? add(Op::kRange, position, kNoNode, end)
                               : add(Op::kRange, position, end, kNoNode);
    if (failed()) return kNoNode;
    program_.nodes[node].flags = exact ? 3 : !included ? 0 : less ? 2 : 1;
    return node;
}

NodeId Parser::bracket() {
    const std::size_t position = at_;
    take("[");
    std::vector<NodeId> items;
    TypePointer element;
    bool uniform = true;
    if (!take("]")) {
        do {
            const NodeId item = expression();
            if (items.empty() && !failed() && peek("..")) return range_end(item, true, position);
            const TypePointer type = type_of(item);
            if (items.empty())
                element = type;
            else
                uniform = uniform && type != nullptr && element != nullptr &&
                          conforms(type.get(), element.get()) &&
                          conforms(element.get(), type.get());
            items.push_back(item);
        } while (!failed() && take(","));
        expect("]");
    }
    if (failed()) return kNoNode;
    const NodeId node = add_list(Op::kList, position, items);
    set_type(node, list_of(uniform ? element : nullptr));
    return node;
}

NodeId Parser::range_end(NodeId start, bool start_included, std::size_t position) {
    if (!expect("..")) return kNoNode;
    const bool outer = std::exchange(in_range_end_, true);
    const NodeId end = binary(kLevelAdditive);
    in_range_end_ = outer;
    if (failed()) return kNoNode;
    bool end_included = false;
    if (take("]"))
        end_included = true;
    else if (!take(")") && !take("["))
        return fail("the range is not closed before " + snippet());
    const NodeId node = add(Op::kRange, position, start, end);
    program_.nodes[node].flags =
        static_cast<std::uint8_t>((start_included ? 1 : 0) | (end_included ? 2 : 0));
    set_type(node, built_in_type("range"));
    return node;
}

NodeId Parser::at_literal() {
    const std::size_t position = at_++;
    const auto text = string_literal();
    if (!text) return fail("a text is missing after '@'");
    const auto value = temporal_literal(*text, zones_of(options_.environment));
    if (!value) return fail_at(position, "\"" + *text + "\" is no date, time or duration");
    return constant(position, *value);
}

std::shared_ptr<Program> compile_text(std::string_view text, const Scope& scope,
                                      const CompileOptions& options, Mistake& mistake) {
    if (text.size() > limits::rule_text_bytes_max) {
        mistake = {
            0, "the text is longer than " + std::to_string(limits::rule_text_bytes_max) + " bytes",
            true};
        return nullptr;
    }
    auto program = std::make_shared<Program>();
    Parser parser(text, options, *program, mistake);
    parser.run(scope);
    if (!mistake.reason.empty()) return nullptr;
    program->sources.push_back({0, "", std::string(text)});
    return program;
}

}  // namespace shu::rule
