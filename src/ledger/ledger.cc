#include "ledger/ledger.h"

#include <algorithm>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "ledger/state.h"

namespace shu::ledger {
namespace {

constexpr store::Sql kReadIdentity("SELECT origin, hash FROM ledger_state WHERE id = 1");
constexpr store::Sql kInsertState(
    "INSERT INTO ledger_state(id, origin, hash, size, holder, held_until)"
    " VALUES (1, $1, $2, 0, '', 0) ON CONFLICT (id) DO NOTHING");
constexpr store::Sql kReadLeaves(
    "SELECT leaf FROM act WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence");
constexpr store::Sql kReadAct("SELECT sequence, body FROM act WHERE sequence = $1");
constexpr store::Sql kReadActById(
    "SELECT sequence, body FROM act WHERE id = $1"
    " UNION ALL SELECT -1, body FROM act_waiting WHERE id = $1");
constexpr store::Sql kReadCheckpoints(
    "SELECT size, root, at, signature FROM ledger_checkpoint WHERE size < $1"
    " ORDER BY size DESC LIMIT $2");
constexpr store::Sql kReadCheckpointOf(
    "SELECT size, root, at, signature FROM ledger_checkpoint WHERE size = $1");

Result<std::vector<Digest>> read_leaves(store::Database& database, std::uint64_t begin,
                                        std::uint64_t count) {
    std::vector<Digest> leaves;
    SHU_CHECK(database.read([&](store::Transaction& tx) -> Result<void> {
        const auto rows =
            SHU_TRY(tx.query(kReadLeaves, {static_cast<std::int64_t>(begin),
                                           static_cast<std::int64_t>(begin + count)}));
        leaves.clear();
        for (const store::StoredRow& row : rows) {
            const auto leaf = crypto::digest_from_bytes(row.text(0));
            if (!leaf.ok())
                return corrupt("sequence " + std::to_string(begin + leaves.size()) +
                               ": the leaf has not 32 bytes");
            leaves.push_back(*leaf);
        }
        return {};
    }));
    if (leaves.size() != count)
        return not_found("ledger: there are no leaves up to " + std::to_string(begin + count));
    return leaves;
}

// A row `sequence, body`.
Result<RecordedAct> act_of(const store::StoredRow& row) {
    auto act = parse_body(row.text(1));
    const std::int64_t sequence = row.integer(0);
    if (!act.ok())
        return corrupt("sequence " + std::to_string(sequence) + ": " + act.error().detail);
    act->sequence = sequence;
    return act;
}

// Equalities of a filter as literal SQL; the values follow in the same order.
class FilterQuery {
 public:
    FilterQuery() { sql_.add("SELECT sequence, body FROM act WHERE sequence < "); }
    void bind(std::int64_t value) {
        values_.emplace_back(value);
        sql_.add_parameter(static_cast<int>(values_.size()));
    }
    void require(store::Literal equality, std::string_view value) {
        if (value.empty()) return;
        values_.emplace_back(value);
        sql_.add(equality).add_parameter(static_cast<int>(values_.size()));
    }
    store::AssembledSql& sql() { return sql_; }
    std::span<const store::Value> values() const { return values_; }

 private:
    store::AssembledSql sql_;
    std::vector<store::Value> values_;
};

FilterQuery query_of(const Ledger::Filter& filter, std::int64_t before, std::int64_t limit) {
    FilterQuery query;
    query.bind(before);
    query.require(" AND object = ", filter.object);
    query.require(" AND subject <> '' AND subject = ", filter.subject);
    query.require(" AND actor = ", filter.actor);
    query.require(" AND verb = ", filter.verb);
    query.sql().add(" ORDER BY sequence DESC LIMIT ");
    query.bind(limit);
    return query;
}

}  // namespace

Ledger::State::State(store::Database& database_, const Clock& clock_, crypto::Sm2Key key_,
                     KeyChain keys_, LedgerOptions options_, std::shared_ptr<const Log> log_)
    : database(database_),
      clock(clock_),
      key(std::move(key_)),
      keys(std::move(keys_)),
      options(std::move(options_)),
      log(std::move(log_)),
      tiles(options.hash, options.tile_folder,
            [this](std::uint64_t begin, std::uint64_t count) {
                return read_leaves(database, begin, count);
            }),
      sequencer({database, clock, key, options, tiles, *log}) {}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}

Ledger::~Ledger() = default;

namespace {

Result<void> check_identity(store::Database& database, const LedgerOptions& options) {
    return database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(tx.execute(kInsertState,
                             {std::string_view(options.origin), crypto::to_string(options.hash)}));
        const auto row = SHU_TRY(tx.row(kReadIdentity));
        if (!row) return corrupt("ledger: the row of ledger_state is missing");
        if (row->text(0) != options.origin)
            return invalid("ledger: this database holds the ledger '" + row->text(0) + "', not '" +
                           options.origin + "'");
        if (row->text(1) != crypto::to_string(options.hash))
            return invalid("ledger: this ledger was created with the hash " + row->text(1));
        return {};
    });
}

