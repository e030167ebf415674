// One deliberately broken city: every mistake is found in one run, each at its place.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "city/city.h"

namespace shu::city {
namespace {

namespace fs = std::filesystem;

/// A small city that is free of mistakes; tests then break single files.
class CityFolder : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "shu-city-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        write(
            "city.yaml",
            "format: 1\ncode: 210100\nname: 沈阳市\nname_en: Shenyang\ntitle: 沈阳\ntitle_en: Shenyang\n"
            "utc_offset_minutes: 480\ncentre: [123.43, 41.8]\n");
        write(
            "divisions.csv",
            "code,name,parent,level\n210100000000,沈阳市,,2\n210102000000,和平区,210100000000,3\n");
        write(
            "organisations/all.yaml",
            "organisations:\n"
            "  - code: government\n    name: 市政府\n    name_en: Government\n    credit_code: 11210199MB00000B0G\n"
            "    division: 210100000000\n    kind: government\n"
            "  - code: police\n    name: 公安局\n    name_en: Police\n    credit_code: 11100000000013338W\n"
            "    parent: government\n    division: 210100000000\n    kind: department\n");
        write("roles.yaml",
              "roles:\n"
              "  - code: steward\n    name: 管理员\n    name_en: Steward\n"
              "    permissions:\n      - {verb: dataset.collect, scope: own, level: 4}\n"
              "  - code: system\n    name: 系统\n    name_en: System\n"
              "    permissions:\n      - {verb: account.manage, scope: city, level: 1}\n"
              "  - code: audit\n    name: 审计\n    name_en: Audit\n"
              "    permissions:\n      - {verb: audit.read, scope: city, level: 1}\n");
        write(
            "posts/all.yaml",
            "posts:\n  - code: police-data\n    name: 数据岗\n    name_en: Data\n    organisation: police\n    roles: [steward]\n");
        write(
            "registries.yaml",
            "registries:\n  - {code: population, name: 人口库, name_en: Population, kind: base, description: 人口}\n");
        write(
            "codes/gender.yaml",
            "code: gender\nname: 性别\nname_en: Gender\nvalues:\n  - {code: 1, name: 男}\n  - {code: 2, name: 女}\n");
        write("datasets/population/population.yaml", dataset("population", "101001/000001"));
    }
    void TearDown() override { fs::remove_all(folder_); }

    static std::string dataset(const std::string& code, const std::string& resource_code) {
        return "code: " + code +
               "\nname: 人口\nname_en: Population\nregistry: population\nprovider: police\ndescription: 人口\n"
               "key: [id_number]\nsubject: {kind: person, field: id_number}\n"
               "fields:\n"
               "  - {code: id_number, name: 公民身份号码, name_en: Id, type: text, length: 18, required: true, check: identity_number, level: 3, mask: identity_number}\n"
               "  - {code: gender, name: 性别, name_en: Gender, type: code, codes: gender, level: 1}\n"
               "catalogue:\n  resource_code: " +
               resource_code +
               "\n  class: [基础信息资源, 人口]\n  abstract: 人口\n  format: 数据库\n"
               "  sharing: {type: unconditional, method: 接口}\n  open: {open: false, condition: 无}\n"
               "  cycle: daily\n  published: 2026-01-15\n";
    }

    void write(const std::string& path, const std::string& text) {
        fs::create_directories((fs::path(folder_) / path).parent_path());
        std::ofstream(fs::path(folder_) / path, std::ios::binary) << text;
    }
    void append(const std::string& path, const std::string& text) {
        std::ofstream(fs::path(folder_) / path, std::ios::binary | std::ios::app) << text;
    }

    std::vector<std::string> mistakes() {
        const auto report = check(folder_);
        EXPECT_TRUE(report.ok());
        std::vector<std::string> found;
        for (const Finding& finding : report->findings)
            found.push_back(to_string(finding));
        return found;
    }
    /// The only mistake of the folder.
    std::string mistake() {
        const auto found = mistakes();
        EXPECT_EQ(found.size(), 1U) << testing::PrintToString(found);
        return found.empty() ? "" : found.front();
    }

    std::string folder_;
};

