// Feeds arbitrary bytes to the reading of requests: heads whole and in pieces, chunked bodies,
// paths.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/request_parser.h"

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
    return 0;
}