/// Errors: Invalid when `present` is not the key in force.
Result<KeyChain> keys_of(store::Database& database, const crypto::Sm2PublicKey& present,
                         OpenCheck check) {
    auto read = [&](store::Transaction& tx) { return KeyChain::read(tx, present); };
    auto keys = database.read_value<KeyChain>(read);
    if (check == OpenCheck::kNothing) return keys.ok() ? *std::move(keys) : KeyChain(present);
    if (!keys.ok()) return keys.error();
    if (keys->newest() != present)
        return invalid("ledger: the key of this data folder, " + fingerprint_of(present) +
                       ", is not the one in force, " + fingerprint_of(keys->newest()) +
                       "; bring keys/city.pem from the node on which the key was changed");
    return keys;
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(store::Database& database, const Clock& clock,
                                             crypto::Sm2Key key, LedgerOptions options,
                                             std::shared_ptr<const Log> log) {
    if (!options.origin.starts_with("shu/") || options.origin.size() > 100)
        return invalid("ledger: the origin '" + options.origin + "' is not of the form shu/CODE");
    SHU_CHECK(file::make_folder(options.tile_folder));
    SHU_CHECK(check_identity(database, options));
    KeyChain keys = SHU_TRY(keys_of(database, key.public_key(), options.check));
    auto state = std::make_unique<State>(database, clock, std::move(key), std::move(keys),
                                         std::move(options), std::move(log));
    std::unique_ptr<Ledger> ledger(new Ledger(std::move(state)));
    if (ledger->options().check == OpenCheck::kNothing) return ledger;
    const auto newest = ledger->checkpoint();
    if (!newest.ok() && newest.error().code == Code::kNotFound) return ledger;
    if (!newest.ok()) return newest.error();
    SHU_CHECK(newest->verify(ledger->state_->keys.of(newest->size)));
    const LedgerOptions& chosen = ledger->options();
    auto root = root_from_nodes(chosen.hash, newest->size, ledger->state_->tiles.nodes());
    if (!root.ok() && root.error().code != Code::kNotFound) return root.error();
    if (!root.ok() || *root != newest->root)
        return corrupt("ledger: tiles and numbers do not lead to the signed root of " +
                       std::to_string(newest->size) + " acts; remove the folder " +
                       chosen.tile_folder +
                       " (it is computed again), and if that does not help restore the database");
    return ledger;
}

void Ledger::start() {
    state_->sequencer.start();
}
void Ledger::stop() {
    state_->sequencer.stop();
}

Result<void> Ledger::check_alone() const {
    // A lease that nobody renews has run out by then: that of a node or tool that has just ended.
    constexpr Micros kPatience = 6 * kMicrosPerSecond;
    constexpr int kLookEveryMs = 200;
    if (state_->database.engine() == store::Engine::kSqlite) return {};  // one process has it open
    const Micros end = state_->clock.now() + kPatience;
    for (;;) {
        const Head head = SHU_TRY(state_->database.read_value<Head>(
            [&](store::Transaction& tx) { return read_head(tx, state_->options); }));
        const Micros now = state_->clock.now();
        if (head.held_until <= now) return {};
        if (now > end) return conflict("ledger: another node numbers acts; stop it first");
        state_->database.wait_for_commit(kLookEveryMs);
    }
}

Result<void> Ledger::number_now() {
    int conflicts = 0;
    for (;;) {
        const auto count = state_->sequencer.number(Sequencer::Turn::kNow);
        if (count.ok() && *count == 0) return {};
        if (count.ok()) continue;
        const bool again = count.error().code == Code::kConflict;
        if (!again || ++conflicts > limits::write_retries_max) return count.error();
    }
}

Result<Checkpoint> Ledger::sequence_now() {
    SHU_CHECK(number_now());
    return state_->sequencer.sign(Sequencer::Turn::kNow);
}

Result<Checkpoint> Ledger::checkpoint() const {
    const auto newest = SHU_TRY(checkpoints(0, 1));
    if (newest.empty()) return not_found("ledger: there is no checkpoint yet");
    return newest[0];
}

Result<std::vector<Checkpoint>> Ledger::checkpoints(std::uint64_t before, std::size_t limit) const {
    constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
    const std::int64_t below =
        before == 0 || before > std::uint64_t{end} ? end : static_cast<std::int64_t>(before);
    const auto rows_max = static_cast<std::int64_t>(std::min(limit, limits::page_rows_max));
    using List = std::vector<Checkpoint>;
    return state_->database.read_value<List>([&](store::Transaction& tx) -> Result<List> {
        List list;
        for (const auto& row : SHU_TRY(tx.query(kReadCheckpoints, {below, rows_max})))
            list.push_back(SHU_TRY(checkpoint_of(row, state_->options)));
        return list;
    });
}

Result<RecordedAct> Ledger::act(std::int64_t sequence) const {
    return state_->database.read_value<RecordedAct>(
        [&](store::Transaction& tx) -> Result<RecordedAct> {
            const auto row = SHU_TRY(tx.row(kReadAct, {sequence}));
            if (!row) return not_found("no act has the number " + std::to_string(sequence));
            return act_of(*row);
        });
}

Result<RecordedAct> Ledger::act_by_id(ActId id) const {
    return state_->database.read_value<RecordedAct>(
        [&](store::Transaction& tx) -> Result<RecordedAct> {
            const auto row = SHU_TRY(tx.row(kReadActById, {id.value}));
            if (!row) return not_found("there is no act " + id.text());
            return act_of(*row);
        });
}

Result<std::vector<RecordedAct>> Ledger::acts(const Filter& filter, std::int64_t before,
                                              std::size_t limit) const {
    constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
    const auto rows_max = static_cast<std::int64_t>(std::min(limit, limits::page_rows_max));
    using List = std::vector<RecordedAct>;
    return state_->database.read_value<List>([&](store::Transaction& tx) -> Result<List> {
        FilterQuery query = query_of(filter, before < 0 ? end : before, rows_max);
        List list;
        for (const auto& row : SHU_TRY(tx.query(query.sql(), query.values())))
            list.push_back(SHU_TRY(act_of(row)));
        return list;
    });
}

Result<Receipt> Ledger::receipt(std::int64_t sequence) const {
    const RecordedAct act = SHU_TRY(this->act(sequence));
    const auto index = static_cast<std::uint64_t>(act.sequence);
    const auto newest = checkpoint();
    if (!newest.ok() && newest.error().code != Code::kNotFound) return newest.error();
    if (!newest.ok() || newest->size <= index)
        return unavailable("act " + act.id.text() +
                           " is numbered but not yet under a signed checkpoint; ask again in a "
                           "second");
    const crypto::Sm2PublicKey& signer = state_->keys.of(newest->size);
    Receipt receipt{act.body, {}, *newest, fingerprint_of(signer)};
    receipt.proof =
        SHU_TRY(prove_inclusion(state_->options.hash, index, newest->size, state_->tiles.nodes()));
    // Never hand out what its receiver would refuse.
    if (auto checked = receipt.verify(signer); !checked.ok())
        return corrupt("act " + act.id.text() + " (sequence " + std::to_string(sequence) +
                       ") cannot be proved: " + checked.error().detail +
                       "; run `shu ledger verify`");
    return receipt;
}

Result<ConsistencyProof> Ledger::consistency(std::uint64_t old_size, std::uint64_t new_size) const {
    const Checkpoint newest = SHU_TRY(checkpoint());
    if (new_size > newest.size)
        return not_found("the newest checkpoint covers " + std::to_string(newest.size) + " acts");
    return prove_consistency(state_->options.hash, old_size, new_size, state_->tiles.nodes());
}

Result<std::string> Ledger::tile(std::string_view path) const {
    const TileName name = SHU_TRY(TileName::parse(path));
    const Checkpoint newest = SHU_TRY(checkpoint());
    const std::uint64_t hashes = newest.size >> (kTileHeight * name.level);
    if (name.index > hashes / kTileWidth || name.index * kTileWidth + name.width > hashes)
        return not_found("no checkpoint covers " + name.text() + " yet");
    auto kept = SHU_TRY(state_->tiles.hashes(name));
    return Tile{name, std::move(kept)}.bytes();
}

const crypto::Sm2PublicKey& Ledger::public_key() const {
    return state_->key.public_key();
}
const std::vector<SigningKey>& Ledger::keys() const {
    return state_->keys.keys();
}

Result<Receipt> Ledger::handover_to(const SigningKey& key) const {
    if (key.act < 0) return not_found("the ledger began with this key");
    const RecordedAct act = SHU_TRY(this->act(key.act));
    const auto closing = SHU_TRY(
        state_->database.read_value<Checkpoint>([&](store::Transaction& tx) -> Result<Checkpoint> {
            const auto row =
                SHU_TRY(tx.row(kReadCheckpointOf, {static_cast<std::int64_t>(key.after)}));
            if (!row) return not_found("the checkpoint over the change of the key is missing");
            return checkpoint_of(*row, state_->options);
        }));
    Receipt receipt{act.body, {}, closing, fingerprint_of(state_->keys.of(closing.size))};
    receipt.proof =
        SHU_TRY(prove_inclusion(state_->options.hash, static_cast<std::uint64_t>(act.sequence),
                                closing.size, state_->tiles.nodes()));
    return receipt;
}

const LedgerOptions& Ledger::options() const {
    return state_->options;
}

void Ledger::on_growth(std::function<void(std::uint64_t)> listener) {
    state_->sequencer.on_growth(std::move(listener));
}

void Ledger::on_checkpoint(std::function<void(const Checkpoint&)> listener) {
    state_->sequencer.on_checkpoint(std::move(listener));
}

}  // namespace shu::ledger
