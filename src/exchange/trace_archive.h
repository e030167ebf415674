// Moves a node's old trace segments to the archive that the settings name. Nothing is ever deleted:
// a segment leaves the trace folder only when a copy of it has been compared and an act tells where
// it went. docs/format/trace.md.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exchange/trace.h"
#include "foundation/crypto/sm3.h"
#include "foundation/id.h"
#include "store/database.h"

namespace shu::exchange {

/// What the index knows of a segment that was archived.
struct ArchivedSegment {
    std::int64_t bytes = 0;
    std::string digest;  ///< SM3, hexadecimal
    Micros at = 0;
    std::int64_t act = 0;
};
Result<std::optional<ArchivedSegment>> archived_segment(store::Transaction& tx, int node,
                                                        std::int64_t segment);

/// One thread at a time.
class TraceArchive {
 public:
    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        TraceOptions trace;  ///< an empty archive folder: nothing is archived
        std::int64_t online_days = 0;
        std::shared_ptr<const Log> log;
    };
    explicit TraceArchive(Parts parts) : parts_(std::move(parts)) {}

    /// Archives the oldest segment whose last record is older than online_days and that stands
    /// before `done`, up to where everything is sealed and indexed; true if one was. A crash at any
    /// moment leaves the segment in at least one place, and the next step goes on. Errors: Corrupt
    /// when a copy does not fit what an earlier act says; Unavailable for the folders and the
    /// database.
    Result<bool> step(TracePosition done);

 private:
    Result<std::optional<std::int64_t>> due(TracePosition done) const;
    Result<ArchivedSegment> copy(std::int64_t segment) const;
    Result<void> keep(std::int64_t segment) const;
    Result<bool> is_known(std::int64_t segment, const ArchivedSegment& copied) const;
    Result<void> commit(std::int64_t segment, const ArchivedSegment& copied);

    Parts parts_;
};

}  // namespace shu::exchange
