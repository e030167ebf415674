#include "http/request_parser.h"

#include <gtest/gtest.h>

#include "foundation/limits.h"

namespace shu::http {
namespace {

using Outcome = HeadParser::Outcome;

int refusal_of(const std::string& bytes) {
    HeadParser parser;
    return parser.parse(bytes) == Outcome::kRefused ? parser.refusal().status : 0;
}

std::string with_fields(const std::string& fields, const std::string& line = "POST /x HTTP/1.1") {
    return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

TEST(HeadParser, ReadsARequestThatArrivesByteByByte) {
    const std::string bytes = "GET /a/b?c=d HTTP/1.1\r\nHost: city:80\r\nX-One:  1 \r\n\r\nrest";
    HeadParser parser;
    const std::size_t head = bytes.size() - 4;
    for (std::size_t n = 1; n < head; ++n) {
        ASSERT_EQ(parser.parse(std::string_view(bytes).substr(0, n)), Outcome::kIncomplete) << n;
    }
    ASSERT_EQ(parser.parse(bytes), Outcome::kComplete);
    EXPECT_EQ(parser.head_bytes(), head);
    EXPECT_EQ(parser.head().method, "GET");
    EXPECT_EQ(parser.head().path, "/a/b");
    EXPECT_EQ(parser.head().query, "c=d");
    EXPECT_EQ(parser.head().host, "city:80");
    EXPECT_EQ(parser.head().field("x-ONE"), "1");
    EXPECT_TRUE(parser.head().keep_alive);
    EXPECT_FALSE(parser.head().has_body());
}

TEST(HeadParser, BeginsAnewAfterEachRequest) {
    HeadParser parser;
    ASSERT_EQ(parser.parse(with_fields("Content-Length: 7\r\n")), Outcome::kComplete);
    EXPECT_EQ(parser.head().content_length, 7U);
    ASSERT_EQ(parser.parse("\r\nGET / HTTP/1.0\r\n\r\n"), Outcome::kComplete);
    EXPECT_EQ(parser.head().content_length, 0U);
    EXPECT_TRUE(parser.head().http_1_0);
    EXPECT_FALSE(parser.head().keep_alive);
    EXPECT_EQ(parser.head().field("Host"), "");
}

TEST(HeadParser, RefusesWhatTwoReadersCouldFrameDifferently) {
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 5\r\nContent-Length: 6\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 5, 5\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: +5\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: -1\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 0x5\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: \r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 99999999999999999999\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
    EXPECT_EQ(
        refusal_of(with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
        400);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: gzip, chunked\r\n")), 501);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: identity\r\n")), 501);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: xchunked\r\n")), 501);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding : chunked\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked\r\n", "POST /x HTTP/1.0")), 400);
}

