// Applications and grants as the API shows them, and the lists they stand in. Inside the module
// only.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "exchange/grant.h"
#include "exchange/service.h"

namespace shu::exchange {

json::object to_json(const Service& service, const Application& application);
json::object to_json(const Service& service, const Grant& grant);

/// The organisations whose grant.read lets see it: who asks or has, and who provides.
struct Parties {
    std::string_view one;
    std::string_view other;
};
Parties parties_of(const Application& application);
Parties parties_of(const Grant& grant);
/// True if `actor` holds grant.read for either.
bool may_read(const identity::Actor& actor, const Parties& parties);

/// A text that an officer gives: purpose, basis, reason. Errors: Invalid when it is empty or longer
/// than limits::purpose_bytes_max, naming `pointer`.
Result<void> check_text(std::string_view pointer, std::string_view text);

/// The page that a list request asks for: cursor, limit, and the own organisation as the role says.
Result<Page> page_from(const http::Request& request);

/// A page of what `show` lets through. It reads on until the page is full, so that no page is short
/// because others' entries stand between.
template <typename T>
Result<http::Response> readable_page(
    Page page, const std::function<Result<std::vector<T>>(const Page&)>& read,
    const std::function<std::optional<json::object>(const T&)>& show) {
    const std::size_t wanted = page.limit;
    page.limit = limits::page_rows_max;
    json::array items;
    std::int64_t last = 0;
    for (;;) {
        const std::vector<T> found = SHU_TRY(read(page));
        for (const T& it : found) {
            auto shown = show(it);
            page.before = it.id.value;
            if (!shown) continue;
            if (items.size() == wanted)
                return http::Response::page(std::move(items), std::to_string(last));
            items.push_back(std::move(*shown));
            last = it.id.value;
        }
        if (found.size() < page.limit) return http::Response::page(std::move(items), std::nullopt);
    }
}

/// The answer to GET of a list: what the caller may read of what `read` finds.
template <typename T>
Result<http::Response> list_readable(const Service& service, const http::Request& request,
                                     const Page& page,
                                     Result<std::vector<T>> (*read)(store::Transaction&,
                                                                    const Page&)) {
    const identity::Actor& actor = identity::actor_of(request);
    return readable_page<T>(
        page,
        [&](const Page& part) {
            return service.parts.database.read_value<std::vector<T>>(
                [&](store::Transaction& tx) { return read(tx, part); });
        },
        [&](const T& it) -> std::optional<json::object> {
            if (!may_read(actor, parties_of(it))) return std::nullopt;
            return to_json(service, it);
        });
}

/// What the path's `id` names, if `may_see` lets the caller see it. Errors: NotFound, alike where
/// there is none and where the caller may not see it.
template <typename T, typename IdType>
Result<T> find_visible(const Service& service, const http::Request& request, std::string_view noun,
                       Result<std::optional<T>> (*read)(store::Transaction&, IdType),
                       const std::function<bool(const identity::Actor&, const T&)>& may_see) {
    const auto id = SHU_TRY(request.id<IdType>("id"));
    auto found = SHU_TRY(service.parts.database.read_value<std::optional<T>>(
        [&](store::Transaction& tx) { return read(tx, id); }));
    if (!found || !may_see(identity::actor_of(request), *found))
        return not_found("there is no " + std::string(noun) + " " + id.text() +
                         " that you may see");
    return std::move(*found);
}

}  // namespace shu::exchange
