// The two ways SM2 results are written: fixed fields one after the other, and DER (GB/T 35276-2017
// 7; X.690 8, 10).

#include <optional>

#include "foundation/crypto/sm2.h"
#include "foundation/limits.h"

namespace shu::crypto {
namespace {

constexpr std::size_t kNumberBytes = 32;
constexpr std::size_t kCiphertextHeadBytes = 1 + 2 * kNumberBytes + 32;  // 04 || x1 || y1 || C3

constexpr char kInteger = 0x02;
constexpr char kOctets = 0x04;
constexpr char kSequence = 0x30;

// The order of the group (GB/T 32918.5-2017 2).
constexpr std::string_view kOrder(
    "\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\x72\x03\xdf\x6b\x21\xc6\x05\x2b\x53\xbb\xf4\x09\x39\xd5\x41\x23",
    kNumberBytes);

bool is_negative(std::string_view number) {
    return (number.front() & 0x80) != 0;
}

std::string element(char tag, std::string_view content) {
    std::string bytes(1, tag);
    if (content.size() < 0x80) {
        bytes.push_back(static_cast<char>(content.size()));
    } else {
        std::string length;
        for (std::size_t rest = content.size(); rest > 0; rest >>= 8) {
            length.insert(length.begin(), static_cast<char>(rest & 0xff));
        }
        bytes.push_back(static_cast<char>(0x80 | length.size()));
        bytes += length;
    }
    return bytes.append(content);
}

// A whole number that is not negative, big endian, in the fewest bytes (X.690 8.3).
std::string integer(std::string_view number) {
    while (number.size() > 1 && number.front() == 0)
        number.remove_prefix(1);
    std::string content(number);
    if (is_negative(content)) content.insert(content.begin(), 0);
    return element(kInteger, content);
}

// Reads elements from the front. Accepts DER only: every length in its shortest form.
class Reader {
 public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    bool is_at_end() const { return rest_.empty(); }

    std::optional<std::string_view> element(char tag) {
        if (rest_.size() < 2 || rest_[0] != tag) return std::nullopt;
        std::size_t length = byte(1);
        std::size_t head = 2;
        if (length >= 0x80) {
            const std::size_t count = length - 0x80;
            if (count < 1 || count > 3 || rest_.size() < head + count) return std::nullopt;
            length = 0;
            for (std::size_t i = 0; i < count; ++i)
                length = length << 8 | byte(head + i);
            if (length < 0x80 || length >> (8 * (count - 1)) == 0) return std::nullopt;
            head += count;
        }
        if (rest_.size() - head < length) return std::nullopt;
        const std::string_view content = rest_.substr(head, length);
        rest_.remove_prefix(head + length);
        return content;
    }

    /// A number of at most 32 bytes, as 32 bytes.
    std::optional<std::string> integer() {
        std::optional<std::string_view> content = element(kInteger);
        if (!content || content->empty() || is_negative(*content)) return std::nullopt;
        if (content->size() > 1 && content->front() == 0) {
            content->remove_prefix(1);
            if (!is_negative(*content)) return std::nullopt;  // the zero was not needed
        }
        if (content->size() > kNumberBytes) return std::nullopt;
        return std::string(kNumberBytes - content->size(), '\0').append(*content);
    }

 private:
    std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(rest_[at]); }

    std::string_view rest_;
};

// GB/T 32918.2-2016 7.1 B1, B2. Compares as unsigned bytes, which is what string_view does.
bool is_in_range(std::string_view number) {
    return number < kOrder && number.find_first_not_of('\0') != std::string_view::npos;
}

Result<void> check_signature(std::string_view raw) {
    if (raw.size() != 2 * kNumberBytes) return invalid("an SM2 signature is r || s, 64 bytes");
    if (!is_in_range(raw.substr(0, kNumberBytes)) || !is_in_range(raw.substr(kNumberBytes))) {
        return invalid("r and s of an SM2 signature lie between 1 and n-1");
    }
    return {};
}

Result<void> check_ciphertext(std::string_view raw) {
    if (raw.size() <= kCiphertextHeadBytes || raw.front() != 4) {
        return invalid("an SM2 ciphertext is 04 || x1 || y1 || C3 || C2, at least 98 bytes");
    }
    if (raw.size() - kCiphertextHeadBytes > limits::sm2_message_bytes_max) {
        return invalid("an SM2 ciphertext holds at most 64 KiB; seal longer messages with SM4");
    }
    return {};
}

}  // namespace

Result<std::string> signature_to_der(std::string_view raw) {
    SHU_CHECK(check_signature(raw));
    return element(kSequence,
                   integer(raw.substr(0, kNumberBytes)) + integer(raw.substr(kNumberBytes)));
}

Result<std::string> signature_from_der(std::string_view der) {
    Reader outer(der);
    const auto content = outer.element(kSequence);
    if (!content || !outer.is_at_end()) return invalid("not a DER sequence of r and s");
    Reader inner(*content);
    const auto r = inner.integer();
    const auto s = inner.integer();
    if (!r || !s || !inner.is_at_end()) return invalid("not a DER sequence of r and s");
    std::string raw = *r + *s;
    SHU_CHECK(check_signature(raw));
    return raw;
}

Result<std::string> ciphertext_to_der(std::string_view raw) {
    SHU_CHECK(check_ciphertext(raw));
    return element(kSequence, integer(raw.substr(1, kNumberBytes)) +
                                  integer(raw.substr(1 + kNumberBytes, kNumberBytes)) +
                                  element(kOctets, raw.substr(1 + 2 * kNumberBytes, 32)) +
                                  element(kOctets, raw.substr(kCiphertextHeadBytes)));
}

Result<std::string> ciphertext_from_der(std::string_view der) {
    Reader outer(der);
    const auto content = outer.element(kSequence);
    if (!content || !outer.is_at_end()) return invalid("not a DER sequence of x, y, C3 and C2");
    Reader inner(*content);
    const auto x = inner.integer();
    const auto y = inner.integer();
    const auto c3 = inner.element(kOctets);
    const auto c2 = inner.element(kOctets);
    if (!x || !y || !c3 || !c2 || !inner.is_at_end() || c3->size() != 32) {
        return invalid("not a DER sequence of x, y, C3 and C2");
    }
    std::string raw = "\x04" + *x + *y;
    raw.append(*c3).append(*c2);
    SHU_CHECK(check_ciphertext(raw));
    return raw;
}

}  // namespace shu::crypto
