// Static functions of java.lang that decision models of other engines call, written in C++: no Java
// runs, and nothing else is offered.
//
// A host that wants such models to work puts one into Environment::externals; without it they are
// refused. DMN 1.5 10.3.2.13.3.
#pragma once

#include "rule/feel/external.h"

namespace shu::rule {

/// java.lang.Math (functions of double, float, long and int), `valueOf` and `parse...` of the
/// number classes and String, and String.format with %s and %d. Arguments convert as the standard's
/// table says; one that does not fit its type is Invalid.
class JavaFunctions final : public ExternalFunctions {
 public:
    Result<Value> call(std::string_view type_name, std::string_view signature,
                       std::span<const Value> arguments) const override;
};

}  // namespace shu::rule
