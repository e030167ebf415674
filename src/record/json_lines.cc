#include "record/json_lines.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstring>
#include <unordered_set>

#include "foundation/text.h"

namespace shu::record {

namespace {

constexpr std::string_view kLineTooLong = "行超过长度上限";
constexpr std::string_view kFieldTooLong = "字段超过长度上限";
constexpr std::string_view kNotUtf8 = "不是正确的 UTF-8 编码";
constexpr std::string_view kNoObject = "不是一个正确的 JSON 对象";
constexpr std::string_view kTooManyMembers = "成员数超过上限";
constexpr std::string_view kNul = "含有空字符（NUL）";
constexpr std::string_view kTwice = "同一个成员出现了两次";
constexpr std::string_view kNested = "成员的值是对象或数组，应为文字、数字、真假或空";
constexpr std::size_t kRawBytesMax = 4 * limits::quarantine_text_characters;

using boost::json::error_code;
using Piece = boost::json::string_view;

// Takes the members of one flat object. Texts without escapes stay where they are in the line.
struct FlatObject {
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};

    Arena* arena = nullptr;
    const JsonLinesOptions* options = nullptr;
    std::vector<std::string_view>* names = nullptr;
    std::vector<std::string_view>* values = nullptr;
    std::string_view line;
    std::string_view problem;
    std::string parts;  // of a text or number that comes in pieces
    bool is_inside = false;
    bool is_whole = false;

    bool refuse(std::string_view why, error_code& ec) {
        problem = why;
        ec = boost::json::make_error_code(boost::json::error::exception);
        return false;
    }
    std::string_view taken(Piece last) {
        if (parts.empty() && last.data() >= line.data() &&
            last.data() + last.size() <= line.data() + line.size())
            return {last.data(), last.size()};
        parts.append(last.data(), last.size());
        const auto out = arena->copy(parts);
        parts.clear();
        return out;
    }
    bool part(Piece piece) {
        parts.append(piece.data(), piece.size());
        return true;
    }
    bool value(std::string_view text, error_code& ec) {
        if (!is_inside) return refuse(kNoObject, ec);
        if (text.size() > options->field_bytes_max) return refuse(kFieldTooLong, ec);
        values->push_back(text);
        return true;
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return is_whole; }
    bool on_object_begin(error_code& ec) {
        if (is_inside) return refuse(kNested, ec);
        is_inside = true;
        return true;
    }
    bool on_object_end(std::size_t, error_code&) {
        is_inside = false;
        is_whole = true;
        return true;
    }
    bool on_array_begin(error_code& ec) { return refuse(is_inside ? kNested : kNoObject, ec); }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_key_part(Piece piece, std::size_t, error_code&) { return part(piece); }
    bool on_key(Piece last, std::size_t, error_code& ec) {
        if (names->size() == options->members_max) return refuse(kTooManyMembers, ec);
        names->push_back(taken(last));
        return true;
    }
    bool on_string_part(Piece piece, std::size_t, error_code&) { return part(piece); }
    bool on_string(Piece last, std::size_t, error_code& ec) {
        const auto text = taken(last);
        if (std::memchr(text.data(), 0, text.size()) != nullptr) return refuse(kNul, ec);
        return value(text, ec);
    }
    bool on_number_part(Piece piece, error_code&) { return part(piece); }
    bool on_int64(std::int64_t, Piece last, error_code& ec) { return value(taken(last), ec); }
    bool on_uint64(std::uint64_t, Piece last, error_code& ec) { return value(taken(last), ec); }
    bool on_double(double, Piece last, error_code& ec) { return value(taken(last), ec); }
    bool on_bool(bool truth, error_code& ec) { return value(truth ? "1" : "0", ec); }
    bool on_null(error_code& ec) { return value({}, ec); }
    bool on_comment_part(Piece, error_code&) { return false; }
    bool on_comment(Piece, error_code&) { return false; }
};

// Why a file that begins so holds no JSON Lines, or nothing.
Result<void> check_beginning(std::string_view prefix) {
    if (SHU_TRY(detect_encoding(prefix)) == Encoding::kGb18030)
        return invalid("文件不是 UTF-8 编码，JSON Lines 只能用 UTF-8");
    if (prefix.starts_with("\xEF\xBB\xBF")) prefix.remove_prefix(3);
    const auto start = prefix.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos)
        return prefix.size() < limits::csv_detection_bytes - 3
                   ? Result<void>(invalid("文件是空的，每行应为一个 JSON 对象"))
                   : Result<void>();
    prefix.remove_prefix(start);
    if (prefix.front() == '[')
        return invalid("文件是一个 JSON 数组，请改为每行一个对象（JSON Lines）");
    if (prefix.front() != '{') return invalid("文件不是 JSON Lines：每行应为一个 JSON 对象");
    const auto line = text::trim(prefix.substr(0, prefix.find('\n')));
    if (line == "{") return invalid("一个 JSON 对象分成了多行，请改为每行一个对象（JSON Lines）");
    return {};
}

}  // namespace

JsonLinesSource::JsonLinesSource(const SourceFile& file, JsonLinesOptions options)
    : file_(file),
      options_(options),
      buffer_(std::make_unique_for_overwrite<char[]>(options.buffer_bytes)) {
    SHU_ASSERT(options.buffer_bytes > options.line_bytes_max);
}

