#include "identity/identity.h"

#include <gtest/gtest.h>

#include "foundation/crypto/password.h"
#include "foundation/limits.h"
#include "ledger/ledger.h"
#include "store/testing.h"

namespace shu::identity {
namespace {

constexpr int kFastIterations = 10;  // the strength of the hash is not what is tested here

/// A request as the server would hand it over.
class FakeRequest final : public http::Request {
 public:
    std::map<std::string, std::string, std::less<>> headers;
    std::string storage;
    std::string_view header(std::string_view name) const override {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
    }
};

class IdentityTest : public testing::TestWithParam<std::string> {
 protected:
    IdentityTest()
        : database_(GetParam()), clock_(1'800'000'000 * kMicrosPerSecond), ids_(clock_, 1) {
        const store::ModuleMigrations modules[] = {ledger::Ledger::migrations(),
                                                   Identity::migrations()};
        EXPECT_TRUE(store::migrate(*database_, modules, clock_).ok());
        open(false);
    }

    void open(bool demo) {
        identity_ = Identity::open(*database_, clock_, ids_,
                                   {.master_key = std::string(16, 'k'),
                                    .subject_key = std::string(32, 's'),
                                    .demo = demo,
                                    .demo_password = "Right-1234"},
                                   Log::none())
                        .value();
    }

    void declare() {
        const auto write = database_->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(identity_->put(
                tx, Organisation{"police", "市公安局", "Police", "公安", "11210199MB00000B0G", "",
                                 "210100000000", "department"}));
            SHU_CHECK(identity_->put(
                tx,
                Role{"steward", "数据管理员", "Steward", {{"dataset.collect", Scope::kOwn, 3}}}));
            return identity_->put(tx, Post{"police-data", "数据岗", "Data", "police", {"steward"}});
        });
        ASSERT_TRUE(write.ok());
        ASSERT_TRUE(identity_->refresh().ok());
    }

    void add_account(const std::string& name, bool must_change = false, bool demo = false) {
        const auto write = database_->write([&](store::Transaction& tx) -> Result<void> {
            SHU_TRY(identity_->put_account(
                tx, {.name = name,
                     .display_name = name,
                     .post = "police-data",
                     .subject = {},
                     .administrator = {},
                     .password_hash = crypto::hash_password("Right-1234", kFastIterations),
                     .must_change_password = must_change,
                     .demo = demo}));
            return {};
        });
        ASSERT_TRUE(write.ok());
    }

    /// Calls the sign-in route; the session's token or the error.
    Result<std::string> sign_in(const std::string& name, const std::string& password,
                                bool loopback = true) {
        http::Router router;
        identity_->add_routes(router);
        SHU_CHECK(router.seal());
        FakeRequest request;
        request.method = http::Method::kPost;
        request.path = "/api/session";
        request.headers["Content-Type"] = "application/json";
        request.peer = loopback ? "127.0.0.1" : "192.0.2.7";
        request.peer_is_loopback = loopback;
        request.storage = R"({"name":")" + name + R"(","password":")" + password + "\"}";
        request.body = request.storage;
        const auto match = router.match(request.method, request.path);
        const http::Response response = SHU_TRY(match.route->handler(request));
        for (const auto& [header, value] : response.headers)
            if (header == "Set-Cookie") return value.substr(12, value.find(';') - 12);
        return corrupt("no cookie was set");
    }

    /// What the sign-in page learns about the demonstration accounts.
    Result<std::string> told_demo_accounts(bool loopback) {
        http::Router router;
        identity_->add_routes(router);
        SHU_CHECK(router.seal());
        FakeRequest request;
        request.path = "/api/demo/accounts";
        request.peer_is_loopback = loopback;
        return SHU_TRY(router.match(request.method, request.path).route->handler(request)).body;
    }

    Result<std::shared_ptr<const http::Principal>> check(const std::string& token,
                                                         const http::Access& access,
                                                         std::string_view path = "/api/datasets") {
        FakeRequest request;
        request.path = path;
        request.headers["Cookie"] = "shu_session=" + token;
        return identity_->check(request, access);
    }

    store::testing::FreshDatabase database_;
    ManualClock clock_;
    IdMaker ids_;
    std::unique_ptr<Identity> identity_;
};

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
    const auto listed = identity_->clients("police").value();
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

INSTANTIATE_TEST_SUITE_P(Engines, IdentityTest, testing::ValuesIn(store::testing::engines()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace shu::identity
