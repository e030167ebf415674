#include "http/message.h"

#include "foundation/crypto/sm3.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::http {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::kGet: return "GET";
        case Method::kPost: return "POST";
        case Method::kPut: return "PUT";
        case Method::kPatch: return "PATCH";
        case Method::kDelete: return "DELETE";
    }
    return "";
}

std::string_view Request::cookie(std::string_view name) const {
    std::string_view rest = header("Cookie");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view pair = text::trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        std::string_view value = pair.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        return value;
    }
    return {};
}

std::string_view Request::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    SHU_ASSERT(false && "the route has no parameter of that name");
    return {};
}

Result<std::optional<std::string>> Request::query_parameter(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto key = text::percent_decode(pair.substr(0, equals), true);
        if (!key.ok()) return within("query", std::move(key).error());
        if (*key != name) continue;
        auto value = text::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!value.ok() || !text::is_utf8(*value)) {
            return invalid("The query parameter \"" + std::string(name) +
                           "\" is not percent-encoded UTF-8.");
        }
        return std::optional<std::string>(std::move(value).value());
    }
    return std::optional<std::string>();
}

Result<std::size_t> Request::page_limit() const {
    const auto given = SHU_TRY(query_parameter("limit"));
    if (!given) return limits::page_rows_default;
    const auto limit = text::parse_integer(*given);
    if (!limit.ok() || *limit < 1 || *limit > static_cast<std::int64_t>(limits::page_rows_max)) {
        return invalid("limit must be a whole number from 1 to " +
                       std::to_string(limits::page_rows_max) + ".");
    }
    return static_cast<std::size_t>(*limit);
}

std::string to_cursor(const json::value& position) {
    return text::to_base64url(json::serialize(position));
}

Result<std::optional<json::value>> Request::page_cursor() const {
    const auto given = SHU_TRY(query_parameter("cursor"));
    if (!given) return std::optional<json::value>();
    const Error wrong =
        invalid("cursor is not one that this server gave out; ask for the first page again.");
    if (given->size() > limits::http_cursor_bytes_max) return wrong;
    const auto bytes = text::from_base64url(*given);
    if (!bytes.ok()) return wrong;
    auto position = json::parse(*bytes);
    if (!position.ok()) return wrong;
    return std::optional<json::value>(std::move(position).value());
}

bool Request::has_json_type() const {
    const std::string_view type = header("Content-Type");
    const std::string_view media = text::trim(type.substr(0, type.find(';')));
    return text::equals_ignoring_case(media, "application/json") ||
           (media.size() > 5 &&
            text::equals_ignoring_case(media.substr(media.size() - 5), "+json"));
}

Result<json::value> Request::json_body() const {
    if (!has_json_type())
        return invalid("The body must be sent as Content-Type: application/json.");
    return json::parse(body);
}

Response Response::json(const json::value& v, int status) {
    Response response;
    response.status = status;
    response.body = json::serialize(v);
    return response;
}

Response Response::page(json::array items, const std::optional<std::string>& next) {
    json::object page;
    page["items"] = std::move(items);
    if (next)
        page["next"] = *next;
    else
        page["next"] = nullptr;
    return json(page);
}

Response Response::text(std::string body, std::string content_type) {
    Response response;
    response.content_type = std::move(content_type);
    response.body = std::move(body);
    return response;
}

Response Response::no_content() {
    Response response;
    response.status = 204;
    response.content_type.clear();
    return response;
}

Response&& Response::with_header(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

Response&& Response::with_etag() && {
    const crypto::Digest digest = crypto::sha256(body);
    const std::string tag = text::to_base64url(crypto::bytes_of(digest).substr(0, 12));
    return std::move(*this).with_header("ETag", "W/\"" + tag + "\"");
}

Reply::~Reply() {
    if (target_ == nullptr) return;
    Response response;
    response.status = 500;
    response.body.clear();  // the server writes the problem document
    std::exchange(target_, nullptr)->send(std::move(response));
}

void Reply::send(Response response) && {
    SHU_ASSERT(target_ != nullptr);
    std::exchange(target_, nullptr)->send(std::move(response));
}

void Reply::send_raw(std::string bytes) && {
    SHU_ASSERT(target_ != nullptr);
    std::exchange(target_, nullptr)->send_raw(std::move(bytes));
}

void send_raw_all(std::vector<std::pair<Reply, std::string>>& replies) {
    if (replies.empty()) return;
    std::vector<std::pair<std::shared_ptr<Reply::Target>, std::string>> all;
    all.reserve(replies.size());
    for (auto& [reply, bytes] : replies) {
        SHU_ASSERT(reply.target_ != nullptr);
        all.emplace_back(std::exchange(reply.target_, nullptr), std::move(bytes));
    }
    replies.clear();
    const std::shared_ptr<Reply::Target> first = all.front().first;
    first->send_raw_all(all);
}

}  // namespace shu::http
