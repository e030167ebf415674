// Changing the key that checkpoints are signed with: docs/format/key-rotation.md.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "command/installation.h"

namespace shu::command {

/// The steps after which a rotation can be interrupted; each is durable when it is told.
enum class RotationStep { kKeyMade, kActRecorded, kActNumbered, kClosed };

/// Called after each step; an error stops there. For tests.
using AfterStep = std::function<Result<void>(RotationStep)>;

/// `shu ledger key rotate`: makes a new key, records the act that names it, has the old key sign a
/// checkpoint over that act, and puts the new key in its place. Interrupted, it takes effect when
/// the installation is opened next if the act was recorded, and not at all otherwise. Errors:
/// Conflict while the city is being served.
Result<void> rotate_key(const InstallationOptions& options, std::ostream& out,
                        const AfterStep& after_step = {});

/// The key to open the ledger with: `present`, or the next one when a rotation to it was recorded;
/// that rotation is brought to its end first.
Result<crypto::Sm2Key> finish_rotation(store::Database& database, const Clock& clock,
                                       const std::string& data_folder, const std::string& origin,
                                       crypto::Sm2Key present);

}  // namespace shu::command
