// The sealer: takes the trace's records that are on disk, commits their Merkle root as an act, and indexes them in the same transaction.
#pragma once

#include <mutex>
#include <optional>

#include "exchange/call.h"
#include "exchange/trace.h"
#include "ledger/ledger.h"
#include "ledger/merkle.h"

namespace shu::exchange {

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

    /// Seals at most one batch of the records before `durable`; true if there may be more. Call from one thread at a time.
    Result<bool> advance(TracePosition durable);

    /// Where the next batch begins; {0, 0} before anything was sealed.
    TracePosition position() const;

    /// Records sealed since the count was begun.
    std::int64_t sealed() const;
    void begin_count();

 private:
    explicit Sealer(Parts parts) : parts_(std::move(parts)) {}
    Result<bool> next_segment(TracePosition durable);
    Result<void> commit(const Seal& seal, const std::vector<Call>& batch, TracePosition end);

    Parts parts_;
    mutable std::mutex mutex_;
    std::optional<TracePosition> cursor_;
    std::int64_t sealed_ = 0;
};

/// The proof that a call's record stands in a sealed batch: everything but the sealing act's receipt.
struct BatchProof {
    std::string record;  ///< the exact bytes that were hashed
    ledger::InclusionProof proof;
    crypto::Digest root{};
};

/// Reads the batch again and proves leaf `leaf`. Errors: Corrupt when the trace no longer fits the sealed root; NotFound when the segment
/// is not on this node.
Result<BatchProof> prove(const TraceOptions& trace, const Seal& seal, std::int64_t leaf);

}  // namespace shu::exchange
