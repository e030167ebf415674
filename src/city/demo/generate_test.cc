#include "city/demo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "city/demo/household.h"
#include "city/demo/numbers.h"
#include "foundation/text.h"

namespace shu::city::demo {
namespace {

namespace fs = std::filesystem;
using record::ContentCheck;

City shenyang() {
    const char* source = std::getenv("SHU_SOURCE");
    auto city = load(std::string(source ? source : ".") + "/cities/shenyang");
    EXPECT_TRUE(city.ok()) << city.error().detail;
    return *std::move(city);
}

Options options(std::int64_t people, std::uint64_t seed, std::string folder) {
    Options made;
    made.people = people;
    made.seed = seed;
    made.folder = std::move(folder);
    return made;
}

/// Rows of a generated file, as cells; the generator's cells hold no commas.
std::vector<std::vector<std::string>> rows_of(const std::string& path) {
    std::ifstream in(path);
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::vector<std::string> cells;
        for (const auto cell : text::split(line, ','))
            cells.emplace_back(cell);
        rows.push_back(std::move(cells));
    }
    return rows;
}

class Demo : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "shu-demo-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::map<std::string, File> made(const City& city, std::int64_t people, std::uint64_t seed,
                                     const std::string& name) {
        const auto files = generate(city, options(people, seed, folder_ + "/" + name), nullptr);
        EXPECT_TRUE(files.ok()) << files.error().detail;
        std::map<std::string, File> by_dataset;
        if (files.ok())
            for (const File& file : *files)
                by_dataset[file.dataset] = file;
        return by_dataset;
    }
    std::string folder_;
};

std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

TEST(DemoNumbers, HaveTheCheckDigitsOfTheStandards) {
    EXPECT_EQ(with_identity_check("11010519491231002"), "11010519491231002X");
    EXPECT_EQ(with_identity_check("21019919900101001"), "210199199001010014");
    for (std::int64_t serial = 0; serial < 2'000; serial += 7)
        EXPECT_TRUE(
            record::check_content(ContentCheck::kCreditCode, credit_code("91210199", serial)).ok())
            << serial;
    EXPECT_EQ(licence_identifier("11210199MB00000B0G001", "11210199MB00000B0G", "20260001"),
              "1.2.156.3005.2.11210199MB00000B0G001.11210199MB00000B0G.20260001.001.C");
}

TEST(DemoNumbers, OfOneDayAreAllDifferentAndThenComeFromTheDayBefore) {
    IdentityNumbers numbers({2026, 6, 30}, {});
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        Date birth{1990, 1, 1};
        const std::string number = numbers.take(birth, true);
        EXPECT_TRUE(seen.insert(number).second) << number;
        EXPECT_EQ(birth, i < 500 ? (Date{1990, 1, 1}) : (Date{1989, 12, 31}));
        EXPECT_EQ((number[16] - '0') % 2, 1);
    }
}

TEST(DemoNumbers, OfGuestsAreOthersAndLeaveThoseOfTheRegisteredAsTheyAre) {
    IdentityNumbers shared({2026, 6, 30}, {}), alone({2026, 6, 30}, {});
    std::set<std::string> seen;
    for (int i = 0; i < 390; ++i) {
        Date one{1990, 1, 1}, other = one, guest = one;
        const std::string number = shared.take(one, false);
        EXPECT_EQ(number, alone.take(other, false));
        EXPECT_TRUE(seen.insert(number).second) << number;
        if (i % 4 == 0) {
            EXPECT_TRUE(seen.insert(shared.take(guest, false, Pool::kGuests)).second);
        }
    }
}

