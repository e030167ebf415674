// Values to text and to and from JSON.
#include "foundation/json.h"
#include "foundation/limits.h"
#include "rule/feel/function.h"
#include "rule/feel/name.h"
#include "rule/value.h"

namespace shu::rule {
namespace {

void quote(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        if (c == '\n')
            out += "\\n";
        else
            out.push_back(c);
    }
    out.push_back('"');
}

}  // namespace

void Value::write(std::string& out, bool nested) const {
    switch (kind()) {
        case Kind::kNull: out += "null"; return;
        case Kind::kBoolean: out += boolean_ ? "true" : "false"; return;
        case Kind::kNumber: out += number_.to_string(); return;
        case Kind::kDate: out += to_string(date_); return;
        case Kind::kTime: out += to_string(time_); return;
        case Kind::kDateTime: out += to_string(date_time_); return;
        case Kind::kMonthsDuration: out += to_string(months_); return;
        case Kind::kDaysDuration: out += to_string(days_); return;
        case Kind::kShortString:
        case Kind::kString:
            if (nested)
                quote(out, as_string());
            else
                out += as_string();
            return;
        case Kind::kList: {
            out.push_back('[');
            std::string_view separator;
            for (const Value& item : as_list()) {
                out += separator;
                item.write(out, true);
                separator = ", ";
            }
            out.push_back(']');
            return;
        }
        case Kind::kContext: {
            out.push_back('{');
            std::string_view separator;
            for (const ContextEntry& entry : as_context()) {
                out += separator;
                if (is_plain_name(entry.name.as_string()))
                    out += entry.name.as_string();
                else
                    quote(out, entry.name.as_string());
                out += ": ";
                entry.value.write(out, true);
                separator = ", ";
            }
            out.push_back('}');
            return;
        }
        case Kind::kRange: {
            const Range& range = as_range();
            if (!range.has_start || !range.has_end) {
                out += range.has_start      ? (range.start_included ? "(>= " : "(> ")
                       : range.end_included ? "(<= "
                                            : "(< ";
                (range.has_start ? range.start : range.end).write(out, true);
                out.push_back(')');
                return;
            }
            out.push_back(range.start_included ? '[' : '(');
            range.start.write(out, true);
            out += "..";
            range.end.write(out, true);
            out.push_back(range.end_included ? ']' : ')');
            return;
        }
        case Kind::kFunction: out += as_function().to_text(); return;
    }
}

std::string Value::to_text() const {
    std::string out;
    write(out, false);
    return out;
}

namespace {

Result<Value> read(const boost::json::value& json, std::size_t depth) {
    if (depth > limits::rule_value_depth_max) return exhausted("the value nests too deeply");
    switch (json.kind()) {
        case boost::json::kind::null: return Value();
        case boost::json::kind::bool_: return Value::boolean(json.get_bool());
        case boost::json::kind::string:
            return Value::string({json.get_string().data(), json.get_string().size()});
        case boost::json::kind::int64: return Value::number(Decimal(json.get_int64()));
        case boost::json::kind::uint64: {
            const auto number = Decimal::make(false, json.get_uint64(), 0);
            return Value::number(*number);
        }
        case boost::json::kind::double_: {
            const auto number = Decimal::from_double(json.get_double());
            if (!number) return invalid("a number that FEEL cannot hold");
            return Value::number(*number);
        }
        case boost::json::kind::array: {
            std::vector<Value> items;
            for (const auto& item : json.get_array())
                items.push_back(SHU_TRY(read(item, depth + 1)));
            return Value::list(std::move(items));
        }
        case boost::json::kind::object: {
            std::vector<ContextEntry> entries;
            for (const auto& member : json.get_object()) {
                const std::string_view name(member.key().data(), member.key().size());
                entries.emplace_back(name, SHU_TRY(read(member.value(), depth + 1)));
            }
            return Value::context(std::move(entries));
        }
    }
    return invalid("an unknown JSON value");
}

boost::json::value number_to_json(const Decimal& number) {
    if (const auto whole = number.to_int64()) return *whole;
    return number.to_double();
}

}  // namespace

Result<Value> from_json(const boost::json::value& json) {
    return read(json, 0);
}

boost::json::value to_json(const Value& value) {
    switch (value.kind()) {
        case Kind::kNull: return nullptr;
        case Kind::kBoolean: return value.as_boolean();
        case Kind::kNumber: return number_to_json(value.as_number());
        case Kind::kList: {
            boost::json::array array;
            for (const Value& item : value.as_list())
                array.push_back(to_json(item));
            return array;
        }
        case Kind::kContext: {
            boost::json::object object;
            for (const ContextEntry& entry : value.as_context())
                object[entry.name.as_string()] = to_json(entry.value);
            return object;
        }
        default: return boost::json::string(value.to_text());
    }
}

}  // namespace shu::rule
