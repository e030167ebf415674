// Where the synthetic city lies: its communities, how many people live in each, and points on the
// ground.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "city/city.h"
#include "city/demo/random.h"

namespace shu::city::demo {

/// Degrees, CGCS2000.
struct Point {
    double longitude = 0;
    double latitude = 0;
};

/// "123.430112", with the six decimals of GB/T 18578-2008.
std::string degrees(double value);

/// True inside the rings of `polygon`; a ring within a ring is a hole (even-odd rule).
using Ring = std::vector<Point>;
bool is_inside(const std::vector<Ring>& polygon, const Point& point);

/// The rings of each district's outline, outer and inner, of every polygon that it consists of, by
/// its six digits; empty when the city declares no outlines.
using Outlines = std::map<std::string, std::vector<Ring>, std::less<>>;
Outlines outlines_of(const City& city);

struct Community {
    std::string code;      ///< 12 digits
    std::string name;      ///< as declared: 文萃社区
    std::string place;     ///< district, street and community, for addresses
    std::string district;  ///< 12 digits
    std::string district_name;
    Point centre;
    double reach = 0;  ///< points this far from the centre lie in the district

    /// Its last three digits are those of a village, GB/T 10114.
    bool is_village() const { return code[9] == '2' || code[9] == '3'; }
};

/// The communities of a city; a district without any counts as one. A value after construction:
/// const members may be called concurrently.
class Territory {
 public:
    explicit Territory(const City& city);

    /// Chooses one as people are spread over the districts.
    std::size_t pick(Random& random) const;
    std::size_t size() const { return communities_.size(); }
    const Community& operator[](std::size_t index) const { return communities_[index]; }

    /// A place in the community, the same for the same `place`.
    Point at(std::size_t community, std::uint64_t place) const;

 private:
    void place_points(const City& city);

    std::vector<Community> communities_;  ///< by district
    Choice districts_;
    std::vector<std::size_t> first_;  ///< of each district, and one more at the end
};

}  // namespace shu::city::demo
