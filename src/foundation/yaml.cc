#include "foundation/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::yaml {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Turns byte offsets and yaml-cpp's marks (line from 0, column from 0 in bytes) into positions.
/// One thread at a time.
class Lines {
 public:
    explicit Lines(std::string_view text) : text_(text), starts_{0} {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') starts_.push_back(i + 1);
    }

    Position at(const YAML::Mark& mark) {
        if (mark.is_null()) return {1, 1};
        const auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
        return at(line, static_cast<std::size_t>(mark.column));
    }

    Position at_byte(std::size_t offset) {
        const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
        const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
        return at(line, offset - starts_[line]);
    }

    /// The first tab in the white space that the line of `position` begins with.
    std::optional<Position> tab_in_indentation(const Position& position) {
        const std::size_t start = starts_[static_cast<std::size_t>(position.line - 1)];
        const std::size_t tab = text_.find_first_not_of(' ', start);
        if (tab == text_.npos || text_[tab] != '\t') return std::nullopt;
        return at_byte(tab);
    }

 private:
    // Marks come in ascending order nearly always; counting on from the last one keeps a file of
    // one long line linear.
    Position at(std::size_t line, std::size_t column_bytes) {
        if (line != line_ || column_bytes < bytes_) {
            line_ = line;
            bytes_ = characters_ = 0;
        }
        const std::string_view between =
            text_.substr(starts_[line]).substr(bytes_, column_bytes - bytes_);
        bytes_ += between.size();
        characters_ += text::characters(between);
        return {static_cast<int>(line + 1), static_cast<int>(characters_ + 1)};
    }

    std::string_view text_;
    std::vector<std::size_t> starts_;
    std::size_t line_ = 0;        // the line asked for last,
    std::size_t bytes_ = 0;       // how far into it,
    std::size_t characters_ = 0;  // and how many characters that is
};

std::string placed(std::string_view file, const Position& position, std::string_view message) {
    return std::string(file) + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column) + ": " + std::string(message);
}

/// A whole number as YAML 1.2.2 10.3.2 writes it; 64 bits.
std::optional<json::value> whole_number(std::string_view text) {
    const bool octal = text.starts_with("0o");
    if (octal || text.starts_with("0x")) {
        std::uint64_t number = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + 2, end, number, octal ? 8 : 16);
        if (error != std::errc{} || stop != end) return std::nullopt;
        return json::value(number);
    }
    if (const auto number = text::parse_integer(text)) return json::value(*number);
    return std::nullopt;
}

/// A finite decimal number with a fraction or an exponent: ECMAScript-like from_chars, but not
/// "inf", "nan" or hexadecimal.
std::optional<json::value> real_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || text.find_first_not_of("0123456789+-.eE") != text.npos) return std::nullopt;
    if (std::none_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
    return json::value(number);
}

std::optional<json::value> boolean(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE") return json::value(true);
    if (text == "false" || text == "False" || text == "FALSE") return json::value(false);
    return std::nullopt;
}

/// 007 is a code rather than seven; a run of digits too long for a number stays exact as a text.
bool is_digits_of_a_text(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const bool all_digits = std::all_of(text.begin(), text.end(), is_digit);
    return all_digits && ((text.size() > 1 && text.front() == '0') || text.size() > 18);
}

json::value untyped(std::string_view text) {
    if (is_digits_of_a_text(text)) return json::value(text);
    if (auto number = whole_number(text)) return *std::move(number);
    if (auto number = real_number(text)) return *std::move(number);
    return boolean(text).value_or(json::value(text));
}

/// A plain scalar at a place of the given shape. What does not fit stays text, and the shape's
/// check says so.
json::value typed(std::string_view text, const Shape* shape) {
    if (shape == nullptr) return untyped(text);
    switch (shape->kind()) {
        case Shape::Kind::kText:
        case Shape::Kind::kChoice:
        case Shape::Kind::kDate: return json::value(text);
        case Shape::Kind::kInteger: return whole_number(text).value_or(json::value(text));
        case Shape::Kind::kBoolean: return boolean(text).value_or(json::value(text));
        case Shape::Kind::kNumber: {
            auto whole = whole_number(text);
            return whole ? *std::move(whole) : real_number(text).value_or(json::value(text));
        }
        default: return untyped(text);
    }
}

