#include "record/batch_store.h"

#include <limits>

namespace shu::record {

namespace {

using store::StoredRow;
using store::Value;

Result<Batch> batch_from(const StoredRow& row) {
    Batch batch;
    batch.id = BatchId{row.integer(0)};
    batch.dataset = row.text(1);
    batch.organisation = row.text(2);
    batch.file_name = row.text(3);
    batch.blob = row.text(4);
    batch.encoding = row.text(5);
    batch.state = static_cast<BatchState>(row.integer(6));
    batch.bytes = row.integer(7);
    batch.bytes_done = row.integer(8);
    batch.read = row.integer(9);
    batch.added = row.integer(10);
    batch.changed = row.integer(11);
    batch.unchanged = row.integer(12);
    batch.quarantined = row.integer(13);
    batch.error = row.text(14);
    batch.created_at = row.integer(15);
    batch.finished_at = row.integer(16);
    batch.format = SHU_TRY(file_format_from(row.text(17)));
    batch.sheet = row.text(18);
    return batch;
}

}  // namespace

std::string_view to_string(BatchState state) {
    switch (state) {
        case BatchState::kQueued: return "queued";
        case BatchState::kRunning: return "running";
        case BatchState::kDone: return "done";
        case BatchState::kFailed: return "failed";
    }
    return "";
}

Result<void> insert_batch(store::Transaction& tx, const Batch& batch) {
    SHU_CHECK(tx.execute(
        "INSERT INTO batch (id, dataset, organisation, file_name, file_digest, encoding, state, bytes, bytes_done, next_line, "
        "rows_read, rows_added, rows_changed, rows_unchanged, rows_quarantined, error, created_at, finished_at, node, format, sheet) "
        "VALUES ($1, $2, $3, $4, $5, '', 0, $6, 0, 1, 0, 0, 0, 0, 0, '', $7, 0, $8, $9, $10)",
        {batch.id.value, std::string_view(batch.dataset), std::string_view(batch.organisation),
         std::string_view(batch.file_name), std::string_view(batch.blob), batch.bytes,
         batch.created_at, std::int64_t{batch.node}, to_string(batch.format),
         std::string_view(batch.sheet)}));
    return {};
}

Result<StoredBatch> load_batch(store::Transaction& tx, BatchId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, dataset, organisation, file_name, file_digest, encoding, state, bytes, bytes_done, rows_read, rows_added, "
        "rows_changed, rows_unchanged, rows_quarantined, error, created_at, finished_at, format, sheet, next_line FROM batch WHERE id = $1",
        {id.value}));
    if (!row) return not_found("there is no batch " + id.text());
    auto batch = SHU_TRY(batch_from(*row));
    return StoredBatch{std::move(batch), row->integer(19)};
}

Result<void> save_batch(store::Transaction& tx, const StoredBatch& before,
                        const StoredBatch& after) {
    const Batch& b = after.batch;
    const auto changed = SHU_TRY(tx.execute(
        "UPDATE batch SET encoding = $2, state = $3, bytes_done = $4, next_line = $5, rows_read = $6, rows_added = $7, "
        "rows_changed = $8, rows_unchanged = $9, rows_quarantined = $10, error = $11, finished_at = $12 "
        "WHERE id = $1 AND bytes_done = $13 AND rows_read = $14 AND state < 2",
        {b.id.value, std::string_view(b.encoding), static_cast<std::int64_t>(b.state), b.bytes_done,
         after.next_line, b.read, b.added, b.changed, b.unchanged, b.quarantined,
         std::string_view(b.error), b.finished_at, before.batch.bytes_done, before.batch.read}));
    if (changed != 1) return conflict("another node is collecting batch " + b.id.text());
    return {};
}

Result<void> insert_quarantine(store::Transaction& tx, BatchId id,
                               const std::vector<QuarantinedRow>& rows) {
    if (rows.empty()) return {};
    auto* statement = SHU_TRY(tx.prepare(
        "INSERT INTO quarantine (batch_id, line, field, reason, text) VALUES ($1, $2, $3, $4, $5)"));
    std::vector<std::vector<Value>> tuples;
    tuples.reserve(rows.size());
    for (const auto& row : rows)
        tuples.push_back({id.value, row.line, std::string_view(row.field),
                          std::string_view(row.reason), std::string_view(row.text)});
    SHU_CHECK(statement->execute_many(tuples));
    return {};
}

