// What the three administrators do, by the routes: accounts, posts, client systems.
#include <optional>

#include "identity/testing.h"

namespace shu::identity {
namespace {

using http::Method;

class AdministrationTest : public testing::Fixture {
 protected:
    void SetUp() override {
        declare();
        add_account("wang");
        for (const std::string name : {"system", "security", "audit"}) {
            add_administrator(name);
            tokens_[name] = sign_in(name, "Right-1234").value();
        }
    }

    void add_administrator(const std::string& name) {
        ASSERT_TRUE(
            database_
                ->write([&](store::Transaction& tx) -> Result<void> {
                    SHU_TRY(identity_->put_account(tx, {.name = name,
                                                        .display_name = name,
                                                        .kind = AccountKind::kAdministrator,
                                                        .post = {},
                                                        .subject = {},
                                                        .administrator = name,
                                                        .password_hash = crypto::hash_password(
                                                            "Right-1234", testing::kFastIterations),
                                                        .must_change_password = false}));
                    return {};
                })
                .ok());
    }

    json::value ok(const std::string& who, Method method, const std::string& target,
                   const std::string& body = {}) {
        const auto answer = call(tokens_.at(who), method, target, body);
        EXPECT_TRUE(answer.ok()) << target << ": " << (answer.ok() ? "" : answer.error().detail);
        return answer.ok() ? json::parse(answer->body).value() : json::value();
    }
    std::optional<Code> refused(const std::string& who, Method method, const std::string& target,
                                const std::string& body = {}) {
        const auto answer = call(tokens_.at(who), method, target, body);
        if (answer.ok()) return std::nullopt;
        return answer.error().code;
    }
    std::string id_of(const std::string& name) {
        const json::value page = ok("system", Method::kGet, "/api/accounts?q=" + name);
        return std::string(page.at("items").at(0).at("id").as_string());
    }
    std::vector<std::string> verbs() {
        return database_
            ->read_value<std::vector<std::string>>(
                [](store::Transaction& tx) -> Result<std::vector<std::string>> {
                    std::vector<std::string> found;
                    for (const auto& row :
                         SHU_TRY(tx.query("SELECT body FROM act_waiting ORDER BY id")))
                        found.push_back(
                            json::Reader(SHU_TRY(json::parse(row.text(0)))).text_or("verb"));
                    return found;
                })
            .value();
    }
    bool has_act(std::string_view verb) { return std::ranges::count(verbs(), verb) == 1; }

