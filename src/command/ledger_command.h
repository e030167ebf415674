// `shu ledger verify|prove|check`.
#pragma once

#include <ostream>
#include <string>

#include "command/installation.h"

namespace shu::command {

// Each gives the exit code where a verdict is asked for: 0 it holds, 1 it does not; an error is why
// there is no verdict.

/// Re-reads everything; 0 when all holds, 1 naming the first bad entry.
Result<int> ledger_verify(const InstallationOptions& options, std::ostream& out);

/// Writes the receipt of act `act` (its sequence number or its id) to `file`, or to `out` when
/// empty.
Result<void> ledger_prove(const InstallationOptions& options, const std::string& act,
                          const std::string& file, std::ostream& out);

/// Verifies a receipt with the city's public key alone: no database, no network.
Result<int> ledger_check(const std::string& receipt_file, const std::string& key_file,
                         std::ostream& out);

}  // namespace shu::command
