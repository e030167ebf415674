#include "command/key_rotation.h"

#include <filesystem>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::command {
namespace {

namespace fs = std::filesystem;

struct KeyFiles {
    explicit KeyFiles(const std::string& data_folder)
        : present(data_folder + "/keys/city.pem"),
          present_public(present + ".pub"),
          next(data_folder + "/keys/city.next.pem"),
          earlier(data_folder + "/keys/city-until-") {}

    std::string present, present_public, next;
    std::string earlier;  ///< continued with the size of the last checkpoint and ".pub"
};

Result<void> remove_file(const std::string& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error) return unavailable("remove " + path + ": " + error.message());
    return {};
}

/// The next key takes the present one's place. Repeated after an interruption it goes on: as long
/// as `next` is there the present one is still the old one.
Result<crypto::Sm2Key> promote(const KeyFiles& files, const crypto::Sm2PublicKey& old,
                               std::uint64_t closed_at) {
    SHU_CHECK(file::replace(files.earlier + std::to_string(closed_at) + ".pub", old.pem(),
                            file::Access::kEveryone));
    SHU_CHECK(remove_file(files.present_public));
    const std::string pem = SHU_TRY(file::read_secret(files.next, limits::pem_bytes_max));
    SHU_CHECK(file::replace(files.present, pem, file::Access::kOwner));
    SHU_CHECK(remove_file(files.next));
    return crypto::Sm2Key::open_or_create(files.present);
}

Result<crypto::Sm2Key> read_key(const std::string& path) {
    const std::string pem = SHU_TRY(file::read_secret(path, limits::pem_bytes_max));
    auto key = crypto::Sm2Key::from_pem(pem);
    if (!key.ok()) return within(path, key.error());
    return key;
}

}  // namespace

Result<crypto::Sm2Key> finish_rotation(store::Database& database, const Clock& clock,
                                       const std::string& data_folder, const std::string& origin,
                                       crypto::Sm2Key present) {
    const KeyFiles files(data_folder);
    if (!file::exists(files.next)) return present;
    const crypto::Sm2Key next = SHU_TRY(read_key(files.next));
    // The files were exchanged, and only the removal is missing.
    if (next.public_key() == present.public_key()) {
        SHU_CHECK(remove_file(files.next));
        return present;
    }
    const auto state = SHU_TRY(ledger::rotation_state(database, next.public_key()));
    if (state == ledger::RotationState::kNone) return present;
    if (state == ledger::RotationState::kRecorded) {
        const auto ledger = SHU_TRY(ledger::Ledger::open(
            database, clock, present, {.origin = origin, .tile_folder = data_folder + "/tiles"},
            Log::none()));
        SHU_CHECK(ledger->sequence_now());
    }
    const auto keys = SHU_TRY(database.read_value<ledger::KeyChain>(
        [&](store::Transaction& tx) { return ledger::KeyChain::read(tx, next.public_key()); }));
    if (keys.newest() != next.public_key())
        return corrupt("the key of " + files.next +
                       " was recorded but is not the one in force; run `shu ledger verify`");
    return promote(files, present.public_key(), keys.keys().back().after);
}

Result<void> rotate_key(const InstallationOptions& options, std::ostream& out,
                        const AfterStep& after_step) {
    const auto told = [&](RotationStep step) -> Result<void> {
        return after_step ? after_step(step) : Result<void>();
    };
    InstallationOptions existing = options;
    existing.must_exist = true;
    const auto record = [](Installation& installation, const ledger::Act& act) {
        return installation.database->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(ledger::record(tx, installation.ids, installation.clock, act));
            return {};
        });
    };
    std::string old_fingerprint;
    {
        const auto installation = SHU_TRY(Installation::open(existing, Log::none()));
        ledger::Ledger& ledger = *installation->ledger;
        SHU_CHECK(ledger.check_alone());
        const crypto::Sm2Key next = crypto::Sm2Key::generate();
        SHU_CHECK(
            file::replace(KeyFiles(options.data_folder).next, next.pem(), file::Access::kOwner));
        SHU_CHECK(told(RotationStep::kKeyMade));
        old_fingerprint = ledger::fingerprint_of(ledger.public_key());
        const ledger::KeyRotation rotation{ledger.public_key(), next.public_key()};
        SHU_CHECK(record(*installation, rotation.act(ledger.options().origin)));
        SHU_CHECK(told(RotationStep::kActRecorded));
        SHU_CHECK(ledger.number_now());
        SHU_CHECK(told(RotationStep::kActNumbered));
        SHU_CHECK(ledger.sequence_now());
        SHU_CHECK(told(RotationStep::kClosed));
    }
    // Opening brings a recorded rotation to its end: one way, interrupted or not.
    const auto installation = SHU_TRY(Installation::open(existing, Log::none()));
    ledger::Ledger& ledger = *installation->ledger;
    const ledger::SigningKey& key = ledger.keys().back();
    const ledger::KeyRotation rotation{ledger.keys().end()[-2].key, key.key};
    SHU_CHECK(record(*installation, rotation.first_act(ledger.options().origin)));
    SHU_CHECK(ledger.sequence_now());
    out << "the ledger's key was " << old_fingerprint << " and is "
        << ledger::fingerprint_of(key.key) << " for checkpoints of more than " << key.after
        << " acts\n"
        << "publish keys/city.pem.pub; the old public key is kept as keys/city-until-" << key.after
        << ".pub, the old private key is destroyed\n"
        << "other nodes of this city need keys/city.pem before they start again\n";
    return {};
}

}  // namespace shu::command