    std::map<std::string, std::string> tokens_;
};

TEST_P(AdministrationTest, ANewAccountMustChangeItsOneTimePassword) {
    const json::value made = ok("system", Method::kPost, "/api/accounts",
                                R"({"name":"li.ming","display_name":"李明","post":"police-data"})");
    const std::string password(made.at("one_time_password").as_string());
    const std::string token = sign_in("li.ming", password).value();
    EXPECT_EQ(check(token, http::Access::signed_in()).error().code, Code::kDenied);
    EXPECT_TRUE(has_act("account.create"));
    EXPECT_EQ(refused("system", Method::kPost, "/api/accounts",
                      R"({"name":"li.ming","display_name":"李明","post":"police-data"})"),
              Code::kConflict);
    EXPECT_EQ(refused("system", Method::kPost, "/api/accounts",
                      R"({"name":"li.na","display_name":"李娜","post":"nothing"})"),
              Code::kInvalid);
    EXPECT_EQ(refused("security", Method::kPost, "/api/accounts",
                      R"({"name":"li.na","display_name":"李娜","post":"police-data"})"),
              Code::kDenied);
}

TEST_P(AdministrationTest, ALockedAccountLosesItsSessionsUntilItIsUnlocked) {
    const std::string token = sign_in("wang", "Right-1234").value();
    const std::string path = "/api/accounts/" + id_of("wang");
    EXPECT_EQ(refused("system", Method::kPost, path + "/lock", "{}"), Code::kInvalid)
        << "a lock needs a reason";
    EXPECT_FALSE(
        ok("system", Method::kPost, path + "/lock", R"({"reason":"调离"})").at("active").as_bool());
    EXPECT_EQ(check(token, http::Access::signed_in()).error().code, Code::kUnsigned);
    EXPECT_EQ(sign_in("wang", "Right-1234").error().code, Code::kUnsigned);
    EXPECT_TRUE(ok("system", Method::kPost, path + "/unlock").at("active").as_bool());
    EXPECT_TRUE(sign_in("wang", "Right-1234").ok());
    EXPECT_TRUE(has_act("account.lock"));
    EXPECT_TRUE(has_act("account.unlock"));
    EXPECT_EQ(refused("system", Method::kPost, "/api/accounts/" + id_of("system") + "/lock",
                      R"({"reason":"x"})"),
              Code::kConflict)
        << "nobody locks the own account";
    EXPECT_EQ(refused("system", Method::kPost, "/api/accounts/1/lock", R"({"reason":"x"})"),
              Code::kNotFound);
}

TEST_P(AdministrationTest, AResetPasswordIsOneTimeAndEndsTheSessions) {
    const std::string token = sign_in("wang", "Right-1234").value();
    const json::value made =
        ok("system", Method::kPost, "/api/accounts/" + id_of("wang") + "/password-reset");
    EXPECT_EQ(check(token, http::Access::signed_in()).error().code, Code::kUnsigned);
    EXPECT_EQ(sign_in("wang", "Right-1234").error().code, Code::kUnsigned);
    EXPECT_TRUE(sign_in("wang", std::string(made.at("one_time_password").as_string())).ok());
    add_account("shown", false, true);
    EXPECT_EQ(
        refused("system", Method::kPost, "/api/accounts/" + id_of("shown") + "/password-reset"),
        Code::kConflict)
        << "demonstration accounts keep theirs";
}

TEST_P(AdministrationTest, AssignedRolesAndScopeTakeEffectAtOnceAndEndWithTheAssignment) {
    ASSERT_TRUE(database_
                    ->write([&](store::Transaction& tx) {
                        return identity_->put(
                            tx,
                            Role{"reader", "阅读", "Reader", {{"dataset.read", Scope::kCity, 2}}});
                    })
                    .ok());
    ASSERT_TRUE(identity_->refresh().ok());
    const std::string token = sign_in("wang", "Right-1234").value();
    const std::string path = "/api/posts/police-data/assignment";
    const auto level_elsewhere = [&] {
        const auto principal = check(token, http::Access::signed_in()).value();
        return dynamic_cast<const Actor&>(*principal).level_for("dataset.read", "elsewhere");
    };
    EXPECT_EQ(level_elsewhere(), 0);
    json::value post =
        ok("security", Method::kPut, path, R"({"roles":["steward","reader"],"reason":"兼任"})");
    EXPECT_TRUE(post.at("assigned").as_bool());
    EXPECT_EQ(level_elsewhere(), 2);
    ok("security", Method::kPut, path,
       R"({"roles":["reader"],"widest":"own","reason":"限本单位"})");
    EXPECT_EQ(level_elsewhere(), 0) << "the scope is narrowed";
    EXPECT_EQ(check(token, http::Access::permission("dataset.collect")).error().code,
              Code::kDenied);
    EXPECT_TRUE(check(token, http::Access::permission("dataset.read")).ok());
    // Applying the folder again declares the post, and does not undo what was assigned.
    declare();
    EXPECT_TRUE(check(token, http::Access::permission("dataset.read")).ok());
    post = ok("security", Method::kDelete, path);
    EXPECT_FALSE(post.at("assigned").as_bool());
    EXPECT_TRUE(check(token, http::Access::permission("dataset.collect")).ok());
    EXPECT_EQ(refused("security", Method::kDelete, path), Code::kConflict);
    EXPECT_EQ(std::ranges::count(verbs(), "post.assign"), 2);
}

TEST_P(AdministrationTest, AnAssignmentNeverJoinsSeparatedAdministrators) {
    ASSERT_TRUE(
        database_
            ->write([&](store::Transaction& tx) -> Result<void> {
                SHU_CHECK(identity_->put(
                    tx, Role{"a", "甲", "A", {{"account.manage", Scope::kCity, 1}}}));
                return identity_->put(tx, Role{"b", "乙", "B", {{"role.manage", Scope::kCity, 1}}});
            })
            .ok());
    ASSERT_TRUE(identity_->refresh().ok());
    const std::string path = "/api/posts/police-data/assignment";
    EXPECT_EQ(refused("security", Method::kPut, path, R"({"roles":["a","b"],"reason":"x"})"),
              Code::kInvalid);
    EXPECT_EQ(refused("security", Method::kPut, path, R"({"roles":["nothing"],"reason":"x"})"),
              Code::kInvalid);
    EXPECT_EQ(refused("security", Method::kPut, path, R"({"roles":["a","a"],"reason":"x"})"),
              Code::kInvalid);
    EXPECT_EQ(refused("security", Method::kPut, path, R"({"roles":[],"reason":"x"})"),
              Code::kInvalid);
    EXPECT_EQ(refused("security", Method::kPut, "/api/posts/nothing/assignment",
                      R"({"roles":["a"],"reason":"x"})"),
              Code::kNotFound);
    EXPECT_EQ(refused("system", Method::kPut, path, R"({"roles":["a"],"reason":"x"})"),
              Code::kDenied);
    // A holder of the post that manages roles cannot extend it.
    ok("security", Method::kPut, path, R"({"roles":["b"],"reason":"x"})");
    tokens_["wang"] = sign_in("wang", "Right-1234").value();
    EXPECT_EQ(refused("wang", Method::kPut, path, R"({"roles":["b"],"reason":"x"})"),
              Code::kConflict);
}

TEST_P(AdministrationTest, RolesAndPostsAreListed) {
    EXPECT_EQ(ok("security", Method::kGet, "/api/roles").at("items").as_array().size(), 1U);
    const json::value posts = ok("security", Method::kGet, "/api/posts?q=police");
    ASSERT_EQ(posts.at("items").as_array().size(), 1U);
    EXPECT_EQ(posts.at("items").at(0).at("organisation_name").as_string(), "市公安局");
    EXPECT_TRUE(ok("security", Method::kGet, "/api/posts?q=none").at("items").as_array().empty());
}

TEST_P(AdministrationTest, AClientSystemIsDisabledAndGivenANewSecret) {
    ClientSystem made;
    ASSERT_TRUE(database_
                    ->write([&](store::Transaction& tx) -> Result<void> {
                        made = SHU_TRY(identity_->create_client(tx, "police", "户籍系统"));
                        return {};
                    })
                    .ok());
    const auto secrets = [&] {
        return database_
            ->read_value<std::vector<ClientSystem>>(
                [&](store::Transaction& tx) { return identity_->clients_with_secrets(tx); })
            .value();
    };
    EXPECT_EQ(refused("system", Method::kGet, "/api/clients"), Code::kDenied);
    const json::value listed = ok("security", Method::kGet, "/api/clients?organisation=police");
    ASSERT_EQ(listed.at("items").as_array().size(), 1U);
    EXPECT_FALSE(listed.at("items").at(0).as_object().contains("secret"));
    const std::string path = "/api/clients/" + made.client_id;
    const auto before = identity_->directory();
    const json::value renewed = ok("security", Method::kPost, path + "/secret");
    EXPECT_NE(renewed.at("secret").as_string(), made.secret);
    ASSERT_EQ(secrets().size(), 1U);
    EXPECT_EQ(secrets()[0].secret, std::string(renewed.at("secret").as_string()));
    EXPECT_NE(identity_->directory(), before) << "the gateway reads the clients again";
    EXPECT_FALSE(ok("security", Method::kPost, path + "/disable").at("active").as_bool());
    EXPECT_TRUE(secrets().empty());
    EXPECT_TRUE(ok("security", Method::kPost, path + "/enable").at("active").as_bool());
    EXPECT_EQ(secrets().size(), 1U);
    EXPECT_EQ(refused("security", Method::kPost, "/api/clients/nothing/disable"), Code::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(Engines, AdministrationTest,
                         ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace shu::identity
