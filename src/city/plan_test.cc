// Plan and apply against both engines, with the real identity and record modules.
#include "city/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "city/demo.h"
#include "foundation/crypto/sm3.h"
#include "foundation/file.h"
#include "foundation/limits.h"
#include "ledger/ledger.h"
#include "store/testing.h"

namespace shu::city {
namespace {

class Applying : public testing::TestWithParam<std::string> {
 protected:
    Applying() : database_(GetParam()), ids_(clock_, 1) {}

    void SetUp() override {
        const std::vector<store::ModuleMigrations> modules = {
            ledger::Ledger::migrations(), identity::Identity::migrations(),
            record::Records::migrations(), decision::Decisions::migrations(), migrations()};
        ASSERT_TRUE(store::migrate(*database_, modules, clock_).ok());
        auto blobs = store::BlobStore::open(database_.folder() + "/blobs");
        ASSERT_TRUE(blobs.ok());
        blobs_ = *std::move(blobs);
        identity::IdentityOptions options;
        options.master_key = std::string(16, 'm');
        options.subject_key = std::string(32, 's');
        auto identity = identity::Identity::open(*database_, clock_, ids_, options, Log::none());
        ASSERT_TRUE(identity.ok()) << identity.error().detail;
        identity_ = *std::move(identity);
        auto records =
            record::Records::open({*database_, clock_, ids_, *blobs_, *identity_, Log::none()});
        ASSERT_TRUE(records.ok()) << records.error().detail;
        records_ = *std::move(records);
        zones_ = rule::Zones::load().value();
        auto decisions = decision::Decisions::open({.database = *database_,
                                                    .clock = clock_,
                                                    .ids = ids_,
                                                    .identity = *identity_,
                                                    .zones = zones_,
                                                    .log = Log::none()});
        ASSERT_TRUE(decisions.ok()) << decisions.error().detail;
        decisions_ = *std::move(decisions);
    }

    static City shenyang() {
        const char* source = std::getenv("SHU_SOURCE");
        auto city = load(std::string(source ? source : ".") + "/cities/shenyang");
        EXPECT_TRUE(city.ok()) << city.error().detail;
        return *std::move(city);
    }
    ApplyParts parts() { return {*database_, ids_, clock_, *identity_, *records_, *decisions_}; }

    Plan planned(const City& city) {
        auto made = plan(city, *database_);
        EXPECT_TRUE(made.ok()) << made.error().detail;
        return made.ok() ? *std::move(made) : Plan{};
    }
    void apply_all(const City& city) {
        const auto done = apply(city, planned(city), parts());
        EXPECT_TRUE(done.ok()) << done.error().detail;
    }
    /// How many acts have the verb.
    std::int64_t count(std::string_view verb) {
        const auto found = database_->read_value<std::int64_t>(
            [&](store::Transaction& tx) -> Result<std::int64_t> {
                std::int64_t acts = 0;
                for (const auto& row : SHU_TRY(tx.query("SELECT body FROM act_waiting")))
                    if (row.text(0).find("\"verb\":\"" + std::string(verb) + "\"") !=
                        std::string::npos)
                        ++acts;
                return acts;
            });
        EXPECT_TRUE(found.ok()) << found.error().detail;
        return found.value_or(-1);
    }

    /// Drops a dataset from the folder's value, as if its file were gone.
    static void drop(City& city, const std::string& kind, const std::string& code) {
        std::erase_if(city.declarations,
                      [&](const Declaration& d) { return d.kind == kind && d.code == code; });
    }
    static Declaration& declaration(City& city, const std::string& kind, const std::string& code) {
        return *std::find_if(
            city.declarations.begin(), city.declarations.end(),
            [&](const Declaration& d) { return d.kind == kind && d.code == code; });
    }

