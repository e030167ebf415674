// The module's HTTP face.
#include <algorithm>

#include "foundation/crypto/password.h"
#include "foundation/limits.h"
#include "foundation/text.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

std::shared_ptr<const Shape> shared(Shape shape) {
    return std::make_shared<const Shape>(std::move(shape));
}

std::string session_cookie(const Request& request, std::string_view token, std::int64_t max_age_s) {
    return "shu_session=" + std::string(token) +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s) +
           (request.secure ? "; Secure" : "");
}

json::object json_of(const Actor& actor) {
    json::array verbs;
    std::vector<std::string> held;
    for (const Permission& permission : actor.permissions)
        held.push_back(permission.verb);
    std::ranges::sort(held);
    held.erase(std::unique(held.begin(), held.end()), held.end());
    for (const std::string& verb : held)
        verbs.push_back(json::value(verb));
    const Post* post = actor.directory->post(actor.post);
    const Organisation* organisation = actor.directory->organisation(actor.organisation);
    return {{"id", actor.account.text()},
            {"name", actor.name},
            {"display_name", actor.display_name},
            {"kind", to_string(actor.kind)},
            {"post", actor.post},
            {"post_name", post ? post->name : ""},
            {"organisation", actor.organisation},
            {"organisation_name", organisation ? organisation->name : ""},
            {"permissions", verbs},
            {"must_change_password", actor.must_change_password}};
}

json::value session_json(const Actor* actor, bool demo) {
    json::object session{{"account", nullptr}, {"demo", demo}};
    if (actor) session["account"] = json_of(*actor);
    return session;
}

json::object json_of(const Directory& directory, const Organisation& organisation) {
    return {{"code", organisation.code},
            {"name", organisation.name},
            {"name_en", organisation.name_en},
            {"short_name", organisation.short_name},
            {"credit_code", organisation.credit_code},
            {"parent", organisation.parent},
            {"division", organisation.division},
            {"kind", organisation.kind},
            {"children", directory.children(organisation.code).size()}};
}

bool matches(const Organisation& organisation, std::string_view words) {
    return organisation.name.find(words) != std::string::npos ||
           organisation.short_name.find(words) != std::string::npos ||
           organisation.code.find(words) != std::string::npos ||
           text::lower(organisation.name_en).find(text::lower(words)) != std::string::npos ||
           organisation.credit_code == words;
}

Result<Response> list_organisations(const Directory& directory, const Request& request) {
    const auto words = SHU_TRY(request.query_parameter("q"));
    const auto parent = SHU_TRY(request.query_parameter("parent"));
    const auto kind = SHU_TRY(request.query_parameter("kind"));
    const auto cursor = SHU_TRY(request.query_parameter("cursor"));
    const std::size_t limit = SHU_TRY(request.page_limit());
    json::array items;
    std::optional<std::string> next;
    for (const Organisation& organisation :
         directory.organisations()) {  // in the order of their codes
        if (cursor && organisation.code <= *cursor) continue;
        if (parent && organisation.parent != *parent) continue;
        if (kind && organisation.kind != *kind) continue;
        if (words && !words->empty() && !matches(organisation, *words)) continue;
        if (items.size() == limit) {
            next = std::string(items.back().as_object().at("code").as_string());
            break;
        }
        items.push_back(json_of(directory, organisation));
    }
    return Response::page(std::move(items), next);
}

Result<Response> show_organisation(const Directory& directory, const Request& request) {
    const Organisation* organisation = directory.organisation(request.parameter("code"));
    if (!organisation)
        return not_found("there is no organisation '" + std::string(request.parameter("code")) +
                         "'");
    json::object shown = json_of(directory, *organisation);
    json::array posts;
    for (const Post& post : directory.posts())
        if (post.organisation == organisation->code)
            posts.push_back(
                json::object{{"code", post.code}, {"name", post.name}, {"name_en", post.name_en}});
    shown["posts"] = std::move(posts);
    return Response::json(shown);
}

