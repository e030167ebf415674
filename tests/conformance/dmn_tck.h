// Runs the DMN Technology Compatibility Kit: every test case file below a folder, in the suite's own format.
#pragma once

#include <string>
#include <vector>

namespace shu::conformance {

struct TckOptions {
    std::string folder;
    std::string csv;      ///< file for the suite's result lines; empty: none
    bool strict = false;  ///< a null that should be an error fails when no warning tells why
};

/// Prints each failure and at the end `N passed, M failed`. The exit status: 0 only when none failed and some passed.
int run_dmn_tck(const TckOptions& options);

}  // namespace shu::conformance
