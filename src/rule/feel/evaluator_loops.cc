// for, some and every. DMN 1.5 10.3.2.14.
#include "foundation/limits.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {

// The values that one iteration variable takes: the items of a list, or numbers or days one after
// the other.
struct Evaluator::Steps {
    Value list;
    std::vector<Value> single;
    std::span<const Value> items;
    bool counted = false;
    bool dates = false;
    std::int64_t first = 0;
    std::int64_t step = 1;
    std::size_t count = 0;

    Value at(std::size_t i) const {
        if (!counted) return items[i];
        const std::int64_t number = first + step * static_cast<std::int64_t>(i);
        return dates ? Value::date(civil_from_days(number)) : Value::number(Decimal(number));
    }
};

struct Evaluator::Loop {
    std::span<const std::uint32_t> iterators;
    NodeId body;
    Op op;
    std::uint32_t partial_slot = 0;
    bool has_partial = false;
    std::uint32_t position = 0;
    std::vector<Value> results;
    bool unknown = false;
    bool decided = false;
};

namespace {

// Whole numbers or days from one end to the other, both included.
bool count_between(const Value& from, const Value& to, std::int64_t& first, std::int64_t& last,
                   bool& dates) {
    if (from.is_number() && to.is_number()) {
        const auto a = from.as_number().to_int64();
        const auto b = to.as_number().to_int64();
        if (!a || !b) return false;
        first = *a;
        last = *b;
        return true;
    }
    if (from.kind() != Kind::kDate || to.kind() != Kind::kDate) return false;
    first = days_of(from.as_date());
    last = days_of(to.as_date());
    dates = true;
    return true;
}

}  // namespace

bool Evaluator::open_domain(const Node& iterator, Value* frame, Steps& steps) {
    Value domain = eval(iterator.b, frame);
    if (stopped_) return false;
    Value from = domain;
    Value to;
    bool exclusive_start = false;
    bool exclusive_end = false;
    if (iterator.c != kNoNode) {
        to = eval(iterator.c, frame);
    } else if (domain.is_range()) {
        from = domain.as_range().start;
        to = domain.as_range().end;
        exclusive_start = !domain.as_range().start_included;
        exclusive_end = !domain.as_range().end_included;
    } else {
        if (domain.is_null()) {
            fail(iterator.position, "there is nothing to iterate over: null");
            return false;
        }
        if (!domain.is_list()) domain = Value::list({domain});
        steps.list = std::move(domain);
        steps.items = steps.list.as_list();
        steps.count = steps.items.size();
        return true;
    }
    std::int64_t last = 0;
    if (!count_between(from, to, steps.first, last, steps.dates)) {
        fail(iterator.position, "only ranges of whole numbers and of dates can be iterated");
        return false;
    }
    if (domain.is_range() && iterator.c == kNoNode && steps.first > last) {
        fail(iterator.position, "the range is empty: it ends before it starts");
        return false;
    }
    steps.counted = true;
    steps.step = steps.first <= last ? 1 : -1;
    if (exclusive_start) steps.first += 1;
    if (exclusive_end) last -= 1;
    if (steps.step > 0 && steps.first > last) return true;
    const auto distance =
        steps.step > 0 ? static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(steps.first)
                       : static_cast<std::uint64_t>(steps.first) - static_cast<std::uint64_t>(last);
    if (distance >= limits::rule_steps_max) {
        stop("the iteration takes more steps than it may");
        return false;
    }
    steps.count = static_cast<std::size_t>(distance) + 1;
    return true;
}

// False when the loop must end: decided, stopped or without a domain.
bool Evaluator::iterate(Loop& loop, std::size_t level, Value* frame) {
    if (level == loop.iterators.size()) {
        if (loop.has_partial) {
            if (!charge(loop.results.size())) return false;
            frame[loop.partial_slot] = Value::list(loop.results);
        }
        Value result = eval(loop.body, frame);
        if (stopped_) return false;
        if (loop.op == Op::kFor) {
            if (!charge(1)) return false;
            loop.results.push_back(std::move(result));
            return true;
        }
        if (!result.is_boolean()) loop.unknown = true;
        if (!result.is_boolean() && !result.is_null())
            warn(loop.position,
                 "the condition is a " + std::string(name_of(result.kind())) + ", not a boolean");
        loop.decided = result.is_boolean() && result.as_boolean() == (loop.op == Op::kSome);
        return !loop.decided;
    }
    const Node& iterator = program_->nodes[loop.iterators[level]];
    Steps steps;
    if (!open_domain(iterator, frame, steps)) {
        loop.op = Op::kFailed;
        return false;
    }
    for (std::size_t i = 0; i < steps.count; ++i) {
        frame[iterator.a] = steps.at(i);
        if (!iterate(loop, level + 1, frame)) return false;
    }
    return true;
}

Value Evaluator::eval_for(const Node& node, Value* frame) {
    Loop loop{program_->children(node),
              node.c,
              Op::kFor,
              node.b,
              node.flags != 0,
              node.position,
              {},
              false,
              false};
    iterate(loop, 0, frame);
    if (stopped_ || loop.op == Op::kFailed) return {};
    Value list = Value::list(std::move(loop.results));
    if (list.depth() > limits::rule_value_depth_max)
        return fail(node.position, "the value nests too deeply");
    return list;
}

Value Evaluator::eval_quantified(const Node& node, Value* frame) {
    Loop loop{program_->children(node), node.c, node.op, 0, false, node.position, {}, false, false};
    iterate(loop, 0, frame);
    if (stopped_ || loop.op == Op::kFailed) return {};
    if (loop.decided) return Value::boolean(node.op == Op::kSome);
    return loop.unknown ? Value() : Value::boolean(node.op == Op::kEvery);
}

}  // namespace shu::rule
