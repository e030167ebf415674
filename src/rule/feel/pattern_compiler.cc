// Compiles patterns. XPath and XQuery Functions 3.1, 5.6.1; XML Schema Part 2, F.
#include "rule/feel/pattern_compiler.h"

namespace shu::rule {

Result<Pattern> Pattern::compile(std::string_view pattern, std::string_view flags) {
    Pattern out;
    bool ignore_space = false;
    for (const char flag : flags) {
        switch (flag) {
            case 's': out.dot_all_ = true; break;
            case 'm': out.multiline_ = true; break;
            case 'i': out.ignore_case_ = true; break;
            case 'x': ignore_space = true; break;
            case 'q': out.literal_ = true; break;
            default: return invalid("no flag is named '" + std::string(1, flag) + "'");
        }
    }
    if (pattern.size() > limits::rule_pattern_bytes_max)
        return exhausted("the pattern is too long");
    if (out.literal_) {
        for (std::size_t at = 0; at < pattern.size();) {
            const CodePoint c = code_point_at(pattern, at);
            out.code_.push_back({Code::kChar, static_cast<std::uint32_t>(c.value), 0});
            at += c.bytes;
        }
        out.code_.push_back({Code::kMatch, 0, 0});
        return out;
    }
    PatternCompiler compiler(out, ignore_space);
    compiler.run(pattern);
    if (!compiler.why.empty()) return invalid(compiler.why);
    return out;
}

}  // namespace shu::rule
