// Masks: how a value is shown to those who may know that it exists but not what it is.
// standards.md 12.3.
#include <array>

#include "record/dataset.h"

namespace shu::record {

namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kAddressBytesMax =
    72;  // 24 Chinese characters: a division's name stands at the front of an address

bool is_ascii(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

// Bytes of the first character; a malformed one counts as 0 and is then hidden with the rest.
std::size_t first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80    ? 1
                               : lead >= 0xF0 ? 4
                               : lead >= 0xE0 ? 3
                               : lead >= 0xC2 ? 2
                                              : 0;
    if (length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    return length;
}

// The first `head` and last `tail` characters with stars between; a value too short to keep
// anything hidden is hidden whole.
void append_ends(std::string& out, std::string_view value, std::size_t head, std::size_t tail) {
    if (!is_ascii(value) || value.size() < head + tail + 2) {
        out += kHidden;
        return;
    }
    out += value.substr(0, head);
    out.append(value.size() - head - tail, '*');
    out += value.substr(value.size() - tail);
}

void append_name(std::string& out, std::string_view value) {
    const std::size_t first = first_character(value);
    if (first < value.size()) out += value.substr(0, first);
    out += '*';
}

// Where the first `marker` ends at or after `from`; 0 if there is none.
std::size_t end_of(std::string_view text, std::string_view marker, std::size_t from) {
    const std::size_t at = text.find(marker, from);
    return at == std::string_view::npos ? 0 : at + marker.size();
}

// A district ends with 区 or 县, but 小区, 社区, 园区, 校区 and 厂区 are places inside one.
std::size_t end_of_district(std::string_view text, std::size_t from) {
    static constexpr std::array<std::string_view, 5> places = {"小区", "社区", "园区", "校区",
                                                               "厂区"};
    std::size_t end = end_of(text, "区", from);
    for (const auto place : places)
        if (end != 0 && text.substr(0, end).ends_with(place)) end = 0;
    const std::size_t county = end_of(text, "县", from);
    return end == 0 || (county != 0 && county < end) ? county : end;
}

// Bytes of the address up to and including its street or township, else its district, city or
// province.
std::size_t division_part(std::string_view address) {
    const std::string_view head = address.substr(0, kAddressBytesMax);
    std::size_t kept = end_of(head, "省", 0);
    if (kept == 0) kept = end_of(head, "自治区", 0);
    if (const auto city = end_of(head, "市", kept)) kept = city;
    if (const auto district = end_of_district(head, kept)) kept = district;
    const auto street = end_of(head, "街道", kept);
    if (street != 0) return street;
    if (kept == 0) return 0;  // a lone 镇 or 乡 may be part of a name
    const auto town = end_of(head, "镇", kept);
    const auto township = end_of(head, "乡", kept);
    if (town != 0 && (township == 0 || town < township)) return town;
    return township != 0 ? township : kept;
}

void append_address(std::string& out, std::string_view value) {
    const std::size_t kept = division_part(value);
    out += value.substr(0, kept);
    if (kept < value.size()) out += kHidden;
}

}  // namespace

void append_masked(std::string& out, Mask mask, std::string_view value) {
    if (value.empty()) return;
    switch (mask) {
        case Mask::kNone: out += value; return;
        case Mask::kIdentityNumber: append_ends(out, value, 3, 4); return;
        case Mask::kName: append_name(out, value); return;
        case Mask::kMobile: append_ends(out, value, 3, 4); return;
        case Mask::kAddress: append_address(out, value); return;
        case Mask::kBankAccount: append_ends(out, value, 6, 4); return;
        case Mask::kAll: out += kHidden; return;
    }
}

std::string masked(Mask mask, std::string_view value) {
    std::string out;
    append_masked(out, mask, value);
    return out;
}

}  // namespace shu::record
