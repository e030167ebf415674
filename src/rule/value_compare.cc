// Equality and order of values. DMN 1.5 10.3.2.13, tables 53 and 54.
#include "rule/feel/function.h"
#include "rule/value.h"

namespace shu::rule {
namespace {

template <typename T>
int sign_of(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

// A time's place on the day in UTC; a named zone is taken with its offset of the first day of 1970.
std::int64_t utc_nanos(const ClockTime& time) {
    return time.nanos -
           static_cast<std::int64_t>(time.zone.offset_of_local(time.nanos / kNanosPerSecond)) *
               kNanosPerSecond;
}

std::optional<int> compare_times(const ClockTime& a, const ClockTime& b) {
    if (a.zone.is_local() != b.zone.is_local()) return std::nullopt;
    return sign_of(utc_nanos(a), utc_nanos(b));
}

std::optional<int> compare_date_times(const DateTime& a, const DateTime& b) {
    if (a.zone.is_local() != b.zone.is_local()) return std::nullopt;
    return sign_of(a.instant_nanos(), b.instant_nanos());
}

bool equal_lists(std::span<const Value> a, std::span<const Value> b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!same(a[i], b[i])) return false;
    return true;
}

bool equal_contexts(const Value& a, const Value& b) {
    const auto entries = a.as_context();
    if (entries.size() != b.as_context().size()) return false;
    for (const ContextEntry& entry : entries) {
        const Value* other = b.find(entry.name.as_string());
        if (other == nullptr || !same(entry.value, *other)) return false;
    }
    return true;
}

}  // namespace

std::optional<int> compare(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) {
        // A date stands for its midnight in UTC beside a date and time. DMN 1.5 10.3.2.3.6.
        const auto midnight = [](const Value& date, ZoneReference like) {
            return DateTime{date.as_date(), 0, like.is_local() ? like : ZoneReference::offset(0)};
        };
        if (a.kind() == Kind::kDate && b.kind() == Kind::kDateTime)
            return compare_date_times(midnight(a, b.as_date_time().zone), b.as_date_time());
        if (a.kind() == Kind::kDateTime && b.kind() == Kind::kDate)
            return compare_date_times(a.as_date_time(), midnight(b, a.as_date_time().zone));
        return std::nullopt;
    }
    switch (a.kind()) {
        case Kind::kNumber: {
            const auto order = a.as_number() <=> b.as_number();
            return order < 0 ? -1 : order > 0 ? 1 : 0;
        }
        case Kind::kString:
            return sign_of(a.as_string(), b.as_string());  // UTF-8 sorts as its code points do
        case Kind::kDate: return sign_of(a.as_date(), b.as_date());
        case Kind::kTime: return compare_times(a.as_time(), b.as_time());
        case Kind::kDateTime: return compare_date_times(a.as_date_time(), b.as_date_time());
        case Kind::kMonthsDuration: return sign_of(a.as_months(), b.as_months());
        case Kind::kDaysDuration: return sign_of(a.as_days(), b.as_days());
        default: return std::nullopt;
    }
}

std::optional<bool> equal(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    if (a.kind() != b.kind()) {
        const auto order = compare(a, b);
        return order ? std::optional(*order == 0) : std::nullopt;
    }
    switch (a.kind()) {
        case Kind::kBoolean: return a.as_boolean() == b.as_boolean();
        case Kind::kList: return equal_lists(a.as_list(), b.as_list());
        case Kind::kContext: return equal_contexts(a, b);
        case Kind::kRange: {
            const Range& x = a.as_range();
            const Range& y = b.as_range();
            return x.start_included == y.start_included && x.end_included == y.end_included &&
                   x.has_start == y.has_start && x.has_end == y.has_end && same(x.start, y.start) &&
                   same(x.end, y.end);
        }
        case Kind::kFunction: return &a.as_function() == &b.as_function();
        default: return compare(a, b).value_or(1) == 0;  // a local and a zoned time are different
    }
}

std::optional<bool> contains(const Range& range, const Value& value) {
    const auto keeps = [](const Value& low, const Value& high,
                          bool included) -> std::optional<bool> {
        const auto order = compare(low, high);
        if (!order) return std::nullopt;
        return *order < 0 || (*order == 0 && included);
    };
    const auto above = range.has_start ? keeps(range.start, value, range.start_included) : true;
    const auto below = range.has_end ? keeps(value, range.end, range.end_included) : true;
    if (above == false || below == false) return false;
    if (!above || !below || value.is_null()) return std::nullopt;
    return true;
}

}  // namespace shu::rule
