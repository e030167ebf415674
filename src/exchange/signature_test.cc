#include "exchange/signature.h"

#include <gtest/gtest.h>

#include "foundation/text.h"

namespace shu::exchange {
namespace {

const SignatureHeaders kHeaders{.client_id = "client",
                                .timestamp = "1795253400000",
                                .nonce = "nonce-1234",
                                .algorithm = {},
                                .signature = {}};

std::string text_of(const SignedRequest& request) {
    std::string text;
    EXPECT_TRUE(append_signed_text(text, request, kHeaders).ok());
    return text;
}

TEST(SignatureTest, the_signed_text_has_seven_lines_and_a_sorted_query) {
    EXPECT_EQ(
        text_of({.method = "GET", .path = "/gateway/person", .query = "z=1&a=2&a=1", .body = ""}),
        "GET\n/gateway/person\na=1&a=2&z=1\n" + crypto::to_hex(crypto::sm3("")) +
            "\nclient\n1795253400000\nnonce-1234");
    EXPECT_EQ(kEmptyBodyHash, crypto::to_hex(crypto::sm3("")));
}

TEST(SignatureTest, every_part_of_the_request_changes_the_signed_text) {
    const SignedRequest request{.method = "GET", .path = "/p", .query = "a=1", .body = ""};
    for (const SignedRequest& other :
         {SignedRequest{"POST", "/p", "a=1", ""}, SignedRequest{"GET", "/q", "a=1", ""},
          SignedRequest{"GET", "/p", "a=2", ""}, SignedRequest{"GET", "/p", "a=1", "x"}})
        EXPECT_NE(text_of(request), text_of(other));
}

TEST(SignatureTest, a_signature_holds_for_its_text_and_key_only) {
    const crypto::HmacSm3 mac("secret");
    const std::string signature = sign(mac, "text");
    EXPECT_EQ(signature, text::to_base64(crypto::bytes_of(mac.of("text"))));
    EXPECT_TRUE(is_signed_by(mac, "text", signature));
    EXPECT_FALSE(is_signed_by(mac, "texT", signature));
    EXPECT_FALSE(is_signed_by(crypto::HmacSm3("other"), "text", signature));
    EXPECT_FALSE(is_signed_by(mac, "text", ""));
    EXPECT_FALSE(is_signed_by(mac, "text", signature.substr(1)));
    EXPECT_FALSE(is_signed_by(mac, "text", signature + "="));
}

TEST(SignatureTest, timestamps_are_plain_digits_within_the_window) {
    for (const char* wrong : {"", "-1", "1.5", "1e9", " 1", "1234567890123456", "0x10"})
        EXPECT_EQ(parse_timestamp(wrong), -1) << wrong;
    EXPECT_EQ(parse_timestamp("1795253400000"), 1795253400000);
    const std::int64_t now = 1795253400000;
    EXPECT_TRUE(is_within_window(now - limits::signature_window_ms, now));
    EXPECT_TRUE(is_within_window(now + limits::signature_window_ms, now));
    EXPECT_FALSE(is_within_window(now - limits::signature_window_ms - 1, now));
    EXPECT_FALSE(is_within_window(now + limits::signature_window_ms + 1, now));
}

TEST(SignatureTest, nonces_are_8_to_64_unreserved_characters) {
    EXPECT_TRUE(is_nonce("abcdefgh"));
    EXPECT_TRUE(is_nonce(std::string(64, 'a')));
    for (const std::string& wrong :
         {std::string("abcdefg"), std::string(65, 'a'), std::string("abcdefg\n"),
          std::string("abcdefg\""), std::string("汉字汉字")})
        EXPECT_FALSE(is_nonce(wrong)) << wrong;
}

TEST(SignatureTest, too_many_parameters_are_refused) {
    std::string query = "a=1";
    for (std::size_t i = 0; i < limits::gateway_query_pieces_max; ++i)
        query += "&a=1";
    std::string text;
    EXPECT_FALSE(append_signed_text(
                     text, {.method = "GET", .path = "/", .query = query, .body = ""}, kHeaders)
                     .ok());
}

}  // namespace
}  // namespace shu::exchange