/// Builds the document from yaml-cpp's events. After the first mistake it ignores what follows.
class Builder final : public YAML::EventHandler {
 public:
    Builder(Document& document, Lines& lines, const Shape& shape)
        : document_(document), lines_(lines), shape_(shape) {}

    const std::optional<Error>& error() const { return error_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(has_begun_, true))
            fail(mark, "only one document may stand in a file; remove what follows '---'");
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (!admit(mark, "", anchor)) return;
        if (expects_name()) return fail(mark, "a member needs a name; write name: value");
        place(mark, nullptr);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        fail(mark, "aliases (*name) are not used here; write the value out");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        if (!admit(mark, tag, anchor)) return;
        if (expects_name()) return take_name(mark, value);
        // yaml-cpp gives plain scalars the tag "?" and quoted or block scalars "!".
        place(mark, tag == "!" ? json::value(value) : typed(value, shape_here()));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(mark, tag, anchor, json::array());
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(mark, tag, anchor, json::object());
    }
    void OnMapEnd() override { end(); }

 private:
    /// An object or a list that is not complete yet.
    struct Frame {
        json::value value;
        const Shape* shape = nullptr;  // null: no shape reaches here
        std::string pointer;
        std::optional<std::string> name;  // of the member whose value comes next
        Position name_at;
    };

    void fail(const Position& at, std::string_view message) {
        if (!error_) error_ = invalid(placed(document_.file, at, message));
    }
    void fail(const YAML::Mark& mark, std::string_view message) { fail(lines_.at(mark), message); }

    /// Counts the node and refuses what no document of ours uses.
    bool admit(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
        if (++nodes_ > limits::yaml_nodes_max)
            fail(mark, "the document has more than " + std::to_string(limits::yaml_nodes_max) +
                           " values");
        if (anchor != YAML::NullAnchor)
            fail(mark, "anchors (&name) are not used here; remove the anchor");
        if (!tag.empty() && tag != "?" && tag != "!")
            fail(mark,
                 "tags (!name) are not used here; remove the tag, or put quotes around a text");
        return !error_;
    }

    bool expects_name() const {
        return !frames_.empty() && frames_.back().value.is_object() && !frames_.back().name;
    }

    void take_name(const YAML::Mark& mark, const std::string& name) {
        Frame& frame = frames_.back();
        if (frame.value.get_object().contains(name)) {
            const Position first = document_.position_of(json::pointer_to(frame.pointer, name));
            return fail(mark, "'" + name + "' stands here a second time (first in line " +
                                  std::to_string(first.line) + "); remove one of them");
        }
        frame.name = name;
        frame.name_at = lines_.at(mark);
    }

    /// The shape of the value that comes next.
    const Shape* shape_here() const {
        if (frames_.empty()) return &shape_;
        const Frame& frame = frames_.back();
        if (frame.shape == nullptr) return nullptr;
        const bool is_list = frame.shape->kind() == Shape::Kind::kList;
        if (frame.value.is_array()) return is_list ? frame.shape->item() : nullptr;
        if (is_list) return nullptr;
        if (frame.shape->kind() == Shape::Kind::kMap) return frame.shape->item();
        return frame.shape->member(*frame.name);
    }

    std::string pointer_here() const {
        if (frames_.empty()) return "";
        const Frame& frame = frames_.back();
        if (frame.name) return json::pointer_to(frame.pointer, *frame.name);
        return json::pointer_to(frame.pointer, frame.value.get_array().size());
    }

    Position position_here(const YAML::Mark& mark) const {
        return !frames_.empty() && frames_.back().name ? frames_.back().name_at : lines_.at(mark);
    }

    /// Puts a complete value into the innermost open one.
    void attach(json::value value) {
        if (frames_.empty()) {
            document_.root = std::move(value);
            return;
        }
        Frame& frame = frames_.back();
        if (frame.name)
            frame.value.get_object().emplace(*std::exchange(frame.name, std::nullopt),
                                             std::move(value));
        else
            frame.value.get_array().push_back(std::move(value));
    }

    void place(const YAML::Mark& mark, json::value value) {
        document_.positions.emplace(pointer_here(), position_here(mark));
        attach(std::move(value));
    }

    void begin(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor,
               json::value empty) {
        if (!admit(mark, tag, anchor)) return;
        if (expects_name())
            return fail(mark, "a member's name must be a text, not a list or an object");
        if (frames_.size() >= limits::yaml_depth_max)
            return fail(mark, "the document is nested deeper than " +
                                  std::to_string(limits::yaml_depth_max));
        std::string pointer = pointer_here();
        document_.positions.emplace(pointer, position_here(mark));
        const Shape* shape = shape_here();
        frames_.push_back({std::move(empty), shape, std::move(pointer), std::nullopt, {}});
    }

    void end() {
        if (error_) return;
        json::value complete = std::move(frames_.back().value);
        frames_.pop_back();
        attach(std::move(complete));
    }

    Document& document_;
    Lines& lines_;
    const Shape& shape_;
    std::vector<Frame> frames_;
    std::size_t nodes_ = 0;
    bool has_begun_ = false;
    std::optional<Error> error_;
};

