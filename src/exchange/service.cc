#include "exchange/service.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace shu::exchange {
namespace {

// The sealer works while the core has nothing else to do: at any other priority the gateway's
// threads would wait for the rest of its time slice, which is milliseconds. Once it lags, it takes
// a share of the core at this niceness until it has caught up.
constexpr int kSealerNice = 10;
constexpr std::int64_t kLagUs = limits::seal_interval_ms * kMicrosPerMilli;
constexpr int kRestPerWork =
    3;  // at most a quarter of the time, because the database writes at full priority
constexpr int kStepsPerMerge = 4;

/// Of the calling thread. Where the system does not allow it, the thread goes on as it was.
void work_when_idle(bool idle) {
    const sched_param none{};
    (void)::pthread_setschedparam(::pthread_self(), idle ? SCHED_IDLE : SCHED_OTHER, &none);
    if (!idle)
        (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kSealerNice);
}

}  // namespace

Service::Service(Exchange::Parts opened) : parts(std::move(opened)) {
    trace.folder = parts.trace_folder;
    trace.node = parts.node;
    trace.archive_folder = parts.trace_archive_folder;
    archive_ =
        std::make_unique<TraceArchive>(TraceArchive::Parts{.database = parts.database,
                                                           .clock = parts.clock,
                                                           .ids = parts.ids,
                                                           .trace = trace,
                                                           .online_days = parts.trace_online_days,
                                                           .log = parts.log});
}

Service::~Service() {
    stop();
    gateway.reset();
    if (node_claim) node_claim->release();
}

Result<void> Service::refresh() {
    const std::lock_guard lock(refresh_mutex_);
    const auto refreshed = take_over();
    if (refreshed.ok()) {
        failing_since_.reset();
        gateway->refuse_all(false);
        return {};
    }
    // A grant may have been revoked on another node meanwhile.
    const auto now = std::chrono::steady_clock::now();
    if (!failing_since_) failing_since_ = now;
    if (now - *failing_since_ > std::chrono::milliseconds(limits::gateway_stale_ms_max))
        gateway->refuse_all(true);
    return refreshed;
}

void Service::put_in_force() {
    const auto refreshed = refresh();
    if (refreshed.ok()) return;
    gateway->refuse_all(true);
    parts.log->error("a decision is not in force yet; the gateway refuses calls until it is",
                     {{"reason", refreshed.error().detail}});
}

Result<void> Service::take_over() {
    const auto before = gateway->snapshot();
    const auto declarations = parts.records.declarations();
    const auto directory = parts.identity.directory();
    std::shared_ptr<const GatewaySnapshot> fresh;
    SHU_CHECK(parts.database.read([&](store::Transaction& tx) -> Result<void> {
        if (parts.database.engine() ==
            store::Engine::kPostgres)  // other nodes answer calls of the same grants
            SHU_CHECK(uses.load(tx, china_day(now()), parts.node, false));
        if (SHU_TRY(exchange_version(tx)) == before->version &&
            declarations->version == before->declarations_version && directory == seen_directory_)
            return {};
        fresh = SHU_TRY(build_snapshot(tx, parts.identity, *declarations, uses, *parts.log));
        return {};
    }));
    if (!fresh) return {};
    seen_directory_ = directory;
    gateway->use(std::move(fresh));
    return {};
}

Result<void> Service::seal_now() {
    const TracePosition durable = gateway->trace().durable();
    while (SHU_TRY(seal_step(durable))) {
    }
    return {};
}

Result<std::int64_t> Service::archive_now() {
    std::int64_t segments = 0;
    while (SHU_TRY(archive_->step(sealer->done())))
        ++segments;
    return segments;
}

void Service::archive_each_hour() {
    constexpr Micros kHour = 3600 * kMicrosPerSecond;
    const Micros at = now();
    if (archived_at_ != 0 && at >= archived_at_ && at - archived_at_ < kHour) return;
    archived_at_ = at;
    if (const auto archived = archive_now(); !archived.ok())
        parts.log->error("the trace cannot be archived; trying again in an hour",
                         {{"reason", archived.error().detail}});
}

void Service::start() {
    {
        const std::lock_guard lock(stop_mutex_);
        stopping_ = false;
    }
    sealing_ = std::thread([this] { run_sealer(); });
    ticking_ = std::thread([this] { run_ticker(); });
}

