// Client systems, for the security administrator. They are made when a grant's credentials are
// fetched (module exchange); here they are listed, disabled, and given a new secret.
#include "identity/administration_store.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kVerb = "client.manage";

json::object json_of(const Directory& directory, const ClientSystem& client) {
    const Organisation* organisation = directory.organisation(client.organisation);
    return {{"client_id", client.client_id},
            {"organisation", client.organisation},
            {"organisation_name", organisation ? organisation->name : client.organisation},
            {"name", client.name},
            {"active", client.active},
            {"created_at", to_rfc3339(client.created_at)}};
}

Shape client_answer() {
    return Shape::answer("ClientSystem", {{"client_id", Shape::text()},
                                          {"organisation", Shape::text()},
                                          {"organisation_name", Shape::text()},
                                          {"name", Shape::text()},
                                          {"active", Shape::boolean()},
                                          {"created_at", Shape::text()}});
}

class ClientRoutes {
 public:
    explicit ClientRoutes(Identity::State& state) : state_(state) {}

    Result<Response> list(Request& request) const {
        const Actor& actor = actor_of(request);
        const std::size_t limit = SHU_TRY(request.page_limit());
        const std::string wanted = SHU_TRY(request.query_parameter("organisation")).value_or("");
        std::string cursor = SHU_TRY(request.query_parameter("cursor")).value_or("");
        json::array items;
        for (;;) {
            const auto page = SHU_TRY(
                state_.database.read_value<std::vector<ClientSystem>>([&](store::Transaction& tx) {
                    return clients_after(tx, wanted, cursor, limits::page_rows_max);
                }));
            for (const ClientSystem& client : page) {
                if (actor.level_for(kVerb, client.organisation) > 0) {
                    if (items.size() == limit) return Response::page(std::move(items), cursor);
                    items.push_back(json_of(*actor.directory, client));
                }
                cursor = client.client_id;
            }
            if (page.size() < limits::page_rows_max)
                return Response::page(std::move(items), std::nullopt);
        }
    }

    Result<Response> renew_secret(Request& request) const {
        const Actor& actor = actor_of(request);
        const ClientSystem client = SHU_TRY(find(request));
        const auto made = state_.make_secret();
        SHU_CHECK(change(actor, client, "client.renew-secret", [&](store::Transaction& tx) {
            return set_client_secret(tx, client.client_id, made.box);
        }));
        return Response::json(
            json::object{{"client_id", client.client_id}, {"secret", made.secret}});
    }

    Result<Response> disable(Request& request) const { return set_state(request, false); }
    Result<Response> enable(Request& request) const { return set_state(request, true); }

 private:
    Result<ClientSystem> find(const Request& request) const {
        const std::string id(request.parameter("client_id"));
        auto client = SHU_TRY(state_.database.read_value<std::optional<ClientSystem>>(
            [&](store::Transaction& tx) { return client_by_id(tx, id); }));
        if (!client) return not_found("there is no client system '" + id + "'");
        SHU_CHECK(actor_of(request).require(kVerb, client->organisation));
        return std::move(*client);
    }

    Result<Response> set_state(const Request& request, bool active) const {
        const Actor& actor = actor_of(request);
        ClientSystem client = SHU_TRY(find(request));
        SHU_CHECK(change(actor, client, active ? "client.enable" : "client.disable",
                         [&](store::Transaction& tx) {
                             return set_client_active(tx, client.client_id, active);
                         }));
        client.active = active;
        return Response::json(json_of(*actor.directory, client));
    }

    /// Does `work` with its act. The directory's new version makes every gateway read the clients
    /// again.
    template <typename Work>
    Result<void> change(const Actor& actor, const ClientSystem& client, std::string verb,
                        const Work& work) const {
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(work(tx));
            ledger::Act act = actor.act(verb, "client:" + client.client_id);
            act.result = "done";
            act.detail = {{"organisation", client.organisation}, {"name", client.name}};
            SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
            return {};
        }));
        return state_.refresh();
    }

    Identity::State& state_;
};

}  // namespace

void add_client_routes(http::Router& router, Identity::State& state) {
    const auto routes = std::make_shared<const ClientRoutes>(state);
    using Member = Result<Response> (ClientRoutes::*)(Request&) const;
    const auto add = [&](Member member, RouteSpec spec) {
        spec.access = Access::permission(std::string(kVerb));
        add_route(router, std::move(spec),
                  [routes, member](Request& request) { return ((*routes).*member)(request); });
    };
    const auto client = http::shared(client_answer());
    add(&ClientRoutes::list, {.pattern = "/api/clients",
                              .access = {},
                              .summary = "Client systems",
                              .answer = http::page_shape("ClientSystem", client_answer()),
                              .query = {{"organisation", "code"},
                                        {"limit", "items on a page"},
                                        {"cursor", "`next` of the page before"}}});
    add(&ClientRoutes::renew_secret,
        {.method = Method::kPost,
         .pattern = "/api/clients/{client_id}/secret",
         .access = {},
         .summary = "Give a client system a new secret; the old one ends",
         .answer = http::shared(Shape::answer(
             "NewSecret",
             {{"client_id", Shape::text()}, {"secret", Shape::text(), false, "shown only now"}}))});
    add(&ClientRoutes::disable, {.method = Method::kPost,
                                 .pattern = "/api/clients/{client_id}/disable",
                                 .access = {},
                                 .summary = "Refuse a client system's calls from now on",
                                 .answer = client});
    add(&ClientRoutes::enable, {.method = Method::kPost,
                                .pattern = "/api/clients/{client_id}/enable",
                                .access = {},
                                .summary = "Answer a disabled client system again",
                                .answer = client});
}

}  // namespace shu::identity
