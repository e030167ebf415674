// SM2 keys, signatures and encryption (GB/T 32918-2016, formats of GB/T 35276-2017), over OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/crypto/sm3.h"
#include "foundation/result.h"

namespace shu::crypto {

/// The distinguishing id that GB/T 35276 prescribes where the parties agreed on none.
inline constexpr std::string_view kDefaultSm2Id = "1234567812345678";

/// The length in bits is written in two bytes (GB/T 32918.2-2016 5.5), and OpenSSL allows one byte
/// less than that can state.
inline constexpr std::size_t kSm2IdBytesMax = 8190;

/// A public key. Immutable, cheap to copy, usable from any thread.
class Sm2PublicKey {
 public:
    /// 04 || x || y, 65 bytes; 64 bytes are read as x || y. Errors: Invalid (also when not on the
    /// curve).
    static Result<Sm2PublicKey> from_point(std::string_view point);
    static Result<Sm2PublicKey> from_pem(std::string_view pem);  ///< Errors: Invalid

    std::string point() const;  ///< 65 bytes, 04 || x || y
    std::string pem() const;    ///< SubjectPublicKeyInfo

    /// Verifies r || s (64 bytes) over SM3(Z || message); `id` is at most kSm2IdBytesMax bytes.
    /// Errors: Invalid if malformed, Corrupt if it does not verify. GB/T 32918.2-2016 7.1.
    Result<void> verify(std::string_view message, std::string_view signature,
                        std::string_view id = kDefaultSm2Id) const;

    /// 04 || x1 || y1 || C3 || C2 (GB/T 32918.4-2016 6.1). Errors: Invalid if empty or over
    /// limits::sm2_message_bytes_max.
    Result<std::string> encrypt(std::string_view message) const;

    friend bool operator==(const Sm2PublicKey& a, const Sm2PublicKey& b) {
        return a.point() == b.point();
    }

 private:
    friend class Sm2Key;
    struct State;
    explicit Sm2PublicKey(std::shared_ptr<const State> state);
    std::shared_ptr<const State> state_;
};

/// A private key with its public key. Immutable, usable from any thread.
class Sm2Key {
 public:
    static Sm2Key generate();
    /// 32 bytes, big endian, 1..n-2. Errors: Invalid.
    static Result<Sm2Key> from_scalar(std::string_view scalar);
    /// PKCS#8, not encrypted; the older EC PRIVATE KEY is read too. Errors: Invalid, also if the
    /// public key in it is another's.
    static Result<Sm2Key> from_pem(std::string_view pem);

    /// Reads `path`, or makes a new key there, readable by the owner only; the public key goes to
    /// `path`.pub for everyone. One process at a time. Errors: Denied if others may read it;
    /// Invalid, also if `path`.pub is another key's or stands there alone; Unavailable.
    static Result<Sm2Key> open_or_create(const std::string& path);

    const Sm2PublicKey& public_key() const { return public_key_; }
    std::string pem() const;  ///< PKCS#8, a secret

    /// r || s, 64 bytes, over SM3(Z || message); `id` is at most kSm2IdBytesMax bytes. GB/T
    /// 32918.2-2016 6.1.
    std::string sign(std::string_view message, std::string_view id = kDefaultSm2Id) const;

    /// Opens 04 || x1 || y1 || C3 || C2. Errors: Invalid if malformed, Corrupt if it does not open.
    Result<std::string> decrypt(std::string_view ciphertext) const;

 private:
    Sm2Key(std::shared_ptr<const Sm2PublicKey::State> state, Sm2PublicKey public_key);
    std::shared_ptr<const Sm2PublicKey::State> state_;  // with the private key
    Sm2PublicKey public_key_;                           // without it
};

/// r || s (64 bytes) to and from DER SEQUENCE { r, s } (GB/T 35276 7.3). Errors: Invalid, also if r
/// or s is not in 1..n-1.
Result<std::string> signature_to_der(std::string_view raw);
Result<std::string> signature_from_der(std::string_view der);

/// 04 || x1 || y1 || C3 || C2 to and from DER SEQUENCE { x1, y1, C3, C2 } (GB/T 35276 7.2). That
/// the point is on the curve is left to decrypt(). Errors: Invalid.
Result<std::string> ciphertext_to_der(std::string_view raw);
Result<std::string> ciphertext_from_der(std::string_view der);

}  // namespace shu::crypto
