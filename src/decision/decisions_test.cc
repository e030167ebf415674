// The life of a model on both engines: drawn, published, asked, recorded, run again, rolled back.
#include "decision/decisions.h"

#include "decision/limits.h"
#include "decision/state.h"
#include "decision/testing_city.h"
#include "foundation/crypto/sm3.h"

namespace shu::decision {
namespace {

TEST_P(DecisionTest, a_draft_is_published_by_another_person_under_the_digest_that_was_read) {
    ASSERT_TRUE(draw_model(drawer(), subsidy_model()).ok());
    const auto own = publish_draft(actor(1, "绘制员", {"rule.publish"}));
    ASSERT_FALSE(own.ok());
    EXPECT_EQ(own.error().code, Code::kDenied);
    const auto without = publish_draft(drawer());
    ASSERT_FALSE(without.ok());
    EXPECT_EQ(without.error().code, Code::kDenied);
    const std::string read = draft_digest();
    ASSERT_TRUE(draw_model(drawer(), subsidy_model("120")).ok());
    const auto stale = publish(*state, publisher(), {"subsidy", read, 0, "n", ""});
    ASSERT_FALSE(stale.ok());
    EXPECT_EQ(stale.error().code, Code::kConflict);
    const auto version = publish_draft(publisher());
    ASSERT_TRUE(version.ok()) << version.error().detail;
    EXPECT_EQ(version->number, 1);
    EXPECT_EQ(version->drawn_by, "绘制员");
    EXPECT_FALSE(state->models()->at("subsidy")->draft.has_value());
    EXPECT_EQ(output(30), "120");
    ASSERT_EQ(acts("rule.publish").size(), 1U);
    EXPECT_NE(acts("rule.publish")[0].find("\"drawn_by\":\"account:1\""), std::string::npos);
    EXPECT_EQ(acts("rule.draw").size(), 2U);
    EXPECT_EQ(count("SELECT COUNT(*) FROM decision_text"), 1) << "the replaced draft's text stays";
}

TEST_P(DecisionTest, a_draft_with_mistakes_is_kept_but_not_published_and_no_model_is_not_kept) {
    ASSERT_TRUE(draw_model(drawer(), subsidy_model("100 +")).ok());
    const auto refused = publish_draft(publisher());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_NE(refused.error().detail.find("rule 1, output 1"), std::string::npos);
    const auto torn = draw_model(drawer(), "<definitions>");
    ASSERT_FALSE(torn.ok());
    EXPECT_EQ(torn.error().code, Code::kInvalid);
    EXPECT_EQ(acts("rule.publish").size(), 0U);
}

TEST_P(DecisionTest, two_who_draw_at_once_do_not_overwrite_each_other) {
    ASSERT_TRUE(draw_model(drawer(), subsidy_model()).ok());
    const std::string seen = draft_digest();
    ASSERT_TRUE(draw(*state, drawer(), {"subsidy", subsidy_model("110"), "", seen, {}}).ok());
    const auto late = draw(*state, publisher(), {"subsidy", subsidy_model("120"), "", seen, {}});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code, Code::kConflict);
    const auto stranger =
        draw(*state, actor(3, "路人", {}), {"subsidy", subsidy_model(), "", {}, {}});
    ASSERT_FALSE(stranger.ok());
    EXPECT_EQ(stranger.error().code, Code::kDenied);
}

TEST_P(DecisionTest, the_version_in_force_is_the_one_with_the_latest_start) {
    EXPECT_EQ(ask(30).error().code, Code::kNotFound);
    put_in_force(subsidy_model("100"));
    put_in_force(subsidy_model("200"), kStart + 10 * kDay);
    put_in_force(subsidy_model("150"), kStart + 5 * kDay);
    EXPECT_EQ(output(30), "100");
    EXPECT_EQ(output(30, kStart + 5 * kDay - 1), "100");
    EXPECT_EQ(output(30, kStart + 5 * kDay), "150");
    EXPECT_EQ(output(30, kStart + 10 * kDay), "200");
    EXPECT_EQ(ask(30, false, kStart - 1).error().code, Code::kNotFound);
    // Of two with one start the later published holds.
    put_in_force(subsidy_model("250"), kStart + 10 * kDay);
    EXPECT_EQ(output(30, kStart + 11 * kDay), "250");
    clock.set(kStart + 6 * kDay);
    EXPECT_EQ(output(30), "150");
    const auto model = state->models()->at("subsidy");
    EXPECT_EQ(model->until(*model->version(1)), kStart + 5 * kDay);
    EXPECT_EQ(model->until(*model->version(4)), 0);
}

TEST_P(DecisionTest, a_start_in_the_past_is_refused_once_something_holds) {
    put_in_force(subsidy_model("100"), kStart - 100 * kDay);
    EXPECT_EQ(output(30, kStart - 50 * kDay), "100");
    ASSERT_TRUE(draw_model(drawer(), subsidy_model("200")).ok());
    const auto refused = publish_draft(publisher(), kStart - kDay);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().detail.find("/from"), std::string::npos);
}

