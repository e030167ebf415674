#include "foundation/crypto/sm2.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <thread>
#include <utility>
#include <vector>

#include "foundation/crypto/openssl.h"
#include "foundation/crypto/sm2_example_test.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::crypto {
namespace {

using vectors::hex;

using Sm2Keys = Sm2;
using Sm2Signature = Sm2;
using Sm2Encryption = Sm2;

// ---- keys

TEST_F(Sm2Keys, ComputeThePublicPointOfTheStandardsExample) {
    EXPECT_EQ(hex(key_of_the_standard().public_key().point()), hex(kPoint));
}

TEST_F(Sm2Keys, ReadAPointWithAndWithoutItsPrefix) {
    const Sm2PublicKey with = Sm2PublicKey::from_point(kPoint).value();
    const Sm2PublicKey without = Sm2PublicKey::from_point(kPoint.substr(1)).value();
    EXPECT_EQ(with, without);
    EXPECT_EQ(hex(without.point()), hex(kPoint));
}

TEST_F(Sm2Keys, RefusePointsThatAreNotOnTheCurve) {
    const std::string x = kPoint.substr(1, 32), y = kPoint.substr(33);
    const std::string cases[] = {
        "",
        std::string(1, '\0'),  // infinity
        std::string(65, '\0'),
        std::string("\4") + kZero + kZero,
        std::string("\4") + x + plus(y, 1),
        std::string("\4") + y + x,
        std::string("\4") + kPrime + y,
        std::string("\4") + x + kPrime,
        std::string("\4") + std::string(64, '\xff'),
        "\x02" + x,  // compressed
        "\x03" + x,
        "\x06" + x + y,  // hybrid
        "\x07" + x + y,
        "\x05" + x + y,
        kPoint + "x",
        kPoint.substr(0, 64),
        kPoint.substr(0, 63),
    };
    for (const std::string& bad : cases) {
        EXPECT_EQ(code_of(Sm2PublicKey::from_point(bad)), Code::kInvalid) << hex(bad);
    }
}

TEST_F(Sm2Keys, RefuseAPointWithAnyBitChanged) {
    for (std::size_t bit = 0; bit < kPoint.size() * 8; ++bit) {
        std::string point = kPoint;
        point[bit / 8] = static_cast<char>(point[bit / 8] ^ (1 << bit % 8));
        EXPECT_EQ(code_of(Sm2PublicKey::from_point(point)), Code::kInvalid) << bit;
    }
}

TEST_F(Sm2Keys, RefuseScalarsOutOfRange) {
    for (const std::string& bad :
         {std::string(), std::string(31, 'a'), std::string(33, 'a'), kZero, kOrder,
          plus(kOrder, -1), plus(kOrder, 1), std::string(32, '\xff')}) {
        EXPECT_EQ(code_of(Sm2Key::from_scalar(bad)), Code::kInvalid) << hex(bad);
    }
    for (const std::string& good : {kOne, plus(kOrder, -2)}) {
        const Sm2Key key = Sm2Key::from_scalar(good).value();
        EXPECT_TRUE(key.public_key().verify("text", key.sign("text")).ok());
    }
}

TEST_F(Sm2Keys, OfOneAndOfOrderLessTwoAreTheGeneratorAndMinusItsDouble) {
    EXPECT_EQ(hex(Sm2Key::from_scalar(kOne)->public_key().point()),
              "0432c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
              "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0");
    const std::string two = Sm2Key::from_scalar(plus(kZero, 2))->public_key().point();
    const std::string minus_two = Sm2Key::from_scalar(plus(kOrder, -2))->public_key().point();
    EXPECT_EQ(two.substr(0, 33), minus_two.substr(0, 33));
    EXPECT_NE(two, minus_two);
}

TEST_F(Sm2Keys, AreNewEachTime) {
    EXPECT_FALSE(Sm2Key::generate().public_key() == Sm2Key::generate().public_key());
}

TEST_F(Sm2Keys, SurviveTheWayThroughPem) {
    const Sm2Key key = Sm2Key::generate();
    EXPECT_EQ(key.pem().find("-----BEGIN PRIVATE KEY-----\n"), 0u);
    EXPECT_EQ(key.public_key().pem().find("-----BEGIN PUBLIC KEY-----\n"), 0u);
    EXPECT_EQ(Sm2PublicKey::from_pem(key.public_key().pem()).value(), key.public_key());
    const Sm2Key again = Sm2Key::from_pem(key.pem()).value();
    EXPECT_EQ(again.public_key(), key.public_key());
    EXPECT_EQ(again.pem(), key.pem());
    EXPECT_TRUE(key.public_key().verify("text", again.sign("text")).ok());
}

// A sound pair of keys on P-256: private and public PEM.
std::pair<std::string, std::string> pem_of_another_curve() {
    const Key key(EVP_EC_gen("P-256"));
    const Memory secret(BIO_new(BIO_s_mem()));
    const Memory open(BIO_new(BIO_s_mem()));
    EXPECT_EQ(
        PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr),
        1);
    EXPECT_EQ(PEM_write_bio_PUBKEY(open.get(), key.get()), 1);
    const auto text = [](const Memory& memory) {
        char* bytes = nullptr;
        const long length = BIO_get_mem_data(memory.get(), &bytes);
        return std::string(bytes, static_cast<std::size_t>(length));
    };
    return {text(secret), text(open)};
}

