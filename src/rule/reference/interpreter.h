// For tests: a slow, direct interpreter of FEEL over trees, written from DMN 1.5 chapter 10.3.
#pragma once

#include <algorithm>
#include <optional>

#include "rule/reference/thing.h"

namespace shu::rule::reference {

/// An expression. `form` is the operator as the text writes it, or "literal", "name", "if", "for",
/// "some", "every", "filter", "path", "list", "context", "range", "function", "invoke", "call".
struct Tree {
    std::string form;
    std::vector<Tree> parts;
    std::vector<std::string> names;  ///< variables, keys, parameters, or the function called
    Thing literal;
    std::string text;  ///< of a literal
    bool start_included = true, end_included = true;
};

using Is = Thing::Is;

/// Variables, the innermost last. What a filter tests brings its members with it.
struct Scope {
    std::vector<std::pair<std::string, Thing>> variables;

    Scope with(const std::string& name, Thing value) const {
        Scope out = *this;
        out.variables.emplace_back(name, std::move(value));
        return out;
    }
    Scope with_item(const Thing& item) const {
        Scope out = with("item", item);
        if (item.is == Is::kContext)
            for (const auto& entry : item.entries)
                out.variables.push_back(entry);
        return out;
    }
    const Thing& find(const std::string& name) const {
        for (std::size_t i = variables.size(); i-- > 0;)
            if (variables[i].first == name) return variables[i].second;
        throw Unsure();
    }
};

/// Table 54: -1, 0, 1, or nothing for what has no order.
inline std::optional<int> order(const Thing& a, const Thing& b) {
    if (a.is != b.is) return std::nullopt;
    const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
    switch (a.is) {
        case Is::kNumber: return sign(a.number, b.number);
        case Is::kText: return sign(a.text, b.text);
        case Is::kDay:
        case Is::kMonths:
        case Is::kSeconds: return sign(a.count, b.count);
        default: return std::nullopt;
    }
}

/// Table 53. Null equals null alone; values of different kinds do not compare.
inline std::optional<bool> equal(const Thing& a, const Thing& b) {
    if (a.is == Is::kNothing || b.is == Is::kNothing) return a.is == b.is;
    if (a.is != b.is) return std::nullopt;
    const auto agree = [](const Thing& x, const Thing& y) { return equal(x, y).value_or(false); };
    if (a.is == Is::kTruth) return a.truth == b.truth;
    if (a.is == Is::kList || a.is == Is::kRange) {
        if (a.items.size() != b.items.size()) return false;
        if (a.is == Is::kRange &&
            (a.start_included != b.start_included || a.end_included != b.end_included))
            return false;
        for (std::size_t i = 0; i < a.items.size(); ++i)
            if (!agree(a.items[i], b.items[i])) return false;
        return true;
    }
    if (a.is == Is::kContext) {
        if (a.entries.size() != b.entries.size()) return false;
        return std::all_of(a.entries.begin(), a.entries.end(), [&](const auto& entry) {
            const Thing* other = b.find(entry.first);
            return other != nullptr && agree(entry.second, *other);
        });
    }
    const auto found = order(a, b);
    return found ? std::optional(*found == 0) : std::nullopt;
}

inline Thing truth(const std::optional<bool>& value) {
    return value ? Thing::of(*value) : Thing();
}

/// Table 55: whether a value lies in a range.
inline std::optional<bool> inside(const Thing& value, const Thing& range) {
    const auto low = order(range.items[0], value);
    const auto high = order(value, range.items[1]);
    const auto below = [](int found, bool included) {
        return found < 0 || (found == 0 && included);
    };
    if (low && !below(*low, range.start_included)) return false;
    if (high && !below(*high, range.end_included)) return false;
    if (!low || !high) return std::nullopt;
    return true;
}

inline Thing days_or_months(Is is, const Rational& size) {
    const Rational cut = rounded(size);
    const Integer whole = numerator(cut) / denominator(cut);
    if (is == Is::kSeconds && Rational(whole) != cut) throw Unsure();  // nanoseconds
    if (whole > ten_to(15) || whole < -ten_to(15)) throw Unsure();
    return Thing::counted(is, whole);
}

inline Thing whole_power(const Rational& base, const Rational& exponent) {
    if (denominator(exponent) != 1 || exponent > 100 || exponent < -100) throw Unsure();
    const int times = static_cast<int>(numerator(exponent));
    if (base == 0 && times < 0) return {};
    Rational product = 1;
    for (int i = 0; i < (times < 0 ? -times : times); ++i)
        product *= base;
    return Thing::of(rounded(times < 0 ? Rational(1 / product) : product));
}

inline Thing moved(const Thing& day, const Thing& by, int sign) {
    if (by.is == Is::kMonths)
        return Thing::counted(Is::kDay, months_later(day.count, by.count * sign));
    const Integer seconds = day.count * 86'400 + by.count * sign;
    const Integer out = floor_of(Rational(seconds, 86'400));
    (void)date_of(out);
    return Thing::counted(Is::kDay, out);
}

/// Tables 56 and 57.
inline Thing arithmetic(const std::string& op, const Thing& a, const Thing& b) {
    if (a.is == Is::kNumber && b.is == Is::kNumber) {
        if (op == "+") return Thing::of(rounded(a.number + b.number));
        if (op == "-") return Thing::of(rounded(a.number - b.number));
        if (op == "*") return Thing::of(rounded(a.number * b.number));
        if (op == "**") return whole_power(a.number, b.number);
        if (b.number == 0) return {};
        return Thing::of(rounded(a.number / b.number));
    }
    if (op == "+" && a.is == Is::kText && b.is == Is::kText) return Thing::of(a.text + b.text);
    if ((op == "+" || op == "-") && a.is_duration() && a.is == b.is)
        return Thing::counted(a.is, op == "+" ? a.count + b.count : a.count - b.count);
    if ((op == "+" || op == "-") && a.is == Is::kDay && b.is_duration())
        return moved(a, b, op == "+" ? 1 : -1);
    if (op == "+" && a.is_duration() && b.is == Is::kDay) return moved(b, a, 1);
    if (op == "-" && a.is == Is::kDay && b.is == Is::kDay)
        return Thing::counted(Is::kSeconds, (a.count - b.count) * 86'400);
    if (op == "*" && a.is_duration() && b.is == Is::kNumber)
        return days_or_months(a.is, Rational(a.count) * b.number);
    if (op == "*" && a.is == Is::kNumber && b.is_duration()) return arithmetic("*", b, a);
    if (op != "/" || !a.is_duration()) return {};
    if (b.is == Is::kNumber)
        return b.number == 0 ? Thing() : days_or_months(a.is, Rational(a.count) / b.number);
    if (a.is != b.is || b.count == 0) return {};
    return Thing::of(rounded(Rational(a.count) / Rational(b.count)));
}

inline Thing compared(const std::string& op, const Thing& a, const Thing& b) {
    if (op == "=") return truth(equal(a, b));
    if (op == "!=") {
        const auto same = equal(a, b);
        return same ? Thing::of(!*same) : Thing();
    }
    const auto found = order(a, b);
    if (!found) return {};
    return Thing::of(op == "<"    ? *found < 0
                     : op == "<=" ? *found <= 0
                     : op == ">"  ? *found > 0
                                  : *found >= 0);
}

/// Table 50: what is no boolean is unknown.
inline Thing logic(bool decides, const Thing& a, const Thing& b) {
    for (const Thing* side : {&a, &b})
        if (side->is == Is::kTruth && side->truth == decides) return Thing::of(decides);
    if (a.is == Is::kTruth && b.is == Is::kTruth) return Thing::of(!decides);
    return {};
}

/// The members of a value, or of each item of a list.
inline Thing path(const Thing& subject, const std::string& name) {
    if (subject.is == Is::kContext) {
        const Thing* found = subject.find(name);
        return found == nullptr ? Thing() : *found;
    }
    if (subject.is != Is::kList) return {};
    std::vector<Thing> out;
    for (const Thing& item : subject.items)
        out.push_back(path(item, name));
    return Thing::list(std::move(out));
}

/// 10.3.2.9.4: the parameter of a function asks for a kind of value.
inline std::optional<Thing> as(Is wanted, const Thing& given) {
    if (given.is == wanted) return given;
    if (wanted == Is::kList && given.is != Is::kNothing) return Thing::list({given});
    if (given.is == Is::kList && given.items.size() == 1 && given.items[0].is == wanted)
        return given.items[0];
    return std::nullopt;
}

inline Thing sum(const Thing& list) {
    if (list.items.empty()) return {};
    Thing out = list.items[0];
    if (out.is != Is::kNumber && !out.is_duration()) return {};
    for (std::size_t i = 1; i < list.items.size(); ++i) {
        if (list.items[i].is != out.is) return {};
        out = arithmetic("+", out, list.items[i]);
    }
    return out;
}

inline Thing extreme(const Thing& list, int sign) {
    if (list.items.empty()) return {};
    Thing best = list.items[0];
    for (const Thing& item : list.items) {
        const auto found = order(item, best);
        if (!found) return {};
        if (*found * sign > 0) best = item;
    }
    return best;
}

inline Thing all_or_any(const Thing& list, bool decides) {
    Thing out = Thing::of(!decides);
    bool foreign = false;
    for (const Thing& item : list.items) {
        if (item.is == Is::kTruth && item.truth == decides) return Thing::of(decides);
        foreign = foreign || (item.is != Is::kTruth && item.is != Is::kNothing);
        if (item.is != Is::kTruth) out = Thing();
    }
    return foreign ? Thing() : out;
}

inline std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// 10.3.4.
inline Thing call(const std::string& name, const std::vector<Thing>& given) {
    if (name == "not") return given[0].is == Is::kTruth ? Thing::of(!given[0].truth) : Thing();
    if (name == "string length" || name == "contains") {
        const auto text = as(Is::kText, given[0]);
        if (name == "string length")
            return text ? Thing::of(Rational(characters(text->text))) : Thing();
        const auto part = as(Is::kText, given[1]);
        return text && part ? Thing::of(text->text.find(part->text) != std::string::npos) : Thing();
    }
    if (name == "abs" || name == "floor" || name == "ceiling" || name == "modulo") {
        const auto number = as(Is::kNumber, given[0]);
        if (name == "abs" && !number) {
            for (const Is kind : {Is::kMonths, Is::kSeconds})
                if (const auto size = as(kind, given[0]))
                    return Thing::counted(kind,
                                          size->count < 0 ? Integer(-size->count) : size->count);
            return {};
        }
        if (!number) return {};
        const Rational& n = number->number;
        if (name == "abs") return Thing::of(n < 0 ? Rational(-n) : n);
        if (name == "floor") return Thing::of(Rational(floor_of(n)));
        if (name == "ceiling") return Thing::of(Rational(-floor_of(-n)));
        const auto divisor = as(Is::kNumber, given[1]);
        if (!divisor || divisor->number == 0) return {};
        return Thing::of(rounded(n - divisor->number * floor_of(n / divisor->number)));
    }
    const auto list = as(Is::kList, given[0]);
    if (!list) return {};
    if (name == "count") return Thing::of(Rational(list->items.size()));
    if (name == "sum") return sum(*list);
    if (name == "min") return extreme(*list, -1);
    if (name == "max") return extreme(*list, 1);
    if (name == "all") return all_or_any(*list, false);
    if (name == "any") return all_or_any(*list, true);
    return Thing::list({list->items.rbegin(), list->items.rend()});  // reverse
}

Thing interpret(const Tree& tree, const Scope& scope);

inline Thing filter(const Tree& tree, const Scope& scope) {
    const Thing subject = interpret(tree.parts[0], scope);
    std::vector<Thing> items;
    if (subject.is == Is::kList)
        items = subject.items;
    else if (subject.is != Is::kNothing)
        items = {subject};
    const auto condition = [&](const Thing& item) {
        return interpret(tree.parts[1], scope.with_item(item));
    };
    const Thing first = condition(items.empty() ? Thing() : items[0]);
    if (first.is == Is::kNumber) {
        if (denominator(first.number) != 1) return {};
        const Integer index = numerator(first.number);
        const Integer size = items.size();
        if (index >= 1 && index <= size) return items[static_cast<std::size_t>(index) - 1];
        if (index <= -1 && index >= -size) return items[static_cast<std::size_t>(size + index)];
        return {};
    }
    std::vector<Thing> kept;
    for (const Thing& item : items) {
        const Thing chosen = condition(item);
        if (chosen.is != Is::kTruth && chosen.is != Is::kNothing) return {};
        if (chosen.is_true()) kept.push_back(item);
    }
    return Thing::list(std::move(kept));
}

/// Every combination of the iteration variables, the last one fastest; false if a domain is null.
inline bool each(const Tree& tree, std::size_t level, const Scope& scope,
                 const std::function<bool(const Scope&)>& visit, bool& go_on) {
    if (level == tree.names.size()) {
        go_on = visit(scope);
        return true;
    }
    const Thing domain = interpret(tree.parts[level], scope);
    if (domain.is == Is::kNothing) return false;
    const Thing list = domain.is == Is::kList ? domain : Thing::list({domain});
    for (const Thing& item : list.items) {
        if (!each(tree, level + 1, scope.with(tree.names[level], item), visit, go_on)) return false;
        if (!go_on) return true;
    }
    return true;
}

inline Thing loop(const Tree& tree, const Scope& scope) {
    std::vector<Thing> results;
    const bool wanted = tree.form == "some";
    bool unknown = false;
    bool go_on = true;
    bool decided = false;
    const bool complete = each(
        tree, 0, scope,
        [&](const Scope& inner) {
            const Thing result = interpret(tree.parts.back(), inner);
            results.push_back(result);
            unknown = unknown || result.is != Is::kTruth;
            decided = tree.form != "for" && result.is == Is::kTruth && result.truth == wanted;
            return !decided;
        },
        go_on);
    if (!complete) return {};
    if (tree.form == "for") return Thing::list(std::move(results));
    if (decided) return Thing::of(wanted);
    return unknown ? Thing() : Thing::of(!wanted);
}

inline Thing context(const Tree& tree, const Scope& scope) {
    Scope inner = scope;
    Thing out;
    out.is = Is::kContext;
    for (std::size_t i = 0; i < tree.parts.size(); ++i) {
        Thing value = interpret(tree.parts[i], inner);
        inner = inner.with(tree.names[i], value);
        out.entries.emplace_back(tree.names[i], std::move(value));
    }
    return out;
}

inline Thing range(const Tree& tree, const Scope& scope) {
    Thing out;
    out.is = Is::kRange;
    out.start_included = tree.start_included;
    out.end_included = tree.end_included;
    out.items = {interpret(tree.parts[0], scope), interpret(tree.parts[1], scope)};
    for (const Thing& end : out.items)
        if (end.is != Is::kNothing && !order(end, end)) return {};
    const bool open = out.items[0].is == Is::kNothing || out.items[1].is == Is::kNothing;
    return open || order(out.items[0], out.items[1]) ? out : Thing();
}

inline Thing contained(const Thing& value, const Thing& test) {
    if (test.is == Is::kRange && value.is != Is::kRange) return truth(inside(value, test));
    if (test.is != Is::kList) return truth(equal(value, test));
    if (value.is == Is::kList && equal(value, test).value_or(false)) return Thing::of(true);
    return Thing::of(std::any_of(test.items.begin(), test.items.end(), [&](const Thing& item) {
        return (item.is == Is::kRange && value.is != Is::kRange ? inside(value, item)
                                                                : equal(value, item))
            .value_or(false);
    }));
}

inline Thing function(const Tree& tree, const Scope& scope) {
    Thing out;
    out.is = Is::kFunction;
    out.call = [tree, scope](std::vector<Thing> given) -> Thing {
        if (given.size() != tree.names.size()) return {};
        Scope inner = scope;
        for (std::size_t i = 0; i < given.size(); ++i)
            inner = inner.with(tree.names[i], given[i]);
        return interpret(tree.parts[0], inner);
    };
    return out;
}

inline bool is_of(const Thing& value, const std::string& type) {
    return (type == "number" && value.is == Is::kNumber) ||
           (type == "string" && value.is == Is::kText) ||
           (type == "boolean" && value.is == Is::kTruth) ||
           (type == "date" && value.is == Is::kDay);
}

inline Thing interpret(const Tree& tree, const Scope& scope) {
    const std::string& form = tree.form;
    if (form == "literal") return tree.literal;
    if (form == "name") return scope.find(tree.names[0]);
    if (form == "function") return function(tree, scope);
    if (form == "for" || form == "some" || form == "every") return loop(tree, scope);
    if (form == "filter") return filter(tree, scope);
    if (form == "context") return context(tree, scope);
    if (form == "range") return range(tree, scope);
    std::vector<Thing> values;
    for (const Tree& part : tree.parts) {
        if (form == "if" && !values.empty()) break;
        values.push_back(interpret(part, scope));
    }
    if (form == "if") {
        if (values[0].is != Is::kTruth && values[0].is != Is::kNothing) return {};
        return interpret(tree.parts[values[0].is_true() ? 1 : 2], scope);
    }
    if (form == "list") return Thing::list(std::move(values));
    if (form == "path") return path(values[0], tree.names[0]);
    if (form == "call") return call(tree.names[0], values);
    if (form == "instance of") return Thing::of(is_of(values[0], tree.names[0]));
    if (form == "and" || form == "or") return logic(form == "or", values[0], values[1]);
    if (form == "in") return contained(values[0], values[1]);
    if (form == "between") {
        const auto low = order(values[0], values[1]);
        const auto high = order(values[0], values[2]);
        return low && high ? Thing::of(*low >= 0 && *high <= 0) : Thing();
    }
    if (form == "negate") {
        if (values[0].is == Is::kNumber) return Thing::of(Rational(-values[0].number));
        return values[0].is_duration() ? Thing::counted(values[0].is, -values[0].count) : Thing();
    }
    if (form == "invoke") {
        const Thing callee = values[0];
        values.erase(values.begin());
        return callee.is == Is::kFunction ? callee.call(std::move(values)) : Thing();
    }
    const bool comparison = form.find_first_of("<>=") != std::string::npos;
    return comparison ? compared(form, values[0], values[1])
                      : arithmetic(form, values[0], values[1]);
}

}  // namespace shu::rule::reference
