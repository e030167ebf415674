// Time comes in as a parameter: a Clock, real or manual. Instants are microseconds since
// 1970-01-01T00:00:00Z.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu {

/// Microseconds since the epoch, UTC. Stored as BIGINT.
using Micros = std::int64_t;

inline constexpr Micros kMicrosPerMilli = 1'000;
inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// The source of the present instant. Safe to call from any thread.
class Clock {
 public:
    virtual ~Clock() = default;
    virtual Micros now() const = 0;
};

/// The machine's real-time clock.
class SystemClock final : public Clock {
 public:
    Micros now() const override;
};

/// A clock that tests set.
class ManualClock final : public Clock {
 public:
    explicit ManualClock(Micros now) : now_(now) {}
    Micros now() const override { return now_.load(); }
    void set(Micros now) { now_.store(now); }
    void advance(Micros by) { now_.fetch_add(by); }

 private:
    std::atomic<Micros> now_;
};

/// A day of the proleptic Gregorian calendar.
struct Date {
    int year = 1970;
    int month = 1;  ///< 1..12
    int day = 1;    ///< 1..31

    friend auto operator<=>(const Date&, const Date&) = default;
};

/// True if the month has that day: 2024-02-29 yes, 2023-02-29 no. Years 1..9999.
bool is_valid(const Date& date);

/// Reads `YYYY-MM-DD`, `YYYYMMDD` (GB/T 7408) or `YYYY/M/D`. Errors: Invalid with the reason.
Result<Date> parse_date(std::string_view text);

/// `YYYY-MM-DD`.
std::string to_string(const Date& date);

/// Days since 1970-01-01; negative before.
std::int64_t days_since_epoch(const Date& date);
Date date_from_days(std::int64_t days);

/// The local date of an instant, `offset_minutes` east of Greenwich (China: 480).
Date date_of(Micros instant, int offset_minutes);

/// RFC 3339 in UTC with microseconds: `2026-11-21T09:30:00.123456Z`.
std::string to_rfc3339(Micros instant);

/// Reads RFC 3339 and `YYYY-MM-DD hh:mm:ss`, `YYYYMMDDThhmmss`, `YYYYMMDDhhmmss` (GB/T 7408); a
/// time without zone is taken `offset_minutes` east of Greenwich. Errors: Invalid with the reason.
Result<Micros> parse_instant(std::string_view text, int offset_minutes);

/// China Standard Time, the only civil time of the country.
inline constexpr int kChinaOffsetMinutes = 480;

}  // namespace shu