TEST_F(Sm2Keys, RefusePemThatIsSomethingElse) {
    const Sm2Key key = Sm2Key::generate();
    const std::string pem = key.pem(), public_pem = key.public_key().pem();
    std::string damaged = pem;
    damaged[60] = damaged[60] == 'A' ? 'B' : 'A';
    const auto [p256, public_p256] = pem_of_another_curve();
    for (const std::string& bad :
         {std::string(), std::string("key"), public_pem, damaged, pem.substr(0, 100),
          pem.substr(0, pem.size() - 30), p256, public_p256, std::string(1 << 20, 'A')}) {
        EXPECT_EQ(code_of(Sm2Key::from_pem(bad)), Code::kInvalid) << bad.substr(0, 200);
    }
    for (const std::string& bad : {std::string(), pem, p256, public_p256, public_pem.substr(0, 80),
                                   std::string(1 << 20, 'A')}) {
        EXPECT_EQ(code_of(Sm2PublicKey::from_pem(bad)), Code::kInvalid) << bad.substr(0, 200);
    }
}

TEST_F(Sm2Keys, RefuseAPrivateKeyWithThePublicKeyOfAnother) {
    // The public point stands at the end of the DER bytes (RFC 5915 3).
    const std::string head = "-----BEGIN PRIVATE KEY-----\n", tail = "-----END PRIVATE KEY-----\n";
    const std::string pem = Sm2Key::generate().pem();
    std::string base64 = pem.substr(head.size(), pem.size() - head.size() - tail.size());
    std::erase(base64, '\n');
    const std::string der = text::from_base64(base64).value();
    const auto wrapped = [&](const std::string& bytes) {
        std::string lines = text::to_base64(bytes);
        for (std::size_t at = 64; at < lines.size(); at += 65)
            lines.insert(at, "\n");
        return head + lines + "\n" + tail;
    };
    ASSERT_EQ(wrapped(der), pem);
    const std::string other = Sm2Key::generate().public_key().point();
    EXPECT_EQ(code_of(Sm2Key::from_pem(wrapped(der.substr(0, der.size() - 65) + other))),
              Code::kInvalid);
}

TEST_F(Sm2Keys, RefuseALockedPemWithoutAskingAtTheTerminal) {
    const std::string locked =
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
        "AAAAAAAAAAAAAAAAAAAAAA==\n-----END EC PRIVATE KEY-----\n";
    EXPECT_EQ(code_of(Sm2Key::from_pem(locked)), Code::kInvalid);
}

TEST_F(Sm2Keys, ReadWhatOpensslPublishes) {
    const auto file = vectors::read("evppkey_sm2.txt");
    if (!file) return;
    ASSERT_EQ(file->keys.count("SM2_key1"), 1u);
    const Sm2Key key = Sm2Key::from_pem(file->keys.at("SM2_key1")).value();
    EXPECT_EQ(Sm2Key::from_pem(key.pem())->public_key(), key.public_key());
}