/// The first byte that no YAML document may hold (YAML 1.2.2 5.1), if any.
std::optional<std::size_t> unprintable_byte(std::string_view text) {
    const auto found = std::find_if(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
    });
    if (found == text.end()) return std::nullopt;
    return static_cast<std::size_t>(found - text.begin());
}

std::string explained(const YAML::Exception& exception, Lines& lines, const std::string& file) {
    const Position position = lines.at(exception.mark);
    if (dynamic_cast<const YAML::DeepRecursion*>(&exception) != nullptr)
        return placed(
            file, position,
            "the document is nested deeper than " + std::to_string(limits::yaml_depth_max));
    if (const auto tab = lines.tab_in_indentation(position))
        return placed(file, *tab, "a tab stands in the indentation; indent with spaces");
    return placed(file, position, "not YAML: " + exception.msg);
}

/// Runs the parser. yaml-cpp throws; its exceptions end here.
Result<void> run(std::string_view text, Builder& builder, Lines& lines, const std::string& file) {
    // yaml-cpp takes the end of the file for a closing quote; it does refuse a document end inside
    // quotes.
    const std::string ended = std::string(text) + (text.ends_with('\n') ? "...\n" : "\n...\n");
    try {
        std::istringstream stream(ended);
        YAML::Parser parser(stream);
        while (!builder.error() && parser.HandleNextDocument(builder))
            continue;
        return {};
    } catch (const YAML::Exception& exception) {
        if (builder.error()) return {};  // the first mistake counts
        return invalid(explained(exception, lines, file));
    } catch (const std::exception& exception) {
        return invalid(placed(file, {1, 1}, std::string("not YAML: ") + exception.what()));
    }
}

}  // namespace

Position Document::position_of(std::string_view pointer) const {
    for (;;) {
        if (const auto found = positions.find(pointer); found != positions.end())
            return found->second;
        if (pointer.empty()) return {1, 1};
        pointer = pointer.substr(0, pointer.rfind('/') == pointer.npos ? 0 : pointer.rfind('/'));
    }
}

std::string to_string(const Document& document, const Problem& problem) {
    return placed(document.file, document.position_of(problem.pointer), shu::to_string(problem));
}

Result<Document> parse(std::string_view file, std::string_view text, const Shape& shape) {
    Document document{std::string(file), nullptr, {}};
    if (text.size() > limits::yaml_bytes_max)
        return invalid(
            placed(file, {1, 1},
                   "the file is larger than " + std::to_string(limits::yaml_bytes_max) + " bytes"));
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);  // the byte order mark of Windows editors
    Lines lines(text);
    if (const std::size_t good = text::utf8_prefix(text); good < text.size())
        return invalid(placed(file, lines.at_byte(good), "not UTF-8; save the file as UTF-8"));
    if (const auto bad = unprintable_byte(text))
        return invalid(
            placed(file, lines.at_byte(*bad), "a control character stands here; remove it"));
    Builder builder(document, lines, shape);
    SHU_CHECK(run(text, builder, lines, document.file));
    if (builder.error()) return *builder.error();
    return document;
}

Result<Document> read(const std::string& path, const Shape& shape) {
    const std::string text = SHU_TRY(file::read(path, limits::yaml_bytes_max));
    return parse(path, text, shape);
}

}  // namespace shu::yaml
