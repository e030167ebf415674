// For tests: random expressions that mean something more often than not, as a tree and as text, and
// random contexts to evaluate them in.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "rule/feel/literal.h"
#include "rule/reference/interpreter.h"

namespace shu::rule::reference {

/// A number below the bound; from a random engine, or from the bytes of a fuzzer.
using Choose = std::function<std::size_t(std::size_t bound)>;

/// Names of which one begins with another, with spaces, and in Chinese.
inline constexpr std::string_view kNames[] = {
    "a", "loan", "loan amount", "loan amount limit", "年龄", "年龄 上限", "b"};

class Generator {
 public:
    explicit Generator(Choose choose) : choose_(std::move(choose)) {}

    /// Variables of every kind, some of them null.
    std::vector<std::pair<std::string, Thing>> variables() {
        std::vector<std::pair<std::string, Thing>> out;
        for (const std::string_view name : kNames) {
            out.emplace_back(name, value(any_kind(), 2));
            known_.push_back({std::string(name), out.back().second.is});
        }
        return out;
    }

    /// An expression over the variables that were made.
    Tree expression(std::size_t depth) { return tree(any_kind(), depth); }

 private:
    static constexpr Is kKinds[] = {Is::kNumber, Is::kNumber, Is::kTruth,  Is::kTruth,
                                    Is::kText,   Is::kList,   Is::kList,   Is::kContext,
                                    Is::kDay,    Is::kMonths, Is::kSeconds};
    struct Known {
        std::string name;
        Is is;
    };

    bool one_in(std::size_t n) { return choose_(n) == 0; }
    Is any_kind() { return kKinds[choose_(std::size(kKinds))]; }
    std::string any_name() { return std::string(kNames[choose_(std::size(kNames))]); }
    template <std::size_t kSize>
    const char* any_of(const char* const (&all)[kSize]) {
        return all[choose_(kSize)];
    }

    static Rational power_of_ten(int exponent) {
        return exponent < 0 ? Rational(1, ten_to(-exponent)) : Rational(ten_to(exponent));
    }

