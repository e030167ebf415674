#include "record/xlsx_cell.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "foundation/clock.h"
#include "foundation/limits.h"

namespace shu::record {

namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool is_plain(std::string_view text) {
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    return !digits.empty() && digits.size() <= 15 &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
}

int hexadecimal(std::string_view four) {
    int value = 0;
    const auto [end, error] = std::from_chars(four.data(), four.data() + four.size(), value, 16);
    return error == std::errc{} && end == four.data() + four.size() ? value : -1;
}

}  // namespace

bool is_date_format(std::string_view code) {
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == '"') {
            i = code.find('"', i + 1);
            if (i == std::string_view::npos) return false;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == '[') {
            const auto close = code.find(']', i);
            if (close == std::string_view::npos) return false;
            const auto inside = code.substr(i + 1, close - i - 1);
            // [h], [mm], [ss] are elapsed times; colours, conditions and languages are not.
            if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos)
                return true;
            i = close;
        } else if (std::string_view("ymdhsYMDHS").find(c) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

bool is_date_format(int builtin) {
    return (builtin >= 14 && builtin <= 22) || (builtin >= 27 && builtin <= 36) ||
           (builtin >= 45 && builtin <= 47) || (builtin >= 50 && builtin <= 58);
}

std::string number_text(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    const auto value = number_of(text);
    if (!value || std::fabs(*value) >= 1e18) return std::string(text);
    char shortest[40];
    std::snprintf(shortest, sizeof shortest, "%.15g", *value);
    const std::string_view shown(shortest);
    if (shown.find('e') == std::string_view::npos) return std::string(shown);
    // As a decimal fraction; so many places that 15 significant digits are kept.
    char plain[400];
    const int exponent = std::atoi(shortest + shown.find('e') + 1);
    std::snprintf(plain, sizeof plain, "%.*f", exponent < 0 ? std::min(14 - exponent, 340) : 0,
                  std::strtod(shortest, nullptr));
    std::string out(plain);
    if (out.find('.') == std::string::npos) return out;
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.')) out.pop_back();
    return out;
}

std::optional<std::string> date_text(std::string_view text, bool is_1904) {
    const auto value = number_of(text);
    if (!value || *value < 0 || *value >= 2'958'466) return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(std::llround(*value * kSecondsOfDay));
    std::int64_t days = seconds / kSecondsOfDay;
    const std::int64_t rest = seconds % kSecondsOfDay;
    char clock[16];
    std::snprintf(clock, sizeof clock, "%02d:%02d:%02d", static_cast<int>(rest / 3'600),
                  static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
    if (days == 0 && rest != 0) return std::string(clock);
    std::string day;
    if (is_1904) {
        day = to_string(date_from_days(days_since_epoch({1904, 1, 1}) + days));
    } else if (days == 60) {
        day = "1900-02-29";
    } else {
        if (days > 60) --days;
        day = to_string(date_from_days(days_since_epoch({1899, 12, 31}) + days));
    }
    return rest == 0 ? day : day + " " + clock;
}

std::string iso_date_text(std::string_view text) {
    std::string out(text);
    if (out.size() <= 10 || out[10] != 'T') return out;
    const std::string_view rest = text.substr(11);
    if (rest.starts_with("00:00:00") && rest.find_first_not_of("0:.Z") == std::string_view::npos)
        return out.substr(0, 10);
    out[10] = ' ';
    return out;
}

std::string unescaped(std::string text) {
    std::size_t at = text.find("_x");
    while (at != std::string::npos && at + 7 <= text.size()) {
        const int code =
            text[at + 6] == '_' ? hexadecimal(std::string_view(text).substr(at + 2, 4)) : -1;
        // Line ends, tabs and the underscore itself; nothing that could hide in a text.
        if (code == '\n' || code == '\r' || code == '\t' || code == '_')
            text.replace(at, 7, 1, static_cast<char>(code));
        at = text.find("_x", at + 1);
    }
    return text;
}

int column_of(std::string_view reference) {
    std::int64_t column = 0;
    std::size_t letters = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        if (++letters > 3) return -1;
        column = column * 26 + (c - 'A' + 1);
    }
    return letters == 0 || column > limits::xlsx_columns_max ? -1 : static_cast<int>(column) - 1;
}

std::string column_name(int column) {
    std::string out;
    for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return out;
}

}  // namespace shu::record
