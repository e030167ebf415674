// Land, addresses and homes: what the registers of natural resources say of the places where the
// synthetic city lives and works.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "city/demo/household.h"
#include "city/demo/tables.h"

namespace shu::city::demo {

/// What a site is used for.
enum class Use { kPublic, kCommerce, kIndustry };

/// The real-estate unit number, GB/T 37346-2019: parcel (19), F for buildings, building (4),
/// dwelling (4).
std::string unit_number(std::string_view parcel, int building, int dwelling);

/// Writes place_address, land_parcel and real_estate. Its memory depends on the city, not on the
/// number of people. Confined to one thread.
class Property {
 public:
    Property(const Households& households, const Options& options, Tables& tables);

    /// The house that a household lives in, its land, and who owns the dwelling: the household
    /// itself, or somebody met before.
    void add_home(const Household& household);

    /// A house and a parcel of its own in the community; its address.
    std::string add_site(std::size_t community, Use use);

 private:
    struct Owner {
        std::string id_number, name;
        Date grown;
    };
    enum class Feature { kBuilding, kHomestead, kFarmland };

    void add_address(std::size_t community, int road, int door, const char* kind);
    void add_parcel(std::size_t community, Feature feature, int serial, const char* use, int low,
                    int high);
    std::string parcel_code(std::size_t community, Feature feature, int serial) const;
    std::string add_home_parcel(const Household& household);
    bool is_first_in(const Dwelling& dwelling);
    void add_owners(const Household& household, const std::string& unit);
    std::string area(int low, int high);

    const Households& households_;
    const Territory& territory_;
    Tables& tables_;
    Date today_;
    Random random_;
    std::vector<bool> doors_;      ///< by community, road and door: told already
    std::vector<bool> estates_;    ///< by community and group of roads: told already
    std::vector<bool> dwellings_;  ///< by hash: somebody lives there already
    std::vector<std::array<std::int32_t, 3>> serials_;  ///< by community: sites, homesteads, fields
    std::vector<Owner> owners_;  ///< the latest, in turn; of them tenants rent
    std::int64_t owners_met_ = 0, certificates_ = 0;
};

}  // namespace shu::city::demo
