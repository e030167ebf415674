#include "exchange/posting.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>
#include <set>

#include "exchange/exchange.h"
#include "exchange/run_state.h"
#include "exchange/testing.h"
#include "foundation/limits.h"
#include "ledger/ledger.h"

namespace shu::exchange {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

class PostingTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const std::vector<store::ModuleMigrations> modules{ledger::Ledger::migrations(),
                                                           Exchange::migrations()};
        SHU_ASSERT_OK(store::migrate(*database, modules, clock));
    }
    void add(std::vector<Posting> postings, int node = 1) {
        for (const Posting& it : postings)
            expected[it.key].insert(it.call);
        SHU_ASSERT_OK(database->write(
            [&](store::Transaction& tx) { return insert_run(tx, ids.next(), node, postings); }));
    }
    std::vector<std::int64_t> find(std::int64_t key, std::int64_t before = kEnd,
                                   std::size_t limit = 1'000) {
        const auto found = database->read_value<std::vector<std::int64_t>>(
            [&](store::Transaction& tx) { return posted_calls(tx, key, before, limit); });
        EXPECT_TRUE(found.ok()) << found.error().detail;
        return found.ok() ? *found : std::vector<std::int64_t>();
    }
    std::int64_t count(bool live) {
        return database
            ->read_value<std::int64_t>([&](store::Transaction& tx) -> Result<std::int64_t> {
                const auto row =
                    live ? SHU_TRY(tx.row("SELECT COUNT(*) FROM gateway_run WHERE state = 1"))
                         : SHU_TRY(tx.row("SELECT COUNT(*) FROM gateway_run"));
                return row->integer(0);
            })
            .value();
    }
    /// What a list straight from the definition gives.
    std::vector<std::int64_t> wanted(std::int64_t key, std::int64_t before, std::size_t limit) {
        std::vector<std::int64_t> calls;
        const auto& all = expected[key];
        for (auto it = all.rbegin(); it != all.rend() && calls.size() < limit; ++it)
            if (*it < before) calls.push_back(*it);
        return calls;
    }
    void merge_all() {
        RunMerger merger(*database, ids, 1);
        for (int steps = 0;; ++steps) {
            ASSERT_LT(steps, 10'000);
            const auto more = merger.step();
            SHU_ASSERT_OK(more);
            if (!*more) return;
        }
    }
    /// Runs of calls in time's order, each for one of some keys.
    void add_runs(int runs, std::int64_t keys, int each) {
        for (int run = 0; run < runs; ++run) {
            std::vector<Posting> postings;
            for (int i = 0; i < each; ++i)
                postings.push_back(
                    {static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(keys)),
                     ++last_call});
            add(postings);
        }
    }
    void expect_all_found(std::int64_t keys) {
        for (std::int64_t key = -1; key <= keys; ++key) {
            EXPECT_EQ(find(key), wanted(key, kEnd, 1'000)) << "key " << key;
            const auto before =
                static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last_call + 2));
            EXPECT_EQ(find(key, before, 3), wanted(key, before, 3))
                << "key " << key << " before " << before;
        }
    }

    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{testing::kStart};
    IdMaker ids{clock, 1};
    std::map<std::int64_t, std::set<std::int64_t>> expected;
    std::mt19937_64 random{20261121};
    std::int64_t last_call = 0;
};

TEST_P(PostingTest, calls_are_found_newest_first_before_and_after_runs_are_joined) {
    add_runs(20, 9, 100);
    expect_all_found(9);
    merge_all();
    EXPECT_EQ(count(true), 5);  // sixteen became one
    EXPECT_EQ(count(true), count(false));
    expect_all_found(9);
}

TEST_P(PostingTest, a_key_with_more_calls_than_fit_a_row_is_read_to_its_end) {
    add_runs(3, 1, 700);
    EXPECT_EQ(find(0, kEnd, 5'000).size(), 2'100u);
    EXPECT_EQ(find(0, 1'100, 900), wanted(0, 1'100, 900));
    EXPECT_TRUE(find(0, 1).empty());
}

TEST_P(PostingTest, calls_of_several_nodes_interleave) {
    add({{5, 1}, {5, 4}}, 1);
    add({{5, 2}, {5, 3}}, 2);
    EXPECT_EQ(find(5), (std::vector<std::int64_t>{4, 3, 2, 1}));
    EXPECT_EQ(find(5, kEnd, 2), (std::vector<std::int64_t>{4, 3}));
}

TEST_P(PostingTest, readers_see_every_call_at_each_step_of_a_join) {
    add_runs(17, 3, 2'000);
    RunMerger merger(*database, ids, 1);
    const auto all = wanted(1, kEnd, 20'000);
    for (bool more = true; more;) {
        const auto step = merger.step();
        SHU_ASSERT_OK(step);
        more = *step;
        ASSERT_EQ(find(1, kEnd, 20'000), all);
    }
    EXPECT_EQ(count(false), 2);
}

TEST_P(PostingTest, a_join_that_was_cut_short_is_begun_again) {
    add_runs(16, 3, 2'000);
    {
        RunMerger merger(*database, ids, 1);
        for (int i = 0; i < 3; ++i)
            SHU_ASSERT_OK(merger.step());
        EXPECT_EQ(count(true), 16);
        EXPECT_EQ(count(false), 17);
    }
    merge_all();
    EXPECT_EQ(count(false), 1);
    EXPECT_EQ(find(2, kEnd, 20'000), wanted(2, kEnd, 20'000));
}

TEST_P(PostingTest, another_nodes_runs_are_left_to_it) {
    for (std::int64_t i = 1; i <= 16; ++i)
        add({{1, i}}, 2);
    merge_all();
    EXPECT_EQ(count(true), 16);
}

INSTANTIATE_TEST_SUITE_P(Engines, PostingTest, ::testing::ValuesIn(store::testing::engines()));

TEST(PostingLevelTest, sizes_make_levels_and_the_largest_are_joined_no_more) {
    EXPECT_EQ(level_of(1), 0);
    EXPECT_EQ(level_of(limits::run_postings_smallest - 1), 0);
    EXPECT_EQ(level_of(limits::run_postings_smallest), 1);
    EXPECT_EQ(level_of(limits::run_postings_smallest * limits::run_fan), 2);
    EXPECT_EQ(level_of(std::int64_t{1} << 60), limits::run_levels);
}

TEST(PostingKeyTest, the_same_name_has_another_key_in_another_role) {
    EXPECT_EQ(posting_key(PostedBy::kSubject, "a"), posting_key(PostedBy::kSubject, "a"));
    EXPECT_NE(posting_key(PostedBy::kSubject, "a"), posting_key(PostedBy::kOrganisation, "a"));
    EXPECT_NE(posting_key(PostedBy::kSubject, "a"), posting_key(PostedBy::kSubject, "b"));
}

}  // namespace
}  // namespace shu::exchange
