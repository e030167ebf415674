// Synthetic households: who lives together, where, and how they are related.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "city/demo/numbers.h"
#include "city/demo/random.h"
#include "city/demo/territory.h"
#include "foundation/clock.h"

namespace shu::city::demo {

struct Person {
    std::string id_number;
    std::string name;
    bool male = false;
    Date birth;
    int age = 0;
    std::string ethnic_group;
    std::string education;
    std::string marital_status;
    std::string mobile;    ///< empty for children
    std::string relation;  ///< to the head, GB/T 4761
};

/// A dwelling, as its address tells it.
struct Dwelling {
    std::size_t community = 0;  ///< of the Territory
    int road = 0;               ///< index of the city's roads
    int door = 1;               ///< 1 .. kDoors
    int staircase = 1;          ///< 1 .. kStaircases
    int floor = 1;              ///< 1 .. kFloors
    int room = 1;               ///< 1 .. kRooms

    /// From 1, each once, in its house.
    int number() const { return ((staircase - 1) * kFloors + floor - 1) * kRooms + room; }

    static constexpr int kDoors = 260, kStaircases = 4, kFloors = 24, kRooms = 3;
};

struct Household {
    std::string number;    ///< 18 digits: community and serial
    std::string division;  ///< community, 12 digits
    Dwelling dwelling;
    std::string address;
    Date registered;
    std::vector<Person> members;  ///< the head first; a spouse second
    bool has_couple = false;
};

/// Makes one household after another; the same city and seed give the same ones.
class Households {
 public:
    Households(const City& city, std::uint64_t seed, const Date& today);

    /// The next household, with at most `people_max` members. The first ones are headed by the
    /// persons of the demonstration's accounts.
    Household next(std::int64_t people_max);

    /// A dwelling of the house at `door`, drawn with `random`.
    static Dwelling dwelling_at(const Dwelling& door, Random& random);
    std::string address_of(const Dwelling& dwelling) const;
    const Territory& territory() const { return territory_; }
    const std::vector<std::string>& roads() const { return people_.roads; }

    /// A person who lives in the city and is not of its population register. Draws from `random`
    /// alone, so that the registered population does not depend on it.
    Person guest(int age, bool male, Random& random);

 private:
    void settle(Household& household);
    Person person(int age, bool male, const std::string& family, const char* relation);
    void identify(Person& person, int age);
    void add_members(Household& household, std::int64_t people_max);
    std::string ethnic_group();
    std::string education(int age);

    Random random_;
    Date today_;
    IdentityNumbers numbers_;
    std::vector<std::string> named_;  ///< identity numbers of demo citizens still to be born
    DemoPeople people_;
    Territory territory_;
    Choice groups_;
    std::vector<std::int32_t> serials_;  ///< by community
    std::string group_;                  ///< of the household being made
};

}  // namespace shu::city::demo
