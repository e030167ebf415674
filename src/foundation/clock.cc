#include "foundation/clock.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace shu {
namespace {

constexpr Micros kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr std::int64_t kDaysOf400Years = 146'097;
constexpr std::int64_t kDaysOfCentury = 36'524;
constexpr std::int64_t kDaysOf4Years = 1'461;
constexpr std::int64_t kDaysFromMarchYear0 = 719'468;  // 0000-03-01 to 1970-01-01

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads a text from left to right.
class Scanner {
 public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool take_any_of(std::string_view characters) {
        return !rest_.empty() && characters.find(rest_.front()) != characters.npos &&
               take(rest_.front());
    }

    /// Exactly `count` digits.
    std::optional<int> digits(std::size_t count) {
        if (leading_digits() < count) return std::nullopt;
        int number = 0;
        for (std::size_t i = 0; i < count; ++i)
            number = number * 10 + (rest_[i] - '0');
        rest_.remove_prefix(count);
        return number;
    }

    /// Between one and `most` digits, as many as there are.
    std::optional<int> digits_up_to(std::size_t most) {
        const std::size_t count = std::min(leading_digits(), most);
        return count == 0 ? std::nullopt : digits(count);
    }

    /// A fraction of a second after its point: microseconds; further digits are dropped.
    std::optional<int> fraction() {
        const std::size_t count = leading_digits();
        if (count == 0) return std::nullopt;
        int micros = 0;
        for (std::size_t i = 0; i < 6; ++i)
            micros = micros * 10 + (i < count ? rest_[i] - '0' : 0);
        rest_.remove_prefix(count);
        return micros;
    }

 private:
    std::size_t leading_digits() const {
        return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_digit) -
                                        rest_.begin());
    }

    std::string_view rest_;
};

Error unreadable(std::string_view text, std::string_view reason) {
    return invalid("'" + std::string(text.substr(0, 40)) + "' " + std::string(reason));
}

constexpr std::string_view kNotADate = "is not a date; write YYYY-MM-DD, YYYYMMDD or YYYY/M/D";
constexpr std::string_view kNoSuchDay = "names a day that does not exist";
constexpr std::string_view kNotAnInstant =
    "is not a date and time; write YYYY-MM-DDThh:mm:ss with a zone such as +08:00, YYYY-MM-DD "
    "hh:mm:ss, YYYYMMDDThhmmss or YYYYMMDDhhmmss";
constexpr std::string_view kNoSuchTime = "names a time of day that does not exist";
constexpr std::string_view kNoSuchZone = "has a zone that does not exist";

struct TimeOfDay {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int micros = 0;

    bool is_valid() const { return hour <= 23 && minute <= 59 && second <= 60; }
    Micros since_midnight() const {
        return (hour * 60 + minute) * kMicrosPerMinute + second * kMicrosPerSecond + micros;
    }
};

std::optional<Date> scan_date(Scanner& scanner, bool& extended) {
    const auto year = scanner.digits(4);
    if (!year) return std::nullopt;
    extended = scanner.take('-');
    const auto month = scanner.digits(2);
    if (!month || (extended && !scanner.take('-'))) return std::nullopt;
    const auto day = scanner.digits(2);
    if (!day) return std::nullopt;
    return Date{*year, *month, *day};
}

std::optional<TimeOfDay> scan_time(Scanner& scanner, bool extended) {
    TimeOfDay time;
    const auto hour = scanner.digits(2);
    if (!hour || (extended && !scanner.take(':'))) return std::nullopt;
    const auto minute = scanner.digits(2);
    if (!minute || (extended && !scanner.take(':'))) return std::nullopt;
    const auto second = scanner.digits(2);
    if (!second) return std::nullopt;
    time = {*hour, *minute, *second, 0};
    if (scanner.take('.')) {
        const auto micros = scanner.fraction();
        if (!micros) return std::nullopt;
        time.micros = *micros;
    }
    return time;
}

/// The zone at the end, in minutes east; `otherwise` when there is none; empty when malformed.
std::optional<int> scan_zone(Scanner& scanner, int otherwise) {
    if (scanner.at_end()) return otherwise;
    if (scanner.take_any_of("Zz")) return 0;
    const bool east = scanner.take('+');
    if (!east && !scanner.take('-')) return std::nullopt;
    const auto hours = scanner.digits(2);
    scanner.take(':');
    const auto minutes = scanner.digits(2);
    if (!hours || !minutes) return std::nullopt;
    const int offset = *hours > 23 || *minutes > 59 ? 24 * 60 : *hours * 60 + *minutes;
    return east ? offset : -offset;
}

}  // namespace

Micros SystemClock::now() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
}

bool is_valid(const Date& date) {
    constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) return false;
    const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    const int days =
        kDays[static_cast<std::size_t>(date.month - 1)] + (leap && date.month == 2 ? 1 : 0);
    return date.day >= 1 && date.day <= days;
}

