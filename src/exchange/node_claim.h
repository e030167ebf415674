// A node's number belongs to one trace folder at a time: two servers with one number would give out
// the same ids and move each other's cursors.
#pragma once

#include <memory>
#include <string>

#include "exchange/trace.h"
#include "store/database.h"

namespace shu::exchange {

/// One thread at a time.
class NodeClaim {
 public:
    /// Takes the node's number for the trace's folder. Errors: Conflict when another folder has
    /// said within the last minute that it has it; the store's.
    static Result<std::unique_ptr<NodeClaim>> open(store::Database& database, const Clock& clock,
                                                   const TraceOptions& trace);

    /// Says again that the number is taken; now and then, while the node runs. Errors: Conflict
    /// when another folder has it now.
    Result<void> renew();
    /// At an orderly stop: another folder may take it at once.
    void release();

 private:
    NodeClaim(store::Database& database, const Clock& clock, int node, std::string owner)
        : database_(database), clock_(clock), node_(node), owner_(std::move(owner)) {}
    Result<void> put(Micros seen_at);

    store::Database& database_;
    const Clock& clock_;
    const std::int64_t node_;
    const std::string owner_;
    Micros renewed_at_ = 0;
};

}  // namespace shu::exchange
