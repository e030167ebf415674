// What models import, the examples they are judged by, versions taken back, cases that expire: on
// both engines.
#include "decision/imports.h"

#include "decision/limits.h"
#include "decision/testing_city.h"
#include "foundation/crypto/sm3.h"

namespace shu::decision {
namespace {

constexpr const char* kImport =
    "\n<import name=\"津贴库\" namespace=\"urn:test:subsidy\" "
    "importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>\n";

/// A model that doubles the standard of the subsidy's model.
std::string doubling(const std::string& name_space = "urn:test:doubling",
                     const std::string& wanted = "d1") {
    return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"x\" "
           "name=\"双倍\" namespace=\"" +
           name_space + "\">" + kImport +
           "<decision id=\"e1\" name=\"双倍标准\"><variable name=\"双倍标准\" typeRef=\"number\"/>"
           "<informationRequirement><requiredDecision href=\"urn:test:subsidy#" +
           wanted +
           "\"/></informationRequirement>"
           "<literalExpression><text>津贴库.标准 * 2</text></literalExpression></decision></definitions>";
}

class ModelsOfACity : public DecisionTest {
 protected:
    Result<Version> publish_new(const std::string& code, const std::string& xml, Micros from = 0) {
        SHU_CHECK(draw_model(drawer(), xml, code));
        return publish_draft(publisher(), from, code);
    }
    std::string doubled(int age, Micros at = 0) {
        const auto answer = decisions->decide({.code = "doubling",
                                               .decision = "双倍标准",
                                               .input = json::object{{"年龄", age}},
                                               .at = at,
                                               .record = false,
                                               .explain = false},
                                              drawer());
        return answer.ok() ? answer->output.to_text() : "error: " + answer.error().detail;
    }
    static ModelDeclaration declared(const std::string& code, const std::string& xml) {
        ModelDeclaration out;
        out.code = code;
        out.owner = "civil-affairs";
        out.xml = xml;
        return out;
    }
    /// One apply of a folder.
    Result<void> apply(const std::vector<ModelDeclaration>& all,
                       const std::vector<std::string>& gone = {}) {
        SHU_CHECK(database->write([&](store::Transaction& tx) -> Result<void> {
            for (const ModelDeclaration& one : all)
                SHU_CHECK(decisions->put(tx, one));
            for (const std::string& code : gone)
                SHU_CHECK(decisions->withdraw(tx, code));
            return decisions->check_imports(tx);
        }));
        return decisions->refresh();
    }
    static void expect_refused(const Error& error, std::string_view words) {
        EXPECT_EQ(error.code, Code::kConflict);
        EXPECT_NE(error.detail.find(words), std::string::npos) << error.detail;
    }
};

TEST_P(ModelsOfACity, import_the_version_in_force_at_the_instant_asked) {
    put_in_force(subsidy_model("100"));
    ASSERT_TRUE(publish_new("doubling", doubling()).ok());
    EXPECT_EQ(doubled(30), "200");
    put_in_force(subsidy_model("150"), kStart + 5 * kDay);
    EXPECT_EQ(doubled(30), "200");
    EXPECT_EQ(doubled(30, kStart + 5 * kDay), "300");
    EXPECT_EQ(doubled(30, kStart + 5 * kDay - 1), "200");
    clock.set(kStart + 6 * kDay);
    EXPECT_EQ(doubled(30), "300");
    open();
    EXPECT_EQ(doubled(30), "300");
}

TEST_P(ModelsOfACity, that_import_what_is_not_there_are_not_published) {
    const auto alone = publish_new("doubling", doubling());
    ASSERT_FALSE(alone.ok());
    expect_refused(alone.error(),
                   "in line 2: import '津贴库': no model in force has the namespace "
                   "'urn:test:subsidy'; publish one that has it first");
    put_in_force(subsidy_model(), kStart + 5 * kDay);
    EXPECT_FALSE(publish_draft(publisher(), kStart + 4 * kDay, "doubling").ok());
    EXPECT_TRUE(publish_draft(publisher(), kStart + 5 * kDay, "doubling").ok());
    ASSERT_TRUE(publish_new("other", subsidy_model("1"), kStart + 5 * kDay).ok() == false)
        << "a second model of the namespace makes the import ambiguous";
}

TEST_P(ModelsOfACity, that_import_each_other_are_refused) {
    put_in_force(subsidy_model());
    ASSERT_TRUE(publish_new("doubling", doubling()).ok());
    std::string round = subsidy_model();
    const std::string back =
        "<import name=\"b\" namespace=\"urn:test:doubling\" "
        "importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>";
    round.insert(round.find("<itemDefinition"), back);
    const auto refused = publish_new("subsidy", round);
    ASSERT_FALSE(refused.ok());
    expect_refused(refused.error(), "imports go round");
}

TEST_P(ModelsOfACity, are_not_spoilt_by_what_they_import) {
    put_in_force(subsidy_model());
    ASSERT_TRUE(publish_new("doubling", doubling()).ok());
    std::string renamed = subsidy_model("120");
    for (std::size_t at; (at = renamed.find("d1")) != std::string::npos;)
        renamed.replace(at, 2, "dx");
    const auto refused = publish_new("subsidy", renamed, kStart + 3 * kDay);
    ASSERT_FALSE(refused.ok());
    expect_refused(refused.error(), "the model 'doubling'");
    EXPECT_EQ(state->models()->at("subsidy")->versions.size(), 1U);
    // First the importer moves to what will be there, at the same instant.
    EXPECT_FALSE(publish_new("doubling", doubling("urn:test:doubling", "dx")).ok());
    expect_refused(apply({}, {"subsidy"}).error(), "the model 'doubling'");
    EXPECT_TRUE(apply({declared("subsidy", renamed),
                       declared("doubling", doubling("urn:test:doubling", "dx"))})
                    .ok());
    EXPECT_EQ(doubled(30), "240");
    EXPECT_TRUE(apply({}, {"doubling", "subsidy"}).ok());
}

TEST_P(ModelsOfACity, of_one_plan_import_each_other_in_any_order) {
    EXPECT_TRUE(
        apply({declared("doubling", doubling()), declared("subsidy", subsidy_model())}).ok());
    EXPECT_EQ(doubled(30), "200");
}

TEST_P(ModelsOfACity, are_published_with_failing_examples_only_knowingly) {
    ModelDeclaration model = declared("subsidy", subsidy_model());
    model.examples = {json::object{{"name", "三十岁"},
                                   {"decision", "标准"},
                                   {"input", json::object{{"年龄", 30}}},
                                   {"expected", 100}}};
    ASSERT_TRUE(apply({model}).ok());
    std::string next = subsidy_model("120");
    next.insert(next.find("<itemDefinition"),
                "<extensionElements><shu:examples xmlns:shu=\"urn:shu:rule:examples\">"
                R"([{"name":"","decision":"标准","input":{"年龄":70},"expected":300}])"
                "</shu:examples></extensionElements>");
    ASSERT_TRUE(draw_model(drawer(), next).ok());
    const auto compiled = state->shelf.get(draft_digest(), state->standing(state->now()));
    const auto outcomes = run_all_examples(*state, "subsidy", **compiled);
    ASSERT_TRUE(outcomes.ok());
    ASSERT_EQ(outcomes->size(), 2U);
    EXPECT_EQ((*outcomes)[0].source, "folder");
    EXPECT_FALSE((*outcomes)[0].result.passed);
    EXPECT_EQ((*outcomes)[0].result.output, json::value(120));
    EXPECT_EQ((*outcomes)[1].source, "model");
    EXPECT_TRUE((*outcomes)[1].result.passed);
    const auto refused = publish_draft(publisher());
    ASSERT_FALSE(refused.ok());
    expect_refused(refused.error(), "1 of 2 examples do not come out: '三十岁'");
    const auto accepted = publish(*state, publisher(),
                                  {.code = "subsidy",
                                   .digest = draft_digest(),
                                   .from = 0,
                                   .note = "标准提高",
                                   .basis = "",
                                   .accepts_failing_examples = true});
    ASSERT_TRUE(accepted.ok()) << accepted.error().detail;
    EXPECT_NE(acts("rule.publish").back().find("\"examples_failing\":1"), std::string::npos);
}

TEST_P(ModelsOfACity, take_back_a_version_before_it_holds_and_not_after) {
    put_in_force(subsidy_model("100"));
    put_in_force(subsidy_model("200"), kStart + 5 * kDay);
    EXPECT_EQ(cancel_version(*state, drawer(), {"subsidy", 2, "x"}).error().code, Code::kDenied);
    EXPECT_EQ(cancel_version(*state, publisher(), {"subsidy", 2, " "}).error().code,
              Code::kInvalid);
    EXPECT_EQ(cancel_version(*state, publisher(), {"subsidy", 3, "x"}).error().code,
              Code::kNotFound);
    expect_refused(cancel_version(*state, publisher(), {"subsidy", 1, "x"}).error(), "holds since");
    const auto done = cancel_version(*state, publisher(), {"subsidy", 2, "预算未批"});
    ASSERT_TRUE(done.ok()) << done.error().detail;
    EXPECT_EQ(output(30, kStart + 6 * kDay), "100");
    const auto model = state->models()->at("subsidy");
    EXPECT_EQ(model->until(*model->version(1)), 0);
    EXPECT_EQ(model->version(2)->cancelled_by, "发布员");
    ASSERT_EQ(acts("rule.cancel").size(), 1U);
    EXPECT_NE(acts("rule.cancel")[0].find("预算未批"), std::string::npos);
    expect_refused(cancel_version(*state, publisher(), {"subsidy", 2, "x"}).error(), "already");
    open();
    EXPECT_EQ(output(30, kStart + 6 * kDay), "100");
    EXPECT_TRUE(state->models()->at("subsidy")->version(2)->is_cancelled());
    // Who imports the version that is taken back keeps it.
    put_in_force(subsidy_model("300"), kStart + 9 * kDay);
}

TEST_P(ModelsOfACity, do_not_lose_a_version_that_others_import) {
    put_in_force(subsidy_model(), kStart + 5 * kDay);
    ASSERT_TRUE(publish_new("doubling", doubling(), kStart + 6 * kDay).ok());
    expect_refused(cancel_version(*state, publisher(), {"subsidy", 1, "x"}).error(),
                   "the model 'doubling'");
    ASSERT_TRUE(cancel_version(*state, publisher(), {"doubling", 1, "x"}).ok());
    EXPECT_TRUE(cancel_version(*state, publisher(), {"subsidy", 1, "x"}).ok());
}

TEST_P(ModelsOfACity, forget_recorded_cases_after_their_days_and_keep_the_acts) {
    ModelDeclaration model = declared("subsidy", subsidy_model());
    model.keep_days = 30;
    ASSERT_TRUE(apply({model}).ok());
    ASSERT_TRUE(ask(30, true).ok());
    ASSERT_TRUE(ask(31, true).ok());
    const Replay replay = begin(state->models()->at("subsidy")->versions[0].digest, 2);
    const auto cases = database->read_value<std::vector<RecordedCase>>(
        [](store::Transaction& tx) { return cases_after(tx, all_cases(), 0, 10); });
    ASSERT_EQ(cases->size(), 2U);
    ASSERT_TRUE(database
                    ->write([&](store::Transaction& tx) {
                        return insert_difference(tx, replay.id, cases->front().id, "1", "");
                    })
                    .ok());
    clock.advance(20 * kDay);
    ASSERT_TRUE(ask(32, true).ok());
    EXPECT_EQ(delete_expired_cases(*state).value_or(-1), 0);
    clock.advance(11 * kDay);
    EXPECT_EQ(delete_expired_cases(*state).value_or(-1), 2);
    EXPECT_EQ(count("SELECT COUNT(*) FROM decision_case"), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM decision_difference"), 0);
    EXPECT_EQ(acts("rule.decide").size(), 3U);
    ASSERT_EQ(acts("rule.expire-cases").size(), 1U);
    EXPECT_NE(acts("rule.expire-cases")[0].find("\"cases\":2"), std::string::npos);
    model.keep_days = 0;
    ASSERT_TRUE(apply({model}).ok());
    clock.advance(1000 * kDay);
    EXPECT_EQ(delete_expired_cases(*state).value_or(-1), 0) << "kept for ever";
}

TEST_P(ModelsOfACity, keep_the_last_texts_that_were_tried_and_no_more) {
    const Standing standing = state->standing(kStart);
    const auto digest = [](const std::string& xml) { return crypto::to_hex(crypto::sm3(xml)); };
    Shelf shelf(test_environment(), 2);
    const auto get = [&](const std::string& amount) {
        const std::string xml = subsidy_model(amount);
        return *shelf.get_text(digest(xml), xml, standing);
    };
    const auto first = get("1");
    EXPECT_EQ(get("1"), first) << "the same text was compiled again";
    const auto second = get("2");
    (void)get("3");
    EXPECT_NE(get("1"), first) << "more than two are kept";
    EXPECT_NE(get("2"), second);
    EXPECT_EQ(shelf.get_text("x", "<definitions>", standing).error().code, Code::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, ModelsOfACity, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::decision
