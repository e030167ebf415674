// Files whose bytes must be there after a crash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"

namespace shu::file {

/// The whole file, at most `bytes_max`. Errors: NotFound, Exhausted when larger, Unavailable.
Result<std::string> read(const std::string& path, std::size_t bytes_max);

enum class Access { kOwner, kEveryone };

/// Writes a new version beside the file, syncs it, renames it over the old one and syncs the
/// folder: a crash leaves the old bytes or the new. kOwner gives mode 0600. Errors: Unavailable
/// with the reason (a full disk is named as such).
Result<void> replace(const std::string& path, std::string_view bytes,
                     Access access = Access::kEveryone);

/// Reads a secret: refused with Denied when others than the owner may read it.
Result<std::string> read_secret(const std::string& path, std::size_t bytes_max);

Result<void> make_folder(const std::string& path);  ///< with parents; exists already is fine
Result<std::vector<std::string>> list(const std::string& folder);  ///< names, sorted
bool exists(const std::string& path);

/// Makes a rename or creation in `folder` durable.
Result<void> sync_folder(const std::string& folder);

/// "open PATH: Permission denied" as Unavailable; for system calls that set errno. A full disk is
/// named as such, with the remedy.
Error system_error(std::string_view what, const std::string& path, int number);

}  // namespace shu::file
