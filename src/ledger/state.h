// What one open ledger holds. Inside the module only.
#pragma once

#include "ledger/ledger.h"
#include "ledger/sequencer.h"
#include "ledger/tile.h"

namespace shu::ledger {

struct Ledger::State {
    State(store::Database& database_, const Clock& clock_, crypto::Sm2Key key_, KeyChain keys_,
          LedgerOptions options_, std::shared_ptr<const Log> log_);

    store::Database& database;
    const Clock& clock;
    const crypto::Sm2Key key;
    const KeyChain keys;
    const LedgerOptions options;
    const std::shared_ptr<const Log> log;
    const TileStore tiles;
    Sequencer sequencer;
};

}  // namespace shu::ledger
