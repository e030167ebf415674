#include "exchange/nonce_memory.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "foundation/crypto/password.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kSlotsMin = 256;

std::uint64_t random_number() {
    const std::string bytes = crypto::random_bytes(sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

/// SipHash-1-3 (Aumasson and Bernstein, 2012): keyed, so that nobody can choose nonces that meet.
class SipHash {
 public:
    SipHash(std::uint64_t k0, std::uint64_t k1)
        : v0_(k0 ^ 0x736f6d6570736575),
          v1_(k1 ^ 0x646f72616e646f6d),
          v2_(k0 ^ 0x6c7967656e657261),
          v3_(k1 ^ 0x7465646279746573) {}

    void add(std::uint64_t word) {
        v3_ ^= word;
        round();
        v0_ ^= word;
    }
    void add(std::string_view bytes) {
        const std::size_t length = bytes.size();
        while (bytes.size() >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data(), 8);
            add(word);
            bytes.remove_prefix(8);
        }
        std::uint64_t last = 0;
        if (!bytes.empty()) std::memcpy(&last, bytes.data(), bytes.size());
        add(last | (static_cast<std::uint64_t>(length) << 56));
    }
    std::uint64_t finish() {
        v2_ ^= 0xff;
        for (int i = 0; i < 3; ++i)
            round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

 private:
    void round() {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13);
        v1_ ^= v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16);
        v3_ ^= v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21);
        v3_ ^= v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17);
        v1_ ^= v2_;
        v2_ = std::rotl(v2_, 32);
    }
    std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace

NonceMemory::NonceMemory(std::size_t nonces_max)
    : shard_nonces_max_(std::max<std::size_t>(1, nonces_max / kShards)),
      seed_{random_number(), random_number()} {}

std::uint64_t NonceMemory::fingerprint(std::string_view client_id, std::string_view nonce) const {
    SipHash hash(seed_[0], seed_[1]);
    hash.add(client_id);
    hash.add(nonce);
    const std::uint64_t value = hash.finish();
    return value == 0 ? 1 : value;
}

NonceMemory::Outcome NonceMemory::take(std::string_view client_id, std::string_view nonce,
                                       std::int64_t expires_ms, std::int64_t now_ms) {
    const std::uint64_t print = fingerprint(client_id, nonce);
    Shard& shard = shards_[print >> 58];
    const std::int64_t now_s = now_ms / 1000;
    // Never earlier than it must, and within the ring.
    const std::int64_t expires_s =
        std::clamp(expires_ms / 1000 + 1, now_s + 1, now_s + static_cast<std::int64_t>(kRing) - 2);
    const std::lock_guard lock(shard.mutex);
    sweep(shard, now_s);
    // The clock stood later before: nonces of that time have been forgotten, so this one cannot be
    // told from a replay.
    if (expires_ms / 1000 + 1 <= shard.swept_s) return Outcome::kUsed;
    if (shard.used >= shard_nonces_max_) return Outcome::kFull;
    if ((shard.used + 1) * 2 > shard.slots.size()) grow(shard);
    if (!insert(shard, print)) return Outcome::kUsed;
    shard.expiring[static_cast<std::size_t>(expires_s) % kRing].push_back(print);
    return Outcome::kFresh;
}

std::size_t NonceMemory::size() const {
    std::size_t count = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        count += shard.used;
    }
    return count;
}

void NonceMemory::grow(Shard& shard) {
    std::vector<std::uint64_t> old(std::max(kSlotsMin, shard.slots.size() * 2), 0);
    old.swap(shard.slots);
    shard.used = 0;
    for (const std::uint64_t print : old)
        if (print != 0) insert(shard, print);
}

bool NonceMemory::insert(Shard& shard, std::uint64_t fingerprint) {
    const std::size_t mask = shard.slots.size() - 1;
    std::size_t at = fingerprint & mask;
    while (shard.slots[at] != 0) {
        if (shard.slots[at] == fingerprint) return false;
        at = (at + 1) & mask;
    }
    shard.slots[at] = fingerprint;
    ++shard.used;
    return true;
}

void NonceMemory::erase(Shard& shard, std::uint64_t fingerprint) {
    const std::size_t mask = shard.slots.size() - 1;
    std::size_t hole = fingerprint & mask;
    while (shard.slots[hole] != fingerprint) {
        if (shard.slots[hole] == 0) return;
        hole = (hole + 1) & mask;
    }
    // Moves back what probing would no longer find behind the hole.
    for (std::size_t at = (hole + 1) & mask; shard.slots[at] != 0; at = (at + 1) & mask) {
        const std::size_t home = shard.slots[at] & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            shard.slots[hole] = shard.slots[at];
            hole = at;
        }
    }
    shard.slots[hole] = 0;
    --shard.used;
}

void NonceMemory::sweep(Shard& shard, std::int64_t now_s) {
    if (shard.swept_s == 0) shard.swept_s = now_s;
    if (now_s <= shard.swept_s) return;  // also when the clock steps back
    const std::int64_t last = std::min(now_s, shard.swept_s + static_cast<std::int64_t>(kRing));
    for (std::int64_t second = shard.swept_s; second < last; ++second) {
        std::vector<std::uint64_t>& expired =
            shard.expiring[static_cast<std::size_t>(second) % kRing];
        for (const std::uint64_t print : expired)
            erase(shard, print);
        expired.clear();
    }
    shard.swept_s = now_s;
}

}  // namespace shu::exchange
