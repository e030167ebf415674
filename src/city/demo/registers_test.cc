// What the generated registers say of each other: nobody owns, heads or treats who is not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "city/demo.h"
#include "city/demo/property.h"
#include "city/demo/territory.h"
#include "foundation/text.h"

namespace shu::city::demo {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kPeople = 20'000;

using Row = std::map<std::string, std::string>;

/// A generated file by column; the generator's cells hold no commas.
std::vector<Row> read_rows(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    const std::string header = line;
    const auto names = text::split(header, ',');
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        const auto cells = text::split(line, ',');
        EXPECT_EQ(cells.size(), names.size()) << path << ": " << line;
        Row row;
        for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i)
            row[std::string(names[i])] = cells[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

/// One generated city for all tests of this file.
class Registers : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        const char* source = std::getenv("SHU_SOURCE");
        auto loaded = load(std::string(source ? source : ".") + "/cities/shenyang");
        ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
        city = *std::move(loaded);
        std::string pattern = (fs::temp_directory_path() / "shu-registers-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        Options options;
        options.people = kPeople;
        options.folder = folder;
        const auto files = generate(city, options, nullptr);
        ASSERT_TRUE(files.ok()) << files.error().detail;
        for (const File& file : *files)
            rows[file.dataset] = read_rows(file.path);
        for (const Division& division : city.divisions)
            if (division.level == 5) communities.insert(division.code);
    }
    static void TearDownTestSuite() {
        fs::remove_all(folder);
        rows.clear();
    }

    static std::set<std::string> values(const std::string& dataset, const std::string& column) {
        std::set<std::string> found;
        for (const Row& row : rows.at(dataset))
            found.insert(row.at(column));
        return found;
    }
    /// The values of two columns as a map from one to the other.
    static std::map<std::string, std::string> names(const std::string& dataset,
                                                    const std::string& key,
                                                    const std::string& value) {
        std::map<std::string, std::string> found;
        for (const Row& row : rows.at(dataset))
            found[row.at(key)] = row.at(value);
        return found;
    }
    static bool is_in_the_past(const std::string& day) { return day < "2025-06-30"; }

    static inline City city;
    static inline std::string folder;
    static inline std::map<std::string, std::vector<Row>> rows;
    static inline std::set<std::string> communities;
};

TEST_F(Registers, FillEveryDatasetOfTheCity) {
    for (const auto& dataset : city.datasets) {
        ASSERT_TRUE(rows.contains(dataset.code)) << dataset.code;
        EXPECT_FALSE(rows.at(dataset.code).empty()) << dataset.code;
    }
    const auto share = [](const std::string& dataset) {
        return static_cast<double>(rows.at(dataset).size()) / kPeople;
    };
    EXPECT_NEAR(share("residence"), 0.075, 0.02);
    EXPECT_NEAR(share("real_estate"), 0.56, 0.08);
    EXPECT_NEAR(share("city_part"), 0.1, 0.001);
    EXPECT_NEAR(share("physician"), 0.003, 0.0015);
    EXPECT_NEAR(share("administrative_penalty"), 0.003, 0.0015);
}

TEST_F(Registers, HaveKeysThatStandOnce) {
    for (const auto& dataset : city.datasets) {
        std::set<std::string> seen;
        for (const Row& row : rows.at(dataset.code)) {
            std::string key;
            for (const std::string& field : dataset.key)
                key += row.at(field) + "/";
            EXPECT_TRUE(seen.insert(key).second) << dataset.code << " " << key;
        }
    }
}

TEST_F(Registers, PlaceEverythingInCommunitiesOfTheCityAndInsideTheirDistrict) {
    auto outlines = outlines_of(city);
    ASSERT_EQ(outlines.size(), 13U);
    for (const std::string dataset : {"residence", "place_address", "land_parcel", "real_estate",
                                      "medical_institution", "social_organisation", "city_part"})
        for (const Row& row : rows.at(dataset)) {
            const std::string& division = row.at("division");
            EXPECT_TRUE(communities.contains(division)) << dataset << " " << division;
            if (!row.contains("longitude")) continue;
            const Point point{std::stod(row.at("longitude")), std::stod(row.at("latitude"))};
            EXPECT_TRUE(is_inside(outlines[division.substr(0, 6)], point))
                << dataset << " " << division << " " << row.at("longitude") << " "
                << row.at("latitude");
        }
}

TEST_F(Registers, NumberParcelsAndUnitsByTheirStandard) {
    EXPECT_EQ(unit_number("210102001001GB00001", 12, 34), "210102001001GB00001F00120034");
    std::set<std::string> parcels;
    for (const Row& row : rows.at("land_parcel")) {
        const std::string& code = row.at("parcel_code");
        ASSERT_EQ(code.size(), 19U);
        EXPECT_EQ(code.substr(0, 12), row.at("division"));
        const std::string mark = code.substr(12, 2);
        EXPECT_EQ(row.at("right_kind"), mark == "GB" ? "01" : mark == "JC" ? "03" : "05") << code;
        EXPECT_EQ(row.at("land_use") == "01", mark == "JD") << code;
        parcels.insert(code);
    }
    std::map<std::string, std::string> certificates;  // by unit: a dwelling has one
    for (const Row& row : rows.at("real_estate")) {
        const std::string& unit = row.at("unit_number");
        ASSERT_EQ(unit.size(), 28U);
        EXPECT_EQ(unit[19], 'F');
        EXPECT_TRUE(parcels.contains(unit.substr(0, 19))) << unit;
        EXPECT_EQ(unit.substr(0, 12), row.at("division"));
        const auto [at, first] = certificates.emplace(unit, row.at("certificate_number"));
        EXPECT_EQ(at->second, row.at("certificate_number")) << unit;
    }
}

TEST_F(Registers, ListTheHousesInWhichPeopleLive) {
    std::set<std::string> houses;
    for (const Row& row : rows.at("place_address")) {
        EXPECT_EQ(row.at("address_code").substr(0, 12), row.at("division"));
        houses.insert(row.at("division") + row.at("road") + row.at("house_number"));
    }
    std::map<std::string, std::string> places;  // of communities, as addresses begin
    const Territory territory(city);
    for (std::size_t i = 0; i < territory.size(); ++i)
        places[territory[i].code] = territory[i].place;
    for (const std::string dataset : {"household", "residence", "real_estate", "enterprise"})
        for (const Row& row : rows.at(dataset)) {
            const std::string& division = row.at("division");
            const std::string& address = row.at("address");
            const std::string& place = places[division];
            ASSERT_TRUE(address.starts_with(place)) << dataset << " " << address;
            const std::string house =
                address.substr(place.size(), address.find("号", place.size()) + 3 - place.size());
            EXPECT_TRUE(houses.contains(division + house)) << dataset << " " << address;
        }
}

TEST_F(Registers, NameOwnersPhysiciansAndHeadsWhoLiveInTheCity) {
    const auto people = names("population", "id_number", "name");
    for (const Row& row : rows.at("real_estate")) {
        const auto owner = people.find(row.at("owner_code"));
        ASSERT_NE(owner, people.end()) << row.at("owner_code");
        EXPECT_EQ(owner->second, row.at("owner_name"));
        EXPECT_TRUE(is_in_the_past(row.at("registered_at")));
    }
    const auto institutions = names("medical_institution", "credit_code", "name");
    std::map<std::string, std::string> employers =
        names("employment", "id_number", "employer_credit_code");
    for (const Row& row : rows.at("physician")) {
        const auto person = people.find(row.at("id_number"));
        ASSERT_NE(person, people.end());
        EXPECT_EQ(person->second, row.at("name"));
        const auto at = institutions.find(row.at("institution_credit_code"));
        ASSERT_NE(at, institutions.end()) << row.at("institution_credit_code");
        EXPECT_EQ(at->second, row.at("institution_name"));
        EXPECT_EQ(employers[row.at("id_number")], row.at("institution_credit_code"));
        EXPECT_EQ(row.at("certificate_number").size(), 15U);
    }
    std::set<std::string> present;
    for (const auto& [number, name] : people)
        present.insert(name);
    for (const std::string dataset :
         {"public_institution", "social_organisation", "medical_institution"})
        for (const Row& row : rows.at(dataset))
            EXPECT_TRUE(present.contains(row.at("legal_representative"))) << dataset;
}

TEST_F(Registers, KeepGuestsApartFromTheRegisteredPopulation) {
    const auto people = values("population", "id_number");
    for (const Row& row : rows.at("residence")) {
        EXPECT_FALSE(people.contains(row.at("id_number"))) << row.at("id_number");
        EXPECT_TRUE(row.at("id_number").starts_with("210199"));
        EXPECT_TRUE(is_in_the_past(row.at("from_date")));
        EXPECT_GT(row.at("until_date"), "2025-06-30");
    }
}

TEST_F(Registers, ChangeAndPunishEnterprisesThatAreRegistered) {
    std::map<std::string, Row> firms;
    for (const Row& row : rows.at("enterprise"))
        firms[row.at("credit_code")] = row;
    std::map<std::string, std::string> last;
    for (const Row& row : rows.at("enterprise_change")) {
        ASSERT_TRUE(firms.contains(row.at("credit_code")));
        const Row& firm = firms[row.at("credit_code")];
        EXPECT_GE(row.at("change_date"), firm.at("established_at"));
        EXPECT_NE(row.at("value_before"), row.at("value_after"));
        const std::map<std::string, std::string> columns{{"02", "address"},
                                                         {"03", "legal_representative"},
                                                         {"04", "registered_capital"},
                                                         {"05", "scope"}};
        EXPECT_EQ(row.at("value_after"), firm.at(columns.at(row.at("item"))));
        last[row.at("credit_code")] = std::max(last[row.at("credit_code")], row.at("change_date"));
    }
    for (const auto& [code, day] : last)
        EXPECT_EQ(firms[code].at("approved_at"), day) << code;
    for (const Row& row : rows.at("administrative_penalty")) {
        ASSERT_TRUE(firms.contains(row.at("party_credit_code")));
        const Row& firm = firms[row.at("party_credit_code")];
        EXPECT_EQ(firm.at("name"), row.at("party_name"));
        EXPECT_EQ(firm.at("legal_representative"), row.at("legal_representative"));
        EXPECT_GE(row.at("decided_at"), firm.at("established_at"));
        EXPECT_EQ(row.at("party_kind") == "3", firm.at("type") == "9500");
    }
}

TEST_F(Registers, ListTheInstitutionsThatTheCityDeclares) {
    const auto listed = names("public_institution", "credit_code", "name");
    const auto treating = names("medical_institution", "credit_code", "kind");
    for (const auto& organisation : city.organisations)
        if (organisation.kind == "institution") {
            EXPECT_EQ(listed.at(organisation.credit_code), organisation.name);
        }
    const auto firms = values("enterprise", "credit_code");
    for (const auto& [code, kind] : treating)
        EXPECT_TRUE(listed.contains(code) || firms.contains(code)) << code;
    std::set<std::string> sponsors;
    for (const auto& organisation : city.organisations)
        sponsors.insert(organisation.name);
    for (const Row& row : rows.at("public_institution"))
        EXPECT_TRUE(sponsors.contains(row.at("sponsor"))) << row.at("sponsor");
}

TEST_F(Registers, CountCityPartsByDistrictAndKind) {
    for (const Row& row : rows.at("city_part")) {
        const std::string& code = row.at("part_code");
        ASSERT_EQ(code.size(), 16U);
        EXPECT_EQ(code.substr(0, 6), row.at("division").substr(0, 6));
        EXPECT_EQ(code.substr(6, 4), row.at("kind"));
    }
}

TEST(RegistersOfASmallCity, AreNotEmptyEither) {
    const char* source = std::getenv("SHU_SOURCE");
    const auto city = load(std::string(source ? source : ".") + "/cities/shenyang");
    ASSERT_TRUE(city.ok());
    std::string pattern = (fs::temp_directory_path() / "shu-small-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    Options options;
    options.people = 1'000;
    options.folder = pattern;
    const auto files = generate(*city, options, nullptr);
    ASSERT_TRUE(files.ok()) << files.error().detail;
    for (const File& file : *files)
        EXPECT_GT(file.rows, 0) << file.dataset;
    fs::remove_all(pattern);
}

}  // namespace
}  // namespace shu::city::demo
