#include "http/response_bytes.h"

#include "foundation/text.h"
#include "http/status.h"

namespace shu::http {

namespace {

// What the web application needs: its own scripts only; styles set by components (Element Plus,
// ECharts); images that charts and maps make (data:, blob:); MapLibre's worker (blob:).
constexpr std::string_view kDocumentLines =
    "Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; child-src blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

constexpr std::string_view kDataLines =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n";

constexpr std::string_view kApiLines =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cache-Control: no-store\r\n";

bool is_data(std::string_view content_type) {
    return content_type.empty() || content_type.starts_with("application/json") ||
           content_type.starts_with("application/problem+json") ||
           content_type.starts_with("text/event-stream") || content_type.starts_with("text/plain");
}

void append_value(std::string& out, std::string_view value) {
    for (const char c : value) {
        if (static_cast<unsigned char>(c) >= ' ' || c == '\t') out += c;
    }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    append_value(out, value);
    out += "\r\n";
}

}  // namespace

std::string_view api_header_lines() {
    return kApiLines;
}

const std::string* find_header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (text::equals_ignoring_case(key, name)) return &value;
    }
    return nullptr;
}

void append_head(std::string& out, const Response& response,
                 std::optional<std::int64_t> content_length, const HeadSettings& settings) {
    out += "HTTP/1.1 ";
    out += std::to_string(response.status);
    out += ' ';
    out += reason_of(response.status);
    out += "\r\n";
    append_field(out, "Date", settings.date);
    if (!response.content_type.empty() && response.status != 304) {
        append_field(out, "Content-Type", response.content_type);
    }
    const bool has_no_body = response.status == 204 || response.status == 304;
    if (content_length && !has_no_body) {
        append_field(out, "Content-Length", std::to_string(*content_length));
    }
    if (!settings.keep_alive)
        out += "Connection: close\r\n";
    else if (settings.http_1_0)
        out += "Connection: keep-alive\r\n";
    append_field(out, "X-Request-Id", settings.request_id);
    out += is_data(response.content_type) ? kDataLines : kDocumentLines;
    if (settings.secure) out += "Strict-Transport-Security: max-age=31536000\r\n";
    for (const auto& [name, value] : response.headers)
        append_field(out, name, value);
    if (find_header(response, "Cache-Control") == nullptr) {
        // What a department or citizen was told is not left in caches; with an ETag it may be kept
        // if asked after.
        const bool tagged = find_header(response, "ETag") != nullptr;
        append_field(out, "Cache-Control", tagged ? "private, no-cache" : "no-store");
    }
    out += "\r\n";
}

bool etag_listed(std::string_view if_none_match, std::string_view etag) {
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    for (const std::string_view part : text::split(if_none_match, ',')) {
        std::string_view tag = text::trim(part);
        if (tag == "*") return true;
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
    }
    return false;
}

void apply_conditions(const ReceivedRequest& request, Response& response) {
    if ((response.status != 200 && response.status != 206) || request.method != Method::kGet)
        return;
    const std::string_view listed = request.header("If-None-Match");
    if (listed.empty()) return;
    const std::string* etag = find_header(response, "ETag");
    if (etag == nullptr || !etag_listed(listed, *etag)) return;
    response.status = 304;
    response.body.clear();
    response.file.clear();
}

}  // namespace shu::http
