#include "ledger/merkle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "foundation/file.h"
#include "foundation/json.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::ledger {
namespace {

constexpr std::uint64_t kSeed = 20261121;

std::vector<Digest> some_leaves(HashName hash, std::size_t count) {
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(leaf_hash(hash, std::to_string(i)));
    return leaves;
}

// A node source that recomputes every node from the leaves by the reference.
NodeSource from_leaves(HashName hash, const std::vector<Digest>& leaves) {
    return [hash, &leaves](int level, std::uint64_t index) -> Result<Digest> {
        const std::uint64_t width = std::uint64_t{1} << level;
        if ((index + 1) * width > leaves.size()) return not_found("no such node");
        return root_of(hash, std::span(leaves).subspan(index * width, width));
    };
}

Digest reference_root(HashName hash, const std::vector<Digest>& leaves, std::uint64_t size) {
    return root_of(hash, std::span(leaves).first(size));
}

template <typename Proof, typename Check>
void expect_mutations_refused(const Proof& good, std::mt19937_64& random, const Check& check) {
    for (std::size_t i = 0; i < good.path.size(); ++i) {
        Proof bad = good;
        bad.path[i][random() % 32] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        EXPECT_FALSE(check(bad).ok()) << "a flipped bit in hash " << i;
        bad = good;
        bad.path.erase(bad.path.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(check(bad).ok()) << "without hash " << i;
        bad = good;
        bad.path.insert(bad.path.begin() + static_cast<std::ptrdiff_t>(i), good.path[i]);
        EXPECT_FALSE(check(bad).ok()) << "hash twice " << i;
        if (i + 1 < good.path.size()) {
            bad = good;
            std::swap(bad.path[i], bad.path[i + 1]);
            EXPECT_FALSE(check(bad).ok()) << "hashes swapped " << i;
        }
    }
    Proof bad = good;
    bad.path.push_back(Digest{});
    EXPECT_FALSE(check(bad).ok()) << "a hash too many";
}

class MerkleTest : public testing::TestWithParam<HashName> {};
INSTANTIATE_TEST_SUITE_P(Hashes, MerkleTest, testing::Values(HashName::kSm3, HashName::kSha256),
                         [](const auto& i) { return std::string(crypto::to_string(i.param)); });

TEST_P(MerkleTest, TheFrontierAgreesWithTheReferenceAtEverySize) {
    const auto leaves = some_leaves(GetParam(), 300);
    Frontier frontier(GetParam());
    EXPECT_EQ(frontier.root(), empty_root(GetParam()));
    for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
        frontier.append(leaves[size - 1]);
        ASSERT_EQ(frontier.size(), size);
        const Digest expected = reference_root(GetParam(), leaves, size);
        ASSERT_EQ(frontier.root(), expected) << size;
        ASSERT_EQ(root_from_nodes(GetParam(), size, from_leaves(GetParam(), leaves)).value(),
                  expected);
    }
}

TEST_P(MerkleTest, EveryLeafOfEverySmallTreeIsProvedAndNoOther) {
    const auto leaves = some_leaves(GetParam(), 40);
    const auto node = from_leaves(GetParam(), leaves);
    for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
        const Digest root = reference_root(GetParam(), leaves, size);
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto proof = prove_inclusion(GetParam(), index, size, node).value();
            ASSERT_TRUE(verify(GetParam(), proof, leaves[index], root).ok())
                << index << "/" << size;
            const auto other = verify(GetParam(), proof, leaves[(index + 1) % 40], root);
            ASSERT_EQ(other.error().code, Code::kCorrupt);
        }
    }
}

