// From the catalogue to the credentials: who may do what, and what it leaves behind.
#include <cstdio>

#include "exchange/testing.h"

namespace shu::exchange::testing {
namespace {

class LifeTest : public TownTest {
 protected:
    std::string apply(const std::string& dataset, const std::string& more = "") {
        const Answer applied = town.post(
            "housing", "/api/applications",
            R"({"dataset":")" + dataset +
                R"(","fields":["year"],"purpose":"核验","basis":"条例","days":30,"quota_per_day":5)" +
                more + "}");
        EXPECT_EQ(applied.status, 201) << applied.body;
        return applied.body;
    }
    std::vector<std::string> verbs() {
        EXPECT_TRUE(town.ledger->sequence_now().ok());
        std::vector<std::string> verbs;
        const auto acts = town.ledger->acts({}, -1, 100);
        EXPECT_TRUE(acts.ok());
        for (const auto& act : *acts)
            verbs.insert(verbs.begin(), act.act.verb);
        return verbs;
    }
};

TEST_P(LifeTest, anybody_searches_the_catalogue) {
    EXPECT_EQ(town.get("", "/api/catalogue").object().at("items").as_array().size(), 3u);
    EXPECT_EQ(town.get("", "/api/catalogue?q=person").object().at("items").as_array().size(), 1u);
    EXPECT_EQ(town.get("", "/api/catalogue?q=%E4%B8%8D%E5%AD%98%E5%9C%A8")
                  .object()
                  .at("items")
                  .as_array()
                  .size(),
              0u);
    EXPECT_EQ(town.get("", "/api/catalogue?sharing=refused").object().at("items").as_array().size(),
              1u);
    EXPECT_EQ(town.get("", "/api/catalogue?q=basic%20facts").object().at("items").as_array().size(),
              3u);
    const Answer page = town.get("", "/api/catalogue?limit=2");
    EXPECT_EQ(page.object().at("items").as_array().size(), 2u);
    EXPECT_EQ(town.get("", "/api/catalogue?limit=2&cursor=" + page.text("next"))
                  .object()
                  .at("items")
                  .as_array()
                  .size(),
              1u);
    const Answer shown = town.get("", "/api/catalogue/person");
    EXPECT_EQ(shown.text("abstract_en"), "Basic facts of people");
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.text("provider_name"), "局police");
    EXPECT_EQ(shown.object().at("items").as_array().size(), 7u);
    EXPECT_EQ(shown.object().at("items").as_array()[4].as_object().at("type_letter"), "D");
    EXPECT_EQ(town.get("", "/api/catalogue/nothing").status, 404);
}

TEST_P(LifeTest, a_conditional_dataset_is_granted_by_its_provider_and_every_step_is_an_act) {
    const std::string grant = town.grant(R"(["name","mobile"])");
    const Credentials credentials = town.collect(grant);
    EXPECT_EQ(
        town.post("police", "/api/grants/" + grant + "/revocation", R"({"reason":"到期"})").status,
        200);
    EXPECT_EQ(verbs(), (std::vector<std::string>{"application.create", "application.decide",
                                                 "grant.create", "grant.collect", "grant.revoke"}));
    EXPECT_EQ(town.get("housing", "/api/grants/" + grant).text("state"), "revoked");
}

TEST_P(LifeTest, unconditional_sharing_grants_at_once_and_refused_sharing_refuses_with_its_basis) {
    const json::value granted = json::parse(apply("shop")).value();
    EXPECT_EQ(granted.as_object().at("state"), "approved");
    EXPECT_TRUE(granted.as_object().at("grant").is_string());
    const json::value refused = json::parse(apply("vault")).value();
    EXPECT_EQ(refused.as_object().at("state"), "refused");
    EXPECT_NE(std::string(refused.as_object().at("reason").as_string()).find("某法第一条"),
              std::string::npos);
    EXPECT_TRUE(refused.as_object().at("grant").is_null());
}

TEST_P(LifeTest, only_those_whom_it_concerns_see_or_decide) {
    const Answer applied = town.post(
        "housing", "/api/applications",
        R"({"dataset":"person","fields":["name"],"purpose":"p","basis":"b","days":1,"quota_per_day":1})");
    const std::string path = "/api/applications/" + applied.text("id");
    EXPECT_EQ(town.get("housing", path).status, 200);
    EXPECT_EQ(town.get("police", path).status, 200);
    EXPECT_EQ(town.get("office", path).status, 404);
    EXPECT_EQ(town.get("citizen", path).status, 403);
    EXPECT_EQ(town.get("", path).status, 401);
    const std::string yes = R"({"approve":true})";
    EXPECT_EQ(town.post("housing", path + "/decision", yes).status, 403);
    EXPECT_EQ(town.post("office", path + "/decision", yes).status, 404);
    EXPECT_EQ(town.post("police", path + "/decision", R"({"approve":false})").status, 400)
        << "a refusal needs a reason";
    const Answer decided = town.post("police", path + "/decision", yes);
    EXPECT_EQ(decided.status, 200);
    EXPECT_EQ(town.post("police", path + "/decision", yes).status, 409);
    const std::string grant = "/api/grants/" + decided.text("grant");
    EXPECT_EQ(town.get("office", grant).status, 404);
    EXPECT_EQ(town.post("office", grant + "/credentials", "").status, 404);
    EXPECT_EQ(town.post("police", grant + "/credentials", "").status, 403);
    EXPECT_EQ(town.post("office", grant + "/revocation", R"({"reason":"x"})").status, 404);
    EXPECT_EQ(town.post("housing", grant + "/revocation", R"({"reason":"x"})").status, 403);
    EXPECT_EQ(town.get("monitor", "/api/grants").object().at("items").as_array().size(), 1u);
    EXPECT_EQ(town.get("office", "/api/grants").object().at("items").as_array().size(), 0u);
}

