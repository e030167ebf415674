#include "rule/feel/name.h"

#include <algorithm>
#include <array>

namespace shu::rule {
namespace {

struct Span {
    char32_t first, last;
};

bool within(char32_t c, const Span* spans, std::size_t count) {
    return std::any_of(spans, spans + count,
                       [c](const Span& s) { return c >= s.first && c <= s.last; });
}

constexpr Span kStart[] = {
    {'?', '?'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFC}, {0x10000, 0xEFFFF}};
constexpr Span kMore[] = {{'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return {};
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (length == 0 || at + length > text.size()) return {0xFFFD, 1};
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0U) != 0x80U) return {0xFFFD, 1};
        value = value << 6 | (next & 0x3FU);
    }
    return {value, length};
}

void append_utf8(std::string& out, char32_t value) {
    const auto put = [&out](char32_t byte) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
    };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | value >> 6);
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | value >> 12);
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | value >> 18);
        put(0x80 | (value >> 12 & 0x3F));
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

bool is_space(char32_t c) {
    if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
    return c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200B) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

bool is_name_start(char32_t c) {
    return !is_space(c) && within(c, kStart, std::size(kStart));
}
bool is_name_part(char32_t c) {
    return is_name_start(c) || within(c, kMore, std::size(kMore));
}

std::string normalised_name(std::string_view text) {
    std::string out;
    bool pending = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (is_space(c.value)) {
            pending = !out.empty();
        } else {
            if (pending) out.push_back(' ');
            pending = false;
            out += text.substr(at, c.bytes);
        }
        at += c.bytes;
    }
    return out;
}

bool is_plain_name(std::string_view name) {
    bool first = true;
    for (std::size_t at = 0; at < name.size();) {
        const CodePoint c = code_point_at(name, at);
        if (first ? !is_name_start(c.value) : !(is_name_part(c.value) || c.value == ' '))
            return false;
        first = false;
        at += c.bytes;
    }
    return !first;
}

std::size_t match_name(std::string_view text, std::size_t at, std::string_view name) {
    std::size_t here = at;
    for (std::size_t i = 0; i < name.size();) {
        if (name[i] == ' ') {
            CodePoint c = code_point_at(text, here);
            if (c.bytes == 0 || !is_space(c.value)) return 0;
            while (c.bytes != 0 && is_space(c.value)) {
                here += c.bytes;
                c = code_point_at(text, here);
            }
            ++i;
            continue;
        }
        if (here >= text.size() || text[here] != name[i]) return 0;
        ++here;
        ++i;
    }
    // A name that ends with a letter must not be the head of a longer word.
    const CodePoint next = code_point_at(text, here);
    std::size_t last = name.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(name[last]) & 0xC0U) == 0x80U)
        --last;
    if (next.bytes != 0 && is_name_part(next.value) &&
        is_name_part(code_point_at(name, last).value))
        return 0;
    return here - at;
}

bool is_keyword(std::string_view word) {
    static constexpr std::array<std::string_view, 18> kWords = {
        "and", "between",  "else", "every", "external", "false",     "for",  "function", "if",
        "in",  "instance", "null", "or",    "return",   "satisfies", "some", "then",     "true"};
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace shu::rule
