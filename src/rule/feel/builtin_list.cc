// List functions. DMN 1.5 10.3.4.4 and 10.3.4.9 (sort). Positions count from 1, from the end if
// negative.
#include <algorithm>

#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

using Items = std::vector<Value>;

Items copy(const Value& list) {
    return {list.as_list().begin(), list.as_list().end()};
}

Value make(Call& call, Items items) {
    return call.evaluator.make_list(std::move(items), call.position);
}

// The place, from 0, that a position names in a list of `size`; nothing if there is none.
std::optional<std::size_t> place_of(const Value& position, std::size_t size) {
    const auto whole = position.as_number().to_int64();
    const auto count = static_cast<std::int64_t>(size);
    if (!whole || *whole == 0 || *whole > count || *whole < -count) return std::nullopt;
    return static_cast<std::size_t>(*whole > 0 ? *whole - 1 : count + *whole);
}

bool holds(std::span<const Value> items, const Value& wanted) {
    return std::any_of(items.begin(), items.end(),
                       [&](const Value& item) { return same(item, wanted); });
}

Value list_contains(Call& call) {
    return Value::boolean(holds(call[0].as_list(), call[1]));
}

Value sublist(Call& call) {
    const auto items = call[0].as_list();
    const auto start = place_of(call[1], items.size());
    if (!start) return call.fail("the start position lies outside of the list");
    std::size_t length = items.size() - *start;
    if (call.given > 2) {
        const auto wanted = call[2].as_number().to_int64();
        if (!wanted || *wanted < 0 || static_cast<std::size_t>(*wanted) > length)
            return call.fail("the list has not so many items");
        length = static_cast<std::size_t>(*wanted);
    }
    const auto part = items.subspan(*start, length);
    return make(call, Items(part.begin(), part.end()));
}

Value append(Call& call) {
    Items items = copy(call[0]);
    for (const Value& item : call[1].as_list())
        items.push_back(item);
    return make(call, std::move(items));
}

// The items of all arguments, single values as lists of one; nothing if one is null.
std::optional<Items> all_items(Call& call) {
    Items items;
    for (const Value& list : call[0].as_list()) {
        if (list.is_null()) return std::nullopt;
        if (!list.is_list()) {
            items.push_back(list);
            continue;
        }
        items.insert(items.end(), list.as_list().begin(), list.as_list().end());
        if (!call.evaluator.charge(list.as_list().size())) return std::nullopt;
    }
    return items;
}

Items distinct(std::span<const Value> items, Evaluator& evaluator) {
    Items out;
    for (const Value& item : items) {
        if (!evaluator.charge(out.size() / 16)) return {};
        if (!holds(out, item)) out.push_back(item);
    }
    return out;
}

Value concatenate(Call& call) {
    auto items = all_items(call);
    return items ? make(call, std::move(*items)) : call.fail("one of the lists is null");
}

Value union_of(Call& call) {
    auto items = all_items(call);
    return items ? make(call, distinct(*items, call.evaluator))
                 : call.fail("one of the lists is null");
}

Value distinct_values(Call& call) {
    return make(call, distinct(call[0].as_list(), call.evaluator));
}

Value insert_before(Call& call) {
    Items items = copy(call[0]);
    const auto place = place_of(call[1], items.size());
    if (!place) return call.fail("the position lies outside of the list");
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(*place), call[2]);
    return make(call, std::move(items));
}

Value remove(Call& call) {
    Items items = copy(call[0]);
    const auto place = place_of(call[1], items.size());
    if (!place) return call.fail("the position lies outside of the list");
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*place));
    return make(call, std::move(items));
}

Value reverse(Call& call) {
    Items items = copy(call[0]);
    std::reverse(items.begin(), items.end());
    return make(call, std::move(items));
}

Value index_of(Call& call) {
    Items out;
    const auto items = call[0].as_list();
    for (std::size_t i = 0; i < items.size(); ++i)
        if (same(items[i], call[1]))
            out.push_back(Value::number(Decimal(static_cast<std::int64_t>(i) + 1)));
    return make(call, std::move(out));
}