// ---- signatures

TEST_F(Sm2Signature, OfTheStandardsExampleVerifies) {
    const Sm2PublicKey key = Sm2PublicKey::from_point(kPoint).value();
    EXPECT_TRUE(key.verify("message digest", kSignature).ok());
    EXPECT_TRUE(key.verify("message digest", kSignature, kDefaultSm2Id).ok());
}

TEST_F(Sm2Signature, VerifiesForItsMessageKeyAndIdOnly) {
    const Sm2Key key = Sm2Key::generate();
    const std::string signature = key.sign("message", "officer@shenyang");
    ASSERT_EQ(signature.size(), 64u);
    EXPECT_TRUE(key.public_key().verify("message", signature, "officer@shenyang").ok());
    EXPECT_EQ(code_of(key.public_key().verify("massage", signature, "officer@shenyang")),
              Code::kCorrupt);
    EXPECT_EQ(code_of(key.public_key().verify("", signature, "officer@shenyang")), Code::kCorrupt);
    EXPECT_EQ(code_of(key.public_key().verify("message", signature)), Code::kCorrupt);
    EXPECT_EQ(code_of(key.public_key().verify("message", signature, "")), Code::kCorrupt);
    EXPECT_EQ(
        code_of(Sm2Key::generate().public_key().verify("message", signature, "officer@shenyang")),
        Code::kCorrupt);
}

TEST_F(Sm2Signature, CoversEmptyAndLongMessages) {
    const Sm2Key key = Sm2Key::generate();
    for (const std::string& message :
         {std::string(), std::string(1, '\0'), std::string(1 << 20, 'x')}) {
        EXPECT_TRUE(key.public_key().verify(message, key.sign(message)).ok());
    }
}

TEST_F(Sm2Signature, TakesIdsUpToTheLengthThatTwoBytesOfBitsCanState) {
    const Sm2Key key = Sm2Key::generate();
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, kSm2IdBytesMax}) {
        const std::string id(length, 'i');
        EXPECT_TRUE(key.public_key().verify("text", key.sign("text", id), id).ok()) << length;
    }
    const std::string longer(kSm2IdBytesMax + 1, 'i');
    EXPECT_EQ(code_of(key.public_key().verify("text", key.sign("text"), longer)), Code::kInvalid);
}

TEST_F(Sm2Signature, DoesNotVerifyWhenAnyBitIsChanged) {
    const Sm2PublicKey key = Sm2PublicKey::from_point(kPoint).value();
    for (std::size_t bit = 0; bit < kSignature.size() * 8; ++bit) {
        std::string signature = kSignature;
        signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(key.verify("message digest", signature).ok()) << bit;
    }
}

TEST_F(Sm2Signature, IsMalformedWhenItsNumbersAreOutOfRangeOrItsLengthIsWrong) {
    const Sm2PublicKey key = Sm2PublicKey::from_point(kPoint).value();
    const std::string r = kSignature.substr(0, 32), s = kSignature.substr(32);
    for (const std::string& bad :
         {std::string(), r, kSignature.substr(1), kSignature + "x",
          signature_to_der(kSignature).value(), kZero + s, r + kZero, kZero + kZero, kOrder + s,
          r + kOrder, plus(kOrder, 1) + s, std::string(64, '\xff')}) {
        EXPECT_EQ(code_of(key.verify("message digest", bad)), Code::kInvalid) << hex(bad);
    }
    // In range, but r + s = 0 mod n (GB/T 32918.2-2016 7.1 B5)
    EXPECT_EQ(code_of(key.verify("message digest", kOne + plus(kOrder, -1))), Code::kCorrupt);
    EXPECT_EQ(code_of(key.verify("message digest", kOne + kOne)), Code::kCorrupt);
}