void Service::stop() {
    {
        const std::lock_guard lock(stop_mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    if (!sealing_.joinable()) return;
    sealing_.join();
    ticking_.join();
    if (const auto sealed = seal_now(); !sealed.ok())
        parts.log->warning("the last calls are not sealed yet; the next start seals them",
                           {{"reason", sealed.error().detail}});
}

bool Service::wait_for_stop(std::int64_t us) {
    std::unique_lock lock(stop_mutex_);
    return stopped_.wait_for(lock, std::chrono::microseconds(us), [&] { return stopping_; });
}

Result<bool> Service::seal_step(TracePosition durable) {
    const std::lock_guard lock(seal_mutex_);
    const auto more = sealer->advance(durable);
    unsealed_.store(gateway->trace().statistics().records - sealer->indexed());
    return more;
}

/// The index's upkeep may fail without keeping calls from being sealed.
bool Service::merge_step() {
    const std::lock_guard lock(seal_mutex_);
    const auto merged = sealer->merge();
    if (!merged.ok() && !is_merge_failing_)
        parts.log->error("runs of the index cannot be joined; trying again every second",
                         {{"reason", merged.error().detail}});
    is_merge_failing_ = !merged.ok();
    return merged.ok() && *merged;
}

/// Seals and indexes what is on disk now, then joins runs for what is left of the second. Rests
/// after each step longer than it worked, so that neither the core nor the database's writer is
/// taken for long, however far behind it is.
Result<void> Service::seal_cycle() {
    const TracePosition durable = gateway->trace().durable();
    const auto begun = std::chrono::steady_clock::now();
    const auto us_since = [](std::chrono::steady_clock::time_point then) {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::steady_clock::now() - then)
            .count();
    };
    bool is_sealing = true, is_merging = true, is_late = false;
    work_when_idle(true);
    for (int step = 1; is_sealing || is_merging; ++step) {
        if (!is_late && is_sealing && us_since(begun) >= kLagUs) {
            is_late = true;
            work_when_idle(false);
        }
        const auto step_begun = std::chrono::steady_clock::now();
        const bool merges = is_merging && (!is_sealing || step % kStepsPerMerge == 0);
        if (merges) {
            is_merging = merge_step();
        } else {
            is_sealing = SHU_TRY(seal_step(durable));
        }
        if (!is_sealing && us_since(begun) >= limits::seal_interval_ms * kMicrosPerMilli) break;
        const std::int64_t rest_us = std::clamp<std::int64_t>(
            kRestPerWork * us_since(step_begun), kMicrosPerMilli, 100 * kMicrosPerMilli);
        if (wait_for_stop(rest_us)) break;
    }
    const std::int64_t left_us = limits::seal_interval_ms * kMicrosPerMilli - us_since(begun);
    if (left_us > 0) (void)wait_for_stop(left_us);
    return {};
}

void Service::run_sealer() {
    bool is_failing = false;
    while (!wait_for_stop(0)) {
        const auto done = seal_cycle();
        if (!done.ok() && !is_failing)
            parts.log->error("calls cannot be sealed or indexed; trying again every second",
                             {{"reason", done.error().detail}});
        is_failing = !done.ok();
        archive_each_hour();
        if (is_failing) (void)wait_for_stop(limits::seal_interval_ms * kMicrosPerMilli);
    }
}

void Service::run_ticker() {
    while (!wait_for_stop(kMicrosPerSecond)) {
        live.tick(now());
        gateway->tick();
        if (node_claim) renew_claim();
    }
}

void Service::renew_claim() {
    const auto renewed = node_claim->renew();
    if (!renewed.ok() && !is_claim_failing_)
        parts.log->error("this node's number cannot be kept", {{"reason", renewed.error().detail}});
    is_claim_failing_ = !renewed.ok();
}

Exchange::Statistics Service::statistics() const {
    Exchange::Statistics it;
    it.calls_answered = live.answered();
    it.calls_refused = live.refused();
    it.grants_active = gateway->snapshot()->grants;
    const TraceWriter::Statistics trace_statistics = gateway->trace().statistics();
    it.trace_syncs = trace_statistics.syncs;
    it.trace_unsealed = std::max<std::int64_t>(0, unsealed_.load());
    const std::lock_guard lock(today_mutex_);
    const Micros at = now();
    if (today_at_ == 0 || at - today_at_ >= kMicrosPerSecond || at < today_at_) {
        const std::int64_t first_minute = (china_day(at) * 1'440) - kChinaOffsetMinutes;
        const auto counted = parts.database.read([&](store::Transaction& tx) -> Result<void> {
            const auto row = SHU_TRY(
                tx.row("SELECT SUM(calls) FROM gateway_minute WHERE minute >= $1", {first_minute}));
            today_ = row ? row->integer(0) : 0;
            return {};
        });
        if (counted.ok()) today_at_ = at;
    }
    it.calls_today = today_;
    return it;
}

Result<void> Service::record(store::Transaction& tx, const ledger::Act& act) const {
    SHU_TRY(ledger::record(tx, parts.ids, parts.clock, act));
    return {};
}

std::shared_ptr<const record::Dataset> Service::dataset(std::string_view code) const {
    const auto declarations = parts.records.declarations();
    const auto found = declarations->datasets.find(code);
    return found == declarations->datasets.end() ? nullptr : found->second;
}

std::string Service::organisation_name(std::string_view code) const {
    const identity::Organisation* organisation = parts.identity.directory()->organisation(code);
    return organisation ? organisation->name : std::string(code);
}

std::int64_t Service::used_today(GrantId grant) const {
    return uses.of(grant)->used(china_day(now()));
}

void Service::show_record(std::string_view payload) {
    const auto call = parse_record(payload);
    if (!call.ok()) return;
    live.show(call->id, payload,
              json::serialize(
                  to_json(*call, *parts.identity.directory(), *parts.records.declarations())));
}

void add_route(http::Router& router, RouteSpec spec, http::Handler handler) {
    http::Route route;
    route.method = spec.method;
    route.pattern = std::move(spec.pattern);
    route.access = std::move(spec.access);
    route.handler = std::move(handler);
    route.summary = std::move(spec.summary);
    route.tag = "exchange";
    route.body = spec.body ? http::BodyKind::kMemory : http::BodyKind::kNone;
    route.request_shape = std::move(spec.body);
    route.query = std::move(spec.query);
    route.idempotent = spec.idempotent;
    route.response_shape = std::move(spec.answer);
    route.response_type = std::move(spec.answer_type);
    router.add(std::move(route));
}

}  // namespace shu::exchange
