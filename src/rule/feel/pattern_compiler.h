// The compiler of patterns: recursive descent straight into instructions. Inside of
// pattern_compiler.cc.
#pragma once

#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <vector>

#include "foundation/limits.h"
#include "rule/feel/name.h"
#include "rule/feel/pattern.h"

namespace shu::rule {

class PatternCompiler {
 public:
    PatternCompiler(Pattern& out, bool ignore_space) : out_(out), ignore_space_(ignore_space) {}

    std::string why;

    void run(std::string_view text) {
        bool in_class = false;
        for (std::size_t at = 0; at < text.size();) {
            const CodePoint c = code_point_at(text, at);
            at += c.bytes;
            if (c.value == '[') in_class = true;
            if (c.value == ']') in_class = false;
            const bool space =
                c.value == ' ' || c.value == '\t' || c.value == '\n' || c.value == '\r';
            if (!(ignore_space_ && space && !in_class)) text_.push_back(c.value);
        }
        alternatives();
        if (why.empty() && at_ < text_.size()) fail("a ')' without its '('");
        emit(Pattern::Code::kMatch);
    }

 private:
    using Code = Pattern::Code;
    using Item = Pattern::Set::Item;

    void fail(std::string reason) {
        if (why.empty()) why = std::move(reason);
    }
    bool more() const { return why.empty() && at_ < text_.size(); }
    char32_t peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : 0;
    }
    bool take(char32_t c) {
        if (!more() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::size_t emit(Code code, std::size_t a = 0, std::size_t b = 0) {
        if (out_.code_.size() >= limits::rule_pattern_code_max) {
            fail("the pattern is too large");
            return 0;
        }
        out_.code_.push_back({code, static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
        return out_.code_.size() - 1;
    }
    std::size_t here() const { return out_.code_.size(); }

    void alternatives() {
        if (++depth_ > 100) fail("the pattern nests too deeply");
        std::vector<std::size_t> exits;
        for (;;) {
            const std::size_t start = here();
            branch();
            if (!take('|')) break;
            // Split before what was emitted: shift it by one.
            insert_at(start, {Code::kSplit, static_cast<std::uint32_t>(start + 1), 0});
            for (std::size_t& exit : exits)
                if (exit >= start) ++exit;
            exits.push_back(emit(Code::kJump));
            if (!why.empty()) break;
            out_.code_[start].b = static_cast<std::uint32_t>(here());
        }
        for (const std::size_t exit : exits)
            out_.code_[exit].a = static_cast<std::uint32_t>(here());
        --depth_;
    }

    // Inserts one instruction; jumps to places behind it follow.
    void insert_at(std::size_t place, Pattern::Instruction instruction) {
        if (!why.empty()) return;
        for (std::size_t i = place; i < out_.code_.size(); ++i) {
            Pattern::Instruction& code = out_.code_[i];
            if (code.code == Code::kSplit || code.code == Code::kJump) {
                if (code.a >= place) ++code.a;
                if (code.code == Code::kSplit && code.b >= place) ++code.b;
            }
        }
        out_.code_.insert(out_.code_.begin() + static_cast<std::ptrdiff_t>(place), instruction);
    }

    void branch() {
        while (more() && peek() != '|' && peek() != ')')
            piece();
    }

    void piece() {
        const std::size_t start = here();
        const bool zero_width = peek() == '^' || peek() == '$';
        atom();
        if (!more()) return;
        std::size_t least = 1;
        std::size_t most = 1;
        if (take('?'))
            least = 0;
        else if (take('*')) {
            least = 0;
            most = kUnbounded;
        } else if (take('+'))
            most = kUnbounded;
        else if (take('{'))
            counts(least, most);
        else
            return;
        if (zero_width) return fail("a quantifier after an anchor");
        const bool greedy = !take('?');
        if (more() && (peek() == '?' || peek() == '*' || peek() == '+' || peek() == '{'))
            return fail("two quantifiers one after the other");
        repeat(start, least, most, greedy);
    }

    static constexpr std::size_t kUnbounded = SIZE_MAX;
    static constexpr std::size_t kCountMax = 1'000;

    std::size_t number() {
        std::size_t value = 0;
        if (!more() || peek() < '0' || peek() > '9') fail("a number is missing in '{}'");
        while (more() && peek() >= '0' && peek() <= '9')
            value = std::min<std::size_t>(value * 10 + (text_[at_++] - '0'), kCountMax + 1);
        if (value > kCountMax) fail("a count beyond 1000");
        return value;
    }
    void counts(std::size_t& least, std::size_t& most) {
        least = most = number();
        if (take(',')) most = peek() == '}' ? kUnbounded : number();
        if (!take('}')) fail("'}' is missing");
        if (most < least) fail("a count that ends before it starts");
    }

    // The piece emitted from `start` on becomes so many copies of itself.
    void repeat(std::size_t start, std::size_t least, std::size_t most, bool greedy) {
        const std::vector<Pattern::Instruction> piece(
            out_.code_.begin() + static_cast<std::ptrdiff_t>(start), out_.code_.end());
        out_.code_.resize(start);
        const auto copy = [&] {
            const std::size_t shift = here() - start;
            for (Pattern::Instruction code : piece) {
                if (code.code == Code::kSplit || code.code == Code::kJump) {
                    code.a += static_cast<std::uint32_t>(shift);
                    if (code.code == Code::kSplit) code.b += static_cast<std::uint32_t>(shift);
                }
                emit(code.code, code.a, code.b);
            }
        };
        const auto branch_at = [&](std::size_t split, std::size_t inside, std::size_t outside) {
            if (!why.empty()) return;
            out_.code_[split].a = static_cast<std::uint32_t>(greedy ? inside : outside);
            out_.code_[split].b = static_cast<std::uint32_t>(greedy ? outside : inside);
        };
        for (std::size_t i = 0; i < least && why.empty(); ++i)
            copy();
        if (most == kUnbounded) {
            const std::size_t loop = out_.loops_++;
            const std::size_t split = emit(Code::kSplit);
            emit(Code::kLoopStart, loop);
            copy();
            emit(Code::kLoopCheck, loop);
            emit(Code::kJump, split);
            branch_at(split, split + 1, here());
            return;
        }
        std::vector<std::size_t> splits;
        for (std::size_t i = least; i < most && why.empty(); ++i) {
            splits.push_back(emit(Code::kSplit));
            copy();
        }
        for (const std::size_t split : splits)
            branch_at(split, split + 1, here());
    }

    void atom() {
        const char32_t c = text_[at_++];
        switch (c) {
            case '.': emit(Code::kAny); return;
            case '^': emit(Code::kLineStart); return;
            case '$': emit(Code::kLineEnd); return;
            case '(': return group();
            case '[': emit(Code::kSet, static_cast<std::size_t>(character_class())); return;
            case '\\': return escape();
            case '?':
            case '*':
            case '+':
            case '{':
            case '}':
            case ']': return fail("a sign of the pattern language stands alone");
            default: emit(Code::kChar, c);
        }
    }

    void group() {
        if (take('?')) {
            if (!take(':')) return fail("a '(?' that is no '(?:'");
            alternatives();
        } else {
            const std::size_t number = ++out_.groups_;
            emit(Code::kSave, 2 * number);
            alternatives();
            emit(Code::kSave, 2 * number + 1);
            closed_.push_back(number);
        }
        if (!take(')')) fail("a '(' without its ')'");
    }

    void escape() {
        if (!more()) return fail("a '\\' at the end");
        if (peek() >= '1' && peek() <= '9') {
            std::size_t group = text_[at_++] - '0';
            while (more() && peek() >= '0' && peek() <= '9' &&
                   group * 10 + (peek() - '0') <= out_.groups_)
                group = group * 10 + (text_[at_++] - '0');
            if (std::find(closed_.begin(), closed_.end(), group) == closed_.end())
                return fail("a reference to a group that is not closed before it");
            emit(Code::kBackreference, group);
            return;
        }
        Pattern::Set set;
        if (class_escape(set)) {
            out_.sets_.push_back(std::move(set));
            emit(Code::kSet, out_.sets_.size() - 1);
            return;
        }
        emit(Code::kChar, single_escape());
    }

    char32_t single_escape() {
        const char32_t c = more() ? text_[at_++] : 0;
        if (c == 'n') return '\n';
        if (c == 'r') return '\r';
        if (c == 't') return '\t';
        static constexpr std::u32string_view kSigns = U"\\|.-^?*+{}()[]$";
        if (kSigns.find(c) == std::u32string_view::npos) fail("an unknown escape");
        return c;
    }

    static Item span(char32_t first, char32_t last) {
        Item item;
        item.first = first;
        item.last = last;
        return item;
    }
    static Item categories(std::uint32_t mask, bool negated) {
        Item item;
        item.what = Item::What::kCategories;
        item.value = mask;
        item.negated = negated;
        return item;
    }

    // \d \s \w \i \c and \p{..}, with their capitals for the opposite; false if the escape is
    // another.
    bool class_escape(Pattern::Set& set) {
        const char32_t c = peek();
        const char32_t lower = c | 0x20;
        const bool negated = c != lower;
        Item item;
        if (lower == 'd') {
            item = categories(U_GC_ND_MASK, negated);
        } else if (lower == 'w') {
            item = categories(U_GC_P_MASK | U_GC_Z_MASK | U_GC_C_MASK, !negated);
        } else if (lower == 's') {
            Pattern::Set spaces;
            for (const char32_t space : {U' ', U'\t', U'\n', U'\r'})
                spaces.items.push_back(span(space, space));
            ++at_;
            if (!negated) {
                set.items.insert(set.items.end(), spaces.items.begin(), spaces.items.end());
                return true;
            }
            set.items.push_back(span(0, 8));
            set.items.push_back(span(11, 12));
            set.items.push_back(span(14, 31));
            set.items.push_back(span(33, 0x10FFFF));
            return true;
        } else if (lower == 'i' || lower == 'c') {
            item.what = lower == 'i' ? Item::What::kNameStart : Item::What::kNameChar;
            item.negated = negated;
        } else if (lower == 'p' && peek(1) == '{') {
            ++at_;
            return property(set, negated);
        } else {
            return false;
        }
        ++at_;
        set.items.push_back(item);
        return true;
    }

    bool property(Pattern::Set& set, bool negated) {
        ++at_;  // {
        std::string name;
        while (more() && peek() != '}')
            append_utf8(name, text_[at_++]);
        if (!take('}')) fail("'}' is missing");
        if (name.starts_with("Is")) {
            const std::int32_t block = u_getPropertyValueEnum(UCHAR_BLOCK, name.c_str() + 2);
            if (block == UCHAR_INVALID_CODE) fail("no block is named '" + name + "'");
            Item item;
            item.what = Item::What::kBlock;
            item.value = static_cast<std::uint32_t>(block);
            item.negated = negated;
            set.items.push_back(item);
            return true;
        }
        const std::int32_t mask = u_getPropertyValueEnum(UCHAR_GENERAL_CATEGORY_MASK, name.c_str());
        const bool known = mask != UCHAR_INVALID_CODE && name.size() <= 2 && !name.empty();
        if (!known) fail("no category is named '" + name + "'");
        set.items.push_back(categories(static_cast<std::uint32_t>(mask), negated));
        return true;
    }

    // After '['; the index of the set.
    int character_class() {
        if (++depth_ > 100) fail("the pattern nests too deeply");
        Pattern::Set set;
        set.negated = take('^');
        bool first = true;
        while (more() && (peek() != ']' || first)) {
            if (peek() == ']') fail("an empty class");
            if (peek() == '-' && peek(1) == '[') {
                at_ += 2;
                set.subtracted = character_class();
                if (peek() != ']') fail("a subtraction must end its class");
                break;
            }
            member(set, first);
            first = false;
        }
        if (!take(']')) fail("a '[' without its ']'");
        if (set.items.empty()) fail("an empty class");
        --depth_;
        out_.sets_.push_back(std::move(set));
        return static_cast<int>(out_.sets_.size() - 1);
    }

    void member(Pattern::Set& set, bool first) {
        if (take('\\')) {
            if (class_escape(set)) return;
            return range_from(set, single_escape());
        }
        const char32_t c = text_[at_++];
        if (c == '[') return fail("a '[' inside of a class");
        if (c == '-' && !first && peek() != ']' && !(peek() == '-' && peek(1) == '['))
            return fail("a '-' between members of a class");
        range_from(set, c);
    }

    void range_from(Pattern::Set& set, char32_t start) {
        const bool range = peek() == '-' && peek(1) != ']' && peek(1) != '[' && peek(1) != 0;
        if (!range) {
            set.items.push_back(span(start, start));
            return;
        }
        ++at_;
        char32_t end = text_[at_++];
        if (end == '\\') end = single_escape();
        if (end < start) fail("a range of characters that ends before it starts");
        set.items.push_back(span(start, end));
    }

    Pattern& out_;
    bool ignore_space_;
    std::u32string text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::vector<std::size_t> closed_;
};

}  // namespace shu::rule