TEST_P(DecisionTest, rolling_back_publishes_the_old_text_as_a_new_version) {
    put_in_force(subsidy_model("100"));
    clock.advance(kDay);
    put_in_force(subsidy_model("200"));
    EXPECT_EQ(output(30), "200");
    clock.advance(kDay);
    const auto back = roll_back(*state, publisher(), {"subsidy", 1, 0, "金额有误"});
    ASSERT_TRUE(back.ok()) << back.error().detail;
    EXPECT_EQ(back->number, 3);
    EXPECT_EQ(back->of, 1);
    EXPECT_EQ(output(30), "100");
    EXPECT_EQ(output(30, kStart + kDay), "200") << "what held yesterday has changed";
    EXPECT_EQ(roll_back(*state, publisher(), {"subsidy", 9, 0, "x"}).error().code, Code::kInvalid);
    EXPECT_EQ(roll_back(*state, drawer(), {"subsidy", 1, 0, "x"}).error().code, Code::kDenied);
    EXPECT_EQ(acts("rule.publish").size(), 3U);
}

TEST_P(DecisionTest, a_recorded_case_has_an_act_that_proves_it_and_tells_nothing) {
    put_in_force(subsidy_model());
    ASSERT_TRUE(ask(72)->recorded.value == 0);
    const auto answer = ask(72, true);
    ASSERT_TRUE(answer.ok());
    ASSERT_TRUE(static_cast<bool>(answer->recorded));
    const auto bodies = acts("rule.decide");
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_EQ(bodies[0].find("年龄"), bodies[0].npos) << bodies[0];
    EXPECT_EQ(bodies[0].find("本市"), bodies[0].npos);
    const auto cases = database->read_value<std::vector<RecordedCase>>(
        [](store::Transaction& tx) { return cases_before(tx, all_cases(), INT64_MAX, 10); });
    ASSERT_EQ(cases->size(), 1U);
    const RecordedCase& kept = cases->front();
    EXPECT_EQ(kept.output, "300");
    EXPECT_EQ(kept.at, kStart);
    const std::string proof = kept.secret + "\nsubsidy\n1\n津贴\n" + to_rfc3339(kept.at) + "\n" +
                              kept.input + "\n" + kept.output;
    EXPECT_NE(bodies[0].find(crypto::to_hex(crypto::sm3(proof))), std::string::npos);
}

TEST_P(DecisionTest, an_unknown_decision_or_a_wrong_input_is_refused_or_warned_of) {
    put_in_force(subsidy_model());
    const auto unknown = decisions->decide(
        {.code = "subsidy", .decision = "津帖", .input = json::object()}, drawer());
    ASSERT_FALSE(unknown.ok());
    EXPECT_NE(unknown.error().detail.find("did you mean '津贴'?"), std::string::npos);
    const auto lacking = decisions->decide(
        {.code = "subsidy", .decision = "津贴", .input = json::object{{"户籍地", "火星"}}},
        drawer());
    ASSERT_TRUE(lacking.ok());
    EXPECT_FALSE(lacking->warnings.empty());
    const auto large =
        decisions->decide({.code = "subsidy",
                           .decision = "津贴",
                           .input = json::object{{"年龄", std::string(300 * 1024, '1')}}},
                          drawer());
    ASSERT_FALSE(large.ok());
    EXPECT_EQ(large.error().code, Code::kInvalid);
}

