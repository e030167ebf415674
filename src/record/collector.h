// Collects one batch: reads the file, checks every row, writes good rows and quarantine chunk by
// chunk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "record/batch_store.h"
#include "record/row_plan.h"
#include "record/row_source.h"

namespace shu::record {

/// One transaction for each chunk holds its rows, its quarantine and where the file goes on, so
/// that after a crash the batch goes on exactly there. Rows are read and checked outside the
/// writer. One thread at a time.
class Collector {
 public:
    using Progress = std::function<void(const Batch&)>;

    Collector(const Records::Parts& parts, std::shared_ptr<const Declarations> declarations)
        : parts_(parts), declarations_(std::move(declarations)) {}

    /// Runs the batch from where it is to its end and returns it, done or failed; a finished one is
    /// returned as it is. `progress` is called after each chunk; false from `goes_on` stops after
    /// the chunk, leaving the batch to be taken up later. Errors: NotFound; Conflict when another
    /// node is collecting it; Unavailable, Exhausted: it can be taken up later. Any other error of
    /// the store or the file fails the batch, with the reason.
    Result<Batch> run(BatchId id, const Progress& progress, const std::function<bool()>& goes_on);

 private:
    // Rows that follow each other and have the same columns.
    struct Run {
        const RowPlan* plan = nullptr;
        std::size_t rows = 0;
    };
    struct Chunk {
        std::vector<std::vector<store::Value>> tuples;  // the first `rows` are in use
        std::size_t rows = 0;
        std::vector<Run> runs;  // of all of them
        std::vector<QuarantinedRow> quarantined;
        std::vector<ReasonCount> reasons;
        std::int64_t read = 0;
        std::string broken;  // why the rest of the file cannot be read

        void clear();
        void keep(const RowPlan* plan);
        void quarantine(QuarantinedRow row);
    };
    // The columns of a layout, or why they are no columns of the dataset.
    struct Layout {
        std::optional<RowPlan> plan;
        std::string problem;
    };

    Result<Batch> attempt(BatchId id, const Progress& progress,
                          const std::function<bool()>& goes_on);
    Result<Batch> collect(RowSource& source, const Progress& progress,
                          const std::function<bool()>& goes_on);
    Result<bool> read_chunk(RowSource& source, RowPlan::Work& work, Chunk& chunk);
    void take_row(const RowSource& source, const SourceRow& row, RowPlan::Work& work, Chunk& chunk);
    const Layout& layout(const RowSource& source, std::int64_t number);
    Result<Batch> fail(std::string reason);
    Result<void> commit(Chunk& chunk, StoredBatch next);
    Result<void> write(store::Transaction& tx, Chunk& chunk, StoredBatch& next);
    Result<void> upsert(store::Transaction& tx, const UpsertSql& sql,
                        std::span<const std::vector<store::Value>> tuples, Batch& counts);

    Records::Parts parts_;
    std::shared_ptr<const Declarations> declarations_;
    std::shared_ptr<const Dataset> dataset_;
    std::map<std::int64_t, Layout> layouts_;
    std::int64_t last_number_ = -1;  // of the row before
    const Layout* last_layout_ = nullptr;
    StoredBatch at_;  // as stored
    std::vector<std::vector<store::Value>> retried_;
};

}  // namespace shu::record
