// The machine that runs compiled patterns. Inside of pattern_machine.cc.
#pragma once

#include <unicode/uchar.h>

#include <algorithm>

#include "foundation/limits.h"
#include "rule/feel/pattern.h"

namespace shu::rule {

/// The character's simple case folding.
inline char32_t folded(char32_t c) {
    return static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT));
}

class PatternMachine {
 public:
    PatternMachine(const Pattern& pattern, const std::u32string& text)
        : pattern_(pattern),
          text_(text),
          saved_(2 * (pattern.groups_ + 1), kNone),
          loops_(pattern.loops_, kNone) {}

    // True on a match that begins at `from`; `exhausted` after too many steps.
    bool run(std::size_t from) {
        std::fill(saved_.begin(), saved_.end(), kNone);
        stack_.clear();
        at_ = from;
        pc_ = 0;
        for (;;) {
            if (++steps_ > limits::rule_pattern_steps_max ||
                stack_.size() > limits::rule_pattern_stack_max) {
                exhausted = true;
                return false;
            }
            if (pattern_.code_[pc_].code == Pattern::Code::kMatch) {
                saved_[0] = from;
                saved_[1] = at_;
                return true;
            }
            if (!step() && !backtrack()) return false;
        }
    }
    Pattern::Match match() const {
        Pattern::Match out;
        for (std::size_t i = 0; i < saved_.size(); i += 2) {
            const bool whole = saved_[i] != kNone && saved_[i + 1] != kNone;
            out.push_back(whole ? Pattern::Span{saved_[i], saved_[i + 1]} : Pattern::Span{});
        }
        return out;
    }

    bool exhausted = false;

 private:
    static constexpr std::size_t kNone = std::string::npos;
    // What a failure goes back to: a branch not taken, or the earlier value of a register.
    struct Saved {
        enum class What : std::uint8_t { kBranch, kGroup, kLoop } what;
        std::size_t index;
        std::size_t value;
    };

    bool same(char32_t a, char32_t b) const {
        return a == b || (pattern_.ignore_case_ && folded(a) == folded(b));
    }

    bool step() {
        const Pattern::Instruction& now = pattern_.code_[pc_];
        const bool more = at_ < text_.size();
        switch (now.code) {
            case Pattern::Code::kChar: return more && same(text_[at_], now.a) && advance(1);
            case Pattern::Code::kAny:
                return more && (pattern_.dot_all_ || (text_[at_] != '\n' && text_[at_] != '\r')) &&
                       advance(1);
            case Pattern::Code::kSet:
                return more && pattern_.set_matches(pattern_.sets_[now.a], text_[at_]) &&
                       advance(1);
            case Pattern::Code::kSplit:
                stack_.push_back({Saved::What::kBranch, now.b, at_});
                pc_ = now.a;
                return true;
            case Pattern::Code::kJump: pc_ = now.a; return true;
            case Pattern::Code::kSave:
                stack_.push_back({Saved::What::kGroup, now.a, saved_[now.a]});
                saved_[now.a] = at_;
                return advance(0);
            case Pattern::Code::kBackreference: return backreference(now.a);
            case Pattern::Code::kLineStart:
                return (at_ == 0 || (pattern_.multiline_ && text_[at_ - 1] == '\n')) && advance(0);
            case Pattern::Code::kLineEnd:
                return (!more || (pattern_.multiline_ && text_[at_] == '\n')) && advance(0);
            case Pattern::Code::kLoopStart:
                stack_.push_back({Saved::What::kLoop, now.a, loops_[now.a]});
                loops_[now.a] = at_;
                return advance(0);
            case Pattern::Code::kLoopCheck:
                return loops_[now.a] != at_ &&
                       advance(0);  // a round that took nothing ends the loop
            case Pattern::Code::kMatch: return true;
        }
        return false;
    }
    bool advance(std::size_t characters) {
        at_ += characters;
        ++pc_;
        return true;
    }
    bool backreference(std::size_t group) {
        const std::size_t begin = saved_[2 * group];
        const std::size_t end = saved_[2 * group + 1];
        if (begin == kNone || end == kNone)
            return advance(0);  // a group that took no part matches nothing
        const std::size_t length = end - begin;
        if (at_ + length > text_.size()) return false;
        for (std::size_t i = 0; i < length; ++i)
            if (!same(text_[begin + i], text_[at_ + i])) return false;
        steps_ += length;
        return advance(length);
    }
    bool backtrack() {
        while (!stack_.empty()) {
            const Saved last = stack_.back();
            stack_.pop_back();
            if (last.what == Saved::What::kBranch) {
                pc_ = last.index;
                at_ = last.value;
                return true;
            }
            (last.what == Saved::What::kGroup ? saved_ : loops_)[last.index] = last.value;
        }
        return false;
    }

    const Pattern& pattern_;
    const std::u32string& text_;
    std::vector<std::size_t> saved_;
    std::vector<std::size_t> loops_;
    std::vector<Saved> stack_;
    std::size_t at_ = 0;
    std::size_t pc_ = 0;
    std::size_t steps_ = 0;
};

}  // namespace shu::rule
