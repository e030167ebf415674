// Synthetic households: who lives together, where, and how they are related.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "city/demo/numbers.h"
#include "city/demo/random.h"
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

struct Household {
    std::string number;    ///< 18 digits: community and serial
    std::string division;  ///< community, 12 digits
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

 private:
    struct Community {
        std::string code;
        std::string place;  ///< district, street and community, for addresses
    };

    void place_communities(const City& city);
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
    Choice districts_, groups_;
    std::vector<std::vector<Community>> communities_;  ///< by district
    std::vector<std::vector<std::int32_t>> serials_;
    std::string group_;  ///< of the household being made
};

}  // namespace shu::city::demo
