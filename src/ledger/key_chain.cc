#include "ledger/key_chain.h"

#include <algorithm>

#include "foundation/text.h"

namespace shu::ledger {
namespace {

constexpr store::Sql kReadRotations(
    "SELECT a.sequence, a.body,"
    " (SELECT MIN(c.size) FROM ledger_checkpoint c WHERE c.size > a.sequence)"
    " FROM act a WHERE a.verb = 'ledger-key.rotate' ORDER BY a.sequence");
constexpr store::Sql kReadWaiting("SELECT body FROM act_waiting WHERE verb = 'ledger-key.rotate'");

Result<crypto::Sm2PublicKey> key_in(const json::object& detail, std::string_view name) {
    const auto member = detail.find(name);
    if (member == detail.end() || !member->value().is_string())
        return invalid("a change of the key names no " + std::string(name) + " key");
    const std::string point = SHU_TRY(text::from_hex(member->value().get_string()));
    return crypto::Sm2PublicKey::from_point(point);
}

Result<KeyRotation> rotation_in(std::string_view body) {
    const RecordedAct recorded = SHU_TRY(parse_body(body));
    return KeyRotation::parse(recorded.act);
}

}  // namespace

std::string fingerprint_of(const crypto::Sm2PublicKey& key) {
    return crypto::to_hex(crypto::sm3(key.point()));
}

Act KeyRotation::act(std::string_view origin) const {
    Act made;
    made.actor = "system:shu";
    made.verb = kRotateKey;
    made.object = "ledger:" + std::string(origin);
    made.result = "done";
    made.detail = json::object{{"previous", text::to_hex(previous.point())},
                               {"next", text::to_hex(next.point())}};
    return made;
}

Act KeyRotation::first_act(std::string_view origin) const {
    Act made;
    made.actor = "system:shu";
    made.verb = kBeginKey;
    made.object = "ledger:" + std::string(origin);
    made.result = "done";
    made.detail = json::object{{"key", fingerprint_of(next)}};
    return made;
}

Result<KeyRotation> KeyRotation::parse(const Act& act) {
    if (act.verb != kRotateKey) return invalid("the act does not change the key");
    const crypto::Sm2PublicKey previous = SHU_TRY(key_in(act.detail, "previous"));
    const crypto::Sm2PublicKey next = SHU_TRY(key_in(act.detail, "next"));
    return KeyRotation{previous, next};
}

Result<KeyChain> KeyChain::read(store::Transaction& tx, const crypto::Sm2PublicKey& present) {
    KeyChain chain(present);
    bool is_first = true;
    for (const store::StoredRow& row : SHU_TRY(tx.query(kReadRotations))) {
        const std::string place = "sequence " + std::to_string(row.integer(0)) + ": ";
        const auto rotation = rotation_in(row.text(1));
        if (!rotation.ok()) return corrupt(place + rotation.error().detail);
        if (std::exchange(is_first, false)) chain = KeyChain(rotation->previous);
        if (rotation->previous != chain.newest())
            return corrupt(place + "the key that it takes over from is not the one in force");
        if (row.is_null(2)) return chain;
        chain.keys_.push_back(
            {rotation->next, static_cast<std::uint64_t>(row.integer(2)), row.integer(0)});
    }
    return chain;
}

const crypto::Sm2PublicKey& KeyChain::of(std::uint64_t size) const {
    const auto later = std::find_if(keys_.begin() + 1, keys_.end(),
                                    [&](const SigningKey& key) { return key.after >= size; });
    return std::prev(later)->key;
}

Result<RotationState> rotation_state(store::Database& database, const crypto::Sm2PublicKey& next) {
    using State = RotationState;
    return database.read_value<State>([&](store::Transaction& tx) -> Result<State> {
        for (const store::StoredRow& row : SHU_TRY(tx.query(kReadRotations)))
            if (SHU_TRY(rotation_in(row.text(1))).next == next)
                return row.is_null(2) ? State::kRecorded : State::kClosed;
        for (const store::StoredRow& row : SHU_TRY(tx.query(kReadWaiting)))
            if (SHU_TRY(rotation_in(row.text(0))).next == next) return State::kRecorded;
        return State::kNone;
    });
}

}  // namespace shu::ledger
