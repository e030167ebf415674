// The act log: numbering, Merkle tree, signed checkpoints, proofs, receipts, readers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foundation/crypto/sm2.h"
#include "foundation/log.h"
#include "ledger/act.h"
#include "ledger/key_chain.h"
#include "ledger/merkle.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::ledger {

/// A signed statement of the tree's size and root at an instant: docs/format/checkpoint.md.
struct Checkpoint {
    std::string origin;  ///< the city's ledger name, `shu/210100`
    HashName hash = HashName::kSm3;
    std::uint64_t size = 0;
    Digest root{};
    Micros at = 0;
    std::string signature;  ///< SM2 r || s over text()

    /// The signed text: lines `shu checkpoint 1`, origin, hash, size, root in Base64, instant in
    /// RFC 3339; each ends with a line feed.
    std::string text() const;
    json::value to_json() const;
    static Result<Checkpoint> from_json(const json::value& v);
    /// Errors: Corrupt when the signature does not verify.
    Result<void> verify(const crypto::Sm2PublicKey& key) const;
};

/// Everything needed to prove one act with no database: docs/format/receipt.md.
struct Receipt {
    std::string body;  ///< the act's canonical JSON
    InclusionProof proof;
    Checkpoint checkpoint;
    /// Fingerprint of the key that signed; empty: not said. It helps to find the key and proves
    /// nothing.
    std::string key{};

    std::string to_text() const;  ///< JSON
    static Result<Receipt> parse(
        std::string_view text);  ///< limits::receipt_bytes_max. Errors: Invalid
    /// Recomputes the leaf, the path and the signature. Errors: Invalid, also when `given` is not
    /// the key that the receipt names; Corrupt.
    Result<void> verify(const crypto::Sm2PublicKey& given) const;
};

/// The hashes of a proof, in Base64.
json::value to_json(std::span<const Digest> path);

/// What open() checks. An installation that is only going to be verified or repaired must open with
/// whatever damage it has.
enum class OpenCheck { kNewestCheckpoint, kNothing };

struct LedgerOptions {
    std::string origin;              ///< `shu/<division code>`
    std::string tile_folder;         ///< tiles as static files
    HashName hash = HashName::kSm3;  ///< fixed when the ledger is created
    int checkpoint_interval_ms = 1000;
    OpenCheck check = OpenCheck::kNewestCheckpoint;
};

/// The log of one city over its database. const members may be called concurrently.
class Ledger {
 public:
    static store::ModuleMigrations migrations();

    /// Opens or creates. Errors: Invalid when the stored origin or hash differs or `key` is not the
    /// one in force, Corrupt when the
    /// stored tree contradicts itself (not looked for with OpenCheck::kNothing).
    static Result<std::unique_ptr<Ledger>> open(store::Database& database, const Clock& clock,
                                                crypto::Sm2Key key, LedgerOptions options,
                                                std::shared_ptr<const Log> log);
    ~Ledger();

    /// Starts the sequencer: numbers acts as they commit, writes tiles, signs a checkpoint every
    /// interval with something new. Of several nodes over one database one at a time sequences.
    void start();
    void stop();
    /// One round of what start() repeats: numbers everything committed so far and signs. For tools
    /// and tests.
    Result<Checkpoint> sequence_now();
    /// The first half of sequence_now(): numbers, and signs nothing.
    Result<void> number_now();
    /// Errors: Conflict while another node numbers acts.
    Result<void> check_alone() const;

    Result<Checkpoint> checkpoint() const;  ///< newest. Errors: NotFound before the first
    /// Newest first, of sizes below `before` (0: from the end).
    Result<std::vector<Checkpoint>> checkpoints(std::uint64_t before, std::size_t limit) const;
    Result<RecordedAct> act(std::int64_t sequence) const;
    Result<RecordedAct> act_by_id(ActId id) const;
    struct Filter {
        std::string object{}, subject{}, actor{}, verb{};  ///< empty: any
    };
    /// Newest first, of numbers below `before` (-1: from the end). Numbered acts only; `limit` at
    /// most limits::page_rows_max.
    Result<std::vector<RecordedAct>> acts(const Filter& filter, std::int64_t before,
                                          std::size_t limit) const;

    /// Proof of one act under the newest checkpoint. Errors: NotFound; Unavailable while it is not
    /// yet under a checkpoint.
    Result<Receipt> receipt(std::int64_t sequence) const;
    /// Errors: Invalid for an old size of 0 or larger than the new; NotFound when the newest
    /// checkpoint is smaller than `new_size`.
    Result<ConsistencyProof> consistency(std::uint64_t old_size, std::uint64_t new_size) const;
    /// The bytes of a tile by its path, `0/x001/234` or `0/x001/234.p/17`: the first hashes of a
    /// tile that has grown are the older partial tile, so each path stays readable for ever.
    /// Errors: Invalid, NotFound beyond the newest checkpoint.
    Result<std::string> tile(std::string_view path) const;

    const crypto::Sm2PublicKey& public_key() const;
    /// The keys of the log, the one in force last.
    const std::vector<SigningKey>& keys() const;
    /// Proof that the key before `key` handed over to it: its act under the checkpoint that the key
    /// before signed over it. Errors: NotFound for the first key.
    Result<Receipt> handover_to(const SigningKey& key) const;
    const LedgerOptions& options() const;

    struct VerifyReport {
        std::uint64_t acts = 0;
        std::uint64_t checkpoints = 0;
        std::uint64_t tiles = 0;
    };
    /// Re-reads acts, numbers, tiles and checkpoints and recomputes everything; `progress(done,
    /// all)`. Errors: Corrupt naming the first bad entry.
    Result<VerifyReport> verify(
        const std::function<void(std::uint64_t, std::uint64_t)>& progress) const;

    /// Calls after each numbering, with the new size; for live pages. Keep it short.
    void on_growth(std::function<void(std::uint64_t)> listener);
    /// Calls for each new checkpoint, also of another node's, on the sequencer's thread; between
    /// start() and stop(). Keep it short.
    void on_checkpoint(std::function<void(const Checkpoint&)> listener);

 private:
    struct State;
    explicit Ledger(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A reader of the log whose cursor commits with its effect: a crash neither loses nor repeats
/// work.
class Reader {
 public:
    /// Applies acts in order inside one transaction. An error leaves the cursor where it was and is
    /// tried again.
    using Apply = std::function<Result<void>(store::Transaction&, std::span<const RecordedAct>)>;

    Reader(store::Database& database, std::string name, Apply apply);
    /// Applies at most `limit` further acts; returns how many.
    Result<std::size_t> advance(std::size_t limit);
    Result<std::int64_t> position() const;  ///< sequence of the next act to read

 private:
    store::Database& database_;
    std::string name_;
    Apply apply_;
};

}  // namespace shu::ledger