json::object json_of(const Account& account) {
    return {{"id", account.id.text()},
            {"name", account.name},
            {"display_name", account.display_name},
            {"kind", to_string(account.kind)},
            {"post", account.post},
            {"demo", account.demo},
            {"active", account.active}};
}

}  // namespace

/// The routes of one Identity; holds what the handlers need.
class IdentityRoutes {
 public:
    explicit IdentityRoutes(Identity::State& state) : state_(state) {}

    Result<Response> show_session(Request& request) const {
        return Response::json(
            session_json(actor_or_null(request), state_.options.demo && request.peer_is_loopback));
    }

    Result<Response> sign_in(Request& request) const {
        const json::value body = SHU_TRY(request.json_body());
        const json::Reader in(body);
        auto signed_in = SHU_TRY(
            state_.sign_in(SHU_TRY(in.text("name")), SHU_TRY(in.text("password")), request));
        return Response::json(session_json(signed_in.actor.get(),
                                           state_.options.demo && request.peer_is_loopback))
            .with_header("Set-Cookie",
                         session_cookie(request, signed_in.token, limits::session_life_ms / 1000));
    }

    Result<Response> sign_out(Request& request) const {
        const std::string_view token = request.cookie("shu_session");
        if (actor_or_null(request))
            SHU_CHECK(state_.database.write(
                [&](store::Transaction& tx) { return close_session(tx, token); }));
        return Response::no_content().with_header("Set-Cookie", session_cookie(request, "", 0));
    }

    Result<Response> change_password(Request& request) const {
        const json::value body = SHU_TRY(request.json_body());
        const json::Reader in(body);
        SHU_CHECK(state_.change_password(actor_of(request), SHU_TRY(in.text("old")),
                                         SHU_TRY(in.text("new"))));
        return Response::no_content().with_header("Set-Cookie", session_cookie(request, "", 0));
    }

    Result<Response> list_demo_accounts(Request& request) const {
        if (!state_.options.demo || !request.peer_is_loopback)
            return not_found("there are no demonstration accounts here");
        json::array items;
        const auto accounts =
            SHU_TRY(state_.database.read_value<std::vector<Account>>(demo_accounts));
        for (const Account& account : accounts) {
            const auto actor = state_.actor_for(account);
            json::object shown = json_of(*actor);
            items.push_back(json::object{{"name", account.name},
                                         {"display_name", account.display_name},
                                         {"kind", shown.at("kind")},
                                         {"organisation_name", shown.at("organisation_name")},
                                         {"post_name", shown.at("post_name")},
                                         {"password", state_.options.demo_password}});
        }
        return Response::page(std::move(items), std::nullopt);
    }

    Result<Response> list_accounts(Request& request) const {
        const std::size_t limit = SHU_TRY(request.page_limit());
        const std::string cursor = SHU_TRY(request.query_parameter("cursor")).value_or("");
        const auto accounts = SHU_TRY(state_.database.read_value<std::vector<Account>>(
            [&](store::Transaction& tx) { return accounts_after(tx, cursor, limit); }));
        json::array items;
        for (const Account& account : accounts)
            items.push_back(json_of(account));
        std::optional<std::string> next;
        if (accounts.size() == limit) next = accounts.back().name;
        return Response::page(std::move(items), next);
    }

