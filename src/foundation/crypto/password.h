// Passwords at rest (PBKDF2-HMAC-SM3, GM/T 0091) and random bytes.
#pragma once

#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::crypto {

/// Cryptographically secure bytes. Aborts if the system has none.
std::string random_bytes(std::size_t count);

/// A random word of `count` letters and digits that people can read out: no 0 O 1 l I.
std::string random_word(std::size_t count);

inline constexpr int kPasswordIterations = 210'000;

/// `pbkdf2-sm3$ITERATIONS$SALT$HASH`, salt and hash in Base64url.
std::string hash_password(std::string_view password, int iterations = kPasswordIterations);

/// True if `password` has that hash; false also for a malformed hash. Takes the same time for right
/// and wrong.
bool verify_password(std::string_view password, std::string_view hash);

}  // namespace shu::crypto
