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
    std::int64_t grant = 0;  ///< 0: none
    std::string subject;     ///< SubjectId; empty: none
    std::vector<std::string> fields;
    std::string purpose;
    std::string basis;
    std::int64_t rows = 0;
    std::int64_t status = 0;
    std::string outcome;  ///< "answered" or "refused"
    std::string reason;
    std::int64_t duration_us = 0;
    std::string peer;
    std::int64_t suppressed = 0;  ///< of the record that counts refusals not traced by themselves
    std::string nonce;            ///< in the trace only
    std::int64_t timestamp_ms = 0;
    std::int64_t node = 0;  ///< in the index only: where the record stands
    TracePosition place;
};

/// Call::outcome of a call that got its answer.
inline constexpr std::string_view kAnswered = "answered";

/// Reads a trace record. Errors: Corrupt.
Result<Call> parse_record(std::string_view payload);

/// The call as the API shows it, with names from the snapshots.
json::object to_json(const Call& call, const identity::Directory& directory,
                     const record::Declarations& declarations);

/// One sealed batch.
struct Seal {
    std::int64_t id = 0;
    std::int64_t node = 0;
    std::int64_t segment = 0;
    std::int64_t first = 0;  ///< byte of the first record
    std::int64_t end = 0;    ///< byte behind the last
    std::int64_t records = 0;
    std::string root;  ///< hexadecimal
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

/// The seal of the batch in which the record of `call` stands.
Result<std::optional<Seal>> seal_of(store::Transaction& tx, const Call& call);
Result<void> insert(store::Transaction& tx, const Seal& seal);

}  // namespace shu::exchange
