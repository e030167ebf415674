#include "ledger/sequencer.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "foundation/limits.h"

namespace shu::ledger {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A node that numbers keeps the others away for this long; safety does not depend on it.
constexpr Micros kLease = 2 * kMicrosPerSecond;
// Between two rounds that found less than a full batch, so that acts gather and writers have the
// disk.
constexpr milliseconds kGather{20};
constexpr milliseconds kWakeUp{100};
constexpr milliseconds kAfterError{500};

constexpr store::Sql kReadState("SELECT size, holder, held_until FROM ledger_state WHERE id = 1");
constexpr store::Sql kReadCheckpoint(
    "SELECT size, root, at, signature FROM ledger_checkpoint ORDER BY size DESC LIMIT 1");
constexpr store::Sql kReadWaiting("SELECT id, body FROM act_waiting ORDER BY id LIMIT $1");
constexpr store::Sql kMoveSize(
    "UPDATE ledger_state SET size = $2, holder = $3, held_until = $4 WHERE id = 1 AND size = $1");
constexpr store::Sql kRelease(
    "UPDATE ledger_state SET held_until = 0 WHERE id = 1 AND holder = $1");
constexpr store::Sql kInsertNumbered(
    "INSERT INTO act(sequence, leaf, id, at, actor, post, organisation, verb, object, subject,"
    " basis, result, body) SELECT $1, $2, id, at, actor, post, organisation, verb, object, subject,"
    " basis, result, body FROM act_waiting WHERE id = $3");
constexpr store::Sql kDeleteWaiting("DELETE FROM act_waiting WHERE id = $1");
constexpr store::Sql kInsertCheckpoint(
    "INSERT INTO ledger_checkpoint(size, root, at, signature) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (size) DO NOTHING");

// The sequencer touches the pages where writers insert. Serializable, PostgreSQL would count that
// as reading what they write and make them retry; the compare-and-set of the size is all the
// isolation that numbering needs.
constexpr store::Sql kReadCommitted("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");

std::string random_name() {
    std::random_device device;
    return std::to_string(device()) + "-" + std::to_string(device());
}

Result<void> expect_one_each(const std::vector<std::int64_t>& changed) {
    for (const std::int64_t count : changed) {
        if (count != 1) return conflict("ledger: another node has numbered these acts");
    }
    return {};
}

}  // namespace

Result<Checkpoint> checkpoint_of(const store::StoredRow& row, const LedgerOptions& options) {
    Checkpoint checkpoint;
    checkpoint.origin = options.origin;
    checkpoint.hash = options.hash;
    checkpoint.size = static_cast<std::uint64_t>(row.integer(0));
    const auto root = crypto::digest_from_bytes(row.text(1));
    if (!root.ok())
        return corrupt("checkpoint of size " + std::to_string(checkpoint.size) +
                       ": the root has not 32 bytes");
    checkpoint.root = *root;
    checkpoint.at = row.integer(2);
    checkpoint.signature = row.text(3);
    return checkpoint;
}

Result<Head> read_head(store::Transaction& tx, const LedgerOptions& options) {
    Head head;
    const auto state = SHU_TRY(tx.row(kReadState));
    if (!state) return corrupt("ledger: the row of ledger_state is missing");
    head.size = static_cast<std::uint64_t>(state->integer(0));
    head.holder = state->text(1);
    head.held_until = state->integer(2);
    const auto row = SHU_TRY(tx.row(kReadCheckpoint));
    if (row) head.checkpoint = SHU_TRY(checkpoint_of(*row, options));
    return head;
}

struct Sequencer::Batch {
    Head head;
    std::vector<std::int64_t> ids;
    std::vector<std::string> bodies;
};

Sequencer::Sequencer(const Parts& parts) : parts_(parts), holder_(random_name()) {}

Sequencer::~Sequencer() {
    stop();
}

Result<Sequencer::Batch> Sequencer::read_batch() const {
    return parts_.database.read_value<Batch>([this](store::Transaction& tx) -> Result<Batch> {
        Batch batch;
        batch.head = SHU_TRY(read_head(tx, parts_.options));
        store::Statement* waiting = SHU_TRY(tx.prepare(kReadWaiting));
        const store::Value limit = static_cast<std::int64_t>(limits::sequence_batch_max);
        const auto take = [&](const store::Row& row) -> Result<void> {
            batch.ids.push_back(row.integer(0));
            batch.bodies.emplace_back(row.text(1));
            return {};
        };
        SHU_CHECK(waiting->each({&limit, 1}, take));
        return batch;
    });
}

bool Sequencer::is_held_by_another(const Head& head) const {
    return head.holder != holder_ && head.held_until > parts_.clock.now();
}

