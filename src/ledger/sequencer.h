// Numbers acts as they commit and signs checkpoints. Inside the module only.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/tile.h"

namespace shu::ledger {

/// What the newest rows of the log say.
struct Head {
    std::uint64_t size = 0;                ///< acts numbered
    std::string holder;                    ///< the node that numbers now
    Micros held_until = 0;                 ///< and until when others leave it to that node
    std::optional<Checkpoint> checkpoint;  ///< newest
};

Result<Head> read_head(store::Transaction& tx, const LedgerOptions& options);
/// A row `size, root, at, signature`. Errors: Corrupt.
Result<Checkpoint> checkpoint_of(const store::StoredRow& row, const LedgerOptions& options);

/// One node's sequencer. All members may be called from any thread.
class Sequencer {
 public:
    struct Parts {
        store::Database& database;
        const Clock& clock;
        const crypto::Sm2Key& key;
        const LedgerOptions& options;
        const TileStore& tiles;
        const Log& log;
    };

    explicit Sequencer(const Parts& parts);
    ~Sequencer();
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;

    enum class Turn {
        kWhenFree,  ///< nothing while another node holds the lease
        kNow,
    };
    /// Numbers at most limits::sequence_batch_max acts; returns how many. Errors: Conflict when
    /// another node came in between.
    Result<std::size_t> number(Turn turn);
    /// Writes tiles and signs if there is something new. Returns the newest checkpoint. Errors:
    /// NotFound before the first act.
    Result<Checkpoint> sign(Turn turn);

    void start();
    void stop();  ///< numbers and signs what is left, and lets another node go on at once

    void on_growth(std::function<void(std::uint64_t)> listener);
    void on_checkpoint(std::function<void(const Checkpoint&)> listener);

 private:
    struct Batch;
    Result<Batch> read_batch() const;
    Result<void> commit(const Batch& batch, std::span<const Digest> leaves) const;
    Result<void> check_key() const;
    Result<void> store_checkpoint(const Checkpoint& checkpoint) const;
    Result<void> follow(std::uint64_t size);
    Result<void> write_tiles();
    void remove_old_partials(std::span<const Tile> partial) const;
    bool is_held_by_another(const Head& head) const;
    void finish();
    void release();
    void run();
    std::size_t run_once(bool sign_due);
    void announce(const Checkpoint& checkpoint);

    const Parts parts_;
    const std::string holder_;

    std::mutex turn_;  // guards edge_ and unwritten_
    std::optional<TileEdge> edge_;
    std::vector<Tile> unwritten_;

    std::mutex listeners_;
    std::vector<std::function<void(std::uint64_t)>> growth_;
    std::vector<std::function<void(const Checkpoint&)>> checkpoint_;
    std::uint64_t announced_ = 0;

    std::mutex running_;
    std::condition_variable stopping_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace shu::ledger
