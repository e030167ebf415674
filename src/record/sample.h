// Files that show a department what a dataset's collection accepts.
#pragma once

#include <string>
#include <string_view>

#include "record/records.h"

namespace shu::record {

enum class Heading { kNames, kCodes };  ///< the Chinese names of the fields, or their codes

/// A CSV file with two synthetic rows that the collection takes: UTF-8 with a byte order mark, so
/// that spreadsheets open it, RFC 4180. `division` (12 digits) stands where a division is asked
/// for. Identity numbers and credit codes are of the unassigned division 210199.
std::string sample_csv(const Dataset& dataset, const Declarations& declarations, Heading heading,
                       std::string_view division);

/// The fields as a CSV file of the same kind: name, type, length, code table with its values, ...
std::string field_description_csv(const Dataset& dataset, const Declarations& declarations);

/// Appends one RFC 4180 cell. A leading = + - @ is kept from becoming a formula in a spreadsheet.
void append_csv_cell(std::string& out, std::string_view value);

/// What a CSV file begins with so that spreadsheets read it as UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace shu::record