using testing::Test;

TEST_F(CityFolder, FreeOfMistakesIsLoadedWithParentsBeforeChildren) {
    EXPECT_EQ(mistakes(), std::vector<std::string>{});
    const auto city = load(folder_);
    ASSERT_TRUE(city.ok()) << city.error().detail;
    EXPECT_EQ(city->organisations.size(), 2U);
    EXPECT_EQ(city->organisations.front().code, "government");
    EXPECT_EQ(city->divisions.back(), (Division{"210102000000", "和平区", "210100000000", 3, ""}));
    EXPECT_EQ(city->declarations.size(), 11U);
}

TEST_F(CityFolder, NamesDivisionsInEnglishWhereTheFolderDoes) {
    write("division-names.csv", "code,name_en\n210102000000,Heping District\n");
    const auto city = load(folder_);
    ASSERT_TRUE(city.ok()) << city.error().detail;
    EXPECT_EQ(city->divisions.back().name_en, "Heping District");
    EXPECT_EQ(city->divisions.front().name_en, "");
}

TEST_F(CityFolder, TellsEveryMistakeOfEveryFileInOneRun) {
    write(
        "division-names.csv",
        "code,name_en\n210102000000,Heping\n210102000000,Heping\n219999000000,None\n210100000000, \n");
    append(
        "divisions.csv",
        "210103000000,沈河区,210199000000,3\n21010,短,210100000000,3\n210102000000,和平区,210100000000,3\n210104000000,大东区,210100000000,4\n");
    append(
        "organisations/all.yaml",
        "  - code: heath\n    name: 卫健委\n    name_en: Health\n    credit_code: 11210199MB00000B0H\n"
        "    parent: goverment\n    division: 210109000000\n    kind: bureau\n    colour: red\n");
    write(
        "organisations/more.yaml",
        "organisations:\n"
        "  - {code: a, name: A, name_en: A, credit_code: 91350100M000100Y43, parent: b, division: 210100000000, kind: department}\n"
        "  - {code: b, name: B, name_en: B, credit_code: 91350200MA2YJ1XR9G, parent: a, division: 210100000000, kind: department}\n"
        "  - {code: police, name: C, name_en: C, credit_code: 91210199MA00000A91, division: 210100000000, kind: department}\n");
    append(
        "posts/all.yaml",
        "  - code: joined\n    name: 合并岗\n    name_en: Joined\n    organisation: polise\n    roles: [system, audit, stewart]\n");
    write("codes/broken.yaml", "code: broken\nname: [\n");
    write("datasets/population/household.yaml", dataset("household", "101001/000001"));
    append("datasets/population/household.yaml", "  related: [101001/000009]\n");
    write("datasets/legal/other.yaml", dataset("other", "101001/000002"));
    write("dataset/population/x.yaml", "code: x\n");

    const std::vector<std::string> found = mistakes();
    const auto expect = [&](const std::string& begin) {
        EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                                [&](const std::string& line) { return line.starts_with(begin); }))
            << begin << "\nfound:\n"
            << testing::PrintToString(found);
    };
    expect("codes/broken.yaml:");
    expect(
        "dataset/population/x.yaml:1:1: no part of a city stands in a file of this name; did you mean datasets/*/*.yaml?");
    expect(
        "datasets/legal/other.yaml:4:1: the dataset stands in the folder of the registry 'legal'; move it to datasets/population/");
    expect(
        "datasets/population/population.yaml:13:3: the resource code 101001/000001 belongs to 'household'");
    expect(
        "datasets/population/household.yaml:21:13: no dataset has the resource code 101001/000009");
    expect(
        "divisions.csv:4:1: the parent '210199000000' of 210103000000 is not in this file; write 210100000000");
    expect("division-names.csv:3:1: the division 210102000000 is named a second time");
    expect("division-names.csv:4:1: there is no division 219999000000");
    expect("division-names.csv:5:1: the division 210100000000 has no English name");
    expect("divisions.csv:5:1: '21010' is not a division code; write 12 digits");
    expect(
        "divisions.csv:6:1: the division 210102000000 stands here a second time, first in line 3");
    expect("divisions.csv:7:1: the level of 210104000000 is '4', but its digits say 3; write 3");
    expect("organisations/all.yaml:18:5: the credit code '11210199MB00000B0H' is wrong");
    expect(
        "organisations/all.yaml:19:5: there is no organisation 'goverment'; did you mean government?");
    expect("organisations/all.yaml:20:5: there is no division 210109000000; did you mean 21010");
    expect("organisations/all.yaml:21:5: 'bureau' is none of");
    expect("organisations/all.yaml:22:5: 'colour' is not known here");
    expect("organisations/more.yaml:2:69: the organisations stand in a circle: a -> b -> a");
    expect(
        "organisations/more.yaml:4:6: the organisation 'police' is declared a second time, first at organisations/all.yaml:8:5");
    expect("posts/all.yaml:10:5: there is no organisation 'polise'; did you mean police?");
    expect("posts/all.yaml:11:5: the post 'joined' joins account.manage and audit.read");
    expect("posts/all.yaml:11:28: there is no role 'stewart'; did you mean steward?");
    EXPECT_EQ(found.size(), 22U) << testing::PrintToString(found);

    const auto city = load(folder_);
    ASSERT_FALSE(city.ok());
    EXPECT_EQ(city.error().code, Code::kInvalid);
    EXPECT_NE(city.error().detail.find("22 mistakes"), std::string::npos) << city.error().detail;
}

