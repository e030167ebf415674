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

Value Value::boolean(bool value) {
    Value out;
    out.kind_ = Kind::kBoolean;
    out.boolean_ = value;
    return out;
}

Value Value::number(const Decimal& value) {
    Value out;
    out.kind_ = Kind::kNumber;
    out.number_ = value;
    return out;
}

Value Value::string(std::string_view utf8) {
    Value out;
    if (utf8.size() <= sizeof out.text_) {
        out.kind_ = Kind::kShortString;
        out.length_ = static_cast<std::uint8_t>(utf8.size());
        if (!utf8.empty()) std::memcpy(out.text_, utf8.data(), utf8.size());
    } else {
        out.shared_ = new StringObject(utf8);
        out.kind_ = Kind::kString;
    }
    return out;
}

Value Value::date(const CivilDate& value) {
    Value out;
    out.kind_ = Kind::kDate;
    out.date_ = value;
    return out;
}

Value Value::time(const ClockTime& value) {
    Value out;
    out.kind_ = Kind::kTime;
    out.time_ = value;
    return out;
}

Value Value::date_time(const DateTime& value) {
    Value out;
    out.kind_ = Kind::kDateTime;
    out.date_time_ = value;
    return out;
}

Value Value::duration(const MonthsDuration& value) {
    Value out;
    out.kind_ = Kind::kMonthsDuration;
    out.months_ = value;
    return out;
}

Value Value::duration(const DaysDuration& value) {
    Value out;
    out.kind_ = Kind::kDaysDuration;
    out.days_ = value;
    return out;
}

Value Value::list(std::vector<Value> items) {
    std::uint16_t nesting = 0;
    for (const Value& item : items)
        nesting = std::max(nesting, item.depth());
    Value out;
    out.shared_ = new ListObject(std::move(items), static_cast<std::uint16_t>(nesting + 1));
    out.kind_ = Kind::kList;
    return out;
}

Value Value::context(std::vector<ContextEntry> entries) {
    std::uint16_t nesting = 0;
    for (const ContextEntry& entry : entries)
        nesting = std::max(nesting, entry.value.depth());
    Value out;
    out.shared_ = new ContextObject(std::move(entries), static_cast<std::uint16_t>(nesting + 1));
    out.kind_ = Kind::kContext;
    return out;
}

Value Value::range(Range range) {
    const auto nesting =
        static_cast<std::uint16_t>(std::max(range.start.depth(), range.end.depth()) + 1);
    Value out;
    out.shared_ = new RangeObject(std::move(range), nesting);
    out.kind_ = Kind::kRange;
    return out;
}

Value Value::function(FunctionObject* counted) {
    Value out;
    out.shared_ = counted;
    out.kind_ = Kind::kFunction;
    return out;
}

bool Value::as_boolean() const {
    SHU_ASSERT(kind_ == Kind::kBoolean);
    return boolean_;
}
const Decimal& Value::as_number() const {
    SHU_ASSERT(kind_ == Kind::kNumber);
    return number_;
}
std::string_view Value::as_string() const {
    if (kind_ == Kind::kShortString) return {text_, length_};
    SHU_ASSERT(kind_ == Kind::kString);
    return static_cast<const StringObject*>(shared_)->text;
}
const CivilDate& Value::as_date() const {
    SHU_ASSERT(kind_ == Kind::kDate);
    return date_;
}
const ClockTime& Value::as_time() const {
    SHU_ASSERT(kind_ == Kind::kTime);
    return time_;
}
const DateTime& Value::as_date_time() const {
    SHU_ASSERT(kind_ == Kind::kDateTime);
    return date_time_;
}
const MonthsDuration& Value::as_months() const {
    SHU_ASSERT(kind_ == Kind::kMonthsDuration);
    return months_;
}
const DaysDuration& Value::as_days() const {
    SHU_ASSERT(kind_ == Kind::kDaysDuration);
    return days_;
}
std::span<const Value> Value::as_list() const {
    SHU_ASSERT(kind_ == Kind::kList);
    return static_cast<const ListObject*>(shared_)->items;
}
std::span<const ContextEntry> Value::as_context() const {
    SHU_ASSERT(kind_ == Kind::kContext);
    return static_cast<const ContextObject*>(shared_)->entries;
}
const Range& Value::as_range() const {
    SHU_ASSERT(kind_ == Kind::kRange);
    return static_cast<const RangeObject*>(shared_)->range;
}
const FunctionObject& Value::as_function() const {
    SHU_ASSERT(kind_ == Kind::kFunction);
    return *static_cast<const FunctionObject*>(shared_);
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
