// How far a reader of a node's trace has come: kept in the database, moved in the transaction that
// holds the reader's effect.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exchange/trace.h"
#include "store/database.h"

namespace shu::exchange {

class TraceCursor {
 public:
    /// `reader` names the cursor. Errors: the store's.
    static Result<std::unique_ptr<TraceCursor>> open(store::Database& database,
                                                     const TraceOptions& trace, std::string reader);

    /// The next record's place; {0, 0} before the first. Any thread.
    TracePosition at() const;

    enum class Step {
        kMoved,     ///< the effect and the move are committed
        kHadMoved,  ///< nothing was done: an earlier step, whose commit was answered with an error,
                    ///< turns out to have been committed; at() is where that one led
    };
    /// Commits `effect` and the move to `to` together. A connection that breaks during COMMIT
    /// leaves it open whether the step was made; the next step finds out. Errors: Conflict when
    /// another process has moved the cursor; the store's and the effect's.
    Result<Step> advance(TracePosition to, const store::Database::Work& effect);

 private:
    TraceCursor(store::Database& database, TraceOptions trace, std::string reader)
        : database_(database), trace_(std::move(trace)), reader_(std::move(reader)) {}
    Result<bool> move(store::Transaction& tx, TracePosition from, TracePosition to) const;
    Result<std::optional<TracePosition>> stored(store::Transaction& tx) const;
    void moved(TracePosition to);

    store::Database& database_;
    const TraceOptions trace_;
    const std::string reader_;
    std::optional<TracePosition> tried_;  // of the last step that may have been committed
    mutable std::mutex mutex_;
    std::optional<TracePosition> at_;
};

}  // namespace shu::exchange
