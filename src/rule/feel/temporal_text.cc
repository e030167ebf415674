// Dates, times and durations to and from text. XML Schema Part 2: 3.2.6 to 3.2.9, and
// DMN 1.5 10.3.4.1 for `@Zone/Name`.
#include <cstdio>

#include "rule/feel/temporal.h"

namespace shu::rule {
namespace {

constexpr int kFractionDigits = 9;
constexpr int kOffsetSecondsMax = 18 * 3600;

// A cursor over the text: what does not fit makes it fail and stay failed.
class Scan {
 public:
    explicit Scan(std::string_view text) : text_(text) {}

    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) { ok_ = take(c) && ok_; }
    bool ok() const { return ok_; }
    bool finished() const { return ok_ && at_ == text_.size(); }
    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    std::string_view rest() const { return text_.substr(at_); }
    bool at_digit() const { return peek() >= '0' && peek() <= '9'; }

    int two_digits() {
        if (at_ + 2 > text_.size()) return fail();
        int value = 0;
        for (int i = 0; i < 2; ++i) {
            if (!at_digit()) return fail();
            value = value * 10 + (text_[at_++] - '0');
        }
        return value;
    }
    /// All digits there are, at most `most`.
    std::int64_t digits(std::size_t most, std::size_t* count = nullptr) {
        const std::size_t start = at_;
        std::int64_t value = 0;
        while (at_digit() && at_ - start < most)
            value = value * 10 + (text_[at_++] - '0');
        if (at_ == start || at_digit()) return fail();
        if (count != nullptr) *count = at_ - start;
        return value;
    }
    /// A fraction of a second in nanoseconds, after its point; more digits than nine are dropped.
    std::int64_t fraction() {
        std::int64_t value = 0;  // "PT0.S": a point alone is allowed by XML Schema's durations
        for (int i = 0; i < kFractionDigits; ++i)
            value = value * 10 + (at_digit() ? text_[at_++] - '0' : 0);
        while (at_digit())
            ++at_;
        return value;
    }

