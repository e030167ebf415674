// Changing the ledger's key on a whole installation: interrupted after every step it has happened
// or it has not, and the log holds either way.
#include "command/key_rotation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "command/ledger_command.h"
#include "foundation/file.h"
#include "foundation/limits.h"
#include "store/testing.h"

namespace shu::command {
namespace {

namespace fs = std::filesystem;

class Rotation : public testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const char* source = std::getenv("SHU_SOURCE");
        options_.city_folder = std::string(source ? source : ".") + "/cities/shenyang";
        options_.data_folder = database_.folder() + "/data";
        if (GetParam() == "postgres")
            options_.database_url = std::string(std::getenv("SHU_TEST_POSTGRES")) +
                                    " options='-c search_path=" + database_.schema() + "'";
        database_.close();
        record_act();
    }

    /// Opens the city as the server does, records an act and has it signed; its receipt.
    ledger::Receipt record_act() {
        auto opened = Installation::open(options_, Log::none());
        EXPECT_TRUE(opened.ok()) << opened.error().detail;
        if (!opened.ok()) return {};
        Installation& it = **opened;
        ledger::Act act;
        act.actor = "system:test";
        act.verb = "test.act";
        act.object = "test:1";
        const auto written = it.database->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(ledger::record(tx, it.ids, it.clock, act));
            return {};
        });
        EXPECT_TRUE(written.ok());
        const auto checkpoint = it.ledger->sequence_now();
        EXPECT_TRUE(checkpoint.ok()) << checkpoint.error().detail;
        keys_ = it.ledger->keys().size();
        auto receipt = it.ledger->receipt(0);
        EXPECT_TRUE(receipt.ok()) << receipt.error().detail;
        return receipt.ok() ? *receipt : ledger::Receipt{};
    }
    std::string verified() {
        std::ostringstream out;
        const auto verdict = ledger_verify(options_, out);
        return verdict.ok() ? out.str() : verdict.error().detail;
    }
    crypto::Sm2PublicKey public_key() {
        const auto pem =
            file::read(options_.data_folder + "/keys/city.pem.pub", limits::pem_bytes_max);
        EXPECT_TRUE(pem.ok());
        return crypto::Sm2PublicKey::from_pem(pem.value_or("")).value();
    }
    std::string key_file(const std::string& name) { return options_.data_folder + "/keys/" + name; }

    store::testing::FreshDatabase database_{GetParam()};
    InstallationOptions options_;
    std::size_t keys_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, Rotation, testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(Rotation, PutsANewKeyInPlaceAndKeepsTheOldPublicOne) {
    const crypto::Sm2PublicKey old = public_key();
    const ledger::Receipt before = record_act();
    std::ostringstream out;
    const auto done = rotate_key(options_, out);
    ASSERT_TRUE(done.ok()) << done.error().detail;
    const crypto::Sm2PublicKey present = public_key();
    EXPECT_NE(present, old);
    for (const auto& key : {old, present})
        EXPECT_NE(out.str().find(ledger::fingerprint_of(key)), std::string::npos) << out.str();
    EXPECT_FALSE(file::exists(key_file("city.next.pem")));
    const auto kept = file::read(key_file("city-until-3.pub"), limits::pem_bytes_max);
    ASSERT_TRUE(kept.ok()) << kept.error().detail;
    EXPECT_EQ(crypto::Sm2PublicKey::from_pem(*kept).value(), old);
    const ledger::Receipt after = record_act();
    EXPECT_TRUE(before.verify(old).ok());
    EXPECT_TRUE(after.verify(present).ok());
    EXPECT_FALSE(after.verify(old).ok());
    EXPECT_NE(verified().find("the ledger holds: 5 acts"), std::string::npos) << verified();
    ASSERT_TRUE(rotate_key(options_, out).ok());
    record_act();
    EXPECT_EQ(keys_, 3U);
    EXPECT_NE(verified().find("the ledger holds: 8 acts"), std::string::npos) << verified();
}

TEST_P(Rotation, InterruptedAnywhereHasHappenedOrHasNot) {
    std::size_t keys = 1;
    for (const RotationStep step : {RotationStep::kKeyMade, RotationStep::kActRecorded,
                                    RotationStep::kActNumbered, RotationStep::kClosed}) {
        const crypto::Sm2PublicKey old = public_key();
        std::ostringstream out;
        const auto stopped = rotate_key(options_, out, [&](RotationStep done) -> Result<void> {
            if (done == step) return unavailable("the power fails");
            return {};
        });
        ASSERT_FALSE(stopped.ok());
        EXPECT_EQ(stopped.error().detail, "the power fails");
        const bool happens = step != RotationStep::kKeyMade;
        record_act();
        keys += happens ? 1 : 0;
        EXPECT_EQ(keys_, keys) << static_cast<int>(step);
        EXPECT_EQ(public_key() != old, happens) << static_cast<int>(step);
        EXPECT_EQ(file::exists(key_file("city.next.pem")), !happens);
        EXPECT_NE(verified().find("the ledger holds"), std::string::npos)
            << static_cast<int>(step) << verified();
    }
}

TEST_P(Rotation, InterruptedWhileTheFilesAreExchangedIsFinishedToo) {
    const std::string old_private = *file::read_secret(key_file("city.pem"), limits::pem_bytes_max);
    std::string next_private;
    std::ostringstream out;
    ASSERT_FALSE(rotate_key(options_, out, [&](RotationStep done) -> Result<void> {
                     if (done != RotationStep::kClosed) return {};
                     next_private =
                         *file::read_secret(key_file("city.next.pem"), limits::pem_bytes_max);
                     return unavailable("the power fails");
                 }).ok());
    // As if the exchange had come to the point where the old public key is gone ...
    fs::remove(key_file("city.pem.pub"));
    record_act();
    EXPECT_EQ(*file::read_secret(key_file("city.pem"), limits::pem_bytes_max), next_private);
    // ... or to where only the removal of the copy is missing.
    ASSERT_TRUE(file::replace(key_file("city.next.pem"), next_private, file::Access::kOwner).ok());
    fs::remove(key_file("city.pem.pub"));
    record_act();
    EXPECT_FALSE(file::exists(key_file("city.next.pem")));
    EXPECT_NE(next_private, old_private);
    EXPECT_NE(verified().find("the ledger holds"), std::string::npos) << verified();
}

TEST_P(Rotation, IsRefusedWhereThereIsNoCityAndWhereOneIsServed) {
    std::ostringstream out;
    InstallationOptions nowhere = options_;
    nowhere.data_folder = database_.folder() + "/nowhere";
    EXPECT_EQ(rotate_key(nowhere, out).error().code, Code::kNotFound);
    const auto serving = Installation::open(options_, Log::none());
    ASSERT_TRUE(serving.ok());
    EXPECT_EQ(rotate_key(options_, out).error().code, Code::kConflict);
}

}  // namespace
}  // namespace shu::command
