// Ledger::verify(): everything is read again and computed again; nothing stored is believed but the
// signatures.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "foundation/limits.h"
#include "ledger/state.h"

namespace shu::ledger {
namespace {

constexpr Micros kUnnumberedMax = 60 * kMicrosPerSecond;
constexpr std::int64_t kPage = 2'000;

constexpr store::Sql kReadEntries(
    "SELECT sequence, id, leaf, body, at, actor, post, organisation, verb, object, subject, basis,"
    " result FROM act WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence");
constexpr store::Sql kReadExtent("SELECT MIN(sequence), MAX(sequence) FROM act");
constexpr store::Sql kReadCheckpoints(
    "SELECT size, root, at, signature FROM ledger_checkpoint WHERE size > $1 ORDER BY size LIMIT "
    "$2");
constexpr store::Sql kReadCheckpointExtent("SELECT MIN(size), MAX(size) FROM ledger_checkpoint");
constexpr store::Sql kReadFirstRotation(
    "SELECT body FROM act WHERE verb = 'ledger-key.rotate' ORDER BY sequence LIMIT 1");
constexpr store::Sql kReadTwice(
    "SELECT w.id FROM act_waiting w JOIN act a ON a.id = w.id ORDER BY w.id LIMIT 1");
constexpr store::Sql kReadWaiting("SELECT id FROM act_waiting WHERE at < $1 ORDER BY id LIMIT 1");

std::string number(std::uint64_t n) {
    return std::to_string(n);
}

// The name of the first column, from the fifth of kReadEntries on, that says otherwise than the
// body; or empty.
std::string_view first_difference(const store::StoredRow& row, const RecordedAct& body) {
    if (row.integer(4) != body.at) return "at";
    const Act& act = body.act;
    const std::array<std::pair<std::string_view, const std::string*>, 8> columns{
        {{"actor", &act.actor},
         {"post", &act.post},
         {"organisation", &act.organisation},
         {"verb", &act.verb},
         {"object", &act.object},
         {"subject", &act.subject},
         {"basis", &act.basis},
         {"result", &act.result}}};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (row.text(i + 5) != *columns[i].second) return columns[i].first;
    }
    return {};
}

/// One pass over the log.
class Verification {
 public:
    Verification(store::Database& database, const LedgerOptions& options,
                 const crypto::Sm2PublicKey& key, const TileStore& tiles)
        : database_(database),
          options_(options),
          key_(key),
          in_force_(key),
          tiles_(tiles),
          frontier_(options.hash),
          edge_(options.hash) {}

    Result<Ledger::VerifyReport> run(
        Micros now, const std::function<void(std::uint64_t, std::uint64_t)>& progress);

 private:
    Result<void> check_extent(store::Transaction& tx);
    Result<void> check_unnumbered(store::Transaction& tx, Micros now) const;
    Result<void> read_first_key(store::Transaction& tx);
    Result<void> check_rotation(const RecordedAct& act, const std::string& entry);
    Result<void> check_last_key() const;
    Result<void> check_entry(const store::StoredRow& row);
    Result<void> check_checkpoint();
    Result<void> check_full_tile(const Tile& tile);
    Result<void> check_partial_tiles(const Tile& widest);
    Result<bool> has_grown() const;
    Result<void> compare(const TileName& name, std::span<const Digest> expected);
    Result<void> load_checkpoint(std::uint64_t after);

