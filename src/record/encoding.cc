#include "record/encoding.h"

#include <cstring>
#include <string>

#include "foundation/text.h"

namespace shu::record {

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
        case Encoding::kUndecided: return "";
        case Encoding::kUtf8: return "utf-8";
        case Encoding::kGb18030: return "gb18030";
    }
    return "";
}

Encoding encoding_from(std::string_view name) {
    if (name == "utf-8") return Encoding::kUtf8;
    return name == "gb18030" ? Encoding::kGb18030 : Encoding::kUndecided;
}

bool is_ascii(std::string_view bytes) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, at, 8);
        if ((eight & 0x8080808080808080U) != 0) return false;
    }
    for (; left > 0; ++at, --left)
        if (static_cast<unsigned char>(*at) >= 0x80) return false;
    return true;
}

Result<Encoding> detect_encoding(std::string_view prefix) {
    if (prefix.starts_with("\xEF\xBB\xBF")) return Encoding::kUtf8;
    if (prefix.starts_with("\xFF\xFE") || prefix.starts_with("\xFE\xFF"))
        return invalid("文件是 UTF-16 编码，请另存为 UTF-8 编码的 CSV");
    if (prefix.starts_with("PK\x03\x04"))
        return invalid("文件是 Excel 工作簿，请以 .xlsx 结尾的文件名上传");
    if (prefix.starts_with("\xD0\xCF\x11\xE0"))
        return invalid("文件是旧版或加密的 Excel 工作簿，请另存为不加密的 .xlsx");
    if (prefix.starts_with("%PDF-")) return invalid("文件是 PDF，请提供 CSV");
    std::size_t utf8 = 0, gb18030 = 0;
    while (!prefix.empty()) {
        const std::size_t end = prefix.find('\n');
        if (end == std::string_view::npos && utf8 + gb18030 > 0) break;  // the last line may be cut
        const auto line = prefix.substr(0, end);
        prefix.remove_prefix(end == std::string_view::npos ? prefix.size() : end + 1);
        if (is_ascii(line)) continue;
        if (text::is_utf8(line))
            ++utf8;
        else if (text::from_gb18030(line).ok())
            ++gb18030;
    }
    if (utf8 == 0 && gb18030 == 0) return Encoding::kUndecided;
    return gb18030 > utf8 ? Encoding::kGb18030 : Encoding::kUtf8;
}

bool Decoder::decode(std::string_view bytes, Arena& arena, std::string_view& out) {
    out = bytes;
    if (is_ascii(bytes)) return true;
    if (encoding_ != Encoding::kGb18030 && text::is_utf8(bytes)) {
        encoding_ = Encoding::kUtf8;
        return true;
    }
    if (encoding_ == Encoding::kUtf8) return false;
    const auto converted = text::from_gb18030(bytes);
    if (!converted.ok()) return false;
    encoding_ = Encoding::kGb18030;
    out = arena.copy(*converted);
    return true;
}

}  // namespace shu::record
