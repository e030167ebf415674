// `shu ledger verify|prove|check`.
#pragma once

#include <ostream>
#include <string>

#include "command/installation.h"

namespace shu::command {

/// Re-reads everything; 0 when all holds, 1 naming the first bad entry.
int ledger_verify(const InstallationOptions& options, std::ostream& out);

/// Writes the receipt of act `act` (its sequence number or its id) to `file`, or to `out` when
/// empty.
int ledger_prove(const InstallationOptions& options, const std::string& act,
                 const std::string& file, std::ostream& out);

/// Verifies a receipt with the city's public key alone: no database, no network.
int ledger_check(const std::string& receipt_file, const std::string& key_file, std::ostream& out);

}  // namespace shu::command
