// The formats of files that are collected, and how one is told from another.
#pragma once

#include <string_view>

#include "foundation/result.h"

namespace shu::record {

enum class FileFormat { kCsv, kTsv, kJsonLines, kXlsx };

std::string_view to_string(FileFormat format);  ///< "csv", "tsv", "jsonl", "xlsx"
/// Errors: Corrupt for anything else.
Result<FileFormat> file_format_from(std::string_view name);

/// The format of an upload: what the ending of the file's name says, else its content type, else
/// CSV. The name comes first because browsers take the content type from the tables of their
/// machine, where .csv is often Excel's. Errors: Invalid, in Chinese, for endings that are not
/// collected but are often meant so (.xls, .ods, .zip...), with the remedy.
Result<FileFormat> recognise_format(std::string_view file_name, std::string_view content_type);

}  // namespace shu::record
