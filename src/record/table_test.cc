#include "record/table.h"

#include "record/testing.h"

namespace shu::record {
namespace {

class TableTest : public testing::RecordTest {
 protected:
    Dataset changed(const std::function<void(Dataset&)>& change) {
        Dataset dataset = testing::population();
        change(dataset);
        return dataset;
    }
    void fill() {
        ASSERT_EQ(collect("id_number,name\n" + testing::identity_number(1) + ",王一\n").added, 1);
    }
    void expect_refused(const std::function<void(Dataset&)>& change, std::string_view named) {
        const auto result = put(changed(change));
        ASSERT_FALSE(result.ok()) << named;
        EXPECT_EQ(result.error().code, Code::kConflict) << result.error().detail;
        EXPECT_NE(result.error().detail.find(named), std::string::npos) << result.error().detail;
        EXPECT_EQ(query("SELECT name FROM ds_population").size(), 1U);
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, TableTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(TableTest, ADeclarationBecomesATableWithRealColumns) {
    EXPECT_TRUE(
        query(
            "SELECT id_number, name, gender, born, income, height, children, married, seen_at, subject_id, batch_id, changed_at "
            "FROM ds_population")
            .empty());
    EXPECT_EQ(records().count("population").value(), 0);
    EXPECT_EQ(records().count("nothing").error().code, Code::kNotFound);
}

TEST_P(TableTest, TheSameDeclarationAgainChangesNothing) {
    fill();
    ASSERT_TRUE(put(testing::population()).ok());
    EXPECT_EQ(query("SELECT name FROM ds_population").size(), 1U);
    EXPECT_EQ(records().count("population").value(), 1);
}

TEST_P(TableTest, AnIndexComesAndGoesWithItsDeclaration) {
    fill();
    const auto searchable = [](Dataset& d) { d.fields[1].searchable = true; };
    ASSERT_TRUE(put(changed(searchable)).ok());
    ASSERT_TRUE(put(changed(searchable)).ok()) << "twice changes nothing";
    // The name is taken: that is how an index is seen on either engine.
    EXPECT_FALSE(database
                     ->write([](store::Transaction& tx) -> Result<void> {
                         SHU_TRY(
                             tx.execute("CREATE INDEX ix_population_name ON ds_population (name)"));
                         return {};
                     })
                     .ok());
    ASSERT_TRUE(put(testing::population()).ok());
    EXPECT_TRUE(database
                    ->write([](store::Transaction& tx) -> Result<void> {
                        SHU_TRY(
                            tx.execute("CREATE INDEX ix_population_name ON ds_population (name)"));
                        return {};
                    })
                    .ok());
}

TEST_P(TableTest, FieldsMayBeAddedAndTextsWidenedOverRows) {
    fill();
    const auto result = put(changed([](Dataset& d) {
        d.fields.emplace_back().code = "nickname";
        d.fields.back().name = "曾用名";
        d.fields[1].length = 50;
        d.fields[2].type = FieldType::kText;
        d.fields[2].codes = "";
    }));
    ASSERT_TRUE(result.ok()) << result.error().detail;
    EXPECT_EQ(query("SELECT nickname FROM ds_population WHERE nickname IS NULL").size(), 1U);
    EXPECT_EQ(collect("id_number,name,nickname\n" + testing::identity_number(1) +
                      ",一二三四五六七八九十一,小一\n")
                  .changed,
              1);
}

TEST_P(TableTest, AChangeThatWouldLoseDataIsRefusedByName) {
    fill();
    expect_refused([](Dataset& d) { d.fields.erase(d.fields.begin() + 4); }, "`income` is removed");
    expect_refused([](Dataset& d) { d.fields[4].type = FieldType::kInteger; },
                   "`income` changes from money to integer");
    expect_refused([](Dataset& d) { d.fields[5].scale = 2; }, "`height` changes its scale");
    expect_refused([](Dataset& d) { d.fields[1].length = 5; }, "`name` becomes shorter");
    expect_refused([](Dataset& d) { d.key = {"name"}; }, "the key changes");
    expect_refused([](Dataset& d) { d.subject = {}; }, "the subject changes");
}

TEST_P(TableTest, AnEmptyTableMayBeDeclaredAnew) {
    const auto result = put(changed([](Dataset& d) {
        d.fields.erase(d.fields.begin() + 4);
        d.key = {"id_number", "name"};
        d.fields[5].type = FieldType::kText;
    }));
    ASSERT_TRUE(result.ok()) << result.error().detail;
    fill();
}

TEST_P(TableTest, AWrongDeclarationIsRefusedAndLeavesNothing) {
    auto wrong = changed([](Dataset& d) {
        d.code = "other";
        d.fields[2].codes = "none";
    });
    EXPECT_EQ(put(wrong).error().code, Code::kInvalid);
    wrong = changed([](Dataset& d) { d.code = "ds; drop table batch"; });
    EXPECT_EQ(put(wrong).error().code, Code::kInvalid);
    EXPECT_EQ(records().declarations()->datasets.size(), 1U);
}

TEST_P(TableTest, OnlyWhatIsEmptyAndUnusedIsRemoved) {
    fill();
    const auto remove = [&](const store::Database::Work& work) { return database->write(work); };
    EXPECT_EQ(
        remove([&](store::Transaction& tx) { return records().remove_dataset(tx, "population"); })
            .error()
            .code,
        Code::kConflict);
    EXPECT_EQ(
        remove([&](store::Transaction& tx) { return records().remove_code_table(tx, "gender"); })
            .error()
            .code,
        Code::kConflict);
    EXPECT_EQ(
        remove([&](store::Transaction& tx) { return records().remove_registry(tx, "population"); })
            .error()
            .code,
        Code::kConflict);
    EXPECT_EQ(
        remove([&](store::Transaction& tx) { return records().remove_dataset(tx, "nothing"); })
            .error()
            .code,
        Code::kNotFound);
    EXPECT_EQ(
        remove([&](store::Transaction& tx) { return records().remove_code_table(tx, "nothing"); })
            .error()
            .code,
        Code::kNotFound);
    write([](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(tx.execute("DELETE FROM ds_population"));
        return {};
    });
    EXPECT_TRUE(remove([&](store::Transaction& tx) {
                    return records().remove_dataset(tx, "population");
                }).ok());
    EXPECT_TRUE(remove([&](store::Transaction& tx) {
                    return records().remove_code_table(tx, "gender");
                }).ok());
    EXPECT_TRUE(remove([&](store::Transaction& tx) {
                    return records().remove_registry(tx, "population");
                }).ok());
    ASSERT_TRUE(records().refresh().ok());
    EXPECT_TRUE(records().declarations()->datasets.empty());
}

TEST_P(TableTest, ASnapshotOnceTakenDoesNotChange) {
    const auto before = records().declarations();
    ASSERT_TRUE(put(changed([](Dataset& d) {
                    d.fields.emplace_back().code = "nickname";
                    d.fields.back().name = "曾用名";
                })).ok());
    EXPECT_EQ(before->datasets.at("population")->fields.size(), 9U);
    EXPECT_EQ(records().declarations()->datasets.at("population")->fields.size(), 10U);
}

}  // namespace
}  // namespace shu::record
