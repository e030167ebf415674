// Headers and canonical text of signed requests, from any bytes.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "exchange/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shu::exchange;
    static const shu::crypto::HmacSm3 mac("secret");
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    auto piece = [&rest] {
        const std::string_view taken = rest.substr(0, rest.find('\x1f'));
        rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
        return taken;
    };
    const SignedRequest request{
        .method = "GET", .path = piece(), .query = piece(), .body = piece()};
    const SignatureHeaders headers{.client_id = piece(),
                                   .timestamp = piece(),
                                   .nonce = piece(),
                                   .algorithm = piece(),
                                   .signature = piece()};
    const std::int64_t timestamp = parse_timestamp(headers.timestamp);
    if (timestamp < -1) __builtin_trap();
    if (is_nonce(headers.nonce) && headers.nonce.size() > shu::limits::nonce_bytes_max)
        __builtin_trap();
    std::string text;
    if (!append_signed_text(text, request, headers).ok()) return 0;
    if (!is_signed_by(mac, text, sign(mac, text))) __builtin_trap();
    if (is_signed_by(mac, text, headers.signature) &&
        headers.signature.size() != kSignatureCharacters)
        __builtin_trap();
    return 0;
}
