// Functions over all items of a list: each takes a list or the items themselves. DMN 1.5 10.3.4.4.
#include <algorithm>

#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

Value of_number(Call& call, const std::optional<Decimal>& out) {
    return out ? Value::number(*out) : call.fail("the result is no number of 34 digits");
}

// The items as numbers; nothing if one is none.
std::optional<std::vector<Decimal>> numbers(const Value& list) {
    std::vector<Decimal> out;
    out.reserve(list.as_list().size());
    for (const Value& item : list.as_list()) {
        if (!item.is_number()) return std::nullopt;
        out.push_back(item.as_number());
    }
    return out;
}

constexpr std::string_view kNotNumbers = "the list holds something that is no number";
constexpr std::string_view kEmpty = "the list is empty";

Value count(Call& call) {
    return Value::number(Decimal(static_cast<std::int64_t>(call[0].as_list().size())));
}

template <int kSign>
Value extreme(Call& call) {
    const auto items = call[0].as_list();
    if (items.empty()) return call.fail(kEmpty);
    const Value* best = &items[0];
    for (const Value& item : items) {
        const auto order = compare(item, *best);
        if (!order) return call.fail("the items do not compare with one another");
        if (*order * kSign > 0) best = &item;
    }
    return *best;
}

std::optional<Decimal> total(const std::vector<Decimal>& all) {
    std::optional<Decimal> sum = Decimal();
    for (const Decimal& number : all) {
        sum = add(*sum, number);
        if (!sum) return sum;
    }
    return sum;
}

// Durations of one kind add up too.
std::optional<Value> duration_total(Call& call) {
    const auto items = call[0].as_list();
    const Kind kind = items[0].kind();
    if (kind != Kind::kDaysDuration && kind != Kind::kMonthsDuration) return std::nullopt;
    Value sum = items[0];
    for (const Value& item : items.subspan(1)) {
        if (item.kind() != kind) return std::nullopt;
        sum = call.evaluator.arithmetic(Op::kAdd, sum, item, call.position);
    }
    return sum;
}

Value sum(Call& call) {
    if (call[0].as_list().empty()) return call.fail(kEmpty);
    if (auto duration = duration_total(call)) return *duration;
    const auto all = numbers(call[0]);
    return all ? of_number(call, total(*all)) : call.fail(kNotNumbers);
}

std::optional<Decimal> mean_of(const std::vector<Decimal>& all) {
    const auto sum = total(all);
    return sum ? divide(*sum, Decimal(static_cast<std::int64_t>(all.size()))) : sum;
}

Value mean(Call& call) {
    if (call[0].as_list().empty()) return call.fail(kEmpty);
    if (const auto duration = duration_total(call))
        return call.evaluator.arithmetic(
            Op::kDivide, *duration,
            Value::number(Decimal(static_cast<std::int64_t>(call[0].as_list().size()))),
            call.position);
    const auto all = numbers(call[0]);
    return all ? of_number(call, mean_of(*all)) : call.fail(kNotNumbers);
}

Value product(Call& call) {
    const auto all = numbers(call[0]);
    if (!all) return call.fail(kNotNumbers);
    if (all->empty()) return call.fail(kEmpty);
    std::optional<Decimal> out = Decimal(1);
    for (const Decimal& number : *all) {
        out = multiply(*out, number);
        if (!out) break;
    }
    return of_number(call, out);
}

Value median(Call& call) {
    auto all = numbers(call[0]);
    if (!all) return call.fail(kNotNumbers);
    if (all->empty()) return call.fail(kEmpty);
    std::sort(all->begin(), all->end());
    const std::size_t middle = all->size() / 2;
    if (all->size() % 2 != 0) return Value::number((*all)[middle]);
    const auto both = add((*all)[middle - 1], (*all)[middle]);
    return of_number(call, both ? divide(*both, Decimal(2)) : both);
}

Value stddev(Call& call) {
    const auto all = numbers(call[0]);
    if (!all) return call.fail(kNotNumbers);
    if (all->size() < 2) return call.fail("at least two numbers are needed");
    const auto middle = mean_of(*all);
    std::optional<Decimal> squares = Decimal();
    for (const Decimal& number : *all) {
        const auto distance = middle ? subtract(number, *middle) : middle;
        const auto square = distance ? multiply(*distance, *distance) : distance;
        squares = squares && square ? add(*squares, *square) : std::nullopt;
    }
    const auto variance =
        squares ? divide(*squares, Decimal(static_cast<std::int64_t>(all->size()) - 1)) : squares;
    return of_number(call, variance ? square_root(*variance) : variance);
}

Value mode(Call& call) {
    auto all = numbers(call[0]);
    if (!all) return call.fail(kNotNumbers);
    std::sort(all->begin(), all->end());
    std::vector<Value> most;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < all->size();) {
        std::size_t end = i;
        while (end < all->size() && (*all)[end] == (*all)[i])
            ++end;
        if (end - i > longest) most.clear();
        if (end - i >= longest) {
            longest = end - i;
            most.push_back(Value::number((*all)[i]));
        }
        i = end;
    }
    return call.evaluator.make_list(std::move(most), call.position);
}

// Conjunction (kDecides false) or disjunction of booleans and nulls.
template <bool kDecides>
Value logic(Call& call) {
    bool unknown = false;
    bool foreign = false;
    for (const Value& item : call[0].as_list()) {
        if (item.is_boolean() && item.as_boolean() == kDecides) return item;
        unknown = unknown || !item.is_boolean();
        foreign = foreign || (!item.is_boolean() && !item.is_null());
    }
    if (foreign) return call.fail("the list holds something that is no boolean");
    return unknown ? Value() : Value::boolean(!kDecides);
}

using Mode = Parameter::Mode;
constexpr Parameter kList{"list", Takes::kList};

std::vector<Signature> list_or_items(Value (*body)(Call&)) {
    return {{body, {kList}}, {body, {{"list", Takes::kAnything, Mode::kRest}}}};
}

// A null argument is a null list, not a list that holds null: only two or more arguments are items.
template <Value (*kBody)(Call&)>
Value of_items(Call& call) {
    if (call[0].as_list().size() == 1 && call[0].as_list()[0].is_null())
        return call.fail("the list is null");
    return kBody(call);
}

template <Value (*kBody)(Call&)>
std::vector<Signature> signatures() {
    std::vector<Signature> out = list_or_items(kBody);
    out[1].body = of_items<kBody>;
    return out;
}

}  // namespace

std::span<const Builtin> aggregate_builtins() {
    static const std::vector<Builtin> all = {
        {"count", {{count, {kList}}}},      {"min", signatures<extreme<-1>>()},
        {"max", signatures<extreme<1>>()},  {"sum", signatures<sum>()},
        {"mean", signatures<mean>()},       {"all", signatures<logic<false>>()},
        {"any", signatures<logic<true>>()}, {"product", signatures<product>()},
        {"median", signatures<median>()},   {"stddev", signatures<stddev>()},
        {"mode", signatures<mode>()},
    };
    return all;
}

}  // namespace shu::rule