    store::Database& database_;
    const LedgerOptions& options_;
    const crypto::Sm2PublicKey& key_;           // of the installation: the last of the chain
    crypto::Sm2PublicKey in_force_;             // where the verification has come
    std::optional<crypto::Sm2PublicKey> next_;  // from the next checkpoint on
    const TileStore& tiles_;
    Frontier frontier_;
    TileEdge edge_;
    std::uint64_t size_ = 0;
    std::uint64_t proved_ = 0;             // size of the last good checkpoint
    std::vector<Checkpoint> checkpoints_;  // the next ones, last first
    Ledger::VerifyReport report_;
};

Result<void> Verification::check_extent(store::Transaction& tx) {
    const Head head = SHU_TRY(read_head(tx, options_));
    size_ = head.size;
    const auto extent = SHU_TRY(tx.row(kReadExtent));
    const std::uint64_t found =
        extent->is_null(1) ? 0 : static_cast<std::uint64_t>(extent->integer(1)) + 1;
    if (!extent->is_null(0) && extent->integer(0) < 0)
        return corrupt("sequence " + std::to_string(extent->integer(0)) + ": numbers begin with 0");
    if (found < size_) return corrupt("sequence " + number(found) + ": the entry is missing");
    if (found > size_)
        return corrupt("sequence " + number(found - 1) + ": the ledger counts only " +
                       number(size_) + " acts");
    const auto checkpoints = SHU_TRY(tx.row(kReadCheckpointExtent));
    if (!checkpoints->is_null(0) && checkpoints->integer(0) < 1)
        return corrupt("checkpoint of size " + std::to_string(checkpoints->integer(0)) +
                       ": no checkpoint covers less than one act");
    if (head.checkpoint && head.checkpoint->size > size_)
        return corrupt("checkpoint of size " + number(head.checkpoint->size) +
                       ": the ledger counts only " + number(size_) + " acts");
    return {};
}

Result<void> Verification::check_unnumbered(store::Transaction& tx, Micros now) const {
    if (const auto row = SHU_TRY(tx.row(kReadTwice)))
        return corrupt("act " + std::to_string(row->integer(0)) +
                       ": it waits for its number although it has one");
    if (const auto row = SHU_TRY(tx.row(kReadWaiting, {now - kUnnumberedMax})))
        return corrupt("act " + std::to_string(row->integer(0)) +
                       ": it has waited for its number for more than a minute; is a sequencer "
                       "running?");
    return {};
}

// A first act that cannot be read is named when its turn comes.
Result<void> Verification::read_first_key(store::Transaction& tx) {
    const auto row = SHU_TRY(tx.row(kReadFirstRotation));
    if (!row) return {};
    const auto first = parse_body(row->text(0));
    if (!first.ok()) return {};
    const auto rotation = KeyRotation::parse(first->act);
    if (rotation.ok()) in_force_ = rotation->previous;
    return {};
}

Result<void> Verification::check_rotation(const RecordedAct& act, const std::string& entry) {
    const auto rotation = KeyRotation::parse(act.act);
    if (!rotation.ok()) return corrupt(entry + rotation.error().detail);
    if (next_) return corrupt(entry + "the key changes twice under one checkpoint");
    if (rotation->previous != in_force_)
        return corrupt(entry + "the key that it takes over from is not the one in force");
    next_ = rotation->next;
    return {};
}

Result<void> Verification::check_last_key() const {
    if (in_force_ == key_) return {};
    return corrupt("the key in force at the end, " + fingerprint_of(in_force_) +
                   ", is not this installation's, " + fingerprint_of(key_));
}

Result<void> Verification::check_entry(const store::StoredRow& row) {
    const std::uint64_t expected = frontier_.size();
    if (row.integer(0) != static_cast<std::int64_t>(expected))
        return corrupt("sequence " + number(expected) + ": the entry is missing");
    const std::string id = std::to_string(row.integer(1));
    const std::string entry = "act " + id + " (sequence " + number(expected) + "): ";
    const Digest leaf = leaf_hash(options_.hash, row.text(3));
    if (crypto::bytes_of(leaf) != row.text(2))
        return corrupt(entry + "the stored body does not hash to its leaf");
    const auto body = parse_body(row.text(3));
    if (!body.ok()) return corrupt(entry + body.error().detail);
    if (body->id.value != row.integer(1))
        return corrupt(entry + "the body is that of act " + body->id.text());
    if (const auto column = first_difference(row, *body); !column.empty())
        return corrupt(entry + "the column " + std::string(column) + " differs from the body");
    if (body->act.verb == kRotateKey) SHU_CHECK(check_rotation(*body, entry));
    frontier_.append(leaf);
    std::vector<Tile> full;
    edge_.append(leaf, full);
    for (const Tile& tile : full)
        SHU_CHECK(check_full_tile(tile));
    return {};
}

Result<void> Verification::compare(const TileName& name, std::span<const Digest> expected) {
    const auto stored = tiles_.stored(name);
    if (!stored.ok() && stored.error().code == Code::kNotFound) return {};  // computed when needed
    if (!stored.ok()) return stored.error();
    for (std::size_t i = 0; i < stored->size(); ++i) {
        for (std::size_t j = 0; j < expected[i].size(); ++j) {
            if ((*stored)[i][j] != expected[i][j])
                return corrupt(name.text() + ": byte " + number(i * expected[i].size() + j) +
                               " differs from what the acts give");
        }
    }
    ++report_.tiles;
    return {};
}

// True if acts were numbered since this verification began.
Result<bool> Verification::has_grown() const {
    const Head head = SHU_TRY(database_.read_value<Head>(
        [this](store::Transaction& tx) { return read_head(tx, options_); }));
    return head.size > size_;
}

Result<void> Verification::check_full_tile(const Tile& tile) {
    SHU_CHECK(compare(tile.name, tile.hashes));
    return check_partial_tiles(tile);
}

Result<void> Verification::check_partial_tiles(const Tile& widest) {
    for (const std::uint64_t width : tiles_.partial_widths(widest.name.level, widest.name.index)) {
        const TileName name{widest.name.level, widest.name.index, width};
        if (width > widest.hashes.size()) {
            if (SHU_TRY(has_grown())) continue;
            return corrupt(name.text() + ": the ledger has not so many acts");
        }
        SHU_CHECK(compare(name, widest.hashes));
    }
    return {};
}

Result<void> Verification::load_checkpoint(std::uint64_t after) {
    if (!checkpoints_.empty()) return {};
    const auto read = [&](store::Transaction& tx) -> Result<void> {
        checkpoints_.clear();
        const auto rows =
            SHU_TRY(tx.query(kReadCheckpoints, {static_cast<std::int64_t>(after), kPage}));
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            checkpoints_.push_back(SHU_TRY(checkpoint_of(*row, options_)));
        return {};
    };
    return database_.read(read);
}

// Judges the checkpoint of the present size, if there is one.
Result<void> Verification::check_checkpoint() {
    SHU_CHECK(load_checkpoint(frontier_.size() - 1));
    if (checkpoints_.empty() || checkpoints_.back().size != frontier_.size()) return {};
    const Checkpoint checkpoint = std::move(checkpoints_.back());
    checkpoints_.pop_back();
    SHU_CHECK(checkpoint.verify(in_force_));
    if (checkpoint.root != frontier_.root())
        return corrupt("checkpoint of size " + number(checkpoint.size) +
                       ": the acts do not lead to the signed root; one of sequence " +
                       number(proved_) + " to " + number(checkpoint.size - 1) +
                       " is not what it was");
    if (next_) in_force_ = *std::exchange(next_, std::nullopt);
    proved_ = checkpoint.size;
    ++report_.checkpoints;
    return {};
}

Result<Ledger::VerifyReport> Verification::run(
    Micros now, const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const auto begin = [&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(read_first_key(tx));
        SHU_CHECK(check_extent(tx));
        return check_unnumbered(tx, now);
    };
    // Entries first: a hole in them is the cause of most of what `begin` would say.
    const Result<void> frame = database_.read(begin);
    if (!frame.ok() && frame.error().code != Code::kCorrupt) return frame.error();
    while (frontier_.size() < size_) {
        const auto from = static_cast<std::int64_t>(frontier_.size());
        const auto to = std::min(from + kPage, static_cast<std::int64_t>(size_));
        std::vector<store::StoredRow> rows;
        SHU_CHECK(database_.read([&](store::Transaction& tx) -> Result<void> {
            rows = SHU_TRY(tx.query(kReadEntries, {from, to}));
            return {};
        }));
        for (const store::StoredRow& row : rows) {
            SHU_CHECK(check_entry(row));
            SHU_CHECK(check_checkpoint());
        }
        if (frontier_.size() != static_cast<std::uint64_t>(to))
            return corrupt("sequence " + number(frontier_.size()) + ": the entry is missing");
        if (progress) progress(frontier_.size(), size_);
    }
    SHU_CHECK(Result<void>(frame));
    for (const Tile& tile : edge_.partial_tiles())
        SHU_CHECK(check_partial_tiles(tile));
    SHU_CHECK(check_last_key());
    report_.acts = frontier_.size();
    return report_;
}

}  // namespace

Result<Ledger::VerifyReport> Ledger::verify(
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) const {
    Verification verification(state_->database, state_->options, public_key(), state_->tiles);
    return verification.run(state_->clock.now(), progress);
}

}  // namespace shu::ledger
