#include "city/demo/territory.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "foundation/json.h"

namespace shu::city::demo {
namespace {

constexpr double kReachMax = 0.004;  ///< degrees, some 400 m: what a community covers
constexpr int kCentresTried = 4;
constexpr int kPointsTried = 200;
constexpr double kCitySpread = 0.1;  ///< degrees around the city's centre, without outlines
constexpr std::uint64_t kPointSeed = 0x504F494E54ULL;

double number_of(const json::value& value) {
    return value.is_double()  ? value.get_double()
           : value.is_int64() ? static_cast<double>(value.get_int64())
                              : 0;
}

Ring ring_of(const json::value& positions) {
    Ring ring;
    if (!positions.is_array()) return ring;
    for (const json::value& position : positions.get_array())
        if (position.is_array() && position.get_array().size() >= 2)
            ring.push_back(
                {number_of(position.get_array()[0]), number_of(position.get_array()[1])});
    return ring;
}

void add_polygon(std::vector<Ring>& rings, const json::value& polygon) {
    if (!polygon.is_array()) return;
    for (const json::value& ring : polygon.get_array())
        rings.push_back(ring_of(ring));
}

/// Between 0 and 1.
double fraction(Random& random) {
    return static_cast<double>(random.next() >> 11) * 0x1.0p-53;
}

double distance_to_segment(const Point& point, const Point& a, const Point& b) {
    const double dx = b.longitude - a.longitude, dy = b.latitude - a.latitude;
    const double length = dx * dx + dy * dy;
    const double along = length == 0 ? 0
                                     : std::clamp(((point.longitude - a.longitude) * dx +
                                                   (point.latitude - a.latitude) * dy) /
                                                      length,
                                                  0.0, 1.0);
    return std::hypot(point.longitude - a.longitude - along * dx,
                      point.latitude - a.latitude - along * dy);
}

double distance_to(const std::vector<Ring>& polygon, const Point& point) {
    double nearest = 1;
    for (const Ring& ring : polygon)
        for (std::size_t i = 0, before = ring.size() - 1; i < ring.size(); before = i++)
            nearest = std::min(nearest, distance_to_segment(point, ring[before], ring[i]));
    return nearest;
}

/// The smallest box around the rings.
std::pair<Point, Point> box_of(const std::vector<Ring>& polygon) {
    Point low{180, 90}, high{-180, -90};
    for (const Ring& ring : polygon)
        for (const Point& point : ring) {
            low = {std::min(low.longitude, point.longitude),
                   std::min(low.latitude, point.latitude)};
            high = {std::max(high.longitude, point.longitude),
                    std::max(high.latitude, point.latitude)};
        }
    return {low, high};
}

/// Of some points inside, the one farthest from the border, so that there is room around it.
void settle(Community& community, const std::vector<Ring>& polygon,
            const std::pair<Point, Point>& box, Random& random) {
    const auto& [low, high] = box;
    int found = 0;
    for (int i = 0; i < kPointsTried && found < kCentresTried; ++i) {
        const double across = fraction(random), up = fraction(random);
        const Point point{low.longitude + across * (high.longitude - low.longitude),
                          low.latitude + up * (high.latitude - low.latitude)};
        if (!is_inside(polygon, point)) continue;
        const double room = distance_to(polygon, point) / std::sqrt(2.0);
        if (found++ > 0 && room <= community.reach) continue;
        community.centre = point;
        community.reach = std::min(room, kReachMax);
    }
}

}  // namespace

std::string degrees(double value) {
    char text[24];
    const int written = std::snprintf(text, sizeof text, "%.6f", value);
    return std::string(text, static_cast<std::size_t>(written));
}

bool is_inside(const std::vector<Ring>& polygon, const Point& point) {
    bool inside = false;
    for (const Ring& ring : polygon)
        for (std::size_t i = 0, before = ring.size() - 1; i < ring.size(); before = i++) {
            const Point &a = ring[i], &b = ring[before];
            if ((a.latitude > point.latitude) != (b.latitude > point.latitude) &&
                point.longitude < (b.longitude - a.longitude) * (point.latitude - a.latitude) /
                                          (b.latitude - a.latitude) +
                                      a.longitude)
                inside = !inside;
        }
    return inside;
}

Outlines outlines_of(const City& city) {
    Outlines outlines;
    const auto file = city.boundaries.find("districts");
    if (file == city.boundaries.end()) return outlines;
    const auto parsed = json::parse(file->second);
    if (!parsed.ok()) return outlines;  // check() has refused what is not GeoJSON
    const auto features = json::Reader(*parsed).member("features");
    if (!features.ok()) return outlines;
    for (const json::Reader& feature : features->items()) {
        const auto geometry = feature.member("geometry");
        if (!geometry.ok()) continue;
        const auto coordinates = geometry->member("coordinates");
        if (!coordinates.ok()) continue;
        auto& rings = outlines[feature.text_or("id")];
        if (geometry->text_or("type") == "Polygon") add_polygon(rings, coordinates->get());
        if (geometry->text_or("type") == "MultiPolygon")
            for (const json::Reader& polygon : coordinates->items())
                add_polygon(rings, polygon.get());
    }
    return outlines;
}

Territory::Territory(const City& city) {
    std::map<std::string, const Division*, std::less<>> by_code;
    for (const Division& division : city.divisions)
        by_code.emplace(division.code, &division);
    std::map<std::string, std::vector<Community>> by_district;
    for (const Division& division : city.divisions) {
        if (division.level != 5) continue;
        const auto street = by_code.find(division.parent);
        if (street == by_code.end()) continue;
        const auto district = by_code.find(street->second->parent);
        if (district == by_code.end()) continue;
        const std::string& name = district->second->name;
        by_district[district->first].push_back({division.code,
                                                division.name,
                                                name + street->second->name + division.name,
                                                district->first,
                                                name,
                                                {},
                                                0});
    }
    std::vector<Weighted> districts = city.demo.people.districts;
    if (districts.empty())
        for (const Division& division : city.divisions)
            if (division.level == 3) districts.push_back({division.code, 1});
    for (const Weighted& district : districts) {
        auto& found = by_district[district.code];
        const auto named = by_code.find(district.code);
        const std::string name = named == by_code.end() ? "" : named->second->name;
        if (found.empty()) found.push_back({district.code, name, name, district.code, name, {}, 0});
        districts_.add(district.weight);
        first_.push_back(communities_.size());
        std::move(found.begin(), found.end(), std::back_inserter(communities_));
    }
    first_.push_back(communities_.size());
    place_points(city);
}

void Territory::place_points(const City& city) {
    Random random(kPointSeed);
    Outlines outlines = outlines_of(city);
    for (std::size_t district = 0; district + 1 < first_.size(); ++district) {
        const auto& polygon = outlines[communities_[first_[district]].district.substr(0, 6)];
        const auto box = box_of(polygon);
        for (std::size_t i = first_[district]; i < first_[district + 1]; ++i) {
            Community& community = communities_[i];
            const double across = fraction(random) - 0.5, up = fraction(random) - 0.5;
            community.centre = {city.longitude + across * kCitySpread,
                                city.latitude + up * kCitySpread};
            if (polygon.empty())
                community.reach = kReachMax;
            else
                settle(community, polygon, box, random);
        }
    }
}

std::size_t Territory::pick(Random& random) const {
    const std::size_t district = districts_.pick(random);
    // The lesser of two draws: communities differ in size, as they do.
    const auto count = static_cast<std::int64_t>(first_[district + 1] - first_[district]);
    const std::int64_t one = random.below(count), other = random.below(count);
    return first_[district] + static_cast<std::size_t>(std::min(one, other));
}

Point Territory::at(std::size_t community, std::uint64_t place) const {
    const Community& here = communities_[community];
    Random random((community + 1) * 0x9E3779B97F4A7C15ULL ^ place);
    const double across = 2 * fraction(random) - 1, up = 2 * fraction(random) - 1;
    return {here.centre.longitude + across * here.reach, here.centre.latitude + up * here.reach};
}

}  // namespace shu::city::demo
