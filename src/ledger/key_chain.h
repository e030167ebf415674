// Which key signed which checkpoints: docs/format/key-rotation.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/crypto/sm2.h"
#include "ledger/act.h"
#include "store/database.h"

namespace shu::ledger {

/// The verb of the act by which a new key takes over.
inline constexpr std::string_view kRotateKey = "ledger-key.rotate";
/// The verb of the act after it, so that a checkpoint of the new key stands there at once.
inline constexpr std::string_view kBeginKey = "ledger-key.begin";

/// SM3 of the key's point, hexadecimal: what a city prints in its gazette.
std::string fingerprint_of(const crypto::Sm2PublicKey& key);

/// A change of the key, as its act states it.
struct KeyRotation {
    crypto::Sm2PublicKey previous, next;

    /// The act that states it, of the ledger `origin`.
    Act act(std::string_view origin) const;
    /// The first act that the new key signs.
    Act first_act(std::string_view origin) const;
    /// Errors: Invalid when the act is none or its keys are none.
    static Result<KeyRotation> parse(const Act& act);
};

/// A key and the checkpoints that it signed: those of more than `after` acts, up to those that the
/// next key signed.
struct SigningKey {
    crypto::Sm2PublicKey key;
    std::uint64_t after = 0;
    std::int64_t act = -1;  ///< that made it the key; -1: the ledger began with it
};

/// The keys of a log, the first one first. A value.
class KeyChain {
 public:
    /// A ledger that has never changed its key.
    explicit KeyChain(crypto::Sm2PublicKey only) : keys_{{std::move(only), 0, -1}} {}

    /// The keys up to now: a rotation takes effect with the first checkpoint that covers its act,
    /// which the key before still signs. Without any rotation the key is `present`. Errors: Corrupt
    /// when an act does not continue the chain.
    static Result<KeyChain> read(store::Transaction& tx, const crypto::Sm2PublicKey& present);

    /// Under which the checkpoint of `size` acts is signed.
    const crypto::Sm2PublicKey& of(std::uint64_t size) const;
    const crypto::Sm2PublicKey& newest() const { return keys_.back().key; }
    const std::vector<SigningKey>& keys() const { return keys_; }

 private:
    std::vector<SigningKey> keys_;
};

/// How far the rotation to `next` has come.
enum class RotationState {
    kNone,      ///< no act states it
    kRecorded,  ///< the act is there, and the key before has yet to sign a checkpoint over it
    kClosed,    ///< from now on `next` signs
};
Result<RotationState> rotation_state(store::Database& database, const crypto::Sm2PublicKey& next);

}  // namespace shu::ledger
