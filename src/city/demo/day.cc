#include "city/demo/day.h"

#include <algorithm>

namespace shu::city::demo {

Date day_between(Random& random, const Date& first, const Date& last) {
    const std::int64_t from = days_since_epoch(first);
    return date_from_days(from +
                          random.below(std::max<std::int64_t>(1, days_since_epoch(last) - from)));
}

Date years_after(const Date& day, int years) {
    return date_from_days(days_since_epoch(day) + std::int64_t{years} * 365);
}

Date grown_on(const Date& birth, const Date& today) {
    constexpr std::int64_t kGrownDays = 18 * 365 + 5;
    return std::min(today, date_from_days(days_since_epoch(birth) + kGrownDays));
}

}  // namespace shu::city::demo
