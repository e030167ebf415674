#include "foundation/crypto/password.h"

#include <openssl/rand.h>

#include <climits>
#include <vector>

#include "foundation/crypto/openssl.h"
#include "foundation/text.h"

namespace shu::crypto {
namespace {

constexpr std::string_view kScheme = "pbkdf2-sm3";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kStoredSaltBytesMax = 64;
constexpr std::int64_t kStoredIterationsMax =
    10'000'000;  // more would let a stored row stop a worker

// Digits and letters without those that are mistaken for each other when read out or copied by
// hand.
constexpr std::string_view kReadable = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

struct Stored {
    int iterations;
    std::string salt;
    std::string hash;
};

Result<Stored> parse(std::string_view stored) {
    const std::vector<std::string_view> parts = text::split(stored, '$');
    if (parts.size() != 4 || parts[0] != kScheme) return invalid("not a pbkdf2-sm3 hash");
    const std::int64_t iterations = SHU_TRY(text::parse_integer(parts[1]));
    if (iterations < 1 || iterations > kStoredIterationsMax)
        return invalid("iterations out of range");
    std::string salt = SHU_TRY(text::from_base64url(parts[2]));
    std::string hash = SHU_TRY(text::from_base64url(parts[3]));
    if (salt.empty() || salt.size() > kStoredSaltBytesMax) return invalid("salt of a wrong length");
    if (hash.size() != kHashBytes) return invalid("hash of a wrong length");
    return Stored{static_cast<int>(iterations), std::move(salt), std::move(hash)};
}

// RFC 8018 5.2 with HMAC-SM3 (GM/T 0091).
std::string derive(std::string_view password, std::string_view salt, int iterations) {
    SHU_ASSERT(password.size() <= INT_MAX && salt.size() <= INT_MAX);
    std::string hash(kHashBytes, '\0');
    const int done = PKCS5_PBKDF2_HMAC(
        password.empty() ? "" : password.data(), static_cast<int>(password.size()), data_of(salt),
        static_cast<int>(salt.size()), iterations, algorithm(HashName::kSm3),
        static_cast<int>(hash.size()), reinterpret_cast<unsigned char*>(hash.data()));
    SHU_ASSERT(done == 1);
    return hash;
}

}  // namespace

std::string random_bytes(std::size_t count) {
    SHU_ASSERT(count <= INT_MAX);
    std::string bytes(count, '\0');
    SHU_ASSERT(RAND_priv_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                               static_cast<int>(count)) == 1);
    return bytes;
}

std::string random_word(std::size_t count) {
    // Bytes above the last whole multiple are thrown away, or the first letters would be more
    // frequent.
    constexpr std::size_t kFair = 256 / kReadable.size() * kReadable.size();
    std::string word;
    while (word.size() < count) {
        for (const char byte : random_bytes(count - word.size())) {
            const std::size_t value = static_cast<unsigned char>(byte);
            if (value < kFair) word.push_back(kReadable[value % kReadable.size()]);
        }
    }
    return word;
}

std::string hash_password(std::string_view password, int iterations) {
    SHU_ASSERT(iterations >= 1 && iterations <= kStoredIterationsMax);
    const std::string salt = random_bytes(kSaltBytes);
    return std::string(kScheme) + "$" + std::to_string(iterations) + "$" +
           text::to_base64url(salt) + "$" + text::to_base64url(derive(password, salt, iterations));
}

bool verify_password(std::string_view password, std::string_view hash) {
    const Result<Stored> stored = parse(hash);
    if (!stored.ok()) return false;
    return equal_in_constant_time(derive(password, stored->salt, stored->iterations), stored->hash);
}

}  // namespace shu::crypto
