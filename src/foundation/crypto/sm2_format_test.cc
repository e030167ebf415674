#include <gtest/gtest.h>

#include <random>

#include "foundation/crypto/sm2.h"
#include "foundation/crypto/sm2_example_test.h"
#include "foundation/limits.h"

namespace shu::crypto {
namespace {

using vectors::hex;
using vectors::unhex;

using Sm2Der = Sm2;

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
                case 0: bytes[at] = static_cast<char>(random()); break;
                case 1: bytes.erase(at, 1 + random() % 4); break;
                default: bytes.insert(at, 1, static_cast<char>(random())); break;
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

}  // namespace
}  // namespace shu::crypto
