// An act: who did what to which object, concerning whom, on which basis, with what result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/clock.h"
#include "foundation/crypto/sm3.h"
#include "foundation/id.h"
#include "foundation/json.h"
#include "store/database.h"

namespace shu::ledger {

struct ActTag {};
using ActId = Id<ActTag>;

/// What happened, before it is recorded. Names of objects are `kind:code`,
/// for example `dataset:population`, `grant:731...`.
/// Never put names, identity numbers or other personal data into an act: it can never be removed.
/// `subject` is a SubjectId.
struct Act {
    std::string actor;         ///< `account:...`, `client:...` or `system:...`
    std::string post;          ///< the post or role it was done in; may be empty
    std::string organisation;  ///< the actor's organisation; may be empty
    std::string verb;          ///< `noun.verb`: `batch.finish`, `application.approve`
    std::string object;        ///< `kind:code`
    std::string subject;       ///< whom it concerns; may be empty
    std::string basis;         ///< item, grant, law or purpose; may be empty
    std::string result;        ///< `done`, `refused`, ... ; may be empty
    json::object
        detail;  ///< further facts; whole numbers, texts, booleans, lists and objects of these
};

/// A recorded act. `body` is the canonical JSON whose hash is the leaf: docs/format/act.md.
struct RecordedAct {
    ActId id;
    std::int64_t sequence = -1;  ///< dense from 0; -1 while not yet numbered
    Micros at = 0;
    Act act;
    std::string body;
};

/// An act with its id, instant and canonical body, ready to be written. A value.
struct PreparedAct {
    ActId id;
    Micros at = 0;
    Act act;
    std::string body;
};

/// Checks the act and builds its body: the costly half of record(), for outside the transaction. A
/// transaction that is run again writes the same prepared act. Errors: Invalid when too large or
/// malformed. Any thread.
Result<PreparedAct> prepare(IdMaker& ids, const Clock& clock, Act act);

/// Writes a prepared act in the transaction of the change that it describes. Errors: the store's.
Result<void> record(store::Transaction& tx, const PreparedAct& prepared);

/// prepare() and record() in one. Errors: Invalid when too large or malformed; the store's.
Result<ActId> record(store::Transaction& tx, IdMaker& ids, const Clock& clock, const Act& act);

/// The canonical body of an act, as hashed: docs/format/act.md.
std::string body_of(ActId id, Micros at, const Act& act);
/// Reads a body back. Errors: Invalid when it is not exactly what body_of() writes.
Result<RecordedAct> parse_body(std::string_view body);

}  // namespace shu::ledger
