#include "foundation/text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "foundation/limits.h"

namespace shu::text {
namespace {

constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";  // U+3000
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kDecimalScaleMax = 18;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
char lower_of(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char upper_of(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char low = lower_of(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string quoted(std::string_view text) {
    return "'" + with_replacements(first_characters(text, 40)) + "'";
}

std::string encode_base64(std::string_view bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6)
            out += alphabet[bits >> (held - 6) & 63U];
    }
    if (held > 0) out += alphabet[bits << (6 - held) & 63U];
    return out;
}

std::array<std::int8_t, 256> values_of(std::string_view alphabet) {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}

/// Decodes characters without padding. The unused bits of the last one must be zero, so that each
/// byte string has one form.
Result<std::string> decode_base64(std::string_view digits, std::string_view alphabet) {
    const auto values = values_of(alphabet);
    if (digits.size() % 4 == 1) return invalid("the Base64 text is cut off");
    std::string out;
    out.reserve(digits.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int held = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const int value = values[static_cast<unsigned char>(digits[i])];
        if (value < 0)
            return invalid("character " + std::to_string(i + 1) + " does not belong to Base64");
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xFFU);
    }
    if ((bits & ((1U << held) - 1U)) != 0) return invalid("the Base64 text ends in stray bits");
    return out;
}

std::vector<std::string_view> code_points(std::string_view utf8) {
    std::vector<std::string_view> points;
    while (!utf8.empty()) {
        points.push_back(first_characters(utf8, 1));
        utf8.remove_prefix(points.back().size());
    }
    return points;
}

}  // namespace

std::string_view trim(std::string_view text) {
    for (;;) {
        if (!text.empty() && is_space(text.front()))
            text.remove_prefix(1);
        else if (!text.empty() && is_space(text.back()))
            text.remove_suffix(1);
        else if (text.starts_with(kIdeographicSpace))
            text.remove_prefix(kIdeographicSpace.size());
        else if (text.ends_with(kIdeographicSpace))
            text.remove_suffix(kIdeographicSpace.size());
        else
            return text;
    }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i)
        out.append(i == 0 ? "" : separator).append(parts[i]);
    return out;
}

std::string lower(std::string_view ascii) {
    std::string out(ascii);
    std::transform(out.begin(), out.end(), out.begin(), lower_of);
    return out;
}

std::string upper(std::string_view ascii) {
    std::string out(ascii);
    std::transform(out.begin(), out.end(), out.begin(), upper_of);
    return out;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view ascii_prefix) {
    return equals_ignoring_case(text.substr(0, ascii_prefix.size()), ascii_prefix);
}

bool equals_ignoring_case(std::string_view text, std::string_view ascii) {
    return std::equal(text.begin(), text.end(), ascii.begin(), ascii.end(),
                      [](char a, char b) { return lower_of(a) == lower_of(b); });
}

std::string to_hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out += kHexDigits[static_cast<unsigned char>(c) >> 4U];
        out += kHexDigits[static_cast<unsigned char>(c) & 15U];
    }
    return out;
}

Result<std::string> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return invalid("hexadecimal text has an even number of digits");
    std::string out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hex_value(hex[i]);
        const int low = hex_value(hex[i + 1]);
        if (high < 0 || low < 0)
            return invalid("character " + std::to_string(high < 0 ? i + 1 : i + 2) +
                           " is not a hexadecimal digit");
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::string to_base64(std::string_view bytes) {
    std::string out = encode_base64(bytes, kBase64);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

Result<std::string> from_base64(std::string_view base64) {
    if (base64.size() % 4 != 0) return invalid("the Base64 text is cut off or lacks its padding");
    const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
    return decode_base64(base64.substr(0, base64.size() - padding), kBase64);
}

std::string to_base64url(std::string_view bytes) {
    return encode_base64(bytes, kBase64Url);
}

Result<std::string> from_base64url(std::string_view base64) {
    return decode_base64(base64, kBase64Url);
}

Result<std::int64_t> parse_integer(std::string_view text) {
    std::string_view digits = text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error == std::errc::result_out_of_range)
        return invalid(quoted(text) + " is out of the range of whole numbers");
    const bool two_signs = text.size() > 1 && !is_digit(text[0]) && !is_digit(text[1]);
    if (error != std::errc{} || stop != end || two_signs)
        return invalid(quoted(text) + " is not a whole number");
    return value;
}

Result<std::int64_t> parse_decimal(std::string_view text, int scale) {
    SHU_ASSERT(scale >= 0 && scale <= kDecimalScaleMax);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == text.npos ? "" : text.substr(point + 1);
    const bool digits_only = std::all_of(fraction.begin(), fraction.end(), is_digit);
    if (whole.empty() || !is_digit(whole.back()) || !digits_only ||
        (point != text.npos && fraction.empty()))
        return invalid(quoted(text) + " is not a decimal number");
    if (fraction.size() > static_cast<std::size_t>(scale))
        return invalid(quoted(text) + " has more than " + std::to_string(scale) +
                       " digits after the point");
    std::string scaled = std::string(whole).append(fraction);
    scaled.append(static_cast<std::size_t>(scale) - fraction.size(), '0');
    const auto value = parse_integer(scaled);
    if (!value) {
        const bool is_number = std::all_of(scaled.begin() + 1, scaled.end(), is_digit);
        return invalid(quoted(text) + (is_number && scaled.size() > 18
                                           ? " is out of the range of amounts"
                                           : " is not a decimal number"));
    }
    return *value;
}

std::string format_decimal(std::int64_t scaled, int scale) {
    SHU_ASSERT(scale >= 0 && scale <= kDecimalScaleMax);
    const bool negative = scaled < 0;
    const auto bits = static_cast<std::uint64_t>(scaled);
    std::string digits = std::to_string(negative ? 0U - bits : bits);
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return negative ? "-" + digits : digits;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return invalid("character " + std::to_string(i + 1) +
                               ": '%' must be followed by two hexadecimal digits");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const char low = lower_of(c);
        if (is_digit(c) || (low >= 'a' && low <= 'z') || c == '-' || c == '.' || c == '_' ||
            c == '~') {
            out += c;
        } else {
            out += '%';
            out += kUpperHexDigits[static_cast<unsigned char>(c) >> 4U];
            out += kUpperHexDigits[static_cast<unsigned char>(c) & 15U];
        }
    }
    return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    if (a.size() > 4 * limits::word_characters_max || b.size() > 4 * limits::word_characters_max)
        return std::max(a.size(), b.size());
    const auto left = code_points(a);
    const auto right = code_points(b);
    if (left.size() > limits::word_characters_max || right.size() > limits::word_characters_max)
        return std::max(left.size(), right.size());
    // at(i, j): the distance of left's first i from right's first j.
    const std::size_t width = right.size() + 1;
    std::vector<std::size_t> distances((left.size() + 1) * width);
    const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
        return distances[i * width + j];
    };
    for (std::size_t i = 0; i <= left.size(); ++i)
        at(i, 0) = i;
    for (std::size_t j = 0; j <= right.size(); ++j)
        at(0, j) = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t changed = at(i - 1, j - 1) + (left[i - 1] == right[j - 1] ? 0 : 1);
            at(i, j) = std::min({changed, at(i - 1, j) + 1, at(i, j - 1) + 1});
            const bool swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
        }
    }
    return at(left.size(), right.size());
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, characters(word) / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(lower(word), lower(candidate));
        if (distance >= best_distance || distance >= characters(candidate)) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

}  // namespace shu::text
