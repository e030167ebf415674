#include "foundation/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace shu {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return invalid(std::to_string(number) + " is odd");
    return number / 2;
}

Result<int> quarter(int number) {
    return SHU_TRY(half(SHU_TRY(half(number))));
}

Result<void> require_even(int number, int& calls) {
    SHU_CHECK([&]() -> Result<void> {
        if (number % 2 != 0) return conflict("odd");
        return {};
    }());
    ++calls;
    return {};
}

TEST(ResultTest, holds_a_value_or_an_error) {
    EXPECT_EQ(half(4).value(), 2);
    EXPECT_EQ(*half(4), 2);
    EXPECT_TRUE(half(4).ok());
    EXPECT_FALSE(half(3));
    EXPECT_EQ(half(3).error(), (Error{Code::kInvalid, "3 is odd"}));
    EXPECT_EQ(half(3).value_or(-1), -1);
    EXPECT_EQ(half(4).value_or(-1), 2);
}

TEST(ResultTest, try_hands_the_first_error_up_unchanged) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().detail, "3 is odd");
    EXPECT_EQ(quarter(5).error().detail, "5 is odd");
}

TEST(ResultTest, check_stops_at_an_error) {
    int calls = 0;
    EXPECT_TRUE(require_even(2, calls).ok());
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(require_even(3, calls).error().code, Code::kConflict);
    EXPECT_EQ(calls, 1);
}

TEST(ResultTest, a_result_never_set_is_an_error_and_a_void_one_a_success) {
    EXPECT_EQ(Result<int>().error().code, Code::kUnavailable);
    EXPECT_TRUE(Result<void>().ok());
}

TEST(ResultTest, carries_values_that_can_only_be_moved) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    const auto twice = [&]() -> Result<std::unique_ptr<int>> {
        auto made = SHU_TRY(make());
        *made *= 2;
        return made;
    };
    EXPECT_EQ(**twice(), 14);
}

TEST(ResultTest, carries_a_text_that_looks_like_an_error) {
    const Result<std::string> result = std::string("invalid");
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result->size(), 7U);
}

TEST(ResultTest, reading_what_is_not_there_aborts) {
    EXPECT_DEATH((void)half(3).value(), "assertion failed");
    EXPECT_DEATH((void)half(4).error(), "assertion failed");
    EXPECT_DEATH((void)Result<void>().error(), "assertion failed");
    EXPECT_DEATH(Result<void>(invalid("x")).value(), "assertion failed");
}

TEST(ResultTest, within_puts_the_place_first_and_keeps_the_code) {
    EXPECT_EQ(within("row 3", not_found("no such code")),
              (Error{Code::kNotFound, "row 3: no such code"}));
}

TEST(ResultTest, every_code_has_its_own_name) {
    std::set<std::string_view> names;
    for (const Error& error : {invalid(""), unsigned_in(""), denied(""), not_found(""),
                               conflict(""), exhausted(""), unavailable(""), corrupt("")})
        names.insert(to_string(error.code));
    EXPECT_EQ(names.size(), 8U);
    EXPECT_TRUE(names.contains("not-found"));
}

}  // namespace
}  // namespace shu
