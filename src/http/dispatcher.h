// What happens to a request between its arrival and its handler: who calls, from where, is the body
// right, was it asked before.
#pragma once

#include <memory>

#include "foundation/log.h"
#include "http/received_request.h"
#include "http/router.h"

namespace shu::http {

/// Runs on worker threads; const methods may be called concurrently.
class Dispatcher {
 public:
    Dispatcher(AccessCheck access_check, IdempotencyStore* idempotency,
               std::shared_ptr<const Log> log)
        : access_check_(std::move(access_check)), idempotency_(idempotency), log_(std::move(log)) {}

    /// Checks the origin and the caller; sets request.principal.
    Result<void> admit(ReceivedRequest& request, const Route& route) const;

    /// The answer of an admitted request: body checks, idempotency, the handler. Every error is a
    /// problem document.
    Response answer(ReceivedRequest& request, const Route& route) const;

    const Log& log() const { return *log_; }

 private:
    Response run_once(ReceivedRequest& request, const Route& route, std::string_view key) const;
    Response run(ReceivedRequest& request, const Route& route) const;

    AccessCheck access_check_;
    IdempotencyStore* idempotency_;
    std::shared_ptr<const Log> log_;
};

/// True unless the request changes state and its Origin names another host than it was sent to:
/// what a foreign page could make a signed-in browser do. Requests without Origin do not come from
/// a page.
bool origin_allowed(const ReceivedRequest& request);

}  // namespace shu::http
