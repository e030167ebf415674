// An upload on its way to disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::http {

/// A temporary file that only the owner may read; removed at the end unless it was moved away. One
/// thread at a time; blocks.
class SpoolFile {
 public:
    static Result<std::unique_ptr<SpoolFile>> create(const std::string& folder);
    ~SpoolFile();
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    /// Errors: Unavailable, naming a full disk.
    Result<void> append(std::string_view bytes);
    const std::string& path() const { return path_; }

 private:
    SpoolFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

    int descriptor_;
    std::string path_;
};

/// Removes what uploads a crash left in `folder`.
void remove_spool_leftovers(const std::string& folder);

}  // namespace shu::http
