// Conformance runners: shu_conformance SUITE DIR [--csv FILE] [--strict]
#include <cstdio>
#include <string_view>

#include "dmn_tck.h"

namespace {

int usage() {
    std::fprintf(stderr, "usage: conformance dmn-tck DIR [--csv FILE] [--strict]\n");
    return 2;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3 || std::string_view(arguments[1]) != "dmn-tck") return usage();
    shu::conformance::TckOptions options;
    options.folder = arguments[2];
    for (int i = 3; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--strict")
            options.strict = true;
        else if (argument == "--csv" && i + 1 < count)
            options.csv = arguments[++i];
        else
            return usage();
    }
    return shu::conformance::run_dmn_tck(options);
}
