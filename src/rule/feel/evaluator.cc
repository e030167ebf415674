#include "rule/feel/evaluator.h"

#include <algorithm>
#include <utility>

#include "foundation/limits.h"
#include "rule/feel/builtin.h"
#include "rule/feel/compiler.h"

namespace shu::rule {

void Evaluator::reset() {
    warnings_.clear();
    steps_ = cells_ = depth_ = 0;
    steps_max_ = limits::rule_steps_max;
    stopped_ = false;
    stop_reason_.clear();
}

void Evaluator::stop(std::string reason) {
    if (stopped_) return;
    stopped_ = true;
    steps_max_ = 0;
    stop_reason_ = std::move(reason);
}

bool Evaluator::charge(std::size_t cells) {
    cells_ += cells;
    if (cells_ > limits::rule_cells_max) stop("the evaluation takes more memory than it may");
    return !stopped_;
}

void Evaluator::warn(std::uint32_t position, std::string reason) {
    if (stopped_ || warnings_.size() >= limits::rule_warnings_max) return;
    Warning warning;
    if (program_ != nullptr && !program_->sources.empty()) {
        const auto after = std::upper_bound(
            program_->sources.begin(), program_->sources.end(), position,
            [](std::uint32_t at, const Source& source) { return at < source.base; });
        const Source& source = *std::prev(after);
        warning.offset = position - source.base;
        warning.place = source.place;
        std::tie(warning.line, warning.column) = line_and_column(source.text, warning.offset);
    }
    warning.reason = std::move(reason);
    warnings_.push_back(std::move(warning));
}

Value Evaluator::fail(std::uint32_t position, std::string reason) {
    warn(position, std::move(reason));
    return {};
}

Value* Evaluator::push_frame(std::size_t slots) {
    if (chunks_.empty()) chunks_.push_back({std::make_unique<Value[]>(kChunk), kChunk, 0});
    if (chunks_[chunk_].used + slots > chunks_[chunk_].size) {
        ++chunk_;
        if (chunk_ < chunks_.size() && chunks_[chunk_].size < slots) chunks_.resize(chunk_);
        if (chunk_ == chunks_.size()) {
            const std::size_t size = std::max(kChunk, slots);
            chunks_.push_back({std::make_unique<Value[]>(size), size, 0});
        }
    }
    Chunk& chunk = chunks_[chunk_];
    Value* frame = chunk.values.get() + chunk.used;
    chunk.used += slots;
    return frame;
}

void Evaluator::pop_frame(std::size_t slots) {
    Chunk& chunk = chunks_[chunk_];
    chunk.used -= slots;
    Value* frame = chunk.values.get() + chunk.used;
    for (std::size_t i = 0; i < slots; ++i)
        frame[i].clear();
    if (chunk.used == 0 && chunk_ > 0) --chunk_;
}

Value Evaluator::run(const Program& program, std::span<const Value> values) {
    Frame frame(*this, program.slots + 1);
    for (std::size_t i = 0; i < values.size() && i < program.slots; ++i)
        frame.values[i] = values[i];
    return run(program, frame.values);
}

Value Evaluator::run(const Program& program, Value* frame) {
    const Program* outer = std::exchange(program_, &program);
    const FunctionObject* outer_self = std::exchange(self_, nullptr);
    Value out = eval(program.root, frame);
    program_ = outer;
    self_ = outer_self;
    return out;
}

Value Evaluator::run_body(const Program& program, const FunctionShape& shape,
                          std::span<Value> arguments, std::span<const Value> captured,
                          const FunctionObject& self) {
    Level level(*this);
    if (!level) return {};
    const Program* outer = std::exchange(program_, &program);
    const FunctionObject* outer_self = std::exchange(self_, &self);
    Frame frame(*this, shape.slots + 1);
    for (std::size_t i = 0; i < arguments.size(); ++i)
        frame.values[i] = std::move(arguments[i]);
    for (std::size_t i = 0; i < captured.size(); ++i)
        frame.values[shape.captured[2 * i + 1]] = captured[i];
    Value out = eval(shape.body, frame.values);
    program_ = outer;
    self_ = outer_self;
    return out;
}

Value Evaluator::make_list(std::vector<Value> items, std::uint32_t position) {
    if (!charge(items.size() + 1)) return {};
    Value list = Value::list(std::move(items));
    if (list.depth() > limits::rule_value_depth_max)
        return fail(position, "the value nests too deeply");
    return list;
}

Value Evaluator::over_limit() {
    stop("the evaluation takes more steps than it may");
    return {};
}

Value Evaluator::eval(NodeId id, Value* frame) {
    if (++steps_ > steps_max_) return over_limit();
    const Node& node = program_->nodes[id];
    switch (node.op) {  // leaves first: they need no level
        case Op::kConstant: return program_->constants[node.a];
        case Op::kSlot: return frame[node.a];
        case Op::kSelf:
            self_->references.fetch_add(1, std::memory_order_relaxed);
            return Value::function(const_cast<FunctionObject*>(self_));
        case Op::kFailed: return fail(node.position, program_->names[node.a]);
        case Op::kTestAny: return Value::boolean(true);
        default: return eval_far(node, frame);
    }
}

Value Evaluator::eval_far(const Node& node, Value* frame) {
    Level level(*this);
    if (!level) return {};
    Value left;
    Value right;
    switch (node.op) {
        case Op::kDynamicName: return eval_dynamic_name(node, frame);
        case Op::kPath: return eval_path(node, frame);
        case Op::kAdd:
        case Op::kSubtract:
        case Op::kMultiply:
        case Op::kDivide:
        case Op::kPower: {
            const Value& a = operand(node.a, frame, left);
            return arithmetic(node.op, a, operand(node.b, frame, right), node.position);
        }
        case Op::kNegate: return negate(operand(node.a, frame, left), node.position);
        case Op::kAnd:
        case Op::kOr: return eval_logic(node, frame);
        case Op::kEqual:
        case Op::kNotEqual:
        case Op::kLess:
        case Op::kLessEqual:
        case Op::kGreater:
        case Op::kGreaterEqual: {
            const Value& a = operand(node.a, frame, left);
            return compare_values(node.op, a, operand(node.b, frame, right), node.position);
        }
        case Op::kBetween: return eval_between(node, frame);
        case Op::kIn: frame[node.b] = eval(node.a, frame); return eval(node.c, frame);
        case Op::kInstanceOf: return eval_instance(node, frame);
        case Op::kIf: return eval_if(node, frame);
        case Op::kFor: return eval_for(node, frame);
        case Op::kSome:
        case Op::kEvery: return eval_quantified(node, frame);
        case Op::kList: return eval_list(node, frame);
        case Op::kContext: return eval_context(node, frame);
        case Op::kSequence: return eval_sequence(node, frame);
        case Op::kRange: return eval_range(node, frame);
        case Op::kFits: return eval_fits(node, frame);
        case Op::kPart: return program_->parts[node.a]->evaluate(*this, frame, node.position);
        case Op::kFilter: return eval_filter(node, frame);
        case Op::kCall: return eval_call(node, frame);
        case Op::kBuiltin: return eval_builtin(node, frame);
        case Op::kFunction: return eval_function(node, frame);
        case Op::kTestCompare:
        case Op::kTestValue:
        case Op::kTestNot: return eval_test(node, frame);
        case Op::kTestList: return eval_test_list(node, frame);
        default: return {};
    }
}

Value Evaluator::eval_dynamic_name(const Node& node, Value* frame) {
    const Value* member = frame[node.b].find(program_->names[node.a]);
    return member != nullptr ? *member : eval(node.c, frame);
}

Value Evaluator::eval_if(const Node& node, Value* frame) {
    Value room;
    const Value& condition = operand(node.a, frame, room);
    if (!condition.is_boolean() && !condition.is_null())
        return fail(node.position, "the condition is a " + std::string(name_of(condition.kind())) +
                                       ", not a boolean");
    return eval(condition.is_true() ? node.b : node.c, frame);
}

Value Evaluator::eval_sequence(const Node& node, Value* frame) {
    for (const NodeId child : program_->children(node)) {
        const Node& entry = program_->nodes[child];
        frame[entry.c] = eval(entry.b, frame);
    }
    return eval(node.c, frame);
}

Value Evaluator::eval_list(const Node& node, Value* frame) {
    std::vector<Value> items;
    items.reserve(node.count);
    for (const NodeId child : program_->children(node))
        items.push_back(eval(child, frame));
    return make_list(std::move(items), node.position);
}

Value Evaluator::eval_context(const Node& node, Value* frame) {
    std::vector<ContextEntry> entries;
    entries.reserve(node.count);
    for (const NodeId child : program_->children(node)) {
        const Node& entry = program_->nodes[child];
        Value value = eval(entry.b, frame);
        frame[entry.c] = value;
        entries.emplace_back(std::string_view(program_->names[entry.a]), std::move(value));
    }
    if (!charge(2 * entries.size() + 1)) return {};
    Value context = Value::context(std::move(entries));
    if (context.depth() > limits::rule_value_depth_max)
        return fail(node.position, "the value nests too deeply");
    return context;
}

Value Evaluator::eval_range(const Node& node, Value* frame) {
    Range range;
    range.has_start = node.a != kNoNode;
    range.has_end = node.b != kNoNode;
    if (range.has_start) range.start = eval(node.a, frame);
    if (range.has_end) range.end = eval(node.b, frame);
    range.start_included = (node.flags & 1) != 0;
    range.end_included = (node.flags & 2) != 0;
    const auto is_end = [](const Value& v) {
        return v.is_null() || v.is_number() || v.is_string() ||
               (v.kind() >= Kind::kDate && v.kind() <= Kind::kDaysDuration);
    };
    if (!is_end(range.start) || !is_end(range.end))
        return fail(node.position, "the ends of a range must be comparable values");
    if (!range.start.is_null() && !range.end.is_null() && !compare(range.start, range.end))
        return fail(node.position, "the ends of a range must be of one type");
    return Value::range(std::move(range));
}

Value Evaluator::eval_fits(const Node& node, Value* frame) {
    return fitted(eval(node.a, frame), program_->types[node.b].get(), {program_->names[node.c]},
                  node.position);
}

Value Evaluator::fitted_far(const Value& value, const Type& type, const What& what,
                            std::uint32_t position) {
    const auto words = [&what] {
        std::string out(what.text);
        if (!what.quoted.empty()) out += " '" + std::string(what.quoted) + "'";
        return what.number == 0 ? out : out + " " + std::to_string(what.number);
    };
    auto out = coerced(value, &type);
    if (!out)
        return fail(position, words() + " is a " + std::string(name_of(value.kind())) + ", not a " +
                                  type.name);
    if (!allowed(*out, type))
        return fail(position, words() + " is " + out->to_text() + ", which type " + type.name +
                                  " does not allow");
    return std::move(*out);
}

bool Evaluator::allowed(const Value& value, const Type& type) {
    if (value.is_null()) return true;
    for (const auto& tests : type.allowed)
        if (!run(*tests, {&value, 1}).is_true()) return false;
    if (type.base == Type::Base::kList && type.element != nullptr && value.is_list()) {
        const auto items = value.as_list();
        return std::all_of(items.begin(), items.end(),
                           [&](const Value& item) { return allowed(item, *type.element); });
    }
    if (type.base != Type::Base::kContext || !value.is_context()) return true;
    return std::all_of(type.fields.begin(), type.fields.end(), [&](const Type::Field& field) {
        const Value* member = value.find(field.name);
        return member == nullptr || field.type == nullptr || allowed(*member, *field.type);
    });
}

Value Evaluator::eval_logic(const Node& node, Value* frame) {
    // Kleene's logic; what is no boolean counts as unknown. DMN 1.5 table 50.
    const bool decides = node.op == Op::kOr;
    Value rooms[2];
    const Value& left = operand(node.a, frame, rooms[0]);
    if (left.is_boolean() && left.as_boolean() == decides) return left;
    const Value& right = operand(node.b, frame, rooms[1]);
    if (right.is_boolean() && right.as_boolean() == decides) return right;
    for (const Value* side : {&left, &right})
        if (!side->is_boolean() && !side->is_null())
            warn(node.position, "an operand of '" + std::string(decides ? "or" : "and") +
                                    "' is a " + std::string(name_of(side->kind())));
    if (left.is_boolean() && right.is_boolean()) return Value::boolean(!decides);
    return {};
}

Value Evaluator::eval_between(const Node& node, Value* frame) {
    Value rooms[3];
    const Value& value = operand(node.a, frame, rooms[0]);
    const Value& low = operand(node.b, frame, rooms[1]);
    const Value& high = operand(node.c, frame, rooms[2]);
    const auto above = compare(value, low);
    const auto below = compare(value, high);
    if (!above || !below)
        return fail(node.position, "'between' needs values of one comparable type");
    return Value::boolean(*above >= 0 && *below <= 0);
}

Value Evaluator::eval_instance(const Node& node, Value* frame) {
    const Value value = eval(node.a, frame);
    const TypePointer& type = program_->types[node.b];
    return Value::boolean(type == nullptr ? !value.is_null() : is_instance(value, *type));
}

Value Evaluator::eval_test(const Node& node, Value* frame) {
    if (node.op == Op::kTestNot) {
        const Value inner = eval(node.b, frame);
        return inner.is_boolean() ? Value::boolean(!inner.as_boolean()) : Value();
    }
    Value room;
    const Value& wanted = operand(node.b, frame, room);
    if (node.op == Op::kTestCompare)
        return compare_values(static_cast<Op>(node.flags), frame[node.a], wanted, node.position);
    if (node.flags != 0 && (wanted.is_boolean() || wanted.is_null())) return wanted;
    return matches(frame[node.a], wanted, node.position);
}

Value Evaluator::eval_test_list(const Node& node, Value* frame) {
    bool unknown = false;
    for (const NodeId child : program_->children(node)) {
        const Value passed = eval(child, frame);
        if (passed.is_true()) return passed;
        unknown = unknown || !passed.is_boolean();
    }
    return unknown ? Value() : Value::boolean(false);
}

Value Evaluator::matches(const Value& value, const Value& test, std::uint32_t position) {
    if (test.is_range() && !value.is_range()) {
        const auto inside = contains(test.as_range(), value);
        if (!inside) return fail(position, "the value and the range do not compare");
        return Value::boolean(*inside);
    }
    if (test.is_list()) {
        if (value.is_list() && same(value, test)) return Value::boolean(true);
        for (const Value& item : test.as_list()) {
            const bool inside = item.is_range() && !value.is_range()
                                    ? contains(item.as_range(), value).value_or(false)
                                    : same(value, item);
            if (inside) return Value::boolean(true);
        }
        return Value::boolean(false);
    }
    return equals(value, test, position);
}

Value Evaluator::eval_function(const Node& node, Value* frame) {
    const FunctionShape& shape = program_->shapes[node.a];
    std::vector<Value> captured;
    captured.reserve(shape.captured.size() / 2);
    for (std::size_t i = 0; i < shape.captured.size(); i += 2) {
        if (shape.captured[i] != kSelfSlot) {
            captured.push_back(frame[shape.captured[i]]);
            continue;
        }
        self_->references.fetch_add(1, std::memory_order_relaxed);
        captured.push_back(Value::function(const_cast<FunctionObject*>(self_)));
    }
    if (!charge(captured.size() + 2)) return {};
    for (const Value& value : captured)
        if (value.depth() > limits::rule_value_depth_max)
            return fail(node.position, "the function captures too deep a value");
    return Value::function(new Closure(program_->shared_from_this(), node.a, std::move(captured)));
}

}  // namespace shu::rule
