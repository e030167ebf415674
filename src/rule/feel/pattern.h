// Regular expressions of XPath and XQuery Functions 3.1, 5.6, over XML Schema's: for matches,
// replace and split.
//
// A backtracking machine with its own stack and a step limit: no pattern and no text can exhaust
// the thread's stack or run for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"

namespace shu::rule {

class Pattern {
 public:
    /// `flags` of s, m, i, x, q. Errors: Invalid with the reason; Exhausted for too large a
    /// pattern.
    static Result<Pattern> compile(std::string_view pattern, std::string_view flags);

    struct Span {
        std::size_t begin = std::string::npos;
        std::size_t end = std::string::npos;
        bool matched() const { return begin != std::string::npos; }
    };
    /// The whole match first, then each group; positions in code points.
    using Match = std::vector<Span>;

    /// The first match at or after `from`. Errors: Exhausted when the search takes too many steps.
    Result<std::optional<Match>> search(const std::u32string& text, std::size_t from) const;

    std::size_t groups() const { return groups_; }
    bool is_literal() const { return literal_; }

 private:
    friend class PatternCompiler;
    friend class PatternMachine;

    struct Set {
        struct Item {
            enum class What : std::uint8_t {
                kSpan,
                kCategories,
                kBlock,
                kNameStart,
                kNameChar
            } what = What::kSpan;
            bool negated = false;
            char32_t first = 0, last = 0;  // of a span
            std::uint32_t value = 0;       // categories as a mask, or the block
        };
        std::vector<Item> items;
        bool negated = false;
        int subtracted = -1;  // index of another set
    };
    enum class Code : std::uint8_t {
        kChar,
        kAny,
        kSet,
        kSplit,
        kJump,
        kSave,
        kBackreference,
        kLineStart,
        kLineEnd,
        kLoopStart,
        kLoopCheck,
        kMatch
    };
    struct Instruction {
        Code code = Code::kMatch;
        std::uint32_t a = 0;
        std::uint32_t b = 0;
    };

    bool in_set(const Set& set, char32_t c) const;
    bool set_matches(const Set& set, char32_t c) const;

    std::vector<Instruction> code_;
    std::vector<Set> sets_;
    std::size_t groups_ = 0;
    std::size_t loops_ = 0;
    bool dot_all_ = false, multiline_ = false, ignore_case_ = false, literal_ = false;
};

}  // namespace shu::rule
