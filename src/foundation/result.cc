#include "foundation/result.h"

#include <cstdio>
#include <cstdlib>

namespace shu {

std::string_view to_string(Code code) {
    switch (code) {
        case Code::kInvalid: return "invalid";
        case Code::kUnsigned: return "unsigned";
        case Code::kDenied: return "denied";
        case Code::kNotFound: return "not-found";
        case Code::kConflict: return "conflict";
        case Code::kExhausted: return "exhausted";
        case Code::kUnavailable: return "unavailable";
        case Code::kCorrupt: return "corrupt";
    }
    return "unknown";
}

namespace detail {
void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    std::abort();
}
}  // namespace detail

}  // namespace shu
