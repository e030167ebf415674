#include "city/demo/random.h"

#include <algorithm>

namespace shu::city::demo {

std::size_t Choice::pick(Random& random) const {
    const std::int64_t at = random.below(sums_.back());
    return static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), at) -
                                    sums_.begin());
}

}  // namespace shu::city::demo
