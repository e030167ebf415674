#include "foundation/crypto/sm4.h"

#include <gtest/gtest.h>

#include <random>

#include "foundation/crypto/vectors_test.h"

namespace shu::crypto {
namespace {

using vectors::hex;
using vectors::unhex;

const std::string kKey = unhex("0123456789abcdeffedcba9876543210");
const std::string kNonce = unhex("00001234567800000000abcd");
const std::string kAssociated = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const std::string kPlaintext = unhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
const std::string kSealed = unhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec");

Code code_of(const Result<std::string>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Code::kUnavailable : result.error().code;
}

// One bit at a time, as SP 800-38D 6.3 writes the product of two blocks.
std::string slow_product(const std::string& x, std::string v) {
    std::string z(16, '\0');
    for (std::size_t bit = 0; bit < 128; ++bit) {
        if ((static_cast<unsigned char>(x[bit / 8]) >> (7 - bit % 8)) & 1) {
            for (std::size_t i = 0; i < 16; ++i)
                z[i] = static_cast<char>(z[i] ^ v[i]);
        }
        unsigned carry = 0;
        for (char& c : v) {
            const unsigned byte = static_cast<unsigned char>(c);
            c = static_cast<char>(byte >> 1 | carry << 7);
            carry = byte & 1;
        }
        if (carry != 0) v[0] = static_cast<char>(v[0] ^ '\xe1');
    }
    return z;
}

std::string length_in_bits(std::size_t bytes) {
    std::string text(8, '\0');
    for (std::size_t i = 0, bits = bytes * 8; i < 8; ++i, bits >>= 8)
        text[7 - i] = static_cast<char>(bits);
    return text;
}

std::string padded(std::string bytes) {
    bytes.resize((bytes.size() + 15) / 16 * 16, '\0');
    return bytes;
}

std::string slow_seal(const std::string& key, const std::string& nonce,
                      const std::string& associated, const std::string& plaintext) {
    const std::string first = nonce + std::string("\0\0\0\1", 4);
    std::string ciphertext;
    std::uint32_t count = 2;
    for (std::size_t at = 0; at < plaintext.size(); at += 16, ++count) {
        std::string counter = nonce;
        for (const int shift : {24, 16, 8, 0})
            counter.push_back(static_cast<char>(count >> shift));
        const std::string stream = sm4_encrypt_block(key, counter).value();
        for (std::size_t i = 0; i < 16 && at + i < plaintext.size(); ++i) {
            ciphertext.push_back(static_cast<char>(plaintext[at + i] ^ stream[i]));
        }
    }
    const std::string hashed = padded(associated) + padded(ciphertext) +
                               length_in_bits(associated.size()) +
                               length_in_bits(ciphertext.size());
    const std::string hash_key = sm4_encrypt_block(key, std::string(16, '\0')).value();
    std::string sum(16, '\0');
    for (std::size_t at = 0; at < hashed.size(); at += 16) {
        for (std::size_t i = 0; i < 16; ++i)
            sum[i] = static_cast<char>(sum[i] ^ hashed[at + i]);
        sum = slow_product(sum, hash_key);
    }
    const std::string mask = sm4_encrypt_block(key, first).value();
    for (std::size_t i = 0; i < 16; ++i)
        sum[i] = static_cast<char>(sum[i] ^ mask[i]);
    return ciphertext + sum;
}

TEST(Sm4, AgreesWithTheExamplesOfTheStandard) {
    // GB/T 32907-2016 A.1 and, a million times over, A.2
    EXPECT_EQ(hex(sm4_encrypt_block(kKey, kKey).value()), "681edf34d206965e86b3e94f536e4246");
    std::string block = kKey;
    for (int i = 0; i < 1'000'000; ++i)
        block = sm4_encrypt_block(kKey, block).value();
    EXPECT_EQ(hex(block), "595298c7c6fd271f0402f804c33d3f66");
}

TEST(Sm4, AgreesWithThePublishedVectors) {
    const auto file = vectors::read("evpciph_sm4.txt");
    if (!file) return;
    int compared = 0;
    for (const auto& vector : file->vectors) {
        const std::string cipher = vectors::get(vector, "Cipher");
        if (cipher != "SM4-ECB" && cipher != "SM4-CTR") continue;
        const std::string key = vectors::bytes(vectors::get(vector, "Key"));
        const std::string plaintext = vectors::bytes(vectors::get(vector, "Plaintext"));
        const std::string ciphertext = vectors::bytes(vectors::get(vector, "Ciphertext"));
        if (cipher == "SM4-ECB") {
            EXPECT_EQ(hex(sm4_encrypt_block(key, plaintext).value()), hex(ciphertext));
        } else {
            const std::string counter = vectors::bytes(vectors::get(vector, "IV"));
            EXPECT_EQ(hex(sm4_ctr(key, counter, plaintext).value()), hex(ciphertext));
            EXPECT_EQ(hex(sm4_ctr(key, counter, ciphertext).value()), hex(plaintext));
        }
        ++compared;
    }
    EXPECT_GE(compared, 2);
}

TEST(Sm4, RefusesKeysBlocksAndCountersOfOtherLengths) {
    for (const std::size_t length : {0u, 15u, 17u, 32u}) {
        const std::string wrong(length, 'x');
        EXPECT_EQ(code_of(sm4_encrypt_block(wrong, kKey)), Code::kInvalid);
        EXPECT_EQ(code_of(sm4_encrypt_block(kKey, wrong)), Code::kInvalid);
        EXPECT_EQ(code_of(sm4_ctr(wrong, kKey, "text")), Code::kInvalid);
        EXPECT_EQ(code_of(sm4_ctr(kKey, wrong, "text")), Code::kInvalid);
    }
}

TEST(Sm4Ctr, CarriesTheCounterThroughAllSixteenBytes) {
    const std::string last(16, '\xff');
    const std::string stream = sm4_ctr(kKey, last, std::string(32, '\0')).value();
    EXPECT_EQ(stream.substr(0, 16), sm4_encrypt_block(kKey, last).value());
    EXPECT_EQ(stream.substr(16), sm4_encrypt_block(kKey, std::string(16, '\0')).value());
    EXPECT_EQ(sm4_ctr(kKey, last, "").value(), "");
}

TEST(Sm4Gcm, AgreesWithTheExampleOfRfc8998) {
    EXPECT_EQ(hex(sm4_gcm_seal(kKey, kNonce, kAssociated, kPlaintext).value()), hex(kSealed));
    EXPECT_EQ(hex(sm4_gcm_open(kKey, kNonce, kAssociated, kSealed).value()), hex(kPlaintext));
}

TEST(Sm4Gcm, AgreesWithTheSlowConstructionForAllLengths) {
    const unsigned seed = 20260102;
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    const auto some = [&random](std::size_t count) {
        std::string bytes(count, '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(random());
        return bytes;
    };
    for (std::size_t plaintext_bytes = 0; plaintext_bytes <= 50; ++plaintext_bytes) {
        for (const std::size_t associated_bytes : {0u, 1u, 15u, 16u, 17u, 33u}) {
            const std::string key = some(16), nonce = some(12), associated = some(associated_bytes);
            const std::string plaintext = some(plaintext_bytes);
            const std::string sealed = sm4_gcm_seal(key, nonce, associated, plaintext).value();
            ASSERT_EQ(hex(sealed), hex(slow_seal(key, nonce, associated, plaintext)))
                << "seed " << seed << ", " << plaintext_bytes << " and " << associated_bytes
                << " bytes";
            ASSERT_EQ(sm4_gcm_open(key, nonce, associated, sealed).value(), plaintext);
        }
    }
}

TEST(Sm4Gcm, DoesNotOpenWhenAnyBitIsChanged) {
    for (std::size_t bit = 0; bit < kSealed.size() * 8; ++bit) {
        std::string sealed = kSealed;
        sealed[bit / 8] = static_cast<char>(sealed[bit / 8] ^ (1 << bit % 8));
        ASSERT_EQ(code_of(sm4_gcm_open(kKey, kNonce, kAssociated, sealed)), Code::kCorrupt) << bit;
    }
    for (std::size_t length = 16; length < kSealed.size(); ++length) {
        ASSERT_EQ(code_of(sm4_gcm_open(kKey, kNonce, kAssociated, kSealed.substr(0, length))),
                  Code::kCorrupt);
    }
}

TEST(Sm4Gcm, DoesNotOpenWithAnotherKeyNonceOrAssociatedData) {
    EXPECT_EQ(code_of(sm4_gcm_open(std::string(16, 'k'), kNonce, kAssociated, kSealed)),
              Code::kCorrupt);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, std::string(12, 'n'), kAssociated, kSealed)),
              Code::kCorrupt);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, kNonce, kAssociated + std::string(1, '\0'), kSealed)),
              Code::kCorrupt);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, kNonce, "", kSealed)), Code::kCorrupt);
}

