#include "foundation/crypto/sm3.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "foundation/crypto/openssl.h"
#include "foundation/text.h"

namespace shu::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;  // of SM3 and of SHA-256

EVP_MD* fetch(const char* name) {
    EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
    SHU_ASSERT(digest != nullptr);
    return digest;
}

DigestContext new_context() {
    DigestContext context(EVP_MD_CTX_new());
    SHU_ASSERT(context != nullptr);
    return context;
}

void start(EVP_MD_CTX* context, HashName name) {
    SHU_ASSERT(EVP_DigestInit_ex2(context, algorithm(name), nullptr) == 1);
}

void add(EVP_MD_CTX* context, std::string_view bytes) {
    SHU_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

Digest end(EVP_MD_CTX* context) {
    Digest digest;
    unsigned int length = 0;
    SHU_ASSERT(EVP_DigestFinal_ex(context, digest.data(), &length) == 1);
    SHU_ASSERT(length == digest.size());
    return digest;
}

// One working context a thread: making one costs as much as hashing a short message.
EVP_MD_CTX* scratch() {
    thread_local const DigestContext context = new_context();
    return context.get();
}

Digest digest_at_once(HashName name, std::string_view bytes) {
    EVP_MD_CTX* context = scratch();
    start(context, name);
    add(context, bytes);
    return end(context);
}

// The two states of HMAC after their first block (RFC 2104 2; GB/T 15852.2), from which every
// message continues.
struct KeyedStates {
    KeyedStates(HashName name, std::string_view key) : inner(new_context()), outer(new_context()) {
        std::array<unsigned char, kBlockBytes> block{};
        if (key.size() > block.size()) {
            const Digest digest = digest_at_once(name, key);
            std::copy(digest.begin(), digest.end(), block.begin());
        } else {
            std::copy(key.begin(), key.end(), block.begin());
        }
        begin(inner.get(), name, block, 0x36);
        begin(outer.get(), name, block, 0x36 ^ 0x5c);
        OPENSSL_cleanse(block.data(), block.size());
    }

    static void begin(EVP_MD_CTX* context, HashName name,
                      std::array<unsigned char, kBlockBytes>& block, unsigned char difference) {
        for (unsigned char& byte : block)
            byte = static_cast<unsigned char>(byte ^ difference);
        start(context, name);
        SHU_ASSERT(EVP_DigestUpdate(context, block.data(), block.size()) == 1);
    }

    Digest of(std::string_view message) const {
        EVP_MD_CTX* context = scratch();
        SHU_ASSERT(EVP_MD_CTX_copy_ex(context, inner.get()) == 1);
        add(context, message);
        const Digest digest = end(context);
        SHU_ASSERT(EVP_MD_CTX_copy_ex(context, outer.get()) == 1);
        add(context, bytes_of(digest));
        return end(context);
    }

    DigestContext inner;
    DigestContext outer;
};

}  // namespace

const EVP_MD* algorithm(HashName name) {
    // Never freed: a hash may still be wanted while the process ends.
    static const EVP_MD* const sm3_digest = fetch("SM3");
    static const EVP_MD* const sha256_digest = fetch("SHA256");
    return name == HashName::kSm3 ? sm3_digest : sha256_digest;
}

std::string to_hex(const Digest& digest) {
    return text::to_hex(bytes_of(digest));
}

Result<Digest> digest_from_hex(std::string_view hex) {
    if (hex.size() != 2 * sizeof(Digest)) return invalid("a digest is 64 hexadecimal digits");
    return digest_from_bytes(SHU_TRY(text::from_hex(hex)));
}

Result<Digest> digest_from_bytes(std::string_view bytes) {
    Digest digest;
    if (bytes.size() != digest.size()) return invalid("a digest is 32 bytes");
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

std::string_view to_string(HashName name) {
    return name == HashName::kSm3 ? "sm3" : "sha256";
}

Result<HashName> parse_hash_name(std::string_view text) {
    if (text == "sm3") return HashName::kSm3;
    if (text == "sha256") return HashName::kSha256;
    return invalid("a hash is \"sm3\" or \"sha256\"");
}

struct Hasher::State {
    HashName name;
    DigestContext context;
};

Hasher::Hasher(HashName name) : state_(std::make_unique<State>(State{name, new_context()})) {
    start(state_->context.get(), name);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::update(std::string_view bytes) {
    add(state_->context.get(), bytes);
    return *this;
}

Digest Hasher::finish() {
    const Digest digest = end(state_->context.get());
    start(state_->context.get(), state_->name);
    return digest;
}

Digest sm3(std::string_view bytes) {
    return digest_at_once(HashName::kSm3, bytes);
}
Digest sha256(std::string_view bytes) {
    return digest_at_once(HashName::kSha256, bytes);
}

struct HmacSm3::State {
    KeyedStates keyed;
};

HmacSm3::HmacSm3(std::string_view key)
    : state_(std::make_unique<State>(State{KeyedStates(HashName::kSm3, key)})) {}
HmacSm3::~HmacSm3() = default;
HmacSm3::HmacSm3(HmacSm3&&) noexcept = default;
HmacSm3& HmacSm3::operator=(HmacSm3&&) noexcept = default;

Digest HmacSm3::of(std::string_view message) const {
    return state_->keyed.of(message);
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
    return KeyedStates(HashName::kSha256, key).of(message);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace shu::crypto
