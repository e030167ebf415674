#include "ledger/merkle.h"

#include <algorithm>
#include <array>
#include <bit>

#include "foundation/limits.h"

namespace shu::ledger {
namespace {

constexpr char kLeafPrefix = 0x00;
constexpr char kNodePrefix = 0x01;

Digest hash_of(HashName hash, std::string_view bytes) {
    return hash == HashName::kSm3 ? crypto::sm3(bytes) : crypto::sha256(bytes);
}

// The largest power of two smaller than `n`; n >= 2. RFC 9162 2.1.1.
std::uint64_t split_of(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

// The root over leaves [begin, begin + n), where `begin` is where such a range stands in some tree.
Result<Digest> range_root(HashName hash, std::uint64_t begin, std::uint64_t n,
                          const NodeSource& node) {
    if (std::has_single_bit(n)) {
        const int level = std::countr_zero(n);
        return node(level, begin >> level);
    }
    const std::uint64_t k = split_of(n);
    const Digest left = SHU_TRY(range_root(hash, begin, k, node));
    const Digest right = SHU_TRY(range_root(hash, begin + k, n - k, node));
    return node_hash(hash, left, right);
}

Error wrong_length(std::string_view what) {
    return invalid(std::string(what) + ": the path is not as long as the sizes imply");
}

Result<void> check_length(std::string_view what, const std::vector<Digest>& path) {
    if (path.size() > limits::proof_hashes_max) return wrong_length(what);
    return {};
}

// Walks `fn` and `sn` to where `fn` is a right child or both are at the top.
void climb_to_right_child(std::uint64_t& fn, std::uint64_t& sn) {
    while (fn != 0 && (fn & 1) == 0) {
        fn >>= 1;
        sn >>= 1;
    }
}

}  // namespace

Digest leaf_hash(HashName hash, std::string_view entry) {
    std::string bytes;
    bytes.reserve(entry.size() + 1);
    bytes.push_back(kLeafPrefix);
    bytes.append(entry);
    return hash_of(hash, bytes);
}

Digest node_hash(HashName hash, const Digest& left, const Digest& right) {
    std::array<char, 65> bytes;
    bytes[0] = kNodePrefix;
    std::copy(left.begin(), left.end(), bytes.begin() + 1);
    std::copy(right.begin(), right.end(), bytes.begin() + 33);
    return hash_of(hash, {bytes.data(), bytes.size()});
}

Digest empty_root(HashName hash) {
    return hash_of(hash, {});
}

Digest root_of(HashName hash, std::span<const Digest> leaves) {
    if (leaves.empty()) return empty_root(hash);
    if (leaves.size() == 1) return leaves[0];
    const std::size_t k = split_of(leaves.size());
    return node_hash(hash, root_of(hash, leaves.first(k)), root_of(hash, leaves.subspan(k)));
}

void Frontier::append(const Digest& leaf) {
    Digest node = leaf;
    for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
        node = node_hash(hash_, subtrees_.back(), node);
        subtrees_.pop_back();
    }
    subtrees_.push_back(node);
    ++size_;
}

Digest Frontier::root() const {
    if (subtrees_.empty()) return empty_root(hash_);
    Digest root = subtrees_.back();
    for (std::size_t i = subtrees_.size() - 1; i-- > 0;)
        root = node_hash(hash_, subtrees_[i], root);
    return root;
}

// RFC 9162 2.1.3.2, step by step.
Result<void> verify(HashName hash, const InclusionProof& proof, const Digest& leaf,
                    const Digest& root) {
    constexpr std::string_view what = "inclusion proof";
    if (proof.index >= proof.size)
        return invalid("inclusion proof: the index is not smaller than the size");
    SHU_CHECK(check_length(what, proof.path));
    std::uint64_t fn = proof.index;
    std::uint64_t sn = proof.size - 1;
    Digest r = leaf;
    for (const Digest& p : proof.path) {
        if (sn == 0) return wrong_length(what);
        if ((fn & 1) != 0 || fn == sn) {
            r = node_hash(hash, p, r);
            climb_to_right_child(fn, sn);
        } else {
            r = node_hash(hash, r, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0) return wrong_length(what);
    if (r != root) return corrupt("inclusion proof: the path does not lead to the root");
    return {};
}

// RFC 9162 2.1.4.2, step by step.
Result<void> verify(HashName hash, const ConsistencyProof& proof, const Digest& old_root,
                    const Digest& new_root) {
    constexpr std::string_view what = "consistency proof";
    if (proof.old_size == 0 || proof.old_size > proof.new_size)
        return invalid("consistency proof: the old size is zero or larger than the new one");
    SHU_CHECK(check_length(what, proof.path));
    if (proof.old_size == proof.new_size) {
        if (!proof.path.empty()) return wrong_length(what);
        if (old_root != new_root) return corrupt("consistency proof: one size has two roots");
        return {};
    }
    std::span<const Digest> path = proof.path;
    if (path.empty()) return wrong_length(what);
    std::uint64_t fn = proof.old_size - 1;
    std::uint64_t sn = proof.new_size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    Digest fr = old_root;
    if (!std::has_single_bit(proof.old_size)) {
        fr = path[0];
        path = path.subspan(1);
    }
    Digest sr = fr;
    for (const Digest& c : path) {
        if (sn == 0) return wrong_length(what);
        if ((fn & 1) != 0 || fn == sn) {
            fr = node_hash(hash, c, fr);
            sr = node_hash(hash, c, sr);
            climb_to_right_child(fn, sn);
        } else {
            sr = node_hash(hash, sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0) return wrong_length(what);
    if (fr != old_root) return corrupt("consistency proof: the path does not lead to the old root");
    if (sr != new_root) return corrupt("consistency proof: the path does not lead to the new root");
    return {};
}

Result<Digest> root_from_nodes(HashName hash, std::uint64_t size, const NodeSource& node) {
    if (size == 0) return empty_root(hash);
    return range_root(hash, 0, size, node);
}

// RFC 9162 2.1.3.1, from the root down; the path is kept from the leaf up.
Result<InclusionProof> prove_inclusion(HashName hash, std::uint64_t index, std::uint64_t size,
                                       const NodeSource& node) {
    if (index >= size) return invalid("inclusion proof: the index is not smaller than the size");
    InclusionProof proof{index, size, {}};
    std::uint64_t begin = 0;
    for (std::uint64_t n = size; n > 1;) {
        const std::uint64_t k = split_of(n);
        if (index < begin + k) {
            proof.path.push_back(SHU_TRY(range_root(hash, begin + k, n - k, node)));
            n = k;
        } else {
            proof.path.push_back(SHU_TRY(range_root(hash, begin, k, node)));
            begin += k;
            n -= k;
        }
    }
    std::reverse(proof.path.begin(), proof.path.end());
    return proof;
}

// RFC 9162 2.1.4.1, from the root down; the path is kept from the leaves up.
Result<ConsistencyProof> prove_consistency(HashName hash, std::uint64_t old_size,
                                           std::uint64_t new_size, const NodeSource& node) {
    if (old_size == 0 || old_size > new_size)
        return invalid("consistency proof: the old size is zero or larger than the new one");
    ConsistencyProof proof{old_size, new_size, {}};
    std::uint64_t begin = 0;
    std::uint64_t m = old_size;
    std::uint64_t n = new_size;
    while (m != n) {
        const std::uint64_t k = split_of(n);
        if (m <= k) {
            proof.path.push_back(SHU_TRY(range_root(hash, begin + k, n - k, node)));
            n = k;
        } else {
            proof.path.push_back(SHU_TRY(range_root(hash, begin, k, node)));
            begin += k;
            m -= k;
            n -= k;
        }
    }
    // The old tree's own root is known to the verifier; a subtree inside it is not.
    if (begin != 0) proof.path.push_back(SHU_TRY(range_root(hash, begin, n, node)));
    std::reverse(proof.path.begin(), proof.path.end());
    return proof;
}

}  // namespace shu::ledger
