#include "exchange/gateway.h"

#include <algorithm>
#include <chrono>

#include "exchange/json_text.h"
#include "http/server.h"

namespace shu::exchange {
namespace {

std::int64_t steady_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

constexpr std::size_t kFreeBatchesMax = 64;

}  // namespace

void PendingCall::reset() {
    client = nullptr;
    grant = nullptr;
    refusal = Refusal::kNone;
    is_proven = false;
    is_context_signed = false;
    is_traced = true;
    timestamp_ms = 0;
    rows = 0;
    chosen.clear();
    for (std::string* text :
         {&detail, &dataset, &client_id, &nonce, &matter, &peer, &subject, &asked, &items})
        text->clear();
}

void PendingCall::fail(Refusal why) {
    if (refusal == Refusal::kNone) grant->use->give_back(china_day(at));
    refusal = why;
    rows = 0;
    items.clear();
}

bool Allowance::take(std::int64_t second) {
    // A clock that was set back brings nothing.
    if (second > second_)
        parts_ = std::min(burst_ * kPartsOfOne,
                          parts_ + std::min(second - second_, kPartsOfOne) * burst_);
    second_ = second;
    if (parts_ < kPartsOfOne) return false;
    parts_ -= kPartsOfOne;
    return true;
}

bool FloodBound::admit(Refusal refusal, std::int64_t second) {
    if (!is_unproven(refusal)) return true;
    const std::lock_guard lock(mutex_);
    const bool is_unknown = refusal == Refusal::kUnknownClient || refusal == Refusal::kHeader;
    if ((is_unknown ? unknown_ : unproven_).take(second)) return true;
    if (suppressed_++ == 0) suppressed_since_ = second;
    return false;
}

std::int64_t FloodBound::take_suppressed(std::int64_t second) {
    const std::lock_guard lock(mutex_);
    if (suppressed_ == 0 || second == suppressed_since_) return 0;
    return std::exchange(suppressed_, 0);
}

Gateway::Gateway(Parts parts) : parts_(std::move(parts)) {
    snapshot_.store(std::make_shared<const GatewaySnapshot>());
    writer_ = std::make_unique<TraceWriter>(
        parts_.trace, parts_.clock,
        [this](std::unique_ptr<TraceBatch> batch, const Result<void>& result) {
            written(std::move(batch), result);
        },
        parts_.log);
    if (parts_.database.engine() == store::Engine::kPostgres)
        for (int i = 0; i < limits::gateway_readers; ++i)
            readers_.emplace_back([this] { read_on_threads(); });
}

Gateway::~Gateway() {
    {
        const std::lock_guard lock(read_mutex_);
        stopping_ = true;
    }
    read_arrived_.notify_all();
    for (std::thread& reader : readers_)
        reader.join();
    writer_.reset();  // writes what is waiting and calls written()
}

void Gateway::handle(http::Request& request, http::Reply reply) {
    Turn& turn = this_turn();
    if (!turn.batch) {
        turn.batch = fresh_batch();
        http::at_end_of_turn([this, &turn] { end_turn(turn); });
    }
    PendingCall& call = turn.batch->next();
    call.reply = std::move(reply);
    call.started_us = steady_us();
    call.at = parts_.clock.now();
    call.refusal = check(request, call, *turn.batch->snapshot);
    if (call.refusal != Refusal::kNone)
        call.is_traced = flood_.admit(call.refusal, call.at / kMicrosPerSecond);
}

Gateway::Turn& Gateway::this_turn() {
    const std::lock_guard lock(turns_mutex_);
    std::unique_ptr<Turn>& turn = turns_[std::this_thread::get_id()];
    if (!turn) turn = std::make_unique<Turn>();
    return *turn;
}

std::unique_ptr<CallBatch> Gateway::fresh_batch() {
    std::unique_ptr<CallBatch> batch;
    {
        const std::lock_guard lock(free_mutex_);
        if (!free_.empty()) {
            batch = std::move(free_.back());
            free_.pop_back();
        }
    }
    if (!batch) batch = std::make_unique<CallBatch>();
    batch->snapshot = snapshot_.load();
    return batch;
}

void Gateway::end_turn(Turn& turn) {
    std::unique_ptr<CallBatch> batch = std::move(turn.batch);
    if (!has_nodes()) return process(std::move(batch));
    {
        const std::lock_guard lock(read_mutex_);
        to_read_.push_back(std::move(batch));
    }
    read_arrived_.notify_one();
}

void Gateway::read_on_threads() {
    for (;;) {
        std::unique_ptr<CallBatch> batch;
        {
            std::unique_lock lock(read_mutex_);
            read_arrived_.wait(lock, [&] { return stopping_ || !to_read_.empty(); });
            if (to_read_.empty()) return;
            batch = std::move(to_read_.front());
            to_read_.pop_front();
        }
        process(std::move(batch));
    }
}

void Gateway::process(std::unique_ptr<CallBatch> batch) {
    if (has_nodes()) claim_nonces(*batch);
    read(*batch);
    finish(std::move(batch));
}

void Gateway::finish(std::unique_ptr<CallBatch> batch) {
    const std::int64_t now_us = steady_us();
    for (std::size_t i = 0; i < batch->used; ++i) {
        PendingCall& call = batch->calls[i];
        std::string call_id;
        if (call.is_traced) {
            call_id = std::to_string(parts_.ids.next());
            append_record(*batch, call, call_id, now_us);
        }
        batch->replies.emplace_back(std::move(call.reply), response_of(call, call_id));
    }
    append_flood_record(*batch);
    if (batch->records.empty())
        written(std::move(batch), {});
    else
        writer_->submit(std::move(batch));
}

void Gateway::append_flood_record(CallBatch& batch) {
    const Micros now = parts_.clock.now();
    const std::int64_t suppressed = flood_.take_suppressed(now / kMicrosPerSecond);
    if (suppressed == 0) return;
    std::string record = "{\"call\":\"" + std::to_string(parts_.ids.next()) + '"';
    append_member(record, "at", now);
    append_member(record, "outcome", "refused");
    append_member(record, "status", std::int64_t{401});
    append_member(record, "reason", "unproven");
    append_member(record, "suppressed", suppressed);
    record += '}';
    append_trace_record(batch.records, record);
    ++batch.count;
}

void Gateway::tick() {
    auto batch = fresh_batch();
    append_flood_record(*batch);
    if (!batch->records.empty()) writer_->submit(std::move(batch));
    if (has_nodes()) forget_nonces();
}

void Gateway::written(std::unique_ptr<TraceBatch> written, const Result<void>& result) {
    std::unique_ptr<CallBatch> batch(static_cast<CallBatch*>(written.release()));
    if (!result.ok())
        for (std::size_t i = 0; i < batch->used; ++i) {
            if (!batch->calls[i].is_traced) continue;
            batch->calls[i].fail(Refusal::kUnavailable);
            batch->replies[i].second.clear();
            append_refusal(batch->replies[i].second, Refusal::kUnavailable, "", "");
        }
    publish(*batch, result.ok());
    http::send_raw_all(batch->replies);
    batch->replies.clear();
    batch->records.clear();
    batch->record_ends.clear();
    batch->count = 0;
    batch->used = 0;
    batch->snapshot.reset();
    const std::lock_guard lock(free_mutex_);
    if (free_.size() < kFreeBatchesMax) free_.push_back(std::move(batch));
}

void Gateway::publish(CallBatch& batch, bool on_disk) {
    if (batch.used == 0) return;
    const std::int64_t now_us = steady_us();
    batch.figures.clear();
    for (std::size_t i = 0; i < batch.used; ++i) {
        const PendingCall& call = batch.calls[i];
        batch.figures.push_back({.duration_us = now_us - call.started_us,
                                 .rows = call.rows,
                                 .answered = call.refusal == Refusal::kNone});
    }
    parts_.live.add(batch.figures);
    if (!on_disk) return;
    std::size_t begin = 0;
    for (const std::size_t end : batch.record_ends) {
        if (!parts_.live.wants_call()) return;
        const auto payload =
            std::string_view(batch.records).substr(begin, end - begin).substr(kTraceFrameBytes);
        parts_.show_record(payload);
        begin = end;
    }
}

}  // namespace shu::exchange