TEST_F(CityFolder, DoesNotBlameReferencesIntoAFileThatCannotBeRead) {
    write("organisations/all.yaml", "organisations:\n\t- code: government\n");
    const auto found = mistake();
    EXPECT_TRUE(found.starts_with("organisations/all.yaml:2:")) << found;
}

TEST_F(CityFolder, SaysWhichFilesACityCannotBeWithout) {
    fs::remove(fs::path(folder_) / "roles.yaml");
    const auto found = mistakes();
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const auto& line) {
        return line.starts_with("roles.yaml:1:1: is missing");
    })) << testing::PrintToString(found);
}

TEST_F(CityFolder, RefusesADatasetThatIsNotInTheCatalogue) {
    std::string text = dataset("population", "101001/000001");
    write("datasets/population/population.yaml", text.substr(0, text.find("catalogue:")));
    EXPECT_NE(mistake().find("the dataset 'population' has no catalogue entry"), std::string::npos);
}

TEST_F(CityFolder, RefusesConditionalSharingWithoutACondition) {
    std::string text = dataset("population", "101001/000001");
    text.replace(text.find("unconditional"), 13, "conditional");
    write("datasets/population/population.yaml", text);
    EXPECT_EQ(
        mistake(),
        "datasets/population/population.yaml:17:3: 'condition' is missing for this type of sharing; say what an applicant must show");
}

TEST_F(CityFolder, NamesTheCodeTableThatWasMeant) {
    std::string text = dataset("population", "101001/000001");
    text.replace(text.find("codes: gender"), 13, "codes: gander");
    write("datasets/population/population.yaml", text);
    const std::string found = mistake();
    EXPECT_TRUE(found.starts_with("datasets/population/population.yaml:11:")) << found;
    EXPECT_NE(found.find("gender"), std::string::npos) << found;
}

