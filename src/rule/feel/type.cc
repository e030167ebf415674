#include "rule/feel/type.h"

#include <algorithm>
#include <array>

#include "rule/feel/function.h"

namespace shu::rule {
namespace {

struct Named {
    std::string_view name;
    Type::Base base;
    Kind kind;
};

constexpr std::array<Named, 20> kNamed = {{
    {"Any", Type::Base::kAny, Kind::kNull},
    {"any", Type::Base::kAny, Kind::kNull},
    {"Null", Type::Base::kNull, Kind::kNull},
    {"number", Type::Base::kPlain, Kind::kNumber},
    {"string", Type::Base::kPlain, Kind::kString},
    {"boolean", Type::Base::kPlain, Kind::kBoolean},
    {"date", Type::Base::kPlain, Kind::kDate},
    {"time", Type::Base::kPlain, Kind::kTime},
    {"date and time", Type::Base::kPlain, Kind::kDateTime},
    {"dateTime", Type::Base::kPlain, Kind::kDateTime},
    {"days and time duration", Type::Base::kPlain, Kind::kDaysDuration},
    {"dayTimeDuration", Type::Base::kPlain, Kind::kDaysDuration},
    {"day time duration", Type::Base::kPlain, Kind::kDaysDuration},
    {"years and months duration", Type::Base::kPlain, Kind::kMonthsDuration},
    {"yearMonthDuration", Type::Base::kPlain, Kind::kMonthsDuration},
    {"year month duration", Type::Base::kPlain, Kind::kMonthsDuration},
    {"list", Type::Base::kList, Kind::kList},
    {"context", Type::Base::kContext, Kind::kContext},
    {"range", Type::Base::kRange, Kind::kRange},
    {"function", Type::Base::kFunction, Kind::kFunction},
}};

const Named* find_named(std::string_view name) {
    const auto found =
        std::find_if(kNamed.begin(), kNamed.end(), [&](const Named& n) { return n.name == name; });
    return found == kNamed.end() ? nullptr : &*found;
}

bool is_range_of(const Range& range, const Type& element) {
    const auto fits = [&](const Value& end) { return end.is_null() || is_instance(end, element); };
    return fits(range.start) && fits(range.end);
}

bool is_context_of(const Value& value, const Type& type) {
    return std::all_of(type.fields.begin(), type.fields.end(), [&](const Type::Field& field) {
        const Value* found = value.find(field.name);
        if (found == nullptr) return false;
        return found->is_null() || field.type == nullptr || is_instance(*found, *field.type);
    });
}

}  // namespace

const Type::Field* Type::field(std::string_view field_name) const {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.name == field_name; });
    return found == fields.end() ? nullptr : &*found;
}

bool is_built_in_type_name(std::string_view name) {
    return find_named(name) != nullptr;
}

TypePointer built_in_type(std::string_view name) {
    static const auto kTypes = [] {
        std::array<TypePointer, kNamed.size()> all;
        for (std::size_t i = 0; i < kNamed.size(); ++i) {
            if (kNamed[i].base == Type::Base::kAny) continue;
            auto type = std::make_shared<Type>();
            type->base = kNamed[i].base;
            type->kind = kNamed[i].kind;
            type->name = kNamed[i].name;
            all[i] = std::move(type);
        }
        return all;
    }();
    const Named* named = find_named(name);
    return named == nullptr ? nullptr : kTypes[static_cast<std::size_t>(named - kNamed.data())];
}

TypePointer list_of(TypePointer element) {
    auto type = std::make_shared<Type>();
    type->base = Type::Base::kList;
    type->kind = Kind::kList;
    type->name = "list<" + (element == nullptr ? "Any" : element->name) + ">";
    type->element = std::move(element);
    return type;
}

