// The key changes: who signs what, what verifies, and what does not pass as a change.
#include "ledger/key_chain.h"

#include "ledger/testing.h"

namespace shu::ledger {
namespace {

class KeyChange : public testing::LedgerTest {
 protected:
    void open_with(const crypto::Sm2Key& key) {
        ledger.reset();
        auto opened = Ledger::open(*database, clock, key, options(), Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        ledger = std::move(opened).value();
    }
    void record_rotation(const KeyRotation& rotation) {
        const auto written = database->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(record(tx, ids, clock, rotation.act("shu/210100")));
            return {};
        });
        ASSERT_TRUE(written.ok()) << written.error().detail;
    }
    /// Changes the key from that of the open ledger; the closing checkpoint.
    Checkpoint change_to(const crypto::Sm2Key& next) {
        record_rotation({ledger->public_key(), next.public_key()});
        const auto closing = ledger->sequence_now();
        EXPECT_TRUE(closing.ok()) << closing.error().detail;
        open_with(next);
        return closing.ok() ? *closing : Checkpoint{};
    }
    std::string damage() {
        const auto report = ledger->verify({});
        return report.ok() ? "" : report.error().detail;
    }

    const crypto::Sm2Key first = testing::fixed_key();
    const crypto::Sm2Key second = crypto::Sm2Key::generate();
    const crypto::Sm2Key third = crypto::Sm2Key::generate();
};

INSTANTIATE_TEST_SUITE_P(Engines, KeyChange, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(KeyChange, IsSignedByTheOldKeyAndThenTheNewOneSigns) {
    const Checkpoint before = grow(3);
    const Checkpoint closing = change_to(second);
    EXPECT_EQ(closing.size, 4U);
    const Checkpoint after = grow(2);
    EXPECT_TRUE(before.verify(first.public_key()).ok());
    EXPECT_TRUE(closing.verify(first.public_key()).ok());
    EXPECT_FALSE(after.verify(first.public_key()).ok());
    EXPECT_TRUE(after.verify(second.public_key()).ok());
    EXPECT_EQ(damage(), "");

    grow(1);
    change_to(third);
    grow(1);
    EXPECT_EQ(damage(), "");
    ASSERT_EQ(ledger->keys().size(), 3U);
    EXPECT_EQ(ledger->keys()[0].key, first.public_key());
    EXPECT_EQ(ledger->keys()[1].after, closing.size);
    EXPECT_EQ(ledger->keys()[2].key, third.public_key());
    const auto chain = database->read_value<KeyChain>(
        [&](store::Transaction& tx) { return KeyChain::read(tx, third.public_key()); });
    const auto checkpoints = ledger->checkpoints(0, 100);
    ASSERT_TRUE(chain.ok() && checkpoints.ok());
    for (const Checkpoint& checkpoint : *checkpoints) {
        EXPECT_TRUE(checkpoint.verify(chain->of(checkpoint.size)).ok()) << checkpoint.size;
    }
}

TEST_P(KeyChange, LeavesReceiptsThatSayWhichKeyTheyNeed) {
    grow(2);
    const Receipt old = *ledger->receipt(0);
    change_to(second);
    grow(1);
    const Receipt present = *ledger->receipt(0);
    EXPECT_EQ(old.key, fingerprint_of(first.public_key()));
    EXPECT_EQ(present.key, fingerprint_of(second.public_key()));
    const Receipt read = *Receipt::parse(old.to_text());
    EXPECT_EQ(read.key, old.key);
    EXPECT_TRUE(read.verify(first.public_key()).ok());
    const auto refused = read.verify(second.public_key());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    for (const auto& key : {first.public_key(), second.public_key()})
        EXPECT_NE(refused.error().detail.find(fingerprint_of(key)), std::string::npos);
    // Naming a key proves nothing: with a false name it still needs the signature.
    Receipt forged = present;
    forged.key = fingerprint_of(first.public_key());
    EXPECT_TRUE(forged.verify(second.public_key()).ok());
    forged.checkpoint.at += 1;
    forged.key = fingerprint_of(second.public_key());
    EXPECT_EQ(forged.verify(second.public_key()).error().code, Code::kCorrupt);
    // A receipt of before names no key, and stays good.
    Receipt unnamed = old;
    unnamed.key.clear();
    EXPECT_TRUE(Receipt::parse(unnamed.to_text())->verify(first.public_key()).ok());
    unnamed.key = "not a fingerprint";
    EXPECT_FALSE(Receipt::parse(unnamed.to_text()).ok());
}

TEST_P(KeyChange, IsProvedByTheKeyBefore) {
    grow(2);
    change_to(second);
    grow(5);
    const Receipt handover = *ledger->handover_to(ledger->keys()[1]);
    EXPECT_TRUE(handover.verify(first.public_key()).ok());
    const auto stated = KeyRotation::parse(parse_body(handover.body)->act);
    ASSERT_TRUE(stated.ok()) << stated.error().detail;
    EXPECT_EQ(stated->next, second.public_key());
    EXPECT_EQ(ledger->handover_to(ledger->keys()[0]).error().code, Code::kNotFound);
}

TEST_P(KeyChange, HasNoEffectBeforeTheOldKeyHasSignedIt) {
    grow(1);
    record_rotation({first.public_key(), second.public_key()});
    EXPECT_EQ(*rotation_state(*database, second.public_key()), RotationState::kRecorded);
    EXPECT_EQ(*rotation_state(*database, third.public_key()), RotationState::kNone);
    ASSERT_TRUE(ledger->number_now().ok());
    EXPECT_EQ(*rotation_state(*database, second.public_key()), RotationState::kRecorded);
    open_with(first);
    EXPECT_EQ(damage(), "");
    ASSERT_TRUE(ledger->sequence_now().ok());
    EXPECT_EQ(*rotation_state(*database, second.public_key()), RotationState::kClosed);
    // The old key opens nothing more, and signs nothing more where it is still in use.
    record_acts(1);
    EXPECT_EQ(ledger->sequence_now().error().code, Code::kConflict);
    const auto refused = Ledger::open(*database, clock, first, options(), Log::none());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().detail.find(fingerprint_of(second.public_key())), std::string::npos);
    open_with(second);
    ASSERT_TRUE(ledger->sequence_now().ok());
    EXPECT_EQ(damage(), "");
}

TEST_P(KeyChange, ThatDoesNotContinueTheChainIsFound) {
    grow(1);
    record_rotation({third.public_key(), second.public_key()});
    ASSERT_TRUE(ledger->number_now().ok());
    EXPECT_EQ(ledger->sequence_now().error().code, Code::kConflict);
    EXPECT_NE(damage(), "");
}

TEST_P(KeyChange, TwiceUnderOneCheckpointIsFound) {
    grow(1);
    record_rotation({first.public_key(), second.public_key()});
    record_rotation({second.public_key(), third.public_key()});
    ASSERT_TRUE(ledger->number_now().ok());
    EXPECT_NE(damage().find("sequence 2"), std::string::npos) << damage();
}

TEST_P(KeyChange, NamesTheForeignCheckpointAfterIt) {
    grow(1);
    change_to(second);
    grow(1);
    Checkpoint forged = grow(1);
    forged.signature = first.sign(forged.text());  // the key that was taken out of service
    const auto written = database->write([&](store::Transaction& tx) -> Result<void> {
        constexpr store::Sql kForge("UPDATE ledger_checkpoint SET signature = $2 WHERE size = $1");
        SHU_CHECK(tx.execute(
            kForge, {static_cast<std::int64_t>(forged.size), store::Blob{forged.signature}}));
        return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;
    EXPECT_NE(damage().find("checkpoint of size " + std::to_string(forged.size)), std::string::npos)
        << damage();
}

TEST(KeyRotationAct, NamesBothKeysAndIsReadBackStrictly) {
    const KeyRotation rotation{testing::fixed_key().public_key(),
                               crypto::Sm2Key::generate().public_key()};
    Act act = rotation.act("shu/210100");
    EXPECT_EQ(KeyRotation::parse(act)->previous, rotation.previous);
    act.detail["next"] = "00ff";
    EXPECT_FALSE(KeyRotation::parse(act).ok());
    act.detail.erase("next");
    EXPECT_FALSE(KeyRotation::parse(act).ok());
    Act other = rotation.act("shu/210100");
    other.verb = "city.declare";
    EXPECT_FALSE(KeyRotation::parse(other).ok());
}

}  // namespace
}  // namespace shu::ledger
