// Values of spreadsheet cells as the texts that collection checks. ISO/IEC 29500-1 18.3.1.4,
// 18.8.30, 18.17.4. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shu::record {

/// True if a number under this format is a day or a time: it has y, m, d, h or s outside quotes,
/// escapes and brackets.
bool is_date_format(std::string_view code);
/// The same of the formats that every application knows by number; of Chinese Excel too.
bool is_date_format(int builtin);

/// What a spreadsheet shows of a number: 15 significant digits, no exponent. `text` itself when it
/// is no finite number below 10^18.
std::string number_text(std::string_view text);

/// The day, "2026-01-31", or with a part of a day "2026-01-31 08:30:00"; below one day
/// "08:30:00". Days are counted from 1899-12-31 with the 29 February 1900 that there never was, or
/// from 1904-01-01. None where `text` is no number of a day from 0 to 9999-12-31.
std::optional<std::string> date_text(std::string_view text, bool is_1904);

/// An ISO 8601 date and time (cells of type d) as date_text() writes it.
std::string iso_date_text(std::string_view text);

/// Characters that XML cannot hold stand as _xHHHH_. 22.9.2.19.
std::string unescaped(std::string text);

/// The number from 0 of the column of "B7", or -1; past limits::xlsx_columns_max -1 too.
int column_of(std::string_view reference);

/// "A", "B", ... "AA" of a column's number from 0.
std::string column_name(int column);

}  // namespace shu::record