TEST_F(Sm2Signature, IsMadeAndVerifiedByManyThreadsAtOnce) {
    const Sm2Key key = Sm2Key::generate();
    std::vector<int> good(4, 0);
    std::vector<std::thread> threads;
    for (int& count : good) {
        threads.emplace_back([&key, &count] {
            for (int i = 0; i < 50; ++i) {
                const std::string message = std::to_string(i);
                count += key.public_key().verify(message, key.sign(message)).ok();
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(good, std::vector<int>(4, 50));
}

// ---- encryption

TEST_F(Sm2Encryption, OpensTheStandardsExample) {
    EXPECT_EQ(key_of_the_standard().decrypt(kCiphertext).value(), "encryption standard");
}

TEST_F(Sm2Encryption, OpensThePublishedVectors) {
    const auto file = vectors::read("evppkey_sm2.txt");
    if (!file) return;
    int compared = 0;
    for (const auto& vector : file->vectors) {
        const std::string name = vectors::get(vector, "Decrypt");
        if (name.empty()) continue;
        const Sm2Key key = Sm2Key::from_pem(file->keys.at(name)).value();
        const std::string der = vectors::bytes(vectors::get(vector, "Input"));
        const std::string raw = ciphertext_from_der(der).value();
        EXPECT_EQ(key.decrypt(raw).value(), vectors::bytes(vectors::get(vector, "Output")));
        EXPECT_EQ(hex(ciphertext_to_der(raw).value()), hex(der));
        ++compared;
    }
    EXPECT_GE(compared, 4);
}

TEST_F(Sm2Encryption, GivesTheMessageBackToTheOwnerOfTheKeyOnly) {
    const Sm2Key key = Sm2Key::generate();
    for (const std::size_t length :
         {std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{1000},
          limits::sm2_message_bytes_max}) {
        const std::string message(length, 'm');
        const std::string ciphertext = key.public_key().encrypt(message).value();
        EXPECT_EQ(ciphertext.size(), 97 + length);
        EXPECT_EQ(key.decrypt(ciphertext).value(), message);
        EXPECT_EQ(code_of(Sm2Key::generate().decrypt(ciphertext)), Code::kCorrupt);
    }
}

TEST_F(Sm2Encryption, NeverShowsAMessageOfOneByteInTheClear) {
    // A one-byte key stream is zero once in 256 times; the standard draws again (GB/T
    // 32918.4-2016 6.1 A5).
    const Sm2PublicKey key = Sm2Key::generate().public_key();
    for (int i = 0; i < 2000; ++i)
        ASSERT_NE(key.encrypt("Y")->back(), 'Y');
}

TEST_F(Sm2Encryption, RefusesEmptyAndOverlongMessages) {
    const Sm2PublicKey key = Sm2Key::generate().public_key();
    EXPECT_EQ(code_of(key.encrypt("")), Code::kInvalid);
    EXPECT_EQ(code_of(key.encrypt(std::string(limits::sm2_message_bytes_max + 1, 'm'))),
              Code::kInvalid);
}

TEST_F(Sm2Encryption, DoesNotOpenWhenAnyBitIsChanged) {
    const Sm2Key key = key_of_the_standard();
    for (std::size_t bit = 0; bit < kCiphertext.size() * 8; ++bit) {
        std::string ciphertext = kCiphertext;
        ciphertext[bit / 8] = static_cast<char>(ciphertext[bit / 8] ^ (1 << bit % 8));
        const Code expected =
            bit < 65 * 8 ? Code::kInvalid : Code::kCorrupt;  // the point, then C3 and C2
        ASSERT_EQ(code_of(key.decrypt(ciphertext)), expected) << bit;
    }
}

TEST_F(Sm2Encryption, RefusesMalformedCiphertexts) {
    const Sm2Key key = key_of_the_standard();
    for (std::size_t length = 0; length <= 97; ++length) {
        ASSERT_EQ(code_of(key.decrypt(kCiphertext.substr(0, length))), Code::kInvalid) << length;
    }
    EXPECT_EQ(code_of(key.decrypt(kCiphertext.substr(0, 98))), Code::kCorrupt);
    EXPECT_EQ(code_of(key.decrypt(kCiphertext.substr(1))), Code::kInvalid);
    EXPECT_EQ(code_of(key.decrypt(std::string("\4") + kZero + kZero + kCiphertext.substr(65))),
              Code::kInvalid);
    EXPECT_EQ(code_of(key.decrypt(kCiphertext + std::string(limits::sm2_message_bytes_max, 'x'))),
              Code::kInvalid);
}

}  // namespace
}  // namespace shu::crypto
