// The exchange of data between departments: catalogue, applications, grants, the gateway and its
// trace.
#pragma once

#include <memory>
#include <string>

#include "foundation/clock.h"
#include "foundation/id.h"
#include "foundation/log.h"
#include "http/router.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "record/records.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::exchange {

/// The module's face. All members may be called from any thread.
class Exchange {
 public:
    static store::ModuleMigrations migrations();

    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        identity::Identity& identity;
        record::Records& records;
        ledger::Ledger& ledger;
        std::string trace_folder;  ///< of this node alone; made when missing
        /// Where segments go whose records are all older than so many days; empty: they stay.
        std::string trace_archive_folder = {};
        std::int64_t trace_online_days = 0;
        int node = 0;  ///< 0..1023, differs between the nodes of one database
        std::shared_ptr<const Log> log;
    };

    /// Reads the trace back: cuts a torn tail, indexes what a crash left unindexed, remembers the
    /// nonces that are still within the signature window. Errors: Unavailable for the folder or the
    /// database, Corrupt when a segment is not a segment.
    static Result<std::unique_ptr<Exchange>> open(Parts parts);
    ~Exchange();

    /// Takes over grants, client systems and declarations that other transactions or nodes changed;
    /// cheap when nothing did.
    Result<void> refresh();

    /// Catalogue, applications, grants, gateway, calls, a citizen's own accesses.
    void add_routes(http::Router& router);

    /// The sealer (an act for each batch of calls, and their index) and the live figures. The
    /// gateway answers without them; what it answered is sealed when they run again.
    void start();
    /// Seals what is left. Call after the HTTP server has stopped.
    void stop();

    /// One round of what start() repeats: seals and indexes every call whose trace is on disk. For
    /// tools and tests.
    Result<void> seal_now();

    /// Counts since the start: for /metrics and /api/overview.
    struct Statistics {
        std::int64_t calls_answered = 0;
        std::int64_t calls_refused = 0;
        std::int64_t calls_today =
            0;  ///< answered and refused, in China Standard Time, of all nodes
        std::int64_t grants_active = 0;
        std::int64_t trace_syncs = 0;
        std::int64_t trace_unsealed = 0;  ///< records on disk that no act seals yet
    };
    Statistics statistics() const;

 private:
    struct State;
    explicit Exchange(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace shu::exchange