TEST_P(DecisionTest, a_what_if_run_lists_the_cases_that_would_come_out_differently) {
    put_in_force(subsidy_model("100"));
    for (int age = 50; age < 70; ++age)
        ASSERT_TRUE(ask(age, true).ok());
    // Ages below 60 would get 120.
    const Version next = put_in_force(subsidy_model("120"), kStart + kDay);
    const Replay begun = begin(next.digest, 20);
    ASSERT_TRUE(state->replayer.run_waiting().ok());
    const Replay done = stored(begun.id);
    EXPECT_EQ(done.state, ReplayState::kDone);
    EXPECT_EQ(done.done, 20);
    EXPECT_EQ(done.same, 10);
    EXPECT_EQ(done.different, 10);
    EXPECT_EQ(done.failed, 0);
    const auto differences = database->read_value<std::vector<Difference>>(
        [&](store::Transaction& tx) { return differences_after(tx, begun.id, 0, 100); });
    ASSERT_EQ(differences->size(), 10U);
    EXPECT_EQ(differences->front().before.output, "100");
    EXPECT_EQ(differences->front().after, "120");
}

TEST_P(DecisionTest, a_what_if_run_goes_on_where_a_crash_left_it_and_ends_when_cancelled) {
    put_in_force(subsidy_model("100"));
    const int cases = static_cast<int>(limits::replay_chunk_cases) + 30;
    for (int i = 0; i < cases; ++i)
        ASSERT_TRUE(ask(50, true).ok());
    const std::string digest = put_in_force(subsidy_model("120"), kStart + kDay).digest;
    Replay begun = begin(digest, cases);
    // As if the process had died after the tenth case: its rows and position stand, the rest does
    // not.
    const auto first = database->read_value<std::vector<RecordedCase>>(
        [](store::Transaction& tx) { return cases_after(tx, all_cases(), 0, 10); });
    begun.state = ReplayState::kRunning;
    begun.done = begun.different = 10;
    begun.position = first->back().id.value;
    ASSERT_TRUE(database
                    ->write([&](store::Transaction& tx) -> Result<void> {
                        for (const RecordedCase& it : *first)
                            SHU_CHECK(insert_difference(tx, begun.id, it.id, "120", ""));
                        SHU_TRY(update_replay(tx, begun));
                        return {};
                    })
                    .ok());
    open();
    ASSERT_TRUE(state->replayer.run_waiting().ok());
    EXPECT_EQ(stored(begun.id).different, cases);
    EXPECT_EQ(count("SELECT COUNT(*) FROM decision_difference"), cases);
    Replay cancelled = begin(digest, cases);
    cancelled.state = ReplayState::kCancelled;
    ASSERT_TRUE(database
                    ->write([&](store::Transaction& tx) -> Result<void> {
                        SHU_TRY(update_replay(tx, cancelled));
                        return {};
                    })
                    .ok());
    ASSERT_TRUE(state->replayer.run_waiting().ok());
    EXPECT_EQ(stored(cancelled.id).done, 0);
}

TEST_P(DecisionTest, the_folder_publishes_when_the_text_changes_and_withdraws) {
    ModelDeclaration declared;
    declared.code = "subsidy";
    declared.owner = "civil-affairs";
    declared.from = "2026-01-01";
    declared.xml = subsidy_model("100");
    const auto apply = [&]() -> Result<void> {
        SHU_CHECK(
            database->write([&](store::Transaction& tx) { return decisions->put(tx, declared); }));
        return decisions->refresh();
    };
    ASSERT_TRUE(apply().ok());
    EXPECT_EQ(output(30, kStart - 200 * kDay), "100")
        << "the first text holds from its declared day";
    declared.name = "津贴";
    ASSERT_TRUE(apply().ok());
    EXPECT_EQ(state->models()->at("subsidy")->versions.size(), 1U);
    declared.xml = subsidy_model("200");
    ASSERT_TRUE(apply().ok());
    EXPECT_EQ(state->models()->at("subsidy")->versions.size(), 2U);
    EXPECT_EQ(output(30, kStart - kDay), "100") << "a later text reached back";
    EXPECT_EQ(output(30), "200");
    declared.xml = subsidy_model("nonsense");
    const auto refused = apply();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().detail.find("rules/subsidy.dmn"), std::string::npos);
    clock.advance(kDay);
    ASSERT_TRUE(
        database->write([&](store::Transaction& tx) { return decisions->withdraw(tx, "subsidy"); })
            .ok());
    ASSERT_TRUE(decisions->refresh().ok());
    EXPECT_EQ(ask(30).error().code, Code::kNotFound);
    EXPECT_EQ(output(30, kStart), "200");
    EXPECT_EQ(acts("rule.publish").size(), 2U);
    EXPECT_EQ(acts("rule.withdraw").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, DecisionTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::decision
