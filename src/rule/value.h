// Values of FEEL. DMN 1.5 10.3.2.
//
// A Value is 32 bytes: numbers, temporal values and strings of up to 23 bytes stand in it, larger
// things are immutable and shared by an atomic count. Copying is cheap; a Value may be read from
// any number of threads.
#pragma once

#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "foundation/result.h"
#include "rule/feel/decimal.h"
#include "rule/feel/temporal.h"

namespace boost::json {
class value;
}

namespace shu::rule {

enum class Kind : std::uint8_t {
    kNull,
    kBoolean,
    kNumber,
    kDate,
    kTime,
    kDateTime,
    kMonthsDuration,
    kDaysDuration,
    kShortString,
    kString,
    kList,
    kContext,
    kRange,
    kFunction,
};

class Value;
struct ContextEntry;
struct Range;
class FunctionObject;

/// What shared values have in common: their count, and how deeply they nest
/// (limits::rule_value_depth_max).
struct Shared {
    explicit Shared(std::uint16_t nesting) : depth(nesting) {}
    mutable std::atomic<std::uint32_t> references{1};
    std::uint16_t depth;
};

class Value {
 public:
    Value() noexcept : kind_(Kind::kNull), length_(0) {}
    Value(const Value& other) noexcept { copy(other); }
    Value(Value&& other) noexcept {
        std::memcpy(static_cast<void*>(this), &other, sizeof *this);
        other.kind_ = Kind::kNull;
    }
    Value& operator=(const Value& other) noexcept {
        if (this != &other) {
            release();
            copy(other);
        }
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        if (this != &other) {
            release();
            std::memcpy(static_cast<void*>(this), &other, sizeof *this);
            other.kind_ = Kind::kNull;
        }
        return *this;
    }
    ~Value() { release(); }

    static Value boolean(bool value) { return Value(Kind::kBoolean, value); }
    static Value number(const Decimal& value) { return Value(Kind::kNumber, value); }
    static Value string(std::string_view utf8);
    static Value date(const CivilDate& value) { return Value(Kind::kDate, value); }
    static Value time(const ClockTime& value) { return Value(Kind::kTime, value); }
    static Value date_time(const DateTime& value) { return Value(Kind::kDateTime, value); }
    static Value duration(const MonthsDuration& value) {
        return Value(Kind::kMonthsDuration, value);
    }
    static Value duration(const DaysDuration& value) { return Value(Kind::kDaysDuration, value); }
    static Value list(std::vector<Value> items);
    static Value context(std::vector<ContextEntry> entries);  ///< in order; names must differ
    static Value range(Range range);
    static Value function(FunctionObject* object);  ///< takes the caller's count

    Kind kind() const { return kind_ == Kind::kShortString ? Kind::kString : kind_; }
    bool is_null() const { return kind_ == Kind::kNull; }
    bool is_boolean() const { return kind_ == Kind::kBoolean; }
    bool is_number() const { return kind_ == Kind::kNumber; }
    bool is_string() const { return kind_ == Kind::kString || kind_ == Kind::kShortString; }
    bool is_list() const { return kind_ == Kind::kList; }
    bool is_context() const { return kind_ == Kind::kContext; }
    bool is_range() const { return kind_ == Kind::kRange; }
    bool is_function() const { return kind_ == Kind::kFunction; }
    bool is_true() const { return kind_ == Kind::kBoolean && boolean_; }
    bool is_false() const { return kind_ == Kind::kBoolean && !boolean_; }

    // Each asks for the kind it is named after; another kind is a bug and aborts.
    bool as_boolean() const {
        expect(Kind::kBoolean);
        return boolean_;
    }
    const Decimal& as_number() const {
        expect(Kind::kNumber);
        return number_;
    }
    std::string_view as_string() const {
        return kind_ == Kind::kShortString ? std::string_view(text_, length_) : long_string();
    }
    const CivilDate& as_date() const {
        expect(Kind::kDate);
        return date_;
    }
    const ClockTime& as_time() const {
        expect(Kind::kTime);
        return time_;
    }
    const DateTime& as_date_time() const {
        expect(Kind::kDateTime);
        return date_time_;
    }
    const MonthsDuration& as_months() const {
        expect(Kind::kMonthsDuration);
        return months_;
    }
    const DaysDuration& as_days() const {
        expect(Kind::kDaysDuration);
        return days_;
    }
    std::span<const Value> as_list() const;
    std::span<const ContextEntry> as_context() const;
    const Range& as_range() const;
    const FunctionObject& as_function() const;

