// One request and one answer, as handlers see them. Knows no domain noun.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/id.h"
#include "foundation/json.h"
#include "foundation/result.h"
#include "foundation/shape.h"

namespace shu::http {

enum class Method { kGet, kPost, kPut, kPatch, kDelete };
std::string_view to_string(Method method);

/// Who is calling, as far as the access check found out; the module that checks derives from it.
struct Principal {
    virtual ~Principal() = default;
    /// A stable name of the caller; the keys of idempotent requests are kept apart by it.
    virtual std::string scope() const { return {}; }
};

/// A received request; borrowed by the handler, valid until it returns (or, for deferred handlers,
/// until the reply is sent).
class Request {
 public:
    virtual ~Request() = default;

    Method method = Method::kGet;
    bool head_only = false;   ///< sent as HEAD: answered as GET, without the body
    std::string_view path;    ///< decoded, without the query
    std::string_view query;   ///< raw, without '?'
    std::string_view target;  ///< as received
    std::string_view body;    ///< empty if spooled
    std::string body_file;    ///< path of a spooled body; the file is removed after the handler
                              ///< unless it was moved away
    std::int64_t body_bytes = 0;
    std::string peer;  ///< address of the other end, without the port
    bool peer_is_loopback = false;
    bool secure = false;                         ///< over TLS
    std::string request_id;                      ///< X-Request-Id if well formed, else made
    std::shared_ptr<const Principal> principal;  ///< set by the access check

    /// The first header of that name, any case; empty if absent. Views into the request.
    virtual std::string_view header(std::string_view name) const = 0;
    /// A cookie's value; empty if absent.
    std::string_view cookie(std::string_view name) const;

    /// A typed parameter of the path: of `{code}` or `{id:int}`. A name that the route does not
    /// have is a bug and aborts.
    std::string_view parameter(std::string_view name) const;
    template <typename IdType>
    Result<IdType> id(std::string_view name) const {
        return parse_id_as<IdType>(parameter(name));
    }

    /// A query parameter, percent-decoded; nullopt if absent. Errors: Invalid if malformed.
    Result<std::optional<std::string>> query_parameter(std::string_view name) const;
    /// `limit` (1..page_rows_max, default page_rows_default).
    Result<std::size_t> page_limit() const;

    /// `cursor`, as to_cursor() made it; nullopt for the first page. Errors: Invalid if it was not
    /// made by to_cursor().
    Result<std::optional<json::value>> page_cursor() const;

    /// Content-Type is application/json or ends in +json.
    bool has_json_type() const;
    /// The body as JSON. Errors: Invalid (also when the Content-Type is not JSON).
    Result<json::value> json_body() const;

    std::vector<std::pair<std::string, std::string>> parameters;  ///< filled by the router
};

/// Where the next page of a list begins, as an opaque text for `next`. It is not secret and not
/// signed: a handler checks the caller's rights again on every page.
std::string to_cursor(const json::value& position);

/// Sends server-sent events to one listener (WHATWG HTML 9.2). Thread-safe; a listener that does
/// not read is closed after limits::http_event_backlog_max unsent events.
class EventSink {
 public:
    virtual ~EventSink() = default;
    /// False when the listener has gone; then forget the sink.
    virtual bool send(std::string_view event, std::string_view data, std::string_view id = "") = 0;
};

/// An answer.
struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;

    /// Set instead of a body: a file sent with ranges, ETag and precompressed siblings (.br, .gz).
    std::string file;
    /// Set instead of a body: the connection becomes an event stream; called once, on a worker.
    std::function<void(std::shared_ptr<EventSink>)> events;

    static Response json(const json::value& v, int status = 200);
    /// A list page: {"items": [...], "next": cursor or null}.
    static Response page(json::array items, const std::optional<std::string>& next);
    static Response text(std::string body, std::string content_type = "text/plain; charset=utf-8");
    static Response no_content();  ///< 204
    Response&& with_header(std::string name, std::string value) &&;
    /// Weak ETag over the body; the server answers 304 when If-None-Match has it.
    Response&& with_etag() &&;
};

/// Sends the answer of a deferred handler, once, from any thread. Dropping it unsent answers 500.
class Reply {
 public:
    class Target {
     public:
        virtual ~Target() = default;
        virtual void send(Response response) = 0;
        /// Sends bytes that are a whole HTTP/1.1 response already (status line, headers, body).
        virtual void send_raw(std::string bytes) = 0;
        /// send_raw() of several targets at once; called on any of them.
        virtual void send_raw_all(
            std::vector<std::pair<std::shared_ptr<Target>, std::string>>& all) = 0;
    };

    Reply() = default;
    explicit Reply(std::shared_ptr<Target> target) : target_(std::move(target)) {}
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&&) noexcept = default;
    ~Reply();

    void send(Response response) &&;
    /// The bytes must carry Content-Length and the fields of api_header_lines(); the server adds
    /// nothing to them. It closes the connection by itself where the client asked for that, and
    /// drops the body for HEAD.
    void send_raw(std::string bytes) &&;

 private:
    friend void send_raw_all(std::vector<std::pair<Reply, std::string>>& replies);
    std::shared_ptr<Target> target_;
};

/// send_raw() for many replies at once, which wakes each I/O thread once: cheaper than one by one.
/// Leaves `replies` empty.
void send_raw_all(std::vector<std::pair<Reply, std::string>>& replies);

/// The header lines that every answer of the API carries, each ended by CRLF: content sniffing,
/// framing and referrers off, not cached. For makers of raw answers.
std::string_view api_header_lines();

}  // namespace shu::http
