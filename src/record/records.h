// Datasets in the database: declared tables, collection in batches, quarantine, browsing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "foundation/id.h"
#include "foundation/log.h"
#include "http/router.h"
#include "identity/identity.h"
#include "ledger/act.h"
#include "record/dataset.h"
#include "record/file_format.h"
#include "store/blob_store.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::record {

struct BatchTag {};
using BatchId = Id<BatchTag>;

/// An immutable view of all declarations; const members may be called concurrently.
struct Declarations {
    std::map<std::string, std::shared_ptr<const Registry>, std::less<>> registries;
    std::map<std::string, std::shared_ptr<const Dataset>, std::less<>> datasets;
    std::map<std::string, std::shared_ptr<const CodeTable>, std::less<>> code_tables;
    std::int64_t version = 0;
};

enum class BatchState { kQueued, kRunning, kDone, kFailed };
std::string_view to_string(BatchState state);

/// One file collected into one dataset. read = added + changed + unchanged + quarantined, always.
struct Batch {
    BatchId id;
    std::string dataset;
    std::string organisation;  ///< who brought it
    std::string file_name;
    FileFormat format = FileFormat::kCsv;
    std::string sheet;     ///< of a workbook; empty: the first that is not hidden
    std::string blob;      ///< SM3 of the file, hexadecimal
    std::string encoding;  ///< utf-8 or gb18030, once known
    BatchState state = BatchState::kQueued;
    std::int64_t bytes = 0, bytes_done = 0;
    std::int64_t read = 0, added = 0, changed = 0, unchanged = 0, quarantined = 0;
    std::string error;  ///< why it failed, for people
    Micros created_at = 0, finished_at = 0;
    int node = 0;  ///< the server that holds the file and collects it
};

struct QuarantinedRow {
    std::int64_t line = 0;  ///< where the row starts in the file
    std::string field;      ///< empty: the whole row
    std::string reason;
    std::string text;  ///< the row as it came, cut at 1,000 characters
};

struct NewBatch {
    std::string dataset;
    std::string file_name;
    crypto::Digest blob{};
    std::int64_t bytes = 0;
    FileFormat format = FileFormat::kCsv;
    std::string sheet{};  ///< as Batch::sheet
};

/// The module's face. All members may be called from any thread.
class Records {
 public:
    static store::ModuleMigrations migrations();

    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        store::BlobStore& blobs;
        identity::Identity& identity;
        std::shared_ptr<const Log> log;
        int node = 0;  ///< this server's number among those of one database
    };
    static Result<std::unique_ptr<Records>> open(Parts parts);
    ~Records();

    std::shared_ptr<const Declarations> declarations() const;
    Result<void> refresh();

    /// Declares or changes; makes or alters the table (adding fields, widening). Errors: Conflict
    /// when a change would lose data.
    Result<void> put(store::Transaction& tx, const Dataset& dataset);
    Result<void> put(store::Transaction& tx, const CodeTable& table);
    Result<void> put(store::Transaction& tx, const Registry& registry);
    Result<void> remove_registry(store::Transaction& tx,
                                 std::string_view code);  ///< Conflict while datasets belong to it
    Result<void> remove_dataset(store::Transaction& tx,
                                std::string_view code);  ///< Conflict when it holds rows
    Result<void> remove_code_table(store::Transaction& tx,
                                   std::string_view code);  ///< Conflict while a field uses it

    /// Queues a batch, with its act. The collector thread runs it; after a crash it goes on where
    /// the last chunk ended.
    Result<BatchId> start_batch(const identity::Actor& actor, const NewBatch& batch);
    /// The same for the program itself (demo data, command line), and runs it here to the end.
    Result<Batch> collect_now(std::string_view organisation, const NewBatch& batch,
                              const std::function<void(const Batch&)>& progress);
    Result<Batch> batch(BatchId id) const;

    void start();  ///< the collector: takes up this node's unfinished batches, then new ones
    void stop();

    Result<std::int64_t> count(std::string_view dataset) const;

    /// Datasets, records, batches, quarantine, code tables.
    void add_routes(http::Router& router);

 private:
    friend class RecordRoutes;
    struct State;
    explicit Records(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The columns that every dataset's table has beside its fields: `subject_id` TEXT (SubjectId or
/// null), `batch_id` BIGINT, `changed_at` BIGINT.
inline constexpr std::string_view kSubjectColumn = "subject_id";

/// `ds_<code>`.
store::Identifier table_of(const Dataset& dataset);

}  // namespace shu::record
