// `shu demo`: a synthetic city in a data folder.
#pragma once

#include <cstdint>
#include <ostream>

#include "command/installation.h"

namespace shu::command {

struct DemoOptions {
    std::int64_t people = 200'000;
    std::uint64_t seed = 20260101;
    bool once = false;  ///< leave a finished demonstration as it is
};

/// In a folder and a database of its own; one that was interrupted goes on. Applies the city, makes
/// the demonstration accounts, generates people, households, enterprises and licences and collects
/// them as anybody's files are collected. Errors: Conflict where a city is already; those of the
/// folder, the database and the collection.
Result<void> demo(const InstallationOptions& installation, const DemoOptions& options,
                  std::ostream& out);

}  // namespace shu::command