    /// Becomes null.
    void clear() noexcept {
        release();
        kind_ = Kind::kNull;
    }

    /// The value of a context's entry, or nothing.
    const Value* find(std::string_view name) const;

    /// How deeply lists, contexts and ranges nest: 0 for a plain value.
    std::uint16_t depth() const;

    /// The FEEL text that denotes the value; of a string, with quotes inside lists and contexts,
    /// without at the top.
    std::string to_text() const;

 private:
    struct StringObject;
    struct ListObject;
    struct ContextObject;
    struct RangeObject;

    // What stands in the value itself lies at the start of the union, whatever its type.
    template <typename T>
    Value(Kind kind, const T& content) noexcept : kind_(kind), length_(0) {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof text_);
        std::memcpy(text_, static_cast<const void*>(&content), sizeof(T));
    }
    static Value counted(Kind kind, const Shared* object) {
        Value out;
        out.shared_ = object;
        out.kind_ = kind;
        return out;
    }
    void expect(Kind wanted) const { SHU_ASSERT(kind_ == wanted); }
    template <typename Object>
    const Object& object(Kind wanted) const;
    std::string_view long_string() const;

    bool is_shared() const { return kind_ >= Kind::kString; }
    void copy(const Value& other) noexcept {
        std::memcpy(static_cast<void*>(this), &other, sizeof *this);
        if (is_shared()) shared_->references.fetch_add(1, std::memory_order_relaxed);
    }
    void release() noexcept {
        if (is_shared() && shared_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
            destroy();
    }
    void destroy() noexcept;
    void write(std::string& out, bool nested) const;

    Kind kind_;
    std::uint8_t length_;
    union {
        bool boolean_;
        Decimal number_;
        CivilDate date_;
        ClockTime time_;
        DateTime date_time_;
        MonthsDuration months_;
        DaysDuration days_;
        char text_[24];
        const Shared* shared_;
    };
};

/// One entry of a context, by its name.
struct ContextEntry {
    Value name;  ///< a string
    Value value;

    ContextEntry() = default;
    ContextEntry(std::string_view key, Value v) : name(Value::string(key)), value(std::move(v)) {}
    ContextEntry(Value key, Value v) : name(std::move(key)), value(std::move(v)) {}
};

/// A range of numbers, strings, dates, times or durations. An end may be absent (`(< 5)`), or null,
/// and then whether it is kept is unknown. DMN 1.5 10.3.2.7.
struct Range {
    Value start;
    Value end;
    bool start_included = true;
    bool end_included = true;
    bool has_start = true;
    bool has_end = true;
};

/// Equality in three values: nothing if the kinds do not compare. DMN 1.5 table 53.
std::optional<bool> equal(const Value& a, const Value& b);

/// Equality as lists and tables use it: what does not compare is different.
inline bool same(const Value& a, const Value& b) {
    return equal(a, b).value_or(false);
}

/// Order of numbers, strings, dates, times, date-times and durations: -1, 0 or 1; nothing if they
/// do not compare. DMN 1.5 table 54.
std::optional<int> compare(const Value& a, const Value& b);

/// Whether a value lies in a range; nothing if they do not compare.
std::optional<bool> contains(const Range& range, const Value& value);

/// "number", "date and time", ... as the standard writes them.
std::string_view name_of(Kind kind);

/// JSON to FEEL: null, booleans, numbers, strings, lists, contexts. Text is not taken for a date; a
/// declared type does that. Errors: Invalid for a number beyond 34 digits' range, Exhausted for too
/// deep nesting.
Result<Value> from_json(const boost::json::value& json);

/// FEEL to JSON: temporal values and durations as their text, ranges and functions as text.
boost::json::value to_json(const Value& value);

}  // namespace shu::rule
