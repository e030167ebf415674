#include <gtest/gtest.h>

#include "record/dataset.h"

namespace shu::record {
namespace {

std::string reason(ContentCheck check, std::string_view value) {
    const auto result = check_content(check, value, Date{2026, 11, 21});
    return result.ok() ? "" : result.error().detail;
}

TEST(ContentCheck, TakesIdentityNumbersWithARightCheckCharacter) {
    // standards.md 1.1; a lower-case x is accepted.
    for (const auto* number : {"11010519491231002X", "11010519491231002x", "440524188001010014",
                               "210199199001010014", "210199199001010022", "210199198512310030"})
        EXPECT_EQ(reason(ContentCheck::kIdentityNumber, number), "") << number;
    EXPECT_TRUE(is_stored_upper(ContentCheck::kIdentityNumber));
}

TEST(ContentCheck, RefusesEveryOtherCheckCharacterOfAnIdentityNumber) {
    for (const char c : std::string("0123456789"))
        EXPECT_EQ(reason(ContentCheck::kIdentityNumber, std::string("11010519491231002") + c),
                  "公民身份号码校验位不正确");
}

TEST(ContentCheck, RefusesOldShortAndDamagedIdentityNumbersAndSaysWhy) {
    const std::pair<const char*, const char*> cases[] = {
        {"110105491231002", "是15位旧号码，请改用18位公民身份号码"},
        {"", "应为18位公民身份号码"},
        {"1101051949123100", "应为18位公民身份号码"},
        {"1101051949123100 2", "公民身份号码前17位应为数字"},
        {"X1010519491231002X", "公民身份号码前17位应为数字"},
        {"01010519491231002X", "公民身份号码前17位应为数字"},
        {"210199199002300014", "公民身份号码中的出生日期不存在"},
        {"210199190002290014", "公民身份号码中的出生日期不存在"},
        {"210199000001010014", "公民身份号码中的出生日期不存在"},
        {"21019920261122001X", "公民身份号码中的出生日期晚于今天"},
    };
    for (const auto& [number, expected] : cases)
        EXPECT_EQ(reason(ContentCheck::kIdentityNumber, number), expected) << number;
}

TEST(ContentCheck, WithoutTodayAFutureBirthIsLeftToTheCheckCharacter) {
    int taken = 0;
    for (const char c : std::string("0123456789X"))
        taken +=
            check_content(ContentCheck::kIdentityNumber, std::string("21019920990101001") + c).ok()
                ? 1
                : 0;
    EXPECT_EQ(taken, 1);
}

TEST(ContentCheck, TakesCreditCodesAndRefusesAWrongOuterCheck) {
    // standards.md 1.2
    for (const auto* code :
         {"11100000000013338W", "91350200MA2YJ1XR9G", "91210199MA00000A91", "11210199MB00000B0G",
          "532101990000001A9H", "91350100M000100Y43", "91350200ma2yj1xr9g"})
        EXPECT_EQ(reason(ContentCheck::kCreditCode, code), "") << code;
    EXPECT_EQ(reason(ContentCheck::kCreditCode, "91350100M000100Y4Z"),
              "统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）");
    EXPECT_EQ(reason(ContentCheck::kCreditCode, "91350100M000100Y44"),
              "统一社会信用代码校验位不正确");
    EXPECT_EQ(reason(ContentCheck::kCreditCode, "91350100M000100Y4"), "应为18位统一社会信用代码");
    EXPECT_EQ(reason(ContentCheck::kCreditCode, "9135A100M000100Y43"),
              "统一社会信用代码第3至8位应为数字");
    EXPECT_EQ(reason(ContentCheck::kCreditCode, "\xFF\xFE\x80 50100M000100Y4"),
              "统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）");
}

TEST(ContentCheck, FindsAnyTwoNeighboursOfACreditCodeExchanged) {
    const std::string code = "91350200MA2YJ1XR9G";
    for (std::size_t i = 8; i + 1 < code.size(); ++i) {
        std::string wrong = code;
        std::swap(wrong[i], wrong[i + 1]);
        if (wrong == code) continue;
        EXPECT_NE(reason(ContentCheck::kCreditCode, wrong), "") << wrong;
    }
}

TEST(ContentCheck, HoldsMobilePostcodeAndDivisionToTheirForm) {
    EXPECT_EQ(reason(ContentCheck::kMobile, "13812345678"), "");
    for (const auto* wrong : {"", "1381234567", "138123456789", "23812345678", "12812345678",
                              "1381234567a", "+8613812345678"})
        EXPECT_NE(reason(ContentCheck::kMobile, wrong), "") << wrong;
    EXPECT_EQ(reason(ContentCheck::kPostcode, "110000"), "");
    for (const auto* wrong : {"", "11000", "1100000", "000000", "11000x"})
        EXPECT_NE(reason(ContentCheck::kPostcode, wrong), "") << wrong;
    for (const auto* right : {"210102", "210102001", "210102001001", "210199000000", "820000"})
        EXPECT_EQ(reason(ContentCheck::kDivision, right), "") << right;
    for (const auto* wrong : {"", "2101", "21010200", "990102", "00010200", "21010A"})
        EXPECT_NE(reason(ContentCheck::kDivision, wrong), "") << wrong;
}

TEST(ContentCheck, TakesAnythingWhereNoRuleIsGiven) {
    EXPECT_EQ(reason(ContentCheck::kNone, "\xFF枢"), "");
}

}  // namespace
}  // namespace shu::record
