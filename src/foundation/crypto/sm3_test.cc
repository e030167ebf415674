#include "foundation/crypto/sm3.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "foundation/crypto/vectors_test.h"

namespace shu::crypto {
namespace {

// The construction as GB/T 15852.2 and RFC 2104 write it, without precomputed states.
Digest slow_hmac(HashName name, std::string key, std::string_view message) {
    Hasher hasher(name);
    if (key.size() > 64) key = std::string(bytes_of(hasher.update(key).finish()));
    key.resize(64, '\0');
    std::string inner = key;
    std::string outer = key;
    for (char& c : inner)
        c = static_cast<char>(c ^ 0x36);
    for (char& c : outer)
        c = static_cast<char>(c ^ 0x5c);
    const Digest digest = hasher.update(inner).update(message).finish();
    return hasher.update(outer).update(bytes_of(digest)).finish();
}

TEST(Sm3, AgreesWithTheExamplesOfTheStandard) {
    // GB/T 32905-2016 A.1, A.2
    EXPECT_EQ(to_hex(sm3("abc")),
              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    std::string repeated;
    for (int i = 0; i < 16; ++i)
        repeated += "abcd";
    EXPECT_EQ(to_hex(sm3(repeated)),
              "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST(Sm3, AgreesWithThePublishedVectors) {
    const auto file = vectors::read("evpmd_sm3.txt");
    if (!file) return;
    int compared = 0;
    for (const auto& vector : file->vectors) {
        if (vectors::get(vector, "Digest") != "SM3") continue;
        const std::string input = vectors::bytes(vectors::get(vector, "Input"));
        const auto expected = digest_from_hex(vectors::get(vector, "Output"));
        ASSERT_TRUE(expected.ok());
        EXPECT_EQ(to_hex(sm3(input)), to_hex(*expected));
        ++compared;
    }
    EXPECT_GE(compared, 8);
}

TEST(Sha256, AgreesWithTheExamplesOfFips180) {
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hasher, GivesTheSameDigestHoweverTheBytesAreCut) {
    const unsigned seed = 20260101;
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    for (const HashName name : {HashName::kSm3, HashName::kSha256}) {
        Hasher hasher(name);
        for (int round = 0; round < 100; ++round) {
            std::string bytes(random() % 500, '\0');
            for (char& byte : bytes)
                byte = static_cast<char>(random());
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t count = std::min<std::size_t>(random() % 70, bytes.size() - at);
                hasher.update(std::string_view(bytes).substr(at, count));
                at += count;
            }
            const Digest whole = name == HashName::kSm3 ? sm3(bytes) : sha256(bytes);
            EXPECT_EQ(hasher.finish(), whole) << "seed " << seed << " round " << round;
        }
    }
}

TEST(Hasher, StartsAgainAfterFinish) {
    Hasher hasher;
    hasher.update("something else").finish();
    EXPECT_EQ(hasher.update("abc").finish(), sm3("abc"));
    EXPECT_EQ(hasher.finish(), sm3(""));
}

TEST(Hasher, KeepsItsStateWhenMoved) {
    Hasher first(HashName::kSha256);
    first.update("a");
    Hasher second = std::move(first);
    second.update("b");
    Hasher third;
    third = std::move(second);
    EXPECT_EQ(third.update("c").finish(), sha256("abc"));
}

TEST(Hasher, IsNotDisturbedByAnotherHashOfTheSameThread) {
    Hasher hasher;
    hasher.update("a");
    sm3("in between");
    HmacSm3("key").of("in between");
    EXPECT_EQ(hasher.update("bc").finish(), sm3("abc"));
}

TEST(HmacSm3, AgreesWithThePublishedVectors) {
    const auto file = vectors::read("evpmac_sm3.txt");
    if (!file) return;
    int compared = 0;
    for (const auto& vector : file->vectors) {
        if (vectors::get(vector, "MAC") != "HMAC") continue;
        const HmacSm3 hmac(vectors::bytes(vectors::get(vector, "Key")));
        const std::string input = vectors::bytes(vectors::get(vector, "Input"));
        EXPECT_EQ(to_hex(hmac.of(input)), vectors::get(vector, "Output"));
        ++compared;
    }
    EXPECT_GE(compared, 4);
}

TEST(HmacSm3, AgreesWithAKnownAnswer) {
    EXPECT_EQ(to_hex(HmacSm3("key").of("abc")),
              "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
}

TEST(HmacSm3, AgreesWithTheSlowConstructionForKeysAndMessagesOfAllLengths) {
    for (std::size_t key_bytes = 0; key_bytes <= 130; ++key_bytes) {
        const std::string key(key_bytes, 'k');
        const HmacSm3 hmac(key);
        for (const std::size_t message_bytes : {0u, 1u, 55u, 56u, 63u, 64u, 65u, 250u, 1000u}) {
            const std::string message(message_bytes, 'm');
            ASSERT_EQ(hmac.of(message), slow_hmac(HashName::kSm3, key, message)) << key_bytes;
            ASSERT_EQ(hmac_sha256(key, message), slow_hmac(HashName::kSha256, key, message))
                << key_bytes;
        }
    }
}

TEST(HmacSm3, AnswersManyThreadsAtOnce) {
    const HmacSm3 hmac("one key for all");
    std::vector<Digest> expected;
    for (int i = 0; i < 500; ++i)
        expected.push_back(slow_hmac(HashName::kSm3, "one key for all", std::to_string(i)));
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([&hmac, &expected, &count] {
            for (std::size_t i = 0; i < expected.size(); ++i)
                count += hmac.of(std::to_string(i)) != expected[i];
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(HmacSha256, AgreesWithRfc4231) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, SurvivesTheWayThroughHexadecimal) {
    const Digest digest = sm3("abc");
    EXPECT_EQ(digest_from_hex(to_hex(digest)).value(), digest);
    std::string upper = to_hex(digest);
    for (char& c : upper)
        c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(digest_from_hex(upper).value(), digest);
    EXPECT_EQ(digest_from_bytes(bytes_of(digest)).value(), digest);
}

TEST(Digest, RefusesWhatIsNotADigest) {
    const std::string good(64, 'a');
    for (const std::string& bad :
         {std::string(), good.substr(1), good + "a", good.substr(1) + "g", good.substr(1) + " ",
          "0x" + good.substr(2), good.substr(2) + "-1"}) {
        const auto digest = digest_from_hex(bad);
        ASSERT_FALSE(digest.ok()) << bad;
        EXPECT_EQ(digest.error().code, Code::kInvalid);
    }
    EXPECT_FALSE(digest_from_bytes(std::string(31, 'a')).ok());
    EXPECT_FALSE(digest_from_bytes(std::string(33, 'a')).ok());
    EXPECT_FALSE(digest_from_bytes("").ok());
}

TEST(HashName, IsReadAsItIsWritten) {
    for (const HashName name : {HashName::kSm3, HashName::kSha256}) {
        EXPECT_EQ(parse_hash_name(to_string(name)).value(), name);
    }
    for (const char* bad : {"", "SM3", "md5", "sha-256", "sm3 "})
        EXPECT_FALSE(parse_hash_name(bad).ok()) << bad;
}

TEST(ConstantTimeComparison, TellsEqualFromDifferent) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
    EXPECT_FALSE(equal_in_constant_time("secret", "Secret"));
    EXPECT_FALSE(equal_in_constant_time("secret", "secre"));
    EXPECT_FALSE(equal_in_constant_time("", "s"));
}

}  // namespace
}  // namespace shu::crypto
