#include "foundation/text.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace shu::text {
namespace {

std::string encoded(std::uint32_t point) {
    std::string out;
    if (point < 0x80) return std::string(1, static_cast<char>(point));
    if (point < 0x800) {
        out += static_cast<char>(0xC0 | point >> 6);
    } else {
        if (point < 0x10000) {
            out += static_cast<char>(0xE0 | point >> 12);
        } else {
            out += static_cast<char>(0xF0 | point >> 18);
            out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
        }
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    }
    return out + static_cast<char>(0x80 | (point & 0x3F));
}

TEST(Utf8Test, every_scalar_value_is_accepted_and_every_surrogate_refused) {
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point)
        ASSERT_EQ(is_utf8(encoded(point)), point < 0xD800 || point > 0xDFFF) << std::hex << point;
    EXPECT_FALSE(is_utf8(encoded(0x110000)));
}

TEST(Utf8Test, every_pair_of_bytes_is_judged_as_the_standard_says) {
    for (unsigned a = 0; a < 256; ++a)
        for (unsigned b = 0; b < 256; ++b) {
            const std::string pair = {static_cast<char>(a), static_cast<char>(b)};
            const bool right =
                (a < 0x80 && b < 0x80) || (a >= 0xC2 && a <= 0xDF && b >= 0x80 && b <= 0xBF);
            ASSERT_EQ(is_utf8(pair), right) << std::hex << a << " " << b;
        }
}

TEST(Utf8Test, overlong_forms_are_refused) {
    for (const char* bytes :
         {"\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
          "\xF0\x8F\xBF\xBF", "\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80", "\xFE", "\xFF"})
        EXPECT_FALSE(is_utf8(bytes)) << to_hex(bytes);
}

TEST(Utf8Test, sequences_cut_off_are_refused_wherever_they_stand) {
    const std::string four = encoded(0x20087);
    for (std::size_t keep = 1; keep < 4; ++keep) {
        EXPECT_FALSE(is_utf8(four.substr(0, keep)));
        EXPECT_FALSE(is_utf8(four.substr(0, keep) + "abcdefgh"));
        EXPECT_FALSE(is_utf8(four.substr(keep)));
    }
}

TEST(Utf8Test, a_bad_byte_is_found_at_every_offset_of_the_fast_path) {
    for (std::size_t size = 1; size < 40; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            std::string bytes(size, 'a');
            bytes[at] = '\xFF';
            ASSERT_EQ(utf8_prefix(bytes), at);
            bytes[at] = '\x80';
            ASSERT_EQ(utf8_prefix(bytes), at);
        }
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8(std::string(1'000, '\0')));
}

TEST(Utf8Test, characters_are_counted_and_cut_at_their_bounds) {
    const std::string text = "a沈阳𠂇é";
    EXPECT_EQ(characters(text), 5U);
    EXPECT_EQ(first_characters(text, 0), "");
    EXPECT_EQ(first_characters(text, 2), "a沈");
    EXPECT_EQ(first_characters(text, 4), "a沈阳𠂇");
    EXPECT_EQ(first_characters(text, 5), text);
    EXPECT_EQ(first_characters(text, 99), text);
}

TEST(Utf8Test, malformed_bytes_are_replaced_one_by_one) {
    EXPECT_EQ(with_replacements("a\xFF\xFE文\xE6"), "a\uFFFD\uFFFD文\uFFFD");
    EXPECT_EQ(with_replacements("文"), "文");
}

TEST(Gb18030Test, one_two_and_four_byte_characters) {
    EXPECT_EQ(from_gb18030("").value(), "");
    EXPECT_EQ(from_gb18030("abc,\r\n").value(), "abc,\r\n");
    EXPECT_EQ(from_gb18030("\xC9\xF2\xD1\xF4").value(), "沈阳");
    EXPECT_EQ(from_gb18030("\x81\x30\x81\x30").value(), "\u0080")
        << "the first of the four-byte characters";
    EXPECT_EQ(from_gb18030("\x95\x32\x82\x36").value(), "\U00020000")
        << "the first beyond the basic plane";
    EXPECT_EQ(from_gb18030("\x94\x39\xDA\x33").value(), "\U0001F4A9");
    EXPECT_EQ(from_gb18030("a\xC9\xF2\x81\x30\x81\x30z").value(), "a沈\u0080z");
    EXPECT_EQ(from_gb18030("\xA1\xA1").value(), "\u3000");
}

TEST(Gb18030Test, names_the_byte_that_is_wrong) {
    EXPECT_EQ(from_gb18030("ab\xC9\xF2\xFF"
                           "c")
                  .error()
                  .detail,
              "byte 5: not GB 18030");
    EXPECT_EQ(from_gb18030("a\xC9\x20").error().detail, "byte 2: not GB 18030");
    EXPECT_EQ(from_gb18030("a\xC9").error().detail, "byte 2: a GB 18030 character is cut off");
    EXPECT_EQ(from_gb18030("\x81\x30\x81").error().detail,
              "byte 1: a GB 18030 character is cut off");
    EXPECT_EQ(from_gb18030("\x81\x30\x81\x20").error().code, Code::kInvalid);
    EXPECT_EQ(from_gb18030("\xFE\x39\xFE\x39").error().detail, "byte 1: not GB 18030")
        << "beyond U+10FFFF";
}

TEST(Gb18030Test, a_failed_conversion_does_not_disturb_the_next) {
    EXPECT_FALSE(from_gb18030("\x81\x30").ok());
    EXPECT_EQ(from_gb18030("\xC9\xF2").value(), "沈");
    std::thread([] { EXPECT_EQ(from_gb18030("\xD1\xF4").value(), "阳"); }).join();
}

TEST(Gb18030Test, whatever_the_bytes_the_answer_is_utf8_or_an_error) {
    const unsigned seed = 20'261'121;
    std::mt19937 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 12, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random() % 3 == 0 ? 0x30 + random() % 10 : 0x80 + random() % 128);
        const auto text = from_gb18030(bytes);
        if (text.ok()) {
            ASSERT_TRUE(is_utf8(*text)) << "seed " << seed << ": " << to_hex(bytes);
        }
    }
}

