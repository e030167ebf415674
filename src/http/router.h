// Routes: what may be called, by whom, with what, and what comes back. OpenAPI is produced from
// them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/shape.h"
#include "http/message.h"

namespace shu::http {

/// Who may call a route. Every route declares one; the server refuses to start otherwise.
struct Access {
    enum class Kind {
        kUndeclared,
        kPublic,      ///< anybody
        kSignedIn,    ///< any signed-in account
        kPermission,  ///< an account with the permission `verb`; objects are checked again inside
                      ///< the handler
        kSignature,   ///< a client system's signed request; the handler itself authenticates
    };
    Kind kind = Kind::kUndeclared;
    std::string verb;

    static Access open() { return {Kind::kPublic, {}}; }
    static Access signed_in() { return {Kind::kSignedIn, {}}; }
    static Access permission(std::string verb) { return {Kind::kPermission, std::move(verb)}; }
    static Access signature() { return {Kind::kSignature, {}}; }
};

/// Runs on a worker thread; may block.
using Handler = std::function<Result<Response>(Request&)>;
/// Runs on the connection's I/O thread; must not block; sends its reply then or later. The
/// gateway's hot path.
using DeferredHandler = std::function<void(Request&, Reply)>;

enum class BodyKind {
    kNone,
    kMemory,   ///< at most limits::http_body_bytes_max, in Request::body
    kSpooled,  ///< written to a file as it arrives, at most limits::http_upload_bytes_max
};

struct Route {
    Method method = Method::kGet;
    std::string pattern;  ///< "/api/datasets/{code}/batches/{id:int}"; a last segment "{path:*}"
                          ///< takes the rest
    Access access;
    Handler handler;
    DeferredHandler deferred;  ///< instead of handler

    std::string summary;  ///< one line, English, for OpenAPI
    std::string tag;      ///< the module's noun
    BodyKind body = BodyKind::kNone;
    std::shared_ptr<const Shape>
        request_shape;  ///< JSON bodies are checked by it before the handler runs
    std::shared_ptr<const Shape> response_shape;  ///< of JSON answers; for OpenAPI
    std::string response_type;  ///< media type of other answers; for OpenAPI
    std::vector<std::pair<std::string, std::string>>
        query;                ///< accepted query parameters: name, description
    bool idempotent = false;  ///< honours Idempotency-Key: a repeated key of the same principal
                              ///< returns the first answer
};

/// The shape of Response::page() with such items, called `<item>Page` in OpenAPI.
std::shared_ptr<const Shape> page_shape(std::string_view name, const Shape& item);
std::shared_ptr<const Shape> shared(Shape shape);

/// Answers the access check: the principal, or Unsigned or Denied. Called on a worker (or the I/O
/// thread for public deferred routes).
using AccessCheck =
    std::function<Result<std::shared_ptr<const Principal>>(const Request&, const Access&)>;

/// The first answer to an idempotency key, kept 24 hours. Implemented over the database by the
/// program.
class IdempotencyStore {
 public:
    virtual ~IdempotencyStore() = default;
    struct Answer {
        int status = 0;
        std::string content_type;
        std::string body;
        std::string request_digest;
    };
    /// The kept answer, or nullopt after reserving the key. Conflict while the first request is
    /// still running or if the digest differs.
    virtual Result<std::optional<Answer>> begin(const std::string& scope, const std::string& key,
                                                const std::string& request_digest) = 0;
    virtual Result<void> finish(const std::string& scope, const std::string& key,
                                const Answer& answer) = 0;
    virtual void abandon(const std::string& scope, const std::string& key) = 0;
};

class Router {
 public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    /// Adds a route. Two routes that match the same requests, or one without declared access, make
    /// seal() fail.
    void add(Route route);

    /// Files under `folder` for GET /...; unknown paths without an extension answer index.html (the
    /// application's own routes).
    void serve_files(std::string folder);

    /// Checks all routes; call before serving. Errors: Invalid naming the route.
    Result<void> seal();

    const std::vector<Route>& routes() const;

    struct Match {
        const Route* route = nullptr;
        std::vector<std::pair<std::string, std::string>> parameters;
        bool path_known = false;  ///< another method is allowed: 405
        std::string allow;
    };
    Match match(Method method, std::string_view path) const;
    /// The same into a Match that is used again and again; allocates nothing once its strings have
    /// grown.
    void match(Method method, std::string_view path, Match& match) const;
    const std::string& files() const;

    /// OpenAPI 3.1 document of all routes.
    json::value openapi(std::string_view title, std::string_view version) const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shu::http
