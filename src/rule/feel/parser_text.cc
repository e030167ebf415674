// The parser's view of characters: white space, comments, symbols, words, strings.
#include "rule/feel/parser.h"

namespace shu::rule {

NodeId Parser::fail(std::string reason) {
    return fail_at(at_, std::move(reason));
}

NodeId Parser::fail_at(std::size_t at, std::string reason) {
    if (!failed()) mistake_ = {static_cast<std::uint32_t>(at), std::move(reason), false};
    return kNoNode;
}

void Parser::skip() {
    for (;;) {
        const CodePoint c = code_point_at(text_, at_);
        if (c.bytes != 0 && is_space(c.value)) {
            at_ += c.bytes;
        } else if (text_.substr(at_, 2) == "//") {
            const std::size_t end = text_.find('\n', at_);
            at_ = end == std::string_view::npos ? text_.size() : end + 1;
        } else if (text_.substr(at_, 2) == "/*") {
            const std::size_t end = text_.find("*/", at_ + 2);
            at_ = end == std::string_view::npos ? text_.size() : end + 2;
        } else {
            return;
        }
    }
}

bool Parser::at_end() {
    skip();
    return at_ >= text_.size();
}

bool Parser::peek(std::string_view symbol) {
    skip();
    return text_.substr(at_, symbol.size()) == symbol;
}

bool Parser::take(std::string_view symbol) {
    if (!peek(symbol)) return false;
    at_ += symbol.size();
    return true;
}

bool Parser::expect(std::string_view symbol) {
    if (failed()) return false;
    if (take(symbol)) return true;
    fail("'" + std::string(symbol) + "' is missing before " + snippet());
    return false;
}

bool Parser::peek_word(std::string_view word) {
    if (!peek(word)) return false;
    const CodePoint next = code_point_at(text_, at_ + word.size());
    return next.bytes == 0 || !is_name_part(next.value);
}

bool Parser::take_word(std::string_view word) {
    if (!peek_word(word)) return false;
    at_ += word.size();
    return true;
}

bool Parser::take_words(std::string_view first, std::string_view second) {
    const std::size_t start = at_;
    if (take_word(first) && take_word(second)) return true;
    at_ = start;
    return false;
}

bool Parser::expect_word(std::string_view word) {
    if (failed()) return false;
    if (take_word(word)) return true;
    fail("'" + std::string(word) + "' is missing before " + snippet());
    return false;
}

std::string Parser::snippet() const {
    if (at_ >= text_.size()) return "the end";
    std::size_t end = at_;
    for (int i = 0; i < 12 && end < text_.size(); ++i)
        end += code_point_at(text_, end).bytes;
    return "'" + std::string(text_.substr(at_, end - at_)) + "'";
}

// Words one after the other up to a symbol or a keyword: the longest name that could be meant where
// no scope knows it.
std::string Parser::greedy_name() {
    std::string out;
    for (;;) {
        const std::size_t before = at_;
        skip();
        CodePoint c = code_point_at(text_, at_);
        if (c.bytes == 0 || !(out.empty() ? is_name_start(c.value) : is_name_part(c.value))) {
            at_ = before;
            return out;
        }
        const std::size_t start = at_;
        while (c.bytes != 0 && is_name_part(c.value)) {
            at_ += c.bytes;
            c = code_point_at(text_, at_);
        }
        const std::string_view word = text_.substr(start, at_ - start);
        if (is_keyword(word) && !out.empty()) {
            at_ = before;
            return out;
        }
        if (!out.empty()) out.push_back(' ');
        out += word;
    }
}

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The code point of `digits` hexadecimal digits; nothing if there are fewer.
std::optional<char32_t> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    char32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int digit = hex_digit(text[at + i]);
        if (digit < 0) return std::nullopt;
        value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
}

// One escape after its backslash; `at` moves past it. DMN 1.5 10.3.1.2 rule 64.
bool take_escape(std::string_view text, std::size_t& at, std::string& out) {
    const char c = at < text.size() ? text[at] : '\0';
    static constexpr std::string_view kPlain = "\"'\\";
    if (c == 'n')
        out.push_back('\n');
    else if (c == 't')
        out.push_back('\t');
    else if (c == 'r')
        out.push_back('\r');
    else if (kPlain.find(c) != std::string_view::npos && c != '\0')
        out.push_back(c);
    else if (c == 'u' || c == 'U') {
        const std::size_t digits = c == 'u' ? 4 : 6;
        auto value = hex_at(text, at + 1, digits);
        if (!value) return false;
        at += digits + 1;
        if (*value >= 0xD800 && *value < 0xDC00 && text.substr(at, 2) == "\\u") {
            const auto low = hex_at(text, at + 2, 4);
            if (low && *low >= 0xDC00 && *low < 0xE000) {
                *value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
                at += 6;
            }
        }
        if (*value > 0x10FFFF || (*value >= 0xD800 && *value < 0xE000)) return false;
        append_utf8(out, *value);
        return true;
    } else {
        out.push_back('\\');  // an unknown escape stands for itself: patterns are written "\d"
        return true;
    }
    ++at;
    return true;
}

}  // namespace

std::optional<std::string> Parser::string_literal() {
    skip();
    const std::size_t start = at_;
    if (!take("\"")) return std::nullopt;
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] != '\\') {
            out.push_back(text_[at_++]);
            continue;
        }
        ++at_;
        if (!take_escape(text_, at_, out)) {
            fail("an escape that denotes no character");
            return std::nullopt;
        }
    }
    if (at_ >= text_.size()) {
        fail_at(start, "the string is not closed");
        return std::nullopt;
    }
    ++at_;
    return out;
}

// A name that stands before `end` (':' of an entry, an argument or a parameter), whatever symbols
// it holds.
std::optional<std::string> Parser::name_before(char end) {
    skip();
    std::size_t here = at_;
    const CodePoint first = code_point_at(text_, here);
    if (first.bytes == 0 || !is_name_start(first.value)) return std::nullopt;
    static constexpr std::string_view kSymbols = "./-'+*";
    while (here < text_.size() && text_[here] != end) {
        const CodePoint c = code_point_at(text_, here);
        const bool symbol =
            c.value < 0x80 && kSymbols.find(static_cast<char>(c.value)) != std::string_view::npos;
        if (!is_name_part(c.value) && !is_space(c.value) && !symbol) return std::nullopt;
        here += c.bytes;
    }
    if (here >= text_.size()) return std::nullopt;
    std::string out = normalised_name(text_.substr(at_, here - at_));
    at_ = here;
    return out;
}

std::pair<std::uint32_t, std::uint32_t> line_and_column(std::string_view text,
                                                        std::uint32_t offset) {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    for (std::size_t at = 0; at < offset && at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte == '\n') {
            ++line;
            column = 1;
        } else if ((byte & 0xC0U) != 0x80U) {
            ++column;
        }
    }
    return {line, column};
}

}  // namespace shu::rule
