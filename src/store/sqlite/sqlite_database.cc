#include <mutex>

#include "store/commit_signal.h"
#include "store/nesting.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/writer.h"

namespace shu::store {
namespace sqlite {
namespace {

class SqliteDatabase final : public Database {
 public:
    SqliteDatabase(std::unique_ptr<Connection> connection,
                   std::unique_ptr<Checkpointer> checkpointer, std::unique_ptr<ReaderPool> readers,
                   std::size_t queue_max)
        : readers_(std::move(readers)),
          writer_(std::move(connection), std::move(checkpointer), queue_max, signal_) {}

    Result<void> read(const Work& work) override {
        SHU_CHECK(RunningWork::refuse_inside(this));
        const RunningWork running(this);
        return readers_->read(work);
    }

    Result<void> write(const Work& work) override {
        SHU_CHECK(RunningWork::refuse_inside(this));
        return writer_.write([this, &work](Transaction& tx) -> Result<void> {
            const RunningWork running(this);  // on the writer's thread
            return work(tx);
        });
    }

    Engine engine() const override { return Engine::kSqlite; }
    void wait_for_commit(int timeout_ms) override { signal_.wait(timeout_ms); }
    Statistics statistics() const override { return writer_.statistics(); }

 private:
    CommitSignal signal_;
    std::unique_ptr<ReaderPool> readers_;
    Writer writer_;
};

// SQLite's accounting of memory takes one lock for every allocation of every thread.
void prepare_library() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options,
                                              std::shared_ptr<const Log> log) {
    sqlite::prepare_library();
    auto connection = SHU_TRY(sqlite::Connection::open(options.path, sqlite::Access::kWrite));
    auto checkpointer = SHU_TRY(sqlite::Checkpointer::open(options.path, std::move(log)));
    auto readers = SHU_TRY(sqlite::ReaderPool::open(options.path, options.readers));
    return std::unique_ptr<Database>(std::make_unique<sqlite::SqliteDatabase>(
        std::move(connection), std::move(checkpointer), std::move(readers), options.queue_max));
}

}  // namespace shu::store
