#include "record/collector.h"

#include <algorithm>

namespace shu::record {

void Collector::Chunk::clear() {
    rows = 0;
    runs.clear();
    quarantined.clear();
    reasons.clear();
    read = 0;
    broken.clear();
}

void Collector::Chunk::keep(const RowPlan* plan) {
    if (runs.empty() || runs.back().plan != plan) runs.push_back({plan, 0});
    ++runs.back().rows;
    ++rows;
}

void Collector::Chunk::quarantine(QuarantinedRow row) {
    const auto same = [&](const ReasonCount& one) {
        return one.field == row.field && one.reason == row.reason;
    };
    auto found = std::find_if(reasons.begin(), reasons.end(), same);
    if (found == reasons.end()) found = reasons.insert(found, {row.field, row.reason, 0});
    ++found->count;
    quarantined.push_back(std::move(row));
}

Result<Batch> Collector::run(BatchId id, const Progress& progress,
                             const std::function<bool()>& goes_on) {
    auto result = attempt(id, progress, goes_on);
    if (result.ok() || at_.batch.id != id) return result;
    switch (result.error().code) {
        case Code::kUnavailable:
        case Code::kExhausted:
        case Code::kConflict: return result;
        default:
            return fail("收集无法继续：" +
                        result.error().detail);  // trying again would end the same way
    }
}

Result<Batch> Collector::attempt(BatchId id, const Progress& progress,
                                 const std::function<bool()>& goes_on) {
    SHU_CHECK(parts_.database.read([&](store::Transaction& tx) -> Result<void> {
        at_ = SHU_TRY(load_batch(tx, id));
        return {};
    }));
    if (at_.batch.state == BatchState::kDone || at_.batch.state == BatchState::kFailed)
        return at_.batch;
    const auto found = declarations_->datasets.find(at_.batch.dataset);
    if (found == declarations_->datasets.end())
        return fail("数据集 " + at_.batch.dataset + " 已不存在");
    dataset_ = found->second;
    const auto digest = crypto::digest_from_hex(at_.batch.blob);
    if (!digest.ok()) return fail("文件的摘要不对");
    auto path = parts_.blobs.path_of(*digest);
    if (!path.ok() && path.error().code == Code::kNotFound) return fail("文件已不存在，请重新上传");
    const auto file = SHU_TRY(SourceFile::open(SHU_TRY(std::move(path))));
    const auto source = open_rows(*file, at_.batch);
    if (!source.ok())
        return source.error().code == Code::kInvalid ? fail(source.error().detail) : source.error();
    return collect(**source, progress, goes_on);
}

Result<Batch> Collector::collect(RowSource& source, const Progress& progress,
                                 const std::function<bool()>& goes_on) {
    layouts_.clear();
    last_number_ = -1;
    if (source.is_table())
        if (const auto& table = layout(source, 0); !table.plan) return fail(table.problem);
    if (at_.batch.bytes_done > 0)
        SHU_CHECK(source.resume_at({at_.batch.bytes_done, at_.next_line}));

    Arena arena;
    RowPlan::Work work{arena, source.decoder(), date_of(parts_.clock.now(), kChinaOffsetMinutes),
                       parts_.identity};
    Chunk chunk;
    chunk.tuples.resize(limits::collection_chunk_rows);
    for (;;) {
        const auto ended = SHU_TRY(read_chunk(source, work, chunk));
        StoredBatch next = at_;
        if (chunk.broken.empty()) {
            next.batch.bytes_done = source.position().offset;
            next.next_line = source.position().line;
        }
        next.batch.encoding = to_string(source.decoder().encoding());
        if (ended && next.batch.encoding.empty()) next.batch.encoding = to_string(Encoding::kUtf8);
        next.batch.state = !chunk.broken.empty() ? BatchState::kFailed
                           : ended               ? BatchState::kDone
                                                 : BatchState::kRunning;
        next.batch.error = chunk.broken;
        SHU_CHECK(commit(chunk, std::move(next)));
        chunk.clear();
        arena.clear();
        if (layouts_.size() > limits::json_line_layouts_max) {
            layouts_.clear();
            last_number_ = -1;
        }
        if (progress) progress(at_.batch);
        if (ended || !goes_on()) return at_.batch;
    }
}

// Reads until the chunk is full or the reader wants its memory back. True at the end of the file,
// or where it is too broken to go on.
Result<bool> Collector::read_chunk(RowSource& source, RowPlan::Work& work, Chunk& chunk) {
    SourceRow row;
    while (chunk.read < static_cast<std::int64_t>(limits::collection_chunk_rows)) {
        const auto event = source.next(row);
        if (!event.ok()) {
            if (event.error().code != Code::kExhausted) return event.error();
            chunk.broken = event.error().detail;
            return true;
        }
        switch (*event) {
            case RowEvent::kEnd: return true;
            case RowEvent::kRelease: return false;
            case RowEvent::kBadRow:
                ++chunk.read;
                chunk.quarantine({row.line, "", std::string(row.problem), source.text_of(row)});
                break;
            case RowEvent::kRow:
                ++chunk.read;
                take_row(source, row, work, chunk);
                break;
        }
    }
    return false;
}

void Collector::take_row(const RowSource& source, const SourceRow& row, RowPlan::Work& work,
                         Chunk& chunk) {
    const Layout& under = layout(source, row.layout);
    if (!under.plan) {
        chunk.quarantine({row.line, "", under.problem, source.text_of(row)});
        return;
    }
    if (auto refusal = under.plan->convert(row.fields, work, chunk.tuples[chunk.rows]))
        chunk.quarantine({row.line, std::string(refusal->field), std::move(refusal->reason),
                          source.text_of(row)});
    else
        chunk.keep(&*under.plan);
}

const Collector::Layout& Collector::layout(const RowSource& source, std::int64_t number) {
    if (number == last_number_) return *last_layout_;
    auto found = layouts_.find(number);
    if (found == layouts_.end()) {
        found = layouts_.emplace(number, Layout{}).first;
        auto plan = RowPlan::compile(
            dataset_, *declarations_, source.headings(number),
            source.is_table() ? RowPlan::Headings::kColumns : RowPlan::Headings::kMembers);
        if (plan.ok())
            found->second.plan.emplace(std::move(plan).value());
        else
            found->second.problem = plan.error().detail;
    }
    last_number_ = number;
    last_layout_ = &found->second;
    return found->second;
}

Result<Batch> Collector::fail(std::string reason) {
    StoredBatch next = at_;
    next.batch.state = BatchState::kFailed;
    next.batch.error = std::move(reason);
    Chunk nothing;
    SHU_CHECK(commit(nothing, std::move(next)));
    return at_.batch;
}

Result<void> Collector::commit(Chunk& chunk, StoredBatch next) {
    const Micros now = parts_.clock.now();
    const bool ends =
        next.batch.state == BatchState::kDone || next.batch.state == BatchState::kFailed;
    if (ends) next.batch.finished_at = now;
    for (std::size_t i = 0; i < chunk.rows; ++i) {
        auto& tuple = chunk.tuples[i];
        tuple[tuple.size() - 2] = next.batch.id.value;
        tuple[tuple.size() - 1] = now;
    }
    StoredBatch written;
    SHU_CHECK(parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        written = next;
        return write(tx, chunk, written);
    }));
    at_ = std::move(written);
    return {};
}

