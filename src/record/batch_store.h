// Batches, their quarantine and their reasons in the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.h"
#include "record/records.h"

namespace shu::record {

/// How often a reason sent rows of a batch into quarantine.
struct ReasonCount {
    std::string field;
    std::string reason;
    std::int64_t count = 0;
};

/// A batch and where it goes on after an interruption.
struct StoredBatch {
    Batch batch;
    std::int64_t next_line = 1;  ///< of the byte at batch.bytes_done
};

Result<void> insert_batch(store::Transaction& tx, const Batch& batch);
Result<StoredBatch> load_batch(store::Transaction& tx, BatchId id);  ///< Errors: NotFound
/// Writes what a chunk changed. Errors: Conflict when the stored batch is not where `before` was:
/// another node is collecting it.
Result<void> save_batch(store::Transaction& tx, const StoredBatch& before,
                        const StoredBatch& after);

Result<void> insert_quarantine(store::Transaction& tx, BatchId id,
                               const std::vector<QuarantinedRow>& rows);
Result<void> add_reasons(store::Transaction& tx, BatchId id,
                         const std::vector<ReasonCount>& reasons);

/// Newest first below `before` (0: from the newest); `dataset` empty: of all.
Result<std::vector<Batch>> list_batches(store::Transaction& tx, std::string_view dataset,
                                        std::int64_t before, std::size_t limit);
Result<std::vector<BatchId>> unfinished_batches(store::Transaction& tx,
                                                int node);  ///< of that node, oldest first
Result<std::vector<ReasonCount>> reasons_of(store::Transaction& tx,
                                            BatchId id);  ///< most frequent first
Result<std::vector<QuarantinedRow>> quarantine_of(store::Transaction& tx, BatchId id,
                                                  std::int64_t after_line, std::size_t limit);

/// The batch as the interface shows it; `reasons` only where one batch is asked for.
json::object batch_json(const Batch& batch, const Declarations& declarations,
                        const std::vector<ReasonCount>* reasons);

}  // namespace shu::record
