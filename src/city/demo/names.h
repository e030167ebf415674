// Names of synthetic persons and enterprises.
#pragma once

#include <string>

#include "city/demo/random.h"

namespace shu::city::demo {

/// A surname with the frequency of the north-east.
std::string surname(Random& random);
/// One or two characters, as usual for the sex.
std::string given_name(Random& random, bool male);

/// An industry of GB/T 4754 with what its firms call themselves.
struct Trade {
    const char* industry;  ///< a code of the code table `industry`
    const char* word;      ///< 商贸
    const char* scope;     ///< business scope
};
const Trade& trade(Random& random);
/// Two characters that firms like.
std::string firm_word(Random& random);

}  // namespace shu::city::demo
