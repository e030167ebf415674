// Numbers of synthetic persons and enterprises: right in form and check digits, in division 210199,
// which is not assigned to anybody.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"

namespace shu::city::demo {

/// 17 digits and their check character, GB 11643-1999 (ISO 7064 MOD 11-2).
std::string with_identity_check(std::string digits17);

/// A unified social credit code, GB 32100-2015: `prefix` is 8 characters (department, category,
/// division), `serial` counts.
std::string credit_code(std::string_view prefix, std::int64_t serial);

/// An e-licence identifier, GB/T 36904-2018: type (21), issuer (18), serial, version 001, check
/// character (ISO 7064 MOD 37,36).
std::string licence_identifier(std::string_view type, std::string_view issuer,
                               std::string_view serial);

/// Gives identity numbers away, each once. A day of birth has 500 odd (male) and 499 even sequence
/// numbers; when they are used up the person is born a day earlier. 12 million people of a usual
/// age structure fit.
class IdentityNumbers {
 public:
    IdentityNumbers(const Date& today, std::vector<std::string> reserved);

    /// `birth` is moved when its numbers are used up.
    std::string take(Date& birth, bool male);

 private:
    std::int64_t first_day_;
    std::vector<std::uint16_t> used_;  ///< by day and sex
    std::set<std::string, std::less<>> reserved_;
};

}  // namespace shu::city::demo
