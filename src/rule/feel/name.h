// Names of FEEL: which characters make them, and their one spelling. DMN 1.5 10.3.1.2 rules 27 to
// 30, 10.3.1.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shu::rule {

/// One code point of UTF-8 and its length in bytes; a malformed byte counts as U+FFFD of length 1,
/// the end as 0.
struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;
};
CodePoint code_point_at(std::string_view text, std::size_t at);
void append_utf8(std::string& out, char32_t value);

bool is_space(char32_t c);
bool is_name_start(char32_t c);
bool is_name_part(char32_t c);

/// The name with single spaces between its words and none around it.
std::string normalised_name(std::string_view text);

/// Whether a name can stand in FEEL text where no scope knows it: words of letters, digits and `_`.
bool is_plain_name(std::string_view name);

/// If `text` at `at` spells `name` (any white space for each of its spaces) and the name ends
/// there: the bytes it takes, else 0.
std::size_t match_name(std::string_view text, std::size_t at, std::string_view name);

/// Words that end a name that no scope knows.
bool is_keyword(std::string_view word);

}  // namespace shu::rule
