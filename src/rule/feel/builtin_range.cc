// Relations between points and ranges (Allen's interval algebra). DMN 1.5 10.3.4.10, table 78.
#include "rule/feel/builtin.h"
#include "rule/feel/evaluator.h"

namespace shu::rule {
namespace {

// A point counts as the closed range of itself alone, so each relation is written once.
struct Ends {
    const Value& start;
    const Value& end;
    bool start_in;
    bool end_in;
};

Ends ends(const Value& v) {
    if (!v.is_range()) return {v, v, true, true};
    const Range& r = v.as_range();
    return {r.start, r.end, r.start_included, r.end_included};
}

// Order of two ends; what does not compare, or is unbounded, makes the whole relation null.
struct Compared {
    bool valid = true;
    int order(const Value& a, const Value& b) {
        const auto out = compare(a, b);
        valid = valid && out.has_value();
        return out.value_or(0);
    }
};

using Relation = bool (*)(Compared&, const Ends&, const Ends&);

bool before(Compared& c, const Ends& a, const Ends& b) {
    const int order = c.order(a.end, b.start);
    return order < 0 || (order == 0 && !(a.end_in && b.start_in));
}
bool after(Compared& c, const Ends& a, const Ends& b) {
    return before(c, b, a);
}
bool meets(Compared& c, const Ends& a, const Ends& b) {
    return c.order(a.end, b.start) == 0 && a.end_in && b.start_in;
}
bool met_by(Compared& c, const Ends& a, const Ends& b) {
    return meets(c, b, a);
}
bool overlaps(Compared& c, const Ends& a, const Ends& b) {
    const bool not_before = !before(c, a, b);
    return !before(c, b, a) && not_before;
}
bool overlaps_before(Compared& c, const Ends& a, const Ends& b) {
    const int starts = c.order(a.start, b.start);
    const int touch = c.order(a.end, b.start);
    const int finishes = c.order(a.end, b.end);
    return (starts < 0 || (starts == 0 && a.start_in && !b.start_in)) &&
           (touch > 0 || (touch == 0 && a.end_in && b.start_in)) &&
           (finishes < 0 || (finishes == 0 && (!a.end_in || b.end_in)));
}
bool overlaps_after(Compared& c, const Ends& a, const Ends& b) {
    const int starts = c.order(b.start, a.start);
    const int touch = c.order(b.end, a.start);
    const int finishes = c.order(b.end, a.end);
    return (starts < 0 || (starts == 0 && b.start_in && !a.start_in)) &&
           (touch > 0 || (touch == 0 && b.end_in && a.start_in)) &&
           (finishes < 0 || (finishes == 0 && (!b.end_in || a.end_in)));
}
bool finishes(Compared& c, const Ends& a, const Ends& b) {
    const int starts = c.order(a.start, b.start);
    return c.order(a.end, b.end) == 0 && a.end_in == b.end_in &&
           (starts > 0 || (starts == 0 && (!a.start_in || b.start_in)));
}
bool finished_by(Compared& c, const Ends& a, const Ends& b) {
    return finishes(c, b, a);
}
bool includes(Compared& c, const Ends& a, const Ends& b) {
    const int starts = c.order(a.start, b.start);
    const int ends = c.order(a.end, b.end);
    return (starts < 0 || (starts == 0 && (a.start_in || !b.start_in))) &&
           (ends > 0 || (ends == 0 && (a.end_in || !b.end_in)));
}
bool during(Compared& c, const Ends& a, const Ends& b) {
    return includes(c, b, a);
}
bool starts(Compared& c, const Ends& a, const Ends& b) {
    const int ends = c.order(a.end, b.end);
    return c.order(a.start, b.start) == 0 && a.start_in == b.start_in &&
           (ends < 0 || (ends == 0 && (!a.end_in || b.end_in)));
}
bool started_by(Compared& c, const Ends& a, const Ends& b) {
    return starts(c, b, a);
}
bool coincides(Compared& c, const Ends& a, const Ends& b) {
    const int starts = c.order(a.start, b.start);
    return c.order(a.end, b.end) == 0 && starts == 0 && a.start_in == b.start_in &&
           a.end_in == b.end_in;
}

template <Relation kRelation>
Value relate(Call& call) {
    Compared compared;
    const bool out = kRelation(compared, ends(call[0]), ends(call[1]));
    return compared.valid ? Value::boolean(out) : call.fail("the points and ends do not compare");
}

constexpr Parameter kPoint1{"point1", Takes::kComparable}, kPoint2{"point2", Takes::kComparable},
    kPoint{"point", Takes::kComparable};
constexpr Parameter kRange1{"range1", Takes::kRange}, kRange2{"range2", Takes::kRange},
    kRange{"range", Takes::kRange};

template <Relation kRelation>
std::vector<Signature> points_and_ranges() {
    constexpr auto body = relate<kRelation>;
    return {{body, {kPoint1, kPoint2}},
            {body, {kPoint, kRange}},
            {body, {kRange, kPoint}},
            {body, {kRange1, kRange2}}};
}
template <Relation kRelation>
std::vector<Signature> point_in_range() {
    return {{relate<kRelation>, {kPoint, kRange}}, {relate<kRelation>, {kRange1, kRange2}}};
}
template <Relation kRelation>
std::vector<Signature> range_with_point() {
    return {{relate<kRelation>, {kRange, kPoint}}, {relate<kRelation>, {kRange1, kRange2}}};
}
template <Relation kRelation>
std::vector<Signature> ranges() {
    return {{relate<kRelation>, {kRange1, kRange2}}};
}

}  // namespace

std::span<const Builtin> range_builtins() {
    static const std::vector<Builtin> all = {
        {"before", points_and_ranges<before>()},
        {"after", points_and_ranges<after>()},
        {"meets", ranges<meets>()},
        {"met by", ranges<met_by>()},
        {"overlaps", ranges<overlaps>()},
        {"overlaps before", ranges<overlaps_before>()},
        {"overlaps after", ranges<overlaps_after>()},
        {"finishes", point_in_range<finishes>()},
        {"finished by", range_with_point<finished_by>()},
        {"includes", range_with_point<includes>()},
        {"during", point_in_range<during>()},
        {"starts", point_in_range<starts>()},
        {"started by", range_with_point<started_by>()},
        {"coincides",
         {{relate<coincides>, {kPoint1, kPoint2}}, {relate<coincides>, {kRange1, kRange2}}}},
    };
    return all;
}

}  // namespace shu::rule