TEST_F(CityFolder, ReadsLargeCodeTablesFromACsvBesideThem) {
    write("codes/industry.yaml", "code: industry\nname: 行业\nfile: industry.csv\n");
    write("codes/industry.csv", "code,name\nA,农业\nA,林业\n");
    EXPECT_EQ(
        mistake(),
        "codes/industry.csv:3:1: the code 'A' stands here a second time, first in line 2; remove one of them");
    write("codes/industry.csv", "code,name\n01,农业\n");
    const auto city = load(folder_);
    ASSERT_TRUE(city.ok()) << city.error().detail;
    EXPECT_EQ(city->code_tables.back().values,
              (std::vector<record::CodeValue>{{"01", "农业", ""}}));
    write("codes/industry.csv", "code,name,name_en\n01,农业,Agriculture\n02,林业,\n");
    EXPECT_EQ(load(folder_)->code_tables.back().values,
              (std::vector<record::CodeValue>{{"01", "农业", "Agriculture"}, {"02", "林业", ""}}));
    fs::remove(fs::path(folder_) / "codes/industry.csv");
    EXPECT_NE(mistake().find("there is no file codes/industry.csv"), std::string::npos);
}

TEST_F(CityFolder, ChecksDemoAccountsAgainstPostsAndCheckDigits) {
    write(
        "demo/accounts.yaml",
        "accounts:\n  - {name: one, display_name: 一, post: police-date}\n  - {name: two, display_name: 二, person: 210199198512310031}\n"
        "  - {name: three, display_name: 三}\npassword: x\n");
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 3U) << testing::PrintToString(found);
    EXPECT_TRUE(found[0].starts_with("demo/accounts.yaml:2:")) << found[0];
    EXPECT_NE(found[0].find("did you mean police-data?"), std::string::npos) << found[0];
    EXPECT_NE(found[1].find("the identity number '210199198512310031' is wrong"), std::string::npos)
        << found[1];
    EXPECT_NE(found[2].find("needs either a post or a person"), std::string::npos) << found[2];
}

TEST_F(CityFolder, RefusesOutlinesOfUnknownDivisions) {
    write("boundaries/districts.geojson",
          R"({"type":"FeatureCollection","features":[{"type":"Feature","id":"210199"}]})");
    EXPECT_EQ(
        mistake(),
        "boundaries/districts.geojson:1:1: /features/0: there is no division 210199; name a division of divisions.csv");
}

/// An allowance by age; `second` is the condition of its second rule.
std::string allowance(const std::string& second) {
    return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"津贴\" namespace=\"urn:a\">\n"
           "<inputData id=\"i\" name=\"年龄\"><variable name=\"年龄\" typeRef=\"number\"/></inputData>\n"
           "<decision id=\"d\" name=\"标准\"><variable name=\"标准\"/>\n"
           "<informationRequirement><requiredInput href=\"#i\"/></informationRequirement>\n"
           "<decisionTable id=\"t\"><input><inputExpression typeRef=\"number\"><text>年龄</text></inputExpression></input><output/>\n"
           "<rule><inputEntry><text>&lt; 60</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>\n"
           "<rule><inputEntry><text>" +
           second +
           "</text></inputEntry><outputEntry><text>300</text></outputEntry></rule>\n"
           "</decisionTable></decision></definitions>\n";
}

constexpr const char* kAllowanceExample =
    "examples:\n  - name: 六十周岁\n    decision: 标准\n    input: {年龄: 60}\n    expected: 300\n";

TEST_F(CityFolder, LoadsADecisionModelWithItsDeclaration) {
    write("rules/allowance.dmn", allowance(">= 60"));
    write("rules/allowance.test.yaml", kAllowanceExample);
    EXPECT_TRUE(mistakes().empty()) << testing::PrintToString(mistakes());
    const auto plain = load(folder_);
    ASSERT_TRUE(plain.ok()) << plain.error().detail;
    ASSERT_EQ(plain->models.size(), 1U);
    EXPECT_EQ(plain->models[0].name, "津贴");
    EXPECT_EQ(plain->models[0].owner, "government");
    write("rules/allowance.yaml", "name: 高龄津贴\nowner: police\nbasis: 依据\nrecord: true\n");
    const auto declared = load(folder_);
    ASSERT_TRUE(declared.ok()) << declared.error().detail;
    EXPECT_EQ(declared->models[0].owner, "police");
    EXPECT_TRUE(declared->models[0].record);
    EXPECT_EQ(declared->declarations.back().kind, "rule");
    EXPECT_EQ(declared->declarations.back().code, "allowance");
}