Result<std::unique_ptr<RowSource>> JsonLinesSource::open(const SourceFile& file,
                                                         JsonLinesOptions options) {
    std::string prefix(limits::csv_detection_bytes, '\0');
    prefix.resize(SHU_TRY(file.read_at(0, prefix.data(), prefix.size())));
    SHU_CHECK(check_beginning(prefix));
    std::unique_ptr<JsonLinesSource> source(new JsonLinesSource(file, options));
    if (prefix.starts_with("\xEF\xBB\xBF")) source->base_ = 3;
    return std::unique_ptr<RowSource>(std::move(source));
}

Result<void> JsonLinesSource::resume_at(RowPosition position) {
    base_ = std::max(base_, position.offset);
    line_ = position.line;
    return {};
}

RowPosition JsonLinesSource::position() const {
    return {skipped_from_ >= 0 ? skipped_from_ : base_ + static_cast<std::int64_t>(position_),
            line_};
}

std::span<const std::string> JsonLinesSource::headings(std::int64_t layout) const {
    return names_[static_cast<std::size_t>(layout - first_layout_)];
}

Result<void> JsonLinesSource::refill() {
    std::memmove(buffer_.get(), buffer_.get() + position_, end_ - position_);
    base_ += static_cast<std::int64_t>(position_);
    end_ -= position_;
    position_ = 0;
    arena_.clear();
    if (wants_memory_back()) {
        first_layout_ += static_cast<std::int64_t>(names_.size());
        names_.clear();
        layouts_.clear();
        last_layout_ = -1;
    }
    given_ = released_ = false;
    while (!at_end_of_file_ && end_ < options_.buffer_bytes) {
        const std::size_t got =
            SHU_TRY(file_.read_at(base_ + static_cast<std::int64_t>(end_), buffer_.get() + end_,
                                  options_.buffer_bytes - end_));
        if (got == 0) at_end_of_file_ = true;
        end_ += got;
    }
    return {};
}

// The next line without its end; false: it is not held whole. Of a line that is too long the
// beginning is kept and the rest passed over.
bool JsonLinesSource::cut_line(std::string_view& line) {
    const char* const start = buffer_.get() + position_;
    const std::size_t held = end_ - position_;
    const auto* found = static_cast<const char*>(std::memchr(start, '\n', held));
    if (found == nullptr && !at_end_of_file_) {
        if (held > options_.line_bytes_max && skipped_from_ < 0) {
            skipped_from_ = base_ + static_cast<std::int64_t>(position_);
            skipped_text_.assign(start, std::min(held, kRawBytesMax));
        }
        if (skipped_from_ >= 0) position_ = end_;
        return false;
    }
    const std::size_t length = found == nullptr ? held : static_cast<std::size_t>(found - start);
    line = {start, length};
    position_ += length + (found == nullptr ? 0 : 1);
    return true;
}

Result<RowEvent> JsonLinesSource::next(SourceRow& row) {
    for (;;) {
        if (position_ == end_ && at_end_of_file_ && skipped_from_ < 0) return RowEvent::kEnd;
        std::string_view line;
        if (!released_ && !(given_ && wants_memory_back()) && cut_line(line)) {
            row.line = line_++;
            row.fields = {};
            row.problem = {};
            row.raw = line.substr(0, kRawBytesMax);
            if (skipped_from_ >= 0) {
                row.raw = arena_.copy(skipped_text_);
                skipped_from_ = -1;
                row.problem = kLineTooLong;
            } else if (line.size() > options_.line_bytes_max) {
                row.problem = kLineTooLong;
            } else if (text::trim(line).empty()) {
                continue;
            } else if (!is_ascii(line) && !text::is_utf8(line)) {
                row.problem = kNotUtf8;
            }
            given_ = true;
            if (!row.problem.empty() || !read_object(line, row)) return RowEvent::kBadRow;
            return RowEvent::kRow;
        }
        if (given_ && !released_) {
            released_ = true;
            return RowEvent::kRelease;
        }
        SHU_CHECK(refill());
    }
}

bool JsonLinesSource::read_object(std::string_view line, SourceRow& row) {
    members_.clear();
    fields_.clear();
    boost::json::parse_options syntax;
    syntax.max_depth = 2;
    boost::json::basic_parser<FlatObject> parser(syntax);
    FlatObject& object = parser.handler();
    object.arena = &arena_;
    object.options = &options_;
    object.names = &members_;
    object.values = &fields_;
    object.line = line;
    error_code ec;
    const std::size_t used = parser.write_some(false, line.data(), line.size(), ec);
    if (ec || used != line.size() || !parser.done()) {
        row.problem = object.problem.empty() ? kNoObject : object.problem;
        return false;
    }
    SHU_ASSERT(members_.size() == fields_.size());
    row.problem = layout_of(members_, row.layout);
    row.fields = fields_;
    return row.problem.empty();
}

// Why these cannot be the members of an object, or nothing.
std::string_view JsonLinesSource::layout_of(const std::vector<std::string_view>& names,
                                            std::int64_t& layout) {
    if (last_layout_ >= 0) {
        const auto& last = names_[static_cast<std::size_t>(last_layout_ - first_layout_)];
        layout = last_layout_;
        if (std::equal(last.begin(), last.end(), names.begin(), names.end())) return {};
    }
    std::string key;
    for (const auto name : names)
        key.append(std::to_string(name.size())).append(":").append(name);
    const auto next = first_layout_ + static_cast<std::int64_t>(names_.size());
    const auto [place, is_new] = layouts_.try_emplace(std::move(key), next);
    if (is_new) {
        const std::unordered_set<std::string_view> distinct(names.begin(), names.end());
        if (distinct.size() != names.size()) {
            layouts_.erase(place);
            return kTwice;
        }
        names_.emplace_back(names.begin(), names.end());
    }
    layout = last_layout_ = place->second;
    return {};
}

}  // namespace shu::record
