// What differs between two JSON documents, told for people.
#pragma once

#include <string>
#include <vector>

#include "foundation/json.h"

namespace shu::city {

/// One member that differs. `before` or `after` is empty when the member is new or gone.
struct MemberChange {
    std::string member;  ///< `fields[id_number].level`
    std::string before;
    std::string after;

    friend bool operator==(const MemberChange&, const MemberChange&) = default;
};

/// The differing members, in the order of the documents. Lists of objects that have a `code` are
/// matched by it, so that a field inserted in the middle is one addition; other lists are compared
/// as a whole. At most `limit` changes; then a last one says how many follow.
std::vector<MemberChange> difference(const json::value& before, const json::value& after,
                                     std::size_t limit);

}  // namespace shu::city