TEST_F(Demo, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
    const City city = shenyang();
    const auto first = made(city, 3'000, 7, "a"), second = made(city, 3'000, 7, "b"),
               third = made(city, 3'000, 8, "c");
    ASSERT_EQ(first.size(), city.datasets.size());
    for (const auto& [dataset, file] : first) {
        EXPECT_EQ(content(file.path), content(second.at(dataset).path)) << dataset;
        EXPECT_EQ(file.bytes, static_cast<std::int64_t>(fs::file_size(file.path))) << dataset;
    }
    EXPECT_NE(content(first.at("population").path), content(third.at("population").path));
}

TEST_F(Demo, MakesExactlyTheAskedNumberOfPeopleWithValidNumbersInRealCommunities) {
    const City city = shenyang();
    std::set<std::string> communities;
    for (const Division& division : city.divisions)
        if (division.level == 5) communities.insert(division.code);
    const auto files = made(city, 20'000, 1, "x");
    const auto people = rows_of(files.at("population").path);
    ASSERT_EQ(people.size(), 20'000U);
    EXPECT_EQ(files.at("population").rows, 20'000);
    std::set<std::string> seen;
    std::int64_t women = 0, old = 0;
    for (const auto& row : people) {
        ASSERT_EQ(row.size(), 12U);
        EXPECT_TRUE(seen.insert(row[0]).second) << row[0];
        EXPECT_TRUE(
            record::check_content(ContentCheck::kIdentityNumber, row[0], {2026, 6, 30}).ok())
            << row[0];
        EXPECT_TRUE(row[0].starts_with("210199"));
        EXPECT_EQ(to_string(*parse_date(row[0].substr(6, 8))), row[4]);
        EXPECT_EQ((row[0][16] - '0') % 2 == 1, row[2] == "1");
        EXPECT_TRUE(communities.contains(row[5])) << row[5];
        if (!row[9].empty()) {
            EXPECT_TRUE(row[9].starts_with("154") && row[9].size() == 11) << row[9];
        }
        women += row[2] == "2";
        old += row[4] < "1966-06-30";
    }
    EXPECT_NEAR(static_cast<double>(women) / 20'000, 0.505, 0.02);
    EXPECT_NEAR(static_cast<double>(old) / 20'000, 0.27, 0.08);
    for (const DemoAccount& account : city.demo.accounts)
        if (!account.person.empty()) {
            EXPECT_TRUE(seen.contains(account.person)) << account.person;
        }
}

TEST_F(Demo, KeepsHouseholdsEnterprisesAndWorkConsistent) {
    const City city = shenyang();
    const auto files = made(city, 20'000, 1, "x");
    std::set<std::string> people, firms, institutions;
    for (const auto& row : rows_of(files.at("medical_institution").path))
        institutions.insert(row[0]);
    for (const auto& row : rows_of(files.at("population").path))
        people.insert(row[0]);
    std::map<std::string, int> members;
    for (const auto& row : rows_of(files.at("household_member").path)) {
        EXPECT_TRUE(people.contains(row[1]));
        ++members[row[0]];
    }
    const auto households = rows_of(files.at("household").path);
    EXPECT_EQ(households.size(), members.size());
    for (const auto& row : households)
        EXPECT_EQ(row[5], std::to_string(members[row[0]])) << row[0];
    EXPECT_NEAR(20'000.0 / static_cast<double>(households.size()), 2.2, 0.25);
    for (const auto& row : rows_of(files.at("enterprise").path)) {
        EXPECT_TRUE(firms.insert(row[0]).second);
        EXPECT_TRUE(record::check_content(ContentCheck::kCreditCode, row[0]).ok()) << row[0];
        EXPECT_TRUE(people.contains(row[4])) << "founder";
    }
    EXPECT_NEAR(static_cast<double>(firms.size()), 2'000, 10);
    for (const auto& row : rows_of(files.at("social_insurance").path)) {
        EXPECT_TRUE(people.contains(row[0]));
        if (!row[3].empty()) {
            EXPECT_TRUE(firms.contains(row[3]) || institutions.contains(row[3])) << row[3];
        }
    }
    for (const auto& row : rows_of(files.at("marriage").path)) {
        EXPECT_EQ((row[2][16] - '0') % 2, 1) << "husband";
        EXPECT_EQ((row[4][16] - '0') % 2, 0) << "wife";
    }
}

TEST_F(Demo, RefusesMorePeopleThanIdentityNumbersReach) {
    const City city;
    const auto files = generate(city, options(100'000'000, 1, folder_), nullptr);
    ASSERT_FALSE(files.ok());
    EXPECT_EQ(files.error().code, Code::kInvalid);
}

TEST(DemoSample, HasTenWrongRowsAndAnEqualGb18030Variant) {
    const City city = shenyang();
    const auto made = sample(city, 1);
    ASSERT_TRUE(made.ok()) << made.error().detail;
    EXPECT_EQ(made->rows, 200);
    EXPECT_EQ(std::count(made->text.begin(), made->text.end(), '\n'), 201);
    const auto back = text::from_gb18030(made->gb18030);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, made->text);
    EXPECT_NE(made->gb18030, made->text);
}

}  // namespace
}  // namespace shu::city::demo
