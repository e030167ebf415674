#include "record/sample.h"

#include <algorithm>
#include <vector>

#include "foundation/text.h"

namespace shu::record {
namespace {

constexpr int kRows = 2;
constexpr std::size_t kListedCodes = 60;  // of a code table, in the description

/// `first` and the check character that makes it right. GB 11643-1999 4, GB 32100-2015 4.
std::string completed(ContentCheck check, const std::string& first) {
    for (const char c : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY"))
        if (check_content(check, first + c).ok()) return first + c;
    return first;
}

std::string sample_text(const Field& field, int row, std::string_view division) {
    const std::string serial = std::to_string(row + 1);
    switch (field.check) {
        case ContentCheck::kIdentityNumber:
            return completed(field.check, "2101991990010199" + serial);
        case ContentCheck::kCreditCode: return completed(field.check, "91210199MA000000" + serial);
        case ContentCheck::kMobile: return "1380000000" + serial;
        case ContentCheck::kPostcode: return "11000" + serial;
        case ContentCheck::kDivision: {
            const std::size_t digits = field.length > 0 && field.length < 12
                                           ? static_cast<std::size_t>(field.length)
                                           : division.size();
            return std::string(division.substr(0, digits));
        }
        case ContentCheck::kNone: break;
    }
    const std::string example = (field.mask == Mask::kName ? "示例甲" : "示例") + serial;
    const auto most = field.length > 0 ? static_cast<std::size_t>(field.length) : example.size();
    return text::characters(example) <= most ? example : serial;
}

std::string sample_value(const Field& field, const Declarations& declarations, int row,
                         std::string_view division) {
    const std::string serial = std::to_string(row + 1);
    switch (field.type) {
        case FieldType::kText: return sample_text(field, row, division);
        case FieldType::kInteger: return serial;
        case FieldType::kDecimal: return field.scale > 0 ? serial + ".5" : serial;
        case FieldType::kMoney: return serial + "00.00";
        case FieldType::kDate: return "2024-05-0" + serial;
        case FieldType::kInstant: return "2024-05-0" + serial + " 08:30:00";
        case FieldType::kBoolean: return row == 0 ? "是" : "否";
        case FieldType::kCode: {
            const auto table = declarations.code_tables.find(field.codes);
            if (table == declarations.code_tables.end() || table->second->values.empty()) return "";
            const auto& values = table->second->values;
            return values[static_cast<std::size_t>(row) % values.size()].code;
        }
    }
    return "";
}

void append_row(std::string& out, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += ',';
        append_csv_cell(out, cells[i]);
    }
    out += "\r\n";
}

/// `1 男性；2 女性`, cut after kListedCodes.
std::string listed_codes(const CodeTable& table) {
    std::string listed;
    for (std::size_t i = 0; i < table.values.size() && i < kListedCodes; ++i) {
        if (i > 0) listed += "；";
        listed += table.values[i].code + " " + table.values[i].name;
    }
    if (table.values.size() > kListedCodes)
        listed += "；… 共 " + std::to_string(table.values.size()) + " 项";
    return listed;
}

std::string number_or_empty(int number) {
    return number > 0 ? std::to_string(number) : std::string();
}

}  // namespace

void append_csv_cell(std::string& out, std::string_view value) {
    out += '"';
    if (!value.empty() && std::string_view("=+-@\t").find(value.front()) != std::string_view::npos)
        out += '\'';
    for (const char c : value) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

std::string sample_csv(const Dataset& dataset, const Declarations& declarations, Heading heading,
                       std::string_view division) {
    std::string out(kByteOrderMark);
    std::vector<std::string> cells;
    for (const Field& field : dataset.fields)
        cells.push_back(heading == Heading::kNames ? field.name : field.code);
    append_row(out, cells);
    for (int row = 0; row < kRows; ++row) {
        cells.clear();
        for (const Field& field : dataset.fields)
            cells.push_back(sample_value(field, declarations, row, division));
        append_row(out, cells);
    }
    return out;
}

std::string field_description_csv(const Dataset& dataset, const Declarations& declarations) {
    std::string out(kByteOrderMark);
    append_row(out, {"代码 code", "名称 name", "英文名称 name_en", "类型 type", "长度 length",
                     "小数位 scale", "必填 required", "主键 key", "校验 check", "代码表 codes",
                     "可取的代码 values", "数据分级 level", "标准 standard"});
    for (const Field& field : dataset.fields) {
        const auto& key = dataset.key;
        const bool is_key = std::find(key.begin(), key.end(), field.code) != key.end();
        const auto table = declarations.code_tables.find(field.codes);
        append_row(out,
                   {field.code, field.name, field.name_en, std::string(to_string(field.type)),
                    number_or_empty(field.length), number_or_empty(field.scale),
                    field.required || is_key ? "是" : "否", is_key ? "是" : "否",
                    std::string(to_string(field.check)), field.codes,
                    table == declarations.code_tables.end() ? "" : listed_codes(*table->second),
                    std::to_string(field.level), field.standard});
    }
    return out;
}

}  // namespace shu::record
