// Feeds arbitrary bytes to the reading of requests: heads whole and in pieces, chunked bodies,
// paths, and the fields that handlers and files read.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "foundation/text.h"
#include "http/dispatcher.h"
#include "http/file_body.h"
#include "http/request_parser.h"
#include "http/response_bytes.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

/// A head says the same in whatever pieces it arrives.
void parse_in_pieces(std::string_view bytes, std::size_t piece) {
    shu::http::HeadParser whole;
    const auto expected = whole.parse(bytes);
    shu::http::HeadParser slow;
    auto outcome = shu::http::HeadParser::Outcome::kIncomplete;
    for (std::size_t n = piece; outcome == shu::http::HeadParser::Outcome::kIncomplete;
         n += piece) {
        outcome = slow.parse(bytes.substr(0, n));
        if (n >= bytes.size()) break;
    }
    require(outcome == expected);
    if (expected != shu::http::HeadParser::Outcome::kComplete) return;
    require(whole.head_bytes() == slow.head_bytes() && whole.head_bytes() <= bytes.size());
    const shu::http::Head& head = whole.head();
    require(head.target == slow.head().target && head.content_length == slow.head().content_length);
    require(!(head.chunked && head.content_length > 0));
    for (const auto& field : head.fields) {
        require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    }
    std::string decoded;
    std::string_view path;
    if (shu::http::decode_path(head.path, decoded, path)) {
        require(path.starts_with('/') && path.find("/../") == std::string_view::npos &&
                !path.ends_with("/.."));
        require(path.find('\0') == std::string_view::npos);
    }
}

/// What handlers read of a request: cookies, parameters, cursors, conditions, its origin.
void read_request(std::string_view bytes) {
    shu::http::HeadParser parser;
    if (parser.parse(bytes) != shu::http::HeadParser::Outcome::kComplete) return;
    shu::http::ReceivedRequest request(parser.head());
    request.method = shu::http::Method::kPost;
    request.query = parser.head().query;
    (void)request.cookie("session");
    (void)request.page_limit();
    (void)request.page_cursor();
    const auto value = request.query_parameter("q");
    require(!value.ok() || !*value || shu::text::is_utf8(**value));
    (void)shu::http::origin_allowed(request);
    (void)shu::http::etag_listed(request.header("If-None-Match"), "\"tag\"");
}

/// Ranges and codings of a file, against its size.
void read_file(std::string_view bytes) {
    constexpr std::int64_t kFileBytes = 1'000;
    static const std::string path = [] {
        std::string name = "/tmp/shu-http-fuzz-XXXXXX";
        const int descriptor = ::mkstemp(name.data());
        require(::ftruncate(descriptor, kFileBytes) == 0);
        ::close(descriptor);
        return name;
    }();
    shu::http::HeadParser parser;
    if (parser.parse(bytes) != shu::http::HeadParser::Outcome::kComplete) return;
    const shu::http::ReceivedRequest request(parser.head());
    if (request.header("Range").empty() && request.header("Accept-Encoding").empty()) return;
    shu::http::Response response;
    response.file = path;
    const auto body = shu::http::open_file(request, response);
    require(response.status == 200 || response.status == 206 || response.status == 416);
    if (!body) return;
    require(body->left() >= 0 && body->left() <= kFileBytes);
    std::string piece;
    if (body->left() > 0) require(body->next(piece));
}

void decode_chunks(std::string_view bytes, std::size_t piece) {
    shu::http::ChunkDecoder decoder;
    std::string body;
    while (!bytes.empty()) {
        std::size_t used = 0;
        const auto outcome = decoder.decode(bytes.substr(0, piece), used, body, 4'096);
        require(used <= bytes.size() && body.size() <= 4'096);
        if (outcome != shu::http::ChunkDecoder::Outcome::kMore || used == 0) return;
        bytes.remove_prefix(used);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = data[0] % 64 + 1U;
    parse_in_pieces(bytes, piece);
    decode_chunks(bytes, piece);
    read_request(bytes);
    read_file(bytes);
    return 0;
}
