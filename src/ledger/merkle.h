// The Merkle tree of RFC 6962 2 / RFC 9162 2.1 over a chosen hash: pure functions and a growing
// frontier.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "foundation/crypto/sm3.h"
#include "foundation/result.h"

namespace shu::ledger {

using crypto::Digest;
using crypto::HashName;

Digest leaf_hash(HashName hash, std::string_view entry);  ///< H(0x00 || entry)
Digest node_hash(HashName hash, const Digest& left,
                 const Digest& right);  ///< H(0x01 || left || right)
Digest empty_root(HashName hash);       ///< H()

/// Root of the whole list, straight from the RFC; the slow reference that tests compare with.
Digest root_of(HashName hash, std::span<const Digest> leaves);

/// The hashes of the complete subtrees along the right edge: all that is needed to grow a tree and
/// know its root. A value; amortised one hash for each leaf, root() at most 64.
class Frontier {
 public:
    explicit Frontier(HashName hash) : hash_(hash) {}
    void append(const Digest& leaf);
    std::uint64_t size() const { return size_; }
    Digest root() const;

 private:
    HashName hash_;
    std::uint64_t size_ = 0;
    std::vector<Digest> subtrees_;  // largest first
};

struct InclusionProof {
    std::uint64_t index = 0;
    std::uint64_t size = 0;
    std::vector<Digest> path;
};

struct ConsistencyProof {
    std::uint64_t old_size = 0;
    std::uint64_t new_size = 0;
    std::vector<Digest> path;
};

/// Checks that `leaf` stands at `proof.index` of the tree of `proof.size` leaves whose root is
/// `root`. Errors: Invalid if index >= size or the path's length is wrong; Corrupt if the root
/// differs. Pure, O(log size). RFC 9162 2.1.3.2.
Result<void> verify(HashName hash, const InclusionProof& proof, const Digest& leaf,
                    const Digest& root);

/// Checks that the tree of `new_size` continues the tree of `old_size`. Errors as above; Invalid
/// too for an old size of zero, of which nothing can be said. RFC 9162 2.1.4.2.
Result<void> verify(HashName hash, const ConsistencyProof& proof, const Digest& old_root,
                    const Digest& new_root);

/// Gives the hash of a complete subtree: `level` 0 is leaves, `index` counts subtrees of 2^level
/// leaves.
using NodeSource = std::function<Result<Digest>(int level, std::uint64_t index)>;

/// Proofs from stored nodes: at most O(log size) look-ups. Errors: Invalid for impossible numbers,
/// and the source's.
Result<InclusionProof> prove_inclusion(HashName hash, std::uint64_t index, std::uint64_t size,
                                       const NodeSource& node);
Result<ConsistencyProof> prove_consistency(HashName hash, std::uint64_t old_size,
                                           std::uint64_t new_size, const NodeSource& node);
Result<Digest> root_from_nodes(HashName hash, std::uint64_t size, const NodeSource& node);

}  // namespace shu::ledger
