// Workbooks that tests write themselves, part by part. Only tests of this folder and fuzz targets
// include this.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shu::record::testing {

using Parts = std::vector<std::pair<std::string, std::string>>;

inline void add_number(std::string& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i, value >>= 8)
        to += static_cast<char>(value & 0xff);
}

inline std::string deflated(std::string_view text) {
    z_stream state{};
    if (deflateInit2(&state, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string out(deflateBound(&state, text.size()), '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    deflate(&state, Z_FINISH);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

struct ZipOptions {
    bool is_stored = false;
    std::uint16_t flags = 0;
    bool has_wrong_checksum = false;
};

inline std::string zip(const Parts& parts, ZipOptions options = {}) {
    std::string out, directory;
    for (const auto& [name, text] : parts) {
        const auto crc =
            crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())) ^
            (options.has_wrong_checksum ? 1U : 0U);
        const std::string packed = options.is_stored ? text : deflated(text);
        std::string fields;  // that both headers have
        add_number(fields, 20, 2);
        add_number(fields, options.flags, 2);
        add_number(fields, options.is_stored ? 0 : 8, 2);
        add_number(fields, 0, 4);
        add_number(fields, crc, 4);
        add_number(fields, packed.size(), 4);
        add_number(fields, text.size(), 4);
        add_number(fields, name.size(), 2);
        add_number(fields, 0, 2);
        add_number(directory, 0x02014b50, 4);
        add_number(directory, 20, 2);
        directory += fields;
        add_number(directory, 0, 2 + 2 + 2 + 4);
        add_number(directory, out.size(), 4);
        directory += name;
        add_number(out, 0x04034b50, 4);
        out += fields + name + packed;
    }
    const std::size_t start = out.size();
    out += directory;
    add_number(out, 0x06054b50, 4);
    add_number(out, 0, 4);
    add_number(out, parts.size(), 2);
    add_number(out, parts.size(), 2);
    add_number(out, directory.size(), 4);
    add_number(out, start, 4);
    add_number(out, 0, 2);
    return out;
}

/// The parts of a workbook of these sheets (name, rows as XML). Cell style 1 is the built-in day,
/// 2 a format "yyyy年m月d日", 3 a format of numbers with a quoted letter. `texts`: of the shared
/// strings, each the inside of its <si>.
inline Parts workbook(const Parts& sheets, const std::vector<std::string>& texts = {},
                      std::string_view properties = "") {
    const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
                      main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                      office =
                          "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                      package = "http://schemas.openxmlformats.org/package/2006/relationships";
    const auto relation = [&](const std::string& id, const std::string& type,
                              const std::string& target) {
        return "<Relationship Id=\"" + id + "\" Type=\"" + office + "/" + type + "\" Target=\"" +
               target + "\"/>";
    };
    const std::string relations = head + "<Relationships xmlns=\"" + package + "\">";
    std::string list, book_relations;
    Parts parts;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        const std::string id = "rId" + std::to_string(i + 1),
                          file = "worksheets/sheet" + std::to_string(i + 1) + ".xml";
        const bool is_hidden = sheets[i].first.starts_with("hidden");
        list += "<sheet name=\"" + sheets[i].first + "\" sheetId=\"" + std::to_string(i + 1) +
                "\" r:id=\"" + id + "\"" + (is_hidden ? " state=\"hidden\"" : "") + "/>";
        book_relations += relation(id, "worksheet", file);
        parts.emplace_back("xl/" + file, head + "<worksheet xmlns=\"" + main + "\"><sheetData>" +
                                             sheets[i].second + "</sheetData></worksheet>");
    }
    book_relations += relation("rIdS", "styles", "/xl/styles.xml") +
                      relation("rIdT", "sharedStrings", "../xl/sharedStrings.xml");
    std::string strings = head + "<sst xmlns=\"" + main + "\">";
    for (const auto& text : texts)
        strings += "<si>" + text + "</si>";
    parts.emplace_back("xl/sharedStrings.xml", strings + "</sst>");
    parts.emplace_back(
        "xl/styles.xml",
        head + "<styleSheet xmlns=\"" + main +
            "\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
            "<numFmt numFmtId=\"165\" formatCode=\"0.00&quot;d&quot;\"/></numFmts>"
            "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
            "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>");
    parts.emplace_back("xl/workbook.xml", head + "<workbook xmlns=\"" + main + "\" xmlns:r=\"" +
                                              office + "\">" + std::string(properties) +
                                              "<sheets>" + list + "</sheets></workbook>");
    parts.emplace_back("xl/_rels/workbook.xml.rels",
                       relations + book_relations + "</Relationships>");
    parts.emplace_back(
        "_rels/.rels",
        relations + relation("r1", "officeDocument", "xl/workbook.xml") + "</Relationships>");
    return parts;
}

/// A row of inline texts.
inline std::string text_row(std::int64_t number, const std::vector<std::string>& texts) {
    std::string out = "<row r=\"" + std::to_string(number) + "\">";
    for (std::size_t i = 0; i < texts.size(); ++i)
        out += "<c r=\"" + std::string(1, static_cast<char>('A' + i)) + std::to_string(number) +
               "\" t=\"inlineStr\"><is><t>" + texts[i] + "</t></is></c>";
    return out + "</row>";
}

}  // namespace shu::record::testing
