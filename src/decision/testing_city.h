// For tests of this module: a city of one bureau with its models, on either engine.
#pragma once

#include "decision/decisions.h"
#include "decision/state.h"
#include "decision/testing.h"
#include "ledger/ledger.h"
#include "store/testing.h"

namespace shu::decision {

inline constexpr Micros kStart = 1'795'253'400'000'000;  // 2026-11-21T09:30:00Z
inline constexpr Micros kDay = kMicrosPerDay;

inline CaseFilter all_cases() {
    CaseFilter out;
    out.model = "subsidy";
    return out;
}

/// A city of one bureau with a drawer, a publisher and somebody without rights.
class DecisionTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const std::vector<store::ModuleMigrations> modules{ledger::Ledger::migrations(),
                                                           identity::Identity::migrations(),
                                                           Decisions::migrations()};
        const auto migrated = store::migrate(*database, modules, clock);
        ASSERT_TRUE(migrated.ok()) << migrated.error().detail;
        auto opened = identity::Identity::open(
            *database, clock, ids,
            {.master_key = std::string(16, 'm'), .subject_key = std::string(32, 's')}, Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        identity = std::move(*opened);
        open();
    }

    void open() {
        auto opened = Decisions::open({.database = *database,
                                       .clock = clock,
                                       .ids = ids,
                                       .identity = *identity,
                                       .zones = *test_environment().zones,
                                       .log = Log::none()});
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        decisions = std::move(*opened);
        state = &decisions->state();
    }

    identity::Actor actor(std::int64_t id, const std::string& name,
                          const std::vector<std::string>& verbs) const {
        identity::Actor out;
        out.account = identity::AccountId{id};
        out.name = out.display_name = name;
        out.organisation = "civil-affairs";
        out.directory = identity->directory();
        for (const std::string& verb : verbs)
            out.permissions.push_back({verb, identity::Scope::kOwn, 1});
        return out;
    }
    identity::Actor drawer() const {
        return actor(1, "绘制员", {"rule.read", "rule.draw", "rule.evaluate"});
    }
    identity::Actor publisher() const {
        return actor(2, "发布员", {"rule.read", "rule.draw", "rule.publish"});
    }

    Result<void> draw_model(const identity::Actor& by, const std::string& xml,
                            const std::string& code = "subsidy") {
        Drawing drawing{.code = code, .xml = xml, .note = "", .replaces = {}, .made = {}};
        if (!state->models()->contains(code)) {
            PublishedModel made;
            made.code = code;
            made.name = "高龄津贴";
            made.owner = "civil-affairs";
            drawing.made = made;
        }
        return draw(*state, by, drawing);
    }
    std::string draft_digest(const std::string& code = "subsidy") const {
        return state->models()->at(code)->draft.value_or(Draft{}).digest;
    }
    Result<Version> publish_draft(const identity::Actor& by, Micros from = 0,
                                  const std::string& code = "subsidy") {
        return publish(*state, by,
                       {.code = code,
                        .digest = draft_digest(code),
                        .from = from,
                        .note = "按新标准",
                        .basis = ""});
    }
    /// Draws and publishes a text.
    Version put_in_force(const std::string& xml, Micros from = 0) {
        const auto drawn = draw_model(drawer(), xml);
        EXPECT_TRUE(drawn.ok()) << drawn.error().detail;
        const auto version = publish_draft(publisher(), from);
        EXPECT_TRUE(version.ok()) << version.error().detail;
        return version.ok() ? *version : Version{};
    }

    Result<Answer> ask(int age, bool record = false, Micros at = 0) {
        return decisions->decide({.code = "subsidy",
                                  .decision = "津贴",
                                  .input = json::object{{"年龄", age}, {"户籍地", "本市"}},
                                  .at = at,
                                  .record = record,
                                  .explain = false},
                                 drawer());
    }
    std::string output(int age, Micros at = 0) {
        const auto answer = ask(age, false, at);
        return answer.ok() ? answer->output.to_text() : "error: " + answer.error().detail;
    }

    std::vector<std::string> acts(const std::string& verb) {
        std::vector<std::string> bodies;
        const auto read = database->read([&](store::Transaction& tx) -> Result<void> {
            bodies.clear();
            for (const auto& row : SHU_TRY(tx.query("SELECT body FROM act_waiting ORDER BY id")))
                if (row.text(0).find("\"verb\":\"" + verb + "\"") != std::string::npos)
                    bodies.push_back(row.text(0));
            return {};
        });
        EXPECT_TRUE(read.ok()) << read.error().detail;
        return bodies;
    }
    std::int64_t count(const store::Sql& sql) {
        const auto found =
            database->read_value<std::int64_t>([&](store::Transaction& tx) -> Result<std::int64_t> {
                return SHU_TRY(tx.row(sql))->integer(0);
            });
        EXPECT_TRUE(found.ok()) << found.error().detail;
        return found.value_or(-1);
    }

    Replay begin(const std::string& digest, std::int64_t total) {
        Replay replay;
        replay.id = ids.next_as<ReplayId>();
        replay.model = "subsidy";
        replay.candidate = "version";
        replay.digest = digest;
        replay.total = total;
        const auto written =
            database->write([&](store::Transaction& tx) { return insert_replay(tx, replay); });
        EXPECT_TRUE(written.ok()) << written.error().detail;
        return replay;
    }
    Replay stored(ReplayId id) {
        return database
            ->read_value<std::optional<Replay>>(
                [&](store::Transaction& tx) { return replay_by_id(tx, id); })
            ->value();
    }

    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{kStart};
    IdMaker ids{clock, 1};
    std::unique_ptr<identity::Identity> identity;
    std::unique_ptr<Decisions> decisions;
    Decisions::State* state = nullptr;
};

}  // namespace shu::decision
