#include "rule/value.h"

#include <algorithm>

#include "foundation/limits.h"
#include "rule/feel/function.h"

namespace shu::rule {

struct Value::StringObject final : Shared {
    explicit StringObject(std::string_view t) : Shared(0), text(t) {}
    std::string text;
};

struct Value::ListObject final : Shared {
    ListObject(std::vector<Value> all, std::uint16_t nesting)
        : Shared(nesting), items(std::move(all)) {}
    std::vector<Value> items;
};

struct Value::ContextObject final : Shared {
    static constexpr std::size_t kIndexedFrom = 16;

    ContextObject(std::vector<ContextEntry> all, std::uint16_t nesting)
        : Shared(nesting), entries(std::move(all)) {
        if (entries.size() < kIndexedFrom) return;
        order.resize(entries.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = static_cast<std::uint32_t>(i);
        std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
            return entries[a].name.as_string() < entries[b].name.as_string();
        });
    }
    const Value* find(std::string_view name) const {
        if (order.empty()) {
            for (const ContextEntry& entry : entries)
                if (entry.name.as_string() == name) return &entry.value;
            return nullptr;
        }
        const auto at = std::lower_bound(order.begin(), order.end(), name,
                                         [this](std::uint32_t i, std::string_view wanted) {
                                             return entries[i].name.as_string() < wanted;
                                         });
        return at != order.end() && entries[*at].name.as_string() == name ? &entries[*at].value
                                                                          : nullptr;
    }
    std::vector<ContextEntry> entries;
    std::vector<std::uint32_t> order;  // by name, of large contexts
};

struct Value::RangeObject final : Shared {
    RangeObject(Range r, std::uint16_t nesting) : Shared(nesting), range(std::move(r)) {}
    Range range;
};

void Value::destroy() noexcept {
    switch (kind_) {
        case Kind::kString: delete static_cast<const StringObject*>(shared_); break;
        case Kind::kList: delete static_cast<const ListObject*>(shared_); break;
        case Kind::kContext: delete static_cast<const ContextObject*>(shared_); break;
        case Kind::kRange: delete static_cast<const RangeObject*>(shared_); break;
        case Kind::kFunction: delete static_cast<const FunctionObject*>(shared_); break;
        default: break;
    }
}

Value Value::string(std::string_view utf8) {
    Value out;
    if (utf8.size() <= sizeof out.text_) {
        out.kind_ = Kind::kShortString;
        out.length_ = static_cast<std::uint8_t>(utf8.size());
        if (!utf8.empty()) std::memcpy(out.text_, utf8.data(), utf8.size());
    } else {
        return counted(Kind::kString, new StringObject(utf8));
    }
    return out;
}

namespace {

// One level more than the deepest of what it holds.
template <typename Items, typename ValueOf>
std::uint16_t nesting_of(const Items& items, ValueOf value_of) {
    std::uint16_t deepest = 0;
    for (const auto& item : items)
        deepest = std::max(deepest, value_of(item).depth());
    return static_cast<std::uint16_t>(deepest + 1);
}

}  // namespace

Value Value::list(std::vector<Value> items) {
    const std::uint16_t nesting =
        nesting_of(items, [](const Value& item) -> const Value& { return item; });
    return counted(Kind::kList, new ListObject(std::move(items), nesting));
}

Value Value::context(std::vector<ContextEntry> entries) {
    const std::uint16_t nesting =
        nesting_of(entries, [](const ContextEntry& entry) -> const Value& { return entry.value; });
    return counted(Kind::kContext, new ContextObject(std::move(entries), nesting));
}

Value Value::range(Range range) {
    const auto nesting =
        static_cast<std::uint16_t>(std::max(range.start.depth(), range.end.depth()) + 1);
    return counted(Kind::kRange, new RangeObject(std::move(range), nesting));
}

Value Value::function(FunctionObject* object) {
    return counted(Kind::kFunction, object);
}

template <typename Object>
const Object& Value::object(Kind wanted) const {
    expect(wanted);
    return *static_cast<const Object*>(shared_);
}

std::string_view Value::long_string() const {
    return object<StringObject>(Kind::kString).text;
}
std::span<const Value> Value::as_list() const {
    return object<ListObject>(Kind::kList).items;
}
std::span<const ContextEntry> Value::as_context() const {
    return object<ContextObject>(Kind::kContext).entries;
}
const Range& Value::as_range() const {
    return object<RangeObject>(Kind::kRange).range;
}
const FunctionObject& Value::as_function() const {
    return object<FunctionObject>(Kind::kFunction);
}

const Value* Value::find(std::string_view name) const {
    return kind_ == Kind::kContext ? static_cast<const ContextObject*>(shared_)->find(name)
                                   : nullptr;
}

std::uint16_t Value::depth() const {
    return is_shared() ? shared_->depth : 0;
}

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::kNull: return "null";
        case Kind::kBoolean: return "boolean";
        case Kind::kNumber: return "number";
        case Kind::kDate: return "date";
        case Kind::kTime: return "time";
        case Kind::kDateTime: return "date and time";
        case Kind::kMonthsDuration: return "years and months duration";
        case Kind::kDaysDuration: return "days and time duration";
        case Kind::kShortString:
        case Kind::kString: return "string";
        case Kind::kList: return "list";
        case Kind::kContext: return "context";
        case Kind::kRange: return "range";
        case Kind::kFunction: return "function";
    }
    return "";
}

}  // namespace shu::rule
