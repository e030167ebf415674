#include "exchange/record_glance.h"

#include <charconv>

namespace shu::exchange {
namespace {

/// The position behind the text that begins with the quote at `at`; npos if it does not end.
std::size_t after_text(std::string_view json, std::size_t at) {
    for (std::size_t end = json.find('"', at + 1); end != std::string_view::npos;
         end = json.find('"', end + 1)) {
        std::size_t escapes = 0;
        while (json[end - 1 - escapes] == '\\')
            ++escapes;
        if (escapes % 2 == 0) return end + 1;
    }
    return std::string_view::npos;
}

/// Behind the list of texts that begins at `at`; npos if it is anything else.
std::size_t after_list(std::string_view json, std::size_t at) {
    ++at;
    if (at < json.size() && json[at] == ']') return at + 1;
    while (at < json.size() && json[at] == '"') {
        at = after_text(json, at);
        if (at >= json.size()) return std::string_view::npos;
        if (json[at] == ']') return at + 1;
        if (json[at] != ',') return std::string_view::npos;
        ++at;
    }
    return std::string_view::npos;
}

bool is_of_number(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

std::size_t after_value(std::string_view json, std::size_t at) {
    if (at >= json.size()) return std::string_view::npos;
    if (json[at] == '"') return after_text(json, at);
    if (json[at] == '[') return after_list(json, at);
    const std::size_t begin = at;
    while (at < json.size() && is_of_number(json[at]))
        ++at;
    return at == begin ? std::string_view::npos : at;
}

/// The members of a flat object, one after the other.
class Members {
 public:
    explicit Members(std::string_view json) : json_(json) {}

    /// False at the end, or where it is written otherwise: then is_whole() is false.
    bool next() {
        if (at_ >= json_.size() || json_[at_] != (at_ == 0 ? '{' : ',')) return false;
        const std::size_t begin = at_ + 1;
        if (begin >= json_.size() || json_[begin] != '"') return false;
        const std::size_t colon = after_text(json_, begin);
        if (colon >= json_.size() || json_[colon] != ':') return false;
        const std::size_t end = after_value(json_, colon + 1);
        if (end >= json_.size()) return false;
        name = json_.substr(begin + 1, colon - begin - 2);
        value = json_.substr(colon + 1, end - colon - 1);
        whole = json_.substr(begin, end - begin);
        at_ = end;
        return true;
    }
    bool is_whole() const { return at_ + 1 == json_.size() && json_[at_] == '}'; }

    std::string_view name;   ///< as written
    std::string_view value;  ///< as written, with quotes
    std::string_view whole;

 private:
    std::string_view json_;
    std::size_t at_ = 0;
};

bool read_number(std::string_view text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

/// A text without escapes.
bool read_plain(std::string_view value, std::string_view& text) {
    if (value.size() < 2 || value.front() != '"' || value.find('\\') != std::string_view::npos)
        return false;
    text = value.substr(1, value.size() - 2);
    return true;
}

enum class Reading { kOwn, kShared, kWrong };

/// Takes the member if it is one of a call's own.
Reading take(const Members& member, RecordGlance& call) {
    const auto read = [](bool is_well) { return is_well ? Reading::kOwn : Reading::kWrong; };
    const std::string_view name = member.name;
    std::string_view id;
    if (name == "call")
        return read(read_plain(member.value, id) && read_number(id, call.id) && call.id > 0);
    if (name == "at") return read(read_number(member.value, call.at));
    if (name == "rows") return read(read_number(member.value, call.rows));
    if (name == "duration_us") return read(read_number(member.value, call.duration_us));
    if (name == "subject") return read(read_plain(member.value, call.subject));
    if (name == "asked" || name == "nonce" || name == "timestamp" || name == "matter" ||
        name == "matter_claimed")
        return Reading::kOwn;
    return Reading::kShared;
}

}  // namespace

std::optional<RecordGlance> glance(std::string_view payload, std::string& kind) {
    kind.clear();
    RecordGlance call;
    Members member(payload);
    while (member.next()) {
        const Reading reading = take(member, call);
        if (reading == Reading::kWrong) return std::nullopt;
        if (reading == Reading::kOwn) continue;
        kind += member.whole;
        kind += ',';
    }
    if (!member.is_whole() || call.id == 0) return std::nullopt;
    return call;
}

}  // namespace shu::exchange
