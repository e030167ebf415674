// GET /api/catalogue: what data there is. Public: the catalogue itself holds no personal data.
#include <algorithm>

#include "exchange/answers.h"
#include "exchange/service.h"

namespace shu::exchange {
namespace {

using http::Request;
using http::Response;

struct CatalogueQuery {
    std::string words, classes, provider, sharing;
};

bool fits(const CatalogueEntry& entry, const CatalogueQuery& query,
          std::string_view provider_name) {
    if (entry.resource_code.empty()) return false;
    if (!query.provider.empty() && entry.dataset->provider != query.provider) return false;
    if (!query.sharing.empty() && to_string(entry.sharing) != query.sharing) return false;
    if (!query.classes.empty() &&
        std::ranges::find(entry.classes, query.classes) == entry.classes.end())
        return false;
    return query.words.empty() || matches(entry, provider_name, query.words);
}

Result<Response> list(const Service& service, const Request& request) {
    CatalogueQuery query;
    query.words = SHU_TRY(request.query_parameter("q")).value_or("");
    query.classes = SHU_TRY(request.query_parameter("class")).value_or("");
    query.provider = SHU_TRY(request.query_parameter("provider")).value_or("");
    query.sharing = SHU_TRY(request.query_parameter("sharing")).value_or("");
    const auto cursor = SHU_TRY(request.query_parameter("cursor"));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const auto declarations = service.parts.records.declarations();
    json::array items;
    std::optional<std::string> next;
    std::string last;
    for (const auto& [code, dataset] : declarations->datasets) {
        if (cursor && code <= *cursor) continue;
        const CatalogueEntry entry = entry_of(*dataset);
        const std::string provider_name = service.organisation_name(dataset->provider);
        if (!fits(entry, query, provider_name)) continue;
        if (items.size() == limit) {
            next = last;
            break;
        }
        items.push_back(to_json(entry, provider_name, SHU_TRY(service.parts.records.count(code))));
        last = code;
    }
    return Response::page(std::move(items), next);
}

Result<bool> is_granted(const Service& service, const std::string& organisation,
                        std::string_view dataset) {
    if (organisation.empty()) return false;
    return service.parts.database.read_value<bool>([&](store::Transaction& tx) -> Result<bool> {
        return SHU_TRY(
                   tx.row(
                       "SELECT 1 FROM data_grant WHERE organisation = $1 AND dataset = $2 AND revoked_at = 0 "
                       "AND valid_until > $3 LIMIT 1",
                       {std::string_view(organisation), dataset, service.now()}))
            .has_value();
    });
}

Result<Response> show(const Service& service, const Request& request) {
    const std::string_view code = request.parameter("dataset");
    const auto dataset = service.dataset(code);
    if (!dataset || dataset->catalogue.empty())
        return not_found("the catalogue has no dataset '" + std::string(code) + "'");
    json::object shown = to_json(entry_of(*dataset), service.organisation_name(dataset->provider),
                                 SHU_TRY(service.parts.records.count(code)));
    json::array key;
    for (const std::string& field : dataset->key)
        key.push_back(json::value(field));
    shown["key"] = std::move(key);
    shown["items"] = items_json(*dataset);
    const identity::Actor* actor = identity::actor_or_null(request);
    shown["granted"] = SHU_TRY(is_granted(service, actor ? actor->organisation : "", code));
    shown["gateway"] = "/gateway/" + dataset->code;
    return Response::json(shown);
}

}  // namespace

void add_catalogue_routes(http::Router& router, Service& service) {
    add_route(router,
              {.pattern = "/api/catalogue",
               .access = http::Access::open(),
               .summary = "Search the data catalogue",
               .body = {},
               .query = {{"q", "Words, all of which occur"},
                         {"class", "Name of a class, item or section"},
                         {"provider", "Code of the providing organisation"},
                         {"sharing", "unconditional, conditional or refused"},
                         {"limit", "Entries on a page"},
                         {"cursor", "Where the page begins"}},
               .answer = http::page_shape("CatalogueEntry", catalogue_entry_answer())},
              [&service](Request& request) { return list(service, request); });
    add_route(router,
              {.pattern = "/api/catalogue/{dataset}",
               .access = http::Access::open(),
               .summary = "One catalogue entry with its data items",
               .body = {},
               .query = {},
               .answer = http::shared(catalogue_detail_answer())},
              [&service](Request& request) { return show(service, request); });
}

}  // namespace shu::exchange
