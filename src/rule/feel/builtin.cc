// The table of built-in functions, and how arguments meet signatures. DMN 1.5 10.3.2.13.2, 10.3.4.
#include "rule/feel/builtin.h"

#include <algorithm>
#include <deque>
#include <map>

#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

struct Table {
    std::vector<const Builtin*> all;
    std::map<char, std::vector<std::uint32_t>> by_letter;

    Table() {
        for (const auto family : {conversion_builtins(), string_builtins(), pattern_builtins(),
                                  number_builtins(), list_builtins(), aggregate_builtins(),
                                  context_builtins(), temporal_builtins(), range_builtins()}) {
            for (const Builtin& function : family) {
                by_letter[function.name[0]].push_back(static_cast<std::uint32_t>(all.size()));
                all.push_back(&function);
            }
        }
    }
};

const Table& table() {
    static const Table built;
    return built;
}

bool is_comparable(Kind kind) {
    return kind == Kind::kNumber || kind == Kind::kString ||
           (kind >= Kind::kDate && kind <= Kind::kDaysDuration);
}

bool takes(Takes wanted, Kind kind) {
    switch (wanted) {
        case Takes::kAnything: return true;
        case Takes::kNumber: return kind == Kind::kNumber;
        case Takes::kString: return kind == Kind::kString;
        case Takes::kBoolean: return kind == Kind::kBoolean;
        case Takes::kListOfContexts:
        case Takes::kList: return kind == Kind::kList;
        case Takes::kContext: return kind == Kind::kContext;
        case Takes::kDate: return kind == Kind::kDate;
        case Takes::kTime: return kind == Kind::kTime;
        case Takes::kDateTime: return kind == Kind::kDateTime;
        case Takes::kDuration: return kind == Kind::kDaysDuration || kind == Kind::kMonthsDuration;
        case Takes::kMonths: return kind == Kind::kMonthsDuration;
        case Takes::kRange: return kind == Kind::kRange;
        case Takes::kFunction: return kind == Kind::kFunction;
        case Takes::kDay: return kind == Kind::kDate || kind == Kind::kDateTime;
        case Takes::kComparable: return is_comparable(kind);
    }
    return false;
}

bool takes(Takes wanted, const Value& v) {
    return takes(wanted, v.kind());
}

std::string_view name_of(Takes wanted) {
    switch (wanted) {
        case Takes::kNumber: return "a number";
        case Takes::kString: return "a string";
        case Takes::kBoolean: return "a boolean";
        case Takes::kList: return "a list";
        case Takes::kContext: return "a context";
        case Takes::kDate: return "a date";
        case Takes::kTime: return "a time";
        case Takes::kDateTime: return "a date and time";
        case Takes::kDuration: return "a duration";
        case Takes::kMonths: return "a years and months duration";
        case Takes::kRange: return "a range";
        case Takes::kFunction: return "a function";
        case Takes::kDay: return "a date or date and time";
        case Takes::kComparable: return "a comparable value";
        case Takes::kListOfContexts: return "a list of contexts";
        case Takes::kAnything: break;
    }
    return "a value";
}

using Mode = Parameter::Mode;

bool may_be_absent(const Parameter& p) {
    return p.mode == Mode::kOptional || p.mode == Mode::kOptionalNullable;
}
bool may_be_null(const Parameter& p) {
    return p.mode == Mode::kNullable || p.mode == Mode::kOptionalNullable ||
           p.takes == Takes::kAnything;
}

// Fits one argument to its parameter in place. DMN 1.5 10.3.2.9.4: to and from singleton lists,
// date to date and time.
bool fit(const Parameter& parameter, Value& argument) {
    if (argument.is_null()) return may_be_null(parameter);
    if (takes(parameter.takes, argument)) return true;
    if (parameter.takes == Takes::kList || parameter.takes == Takes::kListOfContexts) {
        if (parameter.takes == Takes::kListOfContexts && !argument.is_context()) return false;
        argument = Value::list({argument});
        return true;
    }
    if (argument.is_list() && argument.as_list().size() == 1 &&
        takes(parameter.takes, argument.as_list()[0])) {
        Value inner = argument.as_list()[0];
        argument = std::move(inner);
        return true;
    }
    if (parameter.takes == Takes::kDateTime && argument.kind() == Kind::kDate) {
        argument = Value::date_time({argument.as_date(), 0, ZoneReference::offset(0)});
        return true;
    }
    return false;
}

struct Matched {
    bool fits = false;
    std::array<Value, 8> values{};
    std::size_t given = 0;
    std::string why;
};

std::string misfit(const Parameter& parameter, const Value& argument) {
    return "parameter '" + std::string(parameter.name) + "' takes " +
           std::string(name_of(parameter.takes)) + ", not a " +
           std::string(rule::name_of(argument.kind()));
}