/// A model that imports `name_space` and takes its decision 标准.
std::string importing(const std::string& own, const std::string& name_space) {
    return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"加发\" namespace=\"" +
           own + "\">\n<import name=\"库\" namespace=\"" + name_space +
           "\" importType=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"/>\n"
           "<decision id=\"e\" name=\"加发标准\">\n"
           "<informationRequirement><requiredDecision href=\"urn:a#d\"/></informationRequirement>\n"
           "<literalExpression><text>库.标准 * 2</text></literalExpression></decision></definitions>\n";
}

TEST_F(CityFolder, LetsADecisionModelImportAnotherOfTheFolder) {
    write("rules/allowance.dmn", allowance(">= 60"));
    write("rules/allowance.test.yaml", kAllowanceExample);
    write("rules/more.dmn", importing("urn:more", "urn:a"));
    write(
        "rules/more.test.yaml",
        "examples:\n  - name: 加倍\n    decision: 加发标准\n    input: {年龄: 60}\n    expected: 600\n");
    EXPECT_TRUE(mistakes().empty()) << testing::PrintToString(mistakes());
    const auto loaded = load(folder_);
    ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
    ASSERT_EQ(loaded->models.size(), 2U);
    EXPECT_EQ(loaded->models[1].examples.size(), 1U);
    write("rules/more.dmn", importing("urn:more", "urn:b"));
    const auto found = mistakes();
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found[0].starts_with(
        "rules/more.dmn:2:1: import '库': no model of the folder has the namespace 'urn:b'; "
        "did you mean urn:a?"))
        << found[0];
}

