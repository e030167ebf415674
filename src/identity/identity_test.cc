#include "identity/testing.h"

#include "foundation/limits.h"

namespace shu::identity {
namespace {

using testing::FakeRequest;

class IdentityTest : public testing::Fixture {};

TEST_P(IdentityTest, ASignedInOfficerHoldsThePermissionsOfThePost) {
    declare();
    add_account("wang");
    const std::string token = sign_in("wang", "Right-1234").value();
    const auto principal = check(token, http::Access::permission("dataset.collect"));
    ASSERT_TRUE(principal.ok()) << principal.error().detail;
    const auto* actor = dynamic_cast<const Actor*>(principal->get());
    ASSERT_NE(actor, nullptr);
    EXPECT_EQ(actor->organisation, "police");
    EXPECT_EQ(actor->level_for("dataset.collect", "police"), 3);
    EXPECT_EQ(check(token, http::Access::permission("audit.read")).error().code, Code::kDenied);
}

TEST_P(IdentityTest, NobodyPassesWithoutASession) {
    EXPECT_EQ(check("", http::Access::signed_in()).error().code, Code::kUnsigned);
    EXPECT_EQ(check("made-up", http::Access::signed_in()).error().code, Code::kUnsigned);
    EXPECT_EQ(check(std::string(5000, 'x'), http::Access::signed_in()).error().code,
              Code::kUnsigned);
    EXPECT_TRUE(check("made-up", http::Access::open()).ok());
}

TEST_P(IdentityTest, WrongPasswordsLockTheAccountForATime) {
    declare();
    add_account("wang");
    for (int i = 0; i < limits::sign_in_failures_max; ++i)
        EXPECT_EQ(sign_in("wang", "wrong").error().code, Code::kUnsigned);
    EXPECT_EQ(sign_in("wang", "Right-1234").error().code, Code::kExhausted);
    clock_.advance((limits::sign_in_lock_ms + 1) * kMicrosPerMilli);
    EXPECT_TRUE(sign_in("wang", "Right-1234").ok());
}

TEST_P(IdentityTest, AnUnknownNameAnswersLikeAWrongPassword) {
    declare();
    add_account("wang");
    EXPECT_EQ(sign_in("li", "Right-1234").error(), sign_in("wang", "wrong").error());
}

TEST_P(IdentityTest, AOneTimePasswordOpensNothingButItsOwnChange) {
    declare();
    add_account("wang", true);
    const std::string token = sign_in("wang", "Right-1234").value();
    EXPECT_EQ(check(token, http::Access::permission("dataset.collect")).error().code,
              Code::kDenied);
    EXPECT_TRUE(check(token, http::Access::signed_in(), "/api/session/password").ok());
}

TEST_P(IdentityTest, DemoAccountsSignInFromLoopbackToADemoServerOnly) {
    declare();
    add_account("demo", false, true);
    EXPECT_EQ(sign_in("demo", "Right-1234").error().code, Code::kDenied);
    open(true);
    EXPECT_EQ(sign_in("demo", "Right-1234", false).error().code, Code::kDenied);
    const std::string token = sign_in("demo", "Right-1234").value();
    EXPECT_TRUE(check(token, http::Access::signed_in()).ok());
    open(false);
    EXPECT_EQ(check(token, http::Access::signed_in()).error().code, Code::kUnsigned);
}

TEST_P(IdentityTest, DemoAccountsAndTheirPasswordAreToldOnLoopbackByADemoServerOnly) {
    declare();
    add_account("demo", false, true);
    EXPECT_EQ(told_demo_accounts(true).error().code, Code::kNotFound);
    open(true);
    EXPECT_EQ(told_demo_accounts(false).error().code, Code::kNotFound);
    const std::string told = told_demo_accounts(true).value();
    EXPECT_NE(told.find("\"password\":\"Right-1234\""), std::string::npos) << told;
}

TEST_P(IdentityTest, SessionsEndByIdlenessAndByAge) {
    declare();
    add_account("wang");
    const std::string idle = sign_in("wang", "Right-1234").value();
    clock_.advance((limits::session_idle_ms + 1) * kMicrosPerMilli);
    EXPECT_EQ(check(idle, http::Access::signed_in()).error().code, Code::kUnsigned);
    const std::string busy = sign_in("wang", "Right-1234").value();
    const Micros step = limits::session_idle_ms / 2 * kMicrosPerMilli;
    Micros passed = 0;
    for (; passed + step < limits::session_life_ms * kMicrosPerMilli; passed += step) {
        clock_.advance(step);
        ASSERT_TRUE(check(busy, http::Access::signed_in()).ok()) << passed;
    }
    clock_.advance(2 * step);
    EXPECT_EQ(check(busy, http::Access::signed_in()).error().code, Code::kUnsigned);
}

TEST_P(IdentityTest, TheFirstAdministratorsAreMadeOnceAndKeptApart) {
    EXPECT_FALSE(identity_->has_accounts().value());
    const auto passwords = identity_->create_first_administrators().value();
    ASSERT_EQ(passwords.size(), 3u);
    EXPECT_TRUE(identity_->has_accounts().value());
    EXPECT_EQ(identity_->create_first_administrators().error().code, Code::kConflict);
    EXPECT_TRUE(sign_in("system", passwords[0].second).ok());
    EXPECT_NE(passwords[0].second, passwords[1].second);
}

TEST_P(IdentityTest, AClientsSecretIsShownOnceAndLiesSealed) {
    declare();
    ClientSystem made;
    ASSERT_TRUE(database_
                    ->write([&](store::Transaction& tx) -> Result<void> {
                        made = SHU_TRY(identity_->create_client(tx, "police", "户籍系统"));
                        return {};
                    })
                    .ok());
    EXPECT_EQ(made.secret.size(), 40u);
    const auto listed = database_
                            ->read_value<std::vector<ClientSystem>>([](store::Transaction& tx) {
                                return clients_after(tx, "police", "", 10);
                            })
                            .value();
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].secret, "");
    const auto rows = database_->read_value<std::vector<store::StoredRow>>(
        [&](store::Transaction& tx) { return tx.query("SELECT secret_box FROM client_system"); });
    EXPECT_EQ(rows->at(0).text(0).find(made.secret), std::string::npos);
    const auto secrets = database_->read_value<std::vector<ClientSystem>>(
        [&](store::Transaction& tx) { return identity_->clients_with_secrets(tx); });
    EXPECT_EQ(secrets->at(0).secret, made.secret);
    ASSERT_TRUE(database_
                    ->write([&](store::Transaction& tx) {
                        return identity_->deactivate_client(tx, made.client_id);
                    })
                    .ok());
    EXPECT_EQ(database_
                  ->write([&](store::Transaction& tx) {
                      return identity_->deactivate_client(tx, "nobody");
                  })
                  .error()
                  .code,
              Code::kNotFound);
}

