// The examples of the SM2 standard and what the tests of SM2 share.
#pragma once

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>

#include "foundation/crypto/sm2.h"
#include "foundation/crypto/vectors_test.h"

namespace shu::crypto {

// GB/T 32918.5-2017 A.1, A.2, A.3
inline const std::string kScalar =
    vectors::unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
inline const std::string kPoint = vectors::unhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
inline const std::string kSignature = vectors::unhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
inline const std::string kCiphertext = vectors::unhex(
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa");

inline const std::string kOrder =
    vectors::unhex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
inline const std::string kPrime =
    vectors::unhex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");

inline Sm2Key key_of_the_standard() {
    return Sm2Key::from_scalar(kScalar).value();
}

template <typename T>
Code code_of(const Result<T>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Code::kUnavailable : result.error().code;
}

// `number`, 32 bytes big endian, and a small step.
inline std::string plus(std::string number, int step) {
    for (std::size_t i = number.size(); i-- > 0 && step != 0;) {
        const int sum = static_cast<unsigned char>(number[i]) + step;
        number[i] = static_cast<char>(sum & 0xff);
        step = sum >> 8;
    }
    return number;
}

inline const std::string kZero(32, '\0');
inline const std::string kOne = plus(kZero, 1);

// Nothing that failed may stay in the error queue of OpenSSL, where TLS would trip over it.
class Sm2 : public testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(ERR_peek_error(), 0u); }
};

}  // namespace shu::crypto
