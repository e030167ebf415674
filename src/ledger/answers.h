// What the ledger's routes answer, for OpenAPI.
#pragma once

#include "foundation/shape.h"

namespace shu::ledger {

Shape checkpoint_answer();
Shape ledger_key_answer();
Shape ledger_keys_answer();
Shape act_answer();
Shape act_receipt_answer();  ///< docs/format/receipt.md
Shape consistency_answer();

}  // namespace shu::ledger