TEST_P(MerkleTest, EveryPairOfSmallSizesIsConsistent) {
    const auto leaves = some_leaves(GetParam(), 40);
    const auto node = from_leaves(GetParam(), leaves);
    for (std::uint64_t new_size = 1; new_size <= leaves.size(); ++new_size) {
        for (std::uint64_t old_size = 1; old_size <= new_size; ++old_size) {
            const auto proof = prove_consistency(GetParam(), old_size, new_size, node).value();
            const Digest old_root = reference_root(GetParam(), leaves, old_size);
            const Digest new_root = reference_root(GetParam(), leaves, new_size);
            ASSERT_TRUE(verify(GetParam(), proof, old_root, new_root).ok())
                << old_size << "/" << new_size;
        }
    }
}

TEST_P(MerkleTest, AMutatedInclusionProofIsRefused) {
    std::mt19937_64 random(kSeed);
    RecordProperty("seed", std::to_string(kSeed));
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t size = 2 + random() % 300;
        const auto leaves = some_leaves(GetParam(), size);
        const Digest root = root_of(GetParam(), leaves);
        const std::uint64_t index = random() % size;
        const auto good =
            prove_inclusion(GetParam(), index, size, from_leaves(GetParam(), leaves)).value();
        const auto check = [&](const InclusionProof& proof) {
            return verify(GetParam(), proof, leaves[index], root);
        };
        ASSERT_TRUE(check(good).ok());
        expect_mutations_refused(good, random, check);
        InclusionProof bad = good;
        bad.index = (index + 1) % size;
        EXPECT_FALSE(check(bad).ok()) << index << "/" << size;
        Digest other_root = root;
        other_root[random() % 32] ^= 1;
        EXPECT_FALSE(verify(GetParam(), good, leaves[index], other_root).ok());
    }
}

TEST_P(MerkleTest, AMutatedConsistencyProofIsRefused) {
    std::mt19937_64 random(kSeed + 1);
    RecordProperty("seed", std::to_string(kSeed + 1));
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t new_size = 2 + random() % 300;
        const std::uint64_t old_size = 1 + random() % (new_size - 1);
        const auto leaves = some_leaves(GetParam(), new_size);
        const Digest new_root = root_of(GetParam(), leaves);
        const Digest old_root = reference_root(GetParam(), leaves, old_size);
        const auto good =
            prove_consistency(GetParam(), old_size, new_size, from_leaves(GetParam(), leaves))
                .value();
        const auto check = [&](const ConsistencyProof& proof) {
            return verify(GetParam(), proof, old_root, new_root);
        };
        ASSERT_TRUE(check(good).ok());
        expect_mutations_refused(good, random, check);
        EXPECT_FALSE(verify(GetParam(), good, new_root, old_root).ok()) << "roots swapped";
    }
}

TEST_P(MerkleTest, ImpossibleNumbersAreInvalid) {
    const auto leaves = some_leaves(GetParam(), 4);
    const auto node = from_leaves(GetParam(), leaves);
    EXPECT_EQ(prove_inclusion(GetParam(), 4, 4, node).error().code, Code::kInvalid);
    EXPECT_EQ(prove_inclusion(GetParam(), 0, 0, node).error().code, Code::kInvalid);
    EXPECT_EQ(prove_consistency(GetParam(), 0, 4, node).error().code, Code::kInvalid);
    EXPECT_EQ(prove_consistency(GetParam(), 4, 3, node).error().code, Code::kInvalid);
    EXPECT_EQ(verify(GetParam(), InclusionProof{4, 4, {}}, leaves[0], leaves[0]).error().code,
              Code::kInvalid);
    EXPECT_EQ(verify(GetParam(), ConsistencyProof{0, 4, {}}, leaves[0], leaves[0]).error().code,
              Code::kInvalid);
    EXPECT_EQ(verify(GetParam(), ConsistencyProof{2, 2, {}}, leaves[0], leaves[1]).error().code,
              Code::kCorrupt);
}

TEST_P(MerkleTest, AProofLongerThanAnyTreeAllowsIsInvalid) {
    const Digest leaf = leaf_hash(GetParam(), "x");
    InclusionProof proof{0, ~std::uint64_t{0}, {}};
    proof.path.resize(limits::proof_hashes_max + 1);
    EXPECT_EQ(verify(GetParam(), proof, leaf, leaf).error().code, Code::kInvalid);
}

