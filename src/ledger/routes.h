// The ledger's HTTP face: checkpoints, proofs and tiles for anybody, acts and receipts for those
// who may read them.
#pragma once

#include "http/router.h"
#include "ledger/ledger.h"

namespace shu::ledger {

/// Adds the routes; `ledger` must outlive the router. Listeners of /api/ledger/events are served by
/// the sequencer's thread: stop the ledger before the server goes away. Permission: `ledger.read`.
void add_routes(http::Router& router, Ledger& ledger);

/// {sequence, id, at, actor, post, organisation, verb, object, subject, basis, result, detail,
/// body, leaf}; docs/format/act.md. sequence is null while the act has no number.
json::value to_json(const RecordedAct& act, HashName hash);

}  // namespace shu::ledger
