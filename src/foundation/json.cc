#include "foundation/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <limits>

#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::json {
namespace {

using boost::json::error_code;

// Why the handler itself stopped the parser, if it did.
enum class Refusal { kNone, kDuplicate, kNumber };

/// Builds the value as Boost.JSON's own parser does, and refuses duplicate member names and
/// infinite numbers besides.
class Handler {
 public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = limits::json_bytes_max;
    static constexpr std::size_t max_string_size = limits::json_bytes_max;

    Refusal refusal() const { return refusal_; }
    const std::string& duplicate() const { return duplicate_; }
    value release() { return values_.release(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t count, error_code&) {
        values_.push_array(count);
        return true;
    }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t count, error_code& error) {
        if (!names_differ(count)) return refuse(Refusal::kDuplicate, error);
        values_.push_object(count);
        return true;
    }
    bool on_key_part(boost::json::string_view part, std::size_t, error_code&) {
        values_.push_chars(part);
        name_.append(part);
        return true;
    }
    bool on_key(boost::json::string_view part, std::size_t, error_code&) {
        values_.push_key(part);
        name_.append(part);
        names_.push_back(std::exchange(name_, {}));
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, error_code&) {
        values_.push_chars(part);
        return true;
    }
    bool on_string(boost::json::string_view part, std::size_t, error_code&) {
        values_.push_string(part);
        return true;
    }
    bool on_number_part(boost::json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, boost::json::string_view, error_code&) {
        values_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, boost::json::string_view, error_code&) {
        values_.push_uint64(number);
        return true;
    }
    bool on_double(double number, boost::json::string_view, error_code& error) {
        if (!std::isfinite(number)) return refuse(Refusal::kNumber, error);
        values_.push_double(number);
        return true;
    }
    bool on_bool(bool flag, error_code&) {
        values_.push_bool(flag);
        return true;
    }
    bool on_null(error_code&) {
        values_.push_null();
        return true;
    }
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }

    void reset() { values_.reset(); }

 private:
    bool refuse(Refusal refusal, error_code& error) {
        refusal_ = refusal;
        error = boost::json::make_error_code(boost::json::error::syntax);
        return false;
    }

    /// The last `count` names are those of the object that ends here.
    bool names_differ(std::size_t count) {
        const auto first = names_.end() - static_cast<std::ptrdiff_t>(count);
        std::sort(first, names_.end());
        const auto twice = std::adjacent_find(first, names_.end());
        const bool differ = twice == names_.end();
        if (!differ) duplicate_ = *twice;
        names_.erase(first, names_.end());
        return differ;
    }

    boost::json::value_stack values_;
    std::string name_;
    std::vector<std::string> names_;
    std::string duplicate_;
    Refusal refusal_ = Refusal::kNone;
};

std::string reason_of(const Handler& handler, const error_code& error) {
    if (handler.refusal() == Refusal::kDuplicate)
        return "member '" + handler.duplicate() + "' stands twice in one object";
    if (handler.refusal() == Refusal::kNumber) return "the number is out of range";
    if (error == boost::json::error::incomplete) return "the document is cut off";
    if (error == boost::json::error::extra_data) return "something follows the end of the document";
    if (error == boost::json::error::too_deep)
        return "the document is nested deeper than " + std::to_string(limits::json_depth_max);
    return "not JSON (" + error.message() + ")";
}

void write_string(std::string_view text, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20) {
                    out += c;
                } else {
                    out += "\\u00";
                    out += kHex[static_cast<unsigned char>(c) >> 4U];
                    out += kHex[static_cast<unsigned char>(c) & 15U];
                }
        }
    }
    out += '"';
}

void write(const value& v, std::string& out);

void write_object(const object& members, std::string& out) {
    std::vector<const boost::json::key_value_pair*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members)
        sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
        return std::string_view(a->key()) < std::string_view(b->key());
    });
    out += '{';
    for (const auto* member : sorted) {
        if (member != sorted.front()) out += ',';
        write_string(member->key(), out);
        out += ':';
        write(member->value(), out);
    }
    out += '}';
}

void write(const value& v, std::string& out) {
    SHU_ASSERT(!v.is_double());
    switch (v.kind()) {
        case boost::json::kind::object: return write_object(v.get_object(), out);
        case boost::json::kind::array: {
            out += '[';
            const array& items = v.get_array();
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (i > 0) out += ',';
                write(items[i], out);
            }
            out += ']';
            return;
        }
        case boost::json::kind::string: return write_string(v.get_string(), out);
        case boost::json::kind::int64: out += std::to_string(v.get_int64()); return;
        case boost::json::kind::uint64: out += std::to_string(v.get_uint64()); return;
        case boost::json::kind::bool_: out += v.get_bool() ? "true" : "false"; return;
        default: out += "null"; return;
    }
}

