// Identity numbers, credit codes, mobile numbers, postcodes and divisions.
// standards.md 1.1, 1.2, 1.3.
#include <array>
#include <utility>

#include "record/dataset.h"

namespace shu::record {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
    for (const char c : text)
        if (!is_digit(c)) return false;
    return true;
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return value;
}

// ISO 7064 MOD 11-2 over the first 17 digits: GB 11643-1999 4.
char identity_check_character(std::string_view number17) {
    static constexpr std::array<int, 17> weights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                    3, 7, 9,  10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        sum += (number17[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

// The 15-digit number of before 1999 is refused, not completed: it has had no force since 2013, and
// a key that the program completed by itself would no longer be the number that the department
// holds.
Result<void> check_identity_number(std::string_view value, const Date* today) {
    if (value.size() == 15 && all_digits(value))
        return invalid("是15位旧号码，请改用18位公民身份号码");
    if (value.size() != 18) return invalid("应为18位公民身份号码");
    if (!all_digits(value.substr(0, 17)) || value[0] == '0')
        return invalid("公民身份号码前17位应为数字");
    const Date birth{number(value.substr(6, 4)), number(value.substr(10, 2)),
                     number(value.substr(12, 2))};
    if (!is_valid(birth)) return invalid("公民身份号码中的出生日期不存在");
    if (today != nullptr && birth > *today) return invalid("公民身份号码中的出生日期晚于今天");
    if (upper(value[17]) != identity_check_character(value))
        return invalid("公民身份号码校验位不正确");
    return {};
}

constexpr std::string_view kCreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // GB 32100-2015 4

constexpr std::array<signed char, 256> credit_values() {
    std::array<signed char, 256> values{};
    for (auto& value : values)
        value = -1;
    for (std::size_t i = 0; i < kCreditAlphabet.size(); ++i) {
        const char c = kCreditAlphabet[i];
        values[static_cast<unsigned char>(c)] = static_cast<signed char>(i);
        if (c >= 'A')
            values[static_cast<unsigned char>(c - 'A' + 'a')] = static_cast<signed char>(i);
    }
    return values;
}

// The outer check (GB 32100-2015) is an error. The inner one of GB 11714 is not looked at:
// registries hold old codes that break it (standards.md 1.2).
Result<void> check_credit_code(std::string_view value) {
    static constexpr std::array<int, 17> weights = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                                    29, 25, 13, 8,  24, 10, 30, 28};
    static constexpr auto values = credit_values();
    if (value.size() != 18) return invalid("应为18位统一社会信用代码");
    int sum = 0;
    for (std::size_t i = 0; i < 18; ++i) {
        const int v = values[static_cast<unsigned char>(value[i])];
        if (v < 0) return invalid("统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）");
        if (i < 17) sum += v * weights[i];
    }
    if (!all_digits(value.substr(2, 6))) return invalid("统一社会信用代码第3至8位应为数字");
    const auto expected = static_cast<std::size_t>((31 - sum % 31) % 31);
    if (upper(value[17]) != kCreditAlphabet[expected])
        return invalid("统一社会信用代码校验位不正确");
    return {};
}

Result<void> check_mobile(std::string_view value) {
    if (value.size() != 11 || !all_digits(value)) return invalid("手机号应为11位数字");
    if (value[0] != '1' || value[1] < '3') return invalid("手机号段不存在");
    return {};
}

Result<void> check_postcode(std::string_view value) {
    if (value.size() != 6 || !all_digits(value) || value == "000000")
        return invalid("邮政编码应为6位数字");
    return {};
}

// GB/T 2260: the first two digits name a province. Whether the rest exists is not asked: divisions
// are abolished and made.
bool is_province(int code) {
    static constexpr std::array<std::pair<int, int>, 8> ranges = {
        {{11, 15}, {21, 23}, {31, 37}, {41, 46}, {50, 54}, {61, 65}, {71, 71}, {81, 82}}};
    for (const auto& [first, last] : ranges)
        if (code >= first && code <= last) return true;
    return false;
}

Result<void> check_division(std::string_view value) {
    if ((value.size() != 6 && value.size() != 9 && value.size() != 12) || !all_digits(value))
        return invalid("行政区划代码应为6、9或12位数字");
    if (!is_province(number(value.substr(0, 2)))) return invalid("行政区划代码的省级部分不存在");
    return {};
}

Result<void> check(ContentCheck rule, std::string_view value, const Date* today) {
    switch (rule) {
        case ContentCheck::kNone: return {};
        case ContentCheck::kIdentityNumber: return check_identity_number(value, today);
        case ContentCheck::kCreditCode: return check_credit_code(value);
        case ContentCheck::kMobile: return check_mobile(value);
        case ContentCheck::kPostcode: return check_postcode(value);
        case ContentCheck::kDivision: return check_division(value);
    }
    return {};
}

}  // namespace

Result<void> check_content(ContentCheck rule, std::string_view value) {
    return check(rule, value, nullptr);
}

Result<void> check_content(ContentCheck rule, std::string_view value, const Date& today) {
    return check(rule, value, &today);
}

bool is_stored_upper(ContentCheck rule) {
    return rule == ContentCheck::kIdentityNumber || rule == ContentCheck::kCreditCode;
}

}  // namespace shu::record