bool is_instance(const Value& value, const Type& type) {
    if (value.is_null()) return type.base == Type::Base::kNull;
    switch (type.base) {
        case Type::Base::kAny: return true;
        case Type::Base::kNull: return false;
        case Type::Base::kPlain: return value.kind() == type.kind;
        case Type::Base::kList: {
            if (!value.is_list()) return false;
            if (type.element == nullptr) return true;
            const auto items = value.as_list();
            return std::all_of(items.begin(), items.end(), [&](const Value& item) {
                return item.is_null() || is_instance(item, *type.element);
            });
        }
        case Type::Base::kContext: return value.is_context() && is_context_of(value, type);
        case Type::Base::kRange:
            return value.is_range() &&
                   (type.element == nullptr || is_range_of(value.as_range(), *type.element));
        case Type::Base::kFunction: {
            if (!value.is_function()) return false;
            const TypePointer own = value.as_function().type();
            return type.parameters.empty() && type.element == nullptr ? true
                                                                      : conforms(own.get(), &type);
        }
    }
    return false;
}

bool conforms(const Type* type, const Type* to) {
    if (to == nullptr || to->base == Type::Base::kAny) return true;
    if (type == nullptr || type->base == Type::Base::kAny) return false;
    if (type == to || type->base == Type::Base::kNull) return true;
    if (type->base != to->base) return false;
    switch (to->base) {
        case Type::Base::kPlain: return type->kind == to->kind;
        case Type::Base::kList:
        case Type::Base::kRange: return conforms(type->element.get(), to->element.get());
        case Type::Base::kContext:
            return std::all_of(
                to->fields.begin(), to->fields.end(), [&](const Type::Field& wanted) {
                    const Type::Field* own = type->field(wanted.name);
                    return own != nullptr && conforms(own->type.get(), wanted.type.get());
                });
        case Type::Base::kFunction:
            if (type->parameters.size() != to->parameters.size()) return false;
            for (std::size_t i = 0; i < to->parameters.size(); ++i)
                if (!conforms(to->parameters[i].get(), type->parameters[i].get())) return false;
            return conforms(type->element.get(), to->element.get());
        default: return true;
    }
}

namespace {

std::optional<Value> coerced_list(const Value& value, const Type& type) {
    if (!value.is_list()) {
        auto item = coerced(value, type.element.get());
        if (!item) return std::nullopt;
        return Value::list({std::move(*item)});
    }
    if (type.element == nullptr) return value;
    std::vector<Value> items;
    items.reserve(value.as_list().size());
    for (const Value& item : value.as_list()) {
        auto fitted = coerced(item, type.element.get());
        if (!fitted) return std::nullopt;
        items.push_back(std::move(*fitted));
    }
    return Value::list(std::move(items));
}

std::optional<Value> coerced_context(const Value& value, const Type& type) {
    std::vector<ContextEntry> entries(value.as_context().begin(), value.as_context().end());
    for (const Type::Field& field : type.fields) {
        const auto entry = std::find_if(entries.begin(), entries.end(), [&](const ContextEntry& e) {
            return e.name.as_string() == field.name;
        });
        if (entry == entries.end()) return std::nullopt;
        auto fitted = coerced(entry->value, field.type.get());
        if (!fitted) return std::nullopt;
        entry->value = std::move(*fitted);
    }
    return Value::context(std::move(entries));
}

}  // namespace

std::optional<Value> coerced(const Value& value, const Type* type) {
    if (value.is_null() || type == nullptr || type->base == Type::Base::kAny) return value;
    if (type->base == Type::Base::kPlain && value.kind() == type->kind) return value;
    if (type->base == Type::Base::kList) return coerced_list(value, *type);
    if (value.is_list() && value.as_list().size() == 1) return coerced(value.as_list()[0], type);
    if (type->base == Type::Base::kPlain && type->kind == Kind::kDateTime &&
        value.kind() == Kind::kDate)
        return Value::date_time({value.as_date(), 0, ZoneReference::offset(0)});
    if (type->base == Type::Base::kContext && value.is_context())
        return coerced_context(value, *type);
    if (is_instance(value, *type)) return value;
    return std::nullopt;
}

const Type* member_scope(const Type* type) {
    while (type != nullptr && type->base == Type::Base::kList)
        type = type->element.get();
    return type != nullptr && type->base == Type::Base::kContext && !type->fields.empty() ? type
                                                                                          : nullptr;
}

}  // namespace shu::rule
