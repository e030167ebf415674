#include "city/demo/numbers.h"

#include <algorithm>

#include "foundation/result.h"

namespace shu::city::demo {
namespace {

constexpr std::string_view kDivision = "210199";
constexpr int kOldestYear = 1900;
constexpr std::string_view kCreditAlphabet =
    "0123456789ABCDEFGHJKLMNPQRTUWXY";  // GB 32100-2015 table 1
constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The check character of GB 11714 over 8 characters.
char organisation_check(std::string_view body) {
    constexpr int kWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < 8; ++i)
        sum += static_cast<int>(kAlphanumeric.find(body[i])) * kWeights[i];
    const int check = 11 - sum % 11;
    if (check == 10) return 'X';
    return check == 11 ? '0' : static_cast<char>('0' + check);
}

}  // namespace

std::string digits(std::int64_t number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

std::string with_identity_check(std::string digits17) {
    constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < 17; ++i)
        sum += (digits17[i] - '0') * kWeights[i];
    digits17 += "10X98765432"[sum % 11];
    return digits17;
}

std::string credit_code(std::string_view prefix, std::int64_t serial) {
    std::string body = "MA000000";
    for (std::size_t i = body.size(); i-- > 2; serial /= 31)
        body[i] = kCreditAlphabet[static_cast<std::size_t>(serial % 31)];
    std::string code = std::string(prefix) + body + organisation_check(body);
    std::size_t sum = 0, weight = 1;
    for (const char c : code) {
        sum += kCreditAlphabet.find(c) * weight;
        weight = weight * 3 % 31;
    }
    code += kCreditAlphabet[(31 - sum % 31) % 31];
    return code;
}

std::string licence_identifier(std::string_view type, std::string_view issuer,
                               std::string_view serial) {
    int check = 36;
    for (const std::string_view part : {type, issuer, serial, std::string_view("001")})
        for (const char c : part) {
            check = (check + static_cast<int>(kAlphanumeric.find(c))) % 36;
            check = (check == 0 ? 36 : check) * 2 % 37;
        }
    const char last = kAlphanumeric[static_cast<std::size_t>((37 - check) % 36)];
    std::string out = "1.2.156.3005.2.";
    return out.append(type)
        .append(".")
        .append(issuer)
        .append(".")
        .append(serial)
        .append(".001.")
        .append(1, last);
}

IdentityNumbers::IdentityNumbers(const Date& today, std::vector<std::string> reserved)
    : first_day_(days_since_epoch({kOldestYear, 1, 1})),
      used_(static_cast<std::size_t>(days_since_epoch(today) - first_day_ + 1) * 2),
      reserved_(reserved.begin(), reserved.end()) {}

std::string IdentityNumbers::take(Date& birth, bool male, Pool pool) {
    const int kept = male ? 500 : 499;
    for (std::int64_t day = days_since_epoch(birth); day >= first_day_; --day) {
        Used& used = used_[static_cast<std::size_t>(day - first_day_) * 2 + (male ? 1 : 0)];
        while (used.front + used.back < kept) {
            const int turn = pool == Pool::kRegistered ? used.front++ : kept - ++used.back;
            // 337 is prime to 500 and 499: a day's numbers come in a mixed order, each once.
            const std::int64_t n = (std::int64_t{turn} * 337 + day - first_day_) % kept;
            birth = date_from_days(day);
            std::string number =
                with_identity_check(std::string(kDivision) +
                                    digits(birth.year * 10000 + birth.month * 100 + birth.day, 8) +
                                    digits(male ? 2 * n + 1 : 2 * n + 2, 3));
            if (!reserved_.contains(number)) return number;
        }
    }
    SHU_ASSERT(false);  // limits::demo_people_max keeps below what the calendar holds
    return {};
}

}  // namespace shu::city::demo
