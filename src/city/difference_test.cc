#include "city/difference.h"

#include <gtest/gtest.h>

namespace shu::city {
namespace {

std::vector<MemberChange> between(std::string_view before, std::string_view after,
                                  std::size_t limit = 10) {
    return difference(*json::parse(before), *json::parse(after), limit);
}

using Changes = std::vector<MemberChange>;

TEST(Difference, OfEqualDocumentsIsEmpty) {
    EXPECT_EQ(between(R"({"a":1,"b":[{"code":"x"}]})", R"({"b":[{"code":"x"}],"a":1})"), Changes{});
}

TEST(Difference, MatchesListsOfCodedObjectsByTheirCode) {
    EXPECT_EQ(
        between(R"({"fields":[{"code":"a","level":1},{"code":"b","name":"B"}]})",
                R"({"fields":[{"code":"n","name":"N"},{"code":"a","level":3}]})"),
        (Changes{{"fields[a].level", "1", "3"}, {"fields[b]", "B", ""}, {"fields[n]", "", "N"}}));
}

TEST(Difference, TellsAnotherOrderOfAList) {
    EXPECT_EQ(
        between(R"({"f":[{"code":"a"},{"code":"b"}]})", R"({"f":[{"code":"b"},{"code":"a"}]})")
            .size(),
        1U);
}

TEST(Difference, ComparesPlainListsAsAWhole) {
    EXPECT_EQ(between(R"({"key":["a"]})", R"({"key":["a","b"]})"),
              (Changes{{"key", R"(["a"])", R"(["a","b"])"}}));
}

TEST(Difference, SaysHowManyItLeavesOut) {
    const auto changes = between(R"({"a":1,"b":1,"c":1})", R"({"a":2,"b":2,"c":2})", 1);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[1].member, "and 2 more");
}

}  // namespace
}  // namespace shu::city
