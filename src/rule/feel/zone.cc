#include "rule/feel/zone.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "foundation/limits.h"
#include "rule/feel/temporal.h"

namespace shu::rule {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value =
        (static_cast<unsigned char>(bytes[at]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return static_cast<std::int64_t>(value);
}

// The header of one block. RFC 9636 3.1.
struct Header {
    std::size_t utc, standard, leaps, times, types, characters;

    static std::optional<Header> read(std::string_view bytes, std::size_t at) {
        if (bytes.size() < at + 44 || bytes.substr(at, 4) != "TZif") return std::nullopt;
        std::size_t counts[6];
        for (std::size_t i = 0; i < 6; ++i) {
            const std::int64_t count = big_endian(bytes, at + 20 + 4 * i, 4);
            if (count < 0 || count > 100'000) return std::nullopt;
            counts[i] = static_cast<std::size_t>(count);
        }
        return Header{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    }
    std::size_t size(std::size_t width) const {
        return times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standard + utc;
    }
};

// The pieces of a POSIX TZ text: a name, `[+-]h[:m[:s]]`, a number.
class FooterText {
 public:
    explicit FooterText(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ == text_.size(); }
    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool skip_name() {
        const std::size_t start = at_;
        if (take('<')) {
            while (!at_end() && text_[at_] != '>')
                ++at_;
            return take('>');
        }
        while (!at_end() && ((text_[at_] | 0x20) >= 'a' && (text_[at_] | 0x20) <= 'z'))
            ++at_;
        return at_ > start;
    }
    int number() {
        int value = 0;
        while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9')
            value = std::min(value * 10 + (text_[at_++] - '0'), 1000);
        return value;
    }
    int seconds() {
        const bool negative = take('-');
        if (!negative) take('+');
        int value = number() * 3600;
        if (take(':')) value += number() * 60;
        if (take(':')) value += number();
        return negative ? -value : value;
    }

 private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::int64_t Zone::Day::in_year(std::int64_t year) const {
    const auto first = [&](int m) { return days_from_civil(year, m, 1); };
    if (kind == 'J') {
        const bool leap = first(3) - first(1) == 60;
        return first(1) + day - 1 + (leap && day >= 60 ? 1 : 0);
    }
    if (kind == 'n') return first(1) + day;
    const std::int64_t start = first(month);
    const std::int64_t length =
        (month == 12 ? days_from_civil(year + 1, 1, 1) : first(month + 1)) - start;
    const std::int64_t start_weekday = ((start + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    std::int64_t offset = (day - start_weekday + 7) % 7 + 7 * (week - 1);
    while (offset >= length)
        offset -= 7;
    return start + offset;
}

std::optional<Zone::Footer> Zone::parse_footer(std::string_view text) {
    FooterText in(text);
    Footer footer;
    if (!in.skip_name()) return std::nullopt;
    footer.standard = -in.seconds();
    if (in.at_end()) return footer;
    if (!in.skip_name()) return std::nullopt;
    footer.has_daylight = true;
    footer.daylight = in.peek() == ',' ? footer.standard + 3600 : -in.seconds();
    for (Day* day : {&footer.start, &footer.end}) {
        if (!in.take(',')) return std::nullopt;
        if (in.take('M')) {
            day->month = in.number();
            if (!in.take('.')) return std::nullopt;
            day->week = in.number();
            if (!in.take('.')) return std::nullopt;
            day->day = in.number();
            if (day->month < 1 || day->month > 12 || day->week < 1 || day->week > 5 || day->day > 6)
                return std::nullopt;
        } else {
            day->kind = in.take('J') ? 'J' : 'n';
            day->day = in.number();
        }
        if (in.take('/')) day->seconds = in.seconds();
    }
    return footer;
}

Result<Zone> Zone::parse(std::string name, std::string_view tzif) {
    Zone zone;
    zone.name_ = std::move(name);
    const auto first = Header::read(tzif, 0);
    if (!first) return corrupt("zone " + zone.name_ + ": not a TZif file");
    const bool wide = tzif[4] >= '2';
    const std::size_t start = wide ? 44 + first->size(4) : 0;
    const std::size_t width = wide ? 8 : 4;
    const auto header = Header::read(tzif, start);
    if (!header || tzif.size() < start + 44 + header->size(width) || header->types == 0)
        return corrupt("zone " + zone.name_ + ": the file ends early");
    const std::size_t times = start + 44;
    const std::size_t indices = times + header->times * width;
    const std::size_t types = indices + header->times;
    const auto offset_of = [&](std::size_t type) {
        return static_cast<int>(big_endian(tzif, types + 6 * type, 4));
    };
    zone.first_offset_ = offset_of(0);
    for (std::size_t i = 0; i < header->times; ++i) {
        const auto type = static_cast<std::size_t>(static_cast<unsigned char>(tzif[indices + i]));
        if (type >= header->types)
            return corrupt("zone " + zone.name_ + ": a change of unknown type");
        zone.changes_.push_back({big_endian(tzif, times + i * width, width), offset_of(type)});
    }
    if (wide) {
        std::string_view rest = tzif.substr(start + 44 + header->size(width));
        if (rest.size() >= 2 && rest.front() == '\n')
            zone.footer_ = parse_footer(rest.substr(1, rest.find('\n', 1) - 1));
    }
    return zone;
}

int Zone::offset_by_footer(std::int64_t instant) const {
    const Footer& footer = *footer_;
    if (!footer.has_daylight) return footer.standard;
    const std::int64_t local = instant + footer.standard;
    const std::int64_t year = civil_from_days(floor_divide(local, kSecondsPerDay)).year;
    const std::int64_t start =
        footer.start.in_year(year) * kSecondsPerDay + footer.start.seconds - footer.standard;
    const std::int64_t end =
        footer.end.in_year(year) * kSecondsPerDay + footer.end.seconds - footer.daylight;
    const bool daylight =
        start < end ? instant >= start && instant < end : instant < end || instant >= start;
    return daylight ? footer.daylight : footer.standard;
}

int Zone::offset_at(std::int64_t instant) const {
    if (changes_.empty() || instant < changes_.front().at)
        return changes_.empty() && footer_ ? offset_by_footer(instant) : first_offset_;
    if (instant >= changes_.back().at && footer_) return offset_by_footer(instant);
    const auto next = std::upper_bound(
        changes_.begin(), changes_.end(), instant,
        [](std::int64_t value, const Change& change) { return value < change.at; });
    return std::prev(next)->offset;
}

int Zone::offset_of_local(std::int64_t local) const {
    const int before = offset_at(local - kSecondsPerDay);
    const int after = offset_at(local + kSecondsPerDay);
    // The first passage of a repeated hour has the earlier offset; in a gap neither fits and the
    // earlier one holds.
    if (offset_at(local - before) == before) return before;
    if (offset_at(local - after) == after) return after;
    return before;
}

Zones::Zones() = default;

Result<Zones> Zones::load(const std::string& folder) {
    namespace fs = std::filesystem;
    Zones zones;
    std::error_code failed;
    fs::recursive_directory_iterator files(folder, failed);
    if (failed)
        return not_found("no time zones: the folder " + folder + " cannot be read; install tzdata");
    for (; files != fs::recursive_directory_iterator(); files.increment(failed)) {
        if (failed || zones.zones_.size() >= limits::zones_max) break;
        const fs::path& path = files->path();
        const std::string name = fs::relative(path, folder, failed).string();
        if (name == "posix" || name == "right") {
            files.disable_recursion_pending();
            continue;
        }
        if (!files->is_regular_file(failed) || files->file_size(failed) > limits::zone_bytes_max)
            continue;
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>()};
        if (!bytes.starts_with("TZif")) continue;
        zones.zones_.emplace(name, std::make_unique<const Zone>(SHU_TRY(Zone::parse(name, bytes))));
    }
    return zones;
}

const Zone* Zones::find(std::string_view name) const {
    const auto found = zones_.find(name);
    return found == zones_.end() ? nullptr : found->second.get();
}

}  // namespace shu::rule