// Brings the edge to the database's size when another node, or an unknown outcome, has moved it.
Result<void> Sequencer::follow(std::uint64_t size) {
    if (edge_ && edge_->size() == size) return {};
    unwritten_.clear();
    edge_.reset();
    edge_ = SHU_TRY(TileEdge::load(parts_.options.hash, size, parts_.tiles));
    return {};
}

Result<void> Sequencer::commit(const Batch& batch, std::span<const Digest> leaves) const {
    const auto size = static_cast<std::int64_t>(batch.head.size);
    std::vector<std::vector<store::Value>> rows;
    std::vector<std::vector<store::Value>> keys;
    rows.reserve(leaves.size());
    keys.reserve(leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const auto sequence = size + static_cast<std::int64_t>(i);
        rows.push_back({sequence, store::Blob{crypto::bytes_of(leaves[i])}, batch.ids[i]});
        keys.push_back({batch.ids[i]});
    }
    const auto count = static_cast<std::int64_t>(leaves.size());
    const Micros interval = parts_.options.checkpoint_interval_ms * kMicrosPerMilli;
    const Micros until = parts_.clock.now() + std::max(kLease, 2 * interval);
    return parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        if (parts_.database.engine() == store::Engine::kPostgres)
            SHU_CHECK(tx.execute(kReadCommitted));
        const auto moved =
            SHU_TRY(tx.execute(kMoveSize, {size, size + count, std::string_view(holder_), until}));
        if (moved != 1) return conflict("ledger: another node has numbered acts meanwhile");
        store::Statement* insert = SHU_TRY(tx.prepare(kInsertNumbered));
        SHU_CHECK(expect_one_each(SHU_TRY(insert->execute_many(rows))));
        store::Statement* remove = SHU_TRY(tx.prepare(kDeleteWaiting));
        SHU_CHECK(remove->execute_many(keys));
        return {};
    });
}

Result<std::size_t> Sequencer::number(Turn turn) {
    std::uint64_t size = 0;
    std::size_t count = 0;
    {
        const std::lock_guard lock(turn_);
        const Batch batch = SHU_TRY(read_batch());
        if (batch.ids.empty()) return std::size_t{0};
        if (turn == Turn::kWhenFree && is_held_by_another(batch.head)) return std::size_t{0};
        SHU_CHECK(follow(batch.head.size));
        std::vector<Digest> leaves;
        leaves.reserve(batch.bodies.size());
        for (const std::string& body : batch.bodies)
            leaves.push_back(leaf_hash(parts_.options.hash, body));
        SHU_CHECK(commit(batch, leaves));
        for (const Digest& leaf : leaves)
            edge_->append(leaf, unwritten_);
        size = edge_->size();
        count = leaves.size();
    }
    const std::lock_guard lock(listeners_);
    for (const auto& listener : growth_)
        listener(size);
    return count;
}

// Full tiles first, lower levels before higher: a tile that has a file has all the tiles below it.
Result<void> Sequencer::write_tiles() {
    for (const Tile& tile : unwritten_)
        SHU_CHECK(parts_.tiles.write(tile));
    const auto partial = edge_->partial_tiles();
    for (const Tile& tile : partial)
        SHU_CHECK(parts_.tiles.write(tile));
    remove_old_partials(partial);
    unwritten_.clear();
    return {};
}

void Sequencer::remove_old_partials(std::span<const Tile> partial) const {
    auto remove_below = [this](const TileName& name) {
        for (const std::uint64_t width : parts_.tiles.partial_widths(name.level, name.index)) {
            if (width < name.width) parts_.tiles.remove({name.level, name.index, width});
        }
    };
    for (const Tile& tile : unwritten_)
        remove_below(tile.name);
    for (const Tile& tile : partial)
        remove_below(tile.name);
}

Result<void> Sequencer::store_checkpoint(const Checkpoint& checkpoint) const {
    const auto size = static_cast<std::int64_t>(checkpoint.size);
    return parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        if (parts_.database.engine() == store::Engine::kPostgres)
            SHU_CHECK(tx.execute(kReadCommitted));
        SHU_CHECK(
            tx.execute(kInsertCheckpoint, {size, store::Blob{crypto::bytes_of(checkpoint.root)},
                                           checkpoint.at, store::Blob{checkpoint.signature}}));
        return {};
    });
}

/// A node that ran on while the key was changed on another one must not sign with the old one.
Result<void> Sequencer::check_key() const {
    const crypto::Sm2PublicKey& ours = parts_.key.public_key();
    auto read = [&](store::Transaction& tx) { return KeyChain::read(tx, ours); };
    const KeyChain keys = SHU_TRY(parts_.database.read_value<KeyChain>(read));
    if (keys.newest() == ours) return {};
    return conflict(
        "ledger: the city's key was changed on another node; stop this one, bring "
        "keys/city.pem from there and start again");
}

