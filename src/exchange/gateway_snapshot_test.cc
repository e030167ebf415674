#include "exchange/gateway_snapshot.h"

#include <gtest/gtest.h>

namespace shu::exchange {
namespace {

TEST(DayUseTest, a_quota_is_counted_by_day_and_over_all_nodes) {
    DayUse use;
    EXPECT_TRUE(use.take(10, 3));
    use.set_elsewhere(10, 1);
    EXPECT_TRUE(use.take(10, 3));
    EXPECT_FALSE(use.take(10, 3));
    use.give_back(10);
    EXPECT_TRUE(use.take(10, 3));
    EXPECT_TRUE(use.take(11, 3)) << "a new day";
}

TEST(DayUseTest, late_callers_at_midnight_do_not_begin_the_old_day_anew) {
    DayUse use;
    EXPECT_TRUE(use.take(10, 2));
    EXPECT_TRUE(use.take(11, 2));
    use.set_elsewhere(10, 7);  // read a moment before midnight
    EXPECT_TRUE(use.take(10, 2)) << "counts for the day that has begun";
    EXPECT_FALSE(use.take(11, 2));
    EXPECT_EQ(use.used(11), 2);
}

TEST(DayUseTest, a_clock_that_was_set_back_begins_its_own_day) {
    DayUse use;
    EXPECT_TRUE(use.take(400, 1));
    EXPECT_FALSE(use.take(400, 1));
    EXPECT_TRUE(use.take(10, 1));
}

}  // namespace
}  // namespace shu::exchange
