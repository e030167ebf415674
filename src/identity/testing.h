// What the module's tests share: an identity on a fresh database with one organisation, and calls
// of its routes as the server makes them. Only tests of this folder include this.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foundation/crypto/password.h"
#include "identity/administration_store.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "store/testing.h"

namespace shu::identity::testing {

inline constexpr int kFastIterations = 10;  // the strength of the hash is not what is tested here

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

class Fixture : public ::testing::TestWithParam<std::string> {
 protected:
    Fixture() : database_(GetParam()), clock_(1'800'000'000 * kMicrosPerSecond), ids_(clock_, 1) {
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

    /// Calls a route as the server would for the session `token`: access check, shape of the body,
    /// handler. A body that does not have its shape gives Invalid.
    Result<http::Response> call(const std::string& token, http::Method method,
                                const std::string& target, const std::string& body = {}) {
        http::Router router;
        identity_->add_routes(router);
        SHU_CHECK(router.seal());
        FakeRequest request;
        request.method = method;
        request.target = target;
        const std::size_t mark = std::min(target.find('?'), target.size());
        request.path = std::string_view(target).substr(0, mark);
        if (mark < target.size()) request.query = std::string_view(target).substr(mark + 1);
        request.peer_is_loopback = true;
        request.headers["Cookie"] = "shu_session=" + token;
        request.headers["Content-Type"] = "application/json";
        request.body = body;
        const auto match = router.match(method, request.path);
        if (!match.route) return not_found("there is no route " + target);
        request.parameters = match.parameters;
        request.principal = SHU_TRY(identity_->check(request, match.route->access));
        if (match.route->request_shape) {
            std::vector<Problem> problems;
            match.route->request_shape->check(SHU_TRY(json::parse(body)), "", problems);
            if (!problems.empty()) return invalid(to_string(problems.front()));
        }
        http::Response answer = SHU_TRY(match.route->handler(request));
        if (match.route->response_shape) {
            std::vector<Problem> problems;
            match.route->response_shape->check(SHU_TRY(json::parse(answer.body)), "", problems);
            for (const Problem& problem : problems)
                ADD_FAILURE() << target << " answers other than described: " << to_string(problem);
        }
        return answer;
    }

    store::testing::FreshDatabase database_;
    ManualClock clock_;
    IdMaker ids_;
    std::unique_ptr<Identity> identity_;
};

}  // namespace shu::identity::testing