void match_positions(const Signature& signature, std::span<Value> arguments, Matched& out) {
    if (signature.count == 1 && signature.parameters[0].mode == Mode::kRest) {
        if (arguments.empty()) return;
        out.values[0] = Value::list(std::vector<Value>(arguments.begin(), arguments.end()));
        out.given = 1;
        out.fits = true;
        return;
    }
    const bool rest =
        signature.count > 1 && signature.parameters[signature.count - 1U].mode == Mode::kRest;
    const std::size_t fixed = rest ? signature.count - 1U : signature.count;
    if (!rest && arguments.size() > fixed) return;
    for (std::size_t i = 0; i < fixed; ++i) {
        const Parameter& parameter = signature.parameters[i];
        if (i >= arguments.size()) {
            if (!may_be_absent(parameter)) return;
            continue;
        }
        out.values[i] = arguments[i];
        if (!fit(parameter, out.values[i])) {
            out.why = misfit(parameter, arguments[i]);
            return;
        }
        ++out.given;
    }
    if (rest) {
        if (arguments.size() <= fixed) return;
        out.values[fixed] = Value::list(std::vector<Value>(
            arguments.begin() + static_cast<std::ptrdiff_t>(fixed), arguments.end()));
        ++out.given;
    }
    out.fits = true;
}

void match_names(const Signature& signature, std::span<Value> arguments,
                 std::span<const std::string_view> names, Matched& out) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < signature.count; ++i) {
        const Parameter& parameter = signature.parameters[i];
        if (parameter.mode == Mode::kRest) return;
        const auto found = std::find(names.begin(), names.end(), parameter.name);
        if (found == names.end()) {
            if (!may_be_absent(parameter)) return;
            continue;
        }
        const Value& argument = arguments[static_cast<std::size_t>(found - names.begin())];
        out.values[i] = argument;
        ++used;
        if (!fit(parameter, out.values[i])) {
            out.why = misfit(parameter, argument);
            return;
        }
    }
    out.given = used;
    out.fits = used == names.size();
}

}  // namespace

Signature::Signature(Value (*function)(Call&), std::initializer_list<Parameter> all)
    : count(static_cast<std::uint8_t>(all.size())), body(function) {
    std::copy(all.begin(), all.end(), parameters.begin());
}

Value Call::fail(std::string_view reason) const {
    return evaluator.fail(position, std::string(name) + "(): " + std::string(reason));
}

const Builtin& builtin(std::uint32_t id) {
    return *table().all[id];
}

std::span<const std::uint32_t> builtins_starting(std::string_view text) {
    if (text.empty()) return {};
    const auto found = table().by_letter.find(text[0]);
    return found == table().by_letter.end() ? std::span<const std::uint32_t>() : found->second;
}

bool could_take(const Builtin& function, std::span<const Kind> kinds) {
    const auto may_fit = [](const Parameter& parameter, Kind kind) {
        return kind == Kind::kNull || takes(parameter.takes, kind) ||
               parameter.takes == Takes::kList || parameter.takes == Takes::kListOfContexts ||
               (parameter.takes == Takes::kDateTime && kind == Kind::kDate);
    };
    const auto fits = [&](const Signature& signature) {
        for (std::size_t i = 0; i < signature.count; ++i) {
            const Parameter& parameter = signature.parameters[i];
            if (parameter.mode == Mode::kRest) return kinds.size() > i;
            if (i < kinds.size() ? !may_fit(parameter, kinds[i]) : !may_be_absent(parameter))
                return false;
        }
        return kinds.size() <= signature.count;
    };
    return std::any_of(function.signatures.begin(), function.signatures.end(), fits);
}

Value builtin_value(std::uint32_t id) {
    return Value::function(new BuiltinFunction(builtin(id)));
}

Value call_builtin(Evaluator& evaluator, const Builtin& function, std::span<Value> arguments,
                   std::span<const std::string_view> names, std::uint32_t position) {
    std::string why;
    for (const Signature& signature : function.signatures) {
        Matched matched;
        if (names.empty())
            match_positions(signature, arguments, matched);
        else
            match_names(signature, arguments, names, matched);
        if (matched.fits) {
            Call call{evaluator,
                      {matched.values.data(), signature.count},
                      matched.given,
                      position,
                      function.name};
            return signature.body(call);
        }
        if (why.empty()) why = std::move(matched.why);
    }
    if (why.empty())
        why = names.empty()
                  ? "there is no form with " + std::to_string(arguments.size()) + " arguments"
                  : "the arguments' names fit no form";
    return evaluator.fail(position, std::string(function.name) + "(): " + why);
}

}  // namespace shu::rule