void flatten_into(Items& out, std::span<const Value> items) {
    for (const Value& item : items) {
        if (item.is_list())
            flatten_into(out, item.as_list());
        else
            out.push_back(item);
    }
}

Value flatten(Call& call) {
    Items out;
    flatten_into(out, call[0].as_list());
    return make(call, std::move(out));
}

Value replace_at(Call& call) {
    Items items = copy(call[0]);
    const auto place = place_of(call[1], items.size());
    if (!place) return call.fail("the position lies outside of the list");
    items[*place] = call[2];
    return make(call, std::move(items));
}

Value replace_matching(Call& call) {
    Items items = copy(call[0]);
    for (Value& item : items) {
        Value arguments[] = {item, call[2]};
        const Value matched = call.evaluator.call(call[1], arguments, call.position);
        if (!matched.is_boolean())
            return call.fail("the match function gives a " + std::string(name_of(matched.kind())) +
                             ", not a boolean");
        if (matched.is_true()) item = call[2];
    }
    return make(call, std::move(items));
}

// Merge sort by a function that need not be an order: it ends in any case, and is stable if the
// function is one.
bool merge_sort(Call& call, std::span<Value> items, std::span<Value> spare) {
    if (items.size() < 2) return true;
    const std::size_t half = items.size() / 2;
    if (!merge_sort(call, items.first(half), spare.first(half)) ||
        !merge_sort(call, items.subspan(half), spare.subspan(half)))
        return false;
    std::move(items.begin(), items.end(), spare.begin());
    std::size_t left = 0;
    std::size_t right = half;
    for (Value& out : items) {
        bool take_right = left == half;
        if (!take_right && right < items.size()) {
            Value arguments[] = {spare[right], spare[left]};
            const Value before = call.evaluator.call(call[1], arguments, call.position);
            if (!before.is_boolean()) return false;
            take_right = before.as_boolean();
        }
        out = std::move(spare[take_right ? right++ : left++]);
    }
    return true;
}

Value sort(Call& call) {
    Items items = copy(call[0]);
    Items spare(items.size());
    if (!merge_sort(call, items, spare))
        return call.fail("the function 'precedes' must give a boolean for any two items");
    return make(call, std::move(items));
}

using Mode = Parameter::Mode;
constexpr Parameter kList{"list", Takes::kList};
constexpr Parameter kPosition{"position", Takes::kNumber};
constexpr Parameter kNewItem{"newItem", Takes::kAnything};

}  // namespace

std::span<const Builtin> list_builtins() {
    static const std::vector<Builtin> all = {
        {"list contains", {{list_contains, {kList, {"element", Takes::kAnything}}}}},
        {"sublist",
         {{sublist,
           {kList,
            {"start position", Takes::kNumber},
            {"length", Takes::kNumber, Mode::kOptional}}}}},
        {"append", {{append, {kList, {"item", Takes::kAnything, Mode::kRest}}}}},
        {"concatenate", {{concatenate, {{"list", Takes::kAnything, Mode::kRest}}}}},
        {"insert before", {{insert_before, {kList, kPosition, kNewItem}}}},
        {"remove", {{remove, {kList, kPosition}}}},
        {"reverse", {{reverse, {kList}}}},
        {"index of", {{index_of, {kList, {"match", Takes::kAnything}}}}},
        {"union", {{union_of, {{"list", Takes::kAnything, Mode::kRest}}}}},
        {"distinct values", {{distinct_values, {kList}}}},
        {"flatten", {{flatten, {kList}}}},
        {"list replace",
         {{replace_at, {kList, kPosition, kNewItem}},
          {replace_matching, {kList, {"match", Takes::kFunction}, kNewItem}}}},
        {"sort", {{sort, {kList, {"precedes", Takes::kFunction}}}}},
    };
    return all;
}

}  // namespace shu::rule
