// Numbers to and from text.
#include <algorithm>

#include "rule/feel/decimal.h"
#include "rule/feel/wide.h"

namespace shu::rule {
namespace {

constexpr std::size_t kPlainCharactersMax = 50;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The digits of a numeral, gathered up to what 34-digit rounding can need.
struct Gathered {
    Uint128 coefficient = 0;
    int exponent = 0;
    int digits = 0;
    bool any = false;
    bool tail = false;

    void take(char c, bool fraction) {
        any = true;
        if (digits < 37) {
            coefficient = coefficient * 10 + static_cast<unsigned>(c - '0');
            if (coefficient != 0) ++digits;
            if (fraction) --exponent;
            return;
        }
        tail = tail || c != '0';
        if (!fraction && exponent < 20'000) ++exponent;
    }
};

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    bool negative = false;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    Gathered gathered;
    while (at < text.size() && is_digit(text[at]))
        gathered.take(text[at++], false);
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (at == text.size() || !is_digit(text[at])) return std::nullopt;
        while (at < text.size() && is_digit(text[at]))
            gathered.take(text[at++], true);
    }
    if (!gathered.any) return std::nullopt;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        bool down = false;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) down = text[at++] == '-';
        if (at == text.size()) return std::nullopt;
        int exponent = 0;
        while (at < text.size() && is_digit(text[at])) {
            exponent = std::min(exponent * 10 + (text[at] - '0'), 100'000);
            ++at;
        }
        gathered.exponent += down ? -exponent : exponent;
    }
    if (at != text.size()) return std::nullopt;
    // A tail beyond 37 digits only breaks ties, so a last digit 0 or 5 becomes 1 or 6.
    if (gathered.tail && gathered.coefficient % 5 == 0) ++gathered.coefficient;
    return make(negative, gathered.coefficient, gathered.exponent);
}

std::string Decimal::to_string() const {
    if (is_zero()) return "0";
    Uint128 rest = coefficient();
    int exponent = exponent_;
    while (rest % 10 == 0) {
        rest /= 10;
        ++exponent;
    }
    std::string digits;
    while (rest != 0) {
        digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
        rest /= 10;
    }
    std::reverse(digits.begin(), digits.end());
    const std::string sign = negative_ ? "-" : "";
    const int point = static_cast<int>(digits.size()) + exponent;  // digits before the point
    const std::size_t length = point <= 0
                                   ? digits.size() + static_cast<std::size_t>(-point)
                                   : std::max(digits.size(), static_cast<std::size_t>(point));
    if (length > kPlainCharactersMax) {
        std::string out = sign + digits.substr(0, 1);
        if (digits.size() > 1) out += '.' + digits.substr(1);
        return out + 'E' + (point > 0 ? "+" : "") + std::to_string(point - 1);
    }
    if (exponent >= 0) return sign + digits + std::string(static_cast<std::size_t>(exponent), '0');
    if (point <= 0)
        return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    const auto whole = static_cast<std::size_t>(point);
    return sign + digits.substr(0, whole) + '.' + digits.substr(whole);
}

}  // namespace shu::rule
