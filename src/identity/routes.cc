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
            {"post_name_en", post ? post->name_en : ""},
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

Shape session_answer() {
    return Shape::answer(
        "Session",
        {{"account", Shape::answer("Account", {{"id", Shape::text()},
                                               {"name", Shape::text()},
                                               {"display_name", Shape::text()},
                                               {"kind", kind_shape()},
                                               {"post", Shape::text()},
                                               {"post_name", Shape::text()},
                                               {"post_name_en", Shape::text()},
                                               {"organisation", Shape::text()},
                                               {"organisation_name", Shape::text()},
                                               {"permissions", Shape::list(Shape::text())},
                                               {"must_change_password", Shape::boolean()}})
                         .or_null()},
         {"demo", Shape::boolean()}});
}

Shape demo_account_answer() {
    return Shape::answer("DemoAccount", {{"name", Shape::text()},
                                         {"display_name", Shape::text()},
                                         {"kind", kind_shape()},
                                         {"organisation", Shape::text()},
                                         {"organisation_name", Shape::text()},
                                         {"post_name", Shape::text()},
                                         {"post_name_en", Shape::text()},
                                         {"password", Shape::text()}});
}

Shape organisation_answer(std::string name, std::vector<Shape::Member> more) {
    std::vector<Shape::Member> members = {
        {"code", Shape::text()},        {"name", Shape::text()},
        {"name_en", Shape::text()},     {"short_name", Shape::text()},
        {"credit_code", Shape::text()}, {"parent", Shape::text()},
        {"division", Shape::text()},    {"kind", Shape::text()},
        {"children", Shape::integer()}};
    members.insert(members.end(), more.begin(), more.end());
    return Shape::answer(std::move(name), std::move(members));
}

}  // namespace

Shape kind_shape() {
    return Shape::one_of({"officer", "citizen", "administrator"});
}

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
                                         {"organisation", shown.at("organisation")},
                                         {"organisation_name", shown.at("organisation_name")},
                                         {"post_name", shown.at("post_name")},
                                         {"post_name_en", shown.at("post_name_en")},
                                         {"password", state_.options.demo_password}});
        }
        return Response::page(std::move(items), std::nullopt);
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

void add_route(http::Router& router, RouteSpec spec, http::Handler handler) {
    http::Route route;
    route.method = spec.method;
    route.pattern = std::move(spec.pattern);
    route.access = std::move(spec.access);
    route.handler = std::move(handler);
    route.summary = std::move(spec.summary);
    route.tag = "identity";
    route.body = spec.body ? http::BodyKind::kMemory : http::BodyKind::kNone;
    route.request_shape = std::move(spec.body);
    route.response_shape = std::move(spec.answer);
    route.query = std::move(spec.query);
    router.add(std::move(route));
}

void Identity::add_routes(http::Router& router) {
    const auto routes = std::make_shared<const IdentityRoutes>(*state_);
    using Member = Result<Response> (IdentityRoutes::*)(Request&) const;
    const auto add = [&](Member member, RouteSpec spec) {
        add_route(router, std::move(spec),
                  [routes, member](Request& request) { return ((*routes).*member)(request); });
    };
    const auto sign_in_body =
        http::shared(Shape::object({{"name", Shape::text(), true, "Sign-in name"},
                                    {"password", Shape::text(), true, "Password"}}));
    const auto password_body =
        http::shared(Shape::object({{"old", Shape::text(), true, "Present password"},
                                    {"new", Shape::text(), true, "New password"}}));
    using R = IdentityRoutes;
    const auto session = http::shared(session_answer());
    add(&R::show_session, {.pattern = "/api/session",
                           .access = Access::open(),
                           .summary = "Who is signed in",
                           .answer = session});
    add(&R::sign_in, {.method = Method::kPost,
                      .pattern = "/api/session",
                      .access = Access::open(),
                      .summary = "Sign in",
                      .answer = session,
                      .body = sign_in_body});
    add(&R::sign_out, {.method = Method::kDelete,
                       .pattern = "/api/session",
                       .access = Access::open(),
                       .summary = "Sign out"});
    add(&R::change_password, {.method = Method::kPut,
                              .pattern = "/api/session/password",
                              .access = Access::signed_in(),
                              .summary = "Change the own password",
                              .body = password_body});
    add(&R::list_demo_accounts, {.pattern = "/api/demo/accounts",
                                 .access = Access::open(),
                                 .summary = "Demonstration accounts, on loopback",
                                 .answer = http::page_shape("DemoAccount", demo_account_answer())});
    add(&R::organisations,
        {.pattern = "/api/organisations",
         .access = Access::open(),
         .summary = "Organisations of the city",
         .answer = http::page_shape("Organisation", organisation_answer("Organisation", {})),
         .query = {{"q", "a part of the name or code, or a credit code"},
                   {"parent", "code of the organisation above"},
                   {"kind", "department, district, ..."},
                   {"limit", "items on a page"},
                   {"cursor", "`next` of the page before"}}});
    add(&R::organisation,
        {.pattern = "/api/organisations/{code}",
         .access = Access::open(),
         .summary = "One organisation with its posts",
         .answer = http::shared(organisation_answer(
             "OrganisationDetail",
             {{"posts", Shape::list(Shape::answer("PostName", {{"code", Shape::text()},
                                                               {"name", Shape::text()},
                                                               {"name_en", Shape::text()}}))}}))});
    add_account_routes(router, *state_);
    add_post_routes(router, *state_);
    add_client_routes(router, *state_);
}

}  // namespace shu::identity
