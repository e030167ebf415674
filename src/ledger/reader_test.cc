#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::LedgerTest;

class ReaderTest : public LedgerTest {
 protected:
    void SetUp() override {
        LedgerTest::SetUp();
        const auto made = database->write([](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(tx.execute("CREATE TABLE seen (sequence BIGINT PRIMARY KEY)"));
            return {};
        });
        ASSERT_TRUE(made.ok()) << made.error().detail;
    }
    static Result<void> keep(store::Transaction& tx, std::span<const RecordedAct> acts) {
        for (const RecordedAct& act : acts)
            SHU_CHECK(tx.execute("INSERT INTO seen(sequence) VALUES ($1)", {act.sequence}));
        return {};
    }
    std::int64_t seen() {
        std::int64_t count = -1;
        const auto read = database->read([&](store::Transaction& tx) -> Result<void> {
            count = SHU_TRY(tx.row("SELECT COUNT(*) FROM seen"))->integer(0);
            return {};
        });
        EXPECT_TRUE(read.ok());
        return count;
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ReaderTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

TEST_P(ReaderTest, SeesEachActOnceAndInOrder) {
    grow(25);
    std::vector<std::int64_t> order;
    Reader reader(*database, "test",
                  [&](store::Transaction& tx, std::span<const RecordedAct> acts) {
                      for (const RecordedAct& act : acts)
                          order.push_back(act.sequence);
                      return keep(tx, acts);
                  });
    EXPECT_EQ(reader.position().value(), 0);
    EXPECT_EQ(reader.advance(10).value(), 10U);
    EXPECT_EQ(reader.advance(10).value(), 10U);
    EXPECT_EQ(reader.advance(10).value(), 5U);
    EXPECT_EQ(reader.advance(10).value(), 0U);
    EXPECT_EQ(reader.position().value(), 25);
    EXPECT_EQ(seen(), 25);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(ReaderTest, AFailedEffectLeavesTheCursorAndNoTrace) {
    grow(5);
    bool broken = true;
    Reader reader(*database, "test",
                  [&](store::Transaction& tx, std::span<const RecordedAct> acts) -> Result<void> {
                      SHU_CHECK(keep(tx, acts));
                      if (broken) return unavailable("the receiver does not answer");
                      return {};
                  });
    EXPECT_EQ(reader.advance(10).error().code, Code::kUnavailable);
    EXPECT_EQ(reader.position().value(), 0);
    EXPECT_EQ(seen(), 0);
    broken = false;
    EXPECT_EQ(reader.advance(10).value(), 5U);
    EXPECT_EQ(seen(), 5);
}

TEST_P(ReaderTest, UnnumberedActsAreNotSeen) {
    record_acts(3);
    Reader reader(*database, "test", keep);
    EXPECT_EQ(reader.advance(10).value(), 0U);
    ASSERT_TRUE(ledger->sequence_now().ok());
    EXPECT_EQ(reader.advance(10).value(), 3U);
}

TEST_P(ReaderTest, TheCursorSurvivesARestartAndNamesAreApart) {
    grow(4);
    EXPECT_EQ(Reader(*database, "one", keep).advance(3).value(), 3U);
    ledger.reset();
    database.reopen();
    EXPECT_EQ(Reader(*database, "one", keep).advance(9).value(), 1U);
    EXPECT_EQ(
        Reader(*database, "two", [](auto&, auto) { return Result<void>(); }).advance(9).value(),
        4U);
}

TEST_P(ReaderTest, TwoReadersOfOneNameShareTheWork) {
    grow(200);
    auto work = [&] {
        Reader reader(*database, "shared", keep);
        for (;;) {
            const auto count = reader.advance(7);
            if (!count.ok() && count.error().code == Code::kConflict) continue;
            ASSERT_TRUE(count.ok()) << count.error().detail;
            if (*count == 0) return;
        }
    };
    std::thread other(work);
    work();
    other.join();
    EXPECT_EQ(seen(), 200);
}

}  // namespace
}  // namespace shu::ledger