    store::testing::FreshDatabase database_;
    ManualClock clock_{1'780'000'000'000'000};
    IdMaker ids_;
    std::unique_ptr<store::BlobStore> blobs_;
    std::unique_ptr<identity::Identity> identity_;
    std::unique_ptr<record::Records> records_;
    rule::Zones zones_;
    std::unique_ptr<decision::Decisions> decisions_;
};

INSTANTIATE_TEST_SUITE_P(Engines, Applying, testing::ValuesIn(store::testing::engines()));

TEST_P(Applying, DeclaresEveryObjectWithOneActAndThenHasNothingToDo) {
    const City city = shenyang();
    const Plan first = planned(city);
    EXPECT_EQ(first.count(ChangeKind::kAdd), static_cast<std::int64_t>(city.declarations.size()));
    apply_all(city);
    EXPECT_EQ(count("city.declare"), static_cast<std::int64_t>(city.declarations.size()));
    EXPECT_EQ(identity_->directory()->organisations().size(), city.organisations.size());
    EXPECT_EQ(records_->declarations()->datasets.size(), city.datasets.size());
    const Plan again = planned(city);
    EXPECT_TRUE(again.empty());
    EXPECT_EQ(again.unchanged, static_cast<std::int64_t>(city.declarations.size()));
}

TEST_P(Applying, PublishesADecisionModelWhenItsTextChangesAndShowsTheCell) {
    City city = shenyang();
    apply_all(city);
    EXPECT_EQ(count("rule.publish"), static_cast<std::int64_t>(city.models.size()));
    EXPECT_EQ(decisions_->models()->at("elderly-allowance")->versions.size(), 1U);
    const auto model = std::find_if(city.models.begin(), city.models.end(),
                                    [](const auto& it) { return it.code == "elderly-allowance"; });
    ASSERT_NE(model, city.models.end());
    const std::size_t at = model->xml.find("<text>600</text>");
    ASSERT_NE(at, std::string::npos);
    model->xml.replace(at, 16, "<text>660</text>");
    Declaration& declared = declaration(city, "rule", "elderly-allowance");
    declared.body = json::canonical(decision::outline_of(
        *model, decision::inspect(model->xml, {&zones_, nullptr}, decision::Analysis::kWithout)));
    declared.digest = crypto::to_hex(crypto::sm3(declared.body));
    const Plan plan = planned(city);
    ASSERT_EQ(plan.changes.size(), 1U);
    const auto& members = plan.changes[0].members;
    const auto cell = std::find_if(members.begin(), members.end(), [](const MemberChange& it) {
        return it.member.find("then") != std::string::npos;
    });
    ASSERT_NE(cell, members.end());
    EXPECT_EQ(cell->member, "elements[每月标准].logic.rules[6].then.每月标准");
    EXPECT_EQ(cell->before, "600");
    EXPECT_EQ(cell->after, "660");
    apply_all(city);
    EXPECT_EQ(count("rule.publish"), static_cast<std::int64_t>(city.models.size()) + 1);
    EXPECT_EQ(decisions_->models()->at("elderly-allowance")->versions.size(), 2U);
    drop(city, "rule", "elderly-allowance");
    apply_all(city);
    EXPECT_EQ(count("rule.withdraw"), 1);
    EXPECT_EQ(decisions_->models()->at("elderly-allowance")->in_force(clock_.now()), nullptr);
}

TEST_P(Applying, ShowsChangedMembersOldAndNewAndChangesOnlyThose) {
    City city = shenyang();
    apply_all(city);
    const std::int64_t before = count("city.declare");
    auto& organisation = *std::find_if(city.organisations.begin(), city.organisations.end(),
                                       [](const auto& o) { return o.code == "water"; });
    organisation.name = "沈阳市水利局";
    Declaration& declared = declaration(city, "organisation", "water");
    const std::string old_name = "沈阳市水务局";
    declared.body.replace(declared.body.find(old_name), old_name.size(), organisation.name);
    declared.digest = crypto::to_hex(crypto::sm3(declared.body));
    const Plan plan = planned(city);
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].object(), "organisation:water");
    EXPECT_EQ(plan.changes[0].members,
              (std::vector<MemberChange>{{"name", old_name, "沈阳市水利局"}}));
    apply_all(city);
    EXPECT_EQ(count("city.declare"), before + 1);
    EXPECT_EQ(identity_->directory()->organisation("water")->name, "沈阳市水利局");
}

TEST_P(Applying, RemovesWhatTheFolderNoLongerDeclaresDependentsFirst) {
    City city = shenyang();
    apply_all(city);
    drop(city, "dataset", "city_part");
    drop(city, "registry", "urban-management");
    const Plan plan = planned(city);
    ASSERT_EQ(plan.count(ChangeKind::kRemove), 2);
    EXPECT_EQ(plan.changes[0].object(), "dataset:city_part");
    EXPECT_EQ(plan.changes[1].object(), "registry:urban-management");
    apply_all(city);
    EXPECT_EQ(count("city.remove"), 2);
    EXPECT_EQ(records_->declarations()->datasets.count("city_part"), 0U);
    EXPECT_TRUE(planned(city).empty());
}

TEST_P(Applying, RefusesAPlanThatIsNoLongerTrueAndThenChangesNothing) {
    const City city = shenyang();
    const Plan stale = planned(city);
    apply_all(city);
    const std::int64_t before = count("city.declare");
    const auto done = apply(city, stale, parts());
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, Code::kConflict);
    EXPECT_EQ(count("city.declare"), before);
}

