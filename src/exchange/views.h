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

/// True if `actor` holds grant.read for either side.
bool may_read(const identity::Actor& actor, std::string_view one, std::string_view other);

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

}  // namespace shu::exchange
