// Declarations in the database.
#pragma once

#include "record/records.h"

namespace shu::record {

Result<std::int64_t> declarations_version(store::Transaction& tx);
Result<Declarations> load_declarations(store::Transaction& tx);

}  // namespace shu::record
