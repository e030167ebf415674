#include "foundation/crypto/password.h"

#include <gtest/gtest.h>

#include <set>

#include "foundation/crypto/sm3.h"
#include "foundation/text.h"

namespace shu::crypto {
namespace {

// RFC 8018 5.2, one block.
std::string slow_pbkdf2(std::string_view password, const std::string& salt, int iterations) {
    const HmacSm3 hmac(password);
    Digest last = hmac.of(salt + std::string("\0\0\0\1", 4));
    Digest sum = last;
    for (int i = 1; i < iterations; ++i) {
        last = hmac.of(bytes_of(last));
        for (std::size_t j = 0; j < sum.size(); ++j)
            sum[j] = static_cast<std::uint8_t>(sum[j] ^ last[j]);
    }
    return std::string(bytes_of(sum));
}

TEST(Password, VerifiesAgainstItsOwnHashOnly) {
    const std::string hash = hash_password("correct horse", 10);
    EXPECT_TRUE(verify_password("correct horse", hash));
    EXPECT_FALSE(verify_password("correct horse ", hash));
    EXPECT_FALSE(verify_password("Correct horse", hash));
    EXPECT_FALSE(verify_password("", hash));
    EXPECT_FALSE(verify_password(std::string_view("correct\0horse", 13), hash));
    EXPECT_TRUE(verify_password("密码", hash_password("密码", 10)));
}

TEST(Password, HasAnotherHashEachTimeBecauseOfTheSalt) {
    EXPECT_NE(hash_password("same", 10), hash_password("same", 10));
}

TEST(Password, IsHashedByPbkdf2WithHmacSm3) {
    for (const int iterations : {1, 2, 1000}) {
        const std::string hash = hash_password("a password", iterations);
        const auto parts = text::split(hash, '$');
        ASSERT_EQ(parts.size(), 4u);
        EXPECT_EQ(parts[0], "pbkdf2-sm3");
        EXPECT_EQ(parts[1], std::to_string(iterations));
        const std::string salt = text::from_base64url(parts[2]).value();
        EXPECT_EQ(salt.size(), 16u);
        EXPECT_EQ(text::from_base64url(parts[3]).value(),
                  slow_pbkdf2("a password", salt, iterations));
    }
}

TEST(Password, IsHashedWithTheIterationsOfTheHeaderUnlessToldOtherwise) {
    const std::string hash = hash_password("first password");
    EXPECT_EQ(hash.find("pbkdf2-sm3$210000$"), 0u);
    EXPECT_TRUE(verify_password("first password", hash));
}

TEST(Password, DoesNotVerifyAgainstAMalformedHash) {
    const std::string good = hash_password("p", 3);
    const auto parts = text::split(good, '$');
    const std::string salt(parts[2]), hash(parts[3]);
    const std::string cases[] = {
        "",
        "$",
        "$$$",
        "p",
        "pbkdf2-sm3$3$" + salt,
        "pbkdf2-sm3$3$" + salt + "$",
        "pbkdf2-sm3$3$$" + hash,
        "pbkdf2-sm3$0$" + salt + "$" + hash,
        "pbkdf2-sm3$-3$" + salt + "$" + hash,
        "pbkdf2-sm3$3x$" + salt + "$" + hash,
        "pbkdf2-sm3$$" + salt + "$" + hash,
        "pbkdf2-sm3$99999999999999999999$" + salt + "$" + hash,
        "pbkdf2-sm3$2147483647$" + salt + "$" + hash,
        "pbkdf2-sha256$3$" + salt + "$" + hash,
        good + "$",
        good + "A",
        good.substr(0, good.size() - 1),
        "pbkdf2-sm3$3$" + salt + "$" + std::string(43, '!'),
        "pbkdf2-sm3$3$" + std::string(4000, 'A') + "$" + hash,
    };
    ASSERT_TRUE(verify_password("p", good));
    for (const std::string& bad : cases)
        EXPECT_FALSE(verify_password("p", bad)) << bad;
}

TEST(RandomBytes, AreAsManyAsAskedAndDiffer) {
    EXPECT_EQ(random_bytes(0), "");
    EXPECT_EQ(random_bytes(1).size(), 1u);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(seen.insert(random_bytes(16)).second);
}

TEST(RandomWord, HasNoLettersThatAreMistakenForEachOther) {
    std::set<char> letters;
    for (int i = 0; i < 200; ++i) {
        const std::string word = random_word(50);
        ASSERT_EQ(word.size(), 50u);
        letters.insert(word.begin(), word.end());
    }
    for (const char confusing : std::string("0O1lI"))
        EXPECT_EQ(letters.count(confusing), 0u);
    EXPECT_EQ(letters.size(),
              57u);  // of 10,000 letters each of the 57 is missing with probability e^-175
    EXPECT_EQ(random_word(0), "");
}

}  // namespace
}  // namespace shu::crypto
