// Which nonces were used within the signature window: a replayed request is refused.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "foundation/limits.h"

namespace shu::exchange {

/// A set of (client, nonce) that forgets each once its timestamp has left the window. Keeps 64-bit
/// keyed fingerprints: with `limits::nonces_max` of them remembered, a fresh nonce meets one by
/// chance about once in 10^12 requests (2^24 / 2^64), and that request is refused; that any two of
/// the 2^24 meet has a chance of about 10^-5. Thread-safe.
class NonceMemory {
 public:
    explicit NonceMemory(std::size_t nonces_max = limits::nonces_max);

    enum class Outcome { kFresh, kUsed, kFull };
    /// Remembers the nonce until `expires_ms`. Full means that the request must be refused:
    /// forgetting one early would let it be replayed.
    Outcome take(std::string_view client_id, std::string_view nonce, std::int64_t expires_ms,
                 std::int64_t now_ms);

    std::size_t size() const;

 private:
    static constexpr std::size_t kShards =
        64;  // grown one by one, so that no single request waits for all
    static constexpr std::size_t kRing =
        static_cast<std::size_t>(2 * limits::signature_window_ms / 1000 + 4);

    struct Shard {
        mutable std::mutex mutex;
        std::vector<std::uint64_t> slots;  // open addressing; 0 is free
        std::size_t used = 0;
        std::array<std::vector<std::uint64_t>, kRing> expiring;  // by second
        std::int64_t swept_s = 0;  // everything that expires before is gone
    };

    static void grow(Shard& shard);
    static bool insert(Shard& shard, std::uint64_t fingerprint);
    static void erase(Shard& shard, std::uint64_t fingerprint);
    static void sweep(Shard& shard, std::int64_t now_s);
    std::uint64_t fingerprint(std::string_view client_id, std::string_view nonce) const;

    const std::size_t shard_nonces_max_;
    const std::uint64_t seed_[2];
    std::array<Shard, kShards> shards_;
};

}  // namespace shu::exchange
