// Functions outside of FEEL: `function(x) external {java: {class: ..., method signature: ...}}`.
// DMN 1.5 10.3.2.13.3.
#pragma once

#include <span>
#include <string_view>

#include "rule/value.h"

namespace shu::rule {

class Evaluator;

/// What a host offers in place of foreign functions. Without one every call is refused by the name
/// of its class and method.
class ExternalFunctions {
 public:
    virtual ~ExternalFunctions() = default;

    /// `type_name` is the Java class, `signature` "max(double, double)". Errors: NotFound for what
    /// is not offered, Invalid for arguments that do not convert. May be called from any thread.
    virtual Result<Value> call(std::string_view type_name, std::string_view signature,
                               std::span<const Value> arguments) const = 0;
};

/// Calls what the value of an external function's body describes.
Value call_external(Evaluator& evaluator, const Value& description,
                    std::span<const Value> arguments, std::uint32_t position);

}  // namespace shu::rule