TEST_P(Applying, RefusesAnotherCityInTheSameDatabase) {
    City city = shenyang();
    apply_all(city);
    city.code = "210200";
    const auto other = plan(city, *database_);
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code, Code::kConflict);
}

TEST_P(Applying, MakesTheDemonstrationsAccounts) {
    const City city = shenyang();
    apply_all(city);
    const auto done = put_demo_accounts(city, parts());
    EXPECT_TRUE(done.ok()) << done.error().detail;
    const auto has = identity_->has_accounts();
    ASSERT_TRUE(has.ok());
    EXPECT_TRUE(put_demo_accounts(city, parts()).ok());
}

TEST_P(Applying, CollectsTheGeneratedCityWithoutOneQuarantinedRow) {
    const City city = shenyang();
    apply_all(city);
    demo::Options options;
    options.people = 2'000;
    options.folder = database_.folder() + "/generated";
    const auto files = demo::generate(city, options, nullptr);
    ASSERT_TRUE(files.ok()) << files.error().detail;
    const auto batches = demo::collect(*files, *blobs_, *records_, [](const record::Batch&) {});
    ASSERT_TRUE(batches.ok()) << batches.error().detail;
    EXPECT_EQ(batches->size(), city.datasets.size());
    for (std::size_t i = 0; i < batches->size(); ++i) {
        EXPECT_EQ((*batches)[i].added, (*files)[i].rows) << (*files)[i].dataset;
        EXPECT_EQ(records_->count((*files)[i].dataset).value_or(-1), (*files)[i].rows)
            << (*files)[i].dataset;
    }
}

TEST_P(Applying, QuarantinesTheTenWrongRowsOfTheSampleInEitherEncoding) {
    const City city = shenyang();
    apply_all(city);
    const auto sample = demo::sample(city, 1);
    ASSERT_TRUE(sample.ok()) << sample.error().detail;
    const auto collected = [&](const std::string& text) {
        record::NewBatch batch;
        batch.dataset = "population";
        batch.file_name = "population.csv";
        batch.blob = blobs_->put(text).value_or(crypto::Digest{});
        batch.bytes = static_cast<std::int64_t>(text.size());
        auto done = records_->collect_now("public-security", batch, [](const record::Batch&) {});
        EXPECT_TRUE(done.ok()) << done.error().detail;
        return done.ok() ? *done : record::Batch{};
    };
    const record::Batch first = collected(sample->text), second = collected(sample->gb18030);
    EXPECT_EQ(first.added, sample->rows - sample->wrong);
    EXPECT_EQ(first.quarantined, sample->wrong);
    EXPECT_EQ(second.encoding, "gb18030");
    EXPECT_EQ(second.unchanged, sample->rows - sample->wrong);
    EXPECT_EQ(second.quarantined, sample->wrong);
}

TEST(Sample, InTheFolderIsWhatTheGeneratorWrites) {
    const char* source = std::getenv("SHU_SOURCE");
    ASSERT_NE(source, nullptr) << "set SHU_SOURCE to the root of the source tree";
    const auto city = load(std::string(source) + "/cities/shenyang");
    ASSERT_TRUE(city.ok()) << city.error().detail;
    const auto sample = demo::sample(*city, 1);
    const auto kept =
        file::read(city->folder + "/demo/samples/population.csv", limits::yaml_bytes_max);
    ASSERT_TRUE(sample.ok() && kept.ok());
    EXPECT_EQ(*kept, sample->text);
}

}  // namespace
}  // namespace shu::city
