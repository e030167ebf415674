#include "foundation/clock.h"

#include <gtest/gtest.h>

namespace shu {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

Micros parsed(std::string_view text, int offset_minutes = 0) {
    const auto instant = parse_instant(text, offset_minutes);
    EXPECT_TRUE(instant.ok()) << text;
    return instant.value_or(-1);
}

std::string refusal(std::string_view text) {
    const auto instant = parse_instant(text, 0);
    EXPECT_FALSE(instant.ok()) << text << " was accepted";
    return instant.ok() ? "" : instant.error().detail;
}

TEST(DateTest, leap_days_exist_only_in_leap_years) {
    EXPECT_TRUE(is_valid({2024, 2, 29}));
    EXPECT_TRUE(is_valid({2000, 2, 29}));
    EXPECT_FALSE(is_valid({2023, 2, 29}));
    EXPECT_FALSE(is_valid({1900, 2, 29}));
    EXPECT_FALSE(is_valid({2024, 2, 30}));
}

TEST(DateTest, months_and_years_have_bounds) {
    EXPECT_FALSE(is_valid({2024, 0, 1}));
    EXPECT_FALSE(is_valid({2024, 13, 1}));
    EXPECT_FALSE(is_valid({2024, 4, 31}));
    EXPECT_FALSE(is_valid({2024, 4, 0}));
    EXPECT_FALSE(is_valid({0, 1, 1}));
    EXPECT_FALSE(is_valid({10000, 1, 1}));
    EXPECT_TRUE(is_valid({9999, 12, 31}));
}

TEST(DateTest, every_day_of_the_calendar_follows_the_one_before) {
    Date expected{1, 1, 1};
    for (std::int64_t days = days_since_epoch(expected); expected.year <= 9999; ++days) {
        ASSERT_EQ(date_from_days(days), expected) << days;
        ASSERT_EQ(days_since_epoch(expected), days) << to_string(expected);
        ++expected.day;
        if (!is_valid(expected)) expected = {expected.year, expected.month + 1, 1};
        if (expected.month > 12) expected = {expected.year + 1, 1, 1};
    }
    EXPECT_EQ(days_since_epoch({1970, 1, 1}), 0);
    EXPECT_EQ(days_since_epoch({2000, 3, 1}), 11'017);
}

TEST(DateTest, accepts_the_three_written_forms) {
    const Date day{2026, 3, 9};
    EXPECT_EQ(parse_date("2026-03-09").value(), day);
    EXPECT_EQ(parse_date("20260309").value(), day);
    EXPECT_EQ(parse_date("2026/3/9").value(), day);
    EXPECT_EQ(parse_date("2026/03/09").value(), day);
    EXPECT_EQ(to_string(day), "2026-03-09");
}

TEST(DateTest, refuses_everything_else_and_says_why) {
    for (const char* text :
         {"", "2026", "2026-3-9", "2026-0309", "202603-09", "2026-03-09 ", " 20260309", "26-03-09",
          "2026/3/", "2026//9", "2026/123/1", "2026-03-09T00:00:00", "+2026-03-09",
          "２０２６-03-09", "2026/03-09"}) {
        const auto parsed_date = parse_date(text);
        ASSERT_FALSE(parsed_date.ok()) << text << " was accepted";
        EXPECT_NE(parsed_date.error().detail.find("write YYYY-MM-DD"), std::string::npos) << text;
    }
    EXPECT_EQ(parse_date("2023-02-29").error().detail,
              "'2023-02-29' names a day that does not exist");
    EXPECT_FALSE(parse_date("0000-01-01").ok());
}

TEST(DateTest, the_local_date_changes_at_local_midnight) {
    const Micros eve = parsed("2025-12-31T15:59:59.999999Z");
    EXPECT_EQ(date_of(eve, kChinaOffsetMinutes), (Date{2025, 12, 31}));
    EXPECT_EQ(date_of(eve + 1, kChinaOffsetMinutes), (Date{2026, 1, 1}));
    EXPECT_EQ(date_of(-1, 0), (Date{1969, 12, 31}));
    EXPECT_EQ(date_of(-1, -480), (Date{1969, 12, 31}));
}

TEST(InstantTest, is_written_in_utc_with_microseconds) {
    EXPECT_EQ(to_rfc3339(0), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_rfc3339(-1), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(1'709'251'199 * kSecond + 5), "2024-02-29T23:59:59.000005Z");
}

TEST(InstantTest, every_accepted_form_means_the_same_instant) {
    const Micros noon = parsed("2026-11-21T12:00:00Z");
    for (const char* text :
         {"2026-11-21 20:00:00", "2026-11-21T20:00:00", "20261121T200000", "20261121200000",
          "2026-11-21T20:00:00+08:00", "2026-11-21t12:00:00z", "2026-11-21T12:00:00-00:00",
          "2026-11-21T06:30:00-05:30", "20261121T200000+0800", "2026-11-21T12:00:00.000000Z",
          "20261121T120000Z", "20261121200000.0"})
        EXPECT_EQ(parsed(text, kChinaOffsetMinutes), noon) << text;
}

TEST(InstantTest, keeps_six_digits_of_a_fraction) {
    EXPECT_EQ(parsed("1970-01-01T00:00:00.1Z"), 100'000);
    EXPECT_EQ(parsed("1970-01-01T00:00:00.1234569Z"), 123'456);
    EXPECT_EQ(parsed("1970-01-01T00:00:00.000000000000000000001Z"), 0);
}

TEST(InstantTest, a_leap_second_counts_as_the_second_after_it) {
    EXPECT_EQ(parsed("2016-12-31T23:59:60Z"), parsed("2017-01-01T00:00:00Z"));
    EXPECT_EQ(parsed("2017-01-01T07:59:60+08:00"), parsed("2017-01-01T00:00:00Z"));
    EXPECT_NE(refusal("2016-12-31T22:59:60Z").find("time of day"), std::string::npos);
}

TEST(InstantTest, refuses_times_that_do_not_exist) {
    for (const char* text :
         {"2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:00:61Z"})
        EXPECT_NE(refusal(text).find("time of day that does not exist"), std::string::npos) << text;
    EXPECT_NE(refusal("2026-02-29T12:00:00Z").find("day that does not exist"), std::string::npos);
    EXPECT_NE(refusal("2026-11-21T12:00:00+24:00").find("zone"), std::string::npos);
    EXPECT_NE(refusal("2026-11-21T12:00:00-08:60").find("zone"), std::string::npos);
}

TEST(InstantTest, refuses_other_forms) {
    for (const char* text :
         {"", "2026-11-21", "20261121", "2026-11-21T12:00", "2026-11-21T12:00:00.Z",
          "2026-11-21T120000", "20261121 120000", "20261121T12:00:00", "2026-11-21T12:00:00Zulu",
          "2026-11-21T12:00:00+8", "1763700000", "2026-11-21  12:00:00", "2026-11-2112:00:00",
          "202611211200001"})
        EXPECT_NE(refusal(text).find("is not a date and time"), std::string::npos) << text;
}

TEST(InstantTest, survives_a_round_trip_over_ten_thousand_years) {
    const Micros first = parsed("0001-01-01T00:00:00Z");
    const Micros last = parsed("9999-12-31T23:59:59.999999Z");
    for (Micros at = first; at < last; at += 9'876'543'210'987'654)
        EXPECT_EQ(parsed(to_rfc3339(at)), at);
    EXPECT_EQ(parsed(to_rfc3339(last)), last);
}

TEST(ClockTest, the_manual_clock_moves_only_when_told) {
    ManualClock clock(100);
    EXPECT_EQ(clock.now(), 100);
    clock.advance(5);
    EXPECT_EQ(clock.now(), 105);
    clock.set(7);
    EXPECT_EQ(clock.now(), 7);
}

TEST(ClockTest, the_system_clock_tells_a_plausible_time) {
    EXPECT_GT(SystemClock().now(), parsed("2024-01-01T00:00:00Z"));
    EXPECT_LT(SystemClock().now(), parsed("2200-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace shu