 private:
    int fail() {
        ok_ = false;
        return 0;
    }
    std::string_view text_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

std::optional<CivilDate> scan_date(Scan& in) {
    const bool negative = in.take('-');
    const bool zero = in.peek() == '0';
    std::size_t count = 0;
    const std::int64_t year = in.digits(9, &count);
    if (!in.ok() || count < 4 || (count > 4 && zero)) return std::nullopt;
    in.expect('-');
    const int month = in.two_digits();
    in.expect('-');
    const int day = in.two_digits();
    if (!in.ok()) return std::nullopt;
    return make_date(negative ? -year : year, month, day);
}

std::optional<ZoneReference> scan_zone(Scan& in, const Zones& zones) {
    if (in.at_end()) return ZoneReference();
    if (in.take('Z')) return in.at_end() ? std::optional(ZoneReference::offset(0)) : std::nullopt;
    if (in.take('@')) {
        if (in.rest() == "Z") return std::nullopt;
        const Zone* zone = zones.find(in.rest());
        return zone == nullptr ? std::nullopt : std::optional(ZoneReference::named(*zone));
    }
    const bool west = in.peek() == '-';
    if (!in.take('+') && !in.take('-')) return std::nullopt;
    const int hours = in.two_digits();
    in.expect(':');
    const int minutes = in.two_digits();
    int seconds = 0;
    if (in.ok() && in.take(':')) seconds = in.two_digits();
    const int total = hours * 3600 + minutes * 60 + seconds;
    if (!in.finished() || minutes > 59 || seconds > 59 || total > kOffsetSecondsMax)
        return std::nullopt;
    return ZoneReference::offset(west ? -total : total);
}

// `midnight` is set for 24:00:00, the end of the day.
std::optional<ClockTime> scan_time(Scan& in, const Zones& zones, bool& midnight) {
    const int hour = in.two_digits();
    in.expect(':');
    const int minute = in.two_digits();
    in.expect(':');
    const int second = in.two_digits();
    std::int64_t nanos = 0;
    if (in.ok() && in.take('.')) {
        if (!in.at_digit()) return std::nullopt;
        nanos = in.fraction();
    }
    if (!in.ok() || minute > 59 || second > 59 || hour > 24) return std::nullopt;
    midnight = hour == 24;
    if (midnight && (minute != 0 || second != 0 || nanos != 0)) return std::nullopt;
    const auto zone = scan_zone(in, zones);
    if (!zone) return std::nullopt;
    const std::int64_t seconds = midnight ? 0 : hour * 3600 + minute * 60 + second;
    return ClockTime{seconds * kNanosPerSecond + nanos, *zone};
}

std::string two(std::int64_t value) {
    return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

std::string fraction_text(std::int64_t nanos) {
    if (nanos == 0) return "";
    char digits[16];
    std::snprintf(digits, sizeof digits, ".%09d", static_cast<int>(nanos));
    std::string out = digits;
    while (out.back() == '0')
        out.pop_back();
    return out;
}

std::string zone_text(ZoneReference zone) {
    if (zone.is_local()) return "";
    if (!zone.is_offset()) return "@" + zone.zone()->name();
    const int seconds = zone.seconds();
    if (seconds == 0) return "Z";
    const int size = seconds < 0 ? -seconds : seconds;
    std::string out = (seconds < 0 ? "-" : "+") + two(size / 3600) + ":" + two(size / 60 % 60);
    if (size % 60 != 0) out += ":" + two(size % 60);
    return out;
}

std::string clock_text(std::int64_t nanos) {
    const std::int64_t seconds = nanos / kNanosPerSecond;
    return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) +
           fraction_text(nanos % kNanosPerSecond);
}

}  // namespace

std::optional<CivilDate> parse_civil_date(std::string_view text) {
    Scan in(text);
    const auto date = scan_date(in);
    return date && in.finished() ? date : std::nullopt;
}

std::optional<ClockTime> parse_clock_time(std::string_view text, const Zones& zones) {
    Scan in(text);
    bool midnight = false;
    const auto time = scan_time(in, zones, midnight);
    return time;
}

std::optional<DateTime> parse_date_time(std::string_view text, const Zones& zones) {
    Scan in(text);
    const auto date = scan_date(in);
    if (!date) return std::nullopt;
    if (in.at_end()) return DateTime{*date, 0, {}};
    in.expect('T');
    bool midnight = false;
    const auto time = scan_time(in, zones, midnight);
    if (!time) return std::nullopt;
    const auto day = midnight ? date_of_days(days_of(*date) + 1) : date;
    if (!day) return std::nullopt;
    return DateTime{*day, time->nanos, time->zone};
}

std::optional<MonthsDuration> parse_months_duration(std::string_view text) {
    Scan in(text);
    const bool negative = in.take('-');
    in.expect('P');
    std::int64_t months = 0;
    bool any = false;
    bool years_seen = false;
    while (in.ok() && !in.at_end()) {
        const std::int64_t value = in.digits(12);
        if (in.take('Y')) {
            if (years_seen) return std::nullopt;
            years_seen = true;
            months += value * 12;
        } else {
            in.expect('M');
            if (!in.at_end()) return std::nullopt;
            months += value;
        }
        any = true;
    }
    if (!any || !in.finished()) return std::nullopt;
    return MonthsDuration{negative ? -months : months};
}

std::optional<DaysDuration> parse_days_duration(std::string_view text) {
    Scan in(text);
    const bool negative = in.take('-');
    in.expect('P');
    Int128 seconds = 0;
    std::int64_t nanos = 0;
    bool any = false;
    bool time = false;
    std::string_view allowed = "DHMS";
    while (in.ok() && !in.at_end()) {
        if (!time && in.take('T')) {
            time = true;
            any = false;
        }
        const std::int64_t value = in.digits(17);
        const bool fraction = in.ok() && time && in.take('.');
        if (fraction) nanos = in.fraction();
        const char unit = in.peek();
        const std::size_t place = allowed.find(unit);
        if (!in.ok() || place == std::string_view::npos || (unit == 'D') == time ||
            (fraction && unit != 'S'))
            return std::nullopt;
        allowed.remove_prefix(place + 1);
        in.take(unit);
        seconds += static_cast<Int128>(value) * (unit == 'D'   ? 86'400
                                                 : unit == 'H' ? 3600
                                                 : unit == 'M' ? 60
                                                               : 1);
        any = true;
    }
    if (!any || !in.finished()) return std::nullopt;
    const Int128 total = seconds * kNanosPerSecond + nanos;
    return DaysDuration::of_nanos(negative ? -total : total);
}

std::string to_string(const CivilDate& date) {
    char text[32];
    std::snprintf(text, sizeof text, "%s%04d-%02d-%02d", date.year < 0 ? "-" : "",
                  date.year < 0 ? -date.year : date.year, static_cast<int>(date.month),
                  static_cast<int>(date.day));
    return text;
}

std::string to_string(const ClockTime& time) {
    return clock_text(time.nanos) + zone_text(time.zone);
}

std::string to_string(const DateTime& value) {
    return to_string(value.date) + "T" + clock_text(value.nanos) + zone_text(value.zone);
}

std::string to_string(const MonthsDuration& duration) {
    const std::int64_t size = duration.months < 0 ? -duration.months : duration.months;
    std::string out = duration.months < 0 ? "-P" : "P";
    if (size / 12 != 0) out += std::to_string(size / 12) + "Y";
    if (size % 12 != 0 || size == 0) out += std::to_string(size % 12) + "M";
    return out;
}

std::string to_string(const DaysDuration& duration) {
    const bool negative = duration.seconds < 0 || duration.nanos < 0;
    const std::int64_t seconds = duration.seconds < 0 ? -duration.seconds : duration.seconds;
    const std::int64_t nanos = duration.nanos < 0 ? -duration.nanos : duration.nanos;
    if (seconds == 0 && nanos == 0) return "PT0S";
    std::string out = negative ? "-P" : "P";
    if (seconds / 86'400 != 0) out += std::to_string(seconds / 86'400) + "D";
    if (seconds % 86'400 == 0 && nanos == 0) return out;
    out += "T";
    if (seconds / 3600 % 24 != 0) out += std::to_string(seconds / 3600 % 24) + "H";
    if (seconds / 60 % 60 != 0) out += std::to_string(seconds / 60 % 60) + "M";
    if (seconds % 60 != 0 || nanos != 0)
        out += std::to_string(seconds % 60) + fraction_text(nanos) + "S";
    return out;
}

}  // namespace shu::rule