Result<Date> parse_date(std::string_view text) {
    Scanner scanner(text);
    Date date;
    if (text.find('/') != text.npos) {
        const auto year = scanner.digits(4);
        const bool first = scanner.take('/');
        const auto month = scanner.digits_up_to(2);
        const bool second = scanner.take('/');
        const auto day = scanner.digits_up_to(2);
        if (!year || !first || !month || !second || !day) return unreadable(text, kNotADate);
        date = {*year, *month, *day};
    } else {
        bool extended = false;
        const auto scanned = scan_date(scanner, extended);
        if (!scanned) return unreadable(text, kNotADate);
        date = *scanned;
    }
    if (!scanner.at_end()) return unreadable(text, kNotADate);
    if (!is_valid(date)) return unreadable(text, kNoSuchDay);
    return date;
}

std::string to_string(const Date& date) {
    std::array<char, 48> out{};
    const int size =
        std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", date.year, date.month, date.day);
    return {out.data(), static_cast<std::size_t>(size)};
}

// Years here begin in March, so that the leap day is the last day of its year, of its four years,
// of its four centuries.
std::int64_t days_since_epoch(const Date& date) {
    const std::int64_t year = date.month > 2 ? date.year : date.year - 1;
    const std::int64_t month = (date.month + 9) % 12;
    const std::int64_t leap_days =
        floor_divide(year, 4) - floor_divide(year, 100) + floor_divide(year, 400);
    return year * 365 + leap_days + (month * 153 + 2) / 5 + date.day - 1 - kDaysFromMarchYear0;
}

Date date_from_days(std::int64_t days) {
    const std::int64_t from_year_0 = days + kDaysFromMarchYear0;
    const std::int64_t cycle = floor_divide(from_year_0, kDaysOf400Years);
    std::int64_t rest = from_year_0 - cycle * kDaysOf400Years;
    const std::int64_t century = std::min<std::int64_t>(rest / kDaysOfCentury, 3);
    rest -= century * kDaysOfCentury;
    const std::int64_t four_years = rest / kDaysOf4Years;
    rest -= four_years * kDaysOf4Years;
    const std::int64_t one_year = std::min<std::int64_t>(rest / 365, 3);
    rest -= one_year * 365;
    const std::int64_t month = (rest * 5 + 2) / 153;  // 0 is March
    const std::int64_t day = rest - (month * 153 + 2) / 5 + 1;
    const std::int64_t year = cycle * 400 + century * 100 + four_years * 4 + one_year;
    return {static_cast<int>(month < 10 ? year : year + 1),
            static_cast<int>(month < 10 ? month + 3 : month - 9), static_cast<int>(day)};
}

Date date_of(Micros instant, int offset_minutes) {
    return date_from_days(floor_divide(floor_divide(instant, kMicrosPerMinute) + offset_minutes,
                                       kMicrosPerDay / kMicrosPerMinute));
}

std::string to_rfc3339(Micros instant) {
    const std::int64_t days = floor_divide(instant, kMicrosPerDay);
    const Micros of_day =
        instant % kMicrosPerDay + (instant % kMicrosPerDay < 0 ? kMicrosPerDay : 0);
    const int seconds = static_cast<int>(of_day / kMicrosPerSecond);
    std::array<char, 64> out{};
    const int size =
        std::snprintf(out.data(), out.size(), "T%02d:%02d:%02d.%06dZ", seconds / 3600,
                      seconds / 60 % 60, seconds % 60, static_cast<int>(of_day % kMicrosPerSecond));
    return to_string(date_from_days(days)).append(out.data(), static_cast<std::size_t>(size));
}

Result<Micros> parse_instant(std::string_view text, int offset_minutes) {
    Scanner scanner(text);
    bool extended = false;
    const auto date = scan_date(scanner, extended);
    if (!date) return unreadable(text, kNotAnInstant);
    const bool separated = scanner.take_any_of(extended ? "Tt " : "T");
    if (extended && !separated) return unreadable(text, kNotAnInstant);
    const auto time = scan_time(scanner, extended);
    if (!time) return unreadable(text, kNotAnInstant);
    const auto offset = scan_zone(scanner, offset_minutes);
    if (!offset || !scanner.at_end()) return unreadable(text, kNotAnInstant);
    if (!is_valid(*date)) return unreadable(text, kNoSuchDay);
    if (!time->is_valid()) return unreadable(text, kNoSuchTime);
    if (*offset <= -24 * 60 || *offset >= 24 * 60) return unreadable(text, kNoSuchZone);

    const Micros instant = days_since_epoch(*date) * kMicrosPerDay + time->since_midnight() -
                           *offset * kMicrosPerMinute;
    // A leap second ends a day in UTC and nothing else does; it counts as the second after it. RFC
    // 3339 5.7.
    const Micros whole_seconds = instant - time->micros;
    if (time->second == 60 && whole_seconds % kMicrosPerDay != 0)
        return unreadable(text, kNoSuchTime);
    return instant;
}

}  // namespace shu
