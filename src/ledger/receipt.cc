#include "foundation/limits.h"
#include "foundation/text.h"
#include "ledger/ledger.h"

namespace shu::ledger {
namespace {

constexpr std::int64_t kVersion = 1;

Result<std::uint64_t> whole_number(const json::Reader& reader, std::string_view name) {
    const std::int64_t number = SHU_TRY(reader.integer(name));
    if (number < 0) return invalid("receipt: " + std::string(name) + " is negative");
    return static_cast<std::uint64_t>(number);
}

Result<InclusionProof> parse_proof(const json::Reader& reader) {
    InclusionProof proof;
    proof.index = SHU_TRY(whole_number(reader, "index"));
    proof.size = SHU_TRY(whole_number(reader, "size"));
    const json::Reader path = SHU_TRY(reader.member("path"));
    if (!path.get().is_array()) return invalid("receipt: /proof/path is not a list");
    if (path.get().get_array().size() > limits::proof_hashes_max)
        return invalid("receipt: the path is longer than any tree is high");
    for (const json::value& item : path.get().get_array()) {
        if (!item.is_string()) return invalid("receipt: a hash of the path is not a text");
        const std::string bytes = SHU_TRY(text::from_base64(item.get_string()));
        proof.path.push_back(SHU_TRY(crypto::digest_from_bytes(bytes)));
    }
    return proof;
}

bool is_fingerprint(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

json::value to_json(std::span<const Digest> path) {
    json::array list;
    for (const Digest& hash : path)
        list.emplace_back(text::to_base64(crypto::bytes_of(hash)));
    return list;
}

std::string Receipt::to_text() const {
    json::object document{
        {"version", kVersion},
        {"body", body},
        {"proof", {{"index", proof.index}, {"size", proof.size}, {"path", to_json(proof.path)}}},
        {"checkpoint", checkpoint.to_json()}};
    if (!key.empty()) document["key"] = key;
    return json::serialize(document);
}

Result<Receipt> Receipt::parse(std::string_view text) {
    if (text.size() > limits::receipt_bytes_max) return invalid("receipt: too large");
    const json::value document = SHU_TRY(json::parse(text));
    if (!document.is_object()) return invalid("receipt: not an object");
    const json::Reader reader(document);
    if (SHU_TRY(reader.integer("version")) != kVersion)
        return invalid("receipt: of another version than 1; use a newer shu");
    Receipt receipt;
    receipt.body = SHU_TRY(reader.text("body"));
    const json::Reader proof = SHU_TRY(reader.member("proof"));
    receipt.proof = SHU_TRY(parse_proof(proof));
    const json::Reader checkpoint = SHU_TRY(reader.member("checkpoint"));
    receipt.checkpoint = SHU_TRY(Checkpoint::from_json(checkpoint.get()));
    receipt.key = reader.text_or("key");
    if (!receipt.key.empty() && !is_fingerprint(receipt.key))
        return invalid("receipt: the key is not named by its fingerprint, 64 hexadecimal digits");
    return receipt;
}

Result<void> Receipt::verify(const crypto::Sm2PublicKey& given) const {
    SHU_CHECK(parse_body(body));
    if (proof.size != checkpoint.size)
        return invalid("receipt: the proof and the checkpoint are of different sizes");
    SHU_CHECK(
        ledger::verify(checkpoint.hash, proof, leaf_hash(checkpoint.hash, body), checkpoint.root));
    auto verified = checkpoint.verify(given);
    if (verified.ok() || key.empty() || key == fingerprint_of(given)) return verified;
    return invalid("the receipt names the key " + key + ", in force at " +
                   to_rfc3339(checkpoint.at) + ", and the key given is " + fingerprint_of(given) +
                   "; the keys of a city are listed at /api/ledger/keys");
}

}  // namespace shu::ledger
