// JSON at the rim: parsing with limits, canonical writing, and reading of members with errors that
// name the place.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/result.h"

namespace shu::json {

using boost::json::array;
using boost::json::object;
using boost::json::serialize;
using boost::json::value;

/// Parses one JSON document (RFC 8259; duplicate member names refused). Limits: json_bytes_max,
/// json_depth_max. Errors: Invalid with the byte offset.
Result<value> parse(std::string_view text);

/// Canonical form: members sorted by name (byte order), no white space, shortest escapes, integers
/// as such; equal values give equal bytes. What the ledger hashes. Floating-point numbers are not
/// allowed in acts and abort here.
std::string canonical(const value& v);

/// True if canonical() takes `v`: no floating-point number anywhere in it.
bool has_canonical_form(const value& v);

/// The JSON Pointer of member `name` of the object at `pointer`, escaped. RFC 6901 3.
std::string pointer_to(std::string_view pointer, std::string_view name);
std::string pointer_to(std::string_view pointer, std::size_t index);

/// Reads members of one object; every error names the member as a JSON Pointer (RFC 6901):
/// "/fields/3/mask: ...". A Reader borrows the value it reads.
class Reader {
 public:
    explicit Reader(const value& v, std::string pointer = "")
        : value_(&v), pointer_(std::move(pointer)) {}

    Result<std::string> text(std::string_view name) const;      ///< a required, non-empty string
    Result<std::int64_t> integer(std::string_view name) const;  ///< a required whole number
    Result<bool> boolean(std::string_view name) const;
    Result<Reader> member(std::string_view name) const;  ///< a required object or array

    // The forgiving readers: a member that is absent, null or of another type counts as
    // `otherwise`.
    std::string text_or(std::string_view name, std::string otherwise = "") const;
    std::int64_t integer_or(std::string_view name, std::int64_t otherwise) const;
    bool boolean_or(std::string_view name, bool otherwise) const;
    bool has(std::string_view name) const;  ///< present and not null
    std::vector<Reader> items() const;      ///< of an array; empty otherwise
    std::vector<std::string> texts(
        std::string_view name) const;  ///< strings of an array member; empty if absent

    const value& get() const { return *value_; }
    const std::string& pointer() const { return pointer_; }

 private:
    const value* find(std::string_view name) const;
    std::string at(std::string_view name) const;

    const value* value_;
    std::string pointer_;
};

}  // namespace shu::json