TEST(Sm4Gcm, RefusesWhatIsMalformed) {
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, kNonce, "", std::string(15, 'x'))), Code::kInvalid);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, kNonce, "", "")), Code::kInvalid);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey, kNonce + "x", "", kSealed)), Code::kInvalid);
    EXPECT_EQ(code_of(sm4_gcm_open(kKey + "x", kNonce, "", kSealed)), Code::kInvalid);
    EXPECT_EQ(code_of(sm4_gcm_seal(kKey, "", "", "text")), Code::kInvalid);
    EXPECT_EQ(code_of(sm4_gcm_seal("", kNonce, "", "text")), Code::kInvalid);
}

TEST(Box, OpensForTheSamePurposeOnly) {
    const std::string box = seal_box(kKey, "client secret 7", "hunter2");
    EXPECT_EQ(open_box(kKey, "client secret 7", box).value(), "hunter2");
    EXPECT_EQ(code_of(open_box(kKey, "client secret 8", box)), Code::kCorrupt);
    EXPECT_EQ(code_of(open_box(std::string(16, 'k'), "client secret 7", box)), Code::kCorrupt);
    EXPECT_EQ(open_box(kKey, "", seal_box(kKey, "", "")).value(), "");
}

TEST(Box, IsAnotherEachTime) {
    EXPECT_NE(seal_box(kKey, "p", "text"), seal_box(kKey, "p", "text"));
}

TEST(Box, RefusesWhatIsTooShort) {
    const std::string box = seal_box(kKey, "p", "");
    ASSERT_EQ(box.size(), 28u);
    for (std::size_t length = 0; length < box.size(); ++length) {
        EXPECT_EQ(code_of(open_box(kKey, "p", box.substr(0, length))), Code::kInvalid) << length;
    }
    EXPECT_EQ(code_of(open_box("short", "p", box)), Code::kInvalid);
}

}  // namespace
}  // namespace shu::crypto
