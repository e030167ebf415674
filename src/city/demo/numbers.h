// Numbers of synthetic persons and enterprises: right in form and check digits, in division 210199,
// which is not assigned to anybody.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"

namespace shu::city::demo {

/// `number` with zeros in front, `width` digits or as many as it has.
std::string digits(std::int64_t number, std::size_t width);

/// 17 digits and their check character, GB 11643-1999 (ISO 7064 MOD 11-2).
std::string with_identity_check(std::string digits17);

/// A unified social credit code, GB 32100-2015: `prefix` is 8 characters (department, category,
/// division), `serial` counts.
std::string credit_code(std::string_view prefix, std::int64_t serial);

/// An e-licence identifier, GB/T 36904-2018: type (21), issuer (18), serial, version 001, check
/// character (ISO 7064 MOD 37,36).
std::string licence_identifier(std::string_view type, std::string_view issuer,
                               std::string_view serial);

/// Who takes a number: the registered population from the front of a day's numbers, those who only
/// live here from their back, so that one group's numbers do not depend on the other's.
enum class Pool { kRegistered, kGuests };

/// Gives identity numbers away, each once. A day of birth has 500 odd (male) and 499 even sequence
/// numbers; when they are used up the person is born a day earlier. 12 million people of a usual
/// age structure fit.
class IdentityNumbers {
 public:
    IdentityNumbers(const Date& today, std::vector<std::string> reserved);

    /// `birth` is moved when its numbers are used up.
    std::string take(Date& birth, bool male, Pool pool = Pool::kRegistered);

 private:
    std::int64_t first_day_;
    /// Numbers that one day of birth has given away for one sex.
    struct Used {
        std::uint16_t front = 0, back = 0;
    };
    std::vector<Used> used_;  ///< by day and sex
    std::set<std::string, std::less<>> reserved_;
};

}  // namespace shu::city::demo