TEST(CutTest, trim_takes_white_space_of_both_scripts) {
    EXPECT_EQ(trim(" \t\u3000 沈 阳\u3000\r\n"), "沈 阳");
    EXPECT_EQ(trim("\u3000\u3000"), "");
    EXPECT_EQ(trim(""), "");
}

TEST(CutTest, split_keeps_empty_parts_and_join_is_its_inverse) {
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(split("", ','), Parts{""});
    EXPECT_EQ(split(",a,,b,", ','), (Parts{"", "a", "", "b", ""}));
    const std::vector<std::string> parts = {"", "a", "b"};
    EXPECT_EQ(join(parts, ", "), ", a, b");
    EXPECT_EQ(join({}, ","), "");
}

TEST(CutTest, case_is_ignored_in_ascii_only) {
    EXPECT_EQ(lower("ÄBc沈"), "Äbc沈");
    EXPECT_EQ(upper("äBc"), "äBC");
    EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-type"));
    EXPECT_FALSE(equals_ignoring_case("abc", "ab"));
    EXPECT_TRUE(starts_with_ignoring_case("Bearer x", "bearer "));
    EXPECT_FALSE(starts_with_ignoring_case("Bear", "bearer"));
}

TEST(HexTest, both_ways_and_wrong_digits) {
    EXPECT_EQ(to_hex(std::string_view("\x00\xAB\xff", 3)), "00abff");
    EXPECT_EQ(from_hex("00ABff").value(), std::string("\x00\xAB\xff", 3));
    EXPECT_FALSE(from_hex("abc").ok());
    EXPECT_EQ(from_hex("0g").error().detail, "character 2 is not a hexadecimal digit");
    EXPECT_FALSE(from_hex("0x").ok());
    EXPECT_FALSE(from_hex(" 1").ok());
}

// RFC 4648 10.
TEST(Base64Test, published_vectors) {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, base64] : vectors) {
        EXPECT_EQ(to_base64(bytes), base64);
        EXPECT_EQ(from_base64(base64).value(), bytes);
        EXPECT_EQ(from_base64url(to_base64url(bytes)).value(), bytes);
    }
    EXPECT_EQ(to_base64("\xFB\xFF"), "+/8=");
    EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
}

TEST(Base64Test, each_byte_string_has_one_form_only) {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm 9", "Zm9v\n",
                             "=Zg=", "Zg==Zg==", "-_8="})
        EXPECT_FALSE(from_base64(text).ok()) << text;
    for (const char* text : {"Z", "Zg==", "Zh", "+/8", "Zm9vY"})
        EXPECT_FALSE(from_base64url(text).ok()) << text;
}