Result<void> Collector::write(store::Transaction& tx, Chunk& chunk, StoredBatch& next) {
    Batch& batch = next.batch;
    std::size_t first = 0;
    for (const Run& run : chunk.runs) {
        SHU_CHECK(upsert(tx, run.plan->upsert(), {chunk.tuples.data() + first, run.rows}, batch));
        first += run.rows;
    }
    SHU_ASSERT(first == chunk.rows);
    batch.read += chunk.read;
    batch.quarantined += static_cast<std::int64_t>(chunk.quarantined.size());
    SHU_ASSERT(batch.read == batch.added + batch.changed + batch.unchanged + batch.quarantined);
    SHU_CHECK(insert_quarantine(tx, batch.id, chunk.quarantined));
    SHU_CHECK(add_reasons(tx, batch.id, chunk.reasons));
    SHU_CHECK(save_batch(tx, at_, next));
    const std::int64_t more = batch.added - at_.batch.added;
    if (more > 0 || batch.changed > at_.batch.changed)
        SHU_CHECK(
            tx.execute("UPDATE dataset SET records = records + $2, updated_at = $3 WHERE code = $1",
                       {std::string_view(batch.dataset), more, parts_.clock.now()}));
    if (batch.finished_at == 0) return {};
    ledger::Act act;
    act.actor = "system:collector";
    act.organisation = batch.organisation;
    act.verb = "batch.finish";
    act.object = "batch:" + batch.id.text();
    act.result = to_string(batch.state);
    act.detail = {{"dataset", batch.dataset},     {"read", batch.read},
                  {"added", batch.added},         {"changed", batch.changed},
                  {"unchanged", batch.unchanged}, {"quarantined", batch.quarantined}};
    SHU_CHECK(ledger::record(tx, parts_.ids, parts_.clock, act));
    return {};
}

// New keys are inserted. A row whose key was there, from before or from earlier in the file, is
// compared and written only if it differs; in the order of the file, so the last one stands.
Result<void> Collector::upsert(store::Transaction& tx, const UpsertSql& sql,
                               std::span<const std::vector<store::Value>> tuples, Batch& counts) {
    auto* insert = SHU_TRY(tx.prepare(sql.insert));
    const auto inserted = SHU_TRY(insert->execute_many(tuples));
    SHU_ASSERT(inserted.size() == tuples.size());
    std::size_t there = 0;
    for (std::size_t i = 0; i < tuples.size(); ++i) {
        if (inserted[i] != 0) continue;
        if (there == retried_.size()) retried_.emplace_back();
        retried_[there++] = tuples[i];
    }
    counts.added += static_cast<std::int64_t>(tuples.size() - there);
    if (there == 0) return {};
    std::int64_t changed = 0;
    if (sql.has_update) {
        auto* update = SHU_TRY(tx.prepare(sql.update));
        for (const auto one : SHU_TRY(update->execute_many({retried_.data(), there})))
            changed += one;
    }
    counts.changed += changed;
    counts.unchanged += static_cast<std::int64_t>(there) - changed;
    return {};
}

}  // namespace shu::record
