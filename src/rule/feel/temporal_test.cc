#include "rule/feel/temporal.h"

#include <random>

#include "rule/testing.h"

namespace shu::rule {
namespace {

TEST(Calendar, counts_every_day_of_four_centuries_without_a_gap) {
    CivilDate date{1999, 12, 31};
    for (std::int64_t day = days_of(date) + 1; day < days_from_civil(2400, 1, 2); ++day) {
        const CivilDate next = civil_from_days(day);
        const bool new_month = date.day == days_in_month(date.year, date.month);
        ASSERT_EQ(next.day, new_month ? 1 : date.day + 1);
        ASSERT_EQ(days_of(next), day);
        date = next;
    }
    std::mt19937_64 random(42);
    for (int i = 0; i < 10'000; ++i) {
        const std::int64_t day =
            static_cast<std::int64_t>(random() % 700'000'000'000ULL) - 350'000'000'000LL;
        const auto civil = date_of_days(day);
        ASSERT_TRUE(civil);
        ASSERT_EQ(days_of(*civil), day) << "seed 42";
    }
}

TEST(Calendar, leap_days_are_cut_when_months_are_added) {
    expect_values({{"@\"2024-02-29\" + @\"P1Y\"", "2025-02-28"},
                   {"@\"2024-01-31\" + @\"P1M\"", "2024-02-29"},
                   {"@\"2023-01-31\" + @\"P1M\"", "2023-02-28"},
                   {"@\"2024-03-31\" - @\"P1M\"", "2024-02-29"},
                   {"date(2023, 2, 29)", "null"},
                   {"date(1900, 2, 29)", "null"},
                   {"date(2000, 2, 29)", "2000-02-29"},
                   {"years and months duration(@\"2024-02-29\", @\"2025-02-28\")", "P11M"},
                   {"week of year(@\"2021-01-03\")", "53"},
                   {"day of year(@\"2024-12-31\")", "366"}});
}

TEST(Zones, know_summer_time_before_and_after_their_tables_end) {
    const Zone* paris = test_zones().find("Europe/Paris");
    ASSERT_NE(paris, nullptr);
    EXPECT_EQ(paris->offset_of_local(days_from_civil(2017, 9, 3) * 86'400), 7200);
    EXPECT_EQ(paris->offset_of_local(days_from_civil(2017, 1, 3) * 86'400), 3600);
    EXPECT_EQ(paris->offset_of_local(days_from_civil(2300, 7, 1) * 86'400), 7200);
    EXPECT_EQ(paris->offset_of_local(days_from_civil(2300, 1, 1) * 86'400), 3600);
    EXPECT_EQ(paris->offset_of_local(days_from_civil(-2021, 1, 1) * 86'400), 561);
    const Zone* shanghai = test_zones().find("Asia/Shanghai");
    ASSERT_NE(shanghai, nullptr);
    EXPECT_EQ(shanghai->offset_of_local(days_from_civil(2026, 7, 1) * 86'400), 8 * 3600);
    EXPECT_EQ(shanghai->offset_of_local(days_from_civil(1988, 7, 1) * 86'400), 9 * 3600)
        << "China had summer time from 1986 to 1991";
    const Zone* sydney = test_zones().find("Australia/Melbourne");
    ASSERT_NE(sydney, nullptr);
    EXPECT_EQ(sydney->offset_of_local(days_from_civil(2299, 1, 1) * 86'400), 11 * 3600);
    EXPECT_EQ(test_zones().find("Europe/Nowhere"), nullptr);
}

TEST(Zones, local_times_in_a_gap_take_the_offset_before_and_repeated_ones_the_first_passage) {
    const Zone* paris = test_zones().find("Europe/Paris");
    ASSERT_NE(paris, nullptr);
    const std::int64_t gap = days_from_civil(2024, 3, 31) * 86'400 + 2 * 3600 + 1800;
    EXPECT_EQ(paris->offset_of_local(gap), 3600);
    EXPECT_EQ(paris->offset_of_local(gap - 3600), 3600);
    EXPECT_EQ(paris->offset_of_local(gap + 3600), 7200);
    const std::int64_t twice = days_from_civil(2024, 10, 27) * 86'400 + 2 * 3600 + 1800;
    EXPECT_EQ(paris->offset_of_local(twice), 7200);
    expect_values(
        {{"@\"2024-03-31T01:30:00@Europe/Paris\" + @\"PT1H\"", "2024-03-31T03:30:00@Europe/Paris"},
         {"@\"2024-10-27T02:30:00@Europe/Paris\" + @\"PT2H\"", "2024-10-27T03:30:00@Europe/Paris"},
         {"@\"2024-03-30T12:00:00@Europe/Paris\" + @\"P1D\"", "2024-03-31T13:00:00@Europe/Paris"}});
}

TEST(Zones, an_empty_table_still_knows_utc_and_offsets) {
    const Zones none;
    EXPECT_TRUE(parse_date_time("2024-01-01T00:00:00+08:00", none));
    EXPECT_TRUE(parse_date_time("2024-01-01T00:00:00Z", none));
    EXPECT_FALSE(parse_date_time("2024-01-01T00:00:00@Asia/Shanghai", none));
    EXPECT_FALSE(Zones::load("/nowhere").ok());
    EXPECT_FALSE(Zone::parse("bad", "TZif2").ok());
}

TEST(Texts, that_are_no_dates_times_or_durations_are_refused) {
    for (const char* text : {"2023-02-29", "2023-13-01", "23-01-01", "02023-01-01", "+2023-01-01",
                             "2023-1-01", "2023-01-01Z", "10000000000-01-01"})
        EXPECT_FALSE(parse_civil_date(text)) << text;
    for (const char* text : {"24:00:01", "12:60:00", "12:00:60", "7:00:00", "12:00", "12:00:00.",
                             "12:00:00+19:00", "12:00:00@", "12:00:00ZZ"})
        EXPECT_FALSE(parse_clock_time(text, test_zones())) << text;
    for (const char* text :
         {"P", "PT", "P1H", "1D", "P1DT", "PT1M1H", "P1D1D", "PT1.5H", "P-1D", "P1Y1D"})
        EXPECT_FALSE(parse_days_duration(text)) << text;
    for (const char* text : {"P", "P1M1Y", "P1Y1Y", "P1D", "Y1", "P1.5Y"})
        EXPECT_FALSE(parse_months_duration(text)) << text;
}

TEST(Durations, read_back_as_what_they_print) {
    std::mt19937_64 random(99);
    for (int i = 0; i < 5'000; ++i) {
        const auto days =
            DaysDuration::of_nanos(static_cast<Int128>(static_cast<std::int64_t>(random())) * 1000 +
                                   static_cast<std::int64_t>(random() % 1000));
        ASSERT_TRUE(days);
        ASSERT_EQ(parse_days_duration(to_string(*days)), days) << "seed 99 " << to_string(*days);
        const MonthsDuration months{static_cast<std::int64_t>(random() % 2'000'000'000) -
                                    1'000'000'000};
        ASSERT_EQ(parse_months_duration(to_string(months)), months)
            << "seed 99 " << to_string(months);
    }
}

}  // namespace
}  // namespace shu::rule
