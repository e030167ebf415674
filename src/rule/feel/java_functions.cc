#include "rule/feel/java_functions.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "foundation/text.h"

namespace shu::rule {
namespace {

struct Method {
    std::string name;
    std::vector<std::string> parameters;
};

Result<Method> parse_signature(std::string_view text) {
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos || !text.ends_with(')'))
        return invalid("a method signature is 'name(type, ...)'");
    Method out{std::string(text::trim(text.substr(0, open))), {}};
    const std::string_view inside = text::trim(text.substr(open + 1, text.size() - open - 2));
    if (inside.empty()) return out;
    for (const std::string_view part : text::split(inside, ','))
        out.parameters.emplace_back(text::trim(part));
    return out;
}

struct WholeType {
    std::string_view primitive, boxed;
    std::int64_t least, most;
};
constexpr WholeType kWhole[] = {{"byte", "java.lang.Byte", INT8_MIN, INT8_MAX},
                                {"short", "java.lang.Short", INT16_MIN, INT16_MAX},
                                {"int", "java.lang.Integer", INT32_MIN, INT32_MAX},
                                {"long", "java.lang.Long", INT64_MIN, INT64_MAX}};

const WholeType* whole_type(std::string_view name) {
    for (const WholeType& type : kWhole)
        if (type.primitive == name || type.boxed == name) return &type;
    return nullptr;
}

bool is_floating(std::string_view name) {
    return name == "double" || name == "float" || name == "java.lang.Double" ||
           name == "java.lang.Float";
}

bool is_single(std::string_view name) {
    return name == "float" || name == "java.lang.Float";
}

// The shortest decimal that denotes the float or double, as Java prints it.
Result<Value> from_floating(double value, bool single) {
    char text[64];
    const auto written = single ? std::to_chars(text, text + sizeof text, static_cast<float>(value))
                                : std::to_chars(text, text + sizeof text, value);
    const auto number = std::isfinite(value)
                            ? Decimal::parse({text, static_cast<std::size_t>(written.ptr - text)})
                            : std::nullopt;
    if (!number) return invalid("the result is no number");
    return Value::number(*number);
}

// An argument as its Java type takes it.
Result<Value> converted(std::string_view type, const Value& v) {
    if (const WholeType* whole = whole_type(type)) {
        const auto number = v.is_number() ? v.as_number().to_int64() : std::nullopt;
        if (!number || *number < whole->least || *number > whole->most)
            return invalid(v.to_text() + " is no " + std::string(type));
        return v;
    }
    if (is_floating(type)) {
        if (!v.is_number()) return invalid(v.to_text() + " is no " + std::string(type));
        return from_floating(v.as_number().to_double(), is_single(type));
    }
    if (type == "char" || type == "java.lang.Character") {
        if (!v.is_string() || text::characters(v.as_string()) != 1)
            return invalid(v.to_text() + " is no single character");
        return v;
    }
    if (type == "java.lang.String" || type == "String")
        return v.is_string() ? Result<Value>(v) : invalid(v.to_text() + " is no string");
    if (type == "boolean" || type == "java.lang.Boolean")
        return v.is_boolean() ? Result<Value>(v) : invalid(v.to_text() + " is no boolean");
    if (type == "java.lang.Object" || type == "java.math.BigDecimal") return v;
    return not_found("the type " + std::string(type) + " is not offered");
}

using Function1 = double (*)(double);
struct MathFunction {
    std::string_view name;
    Function1 function;
};
constexpr MathFunction kMath[] = {
    {"cos", std::cos},       {"sin", std::sin},     {"tan", std::tan},     {"acos", std::acos},
    {"asin", std::asin},     {"atan", std::atan},   {"cosh", std::cosh},   {"sinh", std::sinh},
    {"tanh", std::tanh},     {"sqrt", std::sqrt},   {"cbrt", std::cbrt},   {"exp", std::exp},
    {"log", std::log},       {"log10", std::log10}, {"floor", std::floor}, {"ceil", std::ceil},
    {"rint", std::nearbyint}};

Result<Value> math(const Method& method, std::span<const Value> arguments) {
    const std::string& type = method.parameters.empty() ? method.name : method.parameters[0];
    if (arguments.size() == 2 && method.parameters[0] == method.parameters[1]) {
        if (method.name == "max")
            return compare(arguments[0], arguments[1]).value_or(0) < 0 ? arguments[1]
                                                                       : arguments[0];
        if (method.name == "min")
            return compare(arguments[0], arguments[1]).value_or(0) > 0 ? arguments[1]
                                                                       : arguments[0];
        if (method.name == "pow" && type == "double")
            return from_floating(std::pow(arguments[0].as_number().to_double(),
                                          arguments[1].as_number().to_double()),
                                 false);
    }
    if (arguments.size() == 1 && method.name == "abs")
        return Value::number(arguments[0].as_number().abs());
    if (arguments.size() == 1 && type == "double")
        for (const MathFunction& known : kMath)
            if (known.name == method.name)
                return from_floating(known.function(arguments[0].as_number().to_double()), false);
    return not_found("java.lang.Math has no such function here");
}

// Integer.valueOf(String), Double.parseDouble(String), Short.valueOf(short), ...
Result<Value> number_class(std::string_view type_name, const Method& method,
                           std::span<const Value> arguments) {
    const bool reads = method.name == "valueOf" || method.name.starts_with("parse");
    if (!reads || arguments.size() != 1) return not_found("the class has no such function here");
    if (!arguments[0].is_string()) return converted(type_name, arguments[0]);
    const auto number = Decimal::parse(arguments[0].as_string());
    if (!number) return invalid("\"" + std::string(arguments[0].as_string()) + "\" is no number");
    return converted(type_name, Value::number(*number));
}

Result<Value> format(std::span<const Value> arguments) {
    if (arguments.empty() || !arguments[0].is_string()) return invalid("a format is a string");
    std::string out;
    std::size_t next = 1;
    const std::string_view text = arguments[0].as_string();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const char sign = ++i < text.size() ? text[i] : '\0';
        if (sign == '%') {
            out.push_back('%');
            continue;
        }
        if ((sign != 's' && sign != 'd') || next >= arguments.size())
            return invalid("only %s and %d are formatted, each with its argument");
        out += arguments[next++].to_text();
    }
    return Value::string(out);
}

}  // namespace

Result<Value> JavaFunctions::call(std::string_view type_name, std::string_view signature,
                                  std::span<const Value> arguments) const {
    const Method method = SHU_TRY(parse_signature(signature));
    const bool rest =
        !method.parameters.empty() && (method.parameters.back() == "[Ljava.lang.Object;" ||
                                       method.parameters.back() == "java.lang.Object...");
    if (type_name == "java.lang.String" && method.name == "format" && rest)
        return format(arguments);
    if (method.parameters.size() != arguments.size())
        return invalid("it takes " + std::to_string(method.parameters.size()) + " arguments");
    std::vector<Value> values;
    for (std::size_t i = 0; i < arguments.size(); ++i)
        values.push_back(SHU_TRY(converted(method.parameters[i], arguments[i])));
    if (type_name == "java.lang.Math" || type_name == "java.lang.StrictMath") {
        for (const Value& value : values)
            if (!value.is_number()) return not_found("java.lang.Math has no such function here");
        return math(method, values);
    }
    if (whole_type(type_name) != nullptr || is_floating(type_name))
        return number_class(type_name, method, values);
    if (type_name == "java.lang.String" && method.name == "valueOf" && values.size() == 1)
        return Value::string(values[0].to_text());
    return not_found("the class is not offered");
}

}  // namespace shu::rule
