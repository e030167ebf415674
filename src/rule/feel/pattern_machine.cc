// Runs compiled patterns.
#include "rule/feel/pattern_machine.h"

#include "rule/feel/name.h"

namespace shu::rule {
namespace {

bool has_category(char32_t c, std::uint32_t mask) {
    return (U_GET_GC_MASK(static_cast<UChar32>(c)) & mask) != 0;
}

}  // namespace

bool Pattern::in_set(const Set& set, char32_t c) const {
    bool found = std::any_of(set.items.begin(), set.items.end(), [c](const Set::Item& item) {
        bool hit = false;
        switch (item.what) {
            case Set::Item::What::kSpan: hit = c >= item.first && c <= item.last; break;
            case Set::Item::What::kCategories: hit = has_category(c, item.value); break;
            case Set::Item::What::kBlock:
                hit =
                    ublock_getCode(static_cast<UChar32>(c)) == static_cast<UBlockCode>(item.value);
                break;
            case Set::Item::What::kNameStart:
                hit = c == ':' || (c != '?' && is_name_start(c));
                break;
            case Set::Item::What::kNameChar:
                hit = c == ':' || c == '-' || c == '.' || (c != '?' && is_name_part(c));
                break;
        }
        return hit != item.negated;
    });
    if (found == set.negated) return false;
    return set.subtracted < 0 || !in_set(sets_[static_cast<std::size_t>(set.subtracted)], c);
}

bool Pattern::set_matches(const Set& set, char32_t c) const {
    if (!ignore_case_) return in_set(set, c);
    if (in_set(set, c) || in_set(set, folded(c))) return true;
    const auto wide = static_cast<UChar32>(c);
    return in_set(set, static_cast<char32_t>(u_toupper(wide))) ||
           in_set(set, static_cast<char32_t>(u_tolower(wide)));
}

Result<std::optional<Pattern::Match>> Pattern::search(const std::u32string& text,
                                                      std::size_t from) const {
    PatternMachine machine(*this, text);
    for (std::size_t start = from; start <= text.size(); ++start) {
        if (machine.run(start)) return std::optional(machine.match());
        if (machine.exhausted) return exhausted("the pattern takes too many steps on this text");
    }
    return std::optional<Match>();
}

}  // namespace shu::rule
