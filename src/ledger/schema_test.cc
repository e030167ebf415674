// A ledger written by an earlier version of the tables goes on as it was.
#include <gtest/gtest.h>

#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::act_about;

constexpr store::Sql kInsertOldAct(
    "INSERT INTO act(id, at, actor, post, organisation, verb, object, subject, basis, result, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

class Upgrade : public ::testing::TestWithParam<std::string> {
 protected:
    void migrate_to(std::size_t version) {
        store::ModuleMigrations module = Ledger::migrations();
        module.steps.resize(version);
        const auto migrated = store::migrate(*database, std::span(&module, 1), clock);
        ASSERT_TRUE(migrated.ok()) << migrated.error().detail;
    }
    std::unique_ptr<Ledger> open() {
        return Ledger::open(*database, clock, testing::fixed_key(),
                            {.origin = "shu/210100", .tile_folder = database.folder() + "/tiles"},
                            Log::none())
            .value();
    }
    // The row that a ledger of version 1 begins with.
    void begin_as_version_1() {
        const auto begun = database->write([](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(
                tx.execute("INSERT INTO ledger_state(id, origin, hash, size, holder, held_until)"
                           " VALUES (1, 'shu/210100', 'sm3', 0, '', 0)"));
            return {};
        });
        ASSERT_TRUE(begun.ok()) << begun.error().detail;
    }
    // As version 1 did: the act, and its number or its place in the queue.
    Result<void> record_as_version_1(store::Transaction& tx, const PreparedAct& it,
                                     std::optional<std::int64_t> sequence) {
        const Act& act = it.act;
        SHU_CHECK(tx.execute(kInsertOldAct,
                             {it.id.value, it.at, std::string_view(act.actor),
                              std::string_view(act.post), std::string_view(act.organisation),
                              std::string_view(act.verb), std::string_view(act.object),
                              std::string_view(act.subject), std::string_view(act.basis),
                              std::string_view(act.result), std::string_view(it.body)}));
        if (!sequence) {
            SHU_CHECK(tx.execute("INSERT INTO act_pending(act_id) VALUES ($1)", {it.id.value}));
            return {};
        }
        const Digest leaf = leaf_hash(HashName::kSm3, it.body);
        SHU_CHECK(tx.execute("INSERT INTO act_sequence(sequence, act_id, leaf) VALUES ($1, $2, $3)",
                             {*sequence, it.id.value, store::Blob{crypto::bytes_of(leaf)}}));
        SHU_CHECK(tx.execute("UPDATE ledger_state SET size = $1", {*sequence + 1}));
        return {};
    }

    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{testing::kStart};
    IdMaker ids{clock, 1};
};
INSTANTIATE_TEST_SUITE_P(Engines, Upgrade, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

TEST_P(Upgrade, FromVersion1KeepsNumbersAndNumbersWhatWaited) {
    migrate_to(1);
    begin_as_version_1();
    std::vector<PreparedAct> acts;
    for (int i = 0; i < 5; ++i)
        acts.push_back(prepare(ids, clock, act_about("thing:" + std::to_string(i))).value());
    const auto written = database->write([&](store::Transaction& tx) -> Result<void> {
        for (std::int64_t i = 0; i < 5; ++i)
            SHU_CHECK(record_as_version_1(tx, acts[static_cast<std::size_t>(i)],
                                          i < 3 ? std::optional(i) : std::nullopt));
        return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;

    migrate_to(Ledger::migrations().steps.size());
    const auto ledger = open();
    EXPECT_EQ(ledger->act_by_id(acts[3].id)->sequence, -1);
    EXPECT_EQ(ledger->sequence_now()->size, 5U);
    for (std::int64_t i = 0; i < 5; ++i)
        EXPECT_EQ(ledger->act(i)->body, acts[static_cast<std::size_t>(i)].body);
    EXPECT_EQ(ledger->acts({.object = "thing:2"}, -1, 10)->size(), 1U);
    const auto report = ledger->verify({});
    ASSERT_TRUE(report.ok()) << report.error().detail;
    EXPECT_EQ(report->acts, 5U);
}

}  // namespace
}  // namespace shu::ledger