TEST_P(MerkleTest, AnErrorOfTheNodeSourceIsReturned) {
    const NodeSource broken = [](int, std::uint64_t) -> Result<Digest> {
        return unavailable("the disk is gone");
    };
    EXPECT_EQ(prove_inclusion(GetParam(), 1, 5, broken).error().code, Code::kUnavailable);
    EXPECT_EQ(prove_consistency(GetParam(), 3, 5, broken).error().code, Code::kUnavailable);
    EXPECT_EQ(root_from_nodes(GetParam(), 5, broken).error().code, Code::kUnavailable);
}

// Published vectors: transparency-dev/merkle testdata, SHA-256.
struct VectorFile {
    std::string name;
    json::value document;
};

std::vector<VectorFile> published(const std::string& kind) {
    std::vector<VectorFile> files;
    const char* folder = std::getenv("SHU_TEST_DATA");
    if (folder == nullptr) return files;
    const std::filesystem::path root = std::filesystem::path(folder) / "merkle" / kind;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".json") continue;
        const auto text = file::read(entry.path().string(), limits::json_bytes_max);
        files.push_back({entry.path().string(), json::parse(text.value()).value()});
    }
    return files;
}

// A hash of another length than 32 bytes cannot even be read: refused, as the vectors want.
Result<Digest> digest_in(const json::value& v) {
    const std::string bytes = SHU_TRY(text::from_base64(v.as_string()));
    return crypto::digest_from_bytes(bytes);
}

Result<std::vector<Digest>> path_in(const json::value& v) {
    std::vector<Digest> path;
    if (v.is_null()) return path;
    for (const auto& hash : v.as_array())
        path.push_back(SHU_TRY(digest_in(hash)));
    return path;
}

std::uint64_t number_in(const json::value& v) {
    return v.to_number<std::uint64_t>();
}

Result<void> check_inclusion_vector(const json::object& v) {
    InclusionProof proof{number_in(v.at("leafIdx")), number_in(v.at("treeSize")), {}};
    proof.path = SHU_TRY(path_in(v.at("proof")));
    const Digest leaf = SHU_TRY(digest_in(v.at("leafHash")));
    const Digest root = SHU_TRY(digest_in(v.at("root")));
    return verify(HashName::kSha256, proof, leaf, root);
}

Result<void> check_consistency_vector(const json::object& v) {
    ConsistencyProof proof{number_in(v.at("size1")), number_in(v.at("size2")), {}};
    proof.path = SHU_TRY(path_in(v.at("proof")));
    const Digest old_root = SHU_TRY(digest_in(v.at("root1")));
    const Digest new_root = SHU_TRY(digest_in(v.at("root2")));
    return verify(HashName::kSha256, proof, old_root, new_root);
}

TEST(MerkleVectors, EveryPublishedInclusionProofIsJudgedAsPublished) {
    const auto files = published("inclusion");
    ASSERT_EQ(files.size(), 82U) << "set SHU_TEST_DATA to the folder of published vectors";
    for (const VectorFile& f : files) {
        const auto& v = f.document.as_object();
        EXPECT_EQ(check_inclusion_vector(v).ok(), !v.at("wantErr").as_bool()) << f.name;
    }
}

TEST(MerkleVectors, EveryPublishedConsistencyProofIsJudgedAsPublished) {
    const auto files = published("consistency");
    ASSERT_EQ(files.size(), 84U) << "set SHU_TEST_DATA to the folder of published vectors";
    for (const VectorFile& f : files) {
        const auto& v = f.document.as_object();
        EXPECT_EQ(check_consistency_vector(v).ok(), !v.at("wantErr").as_bool()) << f.name;
    }
}

}  // namespace
}  // namespace shu::ledger
