// Built-in functions: their names, signatures and bodies, by family. DMN 1.5 10.3.4.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rule/feel/function.h"
#include "rule/value.h"

namespace shu::rule {

class Evaluator;

/// One call of a built-in: arguments in the order of the matched signature, absent optional ones
/// null.
struct Call {
    Evaluator& evaluator;
    std::span<Value> arguments;
    std::size_t given;  ///< how many of them the caller gave
    std::uint32_t position;
    std::string_view name;

    const Value& operator[](std::size_t i) const { return arguments[i]; }
    /// Null, with a warning that names the function and says why.
    Value fail(std::string_view reason) const;
};

/// What a parameter takes. A list parameter takes a single value as a list of it, others a list of
/// one as its value.
enum class Takes : std::uint8_t {
    kAnything,
    kNumber,
    kString,
    kBoolean,
    kList,
    kContext,
    kDate,
    kTime,
    kDateTime,
    kDuration,
    kMonths,
    kRange,
    kFunction,
    kDay,
    kComparable,
    kListOfContexts,
};

struct Parameter {
    std::string_view name;
    Takes takes = Takes::kAnything;
    enum class Mode : std::uint8_t {
        kRequired,
        kOptional,
        kNullable,
        kOptionalNullable,
        kRest
    } mode = Mode::kRequired;
};

/// One way to call a function. A `kRest` parameter gathers all positional arguments in one list.
struct Signature {
    std::array<Parameter, 8> parameters{};
    std::uint8_t count = 0;
    Value (*body)(Call&) = nullptr;

    Signature(Value (*function)(Call&), std::initializer_list<Parameter> all);
};

struct Builtin {
    std::string_view name;
    std::vector<Signature> signatures;
};

const Builtin& builtin(std::uint32_t id);

/// Numbers of the functions whose name begins with the first letter of the text.
std::span<const std::uint32_t> builtins_starting(std::string_view text);

/// Whether positional arguments of these kinds (kNull: not known) may fit a signature.
bool could_take(const Builtin& function, std::span<const Kind> kinds);

/// The function as a value.
Value builtin_value(std::uint32_t id);

/// Matches arguments with the signatures and calls; `names` is empty or has a name for each
/// argument.
Value call_builtin(Evaluator& evaluator, const Builtin& function, std::span<Value> arguments,
                   std::span<const std::string_view> names, std::uint32_t position);

// The families.
std::span<const Builtin> conversion_builtins();
std::span<const Builtin> string_builtins();
std::span<const Builtin> pattern_builtins();
std::span<const Builtin> number_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> aggregate_builtins();
std::span<const Builtin> context_builtins();
std::span<const Builtin> temporal_builtins();
std::span<const Builtin> range_builtins();

}  // namespace shu::rule
