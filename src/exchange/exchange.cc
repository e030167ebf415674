#include "exchange/exchange.h"

#include "exchange/service.h"

namespace shu::exchange {

struct Exchange::State {
    explicit State(Parts parts) : service(std::move(parts)) {}
    Service service;
};

Exchange::Exchange(std::unique_ptr<State> state) : state_(std::move(state)) {}
Exchange::~Exchange() = default;

Result<std::unique_ptr<Exchange>> Exchange::open(Parts parts) {
    std::unique_ptr<Exchange> exchange(new Exchange(std::make_unique<State>(std::move(parts))));
    SHU_CHECK(exchange->state_->service.recover());
    return exchange;
}

Result<void> Exchange::refresh() {
    return state_->service.refresh();
}
void Exchange::start() {
    state_->service.start();
}
void Exchange::stop() {
    state_->service.stop();
}
Result<void> Exchange::seal_now() {
    return state_->service.seal_now();
}
Exchange::Statistics Exchange::statistics() const {
    return state_->service.statistics();
}

void Exchange::add_routes(http::Router& router) {
    Service& service = state_->service;
    add_catalogue_routes(router, service);
    add_application_routes(router, service);
    add_grant_routes(router, service);
    add_call_routes(router, service);
    http::Route route;
    route.method = http::Method::kGet;
    route.pattern = "/gateway/{dataset}";
    route.access = http::Access::signature();
    route.deferred = [&service](http::Request& request, http::Reply reply) {
        service.gateway->handle(request, std::move(reply));
    };
    route.summary = "Look up one record under a grant, signed by a client system";
    route.tag = "gateway";
    route.query = {{"fields", "Granted fields wanted, separated by commas; all of them if absent"}};
    router.add(std::move(route));
}

}  // namespace shu::exchange
