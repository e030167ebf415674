#include "identity/directory.h"

#include <gtest/gtest.h>

#include "identity/actor.h"

namespace shu::identity {
namespace {

Organisation organisation(std::string code, std::string parent) {
    return {.code = code,
            .name = code,
            .name_en = code,
            .short_name = code,
            .credit_code = {},
            .parent = std::move(parent),
            .division = {},
            .kind = "department"};
}

std::shared_ptr<const Directory> small_city() {
    return std::make_shared<const Directory>(
        std::vector<Organisation>{organisation("city", ""), organisation("police", "city"),
                                  organisation("station", "police"),
                                  organisation("health", "city")},
        std::vector<Role>{}, std::vector<Post>{});
}

Actor actor_with(std::vector<Permission> permissions, std::string of = "police") {
    Actor actor;
    actor.organisation = std::move(of);
    actor.permissions = std::move(permissions);
    actor.directory = small_city();
    return actor;
}

TEST(Directory, FindsWhatStandsBelowAnOrganisation) {
    const auto city = small_city();
    EXPECT_TRUE(city->is_within("station", "police"));
    EXPECT_TRUE(city->is_within("station", "city"));
    EXPECT_TRUE(city->is_within("police", "police"));
    EXPECT_FALSE(city->is_within("police", "station"));
    EXPECT_FALSE(city->is_within("health", "police"));
    EXPECT_FALSE(city->is_within("unknown", "city"));
    EXPECT_EQ(city->children("city").size(), 2u);
}

TEST(Directory, EndsOnATreeThatADamagedDatabaseTurnedIntoACircle) {
    const Directory circle({organisation("a", "b"), organisation("b", "a")}, {}, {});
    EXPECT_FALSE(circle.is_within("a", "c"));
}

TEST(Permission, OwnReachesTheOwnOrganisationOnly) {
    const Actor actor = actor_with({{"dataset.collect", Scope::kOwn, 3}});
    EXPECT_TRUE(actor.require("dataset.collect", "police", 3).ok());
    EXPECT_EQ(actor.require("dataset.collect", "station", 1).error().code, Code::kDenied);
    EXPECT_EQ(actor.require("dataset.collect", "health", 1).error().code, Code::kDenied);
}

TEST(Permission, SubtreeReachesWhatStandsBelow) {
    const Actor actor = actor_with({{"dataset.collect", Scope::kSubtree, 3}});
    EXPECT_TRUE(actor.require("dataset.collect", "station", 3).ok());
    EXPECT_EQ(actor.require("dataset.collect", "city", 1).error().code, Code::kDenied);
}

TEST(Permission, IsRefusedAboveItsLevelAndSaysWhich) {
    const Actor actor = actor_with({{"dataset.read", Scope::kCity, 2}});
    EXPECT_TRUE(actor.require("dataset.read", "health", 2).ok());
    const auto refused = actor.require("dataset.read", "health", 3);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().detail.find("level 2"), std::string::npos);
    EXPECT_NE(refused.error().detail.find("level 3"), std::string::npos);
}

TEST(Permission, TheHighestOfSeveralHolds) {
    const Actor actor =
        actor_with({{"dataset.read", Scope::kCity, 1}, {"dataset.read", Scope::kOwn, 4}});
    EXPECT_EQ(actor.level_for("dataset.read", "police"), 4);
    EXPECT_EQ(actor.level_for("dataset.read", "health"), 1);
    EXPECT_EQ(actor.level_for("grant.read", "police"), 0);
}

TEST(Permission, OfAnAccountWithoutOrganisationReachesNothingOwn) {
    const Actor actor =
        actor_with({{"dataset.read", Scope::kOwn, 4}, {"grant.read", Scope::kSubtree, 4}}, "");
    EXPECT_EQ(actor.level_for("dataset.read", ""), 0);
    EXPECT_EQ(actor.level_for("grant.read", "police"), 0);
}

TEST(RoleShape, RefusesVerbsThatDoNotExist) {
    std::vector<Problem> problems;
    const json::value role = json::parse(R"({"code":"x","name":"x","name_en":"x",
        "permissions":[{"verb":"dataset.colect","scope":"own","level":9}]})")
                                 .value();
    role_shape().check(role, "", problems);
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0].pointer, "/permissions/0/verb");
    EXPECT_EQ(problems[1].pointer, "/permissions/0/level");
}

}  // namespace
}  // namespace shu::identity
