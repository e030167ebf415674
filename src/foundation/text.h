// Text: UTF-8, GB18030, hexadecimal, Base64 and the small cuts and joins that every parser needs.
// Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"

namespace shu::text {

/// True if `bytes` is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

/// The length of the longest well-formed UTF-8 prefix.
std::size_t utf8_prefix(std::string_view bytes);

/// The text with U+FFFD in place of every malformed byte; for messages that must quote whatever
/// came.
std::string with_replacements(std::string_view bytes);

/// Number of code points in well-formed UTF-8.
std::size_t characters(std::string_view utf8);

/// The first `count` code points.
std::string_view first_characters(std::string_view utf8, std::size_t count);

/// GB 18030-2005 to UTF-8. Errors: Invalid with the byte's position, counted from 1.
Result<std::string> from_gb18030(std::string_view bytes);

std::string_view trim(
    std::string_view text);  ///< without ASCII white space and U+3000 at both ends
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view ascii);
std::string upper(std::string_view ascii);
bool starts_with_ignoring_case(std::string_view text, std::string_view ascii_prefix);
bool equals_ignoring_case(std::string_view text, std::string_view ascii);

std::string to_hex(std::string_view bytes);                   ///< lower case
Result<std::string> from_hex(std::string_view hex);           ///< Errors: Invalid
std::string to_base64(std::string_view bytes);                ///< RFC 4648 4, with padding
Result<std::string> from_base64(std::string_view base64);     ///< padding required; Errors: Invalid
std::string to_base64url(std::string_view bytes);             ///< RFC 4648 5, without padding
Result<std::string> from_base64url(std::string_view base64);  ///< Errors: Invalid

/// A whole decimal number with optional sign. Errors: Invalid, also when it does not fit.
Result<std::int64_t> parse_integer(std::string_view text);

/// A decimal number as `scale` fixed digits: "12.5" with scale 2 is 1250. Errors: Invalid if it has
/// more digits or does not fit.
Result<std::int64_t> parse_decimal(std::string_view text, int scale);
std::string format_decimal(std::int64_t scaled, int scale);

/// Percent-decoding of one URL component; the result may be any bytes. `plus_is_space` for query
/// strings. Errors: Invalid.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);  ///< RFC 3986 unreserved characters stay

/// How far apart two short words are, in code points changed, added, dropped or swapped with their
/// neighbour; for "did you mean". Words longer than limits::word_characters_max are wholly
/// different.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, or empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace shu::text
