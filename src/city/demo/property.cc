#include "city/demo/property.h"

#include <algorithm>

#include "city/demo/day.h"
#include "city/demo/numbers.h"

namespace shu::city::demo {
namespace {

constexpr int kRoadsAnEstate = 4;  ///< a residential estate lies between them
constexpr int kSitesFrom = 1000;   ///< parcels of estates are numbered below
constexpr int kParcelSerialMax = 99'999;
constexpr std::size_t kOwnersKept = 512;
constexpr std::size_t kDwellingBits = std::size_t{1} << 26;
constexpr int kOwnersPercent = 74, kTenantsPercent = 18;  ///< the rest lives in public housing
constexpr int kCoupleOwnsPercent = 55;
constexpr int kFieldPercent = 55;  ///< of village households that hold contracted land
constexpr Date kRegisterBegins{1998, 1, 1};

struct SiteKind {
    const char* place;     ///< code table place-kind
    const char* land_use;  ///< GB/T 21010-2017
    int area_low, area_high;
};

SiteKind kind_of(Use use) {
    switch (use) {
        case Use::kPublic: return {"5", "08", 2'000, 40'000};
        case Use::kCommerce: return {"2", "05", 600, 12'000};
        case Use::kIndustry: return {"4", "06", 5'000, 80'000};
    }
    return {"9", "12", 100, 1'000};
}

}  // namespace

std::string unit_number(std::string_view parcel, int building, int dwelling) {
    return std::string(parcel) + "F" + digits(building, 4) + digits(dwelling, 4);
}

Property::Property(const Households& households, const Options& options, Tables& tables)
    : households_(households),
      territory_(households.territory()),
      tables_(tables),
      today_(options.today),
      random_(options.seed * 37 + 11),
      doors_(territory_.size() * households.roads().size() * Dwelling::kDoors),
      estates_(territory_.size() * (households.roads().size() / kRoadsAnEstate + 1)),
      dwellings_(kDwellingBits),
      serials_(territory_.size()) {}

void Property::add_home(const Household& household) {
    const Dwelling& home = household.dwelling;
    const auto road = static_cast<std::size_t>(home.road);
    const std::size_t door =
        (home.community * households_.roads().size() + road) * Dwelling::kDoors +
        static_cast<std::size_t>(home.door - 1);
    if (!doors_[door]) {
        doors_[door] = true;
        add_address(home.community, home.road, home.door, "1");
    }
    const std::string unit = add_home_parcel(household);
    if (!unit.empty()) add_owners(household, unit);
}

std::string Property::add_site(std::size_t community, Use use) {
    const SiteKind kind = kind_of(use);
    const int serial = serials_[community][0]++;
    const int roads = static_cast<int>(households_.roads().size());
    const int road = serial % roads, door = Dwelling::kDoors + 1 + serial / roads;
    add_address(community, road, door, kind.place);
    add_parcel(community, Feature::kBuilding, kSitesFrom + serial, kind.land_use, kind.area_low,
               kind.area_high);
    return territory_[community].place + households_.roads()[static_cast<std::size_t>(road)] +
           std::to_string(door) + "号";
}

void Property::add_address(std::size_t community, int road, int door, const char* kind) {
    const std::string& code = territory_[community].code;
    const std::string place = digits(road + 1, 3) + digits(door, 5);
    const Point point = territory_.at(
        community, static_cast<std::uint64_t>(road) << 32 | static_cast<std::uint64_t>(door));
    tables_.row(
        Table::kPlaceAddress,
        {code + place, code, households_.roads()[static_cast<std::size_t>(road)],
         std::to_string(door) + "号", kind, degrees(point.longitude), degrees(point.latitude)});
}

std::string Property::parcel_code(std::size_t community, Feature feature, int serial) const {
    // GB/T 37346-2019: cadastral district and sub-district are here township and community;
    // G state-owned or J collective land; B construction, C homestead, D farmland.
    const char* mark = feature == Feature::kBuilding    ? "GB"
                       : feature == Feature::kHomestead ? "JC"
                                                        : "JD";
    return territory_[community].code + mark + digits(serial, 5);
}

void Property::add_parcel(std::size_t community, Feature feature, int serial, const char* use,
                          int low, int high) {
    const char* right = feature == Feature::kBuilding    ? "01"
                        : feature == Feature::kHomestead ? "03"
                                                         : "05";
    const std::string code = parcel_code(community, feature, serial);
    const Point point = territory_.at(community, (static_cast<std::uint64_t>(feature) + 1) << 40 |
                                                     static_cast<std::uint64_t>(serial));
    const Date surveyed = day_between(random_, {2015, 3, 1}, today_);
    tables_.row(Table::kLandParcel,
                {code, territory_[community].code, use, right, area(low, high),
                 degrees(point.longitude), degrees(point.latitude), to_string(surveyed)});
}

/// The unit number of the dwelling; empty when somebody lives there already.
std::string Property::add_home_parcel(const Household& household) {
    const Dwelling& home = household.dwelling;
    const std::size_t community = home.community;
    if (territory_[community].is_village()) {
        const int homestead = ++serials_[community][1];
        if (homestead > kParcelSerialMax) return {};
        add_parcel(community, Feature::kHomestead, homestead, "07", 150, 420);
        if (random_.chance(kFieldPercent))
            add_parcel(community, Feature::kFarmland, ++serials_[community][2], "01", 1'200,
                       16'000);
        return unit_number(parcel_code(community, Feature::kHomestead, homestead), 1, 1);
    }
    const int group = home.road / kRoadsAnEstate;
    const std::size_t estates = households_.roads().size() / kRoadsAnEstate + 1;
    const std::size_t estate = community * estates + static_cast<std::size_t>(group);
    if (!estates_[estate]) {
        estates_[estate] = true;
        add_parcel(community, Feature::kBuilding, group + 1, "07", 8'000, 90'000);
    }
    if (!is_first_in(home)) return {};
    return unit_number(parcel_code(community, Feature::kBuilding, group + 1),
                       home.road % kRoadsAnEstate * Dwelling::kDoors + home.door, home.number());
}

/// A fixed number of bits instead of a growing set: a dwelling taken for another one's costs no
/// more than an owner.
bool Property::is_first_in(const Dwelling& dwelling) {
    std::uint64_t place = dwelling.community;
    place = place * 1'000 + static_cast<std::uint64_t>(dwelling.road);
    place = place * 1'000 + static_cast<std::uint64_t>(dwelling.door);
    place = place * 1'000 + static_cast<std::uint64_t>(dwelling.number());
    const std::size_t bit = Random(place).next() % kDwellingBits;
    const bool taken = dwellings_[bit];
    dwellings_[bit] = true;
    return !taken;
}

void Property::add_owners(const Household& household, const std::string& unit) {
    std::vector<Owner> owners;
    const bool in_village = territory_[household.dwelling.community].is_village();
    const int draw = in_village ? 0 : static_cast<int>(random_.below(100));
    if (draw < kOwnersPercent) {
        for (const Person& person : household.members) {
            if (owners.size() == 1 && !(household.has_couple && random_.chance(kCoupleOwnsPercent)))
                break;
            owners.push_back({person.id_number, person.name, grown_on(person.birth, today_)});
            if (owners.size() == 2) break;
        }
        if (owners_.size() < kOwnersKept)
            owners_.push_back(owners.front());
        else
            owners_[static_cast<std::size_t>(owners_met_) % kOwnersKept] = owners.front();
        ++owners_met_;
    } else if (draw < kOwnersPercent + kTenantsPercent && !owners_.empty()) {
        owners.push_back(random_.one_of(owners_));
    }
    if (owners.empty()) return;
    Date grown = kRegisterBegins;
    for (const Owner& owner : owners)
        grown = std::max(grown, owner.grown);
    const Date registered = day_between(random_, grown, today_);
    const std::string certificate = "辽(" + std::to_string(registered.year) + ")沈阳市不动产权第" +
                                    digits(++certificates_, 7) + "号";
    const std::string space = in_village ? area(60, 240) : area(38, 165);
    for (const Owner& owner : owners)
        tables_.row(Table::kRealEstate,
                    {certificate, unit, owner.name, owner.id_number, in_village ? "03" : "02",
                     space, household.division, household.address, to_string(registered)});
}

std::string Property::area(int low, int high) {
    return std::to_string(random_.between(low, high)) + "." + digits(random_.below(100), 2);
}

}  // namespace shu::city::demo