Result<Checkpoint> Sequencer::sign(Turn turn) {
    const std::lock_guard lock(turn_);
    auto read = [this](store::Transaction& tx) { return read_head(tx, parts_.options); };
    const Head head = SHU_TRY(parts_.database.read_value<Head>(read));
    if (head.checkpoint && head.checkpoint->size == head.size) return *head.checkpoint;
    if (head.size == 0) return not_found("ledger: no act has been recorded yet");
    if (turn == Turn::kWhenFree && is_held_by_another(head)) {
        if (head.checkpoint) return *head.checkpoint;
        return not_found("ledger: the first checkpoint is another node's to sign");
    }
    SHU_CHECK(check_key());
    SHU_CHECK(follow(head.size));
    SHU_CHECK(write_tiles());
    Checkpoint checkpoint{parts_.options.origin, parts_.options.hash, head.size,
                          edge_->root(),         parts_.clock.now(),  {}};
    checkpoint.signature = parts_.key.sign(checkpoint.text());
    SHU_CHECK(store_checkpoint(checkpoint));
    const Head now = SHU_TRY(parts_.database.read_value<Head>(read));
    return *now.checkpoint;  // ours, or what another node signed for the same size before us
}

void Sequencer::start() {
    SHU_ASSERT(!thread_.joinable());
    stop_ = false;
    thread_ = std::thread([this] { run(); });
}

void Sequencer::stop() {
    {
        const std::lock_guard lock(running_);
        stop_ = true;
    }
    stopping_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    finish();
    release();
}

// An act without a number stands under no hash, so an orderly end leaves none behind.
void Sequencer::finish() {
    auto numbered = number(Turn::kWhenFree);
    while (numbered.ok() && *numbered > 0)
        numbered = number(Turn::kWhenFree);
    const auto signed_ = sign(Turn::kWhenFree);
    for (const Error* error :
         {numbered.ok() ? nullptr : &numbered.error(), signed_.ok() ? nullptr : &signed_.error()})
        if (error != nullptr && error->code != Code::kConflict && error->code != Code::kNotFound)
            parts_.log.warning("ledger: the last acts are numbered at the next start",
                               {{"error", error->detail}});
}

void Sequencer::release() {
    const auto released = parts_.database.write([this](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(tx.execute(kRelease, {std::string_view(holder_)}));
        return {};
    });
    if (!released.ok())
        parts_.log.warning("ledger: the lease runs out by itself",
                           {{"error", released.error().detail}});
}

void Sequencer::run() {
    const milliseconds interval(parts_.options.checkpoint_interval_ms);
    auto sign_at = steady_clock::now();
    std::unique_lock lock(running_);
    while (!stop_) {
        lock.unlock();
        const bool sign_due = steady_clock::now() >= sign_at;
        if (sign_due) sign_at = steady_clock::now() + interval;
        const std::size_t count = run_once(sign_due);
        if (count == 0) {
            const auto left =
                std::chrono::duration_cast<milliseconds>(sign_at - steady_clock::now());
            const auto wait = std::clamp(left, milliseconds(1), kWakeUp);
            parts_.database.wait_for_commit(static_cast<int>(wait.count()));
        }
        lock.lock();
        if (count < limits::sequence_batch_max)
            stopping_.wait_for(lock, kGather, [this] { return stop_; });
    }
}

std::size_t Sequencer::run_once(bool sign_due) {
    auto failed = [this](std::string_view what, const Error& error) {
        if (error.code == Code::kConflict) return;  // another node was faster
        parts_.log.warning(what, {{"error", error.detail}});
        std::unique_lock lock(running_);
        stopping_.wait_for(lock, kAfterError, [this] { return stop_; });
    };
    const auto numbered = number(Turn::kWhenFree);
    if (!numbered.ok())
        failed("ledger: acts could not be numbered; trying again", numbered.error());
    if (sign_due) {
        const auto signed_ = sign(Turn::kWhenFree);
        if (signed_.ok()) {
            announce(*signed_);
        } else if (signed_.error().code != Code::kNotFound) {
            failed("ledger: no checkpoint could be signed; trying again", signed_.error());
        }
    }
    return numbered.value_or(0);
}

void Sequencer::announce(const Checkpoint& checkpoint) {
    const std::lock_guard lock(listeners_);
    if (checkpoint.size <= announced_) return;
    announced_ = checkpoint.size;
    for (const auto& listener : checkpoint_)
        listener(checkpoint);
}

void Sequencer::on_growth(std::function<void(std::uint64_t)> listener) {
    const std::lock_guard lock(listeners_);
    growth_.push_back(std::move(listener));
}

void Sequencer::on_checkpoint(std::function<void(const Checkpoint&)> listener) {
    const std::lock_guard lock(listeners_);
    checkpoint_.push_back(std::move(listener));
}

}  // namespace shu::ledger