TEST_P(LifeTest, an_application_that_does_not_fit_its_dataset_is_refused_with_the_place) {
    auto apply_with = [&](const std::string& body) {
        return town.post("housing", "/api/applications", body);
    };
    const std::string rest = R"("purpose":"p","basis":"b","days":1,"quota_per_day":1)";
    EXPECT_EQ(apply_with(R"({"dataset":"nothing","fields":["name"],)" + rest + "}").status, 400);
    EXPECT_EQ(apply_with(R"({"dataset":"person","fields":["nose"],)" + rest + "}").status, 400);
    EXPECT_EQ(apply_with(R"({"dataset":"person","fields":["name","name"],)" + rest + "}").status,
              400);
    EXPECT_EQ(apply_with(R"({"dataset":"person","fields":[],)" + rest + "}").status, 422);
    EXPECT_EQ(apply_with(R"({"dataset":"person","fields":["secret"],)" + rest + "}").status, 403)
        << "level 6 is above the officer's";
    EXPECT_EQ(
        apply_with(
            R"({"dataset":"person","fields":["name"],"rows":{"field":"born","value":"soon"},)" +
            rest + "}")
            .status,
        400);
    EXPECT_EQ(
        apply_with(
            R"({"dataset":"person","fields":["name"],"purpose":"p","basis":"b","days":0,"quota_per_day":1})")
            .status,
        422);
}

TEST_P(LifeTest, a_field_that_chooses_the_rows_asks_for_its_level_like_one_that_is_read) {
    EXPECT_EQ(
        town.post(
                "housing", "/api/applications",
                R"({"dataset":"person","fields":["name"],"rows":{"field":"secret","value":"x"},"purpose":"p","basis":"b","days":1,"quota_per_day":1})")
            .status,
        403)
        << "whether a row is found would tell the field of level 6";
}

TEST_P(LifeTest, a_purpose_of_blanks_is_no_purpose) {
    EXPECT_EQ(
        town.post(
                "housing", "/api/applications",
                R"({"dataset":"person","fields":["name"],"purpose":"  ","basis":"b","days":1,"quota_per_day":1})")
            .status,
        400);
}

TEST_P(LifeTest, a_decision_can_take_fields_away_and_unmask_only_what_it_names) {
    const std::string grant = town.grant(
        R"(["name","mobile","id_number"])", "",
        R"({"approve":true,"fields":["name","mobile","id_number"],"masks":{"mobile":false,"name":true}})");
    const json::array fields =
        town.get("housing", "/api/grants/" + grant).object().at("fields").as_array();
    EXPECT_TRUE(fields[0].as_object().at("masked").as_bool());   // name: masked by the decision
    EXPECT_FALSE(fields[1].as_object().at("masked").as_bool());  // mobile: unmasked by the decision
    EXPECT_TRUE(fields[2].as_object().at("masked").as_bool());   // identity number: above level 2
    const Answer applied = town.post(
        "housing", "/api/applications",
        R"({"dataset":"person","fields":["name"],"purpose":"p","basis":"b","days":1,"quota_per_day":1})");
    EXPECT_EQ(town.post("police", "/api/applications/" + applied.text("id") + "/decision",
                        R"({"approve":true,"fields":["mobile"]})")
                  .status,
              400);
    EXPECT_EQ(town.post("police", "/api/applications/" + applied.text("id") + "/decision",
                        R"({"approve":true,"masks":{"mobile":false}})")
                  .status,
              400);
}

TEST_P(LifeTest, credentials_are_shown_once) {
    const std::string grant = town.grant(R"(["name"])");
    const Credentials credentials = town.collect(grant);
    EXPECT_EQ(credentials.client_id.size(), 20u);
    EXPECT_GE(credentials.secret.size(), 32u);
    EXPECT_EQ(town.post("housing", "/api/grants/" + grant + "/credentials", "").status, 409);
    EXPECT_EQ(town.get("housing", "/api/grants/" + grant).text("client_id"), credentials.client_id);
}

std::string output_of(const std::string& line) {
    std::string output;
    FILE* pipe = ::popen(line.c_str(), "r");
    if (!pipe) return output;
    char bytes[4'096];
    while (const std::size_t got = std::fread(bytes, 1, sizeof bytes, pipe))
        output.append(bytes, got);
    ::pclose(pipe);
    return output;
}

TEST_P(LifeTest, the_line_given_with_the_credentials_works_in_a_terminal) {
    clock.set(SystemClock().now());
    const std::string grant =
        town.grant(R"(["name","district"])", R"(,"rows":{"field":"district","value":"heping"})");
    const Credentials credentials = town.collect(grant);
    const std::string output = output_of(credentials.curl);
    EXPECT_NE(output.find(R"("district":"heping")"), std::string::npos) << credentials.curl << "\n"
                                                                        << output;
    EXPECT_NE(output.find(R"("call":")"), std::string::npos) << output;
}

INSTANTIATE_TEST_SUITE_P(Engines, LifeTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange::testing