TEST(HeadParser, RefusesLinesThatOtherReadersEndElsewhere) {
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\nHost: a\n\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of(with_fields("X: a\r\n b\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("X: a\r\n\tb\r\n")), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of(with_fields("X: a\rb\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields(std::string("X: a\0b\r\n", 8))), 400);
    EXPECT_EQ(refusal_of(with_fields(": nameless\r\n")), 400);
    EXPECT_EQ(refusal_of(with_fields("no colon\r\n")), 400);
    EXPECT_EQ(refusal_of("\rXGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << "not an empty line";
    EXPECT_EQ(refusal_of("\r\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(HeadParser, RefusesMissingAndDoubleHosts) {
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of(with_fields("Host: b\r\n")), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"), 400);
}

TEST(HeadParser, RefusesMalformedRequestLines) {
    EXPECT_EQ(refusal_of("GET\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
    EXPECT_EQ(refusal_of("GET / HTTP/0.9\r\nHost: a\r\n\r\n"), 505);
    EXPECT_EQ(refusal_of("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)),
              400);
    EXPECT_EQ(refusal_of(with_fields("Expect: miracles\r\n")), 417);
}

TEST(HeadParser, TakesTheAuthorityOfAnAbsoluteTargetForTheHost) {
    HeadParser parser;
    ASSERT_EQ(parser.parse("GET http://city.example:8080/a?b HTTP/1.1\r\nHost: other\r\n\r\n"),
              Outcome::kComplete);
    EXPECT_EQ(parser.head().host, "city.example:8080");
    EXPECT_EQ(parser.head().path, "/a");
    EXPECT_EQ(parser.head().query, "b");
    ASSERT_EQ(parser.parse("GET http://city.example?b HTTP/1.1\r\nHost: other\r\n\r\n"),
              Outcome::kComplete);
    EXPECT_EQ(parser.head().path, "/");
    EXPECT_EQ(parser.head().query, "b");
}

TEST(HeadParser, NamesTheLimitThatWasPassed) {
    EXPECT_EQ(refusal_of("GET /" + std::string(limits::http_header_bytes_max, 'a')), 414);
    EXPECT_EQ(refusal_of("GET /" + std::string(limits::http_target_bytes_max, 'a') +
                         " HTTP/1.1\r\nHost: a\r\n\r\n"),
              414);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nX: " +
                         std::string(limits::http_header_bytes_max, 'a')),
              431);
    std::string many;
    for (std::size_t i = 0; i <= limits::http_headers_max; ++i)
        many += "X: 1\r\n";
    EXPECT_EQ(refusal_of(with_fields(many)), 431);
}

std::string decode(const std::string& bytes, std::size_t piece, ChunkDecoder::Outcome& outcome,
                   std::size_t* used_all = nullptr) {
    ChunkDecoder decoder;
    std::string body;
    std::size_t at = 0;
    outcome = ChunkDecoder::Outcome::kMore;
    while (at < bytes.size() && outcome == ChunkDecoder::Outcome::kMore) {
        std::size_t used = 0;
        outcome = decoder.decode(std::string_view(bytes).substr(at, piece), used, body, 1'000);
        at += used;
        if (used == 0) break;
    }
    if (used_all != nullptr) *used_all = at;
    return body;
}

TEST(ChunkDecoder, DecodesWhateverThePieces) {
    const std::string bytes =
        "4\r\nWiki\r\n6;name=\"v\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\nGET";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        ChunkDecoder::Outcome outcome{};
        std::size_t used = 0;
        EXPECT_EQ(decode(bytes, piece, outcome, &used), "Wikipedia in \r\n\r\nchunks.") << piece;
        EXPECT_EQ(outcome, ChunkDecoder::Outcome::kDone);
        EXPECT_EQ(used, bytes.size() - 3);
    }
}

TEST(ChunkDecoder, RefusesEverythingElse) {
    for (const std::string bytes :
         {"g\r\n", "\r\n", "-1\r\n", "1\n", "1\r\nab", "1\r\na\n", "1 \r\n", "0x1\r\n", "1\r\r\n",
          "1\r\na\r\n;\r\n", "0\r\nX\n", "1111111111111111\r\n"}) {
        ChunkDecoder::Outcome outcome{};
        decode(bytes, bytes.size(), outcome);
        EXPECT_EQ(outcome, ChunkDecoder::Outcome::kRefused) << bytes;
    }
    ChunkDecoder::Outcome outcome{};
    decode("1;" + std::string(1'000, 'x'), 100, outcome);
    EXPECT_EQ(outcome, ChunkDecoder::Outcome::kRefused);
}

TEST(ChunkDecoder, StopsWhereTheBodyIsFull) {
    ChunkDecoder decoder;
    std::string body;
    std::size_t used = 0;
    EXPECT_EQ(decoder.decode("8\r\nabcdefgh\r\n", used, body, 5), ChunkDecoder::Outcome::kMore);
    EXPECT_EQ(body, "abcde");
    EXPECT_EQ(used, 8U);
}

TEST(DecodePath, RefusesWhatCouldMeanAnotherPath) {
    std::string storage;
    std::string_view path;
    for (const char* raw :
         {"/a/../b", "/..", "/.", "/a/%2e%2e/b", "/%2E", "/a%2fb", "/a%2Fb", "/a%00b", "/a%0ab",
          "/a%", "/a%4", "/a%zz", "/%ff", "/\xff", "/a\\b", "/a%5cb", "/a\x7f"}) {
        EXPECT_FALSE(decode_path(raw, storage, path)) << raw;
    }
    ASSERT_TRUE(decode_path("/%E6%B2%88%E9%98%B3/a..b/.c", storage, path));
    EXPECT_EQ(path, "/沈阳/a..b/.c");
    ASSERT_TRUE(decode_path("/plain", storage, path));
    EXPECT_EQ(path, "/plain");
}

}  // namespace
}  // namespace shu::http
