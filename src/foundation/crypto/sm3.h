// SM3 digests (GB/T 32905-2016), HMAC-SM3 (GB/T 15852.2) and SHA-256, over OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::crypto {

/// A 256-bit digest.
using Digest = std::array<std::uint8_t, 32>;

inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
std::string to_hex(const Digest& digest);
Result<Digest> digest_from_hex(std::string_view hex);      ///< Errors: Invalid
Result<Digest> digest_from_bytes(std::string_view bytes);  ///< exactly 32. Errors: Invalid

enum class HashName { kSm3, kSha256 };
std::string_view to_string(HashName name);  ///< "sm3", "sha256"
Result<HashName> parse_hash_name(std::string_view text);

/// A hash in progress. Movable; one thread at a time; reusable after finish().
class Hasher {
 public:
    explicit Hasher(HashName name = HashName::kSm3);
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    Hasher& update(std::string_view bytes);
    Digest finish();  ///< and start again

 private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest sm3(std::string_view bytes);
Digest sha256(std::string_view bytes);

/// HMAC-SM3 under one key; the two keyed states are computed once and copied for each message,
/// which is several times faster than OpenSSL's own HMAC for short messages. const methods may be
/// called concurrently.
class HmacSm3 {
 public:
    explicit HmacSm3(std::string_view key);
    ~HmacSm3();
    HmacSm3(HmacSm3&&) noexcept;
    HmacSm3& operator=(HmacSm3&&) noexcept;

    Digest of(std::string_view message) const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// HMAC-SHA256, for the national and Liaoning gateway profiles.
Digest hmac_sha256(std::string_view key, std::string_view message);

/// Compares in time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace shu::crypto
