// One call of the gateway as the trace and its index tell it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trace.h"
#include "foundation/id.h"
#include "foundation/json.h"
#include "identity/directory.h"
#include "record/records.h"
#include "store/database.h"

namespace shu::exchange {

struct CallTag {};
using CallId = Id<CallTag>;

struct Call {
    CallId id;
    Micros at = 0;
    std::string client_id;     ///< as claimed, when the call was refused as unproven
    std::string organisation;  ///< empty: nobody known
    std::string dataset;
    std::int64_t grant = 0;    ///< 0: none
    std::string subject;       ///< SubjectId; empty: none
    std::vector<std::string> fields;
    std::string purpose;
    std::string basis;
    std::int64_t rows = 0;
    std::int64_t status = 0;
    std::string outcome;       ///< "answered" or "refused"
    std::string reason;
    std::int64_t duration_us = 0;
    std::string peer;
    std::int64_t suppressed = 0;  ///< of the record that counts refusals not traced by themselves
    std::string nonce;            ///< in the trace only
    std::int64_t timestamp_ms = 0;
    std::int64_t seal = 0;        ///< in the index only: which batch seals it, and as which leaf
    std::int64_t leaf = 0;
};

/// Reads a trace record. Errors: Corrupt.
Result<Call> parse_record(std::string_view payload);

/// The call as the API shows it, with names from the snapshots.
json::object to_json(const Call& call, const identity::Directory& directory, const record::Declarations& declarations);

/// One sealed batch.
struct Seal {
    std::int64_t id = 0;
    std::int64_t node = 0;
    std::int64_t segment = 0;
    std::int64_t first = 0;  ///< byte of the first record
    std::int64_t end = 0;    ///< byte behind the last
    std::int64_t records = 0;
    std::string root;        ///< hexadecimal
    std::int64_t act = 0;
};

struct CallFilter {
    std::string dataset, organisation, outcome, subject;  ///< empty: any
    std::int64_t before = 0;
    std::size_t limit = 0;
};

/// Newest first. 
Result<std::vector<Call>> calls(store::Transaction& tx, const CallFilter& filter);
Result<std::optional<Call>> call_by_id(store::Transaction& tx, CallId id);
Result<std::optional<Seal>> seal_by_id(store::Transaction& tx, std::int64_t id);

/// Writes the index rows of one batch, its seal, the uses of its grants and the minutes' counts.
Result<void> insert(store::Transaction& tx, const Seal& seal, const std::vector<Call>& batch);

/// How far `node`'s trace is indexed; nullopt before the first batch.
Result<std::optional<TracePosition>> trace_cursor(store::Transaction& tx, int node);
/// Moves it. Errors: Conflict when it does not stand at `from` (another process indexes the same node).
Result<void> move_trace_cursor(store::Transaction& tx, int node, const std::optional<TracePosition>& from, TracePosition to);

}  // namespace shu::exchange
