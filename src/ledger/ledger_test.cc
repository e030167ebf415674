#include "ledger/ledger.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "foundation/limits.h"
#include "ledger/testing.h"
#include "ledger/tile.h"

namespace shu::ledger {
namespace {

using testing::act_about;
using testing::fixed_key;
using testing::LedgerTest;

class TheLog : public LedgerTest {};
INSTANTIATE_TEST_SUITE_P(Engines, TheLog, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

TEST_P(TheLog, AnActIsThereOnlyIfItsTransactionCommitted) {
    const auto refused = database->write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(record(tx, ids, clock, act_about("thing:1")));
        return conflict("the change did not stand");
    });
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_EQ(ledger->sequence_now().error().code, Code::kNotFound);
    EXPECT_TRUE(ledger->acts({}, -1, 10)->empty());
}

TEST_P(TheLog, NumbersAreDenseFromZeroInTheOrderOfIds) {
    const auto made = record_acts(300);
    const Checkpoint checkpoint = ledger->sequence_now().value();
    EXPECT_EQ(checkpoint.size, 300U);
    for (std::size_t i = 0; i < made.size(); ++i) {
        const RecordedAct act = ledger->act(static_cast<std::int64_t>(i)).value();
        ASSERT_EQ(act.id, made[i]);
        ASSERT_EQ(act.act.object, "thing:" + std::to_string(i));
        ASSERT_EQ(ledger->act_by_id(made[i])->sequence, static_cast<std::int64_t>(i));
    }
    EXPECT_EQ(ledger->act(300).error().code, Code::kNotFound);
    EXPECT_EQ(ledger->act(-1).error().code, Code::kNotFound);
    EXPECT_EQ(ledger->act_by_id(ActId{5}).error().code, Code::kNotFound);
}

TEST_P(TheLog, AnActWithASmallerIdThatCommitsLaterIsStillNumbered) {
    const PreparedAct early = prepare(ids, clock, act_about("thing:early")).value();
    const PreparedAct late = prepare(ids, clock, act_about("thing:late")).value();
    auto write = [&](const PreparedAct& act) {
        return database->write([&](store::Transaction& tx) { return record(tx, act); });
    };
    ASSERT_TRUE(write(late).ok());
    ASSERT_EQ(ledger->sequence_now()->size, 1U);
    ASSERT_TRUE(write(early).ok());
    ASSERT_EQ(ledger->sequence_now()->size, 2U);
    EXPECT_EQ(ledger->act(0)->id, late.id);
    EXPECT_EQ(ledger->act(1)->id, early.id);
    EXPECT_TRUE(ledger->verify({}).ok());
}

TEST_P(TheLog, AnActRecordedIsReadableBeforeItHasANumber) {
    const auto made = record_acts(1);
    EXPECT_EQ(ledger->act_by_id(made[0])->sequence, -1);
    EXPECT_TRUE(ledger->acts({}, -1, 10)->empty());
}

TEST_P(TheLog, TheSameActTwiceIsAConflict) {
    const PreparedAct act = prepare(ids, clock, act_about("thing:1")).value();
    auto write = [&] {
        return database->write([&](store::Transaction& tx) { return record(tx, act); });
    };
    ASSERT_TRUE(write().ok());
    EXPECT_EQ(write().error().code, Code::kConflict);
    EXPECT_EQ(ledger->sequence_now()->size, 1U);
    EXPECT_EQ(write().error().code, Code::kConflict) << "also when it has its number";
    EXPECT_EQ(ledger->sequence_now()->size, 1U);
}

TEST_P(TheLog, EveryActHasAReceiptThatVerifiesWithoutTheDatabase) {
    grow(1);
    const Checkpoint checkpoint = grow(70);
    for (std::int64_t i = 0; i < 71; ++i) {
        const std::string text = ledger->receipt(i)->to_text();
        const Receipt receipt = Receipt::parse(text).value();
        const auto verified = receipt.verify(ledger->public_key());
        ASSERT_TRUE(verified.ok()) << verified.error().detail;
        EXPECT_EQ(receipt.checkpoint.root, checkpoint.root);
        EXPECT_EQ(receipt.proof.index, static_cast<std::uint64_t>(i));
    }
}

TEST_P(TheLog, AReceiptBeforeTheCheckpointIsUnavailableAndOfNothingNotFound) {
    record_acts(1);
    EXPECT_EQ(ledger->receipt(0).error().code, Code::kNotFound);
    grow(1);
    EXPECT_EQ(ledger->receipt(2).error().code, Code::kNotFound);
}

TEST_P(TheLog, AnyTwoCheckpointsAreConsistent) {
    std::vector<Checkpoint> checkpoints;
    for (const int count : {1, 2, 5, 250, 3, 300})
        checkpoints.push_back(grow(count));
    for (const Checkpoint& older : checkpoints) {
        for (const Checkpoint& newer : checkpoints) {
            if (older.size > newer.size) continue;
            const auto proof = ledger->consistency(older.size, newer.size).value();
            ASSERT_TRUE(verify(HashName::kSm3, proof, older.root, newer.root).ok())
                << older.size << " to " << newer.size;
        }
    }
    EXPECT_EQ(ledger->consistency(1, 562).error().code, Code::kNotFound);
    EXPECT_EQ(ledger->consistency(0, 5).error().code, Code::kInvalid);
    EXPECT_EQ(ledger->consistency(6, 5).error().code, Code::kInvalid);
}

TEST_P(TheLog, CheckpointsAreKeptAndListedNewestFirst) {
    for (int i = 0; i < 5; ++i)
        grow(2);
    const auto newest = ledger->checkpoints(0, 2).value();
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0].size, 10U);
    EXPECT_EQ(newest[1].size, 8U);
    const auto older = ledger->checkpoints(newest[1].size, 100).value();
    ASSERT_EQ(older.size(), 3U);
    EXPECT_EQ(older[0].size, 6U);
    for (const Checkpoint& checkpoint : older)
        EXPECT_TRUE(checkpoint.verify(ledger->public_key()).ok());
}