TEST_P(IdentityTest, SubjectsAreNamedByStablePseudonymsOfSixteenCharacters) {
    const SubjectId person = identity_->subject_id("person", "210199199001010014");
    EXPECT_EQ(person.size(), 16u);
    EXPECT_EQ(person, identity_->subject_id("person", "210199199001010014"));
    EXPECT_NE(person, identity_->subject_id("entity", "210199199001010014"));
    EXPECT_NE(person, identity_->subject_id("person", "210199199001010022"));
}

TEST_P(IdentityTest, TheDirectoryFollowsWhatOthersWrite) {
    declare();
    EXPECT_NE(identity_->directory()->organisation("police"), nullptr);
    const auto before = identity_->directory();
    ASSERT_TRUE(identity_->refresh().ok());
    EXPECT_EQ(before, identity_->directory()) << "nothing changed, so the snapshot stays";
    ASSERT_TRUE(database_
                    ->write([&](store::Transaction& tx) {
                        return identity_->remove_organisation(tx, "police");
                    })
                    .ok());
    ASSERT_TRUE(identity_->refresh().ok());
    EXPECT_EQ(identity_->directory()->organisation("police"), nullptr);
    EXPECT_NE(before->organisation("police"), nullptr) << "readers keep the snapshot they hold";
}

INSTANTIATE_TEST_SUITE_P(Engines, IdentityTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace shu::identity
