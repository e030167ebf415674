#include "rule/feel/pattern.h"

#include "rule/testing.h"

namespace shu::rule {
namespace {

std::string matches(const std::string& text, const std::string& pattern,
                    const std::string& flags = "") {
    return evaluated("matches(t, p, f)",
                     Value::context({{std::string_view("t"), Value::string(text)},
                                     {std::string_view("p"), Value::string(pattern)},
                                     {std::string_view("f"), Value::string(flags)}}));
}

TEST(Patterns, follow_xpath) {
    EXPECT_EQ(matches("abracadabra", "bra"), "true");
    EXPECT_EQ(matches("abracadabra", "^a.*a$"), "true");
    EXPECT_EQ(matches("abracadabra", "^bra"), "false");
    EXPECT_EQ(matches("abcd\ndefg", "def"), "true");
    EXPECT_EQ(matches("abcd\ndefg", "^def"), "false");
    EXPECT_EQ(matches("abcd\ndefg", "^def", "m"), "true");
    EXPECT_EQ(matches("abcd\ndefg", "d.d", "s"), "true");
    EXPECT_EQ(matches("abcd\ndefg", "d.d"), "false");
    EXPECT_EQ(matches("HELLO", "h e l l o", "ix"), "true");
    EXPECT_EQ(matches("a.b", "a.b", "q"), "true");
    EXPECT_EQ(matches("axb", "a.b", "q"), "false");
    EXPECT_EQ(matches("\u212a", "k", "i"), "true") << "the Kelvin sign";
    EXPECT_EQ(matches("沈阳市", "^\\p{IsCJKUnifiedIdeographs}+$"), "true");
    EXPECT_EQ(matches("210102199001011234", "^\\d{17}[\\dX]$"), "true");
    EXPECT_EQ(matches("b", "[a-z-[aeiou]]"), "true");
    EXPECT_EQ(matches("e", "[a-z-[aeiou]]"), "false");
    EXPECT_EQ(matches("abab", "^(ab)\\1$"), "true");
    EXPECT_EQ(matches("x", "^[^\\d\\s]$"), "true");
    EXPECT_EQ(matches("aaa", "^a{2,3}?$"), "true");
    EXPECT_EQ(matches("", "^$"), "true");
}

TEST(Patterns, that_are_malformed_are_refused) {
    for (const char* pattern :
         {"(", ")", "[", "[]", "a**", "*", "a{2,1}", "a{", "\\", "\\1", "(a\\1)", "\\p{Xx}",
          "\\p{IsNowhere}", "(?=a)", "[z-a]", "[a-b-c]", "^*", "a{9999}", "\\q"})
        EXPECT_EQ(matches("a", pattern), "null") << pattern;
    EXPECT_EQ(matches("a", "a", "z"), "null");
}

TEST(Patterns, end_on_texts_that_backtrack_without_end) {
    EXPECT_EQ(matches(std::string(40, 'a') + "b", "^(a+)+$"), "null")
        << "too many steps is an error, not an answer";
    EXPECT_EQ(matches(std::string(100'000, 'a'), "^(a|b)*$"), "true");
    EXPECT_EQ(matches("aaaa", "^(a*)*$"), "true");
    EXPECT_EQ(matches("b", "^(a?){500}b$"), "true");
    EXPECT_EQ(matches("a", "((((a{1000}){1000}){1000}){1000})"), "null");
}

}  // namespace
}  // namespace shu::rule
