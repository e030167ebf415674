#include "record/xlsx_workbook.h"

#include <charconv>
#include <map>
#include <set>

#include "foundation/text.h"
#include "record/xlsx_cell.h"

namespace shu::record {

namespace {

struct Relation {
    std::string type;  // the last word of its address: both editions of the standard have the same
    std::string target;
};
using Relations = std::map<std::string, Relation, std::less<>>;  // by id

int integer_or(std::string_view text, int otherwise) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

class RelationsHandler final : public XmlHandler {
 public:
    Relations found;

    Result<void> start(std::string_view name, XmlAttributes attributes) override {
        if (name != "Relationship" || attributes.value("TargetMode") == "External") return {};
        const auto type = attributes.value("Type");
        found[std::string(attributes.value("Id"))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                      std::string(attributes.value("Target"))};
        return {};
    }
    Result<void> end(std::string_view) override { return {}; }
    Result<void> text(std::string_view) override { return {}; }
};

struct SheetName {
    std::string name;
    std::string relation;
    bool is_hidden = false;
};

class WorkbookHandler final : public XmlHandler {
 public:
    std::vector<SheetName> sheets;
    bool is_1904 = false;

    Result<void> start(std::string_view name, XmlAttributes attributes) override {
        if (name == "workbookPr") {
            const auto value = attributes.value("date1904");
            is_1904 = value == "1" || value == "true" || value == "on";
        }
        if (name != "sheet") return {};
        if (sheets.size() == limits::xlsx_sheets_max) return invalid("工作簿里的工作表太多");
        const auto state = attributes.value("state");
        sheets.push_back({std::string(attributes.value("name")),
                          std::string(attributes.value("id")),
                          state == "hidden" || state == "veryHidden"});
        return {};
    }
    Result<void> end(std::string_view) override { return {}; }
    Result<void> text(std::string_view) override { return {}; }
};

class StylesHandler final : public XmlHandler {
 public:
    std::vector<bool> is_date;

    Result<void> start(std::string_view name, XmlAttributes attributes) override {
        if (name == "numFmt") {
            const int id = integer_or(attributes.value("numFmtId"), -1);
            if (is_date_format(attributes.value("formatCode")))
                own_dates_.insert(id);
            else
                own_others_.insert(id);
        } else if (name == "cellXfs") {
            inside_ = true;
        } else if (name == "xf" && inside_) {
            if (is_date.size() == limits::xlsx_styles_max) return invalid("工作簿的单元格样式太多");
            const int id = integer_or(attributes.value("numFmtId"), 0);
            is_date.push_back(own_dates_.contains(id) ||
                              (!own_others_.contains(id) && is_date_format(id)));
        }
        return {};
    }
    Result<void> end(std::string_view name) override {
        if (name == "cellXfs") inside_ = false;
        return {};
    }
    Result<void> text(std::string_view) override { return {}; }

 private:
    std::set<int> own_dates_, own_others_;
    bool inside_ = false;
};

class TextsHandler final : public XmlHandler {
 public:
    explicit TextsHandler(SharedTexts& texts) : texts_(texts) {}

    Result<void> start(std::string_view name, XmlAttributes) override {
        if (name == "si") current_.clear();
        if (name == "rPh") is_phonetic_ = true;
        is_text_ = name == "t" && !is_phonetic_;
        return {};
    }
    Result<void> end(std::string_view name) override {
        is_text_ = false;
        if (name == "rPh") is_phonetic_ = false;
        if (name != "si") return {};
        texts_.add(unescaped(current_));
        if (texts_.size() > limits::xlsx_strings_max ||
            texts_.bytes() > limits::xlsx_strings_bytes_max)
            return invalid("工作簿里的文字太多，请另存为 CSV 再上传");
        return {};
    }
    Result<void> text(std::string_view piece) override {
        // One byte more than a field may have tells that it is too long.
        if (is_text_ && current_.size() <= limits::csv_field_bytes_max)
            current_ += piece.substr(0, limits::csv_field_bytes_max + 1 - current_.size());
        return {};
    }

