// String functions. DMN 1.5 10.3.4.3. Positions count code points.
#include <unicode/ustring.h>

#include "foundation/text.h"
#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

// The byte at which a code point begins.
std::size_t byte_of(std::string_view utf8, std::int64_t code_points) {
    return text::first_characters(utf8, static_cast<std::size_t>(code_points)).size();
}

// The whole part of a number; nothing if it does not fit.
std::optional<std::int64_t> whole_part(const Value& number) {
    const auto cut = number.as_number().rounded(0, Rounding::kDown);
    return cut ? cut->to_int64() : std::nullopt;
}

Value substring(Call& call) {
    const std::string_view from = call[0].as_string();
    const auto size = static_cast<std::int64_t>(text::characters(from));
    auto start = whole_part(call[1]);
    if (!start || *start == 0 || *start > size || *start < -size)
        return call.fail("the start position lies outside of the string");
    const std::int64_t first = *start > 0 ? *start - 1 : size + *start;
    std::int64_t length = size - first;
    if (call.given > 2) {
        const auto wanted = whole_part(call[2]);
        if (!wanted || *wanted < 1) return call.fail("the length must be at least 1");
        length = std::min(length, *wanted);
    }
    const std::size_t begin = byte_of(from, first);
    return Value::string(
        text::first_characters(from.substr(begin), static_cast<std::size_t>(length)));
}

Value length(Call& call) {
    return Value::number(Decimal(static_cast<std::int64_t>(text::characters(call[0].as_string()))));
}

using CaseMapping = std::int32_t (*)(UChar*, std::int32_t, const UChar*, std::int32_t, const char*,
                                     UErrorCode*);

Value change_case(Call& call, CaseMapping mapping) {
    const std::string_view from = call[0].as_string();
    std::u16string wide(from.size(), u'\0');
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t size = 0;
    u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &size, from.data(),
                  static_cast<std::int32_t>(from.size()), &status);
    if (U_FAILURE(status)) return call.fail("the string is no well-formed UTF-8");
    std::u16string mapped(3 * static_cast<std::size_t>(size) + 1,
                          u'\0');  // no character maps to more than three
    const std::int32_t written = mapping(mapped.data(), static_cast<std::int32_t>(mapped.size()),
                                         wide.data(), size, "", &status);
    std::string out(3 * static_cast<std::size_t>(written) + 1, '\0');
    std::int32_t bytes = 0;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &bytes, mapped.data(), written,
                &status);
    if (U_FAILURE(status)) return call.fail("the string cannot be mapped");
    out.resize(static_cast<std::size_t>(bytes));
    return Value::string(out);
}

Value upper_case(Call& call) {
    return change_case(call, u_strToUpper);
}
Value lower_case(Call& call) {
    return change_case(call, u_strToLower);
}

Value substring_before(Call& call) {
    const std::string_view from = call[0].as_string();
    const std::size_t at = from.find(call[1].as_string());
    return Value::string(at == std::string_view::npos ? std::string_view() : from.substr(0, at));
}

Value substring_after(Call& call) {
    const std::string_view from = call[0].as_string();
    const std::size_t at = from.find(call[1].as_string());
    return Value::string(at == std::string_view::npos
                             ? std::string_view()
                             : from.substr(at + call[1].as_string().size()));
}

Value holds(Call& call) {
    return Value::boolean(call[0].as_string().find(call[1].as_string()) != std::string_view::npos);
}
Value starts(Call& call) {
    return Value::boolean(call[0].as_string().starts_with(call[1].as_string()));
}
Value ends(Call& call) {
    return Value::boolean(call[0].as_string().ends_with(call[1].as_string()));
}

Value join(Call& call) {
    std::string out;
    const std::string_view delimiter = call[1].is_null() ? std::string_view() : call[1].as_string();
    bool first = true;
    for (const Value& item : call[0].as_list()) {
        if (item.is_null()) continue;
        if (!item.is_string())
            return call.fail("the list holds a " + std::string(name_of(item.kind())));
        if (!first) out += delimiter;
        out += item.as_string();
        first = false;
        if (!call.evaluator.charge((delimiter.size() + item.as_string().size()) / 32)) return {};
    }
    return Value::string(out);
}

using Mode = Parameter::Mode;
constexpr Parameter kString{"string", Takes::kString};
constexpr Parameter kMatch{"match", Takes::kString};

}  // namespace

std::span<const Builtin> string_builtins() {
    static const std::vector<Builtin> all = {
        {"substring",
         {{substring,
           {kString,
            {"start position", Takes::kNumber},
            {"length", Takes::kNumber, Mode::kOptional}}}}},
        {"string length", {{length, {kString}}}},
        {"upper case", {{upper_case, {kString}}}},
        {"lower case", {{lower_case, {kString}}}},
        {"substring before", {{substring_before, {kString, kMatch}}}},
        {"substring after", {{substring_after, {kString, kMatch}}}},
        {"contains", {{holds, {kString, kMatch}}}},
        {"starts with", {{starts, {kString, kMatch}}}},
        {"ends with", {{ends, {kString, kMatch}}}},
        {"string join",
         {{join,
           {{"list", Takes::kList}, {"delimiter", Takes::kString, Mode::kOptionalNullable}}}}},
    };
    return all;
}

}  // namespace shu::rule