TEST(NumberTest, whole_numbers_fill_their_range_and_no_more) {
    EXPECT_EQ(parse_integer("-9223372036854775808").value(), INT64_MIN);
    EXPECT_EQ(parse_integer("+9223372036854775807").value(), INT64_MAX);
    EXPECT_EQ(parse_integer("007").value(), 7);
    EXPECT_NE(parse_integer("9223372036854775808").error().detail.find("range"), std::string::npos);
    for (const char* text : {"", "+", "-", "+-1", "--1", "1.", "1e3", " 1", "1 ", "0x1", "１"})
        EXPECT_FALSE(parse_integer(text).ok()) << text;
}

TEST(NumberTest, decimals_are_exact_at_their_scale) {
    EXPECT_EQ(parse_decimal("12.5", 2).value(), 1250);
    EXPECT_EQ(parse_decimal("-0.05", 2).value(), -5);
    EXPECT_EQ(parse_decimal("7", 0).value(), 7);
    EXPECT_EQ(parse_decimal("92233720368547758.07", 2).value(), INT64_MAX);
    EXPECT_EQ(parse_decimal("-92233720368547758.08", 2).value(), INT64_MIN);
    EXPECT_NE(parse_decimal("92233720368547758.08", 2).error().detail.find("range"),
              std::string::npos);
    EXPECT_NE(parse_decimal("1.234", 2).error().detail.find("more than 2 digits"),
              std::string::npos);
    for (const char* text : {"", ".5", "5.", "-.5", "1.2.3", "1,5", "1e2", "1.-5", "1.+5", "--1.0",
                             "+", "-", "a.5", "１.5"})
        EXPECT_FALSE(parse_decimal(text, 2).ok()) << text;
}

TEST(NumberTest, decimals_are_written_as_they_are_read) {
    EXPECT_EQ(format_decimal(1250, 2), "12.50");
    EXPECT_EQ(format_decimal(-5, 2), "-0.05");
    EXPECT_EQ(format_decimal(0, 2), "0.00");
    EXPECT_EQ(format_decimal(42, 0), "42");
    EXPECT_EQ(format_decimal(INT64_MIN, 2), "-92233720368547758.08");
    for (const std::int64_t scaled : {INT64_MIN, std::int64_t{-99}, std::int64_t{100}, INT64_MAX})
        EXPECT_EQ(parse_decimal(format_decimal(scaled, 2), 2).value(), scaled);
}

TEST(PercentTest, decoding_refuses_cut_and_wrong_escapes) {
    EXPECT_EQ(percent_decode("%E6%B2%88a+b", false).value(), "沈a+b");
    EXPECT_EQ(percent_decode("a+b%2B", true).value(), "a b+");
    EXPECT_EQ(percent_decode("%00", false).value(), std::string(1, '\0'));
    for (const char* text : {"%", "%4", "%g1", "%1g", "abc%", "%%41"})
        EXPECT_FALSE(percent_decode(text, false).ok()) << text;
    EXPECT_EQ(percent_decode("a%zz", false).error().detail,
              "character 2: '%' must be followed by two hexadecimal digits");
}

// RFC 3986 2.3.
TEST(PercentTest, encoding_keeps_unreserved_characters_only) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode("沈 /+%"), "%E6%B2%88%20%2F%2B%25");
}

TEST(WordTest, edit_distance_counts_characters) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("沈阳市", "沈阴"), 2U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("ab", "ba"), 1U);
    EXPECT_EQ(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'a')), 100'000U)
        << "not compared";
}

TEST(WordTest, nearest_finds_a_slip_and_nothing_far_away) {
    const std::vector<std::string_view> names = {"name", "fields", "mask", "名称"};
    EXPECT_EQ(nearest("feilds", names), "fields");
    EXPECT_EQ(nearest("NAME", names), "name");
    EXPECT_EQ(nearest("nmae", names), "name") << "swapped letters are one slip";
    EXPECT_EQ(nearest("nome", names), "name");
    EXPECT_EQ(nearest("nomo", names), "") << "two slips in four letters are too many";
    EXPECT_EQ(nearest("名", names), "名称");
    EXPECT_EQ(nearest("organisation", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace shu::text
