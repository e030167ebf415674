// The sealer: takes the trace's records that are on disk, commits their Merkle root as an act, and
// then has them indexed.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "exchange/call.h"
#include "exchange/indexer.h"
#include "exchange/posting.h"
#include "exchange/trace.h"
#include "ledger/ledger.h"
#include "ledger/merkle.h"

namespace shu::exchange {

/// A part of the trace that should be there and cannot be read.
struct TraceGap {
    TracePosition at;
    std::int64_t bytes = 0;     ///< damaged, in that segment; 0: the segment is missing
    std::int64_t segments = 1;  ///< missing, from that one on
};

class Sealer {
 public:
    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        TraceOptions trace;
        std::shared_ptr<const Log> log;
    };
    /// Reads how far the index has come. Errors: the store's.
    static Result<std::unique_ptr<Sealer>> open(Parts parts);

    /// A step: indexes one slice of what is sealed, or else seals one batch of the records before
    /// `durable`; true if there may be more. Each step holds the database's writer shortly. What
    /// cannot be indexed does not keep the rest from being sealed: its error comes when nothing is
    /// left to seal. Call from one thread at a time.
    Result<bool> advance(TracePosition durable);

    /// A piece of the index's upkeep, which may wait; true if there may be more. On the thread that
    /// calls advance().
    Result<bool> merge() { return merger_.step(); }

    /// Up to where everything is sealed; {0, 0} before anything was.
    TracePosition position() const { return cursor_->at(); }
    /// Up to where everything is sealed and indexed.
    TracePosition done() const { return std::min(position(), indexer_->position()); }

    /// Records sealed and indexed since the count was begun. Any thread.
    std::int64_t indexed() const { return indexed_.load(); }
    void begin_count() { indexed_.store(0); }

 private:
    explicit Sealer(Parts parts);
    Result<bool> seal(TracePosition durable);
    Result<void> commit(const Seal& seal, TracePosition end);
    Result<bool> leave_segment(TracePosition at, TracePosition durable);
    Result<void> record_gap(store::Transaction& tx, const TraceGap& gap) const;

    Parts parts_;
    std::unique_ptr<TraceCursor> cursor_;
    std::unique_ptr<Indexer> indexer_;
    RunMerger merger_;
    std::atomic<std::int64_t> indexed_{0};
};

/// The proof that a call's record stands in a sealed batch: everything but the sealing act's
/// receipt.
struct BatchProof {
    std::string record;            ///< the exact bytes that were hashed
    ledger::InclusionProof proof;  ///< its index: which leaf of the batch the record is
    crypto::Digest root{};
};

/// Reads the batch again and proves the record that begins at byte `position`. Errors: Corrupt when
/// the trace no longer fits the sealed root; NotFound when the segment is not on this node.
Result<BatchProof> prove(const TraceOptions& trace, const Seal& seal, std::int64_t position);

}  // namespace shu::exchange
