// Days of synthetic lives.
#pragma once

#include "city/demo/random.h"
#include "foundation/clock.h"

namespace shu::city::demo {

/// From `first` until the day before `last`; `first` when there is none.
Date day_between(Random& random, const Date& first, const Date& last);

/// `years` of 365 days later, or earlier when negative.
Date years_after(const Date& day, int years);

/// The day on which somebody born on `birth` is grown up, at most `today`.
Date grown_on(const Date& birth, const Date& today);

}  // namespace shu::city::demo
