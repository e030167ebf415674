#include "foundation/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace shu {
namespace {

struct CaseTag;
using CaseId = Id<CaseTag>;

constexpr Micros kNow = 1'795'000'000 * kMicrosPerSecond + 123'000;

TEST(IdTest, ids_of_one_maker_rise_strictly_even_when_the_clock_steps_back) {
    ManualClock clock(kNow);
    IdMaker maker(clock, 3);
    std::int64_t before = 0;
    for (int i = 0; i < 30'000; ++i) {
        if (i % 1'000 == 0) clock.advance(i % 2'000 == 0 ? -kMicrosPerDay : kMicrosPerSecond);
        const std::int64_t id = maker.next();
        ASSERT_GT(id, before) << i;
        before = id;
    }
}

TEST(IdTest, more_than_a_sequence_in_one_millisecond_borrows_from_the_next) {
    ManualClock clock(kNow);
    IdMaker maker(clock, 0);
    const std::int64_t first = maker.next();
    std::int64_t last = first;
    for (int i = 0; i < 4'096; ++i)
        last = maker.next();
    EXPECT_EQ(instant_of_id(first), kNow);
    EXPECT_EQ(instant_of_id(last), kNow + kMicrosPerMilli);
}

TEST(IdTest, ids_of_many_threads_differ_and_rise_within_each_thread) {
    SystemClock clock;
    IdMaker maker(clock, 1'023);
    std::vector<std::vector<std::int64_t>> made(4);
    std::vector<std::thread> threads;
    for (auto& mine : made)
        threads.emplace_back([&maker, &mine] {
            for (int i = 0; i < 20'000; ++i)
                mine.push_back(maker.next());
        });
    for (auto& thread : threads)
        thread.join();
    std::set<std::int64_t> all;
    for (const auto& mine : made) {
        EXPECT_EQ(std::adjacent_find(mine.begin(), mine.end(), std::greater_equal<>()), mine.end());
        all.insert(mine.begin(), mine.end());
    }
    EXPECT_EQ(all.size(), 80'000U);
}

TEST(IdTest, makers_on_different_nodes_never_make_the_same_id) {
    ManualClock clock(kNow);
    IdMaker one(clock, 1);
    IdMaker two(clock, 2);
    std::set<std::int64_t> all;
    for (int i = 0; i < 10'000; ++i)
        all.insert({one.next(), two.next()});
    EXPECT_EQ(all.size(), 20'000U);
}

TEST(IdTest, an_id_tells_its_millisecond) {
    ManualClock clock(kNow + 999);
    EXPECT_EQ(instant_of_id(IdMaker(clock, 1'023).next()), kNow);
}

TEST(IdTest, a_clock_before_the_epoch_still_gives_positive_ids) {
    ManualClock clock(0);
    EXPECT_GT(IdMaker(clock, 0).next(), 0);
}

TEST(IdTest, a_node_outside_its_bits_is_a_bug) {
    ManualClock clock(kNow);
    EXPECT_DEATH(IdMaker(clock, 1'024), "assertion failed");
    EXPECT_DEATH(IdMaker(clock, -1), "assertion failed");
}

TEST(IdTest, text_and_id_are_each_others_inverse) {
    const CaseId id{9'223'372'036'854'775'807};
    EXPECT_EQ(parse_id_as<CaseId>(id.text()).value(), id);
    EXPECT_FALSE(CaseId{});
    EXPECT_TRUE(id);
}

TEST(IdTest, only_positive_decimal_numbers_are_ids) {
    for (const char* text : {"", "0", "-1", "+1", " 1", "1 ", "1.0", "0x1", "one",
                             "9223372036854775808", "99999999999999999999999", "1\n"})
        EXPECT_FALSE(parse_id(text).ok()) << text;
    EXPECT_FALSE(parse_id("00000000000000000007").ok()) << "at most 19 digits";
}

}  // namespace
}  // namespace shu
