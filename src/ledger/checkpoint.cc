#include "foundation/text.h"
#include "ledger/ledger.h"

namespace shu::ledger {
namespace {

// JavaScript's numbers are exact to here, and no city reaches it: a million acts a second for 285
// years.
constexpr std::int64_t kSizeMax = (std::int64_t{1} << 53) - 1;

std::string base64_of(const Digest& digest) {
    return text::to_base64(crypto::bytes_of(digest));
}

Result<std::string> base64_member(const json::Reader& reader, std::string_view name) {
    const std::string encoded = SHU_TRY(reader.text(name));
    return text::from_base64(encoded);
}

bool is_origin(std::string_view origin) {
    if (origin.empty() || origin.size() > 100) return false;
    for (const char c : origin) {
        if (c <= ' ' || c > '~') return false;
    }
    return true;
}

}  // namespace

std::string Checkpoint::text() const {
    std::string lines = "shu checkpoint 1\n";
    lines += origin + "\n";
    lines += std::string(crypto::to_string(hash)) + "\n";
    lines += std::to_string(size) + "\n";
    lines += base64_of(root) + "\n";
    lines += to_rfc3339(at) + "\n";
    return lines;
}

json::value Checkpoint::to_json() const {
    return json::object{{"origin", origin},     {"hash", crypto::to_string(hash)},
                        {"size", size},         {"root", base64_of(root)},
                        {"at", to_rfc3339(at)}, {"signature", text::to_base64(signature)}};
}

Result<Checkpoint> Checkpoint::from_json(const json::value& v) {
    if (!v.is_object()) return invalid("checkpoint: not an object");
    const json::Reader reader(v);
    Checkpoint checkpoint;
    checkpoint.origin = SHU_TRY(reader.text("origin"));
    if (!is_origin(checkpoint.origin))
        return invalid("checkpoint: the origin is not 1 to 100 printable ASCII characters");
    const std::string hash_name = SHU_TRY(reader.text("hash"));
    checkpoint.hash = SHU_TRY(crypto::parse_hash_name(hash_name));
    const std::int64_t size = SHU_TRY(reader.integer("size"));
    if (size < 0 || size > kSizeMax) return invalid("checkpoint: no tree has this size");
    checkpoint.size = static_cast<std::uint64_t>(size);
    const std::string root = SHU_TRY(base64_member(reader, "root"));
    checkpoint.root = SHU_TRY(crypto::digest_from_bytes(root));
    const std::string at = SHU_TRY(reader.text("at"));
    checkpoint.at = SHU_TRY(parse_instant(at, 0));
    if (to_rfc3339(checkpoint.at) != at)
        return invalid("checkpoint: the instant is not written as 2026-11-21T09:30:00.123456Z");
    checkpoint.signature = SHU_TRY(base64_member(reader, "signature"));
    if (checkpoint.signature.size() != 64)
        return invalid("checkpoint: a signature has 64 bytes, r and s");
    return checkpoint;
}

Result<void> Checkpoint::verify(const crypto::Sm2PublicKey& key) const {
    if (auto verified = key.verify(text(), signature); !verified.ok())
        return corrupt("checkpoint of size " + std::to_string(size) +
                       ": the signature does not verify under this key");
    return {};
}

}  // namespace shu::ledger
