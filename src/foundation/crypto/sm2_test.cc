#include "foundation/crypto/sm2.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "foundation/crypto/password.h"
#include "foundation/crypto/vectors_test.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::crypto {
namespace {

using vectors::hex;
using vectors::unhex;

// GB/T 32918.5-2017 A.1, A.2, A.3
const std::string kScalar =
    unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
const std::string kPoint = unhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
const std::string kSignature = unhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
const std::string kCiphertext = unhex(
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa");

const std::string kOrder =
    unhex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
const std::string kPrime =
    unhex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");

Sm2Key key_of_the_standard() {
    return Sm2Key::from_scalar(kScalar).value();
}

template <typename T>
Code code_of(const Result<T>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Code::kUnavailable : result.error().code;
}

// `number`, 32 bytes big endian, and a small step.
std::string plus(std::string number, int step) {
    for (std::size_t i = number.size(); i-- > 0 && step != 0;) {
        const int sum = static_cast<unsigned char>(number[i]) + step;
        number[i] = static_cast<char>(sum & 0xff);
        step = sum >> 8;
    }
    return number;
}

const std::string kZero(32, '\0');
const std::string kOne = plus(kZero, 1);

// Nothing that failed may stay in the error queue of OpenSSL, where TLS would trip over it.
class Sm2 : public testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(ERR_peek_error(), 0u); }
};

using Sm2Keys = Sm2;
using Sm2Signature = Sm2;
using Sm2Encryption = Sm2;
using Sm2Der = Sm2;

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

TEST_F(Sm2Keys, RefusePemThatIsSomethingElse) {
    const Sm2Key key = Sm2Key::generate();
    const std::string pem = key.pem(), public_pem = key.public_key().pem();
    std::string damaged = pem;
    damaged[60] = damaged[60] == 'A' ? 'B' : 'A';
    const std::string p256 =
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
        "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
        "-----END PUBLIC KEY-----\n";
    for (const std::string& bad :
         {std::string(), std::string("key"), public_pem, damaged, pem.substr(0, 100),
          pem.substr(0, pem.size() - 30), p256, std::string(1 << 20, 'A')}) {
        EXPECT_EQ(code_of(Sm2Key::from_pem(bad)), Code::kInvalid) << bad.substr(0, 200);
    }
    for (const std::string& bad :
         {std::string(), pem, p256, public_pem.substr(0, 80), std::string(1 << 20, 'A')}) {
        EXPECT_EQ(code_of(Sm2PublicKey::from_pem(bad)), Code::kInvalid) << bad.substr(0, 200);
    }
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

// ---- DER

TEST_F(Sm2Der, WritesAndReadsTheSignatureOfTheStandard) {
    const std::string der = unhex(
        "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
    EXPECT_EQ(hex(signature_to_der(kSignature).value()), hex(der));
    EXPECT_EQ(hex(signature_from_der(der).value()), hex(kSignature));
}

TEST_F(Sm2Der, WritesNumbersInTheFewestBytes) {
    const std::string raw = kOne + plus(kZero, 128);
    EXPECT_EQ(hex(signature_to_der(raw).value()), "300702010102020080");
    EXPECT_EQ(hex(signature_from_der(unhex("300702010102020080")).value()), hex(raw));
}

TEST_F(Sm2Der, ReadsThePublishedSignatures) {
    const auto file = vectors::read("evppkey_sm2.txt");
    if (!file) return;
    int compared = 0;
    for (const auto& vector : file->vectors) {
        if (vectors::get(vector, "Verify").empty()) continue;
        const std::string der = vectors::bytes(vectors::get(vector, "Output"));
        EXPECT_EQ(hex(signature_to_der(signature_from_der(der).value()).value()), hex(der));
        ++compared;
    }
    EXPECT_GE(compared, 3);
}

TEST_F(Sm2Der, RefusesSignaturesThatAreNotTheOneWayToWriteThem) {
    const char* const cases[] = {
        "",
        "30",
        "3000",
        "3003020101",              // r alone
        "3009020101020101020101",  // three numbers
        "300602010102010100",      // bytes after the end
        "3007020101020101",        // shorter than stated
        "3005020101020101",        // longer than stated
        "3106020101020101",        // a set
        "30060201010401ff",        // an octet string
        "3006020101020100",        // s = 0
        "3006020101020180",        // negative
        "300702010102020001",      // a zero too many
        "30800201010201010000",    // indefinite length
        "308106020101020101",      // length in two bytes where one does
        "3007028101010201"
        "01",
        "3005020002"
        "0101",  // an empty number
        "30ff",
        "3084000000060201010201"
        "01",
        "30830000060201010201"
        "01",
        "3082",
        "3083ffffff020101020101",
    };
    for (const char* bad : cases)
        EXPECT_EQ(code_of(signature_from_der(unhex(bad))), Code::kInvalid) << bad;
    const std::string too_long =
        "022200" + std::string(66, '1');  // 33 bytes that are not a leading zero
    EXPECT_EQ(code_of(signature_from_der(unhex("3027" + too_long + "020101"))), Code::kInvalid);
    const std::string order = "022100" + hex(kOrder);
    EXPECT_EQ(code_of(signature_from_der(unhex("3026" + order + "020101"))), Code::kInvalid);
}

TEST_F(Sm2Der, NeverCrashesOnDamagedBytes) {
    const unsigned seed = 20260103;
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    const Sm2Key key = key_of_the_standard();
    const std::string signature = signature_to_der(kSignature).value();
    const std::string ciphertext = ciphertext_to_der(kCiphertext).value();
    const std::string pem = key.pem();
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = round % 2 == 0 ? signature : ciphertext;
        for (auto changes = 1 + random() % 3; changes > 0 && !bytes.empty(); --changes) {
            const std::size_t at = random() % bytes.size();
            switch (random() % 3) {
                case 0:
                    bytes[at] = static_cast<char>(random());
                    break;
                case 1:
                    bytes.erase(at, 1 + random() % 4);
                    break;
                default:
                    bytes.insert(at, 1, static_cast<char>(random()));
                    break;
            }
        }
        if (const auto raw = signature_from_der(bytes); raw.ok()) {
            ASSERT_EQ(hex(signature_to_der(*raw).value()), hex(bytes))
                << "seed " << seed << " round " << round;
        }
        if (const auto raw = ciphertext_from_der(bytes); raw.ok()) {
            ASSERT_EQ(hex(ciphertext_to_der(*raw).value()), hex(bytes))
                << "seed " << seed << " round " << round;
            if (bytes != ciphertext) {
                ASSERT_FALSE(key.decrypt(*raw).ok());
            }
        }
    }
    for (int round = 0; round < 2'000; ++round) {
        std::string damaged = pem;
        damaged[random() % damaged.size()] = static_cast<char>(random());
        const auto read = Sm2Key::from_pem(damaged);
        if (!read.ok()) {
            ASSERT_EQ(read.error().code, Code::kInvalid);
        }
    }
}

TEST_F(Sm2Der, RefusesCiphertextsThatAreNotTheOneWayToWriteThem) {
    const std::string der = ciphertext_to_der(kCiphertext).value();
    EXPECT_EQ(hex(ciphertext_from_der(der).value()), hex(kCiphertext));
    for (std::size_t length = 0; length < der.size(); ++length) {
        EXPECT_EQ(code_of(ciphertext_from_der(der.substr(0, length))), Code::kInvalid);
    }
    EXPECT_EQ(code_of(ciphertext_from_der(der + "x")), Code::kInvalid);
    EXPECT_EQ(code_of(ciphertext_to_der("\5" + kCiphertext.substr(1))), Code::kInvalid);
    EXPECT_EQ(code_of(ciphertext_to_der(kCiphertext.substr(0, 97))), Code::kInvalid);
    EXPECT_EQ(code_of(ciphertext_to_der("")), Code::kInvalid);
    const std::string longest =
        kCiphertext.substr(0, 97) + std::string(limits::sm2_message_bytes_max, 'x');
    EXPECT_EQ(ciphertext_from_der(ciphertext_to_der(longest).value()).value(), longest);
    EXPECT_EQ(code_of(ciphertext_to_der(longest + "x")), Code::kInvalid);
}

// ---- key file

class Sm2KeyFile : public Sm2 {
 protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "shu-sm2-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        path_ = folder_ / "city.key";
    }
    void TearDown() override {
        std::filesystem::remove_all(folder_);
        Sm2::TearDown();
    }

    std::filesystem::path folder_;
    std::string path_;
};