TEST_P(TheLog, NothingNewMakesNoNewCheckpoint) {
    const Checkpoint first = grow(3);
    clock.advance(kMicrosPerSecond);
    const Checkpoint again = ledger->sequence_now().value();
    EXPECT_EQ(again.at, first.at);
    EXPECT_EQ(again.signature, first.signature);
    EXPECT_EQ(ledger->checkpoints(0, 10)->size(), 1U);
}

TEST_P(TheLog, ActsAreFoundByObjectSubjectActorAndVerbInPages) {
    record_acts(5, "a");
    record_acts(5, "b");
    Act other = act_about("a:1", "grant.approve");
    other.actor = "client:9";
    other.subject = "";
    const auto recorded = database->write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(record(tx, ids, clock, other));
        return {};
    });
    ASSERT_TRUE(recorded.ok());
    ASSERT_TRUE(ledger->sequence_now().ok());
    auto count = [&](const Ledger::Filter& filter) {
        return ledger->acts(filter, -1, 100)->size();
    };
    EXPECT_EQ(count({}), 11U);
    EXPECT_EQ(count({.object = "a:1"}), 2U);
    EXPECT_EQ(count({.subject = "4711"}), 10U);
    EXPECT_EQ(count({.actor = "client:9"}), 1U);
    EXPECT_EQ(count({.verb = "record.read"}), 10U);
    EXPECT_EQ(count({.object = "a:1", .verb = "record.read"}), 1U);
    EXPECT_EQ(count({.object = "a:1' OR '1'='1"}), 0U);

    std::vector<std::int64_t> seen;
    std::int64_t before = -1;
    for (;;) {
        const auto page = ledger->acts({.verb = "record.read"}, before, 3).value();
        if (page.empty()) break;
        for (const RecordedAct& act : page)
            seen.push_back(act.sequence);
        before = page.back().sequence;
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST_P(TheLog, ARestartGoesOnWhereItStopped) {
    const Checkpoint before = grow(600);
    record_acts(10);
    ledger.reset();
    database.reopen();
    open();
    EXPECT_EQ(ledger->checkpoint()->root, before.root);
    const Checkpoint after = grow(10);
    EXPECT_EQ(after.size, 620U);
    const auto proof = ledger->consistency(before.size, after.size).value();
    EXPECT_TRUE(verify(HashName::kSm3, proof, before.root, after.root).ok());
    const auto report = ledger->verify({});
    ASSERT_TRUE(report.ok()) << report.error().detail;
    EXPECT_EQ(report->acts, 620U);
    EXPECT_EQ(report->checkpoints, 2U);
    EXPECT_EQ(report->tiles, 4U);  // 0/0, 0/1, 0/2.p/108, 1/0.p/2
}

TEST_P(TheLog, TilesThatAreGoneAreComputedAgain) {
    grow(700);
    ledger.reset();
    std::filesystem::remove_all(options().tile_folder);
    open();
    EXPECT_TRUE(ledger->receipt(3).ok());
    const Checkpoint checkpoint = grow(70'000 - 700);
    std::filesystem::remove_all(options().tile_folder);
    for (const std::int64_t i : {0, 255, 256, 65'535, 65'536, 69'999}) {
        const auto receipt = ledger->receipt(i);
        ASSERT_TRUE(receipt.ok()) << receipt.error().detail;
        EXPECT_EQ(receipt->checkpoint.root, checkpoint.root);
    }
    open();
    EXPECT_TRUE(ledger->verify({}).ok());
}

TEST_P(TheLog, EveryTilePathStaysReadableWhenTheTileHasGrown) {
    grow(10);
    const std::string old = ledger->tile("0/000.p/10").value();
    EXPECT_EQ(old.size(), 320U);
    grow(300);
    EXPECT_EQ(ledger->tile("0/000.p/10").value(), old);
    EXPECT_EQ(ledger->tile("0/000").value().substr(0, 320), old);
    EXPECT_EQ(ledger->tile("1/000.p/1").value().size(), 32U);
    EXPECT_EQ(ledger->tile("0/001").error().code, Code::kNotFound);
    EXPECT_EQ(ledger->tile("1/000.p/2").error().code, Code::kNotFound);
    for (const char* wrong : {"", "0", "0/", "0/0", "8/000", "0/000.p/0", "0/000.p/256", "0/../000",
                              "0/000/", "-1/000", "0/x000/001", "/0/000", "0/000.p/01"})
        EXPECT_EQ(ledger->tile(wrong).error().code, Code::kInvalid) << wrong;
}

TEST_P(TheLog, AnotherOriginHashOrKeyIsRefused) {
    grow(1);
    ledger.reset();
    auto with = [&](const LedgerOptions& changed, crypto::Sm2Key key) {
        return Ledger::open(*database, clock, std::move(key), changed, Log::none());
    };
    LedgerOptions changed = options();
    changed.origin = "shu/210200";
    EXPECT_EQ(with(changed, fixed_key()).error().code, Code::kInvalid);
    changed = options();
    changed.hash = HashName::kSha256;
    EXPECT_EQ(with(changed, fixed_key()).error().code, Code::kInvalid);
    EXPECT_EQ(with(options(), crypto::Sm2Key::generate()).error().code, Code::kCorrupt);
    changed = options();
    changed.origin = "two\nlines";
    EXPECT_EQ(with(changed, fixed_key()).error().code, Code::kInvalid);
}

TEST_P(TheLog, TheSequencerNumbersAndSignsByItself) {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t grown = 0;
    std::uint64_t signed_size = 0;
    ledger->on_growth([&](std::uint64_t size) {
        const std::lock_guard lock(mutex);
        grown = size;
        changed.notify_all();
    });
    ledger->on_checkpoint([&](const Checkpoint& checkpoint) {
        const std::lock_guard lock(mutex);
        signed_size = checkpoint.size;
        changed.notify_all();
    });
    ledger->start();
    std::vector<std::thread> writers;
    for (int w = 0; w < 4; ++w) {
        writers.emplace_back([&, w] {
            for (int i = 0; i < 50; ++i) {
                const auto act = prepare(
                    ids, clock, act_about("w" + std::to_string(w) + ":" + std::to_string(i)));
                const auto written =
                    database->write([&](store::Transaction& tx) { return record(tx, *act); });
                EXPECT_TRUE(written.ok()) << written.error().detail;
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(
            changed.wait_for(lock, std::chrono::seconds(60), [&] { return signed_size == 200; }));
        EXPECT_EQ(grown, 200U);
    }
    ledger->stop();
    const auto report = ledger->verify({});
    ASSERT_TRUE(report.ok()) << report.error().detail;
    EXPECT_EQ(report->acts, 200U);
}

TEST_P(TheLog, AnOrderlyStopNumbersAndSignsWhatWasRecordedLast) {
    for (std::uint64_t round = 1; round <= 20; ++round) {
        ledger->start();
        record_acts(3);
        ledger->stop();
        const auto checkpoint = ledger->checkpoint();
        ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().detail;
        EXPECT_EQ(checkpoint->size, 3 * round);
    }
}

TEST_P(TheLog, TwoNodesNumberTogetherWithoutGapOrRepetition) {
    auto second = Ledger::open(*database, clock, fixed_key(), options(), Log::none()).value();
    std::atomic<bool> done{false};
    std::thread other([&] {
        while (!done) {
            const auto result = second->sequence_now();
            EXPECT_TRUE(result.ok() || result.error().code == Code::kNotFound ||
                        result.error().code == Code::kConflict)
                << result.error().detail;
        }
    });
    for (int round = 0; round < 30; ++round) {
        record_acts(20);
        const auto result = ledger->sequence_now();
        EXPECT_TRUE(result.ok() || result.error().code == Code::kConflict) << result.error().detail;
    }
    done = true;
    other.join();
    EXPECT_EQ(ledger->sequence_now()->size, 600U);
    EXPECT_EQ(second->sequence_now()->size, 600U);
    const auto report = ledger->verify({});
    ASSERT_TRUE(report.ok()) << report.error().detail;
}

TEST_P(TheLog, WhileOneNodeHoldsTheLeaseAnotherWaitsAndThenTakesOver) {
    grow(1);  // this node has the lease now
    LedgerOptions others = options();
    auto second = Ledger::open(*database, clock, fixed_key(), others, Log::none()).value();
    std::atomic<std::uint64_t> grown{0};
    second->on_growth([&](std::uint64_t size) { grown = size; });
    record_acts(1);
    second->start();
    for (int i = 0; i < 3; ++i)
        database->wait_for_commit(50);
    EXPECT_EQ(grown, 0U);
    clock.advance(10 * kMicrosPerSecond);
    for (int i = 0; i < 600 && grown == 0; ++i)
        database->wait_for_commit(100);
    EXPECT_EQ(grown, 2U);
    second->stop();
}

}  // namespace
}  // namespace shu::ledger
