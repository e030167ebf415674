// Content-addressed files: the name of a blob is the SM3 of its bytes, so the same material is
// stored once and cannot change unseen.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/crypto/sm3.h"
#include "foundation/result.h"

namespace shu::store {

/// A folder of blobs: `ab/cd/abcd....` by hexadecimal SM3. const members may be called
/// concurrently.
class BlobStore {
 public:
    /// Errors: Unavailable.
    static Result<std::unique_ptr<BlobStore>> open(const std::string& folder);

    /// A blob being written, in pieces; nothing is visible before commit().
    class Writer {
     public:
        virtual ~Writer() = default;
        virtual Result<void> append(std::string_view bytes) = 0;
        /// Syncs and names it; the same content twice is one blob.
        virtual Result<crypto::Digest> commit() = 0;
        virtual std::int64_t size() const = 0;
    };
    Result<std::unique_ptr<Writer>> create();
    Result<crypto::Digest> put(std::string_view bytes);

    /// A path that may be opened for reading. Errors: NotFound.
    Result<std::string> path_of(const crypto::Digest& name) const;
    /// Reads and checks it. Errors: NotFound, Exhausted over `bytes_max`, Corrupt when the bytes do
    /// not match the name.
    Result<std::string> get(const crypto::Digest& name, std::size_t bytes_max) const;

    /// Where a spooled upload may be moved from: takes the file at `path` (same file system) as a
    /// blob.
    Result<crypto::Digest> adopt(const std::string& path);

    ~BlobStore();

 private:
    explicit BlobStore(std::string folder);
    std::string folder_;
};

}  // namespace shu::store
