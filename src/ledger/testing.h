// What the module's tests share: a ledger on a fresh database with a fixed key. Only tests of this
// folder include this.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "store/testing.h"

namespace shu::ledger::testing {

inline constexpr Micros kStart = 1'795'253'400'000'000;  // 2026-11-21T09:30:00Z

/// The private key whose scalar is 1, 2, ..., 32.
inline crypto::Sm2Key fixed_key() {
    std::string scalar;
    for (char i = 1; i <= 32; ++i)
        scalar.push_back(i);
    return crypto::Sm2Key::from_scalar(scalar).value();
}

inline Act act_about(std::string object, std::string verb = "record.read") {
    Act act;
    act.actor = "account:17";
    act.organisation = "11210100MB1234567X";
    act.verb = std::move(verb);
    act.object = std::move(object);
    act.subject = "4711";
    act.basis = "grant:7";
    act.result = "done";
    act.detail = json::object{{"rows", 3}};
    return act;
}

/// A test on one engine, by parameter, with an open ledger.
class LedgerTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const std::vector<store::ModuleMigrations> modules{Ledger::migrations()};
        const auto migrated = store::migrate(*database, modules, clock);
        ASSERT_TRUE(migrated.ok()) << migrated.error().detail;
        open();
    }

    LedgerOptions options() const {
        return {.origin = "shu/210100",
                .tile_folder = database.folder() + "/tiles",
                .hash = HashName::kSm3,
                .checkpoint_interval_ms = 10};
    }
    void open() {
        ledger.reset();
        auto opened = Ledger::open(*database, clock, fixed_key(), options(), Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        ledger = std::move(opened).value();
    }

    /// Records `count` acts in one transaction, about `object:0`, `object:1`, ...
    std::vector<ActId> record_acts(int count, const std::string& object = "thing") {
        std::vector<ActId> made;
        std::vector<PreparedAct> prepared;
        for (int i = 0; i < count; ++i) {
            prepared.push_back(
                prepare(ids, clock, act_about(object + ":" + std::to_string(i))).value());
            made.push_back(prepared.back().id);
        }
        const auto written = database->write([&](store::Transaction& tx) -> Result<void> {
            for (const PreparedAct& act : prepared)
                SHU_CHECK(record(tx, act));
            return {};
        });
        EXPECT_TRUE(written.ok()) << written.error().detail;
        return made;
    }
    Checkpoint grow(int count) {
        record_acts(count);
        const auto checkpoint = ledger->sequence_now();
        EXPECT_TRUE(checkpoint.ok()) << checkpoint.error().detail;
        return checkpoint.ok() ? *checkpoint : Checkpoint{};
    }

    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{kStart};
    IdMaker ids{clock, 1};
    std::unique_ptr<Ledger> ledger;
};

}  // namespace shu::ledger::testing
