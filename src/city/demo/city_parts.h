// City parts: manhole covers, street lights, litter bins, trees in the streets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "city/demo/household.h"
#include "city/demo/tables.h"

namespace shu::city::demo {

/// Writes city_part: more of them where more people live. Confined to one thread.
class CityParts {
 public:
    CityParts(const City& city, const Households& households, const Options& options,
              Tables& tables);

    /// Sets up, near the household, what is due when `people` live in the city.
    void meet(const Household& household, std::int64_t people);

 private:
    struct Kind {
        std::string code, name;
        identity::Organisation department;
        std::map<std::string, int, std::less<>> serials;  ///< by district
    };

    const Territory& territory_;
    Tables& tables_;
    Date today_;
    Random random_;
    std::vector<Kind> kinds_;
    Choice choice_;
    std::int64_t parts_ = 0;
};

}  // namespace shu::city::demo
