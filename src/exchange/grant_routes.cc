// Grants: showing them, fetching their credentials once, revoking them.
#include "exchange/answers.h"
#include "exchange/credential.h"
#include "exchange/service.h"
#include "exchange/views.h"

namespace shu::exchange {
namespace {

using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

Result<Grant> find(const Service& service, const Request& request) {
    return find_visible<Grant, GrantId>(
        service, request, "grant", grant_by_id, [](const Actor& actor, const Grant& it) {
            return may_read(actor, parties_of(it)) ||
                   actor.level_for("grant.collect", it.organisation) > 0 ||
                   actor.level_for("grant.revoke", it.provider) > 0;
        });
}

/// The grant with what the reader may do about it.
json::object shown(const Service& service, const Actor& actor, const Grant& grant) {
    json::object it = to_json(service, grant);
    it["may_revoke"] = grant.state(service.now()) == "active" &&
                       actor.level_for("grant.revoke", grant.provider) > 0;
    return it;
}

Result<Response> list(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    return readable_page<Grant>(
        SHU_TRY(page_from(request)),
        [&](const Page& part) {
            return service.parts.database.read_value<std::vector<Grant>>(
                [&](store::Transaction& tx) { return grants(tx, part); });
        },
        [&](const Grant& it) -> std::optional<json::object> {
            if (!may_read(actor, parties_of(it))) return std::nullopt;
            return shown(service, actor, it);
        });
}

json::value key_json(const ExampleKey& key) {
    if (key.fields.empty()) return nullptr;
    // A key of several fields is shown as a query writes it; the line has all of them.
    json::object shown{{"field", key.fields.front().first}, {"value", key.fields.front().second}};
    return shown;
}

ledger::Act collect_act(const Actor& actor, const Grant& grant, const std::string& client_id,
                        const ExampleKey& key) {
    ledger::Act act = actor.act("grant.collect", "grant:" + grant.id.text());
    act.subject = key.subject;  // whose key stands in the example
    act.basis = grant.basis;
    act.result = "done";
    act.detail = {{"client", client_id}, {"dataset", grant.dataset}};
    return act;
}

Result<Response> collect(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    const Grant grant = SHU_TRY(find(service, request));
    const auto dataset = service.dataset(grant.dataset);
    if (!dataset) return conflict("the dataset '" + grant.dataset + "' is no longer declared");
    SHU_CHECK(actor.require("grant.collect", grant.organisation, level_of(*dataset, grant)));
    if (grant.state(service.now()) != "active")
        return conflict("grant " + grant.id.text() + " is " +
                        std::string(grant.state(service.now())) + "; apply anew");
    CurlTarget target{.scheme = request.secure ? "https" : "http",
                      .host = std::string(request.header("Host")),
                      .client_id = {},
                      .secret = {},
                      .dataset = grant.dataset};
    SHU_TRY(curl_line(target, {}));  // refuses an odd Host before anything is written
    ExampleKey key;
    SHU_CHECK(service.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const auto client = SHU_TRY(service.parts.identity.create_client(
            tx, grant.organisation, "grant " + grant.id.text()));
        target.client_id = client.client_id;
        target.secret = client.secret;
        SHU_CHECK(bind_client(tx, grant.id, client.client_id));
        key = SHU_TRY(example_key(tx, *dataset, grant.rows));
        return service.record(tx, collect_act(actor, grant, client.client_id, key));
    }));
    service.put_in_force();
    std::string curl = SHU_TRY(curl_line(target, key));
    return Response::json(json::object{{"client_id", target.client_id},
                                       {"secret", target.secret},
                                       {"curl", std::move(curl)},
                                       {"example_key", key_json(key)}});
}

Result<Response> revoke_grant(Service& service, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const std::string reason = SHU_TRY(json::Reader(body).text("reason"));
    SHU_CHECK(check_text("/reason", reason));
    const Actor& actor = identity::actor_of(request);
    Grant grant = SHU_TRY(find(service, request));
    SHU_CHECK(actor.require("grant.revoke", grant.provider));
    const Micros at = service.now();
    SHU_CHECK(service.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(revoke(tx, grant.id, at, reason));
        ledger::Act act = actor.act("grant.revoke", "grant:" + grant.id.text());
        act.basis = grant.basis;
        act.result = "done";
        act.detail = {
            {"dataset", grant.dataset}, {"organisation", grant.organisation}, {"reason", reason}};
        return service.record(tx, act);
    }));
    service.put_in_force();
    grant.revoked_at = at;
    grant.revoke_reason = reason;
    return Response::json(shown(service, actor, grant));
}

}  // namespace

void add_grant_routes(http::Router& router, Service& service) {
    add_route(router,
              {.pattern = "/api/grants",
               .access = http::Access::permission("grant.read"),
               .summary = "Grants of the own organisation, as applicant or provider",
               .body = {},
               .query = {{"role", "applicant or provider"},
                         {"limit", "Entries on a page"},
                         {"cursor", "Where the page begins"}},
               .answer = http::page_shape("Grant", grant_answer())},
              [&service](Request& request) { return list(service, request); });
    add_route(router,
              {.pattern = "/api/grants/{id:int}",
               .access = http::Access::permission("grant.read"),
               .summary = "One grant",
               .body = {},
               .query = {},
               .answer = http::shared(grant_answer())},
              [&service](Request& request) -> Result<Response> {
                  return Response::json(
                      shown(service, identity::actor_of(request), SHU_TRY(find(service, request))));
              });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/grants/{id:int}/credentials",
               .access = http::Access::permission("grant.collect"),
               .summary = "Fetch a grant's credentials, once",
               .body = {},
               .query = {},
               .answer = http::shared(credentials_answer())},
              [&service](Request& request) { return collect(service, request); });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/grants/{id:int}/revocation",
               .access = http::Access::permission("grant.revoke"),
               .summary = "Revoke a grant, effective at once",
               .body = std::make_shared<const Shape>(Shape::object(
                   {{"reason", Shape::text(), true, "For the organisation that loses the grant"}})),
               .query = {},
               .answer = http::shared(grant_answer())},
              [&service](Request& request) { return revoke_grant(service, request); });
}

}  // namespace shu::exchange
