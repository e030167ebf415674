#include "exchange/signature.h"

#include <algorithm>
#include <array>

#include "foundation/text.h"

namespace shu::exchange {
namespace {

constexpr std::size_t kNonceBytesMin = 8;
constexpr std::size_t kTimestampDigitsMax = 15;

bool is_nonce_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '~' || c == '-';
}

Result<void> append_sorted(std::string& out, std::string_view query) {
    std::array<std::string_view, limits::gateway_query_pieces_max> pieces;
    std::size_t count = 0;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        if (count == pieces.size())
            return invalid("the query has more than " + std::to_string(pieces.size()) +
                           " parameters");
        pieces[count++] = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    std::sort(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += '&';
        out += pieces[i];
    }
    return {};
}

/// Base64 of a digest into a fixed buffer: no allocation on the hot path.
std::array<char, kSignatureCharacters> base64_of(const crypto::Digest& digest) {
    static constexpr char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<char, kSignatureCharacters> out{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < digest.size(); i += 3) {
        const std::uint32_t second = i + 1 < digest.size() ? digest[i + 1] : 0u;
        const std::uint32_t third = i + 2 < digest.size() ? digest[i + 2] : 0u;
        const std::uint32_t bits = (std::uint32_t{digest[i]} << 16) | (second << 8) | third;
        for (int shift = 18; shift >= 0; shift -= 6)
            out[at++] = alphabet[(bits >> shift) & 63];
    }
    out.back() = '=';  // 32 bytes leave one character of padding
    return out;
}

}  // namespace

bool is_nonce(std::string_view text) {
    return text.size() >= kNonceBytesMin && text.size() <= limits::nonce_bytes_max &&
           std::ranges::all_of(text, is_nonce_character);
}

std::int64_t parse_timestamp(std::string_view text) {
    if (text.empty() || text.size() > kTimestampDigitsMax) return -1;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

bool is_within_window(std::int64_t timestamp_ms, std::int64_t now_ms) {
    return timestamp_ms >= now_ms - limits::signature_window_ms &&
           timestamp_ms <= now_ms + limits::signature_window_ms;
}

Result<void> append_signed_text(std::string& out, const SignedRequest& request,
                                const SignatureHeaders& headers) {
    out += request.method;
    out += '\n';
    out += request.path;
    out += '\n';
    SHU_CHECK(append_sorted(out, request.query));
    out += '\n';
    if (request.body.empty())
        out += kEmptyBodyHash;
    else
        out += crypto::to_hex(crypto::sm3(request.body));
    out += '\n';
    out += headers.client_id;
    out += '\n';
    out += headers.timestamp;
    out += '\n';
    out += headers.nonce;
    return {};
}

void append_signed_context(std::string& out, std::string_view grant, std::string_view matter) {
    if (!grant.empty()) {
        out += "\nX-Grant-Id:";
        out += grant;
    }
    if (!matter.empty()) {
        out += "\nX-Matter-Code:";
        out += matter;
    }
}

bool is_signed_by(const crypto::HmacSm3& mac, std::string_view text,
                  std::string_view signature_base64) {
    const auto expected = base64_of(mac.of(text));
    return crypto::equal_in_constant_time({expected.data(), expected.size()}, signature_base64);
}

std::string sign(const crypto::HmacSm3& mac, std::string_view text) {
    const auto signature = base64_of(mac.of(text));
    return {signature.data(), signature.size()};
}

}  // namespace shu::exchange