 private:
    SharedTexts& texts_;
    std::string current_;
    bool is_text_ = false;
    bool is_phonetic_ = false;
};

std::string folder_of(std::string_view part) {
    const auto slash = part.rfind('/');
    return slash == std::string_view::npos ? "" : std::string(part.substr(0, slash + 1));
}

// ISO/IEC 29500-2 9.3: the relations of a part, its targets resolved against the part's folder.
Result<Relations> relations_of(const ZipArchive& archive, const std::string& part) {
    const std::string folder = folder_of(part);
    const auto* entry = archive.find(folder + "_rels/" + part.substr(folder.size()) + ".rels");
    RelationsHandler handler;
    if (entry != nullptr)
        SHU_CHECK(read_xml(archive, *entry, limits::xlsx_part_bytes_max, handler));
    for (auto& [id, relation] : handler.found) {
        std::string& target = relation.target;
        if (target.starts_with('/')) {
            target.erase(0, 1);
            continue;
        }
        std::string at = folder;
        while (target.starts_with("../") || target.starts_with("./")) {
            const bool up = target.starts_with("../");
            target.erase(0, up ? 3 : 2);
            if (up && !at.empty()) at = folder_of(std::string_view(at).substr(0, at.size() - 1));
        }
        target.insert(0, at);
    }
    return std::move(handler.found);
}

const Relation* of_type(const Relations& relations, std::string_view type) {
    for (const auto& [id, relation] : relations)
        if (relation.type == type) return &relation;
    return nullptr;
}

Result<std::string> sheet_part(const std::vector<SheetName>& sheets, const Relations& relations,
                               std::string_view wanted) {
    std::string names;
    for (const auto& sheet : sheets) {
        const auto found = relations.find(sheet.relation);
        if (found == relations.end() || found->second.type != "worksheet") continue;  // a chart
        if (wanted.empty() ? !sheet.is_hidden : sheet.name == wanted) return found->second.target;
        if (!names.empty()) names += "、";
        names += "“" + std::string(text::first_characters(sheet.name, 31)) + "”";
    }
    if (wanted.empty()) return invalid("工作簿里没有可见的工作表");
    return invalid("工作簿里没有名为“" + std::string(text::first_characters(wanted, 31)) +
                   "”的工作表；有：" + std::string(text::first_characters(names, 400)));
}

}  // namespace

Result<Workbook> read_workbook(const ZipArchive& archive, std::string_view sheet) {
    const auto package = SHU_TRY(relations_of(archive, ""));
    const Relation* main = of_type(package, "officeDocument");
    const std::string part = main == nullptr ? "xl/workbook.xml" : main->target;
    const auto* entry = archive.find(part);
    if (entry == nullptr) return invalid("文件不是 Excel 工作簿（.xlsx）");
    WorkbookHandler names;
    SHU_CHECK(read_xml(archive, *entry, limits::xlsx_part_bytes_max, names));
    const auto relations = SHU_TRY(relations_of(archive, part));
    Workbook book;
    book.is_1904 = names.is_1904;
    book.sheet_part = SHU_TRY(sheet_part(names.sheets, relations, sheet));
    if (const Relation* styles = of_type(relations, "styles"))
        if (const auto* there = archive.find(styles->target)) {
            StylesHandler handler;
            SHU_CHECK(read_xml(archive, *there, limits::xlsx_part_bytes_max, handler));
            book.style_is_date = std::move(handler.is_date);
        }
    if (const Relation* texts = of_type(relations, "sharedStrings"))
        if (const auto* there = archive.find(texts->target)) {
            TextsHandler handler(book.texts);
            SHU_CHECK(read_xml(archive, *there, limits::xlsx_sheet_bytes_max, handler));
        }
    return book;
}

}  // namespace shu::record
