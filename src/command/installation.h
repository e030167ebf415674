// A city's data folder, opened: every part in the order in which the parts need each other.
#pragma once

#include <memory>
#include <string>

#include "city/plan.h"
#include "decision/decisions.h"
#include "exchange/exchange.h"
#include "foundation/clock.h"
#include "foundation/crypto/sm2.h"
#include "foundation/id.h"
#include "foundation/log.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "record/records.h"
#include "store/blob_store.h"
#include "store/database.h"

namespace shu::command {

struct InstallationOptions {
    std::string city_folder;  ///< may be empty for tools that read the database only
    std::string data_folder;
    std::string database_url;  ///< postgres://... or libpq words; empty: SQLite in the data folder
    int node = 0;              ///< 0..1023, differs between the servers of one database
    bool demo = false;
    std::string demo_password{};  ///< as the folder declares it; shown to whoever opens the sign-in
                                  ///< page on loopback
    ledger::OpenCheck ledger_check = ledger::OpenCheck::kNewestCheckpoint;
    bool must_exist = false;  ///< for tools that only look: nothing is made where nothing is
    std::string trace_archive_folder{};  ///< of old trace segments; empty: they stay
    int trace_online_days = 0;
    int request_threads = 4;  ///< of the server, I/O threads and workers: each may read from the
                              ///< database at the same time
};

/// All parts of one city over one data folder. The members stand in the order of construction and
/// end in the reverse one.
class Installation {
 public:
    /// Opens, creating what is missing, and brings the schema to this program's version. Errors:
    /// NotFound when it must exist and does not; Conflict when another process has the folder open
    /// or the database is newer; those of the parts.
    static Result<std::unique_ptr<Installation>> open(const InstallationOptions& options,
                                                      std::shared_ptr<const Log> log);
    ~Installation();

    /// Takes over what other transactions or nodes changed in the declarations, accounts and
    /// grants.
    Result<void> refresh();

    /// What `city::apply` needs.
    city::ApplyParts apply_parts();

    const InstallationOptions options;
    const std::shared_ptr<const Log> log;
    const SystemClock clock;
    IdMaker ids;
    crypto::Sm2Key key;  ///< that signs the ledger's checkpoints
    std::unique_ptr<store::Database> database;
    std::unique_ptr<store::BlobStore> blobs;
    std::unique_ptr<ledger::Ledger> ledger;
    std::unique_ptr<identity::Identity> identity;
    std::unique_ptr<record::Records> records;
    std::unique_ptr<exchange::Exchange> exchange;
    rule::Zones zones;
    std::unique_ptr<decision::Decisions> decisions;

 private:
    Installation(InstallationOptions opened, std::shared_ptr<const Log> logging,
                 crypto::Sm2Key city_key);
    int lock_ = -1;
};

/// Removes the password of a connection string, for logs.
std::string without_password(std::string_view database_url);

}  // namespace shu::command
