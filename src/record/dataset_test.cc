#include "record/dataset.h"

#include <gtest/gtest.h>

#include "foundation/json.h"

namespace shu::record {
namespace {

constexpr std::string_view kPopulation = R"({
  "code": "population", "name": "人口基础信息", "name_en": "Population", "registry": "population", "provider": "public-security",
  "key": ["id_number"], "subject": {"kind": "person", "field": "id_number"},
  "fields": [
    {"code": "id_number", "name": "公民身份号码", "type": "text", "length": 18, "required": true, "check": "identity_number", "level": 3,
     "mask": "identity_number", "standard": "GB 11643-1999"},
    {"code": "name", "name": "姓名", "type": "text", "length": 50, "level": 2, "mask": "name"},
    {"code": "gender", "name": "性别", "type": "code", "codes": "gender"},
    {"code": "income", "name": "收入", "type": "decimal", "scale": 3},
    {"code": "born", "name": "出生日期", "type": "date"}
  ],
  "catalogue": {"resource_code": "1/000001"}
})";

json::value document() {
    return json::parse(kPopulation).value();
}

std::map<std::string, CodeTable, std::less<>> tables() {
    CodeTable gender;
    gender.code = "gender";
    gender.values = {{"1", "男性", "Male"}, {"2", "女性", "Female"}};
    return {{"gender", gender}};
}

std::vector<Problem> problems_of(const Dataset& dataset) {
    std::vector<Problem> problems;
    check_dataset(dataset, tables(), "", problems);
    return problems;
}

// The one problem that the change makes.
Problem problem_after(const std::function<void(Dataset&)>& change) {
    Dataset dataset = dataset_from(document());
    change(dataset);
    const auto problems = problems_of(dataset);
    EXPECT_EQ(problems.size(), 1U);
    return problems.empty() ? Problem{} : problems.front();
}

TEST(Dataset, IsReadFromADocumentThatHasItsShape) {
    std::vector<Problem> problems;
    dataset_shape().check(document(), "", problems);
    EXPECT_TRUE(problems.empty());
    const auto dataset = dataset_from(document());
    EXPECT_EQ(dataset.code, "population");
    EXPECT_EQ(dataset.key, std::vector<std::string>{"id_number"});
    EXPECT_EQ(dataset.subject.kind, "person");
    ASSERT_EQ(dataset.fields.size(), 5U);
    EXPECT_EQ(dataset.fields[0].check, ContentCheck::kIdentityNumber);
    EXPECT_EQ(dataset.fields[0].mask, Mask::kIdentityNumber);
    EXPECT_EQ(dataset.fields[0].length, 18);
    EXPECT_EQ(dataset.fields[2].type, FieldType::kCode);
    EXPECT_EQ(dataset.fields[3].scale, 3);
    EXPECT_EQ(dataset.level(), 3);
    EXPECT_EQ(dataset.field("nothing"), nullptr);
    EXPECT_TRUE(problems_of(dataset).empty());
}

TEST(Dataset, IsWrittenAsItWasRead) {
    const auto dataset = dataset_from(document());
    EXPECT_EQ(to_json(dataset_from(to_json(dataset))), to_json(dataset));
    EXPECT_EQ(to_json(dataset), document());
}

TEST(Dataset, ShapeFindsMisspeltMembersTypesAndLevels) {
    auto wrong = document();
    wrong.as_object()["providr"] = "x";
    wrong.at("fields").as_array()[0].as_object()["type"] = "string";
    wrong.at("fields").as_array()[1].as_object()["level"] = 7;
    std::vector<Problem> problems;
    dataset_shape().check(wrong, "", problems);
    EXPECT_EQ(problems.size(), 3U);
}

