// Dates, times, instants and the two kinds of duration. DMN 1.5 10.3.2.3.4 to 10.3.2.3.8.
//
// Values without allocation; the calendar is the proleptic Gregorian one, years -999,999,999 to
// 999,999,999. Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rule/feel/decimal.h"
#include "rule/feel/zone.h"

namespace shu::rule {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kNanosPerDay = 86'400 * kNanosPerSecond;
inline constexpr std::int32_t kYearMax = 999'999'999;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a % b < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// A day of the calendar.
struct CivilDate {
    std::int32_t year = 1970;
    std::uint8_t month = 1;
    std::uint8_t day = 1;

    friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
};

std::int64_t days_from_civil(std::int64_t year, int month, int day);  ///< since 1970-01-01
CivilDate civil_from_days(std::int64_t days);
int days_in_month(std::int64_t year, int month);
std::optional<CivilDate> make_date(std::int64_t year, std::int64_t month, std::int64_t day);
inline std::int64_t days_of(const CivilDate& date) {
    return days_from_civil(date.year, date.month, date.day);
}
/// The date `days` after the epoch, if the calendar reaches it.
std::optional<CivilDate> date_of_days(std::int64_t days);
/// A number of months later; the day is cut to the month's last.
std::optional<CivilDate> add_months(const CivilDate& date, std::int64_t months);
int day_of_year(const CivilDate& date);   ///< 1..366
int day_of_week(const CivilDate& date);   ///< Monday 1 .. Sunday 7
int week_of_year(const CivilDate& date);  ///< ISO 8601

/// A clock reading, with or without a zone.
struct ClockTime {
    std::int64_t nanos = 0;  ///< since midnight, below a day
    ZoneReference zone;
};

/// A day and a clock reading, with or without a zone.
struct DateTime {
    CivilDate date;
    std::int64_t nanos = 0;
    ZoneReference zone;

    ClockTime time() const { return {nanos, zone}; }
    std::int64_t local_seconds() const { return days_of(date) * 86'400 + nanos / kNanosPerSecond; }
    int offset() const { return zone.offset_of_local(local_seconds()); }
    /// Nanoseconds since the epoch in UTC; of a local time, as if it were UTC.
    Int128 instant_nanos() const {
        return static_cast<Int128>(local_seconds() - offset()) * kNanosPerSecond +
               nanos % kNanosPerSecond;
    }
};

/// Years and months: whole months.
struct MonthsDuration {
    std::int64_t months = 0;
    friend auto operator<=>(const MonthsDuration&, const MonthsDuration&) = default;
};

/// Days and time: seconds and nanoseconds of one sign.
struct DaysDuration {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;

    Int128 total_nanos() const { return static_cast<Int128>(seconds) * kNanosPerSecond + nanos; }
    static std::optional<DaysDuration> of_nanos(Int128 nanos);
    friend auto operator<=>(const DaysDuration&, const DaysDuration&) = default;
};

/// The instant at `nanos` since the epoch shown in a zone.
std::optional<DateTime> date_time_of(Int128 nanos, ZoneReference zone);

// Reading and writing: XML Schema Part 2 with `@Zone/Name`. Nothing for any other text.
std::optional<CivilDate> parse_civil_date(std::string_view text);
std::optional<ClockTime> parse_clock_time(std::string_view text, const Zones& zones);
std::optional<DateTime> parse_date_time(std::string_view text, const Zones& zones);
std::optional<MonthsDuration> parse_months_duration(std::string_view text);
std::optional<DaysDuration> parse_days_duration(std::string_view text);
std::string to_string(const CivilDate& date);
std::string to_string(const ClockTime& time);
std::string to_string(const DateTime& value);
std::string to_string(const MonthsDuration& duration);
std::string to_string(const DaysDuration& duration);

}  // namespace shu::rule
