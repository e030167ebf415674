#include "record/file_format.h"

#include <string>
#include <utility>

#include "foundation/text.h"

namespace shu::record {

namespace {

constexpr std::pair<std::string_view, FileFormat> kEndings[] = {
    {".csv", FileFormat::kCsv},         {".txt", FileFormat::kCsv},
    {".tsv", FileFormat::kTsv},         {".tab", FileFormat::kTsv},
    {".jsonl", FileFormat::kJsonLines}, {".ndjson", FileFormat::kJsonLines},
    {".json", FileFormat::kJsonLines},  {".xlsx", FileFormat::kXlsx},
    {".xlsm", FileFormat::kXlsx},
};

constexpr std::pair<std::string_view, FileFormat> kContentTypes[] = {
    {"text/csv", FileFormat::kCsv},
    {"text/tab-separated-values", FileFormat::kTsv},
    {"application/jsonl", FileFormat::kJsonLines},
    {"application/x-jsonlines", FileFormat::kJsonLines},
    {"application/x-ndjson", FileFormat::kJsonLines},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", FileFormat::kXlsx},
};

constexpr std::string_view kRefused[] = {".xls", ".xlsb", ".ods", ".et", ".pdf",
                                         ".doc", ".docx", ".zip", ".rar"};

}  // namespace

std::string_view to_string(FileFormat format) {
    switch (format) {
        case FileFormat::kCsv: return "csv";
        case FileFormat::kTsv: return "tsv";
        case FileFormat::kJsonLines: return "jsonl";
        case FileFormat::kXlsx: return "xlsx";
    }
    return "";
}

Result<FileFormat> file_format_from(std::string_view name) {
    for (const auto format :
         {FileFormat::kCsv, FileFormat::kTsv, FileFormat::kJsonLines, FileFormat::kXlsx})
        if (to_string(format) == name) return format;
    return corrupt("`" + std::string(name) + "` is no file format");
}

Result<FileFormat> recognise_format(std::string_view file_name, std::string_view content_type) {
    const std::string name = text::lower(text::trim(file_name));
    for (const auto& [ending, format] : kEndings)
        if (name.ends_with(ending)) return format;
    for (const auto ending : kRefused)
        if (name.ends_with(ending))
            return invalid("不能采集 " + std::string(ending) +
                           " 文件，请另存为 .xlsx、.csv、.tsv 或 .jsonl");
    const std::string type =
        text::lower(text::trim(content_type.substr(0, content_type.find(';'))));
    for (const auto& [known, format] : kContentTypes)
        if (type == known) return format;
    return FileFormat::kCsv;
}

}  // namespace shu::record
