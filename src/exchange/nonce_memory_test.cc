#include "exchange/nonce_memory.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace shu::exchange {
namespace {

using Outcome = NonceMemory::Outcome;
constexpr std::int64_t kNow = 1'795'253'400'000;
constexpr std::int64_t kWindow = limits::signature_window_ms;

TEST(NonceMemoryTest, a_nonce_is_taken_once_for_each_client) {
    NonceMemory memory;
    EXPECT_EQ(memory.take("a", "nonce-1", kNow + kWindow, kNow), Outcome::kFresh);
    EXPECT_EQ(memory.take("a", "nonce-1", kNow + kWindow, kNow), Outcome::kUsed);
    EXPECT_EQ(memory.take("b", "nonce-1", kNow + kWindow, kNow), Outcome::kFresh);
    EXPECT_EQ(memory.take("an", "once-1", kNow + kWindow, kNow), Outcome::kFresh);
}

TEST(NonceMemoryTest, a_nonce_is_remembered_until_its_timestamp_leaves_the_window) {
    NonceMemory memory;
    const std::int64_t expires =
        kNow + 2 * kWindow;  // of a client whose clock is five minutes ahead
    EXPECT_EQ(memory.take("a", "nonce-1", expires, kNow), Outcome::kFresh);
    for (std::int64_t now = kNow; now <= expires; now += 7'000)
        ASSERT_EQ(memory.take("a", "nonce-1", expires, now), Outcome::kUsed) << now - kNow;
    EXPECT_EQ(memory.take("a", "nonce-2", expires + 2 * kWindow, expires + 2'000), Outcome::kFresh);
    EXPECT_LE(memory.size(), 2u);
}

TEST(NonceMemoryTest, a_full_memory_refuses_and_has_room_again_later) {
    NonceMemory memory(64);  // one in each shard
    int fresh = 0, full = 0;
    for (int i = 0; i < 1'000; ++i) {
        const Outcome outcome =
            memory.take("a", "nonce-" + std::to_string(i), kNow + kWindow, kNow);
        fresh += outcome == Outcome::kFresh;
        full += outcome == Outcome::kFull;
    }
    EXPECT_EQ(fresh, 64);
    EXPECT_EQ(full, 1'000 - 64);
    EXPECT_EQ(memory.take("a", "later", kNow + 3 * kWindow, kNow + 2 * kWindow), Outcome::kFresh);
}

TEST(NonceMemoryTest, a_clock_that_jumps_ahead_and_back_lets_nothing_be_replayed) {
    NonceMemory memory;
    EXPECT_EQ(memory.take("a", "nonce-1", kNow + kWindow, kNow), Outcome::kFresh);
    for (int i = 0; i < 1'000; ++i)  // every shard sees the later time
        (void)memory.take("b", "nonce-" + std::to_string(i), kNow + 10 * kWindow,
                          kNow + 9 * kWindow);
    EXPECT_EQ(memory.take("a", "nonce-1", kNow + kWindow, kNow), Outcome::kUsed);
}

TEST(NonceMemoryTest, it_agrees_with_a_plain_set_over_random_times) {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    NonceMemory memory;
    std::map<std::string, std::int64_t> expiry;
    std::int64_t now = kNow;
    for (int i = 0; i < 200'000; ++i) {
        now += static_cast<std::int64_t>(random() % 20);
        const std::string nonce = "n" + std::to_string(random() % 30'000);
        const std::int64_t expires = now + static_cast<std::int64_t>(random() % (2 * kWindow));
        const auto known = expiry.find(nonce);
        const bool is_known = known != expiry.end() && known->second >= now;
        const Outcome outcome = memory.take("a", nonce, expires, now);
        if (is_known) {
            ASSERT_EQ(outcome, Outcome::kUsed) << "seed " << seed << ", step " << i;
        }
        if (outcome == Outcome::kFresh) expiry[nonce] = expires;
    }
    EXPECT_LE(memory.size(), 30'000u);
}

}  // namespace
}  // namespace shu::exchange
