#include "record/records.h"

#include <chrono>

#include "foundation/text.h"
#include "record/collector.h"
#include "record/declarations.h"
#include "record/records_state.h"

namespace shu::record {

Records::Records(std::unique_ptr<State> state) : state_(std::move(state)) {}
Records::~Records() {
    stop();
}

Result<std::unique_ptr<Records>> Records::open(Parts parts) {
    std::unique_ptr<Records> records(new Records(std::make_unique<State>(std::move(parts))));
    SHU_CHECK(records->refresh());
    return records;
}

std::shared_ptr<const Declarations> Records::declarations() const {
    return state_->declarations.load();
}

Result<void> Records::refresh() {
    const std::lock_guard lock(state_->refresh_mutex);
    const auto present = state_->declarations.load();
    std::shared_ptr<const Declarations> next;
    SHU_CHECK(state_->parts.database.read([&](store::Transaction& tx) -> Result<void> {
        next = nullptr;
        if (SHU_TRY(declarations_version(tx)) == present->version) return {};
        next = std::make_shared<const Declarations>(SHU_TRY(load_declarations(tx)));
        return {};
    }));
    if (next) state_->declarations.store(std::move(next));
    return {};
}

Result<BatchId> Records::State::queue_batch(const NewBatch& wanted, std::string organisation,
                                            ledger::Act act) {
    if (!declarations.load()->datasets.contains(wanted.dataset))
        return not_found("there is no dataset `" + wanted.dataset + "`");
    SHU_CHECK(parts.blobs.path_of(wanted.blob));
    Batch batch;
    batch.id = parts.ids.next_as<BatchId>();
    batch.dataset = wanted.dataset;
    batch.organisation = std::move(organisation);
    batch.file_name = text::first_characters(text::with_replacements(wanted.file_name),
                                             limits::file_name_characters_max);
    batch.format = wanted.format;
    batch.sheet = wanted.sheet;
    batch.blob = crypto::to_hex(wanted.blob);
    batch.bytes = wanted.bytes;
    batch.created_at = parts.clock.now();
    batch.node = parts.node;
    act.object = "batch:" + batch.id.text();
    act.detail = {{"dataset", batch.dataset},
                  {"bytes", batch.bytes},
                  {"file", batch.blob}};  // never the file's name
    SHU_CHECK(parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(insert_batch(tx, batch));
        SHU_CHECK(ledger::record(tx, parts.ids, parts.clock, act));
        return {};
    }));
    return batch.id;
}

Result<BatchId> Records::start_batch(const identity::Actor& actor, const NewBatch& wanted) {
    const auto declared = declarations();
    const auto found = declared->datasets.find(wanted.dataset);
    if (found == declared->datasets.end())
        return not_found("there is no dataset `" + wanted.dataset + "`");
    SHU_CHECK(actor.require("dataset.collect", found->second->provider, found->second->level()));
    const BatchId id =
        SHU_TRY(state_->queue_batch(wanted, actor.organisation, actor.act("batch.start", "")));
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(id.value);
    state_->changed.notify_all();
    return id;
}

Result<Batch> Records::collect_now(std::string_view organisation, const NewBatch& wanted,
                                   const std::function<void(const Batch&)>& progress) {
    ledger::Act act;
    act.actor = "system:shu";
    act.organisation = organisation;
    act.verb = "batch.start";
    const BatchId id =
        SHU_TRY(state_->queue_batch(wanted, std::string(organisation), std::move(act)));
    {
        const std::lock_guard lock(state_->mutex);
        state_->running_here.insert(id.value);
    }
    auto result = state_->run(id, progress, [] { return true; });
    const std::lock_guard lock(state_->mutex);
    state_->running_here.erase(id.value);
    return result;
}

Result<Batch> Records::batch(BatchId id) const {
    return state_->parts.database.read_value<Batch>(
        [&](store::Transaction& tx) -> Result<Batch> { return SHU_TRY(load_batch(tx, id)).batch; });
}

Result<std::int64_t> Records::count(std::string_view dataset) const {
    return state_->parts.database.read_value<std::int64_t>(
        [&](store::Transaction& tx) -> Result<std::int64_t> {
            const auto row =
                SHU_TRY(tx.row("SELECT records FROM dataset WHERE code = $1", {dataset}));
            if (!row) return not_found("there is no dataset `" + std::string(dataset) + "`");
            return row->integer(0);
        });
}

void Records::State::announce(const Batch& batch) {
    const bool ended = batch.state == BatchState::kDone || batch.state == BatchState::kFailed;
    if (broadcast.has_listeners(batch.id.value)) {
        std::vector<ReasonCount> reasons;
        const auto read = parts.database.read([&](store::Transaction& tx) -> Result<void> {
            reasons = SHU_TRY(reasons_of(tx, batch.id));
            return {};
        });
        if (read.ok())
            broadcast.send(batch.id.value,
                           json::serialize(batch_json(batch, *declarations.load(), &reasons)));
    }
    if (ended) broadcast.finish(batch.id.value);
}

Result<Batch> Records::State::run(BatchId id, const std::function<void(const Batch&)>& progress,
                                  const std::function<bool()>& goes_on) {
    Collector collector(parts, declarations.load());
    const auto both = [&](const Batch& batch) {
        announce(batch);
        if (progress) progress(batch);
    };
    auto result = collector.run(id, both, goes_on);
    if (result.ok()) announce(*result);
    return result;
}

bool Records::State::is_ending() {
    const std::lock_guard lock(mutex);
    return is_stopping;
}

void Records::State::pause(int milliseconds) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return is_stopping; });
}

// A batch stays at the head of the queue while the database does not answer; a batch that another
// node collects is left to it.
void Records::State::collect() {
    for (;;) {
        std::int64_t id = 0;
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return is_stopping || !queue.empty(); });
            if (is_stopping) return;
            id = queue.front();
        }
        const auto result = run(BatchId{id}, {}, [&] { return !is_ending(); });
        if (!result.ok()) {
            const auto& error = result.error();
            parts.log->warning("batch interrupted", {{"batch", id}, {"why", error.detail}});
            if (error.code == Code::kUnavailable || error.code == Code::kExhausted) {
                pause(limits::collection_retry_ms);
                continue;
            }
        }
        const std::lock_guard lock(mutex);
        if (is_stopping) return;
        queue.pop_front();
    }
}

void Records::start() {
    const std::lock_guard lock(state_->mutex);
    if (state_->thread.joinable()) return;
    state_->is_stopping = false;
    std::vector<BatchId> unfinished;
    const auto read = state_->parts.database.read([&](store::Transaction& tx) -> Result<void> {
        unfinished = SHU_TRY(unfinished_batches(tx, state_->parts.node));
        return {};
    });
    if (!read.ok())
        state_->parts.log->error("unfinished batches cannot be read",
                                 {{"why", read.error().detail}});
    state_->queue.clear();
    for (const auto id : unfinished)
        if (!state_->running_here.contains(id.value)) state_->queue.push_back(id.value);
    state_->thread = std::thread([this] { state_->collect(); });
}

void Records::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->is_stopping = true;
        state_->changed.notify_all();
    }
    if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace shu::record
