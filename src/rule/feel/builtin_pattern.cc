// matches, replace and split. DMN 1.5 10.3.4.3.
#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"
#include "rule/feel/name.h"
#include "rule/feel/pattern.h"

namespace shu::rule {
namespace {

std::u32string wide(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const CodePoint c = code_point_at(utf8, at);
        out.push_back(c.value);
        at += c.bytes;
    }
    return out;
}

std::string narrow(std::u32string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t c : text)
        append_utf8(out, c);
    return out;
}

Result<Pattern> pattern_of(const Value& pattern, const Value& flags) {
    return Pattern::compile(pattern.as_string(),
                            flags.is_null() ? std::string_view() : flags.as_string());
}

Value matches(Call& call) {
    const auto pattern = pattern_of(call[1], call[2]);
    if (!pattern) return call.fail(pattern.error().detail);
    const auto found = pattern->search(wide(call[0].as_string()), 0);
    if (!found) return call.fail(found.error().detail);
    return Value::boolean(found->has_value());
}

// `$1` is the first group, `\$` a dollar, `\\` a backslash. XPath and XQuery Functions 3.1, 5.6.4.
// Nothing if it is malformed.
std::optional<std::u32string> expanded(const std::u32string& replacement,
                                       const Pattern::Match& match, const std::u32string& text,
                                       std::size_t groups) {
    std::u32string out;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const char32_t c = replacement[i];
        const char32_t next = i + 1 < replacement.size() ? replacement[i + 1] : 0;
        if (c == '\\') {
            if (next != '\\' && next != '$') return std::nullopt;
            out.push_back(next);
            ++i;
        } else if (c == '$') {
            if (next < '0' || next > '9') return std::nullopt;
            std::size_t group = next - U'0';
            ++i;
            while (i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
                   replacement[i + 1] <= '9' && group * 10 + (replacement[i + 1] - U'0') <= groups)
                group = group * 10 + (replacement[++i] - U'0');
            if (group < match.size() && match[group].matched())
                out += text.substr(match[group].begin, match[group].end - match[group].begin);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

Value replace(Call& call) {
    const auto pattern = pattern_of(call[1], call[3]);
    if (!pattern) return call.fail(pattern.error().detail);
    const std::u32string text = wide(call[0].as_string());
    const std::u32string replacement = wide(call[2].as_string());
    std::u32string out;
    std::size_t at = 0;
    while (at <= text.size()) {
        const auto found = pattern->search(text, at);
        if (!found) return call.fail(found.error().detail);
        if (!found->has_value()) break;
        const Pattern::Match& match = **found;
        if (match[0].begin == match[0].end)
            return call.fail("the pattern matches the empty string");
        const auto with = pattern->is_literal()
                              ? std::optional(replacement)
                              : expanded(replacement, match, text, pattern->groups());
        if (!with) return call.fail("the replacement has a '$' or '\\' that means nothing");
        out += text.substr(at, match[0].begin - at) + *with;
        if (!call.evaluator.charge(out.size() / 32)) return {};
        at = match[0].end;
    }
    out += text.substr(std::min(at, text.size()));
    return Value::string(narrow(out));
}

Value split(Call& call) {
    const auto pattern = pattern_of(call[1], {});
    if (!pattern) return call.fail(pattern.error().detail);
    const std::u32string text = wide(call[0].as_string());
    std::vector<Value> out;
    std::size_t at = 0;
    for (;;) {
        const auto found = pattern->search(text, at);
        if (!found) return call.fail(found.error().detail);
        if (!found->has_value()) break;
        const Pattern::Span whole = (**found)[0];
        if (whole.begin == whole.end) return call.fail("the delimiter matches the empty string");
        out.push_back(Value::string(narrow(text.substr(at, whole.begin - at))));
        at = whole.end;
    }
    out.push_back(Value::string(narrow(text.substr(at))));
    return call.evaluator.make_list(std::move(out), call.position);
}

using Mode = Parameter::Mode;
constexpr Parameter kInput{"input", Takes::kString};
constexpr Parameter kPattern{"pattern", Takes::kString};
constexpr Parameter kFlags{"flags", Takes::kString, Mode::kOptionalNullable};

}  // namespace

std::span<const Builtin> pattern_builtins() {
    static const std::vector<Builtin> all = {
        {"matches", {{matches, {kInput, kPattern, kFlags}}}},
        {"replace", {{replace, {kInput, kPattern, {"replacement", Takes::kString}, kFlags}}}},
        {"split", {{split, {{"string", Takes::kString}, {"delimiter", Takes::kString}}}}},
    };
    return all;
}

}  // namespace shu::rule
