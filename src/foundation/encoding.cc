// The character encodings of text.h: UTF-8 (RFC 3629) and GB 18030.
#include <iconv.h>

#include <cerrno>
#include <cstring>

#include "foundation/text.h"

namespace shu::text {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080U;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

bool is_continuation(unsigned byte) {
    return (byte & 0xC0U) == 0x80U;
}

/// Where the run of ASCII that begins at `at` ends.
std::size_t skip_ascii(std::string_view bytes, std::size_t at) {
    while (at + sizeof(std::uint64_t) <= bytes.size()) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data() + at, sizeof eight);
        if ((eight & kHighBits) != 0) break;
        at += sizeof eight;
    }
    while (at < bytes.size() && byte_at(bytes, at) < 0x80)
        ++at;
    return at;
}

/// The length of the well-formed sequence of two to four bytes at `at`, or 0. Unicode 15 table 3-7:
/// the second byte's range keeps out overlong forms, surrogates and what lies past U+10FFFF.
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
    const unsigned first = byte_at(bytes, at);
    const std::size_t length = first < 0xC2   ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0 || at + length > bytes.size()) return 0;
    const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    const unsigned second = byte_at(bytes, at + 1);
    if (second < least || second > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_continuation(byte_at(bytes, at + i))) return 0;
    return length;
}

/// A conversion of the C library, one thread at a time.
class Converter {
 public:
    Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {}
    ~Converter() {
        if (is_open()) ::iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    // iconv_open marks failure by the pointer -1.
    bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    /// Converts all of `from`. Returns 0, or errno with `from` standing at the malformed byte.
    int run(std::string_view& from, std::string& to) {
        ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);  // back to the initial state
        to.resize(from.size() * 2 + 4);             // two or four bytes become at most four
        char* in = const_cast<char*>(from.data());  // iconv does not write there
        std::size_t in_bytes = from.size();
        char* out = to.data();
        std::size_t out_bytes = to.size();
        const bool failed =
            ::iconv(handle_, &in, &in_bytes, &out, &out_bytes) == static_cast<std::size_t>(-1);
        const int number = failed ? errno : 0;
        to.resize(to.size() - out_bytes);
        from.remove_prefix(from.size() - in_bytes);
        return number;
    }

 private:
    iconv_t handle_;
};

}  // namespace

std::size_t utf8_prefix(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (byte_at(bytes, at) < 0x80) {
            at = skip_ascii(bytes, at);
            continue;
        }
        const std::size_t length = sequence_length(bytes, at);
        if (length == 0) return at;
        at += length;
    }
    return at;
}

bool is_utf8(std::string_view bytes) {
    return utf8_prefix(bytes) == bytes.size();
}

std::string with_replacements(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        const std::size_t good = utf8_prefix(bytes);
        out.append(bytes.substr(0, good));
        bytes.remove_prefix(good);
        if (bytes.empty()) break;
        out.append("\xEF\xBF\xBD");
        bytes.remove_prefix(1);
    }
    return out;
}

std::size_t characters(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i)
        count += is_continuation(byte_at(utf8, i)) ? 0 : 1;
    return count;
}

std::string_view first_characters(std::string_view utf8, std::size_t count) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        if (is_continuation(byte_at(utf8, i))) continue;
        if (count-- == 0) return utf8.substr(0, i);
    }
    return utf8;
}

Result<std::string> from_gb18030(std::string_view bytes) {
    if (skip_ascii(bytes, 0) == bytes.size()) return std::string(bytes);
    // Opening a conversion costs more than converting a line, so each thread keeps its own.
    static thread_local Converter converter("UTF-8", "GB18030");
    if (!converter.is_open())
        return unavailable(
            "the system's C library cannot read GB 18030; install its gconv modules");
    std::string utf8;
    std::string_view rest = bytes;
    const int failed = converter.run(rest, utf8);
    if (failed == 0 && is_utf8(utf8)) return utf8;
    const std::string position = std::to_string(bytes.size() - rest.size() + 1);
    if (failed == EINVAL) return invalid("byte " + position + ": a GB 18030 character is cut off");
    return invalid("byte " + position + ": not GB 18030");
}

}  // namespace shu::text
