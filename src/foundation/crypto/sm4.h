// SM4 (GB/T 32907-2016) in CTR and GCM (RFC 8998) modes. OpenSSL 3.0 has no SM4-GCM; GHASH is ours,
// over OpenSSL's block cipher.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::crypto {

inline constexpr std::size_t kSm4KeyBytes = 16;
inline constexpr std::size_t kSm4GcmNonceBytes = 12;
inline constexpr std::size_t kSm4GcmTagBytes = 16;

/// One block; the primitive of the standard's examples. Errors: Invalid if key or block is not 16
/// bytes.
Result<std::string> sm4_encrypt_block(std::string_view key, std::string_view block);

/// CTR mode with a 16-byte initial counter; encryption and decryption are the same. Errors:
/// Invalid.
Result<std::string> sm4_ctr(std::string_view key, std::string_view counter, std::string_view input);

/// Ciphertext || 16-byte tag. `nonce` is 12 bytes and never used twice under one key. Errors:
/// Invalid.
Result<std::string> sm4_gcm_seal(std::string_view key, std::string_view nonce,
                                 std::string_view associated, std::string_view plaintext);

/// Errors: Invalid if malformed, Corrupt if the tag does not match.
Result<std::string> sm4_gcm_open(std::string_view key, std::string_view nonce,
                                 std::string_view associated, std::string_view sealed);

/// A secret at rest: fresh nonce || sealed, bound to `purpose`. Errors of open_box: Invalid,
/// Corrupt.
std::string seal_box(std::string_view key, std::string_view purpose, std::string_view plaintext);
Result<std::string> open_box(std::string_view key, std::string_view purpose, std::string_view box);

}  // namespace shu::crypto
