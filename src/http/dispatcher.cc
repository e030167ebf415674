#include "http/dispatcher.h"

#include <exception>

#include "foundation/crypto/sm3.h"
#include "foundation/limits.h"
#include "foundation/text.h"
#include "http/problem.h"
#include "http/response_bytes.h"

namespace shu::http {

namespace {

std::string_view without_default_port(std::string_view authority, std::string_view port) {
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    return authority;
}

/// Strangers are not told where files and databases lie and what they answered.
Error told(const ReceivedRequest& request, const Error& error) {
    if (request.principal != nullptr) return error;
    return {
        error.code,
        "The server cannot do this at the moment; its log says why under the id of this request."};
}

}  // namespace

bool origin_allowed(const ReceivedRequest& request) {
    if (request.method == Method::kGet) return true;
    std::string_view origin = request.header("Origin");
    if (origin.empty()) return true;
    std::string_view port;
    if (text::starts_with_ignoring_case(origin, "http://")) port = ":80";
    if (text::starts_with_ignoring_case(origin, "https://")) port = ":443";
    if (port.empty()) return false;
    origin.remove_prefix(port == ":80" ? 7 : 8);
    return text::equals_ignoring_case(without_default_port(origin, port),
                                      without_default_port(request.head().host, port));
}

Result<void> Dispatcher::admit(ReceivedRequest& request, const Route& route) const {
    if (!origin_allowed(request)) {
        return denied("The request comes from a page of another site (Origin).");
    }
    if (route.access.kind == Access::Kind::kSignature) return {};
    if (access_check_ == nullptr) {
        SHU_ASSERT(route.access.kind == Access::Kind::kPublic);
        return {};
    }
    auto principal = access_check_(request, route.access);
    if (!principal.ok()) {
        if (status_of(principal.error().code) < 500) return principal.error();
        log_->error("a caller cannot be checked", {{"request", request.request_id},
                                                   {"route", route.pattern},
                                                   {"error", principal.error().detail}});
        return told(request, principal.error());
    }
    request.principal = std::move(*principal);
    return {};
}

Response Dispatcher::answer(ReceivedRequest& request, const Route& route) const {
    if (route.request_shape != nullptr) {
        if (!request.has_json_type()) {
            return problem(415, "The body must be sent as Content-Type: application/json.",
                           request.request_id);
        }
        const auto body = request.json_body();
        if (!body.ok()) return problem(body.error(), request.request_id);
        std::vector<Problem> problems;
        route.request_shape->check(*body, "", problems);
        if (!problems.empty()) return problem(problems, request.request_id);
    }
    const std::string_view key =
        route.idempotent ? request.header("Idempotency-Key") : std::string_view();
    if (key.empty() || idempotency_ == nullptr) return run(request, route);
    if (key.size() > limits::http_idempotency_key_bytes_max) {
        return problem(invalid("Idempotency-Key is longer than 255 bytes."), request.request_id);
    }
    return run_once(request, route, key);
}

Response Dispatcher::run_once(ReceivedRequest& request, const Route& route,
                              std::string_view key) const {
    const std::string caller =
        request.principal != nullptr ? request.principal->scope() : "peer " + request.peer;
    const std::string scope =
        std::string(to_string(route.method)) + " " + route.pattern + " " + caller;
    crypto::Hasher hasher;
    hasher.update(request.target).update("\n").update(request.body);
    const std::string digest = crypto::to_hex(hasher.finish());

    auto kept = idempotency_->begin(scope, std::string(key), digest);
    if (!kept.ok()) return problem(kept.error(), request.request_id);
    if (*kept) {
        if ((*kept)->request_digest != digest) {
            return problem(
                conflict(
                    "The Idempotency-Key was used before with another request; make a new key."),
                request.request_id);
        }
        Response response;
        response.status = (*kept)->status;
        response.content_type = (*kept)->content_type;
        response.body = (*kept)->body;
        response.headers.emplace_back("Idempotency-Replayed", "true");
        return response;
    }
    Response response = run(request, route);
    // What may succeed when sent again is not an answer to keep.
    if (response.status >= 500 || response.status == 429 || !response.file.empty() ||
        response.events) {
        idempotency_->abandon(scope, std::string(key));
        return response;
    }
    const auto finished = idempotency_->finish(
        scope, std::string(key), {response.status, response.content_type, response.body, digest});
    if (!finished.ok()) {
        log_->error("idempotency key not kept",
                    {{"request", request.request_id}, {"error", finished.error().detail}});
    }
    return response;
}

Response Dispatcher::run(ReceivedRequest& request, const Route& route) const {
    // A library's exception that no adapter caught must not end the program; it is logged as the
    // bug that it is.
    try {
        auto response = route.handler(request);
        if (response.ok()) return std::move(response).value();
        if (status_of(response.error().code) < 500)
            return problem(response.error(), request.request_id);
        log_->error("request failed", {{"request", request.request_id},
                                       {"route", route.pattern},
                                       {"error", response.error().detail}});
        return problem(told(request, response.error()), request.request_id);
    } catch (const std::exception& e) {
        log_->error("handler threw", {{"request", request.request_id},
                                      {"route", route.pattern},
                                      {"error", std::string(e.what())}});
        return problem(500, "The server met an error that it did not expect.", request.request_id);
    }
}

}  // namespace shu::http