TEST(Dataset, CheckSuggestsTheFieldOrCodeTableThatWasMeant) {
    auto problem = problem_after([](Dataset& d) { d.key = {"id_numbr"}; });
    EXPECT_EQ(problem.pointer, "/key/0");
    EXPECT_EQ(problem.remedy, "did you mean `id_number`?");
    problem = problem_after([](Dataset& d) { d.fields[2].codes = "gendr"; });
    EXPECT_EQ(problem.pointer, "/fields/2/codes");
    EXPECT_EQ(problem.remedy, "did you mean `gender`?");
    problem = problem_after([](Dataset& d) { d.subject.field = "id_nmber"; });
    EXPECT_EQ(problem.pointer, "/subject/field");
    EXPECT_EQ(problem.remedy, "did you mean `id_number`?");
}

TEST(Dataset, CheckRefusesNamesThatCannotBeColumnsOrAreTaken) {
    for (const auto* code : {"select", "1st", "Upper", "subject_id", "batch_id", "changed_at",
                             "a-b", "x; drop table y"})
        EXPECT_EQ(problem_after([&](Dataset& d) { d.fields[4].code = code; }).pointer,
                  "/fields/4/code")
            << code;
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[4].code = "name"; }).pointer,
              "/fields/4/code");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[4].name = "姓名"; }).pointer,
              "/fields/4/name");
    EXPECT_EQ(problem_after([](Dataset& d) { d.code = "Wrong"; }).pointer, "/code");
    EXPECT_EQ(problem_after([](Dataset& d) { d.code = std::string(41, 'a'); }).pointer, "/code");
}

TEST(Dataset, CheckRefusesMembersThatDoNotGoTogether) {
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[1].codes = "gender"; }).pointer,
              "/fields/1/codes");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[2].codes = ""; }).pointer, "/fields/2/codes");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[1].scale = 2; }).pointer, "/fields/1/scale");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[4].length = 2; }).pointer,
              "/fields/4/length");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[4].check = ContentCheck::kMobile; }).pointer,
              "/fields/4/check");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[4].mask = Mask::kName; }).pointer,
              "/fields/4/mask");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[3].level = 4; }).pointer, "/fields/3/mask");
    EXPECT_EQ(problem_after([](Dataset& d) { d.fields[0].length = 15; }).pointer,
              "/fields/0/length");
    EXPECT_EQ(problem_after([](Dataset& d) { d.subject.kind = "entity"; }).pointer,
              "/subject/field");
    EXPECT_EQ(problem_after([](Dataset& d) { d.key = {}; }).pointer, "/key");
    EXPECT_EQ(problem_after([](Dataset& d) { d.key = {"name", "name"}; }).pointer, "/key/1");
}

TEST(CodeTable, KeepsTheOrderOfItsValues) {
    const auto v =
        json::parse(
            R"({"code":"gender","name":"性别代码","standard":"GB/T 2261.1-2003","valid_from":"2004-12-01",
        "values":[{"code":"2","name":"女性"},{"code":"1","name":"男性","name_en":"Male"}]})")
            .value();
    std::vector<Problem> problems;
    code_table_shape().check(v, "", problems);
    EXPECT_TRUE(problems.empty());
    const auto table = code_table_from(v);
    ASSERT_EQ(table.values.size(), 2U);
    EXPECT_EQ(table.values[0].code, "2");
    EXPECT_EQ(table.values[1].name, "男性");
    EXPECT_EQ(table.values[0].name_en, "");
    EXPECT_EQ(table.values[1].name_en, "Male");
    EXPECT_EQ(to_json(code_table_from(to_json(table))), to_json(table));
}

TEST(Registry, IsBaseOrTheme) {
    const auto v = json::parse(R"({"code":"population","name":"人口库","kind":"base"})").value();
    std::vector<Problem> problems;
    registry_shape().check(v, "", problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(to_json(registry_from(v)), v);
    auto wrong = v;
    wrong.as_object()["kind"] = "other";
    registry_shape().check(wrong, "", problems);
    EXPECT_EQ(problems.size(), 1U);
}

}  // namespace
}  // namespace shu::record
