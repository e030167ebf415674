#include "foundation/crypto/sm4.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "foundation/crypto/openssl.h"
#include "foundation/crypto/password.h"

namespace shu::crypto {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kPieceBytes = std::size_t{1} << 30;              // OpenSSL counts in int
constexpr std::uint64_t kGcmBytesMax = (std::uint64_t{1} << 36) - 32;  // SP 800-38D 5.2.1.1

using Block = std::array<unsigned char, kBlockBytes>;

const EVP_CIPHER* fetch(const char* name) {
    EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
    SHU_ASSERT(cipher != nullptr);
    return cipher;
}

// Fetched once and never freed, as the digests are.
const EVP_CIPHER* one_block() {
    static const EVP_CIPHER* const cipher = fetch("SM4-ECB");
    return cipher;
}

const EVP_CIPHER* counter_mode() {
    static const EVP_CIPHER* const cipher = fetch("SM4-CTR");
    return cipher;
}

// `output` has room for `input.size()` bytes, of whole blocks for SM4-ECB.
void run(const EVP_CIPHER* cipher, std::string_view key, const unsigned char* counter,
         std::string_view input, unsigned char* output) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    SHU_ASSERT(context != nullptr && key.size() == kSm4KeyBytes);
    SHU_ASSERT(EVP_EncryptInit_ex2(context.get(), cipher, data_of(key), counter, nullptr) == 1);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    while (!input.empty()) {
        const std::size_t count = std::min(input.size(), kPieceBytes);
        int written = 0;
        SHU_ASSERT(EVP_EncryptUpdate(context.get(), output, &written, data_of(input),
                                     static_cast<int>(count)) == 1);
        SHU_ASSERT(static_cast<std::size_t>(written) == count);
        input.remove_prefix(count);
        output += count;
    }
}

std::string run(const EVP_CIPHER* cipher, std::string_view key, const unsigned char* counter,
                std::string_view input) {
    std::string output(input.size(), '\0');
    run(cipher, key, counter, input, reinterpret_cast<unsigned char*>(output.data()));
    return output;
}

// ---- GHASH: SP 800-38D 6.4 over four bits at a time

// An element of GF(2^128): the coefficient of x^0 is the highest bit of `high`.
struct Element {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    Element& operator^=(const Element& other) {
        high ^= other.high;
        low ^= other.low;
        return *this;
    }
};

constexpr std::uint64_t kReduction = 0xE100'0000'0000'0000;  // x^128 = x^7 + x^2 + x + 1

constexpr Element times_x(Element element) {
    const bool overflow = (element.low & 1) != 0;
    element.low = element.low >> 1 | element.high << 63;
    element.high = element.high >> 1 ^ (overflow ? kReduction : 0);
    return element;
}

// What the four coefficients that leave at the end bring back at the front when an element is
// multiplied by x^4.
constexpr std::array<std::uint64_t, 16> reductions() {
    std::array<std::uint64_t, 16> table{};
    for (std::size_t leaving = 0; leaving < table.size(); ++leaving) {
        Element element{0, leaving};
        for (int i = 0; i < 4; ++i)
            element = times_x(element);
        table[leaving] = element.high;
    }
    return table;
}

std::uint64_t read_big_endian(const unsigned char* bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = value << 8 | bytes[i];
    return value;
}

void write_big_endian(std::uint64_t value, unsigned char* bytes) {
    for (int i = 7; i >= 0; --i, value >>= 8)
        bytes[i] = static_cast<unsigned char>(value);
}

// The table look-ups depend on secret data, as those of the block cipher itself do in OpenSSL 3.0.
class Ghash {
 public:
    explicit Ghash(const Block& key) {
        multiples_[8] = {read_big_endian(key.data()), read_big_endian(key.data() + 8)};
        for (std::size_t i = 4; i > 0; i /= 2)
            multiples_[i] = times_x(multiples_[2 * i]);
        for (std::size_t i = 2; i < 16; i *= 2) {
            for (std::size_t j = 1; j < i; ++j) {
                multiples_[i + j] = multiples_[i];
                multiples_[i + j] ^= multiples_[j];
            }
        }
    }
    ~Ghash() { OPENSSL_cleanse(multiples_.data(), sizeof multiples_); }

