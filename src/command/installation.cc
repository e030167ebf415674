#include "command/installation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "command/idempotency.h"
#include "command/key_rotation.h"
#include "foundation/crypto/password.h"
#include "foundation/file.h"

namespace shu::command {
namespace {

// Besides those that answer requests: the sealer, the ledger's sequencer, collection, and the
// ticker.
constexpr int kBackgroundReaders = 4;

/// The bytes of a secret file, made at random when it is not there.
Result<std::string> open_or_create_secret(const std::string& path, std::size_t bytes) {
    if (!file::exists(path))
        SHU_CHECK(file::replace(path, crypto::random_bytes(bytes), file::Access::kOwner));
    std::string secret = SHU_TRY(file::read_secret(path, bytes + 1));
    if (secret.size() != bytes)
        return corrupt(path + " has " + std::to_string(secret.size()) + " bytes instead of " +
                       std::to_string(bytes) + "; bring it back from the backup");
    return secret;
}

/// One process a data folder: two would write one SQLite file's blobs, tiles and trace without
/// knowing of each other.
Result<int> lock_folder(const std::string& folder) {
    const std::string path = folder + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return file::system_error("open", path, errno);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return conflict("another shu has the data folder " + folder +
                        " open; stop it first or name another --data");
    }
    return descriptor;
}

Result<std::unique_ptr<store::Database>> open_database(const InstallationOptions& options,
                                                       const std::shared_ptr<const Log>& log) {
    if (options.database_url.empty())
        // A connection for everyone who may read: an I/O thread that answers look-ups must not wait
        // for one.
        return store::open_sqlite({.path = options.data_folder + "/shu.db",
                                   .readers = options.request_threads + kBackgroundReaders},
                                  log);
    return store::open_postgres({.conninfo = options.database_url, .schema = {}}, log);
}

Result<void> migrate(store::Database& database, const Clock& clock) {
    const store::ModuleMigrations modules[] = {
        ledger::Ledger::migrations(),      identity::Identity::migrations(),
        record::Records::migrations(),     exchange::Exchange::migrations(),
        decision::Decisions::migrations(), city::migrations(),
        idempotency_migrations(),
    };
    return store::migrate(database, modules, clock);
}

/// The division code that names the ledger: of the city that was applied, before the first
/// application of the folder's.
Result<std::string> city_code(store::Database& database, const std::string& folder) {
    const std::string applied = SHU_TRY(city::applied_code(database));
    if (!applied.empty()) return applied;
    if (folder.empty())
        return not_found("there is no city in this data folder yet; name its folder with --city");
    return SHU_TRY(city::load(folder)).code;
}

}  // namespace

Installation::Installation(InstallationOptions opened, std::shared_ptr<const Log> logging,
                           crypto::Sm2Key city_key)
    : options(std::move(opened)),
      log(std::move(logging)),
      ids(clock, options.node),
      key(std::move(city_key)) {}

Installation::~Installation() {
    if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Installation>> Installation::open(const InstallationOptions& options,
                                                         std::shared_ptr<const Log> log) {
    const std::string& data = options.data_folder;
    if (options.must_exist && !file::exists(data + "/keys/city.pem"))
        return not_found("there is no city's data in the folder " + data +
                         "; `shu serve` and `shu demo` make one");
    for (const char* folder : {"", "/keys", "/spool", "/tiles", "/trace"})
        SHU_CHECK(file::make_folder(data + folder));
    const int lock = SHU_TRY(lock_folder(data));
    crypto::Sm2Key key = SHU_TRY(crypto::Sm2Key::open_or_create(data + "/keys/city.pem"));
    const std::string master_key = SHU_TRY(open_or_create_secret(data + "/keys/master.key", 16));
    const std::string subject_key = SHU_TRY(open_or_create_secret(data + "/keys/subject.key", 32));

    std::unique_ptr<Installation> opened(new Installation(options, log, std::move(key)));
    Installation& it = *opened;
    it.lock_ = lock;
    it.database = SHU_TRY(open_database(options, log));
    SHU_CHECK(migrate(*it.database, it.clock));
    it.blobs = SHU_TRY(store::BlobStore::open(data + "/blobs"));
    const std::string code = SHU_TRY(city_code(*it.database, options.city_folder));
    const std::string origin = "shu/" + code;
    it.key = SHU_TRY(finish_rotation(*it.database, it.clock, data, origin, it.key));
    it.ledger = SHU_TRY(ledger::Ledger::open(
        *it.database, it.clock, it.key,
        {.origin = origin, .tile_folder = data + "/tiles", .check = options.ledger_check}, log));
    it.identity = SHU_TRY(identity::Identity::open(*it.database, it.clock, it.ids,
                                                   {.master_key = master_key,
                                                    .subject_key = subject_key,
                                                    .demo = options.demo,
                                                    .demo_password = options.demo_password},
                                                   log));
    it.records = SHU_TRY(record::Records::open({.database = *it.database,
                                                .clock = it.clock,
                                                .ids = it.ids,
                                                .blobs = *it.blobs,
                                                .identity = *it.identity,
                                                .log = log,
                                                .node = options.node}));
    it.exchange =
        SHU_TRY(exchange::Exchange::open({.database = *it.database,
                                          .clock = it.clock,
                                          .ids = it.ids,
                                          .identity = *it.identity,
                                          .records = *it.records,
                                          .ledger = *it.ledger,
                                          .trace_folder = data + "/trace",
                                          .trace_archive_folder = options.trace_archive_folder,
                                          .trace_online_days = options.trace_online_days,
                                          .node = options.node,
                                          .log = log}));
    it.zones = SHU_TRY(rule::Zones::load());
    it.decisions = SHU_TRY(decision::Decisions::open({.database = *it.database,
                                                      .clock = it.clock,
                                                      .ids = it.ids,
                                                      .identity = *it.identity,
                                                      .zones = it.zones,
                                                      .log = log,
                                                      .node = options.node}));
    return opened;
}

city::ApplyParts Installation::apply_parts() {
    return {.database = *database,
            .ids = ids,
            .clock = clock,
            .identity = *identity,
            .records = *records,
            .decisions = *decisions};
}

Result<void> Installation::refresh() {
    // Each for itself: what one cannot take over must not keep a revoked grant in force.
    const auto accounts = identity->refresh();
    const auto declarations = records->refresh();
    const auto models = decisions->refresh();
    const auto grants = exchange->refresh();
    SHU_CHECK(accounts);
    SHU_CHECK(declarations);
    SHU_CHECK(models);
    return grants;
}

std::string without_password(std::string_view database_url) {
    std::string shown(database_url);
    const std::size_t scheme = shown.find("://");
    const std::size_t at = shown.rfind('@');
    if (scheme != std::string::npos && at != std::string::npos) {
        const std::size_t colon = shown.find(':', scheme + 3);
        if (colon != std::string::npos && colon < at)
            shown.replace(colon + 1, at - colon - 1, "***");
    }
    const std::size_t word = shown.find("password=");
    if (word != std::string::npos) shown.replace(word + 9, shown.find(' ', word) - word - 9, "***");
    return shown;
}

}  // namespace shu::command