/// The value as a signed whole number, if it is one and fits.
std::optional<std::int64_t> whole_number(const value& v) {
    if (v.is_int64()) return v.get_int64();
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (v.is_uint64() && v.get_uint64() <= kMost) return static_cast<std::int64_t>(v.get_uint64());
    return std::nullopt;
}

}  // namespace

Result<value> parse(std::string_view text) {
    if (text.size() > limits::json_bytes_max)
        return invalid("the JSON document is larger than " +
                       std::to_string(limits::json_bytes_max) + " bytes");
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::json::basic_parser<Handler> parser(options);
    parser.handler().reset();
    error_code error;
    std::size_t consumed = parser.write_some(false, text.data(), text.size(), error);
    if (!error && consumed < text.size()) error = boost::json::error::extra_data;
    if (error)
        return invalid("byte " + std::to_string(std::min(consumed + 1, text.size())) + ": " +
                       reason_of(parser.handler(), error));
    return parser.handler().release();
}

std::string canonical(const value& v) {
    std::string out;
    write(v, out);
    return out;
}

bool has_canonical_form(const value& v) {
    if (v.is_object())
        return std::all_of(v.get_object().begin(), v.get_object().end(),
                           [](const auto& member) { return has_canonical_form(member.value()); });
    if (v.is_array())
        return std::all_of(v.get_array().begin(), v.get_array().end(), has_canonical_form);
    return !v.is_double();
}

std::string pointer_to(std::string_view pointer, std::string_view name) {
    std::string out(pointer);
    out += '/';
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::string pointer_to(std::string_view pointer, std::size_t index) {
    return std::string(pointer) + "/" + std::to_string(index);
}

const value* Reader::find(std::string_view name) const {
    const object* members = value_->if_object();
    const value* found = members == nullptr ? nullptr : members->if_contains(name);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Reader::at(std::string_view name) const {
    return pointer_to(pointer_, name);
}

Result<std::string> Reader::text(std::string_view name) const {
    const value* found = find(name);
    if (found == nullptr) return invalid(at(name) + ": is missing; a text is required");
    if (!found->is_string()) return invalid(at(name) + ": must be a text");
    if (found->get_string().empty()) return invalid(at(name) + ": must not be empty");
    return std::string(found->get_string());
}

Result<std::int64_t> Reader::integer(std::string_view name) const {
    const value* found = find(name);
    if (found == nullptr) return invalid(at(name) + ": is missing; a whole number is required");
    const auto number = whole_number(*found);
    if (!number) return invalid(at(name) + ": must be a whole number");
    return *number;
}

Result<bool> Reader::boolean(std::string_view name) const {
    const value* found = find(name);
    if (found == nullptr) return invalid(at(name) + ": is missing; true or false is required");
    if (!found->is_bool()) return invalid(at(name) + ": must be true or false");
    return found->get_bool();
}

Result<Reader> Reader::member(std::string_view name) const {
    const value* found = find(name);
    if (found == nullptr)
        return invalid(at(name) + ": is missing; an object or a list is required");
    if (!found->is_structured()) return invalid(at(name) + ": must be an object or a list");
    return Reader(*found, at(name));
}

std::string Reader::text_or(std::string_view name, std::string otherwise) const {
    const value* found = find(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::move(otherwise);
}

std::int64_t Reader::integer_or(std::string_view name, std::int64_t otherwise) const {
    const value* found = find(name);
    return found == nullptr ? otherwise : whole_number(*found).value_or(otherwise);
}

bool Reader::boolean_or(std::string_view name, bool otherwise) const {
    const value* found = find(name);
    return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

bool Reader::has(std::string_view name) const {
    return find(name) != nullptr;
}

std::vector<Reader> Reader::items() const {
    std::vector<Reader> readers;
    const array* items = value_->if_array();
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i)
        readers.emplace_back((*items)[i], pointer_to(pointer_, i));
    return readers;
}

std::vector<std::string> Reader::texts(std::string_view name) const {
    std::vector<std::string> out;
    const value* found = find(name);
    const array* items = found == nullptr ? nullptr : found->if_array();
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i)
        if ((*items)[i].is_string()) out.emplace_back((*items)[i].get_string());
    return out;
}

}  // namespace shu::json