TEST_F(CityFolder, TellsAMistakeOfAnImportedModelOnceAndACircleOnce) {
    write("rules/allowance.dmn", allowance(">= 60 岁"));
    write("rules/allowance.test.yaml", kAllowanceExample);
    write("rules/more.dmn", importing("urn:more", "urn:a"));
    write(
        "rules/more.test.yaml",
        "examples:\n  - name: 加倍\n    decision: 加发标准\n    input: {年龄: 60}\n    expected: 600\n");
    EXPECT_TRUE(mistake().starts_with("rules/allowance.dmn:7:31: ")) << mistake();
    std::string round = allowance(">= 60");
    round.insert(round.find("<inputData"),
                 "<import name=\"圈\" namespace=\"urn:more\" "
                 "importType=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"/>");
    write("rules/allowance.dmn", round);
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
    EXPECT_TRUE(found[0].starts_with("rules/allowance.dmn:2:1: import '圈': imports go round: "))
        << found[0];
    EXPECT_TRUE(found[1].starts_with("rules/more.dmn:2:1: import '库': imports go round: "))
        << found[1];
}

TEST_F(CityFolder, FindsTheMistakesOfADecisionModelInItsCells) {
    write("rules/allowance.dmn", allowance(">= 60 岁"));
    write("rules/allowance.test.yaml", kAllowanceExample);
    EXPECT_TRUE(
        mistake().starts_with("rules/allowance.dmn:7:31: decision '标准', rule 2, input 1: "))
        << mistake();
    write("rules/allowance.dmn", "<definitions>");
    EXPECT_NE(mistake().find("no well-formed XML"), std::string::npos) << mistake();
}

TEST_F(CityFolder, RunsTheExamplesOfADecisionModel) {
    write("rules/allowance.dmn", allowance("> 60, 60"));
    write("rules/allowance.test.yaml",
          std::string(kAllowanceExample) +
              "  - name: 错\n    decision: 标准\n    input: {年龄: 59}\n    expected: 300\n");
    EXPECT_EQ(
        mistake(),
        "rules/allowance.test.yaml:9:5: example '错': expected 300, the decision '标准' gives 0; "
        "mend the rule or the example");
}

TEST_F(CityFolder, WarnsOfGapsUnlessTheModelMakesThemMistakes) {
    write("rules/allowance.dmn", allowance("> 60"));
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
    EXPECT_TRUE(
        found[0].starts_with("rules/allowance.dmn:1:1: warning: the model has no examples"));
    EXPECT_EQ(found[1],
              "rules/allowance.dmn:5:1: warning: decision '标准': no rule applies where 年龄 = 60");
    EXPECT_TRUE(load(folder_).ok()) << "a warning kept the folder from being loaded";
    write("rules/allowance.yaml",
          "name: 津贴\nowner: police\nbasis: 依据\nfindings: {gap: error}\n");
    EXPECT_FALSE(load(folder_).ok());
    EXPECT_EQ(mistakes()[1],
              "rules/allowance.dmn:5:1: decision '标准': no rule applies where 年龄 = 60");
}

TEST_F(CityFolder, RefusesRuleFilesThatBelongTogetherInNameOnly) {
    write("rules/allowance.dmn", allowance(">= 60"));
    write("rules/allowanse.test.yaml", kAllowanceExample);
    write("rules/allowance.yaml", "name: 津贴\nowner: polise\nbasis: 依据\n");
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 3U) << testing::PrintToString(found);
    EXPECT_NE(found[1].find("there is no organisation 'polise'; did you mean police?"),
              std::string::npos)
        << found[1];
    EXPECT_NE(found[2].find("there is no model rules/allowanse.dmn; did you mean allowance?"),
              std::string::npos)
        << found[2];
    write("rules/Bad.dmn", allowance(">= 60"));
    EXPECT_NE(testing::PrintToString(mistakes()).find("'Bad' is no code of a model"),
              std::string::npos);
}

TEST(City, ThatHasNoFolderIsNotFound) {
    const auto report = check("/nowhere/at/all");
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, Code::kNotFound);
}

TEST(City, ShenyangIsFreeOfMistakes) {
    const char* source = std::getenv("SHU_SOURCE");
    ASSERT_NE(source, nullptr) << "set SHU_SOURCE to the root of the source tree";
    const std::string folder = std::string(source) + "/cities/shenyang";
    const auto report = check(folder);
    ASSERT_TRUE(report.ok()) << report.error().detail;
    for (const Finding& finding : report->findings)
        ADD_FAILURE() << to_string(finding);
    const auto city = load(folder);
    ASSERT_TRUE(city.ok()) << city.error().detail;
    const auto count = [&](int level) {
        return std::count_if(city->divisions.begin(), city->divisions.end(),
                             [&](const Division& d) { return d.level == level; });
    };
    EXPECT_EQ(count(3), 13);
    EXPECT_EQ(count(4), 190);
    EXPECT_EQ(count(5), 2703);
    EXPECT_EQ(city->registries.size(), 8U);
    EXPECT_GE(city->datasets.size(), 14U);
    EXPECT_GE(city->organisations.size(), 58U);
    EXPECT_GE(city->models.size(), 5U);
    EXPECT_EQ(city->boundaries.count("districts"), 1U);
}

TEST(City, HasASchemaForEachKindOfFile) {
    const auto found = schemas();
    EXPECT_EQ(found.size(), 11U);
    EXPECT_TRUE(found.at("dataset")
                    .at("properties")
                    .at("catalogue")
                    .at("properties")
                    .as_object()
                    .contains("resource_code"));
}

}  // namespace
}  // namespace shu::city