TEST_F(Sm2KeyFile, IsMadeOnceAndReadAfterwards) {
    const Sm2Key made = Sm2Key::open_or_create(path_).value();
    const Sm2Key read = Sm2Key::open_or_create(path_).value();
    EXPECT_EQ(made.public_key(), read.public_key());
    EXPECT_TRUE(made.public_key().verify("text", read.sign("text")).ok());
    const std::string public_pem = file::read(path_ + ".pub", limits::pem_bytes_max).value();
    EXPECT_EQ(Sm2PublicKey::from_pem(public_pem).value(), made.public_key());
}

TEST_F(Sm2KeyFile, IsReadableByTheOwnerOnlyAndThePublicOneByEveryone) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    ASSERT_EQ(::stat((path_ + ".pub").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0444, 0444u);
}

TEST_F(Sm2KeyFile, IsRefusedWhenOthersMayReadIt) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
    EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kDenied);
}

TEST_F(Sm2KeyFile, IsNeverReplacedWhenItIsDamaged) {
    for (const std::string& bytes :
         {std::string(), std::string("not a key"), Sm2Key::generate().public_key().pem()}) {
        ASSERT_TRUE(file::replace(path_, bytes, file::Access::kOwner).ok());
        EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kInvalid);
        EXPECT_EQ(file::read(path_, limits::pem_bytes_max).value(), bytes);
    }
}

TEST_F(Sm2KeyFile, GetsItsPublicFileBackAfterACrashBetweenTheTwo) {
    const Sm2Key made = Sm2Key::open_or_create(path_).value();
    std::filesystem::remove(path_ + ".pub");
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    EXPECT_EQ(file::read(path_ + ".pub", limits::pem_bytes_max).value(), made.public_key().pem());
}

TEST_F(Sm2KeyFile, IsRefusedBesideThePublicKeyOfAnother) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    for (const std::string& other :
         {Sm2Key::generate().public_key().pem(), std::string("nonsense")}) {
        ASSERT_TRUE(file::replace(path_ + ".pub", other).ok());
        EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kInvalid);
        EXPECT_EQ(file::read(path_ + ".pub", limits::pem_bytes_max).value(), other);
    }
}

TEST_F(Sm2KeyFile, IsUnavailableWhereNoFileCanBeWritten) {
    const auto key = Sm2Key::open_or_create((folder_ / "absent" / "city.key").string());
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace shu::crypto