Result<void> add_reasons(store::Transaction& tx, BatchId id,
                         const std::vector<ReasonCount>& reasons) {
    for (const auto& reason : reasons)
        SHU_CHECK(tx.execute(
            "INSERT INTO batch_reason (batch_id, field, reason, rows_count) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (batch_id, field, reason) DO UPDATE SET rows_count = batch_reason.rows_count + excluded.rows_count",
            {id.value, std::string_view(reason.field), std::string_view(reason.reason),
             reason.count}));
    return {};
}

Result<std::vector<Batch>> list_batches(store::Transaction& tx, std::string_view dataset,
                                        std::int64_t before, std::size_t limit) {
    const std::int64_t below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
    const auto rows = SHU_TRY(
        dataset.empty()
            ? tx.query(
                  "SELECT id, dataset, organisation, file_name, file_digest, encoding, state, bytes, bytes_done, rows_read, "
                  "rows_added, rows_changed, rows_unchanged, rows_quarantined, error, created_at, finished_at, format, sheet FROM batch "
                  "WHERE id < $1 ORDER BY id DESC LIMIT $2",
                  {below, static_cast<std::int64_t>(limit)})
            : tx.query(
                  "SELECT id, dataset, organisation, file_name, file_digest, encoding, state, bytes, bytes_done, rows_read, "
                  "rows_added, rows_changed, rows_unchanged, rows_quarantined, error, created_at, finished_at, format, sheet FROM batch "
                  "WHERE dataset = $3 AND id < $1 ORDER BY id DESC LIMIT $2",
                  {below, static_cast<std::int64_t>(limit), dataset}));
    std::vector<Batch> out;
    for (const auto& row : rows)
        out.push_back(SHU_TRY(batch_from(row)));
    return out;
}

Result<std::vector<BatchId>> unfinished_batches(store::Transaction& tx, int node) {
    std::vector<BatchId> out;
    const auto rows = SHU_TRY(tx.query(
        "SELECT id FROM batch WHERE state < 2 AND node = $1 ORDER BY id", {std::int64_t{node}}));
    for (const auto& row : rows)
        out.push_back(BatchId{row.integer(0)});
    return out;
}

Result<std::vector<ReasonCount>> reasons_of(store::Transaction& tx, BatchId id) {
    std::vector<ReasonCount> out;
    for (const auto& row :
         SHU_TRY(tx.query("SELECT field, reason, rows_count FROM batch_reason WHERE batch_id = $1 "
                          "ORDER BY rows_count DESC, field, reason LIMIT 100",
                          {id.value})))
        out.push_back({row.text(0), row.text(1), row.integer(2)});
    return out;
}

Result<std::vector<QuarantinedRow>> quarantine_of(store::Transaction& tx, BatchId id,
                                                  std::int64_t after_line, std::size_t limit) {
    std::vector<QuarantinedRow> out;
    for (const auto& row : SHU_TRY(tx.query(
             "SELECT line, field, reason, text FROM quarantine WHERE batch_id = $1 AND line > $2 "
             "ORDER BY line LIMIT $3",
             {id.value, after_line, static_cast<std::int64_t>(limit)})))
        out.push_back({row.integer(0), row.text(1), row.text(2), row.text(3)});
    return out;
}

json::object batch_json(const Batch& batch, const Declarations& declarations,
                        const std::vector<ReasonCount>* reasons) {
    const auto dataset = declarations.datasets.find(batch.dataset);
    json::object out{
        {"id", batch.id.text()},
        {"dataset", batch.dataset},
        {"dataset_name",
         dataset == declarations.datasets.end() ? batch.dataset : dataset->second->name},
        {"dataset_name_en", dataset == declarations.datasets.end() ? "" : dataset->second->name_en},
        {"organisation", batch.organisation},
        {"file_name", batch.file_name},
        {"format", to_string(batch.format)},
        {"sheet", batch.sheet},
        {"encoding", batch.encoding},
        {"state", to_string(batch.state)},
        {"bytes", batch.bytes},
        {"bytes_done", batch.bytes_done},
        {"read", batch.read},
        {"added", batch.added},
        {"changed", batch.changed},
        {"unchanged", batch.unchanged},
        {"quarantined", batch.quarantined},
        {"error", batch.error},
        {"created_at", to_rfc3339(batch.created_at)},
        {"finished_at", nullptr}};
    if (batch.finished_at != 0) out["finished_at"] = to_rfc3339(batch.finished_at);
    if (reasons == nullptr) return out;
    json::array list;
    for (const auto& one : *reasons)
        list.push_back(
            json::object{{"field", one.field}, {"reason", one.reason}, {"count", one.count}});
    out["reasons"] = std::move(list);
    return out;
}

}  // namespace shu::record
