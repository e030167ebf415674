// Time zones: the IANA database as the system has it (TZif files, RFC 9636), and offsets from UTC.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"

namespace shu::rule {

/// One named zone with all its past changes and the rule for the years after them. Immutable.
class Zone {
 public:
    /// Reads the bytes of one TZif file. Errors: Corrupt.
    static Result<Zone> parse(std::string name, std::string_view tzif);

    const std::string& name() const { return name_; }

    /// Seconds east of Greenwich at an instant (seconds since 1970-01-01T00:00:00Z).
    int offset_at(std::int64_t instant) const;

    /// The offset of a local time (seconds since 1970-01-01T00:00:00 on the local clock). In a gap
    /// the offset before it holds; of a repeated hour the first passage.
    int offset_of_local(std::int64_t local) const;

 private:
    struct Change {
        std::int64_t at;
        int offset;
    };
    struct Day {  // POSIX TZ: Mm.w.d, Jn or n
        char kind = 'M';
        int month = 0, week = 0, day = 0;
        int seconds = 7200;
        std::int64_t in_year(std::int64_t year) const;
    };
    struct Footer {
        int standard = 0;
        int daylight = 0;
        bool has_daylight = false;
        Day start, end;
    };
    static std::optional<Footer> parse_footer(std::string_view text);
    int offset_by_footer(std::int64_t instant) const;

    std::string name_;
    std::vector<Change> changes_;
    int first_offset_ = 0;
    std::optional<Footer> footer_;
};

/// All zones of a system. Built once, then immutable and shared; must outlive every value that
/// names one of its zones.
class Zones {
 public:
    /// Only UTC, GMT and offsets.
    Zones();

    /// Reads every zone file below `folder`. Errors: NotFound without the folder, Corrupt with the
    /// file.
    static Result<Zones> load(const std::string& folder = "/usr/share/zoneinfo");

    const Zone* find(std::string_view name) const;
    std::size_t size() const { return zones_.size(); }

 private:
    std::map<std::string, std::unique_ptr<const Zone>, std::less<>> zones_;
};

/// No zone (a local time), an offset, or a named zone; one word.
class ZoneReference {
 public:
    constexpr ZoneReference() = default;
    static ZoneReference offset(int seconds) {
        return ZoneReference((static_cast<std::uintptr_t>(seconds + kBias) << 1) | 1U);
    }
    static ZoneReference named(const Zone& zone) {
        return ZoneReference(reinterpret_cast<std::uintptr_t>(&zone));
    }

    bool is_local() const { return bits_ == 0; }
    const Zone* zone() const {
        return (bits_ & 1U) != 0 ? nullptr : reinterpret_cast<const Zone*>(bits_);
    }
    bool is_offset() const { return (bits_ & 1U) != 0; }
    int seconds() const { return static_cast<int>(bits_ >> 1) - kBias; }  ///< of an offset

    /// Seconds east of Greenwich for a local clock reading; 0 for a local time.
    int offset_of_local(std::int64_t local) const {
        if (bits_ == 0) return 0;
        return is_offset() ? seconds() : zone()->offset_of_local(local);
    }
    friend bool operator==(const ZoneReference&, const ZoneReference&) = default;

 private:
    static constexpr int kBias = 1 << 20;
    explicit ZoneReference(std::uintptr_t bits) : bits_(bits) {}
    std::uintptr_t bits_ = 0;
};

}  // namespace shu::rule
