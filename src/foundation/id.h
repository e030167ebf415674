// 64-bit identifiers that sort by the time they were made.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "foundation/clock.h"
#include "foundation/result.h"

namespace shu {

/// An id of one kind of thing; ids of different kinds do not mix. In JSON and URLs it is a decimal
/// string, because JavaScript's numbers hold 53 bits only.
template <typename Tag>
struct Id {
    std::int64_t value = 0;

    std::string text() const { return std::to_string(value); }
    explicit operator bool() const { return value != 0; }
    friend auto operator<=>(const Id&, const Id&) = default;
};

/// Reads a positive decimal number of at most 19 digits. Errors: Invalid.
Result<std::int64_t> parse_id(std::string_view text);

template <typename IdType>
Result<IdType> parse_id_as(std::string_view text) {
    return IdType{SHU_TRY(parse_id(text))};
}

/// Makes ids: 41 bits of milliseconds since 2024-01-01, 10 bits of node, 12 bits of sequence. Ids
/// of one maker rise strictly, even when the clock steps back; past 4,096 in a millisecond it
/// borrows from the next. Thread-safe.
class IdMaker {
 public:
    /// `node` is 0..1023 and differs between the processes that write to one database.
    IdMaker(const Clock& clock, int node);

    std::int64_t next();

    template <typename IdType>
    IdType next_as() {
        return IdType{next()};
    }

 private:
    const Clock& clock_;
    std::int64_t node_;
    std::atomic<std::int64_t> last_{0};  // milliseconds << 12 | sequence
};

/// The instant at which `id` was made, to the millisecond.
Micros instant_of_id(std::int64_t id);

}  // namespace shu

template <typename Tag>
struct std::hash<shu::Id<Tag>> {
    std::size_t operator()(const shu::Id<Tag>& id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
