#include "rule/feel/temporal.h"

#include <algorithm>

namespace shu::rule {

// Howard Hinnant's published day-count method: years start in March, eras have 400 years.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
                                    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floor_divide(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_in_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted = (5 * day_in_year + 2) / 153;
    const auto day = static_cast<std::uint8_t>(day_in_year - (153 * shifted + 2) / 5 + 1);
    const auto month = static_cast<std::uint8_t>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {static_cast<std::int32_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

int days_in_month(std::int64_t year, int month) {
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : kDays[month - 1];
}

std::optional<CivilDate> make_date(std::int64_t year, std::int64_t month, std::int64_t day) {
    if (year < -kYearMax || year > kYearMax || month < 1 || month > 12) return std::nullopt;
    if (day < 1 || day > days_in_month(year, static_cast<int>(month))) return std::nullopt;
    return CivilDate{static_cast<std::int32_t>(year), static_cast<std::uint8_t>(month),
                     static_cast<std::uint8_t>(day)};
}

std::optional<CivilDate> date_of_days(std::int64_t days) {
    static const std::int64_t last = days_from_civil(kYearMax, 12, 31);
    static const std::int64_t first = days_from_civil(-kYearMax, 1, 1);
    if (days < first || days > last) return std::nullopt;
    return civil_from_days(days);
}

std::optional<CivilDate> add_months(const CivilDate& date, std::int64_t months) {
    if (months > 24LL * kYearMax || months < -24LL * kYearMax) return std::nullopt;
    const std::int64_t total = static_cast<std::int64_t>(date.year) * 12 + date.month - 1 + months;
    const std::int64_t year = floor_divide(total, 12);
    const auto month = static_cast<int>(total - year * 12 + 1);
    return make_date(year, month, std::min<int>(date.day, days_in_month(year, month)));
}

int day_of_year(const CivilDate& date) {
    return static_cast<int>(days_of(date) - days_from_civil(date.year, 1, 1)) + 1;
}

int day_of_week(const CivilDate& date) {
    const std::int64_t shifted = days_of(date) + 3;  // 1970-01-01 was a Thursday
    return static_cast<int>(shifted - floor_divide(shifted, 7) * 7) + 1;
}

int week_of_year(const CivilDate& date) {
    const std::int64_t thursday = days_of(date) - day_of_week(date) + 4;
    return (day_of_year(civil_from_days(thursday)) - 1) / 7 + 1;
}

std::optional<DaysDuration> DaysDuration::of_nanos(Int128 nanos) {
    const Int128 seconds = nanos / kNanosPerSecond;
    if (seconds > INT64_MAX || seconds < -static_cast<Int128>(INT64_MAX)) return std::nullopt;
    return DaysDuration{static_cast<std::int64_t>(seconds),
                        static_cast<std::int32_t>(nanos % kNanosPerSecond)};
}

std::optional<DateTime> date_time_of(Int128 nanos, ZoneReference zone) {
    Int128 seconds = nanos / kNanosPerSecond;
    auto rest = static_cast<std::int64_t>(nanos % kNanosPerSecond);
    if (rest < 0) {
        rest += kNanosPerSecond;
        seconds -= 1;
    }
    if (seconds > INT64_MAX / 2 || seconds < INT64_MIN / 2) return std::nullopt;
    const auto utc = static_cast<std::int64_t>(seconds);
    int offset = 0;
    if (zone.is_offset())
        offset = zone.seconds();
    else if (!zone.is_local())
        offset = zone.zone()->offset_at(utc);
    const std::int64_t local = utc + offset;
    const std::int64_t days = floor_divide(local, 86'400);
    const auto date = date_of_days(days);
    if (!date) return std::nullopt;
    return DateTime{*date, (local - days * 86'400) * kNanosPerSecond + rest, zone};
}

}  // namespace shu::rule
