// Types of FEEL and of item definitions. DMN 1.5 10.3.2.9, 7.3.3.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rule/value.h"

namespace shu::rule {

struct Type;
class Program;
using TypePointer = std::shared_ptr<const Type>;

/// A type. Immutable once its model is loaded. A null pointer to a Type means Any.
struct Type {
    enum class Base { kAny, kNull, kPlain, kList, kContext, kRange, kFunction };
    struct Field {
        std::string name;
        TypePointer type;
    };

    Base base = Base::kAny;
    Kind kind = Kind::kNull;    ///< of a plain type
    std::string name;           ///< as messages write it
    TypePointer element;        ///< of a list or range; of a function its result
    std::vector<Field> fields;  ///< of a context
    std::vector<TypePointer> parameters;
    std::vector<std::shared_ptr<const Program>>
        allowed;        ///< unary tests that values must pass, all of them
    bool open = false;  ///< of a context: values may have members that the type does not tell

    const Field* field(std::string_view field_name) const;
};

/// The built-in type of that name: "number", "date and time", "Any", ...; null for Any or an
/// unknown name.
TypePointer built_in_type(std::string_view name);
bool is_built_in_type_name(std::string_view name);
TypePointer list_of(TypePointer element);

/// `instance of`: whether a value belongs to a type. Null belongs to Null alone. Constraints are
/// not asked.
bool is_instance(const Value& value, const Type& type);

/// Whether a type may stand where another is asked for. DMN 1.5 10.3.2.9.2.
bool conforms(const Type* type, const Type* to);

/// A value as the type asks for it, after the implicit conversions of DMN 1.5 10.3.2.9.4 (singleton
/// lists, dates to date-times); nothing if it does not conform. Null conforms to every type.
/// Constraints are not asked.
std::optional<Value> coerced(const Value& value, const Type* type);

/// Whether the value is of a plain type as it stands, so that coerced() would not change it.
inline bool is_plainly(const Value& value, const Type* type) {
    return type == nullptr || (type->base == Type::Base::kPlain && type->kind == value.kind());
}

/// What is known of the members of a value of this type, looking through lists.
const Type* member_scope(const Type* type);

}  // namespace shu::rule
