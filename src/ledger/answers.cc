#include "ledger/answers.h"

namespace shu::ledger {

Shape checkpoint_answer() {
    return Shape::answer("Checkpoint", {{"origin", Shape::text()},
                                        {"hash", Shape::one_of({"sm3", "sha256"})},
                                        {"size", Shape::integer()},
                                        {"root", Shape::text(), false, "in Base64"},
                                        {"at", Shape::text()},
                                        {"signature", Shape::text(), false, "in Base64"}});
}

Shape act_receipt_answer() {
    const Shape proof = Shape::answer(
        "InclusionProof", {{"index", Shape::integer()},
                           {"size", Shape::integer()},
                           {"path", Shape::list(Shape::text()), false, "hashes in Base64"}});
    return Shape::answer("ActReceipt",
                         {{"version", Shape::integer()},
                          {"body", Shape::text(), false, "the act as it was hashed"},
                          {"proof", proof},
                          {"checkpoint", checkpoint_answer()},
                          {"key", Shape::text().or_absent(), false,
                           "fingerprint of the key that signed; of earlier versions not told"}});
}

Shape ledger_key_answer() {
    return Shape::answer("LedgerPublicKey",
                         {{"origin", Shape::text()},
                          {"algorithm", Shape::text()},
                          {"id", Shape::text(), false, "the signer's id that SM2 hashes in"},
                          {"hash", Shape::one_of({"sm3", "sha256"})},
                          {"point", Shape::text(), false, "65 bytes in hexadecimal"},
                          {"pem", Shape::text()},
                          {"fingerprint", Shape::text()}});
}

Shape ledger_keys_answer() {
    const Shape key = Shape::answer(
        "LedgerKey",
        {{"fingerprint", Shape::text()},
         {"point", Shape::text()},
         {"pem", Shape::text()},
         {"after", Shape::integer(), false, "it signs checkpoints of more than so many acts"},
         {"handover", act_receipt_answer().or_null(), false,
          "proof that the key before handed over to this one; null for the first"}});
    return Shape::answer("LedgerKeys", {{"items", Shape::list(key)}});
}

Shape act_answer() {
    return Shape::answer(
        "Act", {{"sequence", Shape::integer()},
                {"id", Shape::text()},
                {"at", Shape::text()},
                {"actor", Shape::text()},
                {"post", Shape::text()},
                {"organisation", Shape::text()},
                {"verb", Shape::text()},
                {"object", Shape::text()},
                {"subject", Shape::text()},
                {"basis", Shape::text()},
                {"result", Shape::text()},
                {"detail", Shape::any()},
                {"body", Shape::text(), false, "as it was hashed"},
                {"leaf", Shape::text(), false, "its hash in hexadecimal"}});
}

Shape consistency_answer() {
    return Shape::answer("ConsistencyProof",
                         {{"from", Shape::integer()},
                          {"to", Shape::integer()},
                          {"path", Shape::list(Shape::text()), false, "hashes in Base64"}});
}

}  // namespace shu::ledger