    Rational number() {
        switch (choose_(8)) {
            case 0: return Rational(static_cast<std::int64_t>(choose_(100'000))) * power_of_ten(-3);
            case 1: {  // 34 digits
                Integer digits = 1 + choose_(9);
                for (int i = 0; i < 33; ++i)
                    digits = digits * 10 + choose_(10);
                return Rational(digits) * power_of_ten(-static_cast<int>(choose_(40)));
            }
            case 2: return Rational(static_cast<std::int64_t>(choose_(1'000'000'000)));
            default: return Rational(static_cast<std::int64_t>(choose_(12)));
        }
    }

    Thing value(Is is, std::size_t depth) {
        if (one_in(12)) return {};
        switch (is) {
            case Is::kNumber: {
                const Rational size = number();
                return Thing::of(one_in(4) ? Rational(-size) : size);
            }
            case Is::kTruth: return Thing::of(one_in(2));
            case Is::kText: {
                static constexpr const char* kTexts[] = {"",
                                                         "a",
                                                         "ab",
                                                         "b",
                                                         "沈阳市",
                                                         "沈阳",
                                                         "quote \" and \\ backslash",
                                                         "a text of more than twenty-three bytes"};
                return Thing::of(std::string(any_of(kTexts)));
            }
            case Is::kDay: {
                static constexpr Date kDays[] = {{2024, 2, 29},  {2023, 2, 28}, {1900, 3, 1},
                                                 {2000, 12, 31}, {1999, 1, 31}, {2024, 3, 31}};
                return Thing::counted(Is::kDay, count_of(kDays[choose_(std::size(kDays))]) +
                                                    choose_(3) * choose_(500));
            }
            case Is::kMonths: return Thing::counted(is, Integer(choose_(40)) - 13);
            case Is::kSeconds:
                return Thing::counted(is,
                                      (Integer(choose_(90)) - 30) * (one_in(2) ? 86'400 : 3'601));
            case Is::kContext: {
                Thing out;
                out.is = is;
                for (std::size_t left = choose_(3); left > 0 && depth > 0; --left) {
                    const std::string key = any_name();
                    if (out.find(key) == nullptr)
                        out.entries.emplace_back(key, value(any_kind(), depth - 1));
                }
                return out;
            }
            default: {
                std::vector<Thing> items;
                const Is of = any_kind();
                for (std::size_t left = choose_(4); left > 0 && depth > 0; --left)
                    items.push_back(value(one_in(5) ? any_kind() : of, depth - 1));
                return Thing::list(std::move(items));
            }
        }
    }

    static Tree form(std::string name, std::vector<Tree> parts,
                     std::vector<std::string> names = {}) {
        Tree out;
        out.form = std::move(name);
        out.parts = std::move(parts);
        out.names = std::move(names);
        return out;
    }

    Tree literal(Is is) {
        Tree out;
        out.form = "literal";
        // Lists and contexts are written as such; the reference reads a literal's value only.
        out.literal = value(is == Is::kList || is == Is::kContext ? Is::kNumber : is, 0);
        return out;
    }

    Tree leaf(Is is) {
        std::vector<const Known*> fitting;
        for (const Known& known : known_)
            if (known.is == is || one_in(12)) fitting.push_back(&known);
        if (fitting.empty() || one_in(3)) {
            if (is == Is::kList) return form("list", {});
            return is == Is::kContext ? form("context", {}) : literal(is);
        }
        return form("name", {}, {fitting[choose_(fitting.size())]->name});
    }

    /// An expression of that kind, in most cases.
    Tree tree(Is is, std::size_t depth) {
        if (depth == 0 || one_in(7)) return leaf(is);
        if (one_in(14)) is = any_kind();
        const std::size_t d = depth - 1;
        switch (choose_(9)) {
            case 0: return form("if", {tree(Is::kTruth, d), tree(is, d), tree(is, d)});
            case 1: return selected(is, d);
            case 2: return invocation(is, d);
            default: break;
        }
        switch (is) {
            case Is::kNumber: return number_tree(d);
            case Is::kTruth: return truth_tree(d);
            case Is::kText: return form("+", {tree(is, d), tree(is, d)});
            case Is::kDay:
                return form(one_in(2) ? "+" : "-",
                            {tree(is, d), tree(one_in(2) ? Is::kMonths : Is::kSeconds, d)});
            case Is::kMonths:
            case Is::kSeconds: return duration_tree(is, d);
            case Is::kContext: return context_tree(d);
            default: return list_tree(d);
        }
    }

    Tree number_tree(std::size_t d) {
        static constexpr const char* kOperators[] = {"+", "-", "*", "/"};
        static constexpr const char* kOfList[] = {"count", "sum", "min", "max"};
        static constexpr const char* kOfNumber[] = {"abs", "floor", "ceiling"};
        const auto n = [&] { return tree(Is::kNumber, d); };
        switch (choose_(9)) {
            case 0: return form("call", {tree(Is::kList, d)}, {any_of(kOfList)});
            case 1: return form("call", {n()}, {any_of(kOfNumber)});
            case 2: return form("call", {n(), n()}, {"modulo"});
            case 3: return form("call", {tree(Is::kText, d)}, {"string length"});
            case 4: {
                Tree power = literal(Is::kNumber);
                power.literal = Thing::of(Rational(static_cast<std::int64_t>(choose_(7)) - 2));
                return form("**", {n(), power});
            }
            case 5: return form("negate", {n()});
            default: return form(any_of(kOperators), {n(), n()});
        }
    }

    Tree truth_tree(std::size_t d) {
        static constexpr const char* kComparisons[] = {"<", "<=", ">", ">=", "=", "!="};
        static constexpr const char* kTypes[] = {"number", "string", "boolean", "date"};
        const Is is = any_kind();
        switch (choose_(10)) {
            case 0: return form("and", {tree(Is::kTruth, d), tree(Is::kTruth, d)});
            case 1: return form("or", {tree(Is::kTruth, d), tree(Is::kTruth, d)});
            case 2: return form("call", {tree(Is::kTruth, d)}, {"not"});
            case 3: return form("between", {tree(is, d), tree(is, d), tree(is, d)});
            case 4: return form("in", {tree(is, d), range(is, d)});
            case 5: return form("in", {tree(is, d), list_tree(d)});
            case 6: return loop(one_in(2) ? "some" : "every", Is::kTruth, d);
            case 7: return form("instance of", {tree(is, d)}, {any_of(kTypes)});
            case 8:
                return one_in(2)
                           ? form("call", {tree(Is::kList, d)}, {one_in(2) ? "all" : "any"})
                           : form("call", {tree(Is::kText, d), tree(Is::kText, d)}, {"contains"});
            default: return form(any_of(kComparisons), {tree(is, d), tree(is, d)});
        }
    }

    Tree duration_tree(Is is, std::size_t d) {
        switch (choose_(5)) {
            case 0: return form("negate", {tree(is, d)});
            case 1: return form("*", {tree(is, d), tree(Is::kNumber, d)});
            case 2:
                if (is == Is::kSeconds) return form("-", {tree(Is::kDay, d), tree(Is::kDay, d)});
                return form("/", {tree(is, d), tree(Is::kNumber, d)});
            default: return form(one_in(2) ? "+" : "-", {tree(is, d), tree(is, d)});
        }
    }

    Tree list_tree(std::size_t d) {
        const Is of = any_kind();
        switch (choose_(5)) {
            case 0: return loop("for", of, d);
            case 1: return filter(d, Is::kTruth);
            case 2: return form("call", {tree(Is::kList, d)}, {"reverse"});
            default: {
                std::vector<Tree> items;
                for (std::size_t left = choose_(4); left > 0; --left)
                    items.push_back(tree(one_in(5) ? any_kind() : of, d));
                return form("list", std::move(items));
            }
        }
    }

    Tree context_tree(std::size_t d) {
        Tree out = form("context", {});
        const std::size_t before = known_.size();
        for (std::size_t left = choose_(4); left > 0; --left) {
            const std::string key = any_name();
            if (std::find(out.names.begin(), out.names.end(), key) != out.names.end()) continue;
            const Is is = any_kind();
            out.parts.push_back(tree(is, d));
            out.names.push_back(key);
            known_.push_back({key, is});
        }
        known_.resize(before);
        return out;
    }

    Tree range(Is is, std::size_t d) {
        Tree out = form("range", {tree(is, d), tree(is, d)});
        out.start_included = one_in(2);
        out.end_included = one_in(2);
        return out;
    }

    Tree loop(const char* name, Is body, std::size_t d) {
        Tree out = form(name, {});
        const std::size_t before = known_.size();
        for (std::size_t left = 1 + choose_(2); left > 0; --left) {
            out.parts.push_back(tree(Is::kList, d));
            out.names.push_back(any_name());
            known_.push_back({out.names.back(), any_kind()});
        }
        out.parts.push_back(tree(body, d));
        known_.resize(before);
        return out;
    }

    Tree filter(std::size_t d, Is condition) {
        Tree subject = tree(Is::kList, d);
        const std::size_t before = known_.size();
        known_.push_back({"item", any_kind()});
        Tree out = form("filter", {std::move(subject), tree(condition, d)});
        known_.resize(before);
        return out;
    }

    /// One item of a list, or a member of a context.
    Tree selected(Is, std::size_t d) {
        if (one_in(2))
            return form("path", {tree(one_in(3) ? Is::kList : Is::kContext, d)}, {any_name()});
        Tree index = literal(Is::kNumber);
        index.literal = Thing::of(Rational(static_cast<std::int64_t>(choose_(5)) - 2));
        return form("filter", {tree(Is::kList, d), std::move(index)});
    }

    Tree invocation(Is is, std::size_t d) {
        Tree function = form("function", {});
        std::vector<Tree> parts;
        const std::size_t before = known_.size();
        std::vector<Known> parameters;
        for (std::size_t left = choose_(3); left > 0; --left) {
            const std::string name = any_name();
            if (std::find(function.names.begin(), function.names.end(), name) !=
                function.names.end())
                continue;
            const Is of = any_kind();
            parts.push_back(tree(of, d));
            function.names.push_back(name);
            parameters.push_back({name, of});
        }
        known_.insert(known_.end(), parameters.begin(), parameters.end());
        function.parts.push_back(tree(is, d));
        known_.resize(before);
        parts.insert(parts.begin(), std::move(function));
        return form("invoke", std::move(parts));
    }

    Choose choose_;
    std::vector<Known> known_;
};

/// The FEEL text of a value that a literal may have.
inline std::string text_of(const Thing& value) {
    const auto sign = [&] { return value.count < 0 ? std::string("-") : std::string(); };
    const Integer size = value.count < 0 ? Integer(-value.count) : value.count;
    switch (value.is) {
        case Is::kTruth: return value.truth ? "true" : "false";
        case Is::kNumber: {
            Rational rest = value.number < 0 ? Rational(-value.number) : value.number;
            Integer whole = floor_of(rest);
            std::string out = (value.number < 0 ? "-" : "") + whole.str();
            rest -= whole;
            for (bool first = true; rest != 0; first = false) {
                if (first) out += ".";
                rest *= 10;
                whole = floor_of(rest);
                out += whole.str();
                rest -= whole;
            }
            return out;
        }
        case Is::kText: {
            std::string out = "\"";
            for (const char c : value.text) {
                if (c == '"' || c == '\\') out += '\\';
                out += c;
            }
            return out + "\"";
        }
        case Is::kDay: {
            const Date date = date_of(value.count);
            const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
            return "@\"" + std::to_string(date.year) + "-" + two(date.month) + "-" + two(date.day) +
                   "\"";
        }
        case Is::kMonths: return "@\"" + sign() + "P" + size.str() + "M\"";
        case Is::kSeconds: return "@\"" + sign() + "PT" + size.str() + "S\"";
        default: return "null";
    }
}

inline std::string text_of(const Tree& tree) {
    const auto part = [&](std::size_t i) { return text_of(tree.parts[i]); };
    const auto joined = [&](std::size_t from, std::size_t end,
                            const std::function<std::string(std::size_t)>& one) {
        std::string out;
        for (std::size_t i = from; i < end; ++i)
            out += (i == from ? "" : ", ") + one(i);
        return out;
    };
    const std::string& form = tree.form;
    if (form == "literal") return "(" + text_of(tree.literal) + ")";
    if (form == "name") return "(" + tree.names[0] + ")";
    if (form == "if") return "(if " + part(0) + " then " + part(1) + " else " + part(2) + ")";
    if (form == "list") return "[" + joined(0, tree.parts.size(), part) + "]";
    if (form == "path") return "(" + part(0) + "." + tree.names[0] + ")";
    if (form == "filter") return "(" + part(0) + "[" + part(1) + "])";
    if (form == "call") return tree.names[0] + "(" + joined(0, tree.parts.size(), part) + ")";
    if (form == "negate") return "(-" + part(0) + ")";
    if (form == "between") return "(" + part(0) + " between " + part(1) + " and " + part(2) + ")";
    if (form == "instance of") return "(" + part(0) + " instance of " + tree.names[0] + ")";
    if (form == "range")
        return (tree.start_included ? "[" : "(") + part(0) + ".." + part(1) +
               (tree.end_included ? "]" : ")");
    if (form == "context")
        return "{" +
               joined(0, tree.parts.size(),
                      [&](std::size_t i) { return tree.names[i] + ": " + part(i); }) +
               "}";
    if (form == "function")
        return "(function(" +
               joined(0, tree.names.size(), [&](std::size_t i) { return tree.names[i]; }) + ") " +
               part(0) + ")";
    if (form == "invoke") return part(0) + "(" + joined(1, tree.parts.size(), part) + ")";
    if (form == "for" || form == "some" || form == "every")
        return "(" + form + " " +
               joined(0, tree.names.size(),
                      [&](std::size_t i) { return tree.names[i] + " in " + part(i); }) +
               (form == "for" ? " return " : " satisfies ") + text_of(tree.parts.back()) + ")";
    return "(" + part(0) + " " + form + " " + part(1) + ")";
}

/// The engine's value for one of the reference.
inline Value value_of(const Thing& thing, const Zones& zones) {
    switch (thing.is) {
        case Is::kNothing: return {};
        case Is::kTruth: return Value::boolean(thing.truth);
        case Is::kNumber: return Value::number(*Decimal::parse(text_of(thing)));
        case Is::kText: return Value::string(thing.text);
        case Is::kList: {
            std::vector<Value> items;
            for (const Thing& item : thing.items)
                items.push_back(value_of(item, zones));
            return Value::list(std::move(items));
        }
        case Is::kContext: {
            std::vector<ContextEntry> entries;
            for (const auto& [name, value] : thing.entries)
                entries.emplace_back(std::string_view(name), value_of(value, zones));
            return Value::context(std::move(entries));
        }
        default: {
            const std::string text = text_of(thing);  // @"..."
            return *temporal_literal(std::string_view(text).substr(2, text.size() - 3), zones);
        }
    }
}

}  // namespace shu::rule::reference