    Result<Response> create_account(Request& request) const {
        const json::value body = SHU_TRY(request.json_body());
        const json::Reader in(body);
        const std::string post = SHU_TRY(in.text("post"));
        if (!actor_of(request).directory->post(post))
            return invalid("/post: there is no post '" + post + "'");
        const std::string password = crypto::random_word(16);
        const NewAccount account{.name = SHU_TRY(in.text("name")),
                                 .display_name = SHU_TRY(in.text("display_name")),
                                 .kind = AccountKind::kOfficer,
                                 .post = post,
                                 .subject = {},
                                 .administrator = {},
                                 .password_hash = crypto::hash_password(password)};
        AccountId id;
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            if (SHU_TRY(account_by_name(tx, account.name)))
                return conflict("/name: there is an account '" + account.name + "' already");
            id = SHU_TRY(
                write_account(tx, state_.ids.next_as<AccountId>(), account, state_.clock.now()));
            ledger::Act act = actor_of(request).act("account.create", "account:" + id.text());
            act.result = "done";
            act.detail = {{"post", post}};
            SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
            return {};
        }));
        return Response::json(
            json::object{
                {"id", id.text()}, {"name", account.name}, {"one_time_password", password}},
            201);
    }

    Result<Response> reset_password(Request& request) const {
        const AccountId id = SHU_TRY(request.id<AccountId>("id"));
        const std::string password = crypto::random_word(16);
        const std::string hash = crypto::hash_password(password);
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            const auto account = SHU_TRY(account_by_id(tx, id));
            if (!account) return not_found("there is no account " + id.text());
            SHU_CHECK(set_password(tx, id, hash, true));
            ledger::Act act =
                actor_of(request).act("account.reset-password", "account:" + id.text());
            act.result = "done";
            SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
            return {};
        }));
        return Response::json(json::object{{"one_time_password", password}});
    }

    Result<Response> organisations(Request& request) const {
        return list_organisations(*state_.directory.load(), request);
    }
    Result<Response> organisation(Request& request) const {
        return show_organisation(*state_.directory.load(), request);
    }

 private:
    Identity::State& state_;
};

void Identity::add_routes(http::Router& router) {
    auto routes = std::make_shared<const IdentityRoutes>(*state_);
    using Member = Result<Response> (IdentityRoutes::*)(Request&) const;
    auto add = [&](Method method, std::string pattern, Access access, Member member,
                   std::string summary, std::shared_ptr<const Shape> body = nullptr) {
        http::Route route;
        route.method = method;
        route.pattern = std::move(pattern);
        route.access = std::move(access);
        route.handler = [routes, member](Request& request) { return ((*routes).*member)(request); };
        route.summary = std::move(summary);
        route.tag = "identity";
        route.body = body ? http::BodyKind::kMemory : http::BodyKind::kNone;
        route.request_shape = std::move(body);
        router.add(std::move(route));
    };
    const auto sign_in_body =
        shared(Shape::object({{"name", Shape::text(), true, "Sign-in name"},
                              {"password", Shape::text(), true, "Password"}}));
    const auto password_body =
        shared(Shape::object({{"old", Shape::text(), true, "Present password"},
                              {"new", Shape::text(), true, "New password"}}));
    const auto account_body = shared(Shape::object(
        {{"name", Shape::text_matching("[a-z][a-z0-9.-]{1,62}", "li.ming"), true, "Sign-in name"},
         {"display_name", Shape::text(), true, "Name shown"},
         {"post", Shape::text(), true, "Code of the post"}}));
    using R = IdentityRoutes;
    add(Method::kGet, "/api/session", Access::open(), &R::show_session, "Who is signed in");
    add(Method::kPost, "/api/session", Access::open(), &R::sign_in, "Sign in", sign_in_body);
    add(Method::kDelete, "/api/session", Access::open(), &R::sign_out, "Sign out");
    add(Method::kPut, "/api/session/password", Access::signed_in(), &R::change_password,
        "Change the own password", password_body);
    add(Method::kGet, "/api/demo/accounts", Access::open(), &R::list_demo_accounts,
        "Demonstration accounts, on loopback");
    add(Method::kGet, "/api/accounts", Access::permission("account.manage"), &R::list_accounts,
        "All accounts");
    add(Method::kPost, "/api/accounts", Access::permission("account.manage"), &R::create_account,
        "Create an officer's account with a one-time password", account_body);
    add(Method::kPost, "/api/accounts/{id:int}/password-reset",
        Access::permission("account.manage"), &R::reset_password,
        "Give an account a new one-time password");
    add(Method::kGet, "/api/organisations", Access::open(), &R::organisations,
        "Organisations of the city");
    add(Method::kGet, "/api/organisations/{code}", Access::open(), &R::organisation,
        "One organisation with its posts");
}

}  // namespace shu::identity