    /// Adds `bytes`, filled with zeros to whole blocks.
    void add(std::string_view bytes) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kBlockBytes))) {
            Block block{};
            std::copy_n(bytes.begin(), std::min(bytes.size(), kBlockBytes), block.begin());
            sum_ ^= {read_big_endian(block.data()), read_big_endian(block.data() + 8)};
            multiply();
        }
    }

    Block finish(std::uint64_t associated_bytes, std::uint64_t ciphertext_bytes) {
        sum_ ^= {associated_bytes * 8, ciphertext_bytes * 8};
        multiply();
        Block block;
        write_big_endian(sum_.high, block.data());
        write_big_endian(sum_.low, block.data() + 8);
        return block;
    }

 private:
    // sum = sum * key, from the coefficients of the highest power down.
    void multiply() {
        static constexpr std::array<std::uint64_t, 16> kReductions = reductions();
        Element product;
        for (std::uint64_t half : {sum_.low, sum_.high}) {
            for (int i = 0; i < 16; ++i, half >>= 4) {
                const std::uint64_t leaving = product.low & 15;
                product.low = product.low >> 4 | product.high << 60;
                product.high = product.high >> 4 ^ kReductions[leaving];
                product ^= multiples_[half & 15];
            }
        }
        sum_ = product;
    }

    std::array<Element, 16> multiples_{};  // of the key, by the four coefficients of the index
    Element sum_;
};

// ---- GCM: SP 800-38D 7, with a nonce of 12 bytes

Block counter_block(std::string_view nonce, unsigned char count) {
    Block block{};
    std::copy(nonce.begin(), nonce.end(), block.begin());
    block.back() = count;
    return block;
}

std::string tag_of(std::string_view key, std::string_view nonce, std::string_view associated,
                   std::string_view ciphertext) {
    const std::string zeros(kBlockBytes, '\0');
    Block hash_key;
    run(one_block(), key, nullptr, zeros, hash_key.data());
    Ghash ghash(hash_key);
    OPENSSL_cleanse(hash_key.data(), hash_key.size());
    ghash.add(associated);
    ghash.add(ciphertext);
    const Block sum = ghash.finish(associated.size(), ciphertext.size());
    return run(counter_mode(), key, counter_block(nonce, 1).data(),
               {reinterpret_cast<const char*>(sum.data()), sum.size()});
}

Result<void> check_gcm(std::string_view key, std::string_view nonce) {
    if (key.size() != kSm4KeyBytes) return invalid("an SM4 key is 16 bytes");
    if (nonce.size() != kSm4GcmNonceBytes) return invalid("a nonce for SM4-GCM is 12 bytes");
    return {};
}

}  // namespace

Result<std::string> sm4_encrypt_block(std::string_view key, std::string_view block) {
    if (key.size() != kSm4KeyBytes) return invalid("an SM4 key is 16 bytes");
    if (block.size() != kBlockBytes) return invalid("an SM4 block is 16 bytes");
    return run(one_block(), key, nullptr, block);
}

Result<std::string> sm4_ctr(std::string_view key, std::string_view counter,
                            std::string_view input) {
    if (key.size() != kSm4KeyBytes) return invalid("an SM4 key is 16 bytes");
    if (counter.size() != kBlockBytes) return invalid("a counter for SM4-CTR is 16 bytes");
    return run(counter_mode(), key, data_of(counter), input);
}

Result<std::string> sm4_gcm_seal(std::string_view key, std::string_view nonce,
                                 std::string_view associated, std::string_view plaintext) {
    SHU_CHECK(check_gcm(key, nonce));
    if (plaintext.size() > kGcmBytesMax) return invalid("SM4-GCM seals at most 64 GiB at once");
    std::string sealed = run(counter_mode(), key, counter_block(nonce, 2).data(), plaintext);
    sealed += tag_of(key, nonce, associated, sealed);
    return sealed;
}

Result<std::string> sm4_gcm_open(std::string_view key, std::string_view nonce,
                                 std::string_view associated, std::string_view sealed) {
    SHU_CHECK(check_gcm(key, nonce));
    if (sealed.size() < kSm4GcmTagBytes)
        return invalid("the sealed bytes are shorter than their tag");
    const std::string_view ciphertext = sealed.substr(0, sealed.size() - kSm4GcmTagBytes);
    if (ciphertext.size() > kGcmBytesMax) return invalid("SM4-GCM seals at most 64 GiB at once");
    const std::string tag = tag_of(key, nonce, associated, ciphertext);
    if (!equal_in_constant_time(tag, sealed.substr(ciphertext.size()))) {
        return corrupt("the sealed bytes do not open with this key, nonce and associated data");
    }
    return run(counter_mode(), key, counter_block(nonce, 2).data(), ciphertext);
}

std::string seal_box(std::string_view key, std::string_view purpose, std::string_view plaintext) {
    const std::string nonce = random_bytes(kSm4GcmNonceBytes);
    const Result<std::string> sealed = sm4_gcm_seal(key, nonce, purpose, plaintext);
    return nonce + sealed.value();
}

Result<std::string> open_box(std::string_view key, std::string_view purpose, std::string_view box) {
    if (box.size() < kSm4GcmNonceBytes) return invalid("the box is shorter than its nonce");
    return sm4_gcm_open(key, box.substr(0, kSm4GcmNonceBytes), purpose,
                        box.substr(kSm4GcmNonceBytes));
}

}  // namespace shu::crypto
