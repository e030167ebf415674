#include "record/csv.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace shu::record {

namespace {

constexpr std::size_t kStride = 64;
constexpr std::size_t kRawBytesMax = 4 * limits::quarantine_text_characters;

constexpr std::string_view kTextAfterQuote = "闭引号之后还有文字";
constexpr std::string_view kNeverCloses = "引号没有闭合";
constexpr std::string_view kFieldTooLong = "字段超过长度上限";
constexpr std::string_view kRowTooLong = "行超过长度上限";
constexpr std::string_view kTooManyColumns = "列数超过上限";
constexpr std::string_view kNul = "含有空字符（NUL）";

#if defined(__SSE2__)
// One bit for each byte of the 64 that is a separator, a quote, or 13 and below (line ends, NUL,
// tab).
std::uint64_t specials(const char* at, char separator) {
    const __m128i comma = _mm_set1_epi8(separator);
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i control = _mm_set1_epi8('\r');
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * i));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes);
        const __m128i hit = _mm_or_si128(
            low, _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, quote)));
        mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hit)))
                << (16 * i);
    }
    return mask;
}
#else
std::uint64_t specials(const char* at, char separator) {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < kStride; ++i) {
        const auto c = static_cast<unsigned char>(at[i]);
        if (c == static_cast<unsigned char>(separator) || c == '"' || c <= '\r')
            mask |= std::uint64_t{1} << i;
    }
    return mask;
}
#endif

std::size_t find_line_end(const char* data, std::size_t from, std::size_t end) {
    for (std::size_t i = from; i < end; ++i)
        if (data[i] == '\n' || data[i] == '\r') return i;
    return end;
}

}  // namespace

CsvReader::CsvReader(Source source, CsvOptions options)
    : source_(std::move(source)),
      options_(options),
      buffer_(std::make_unique_for_overwrite<char[]>(options.buffer_bytes + kStride)) {
    SHU_ASSERT(options.buffer_bytes >= options.row_bytes_max + options.field_bytes_max + 4);
}

void CsvReader::resume_at(std::int64_t offset, std::int64_t line) {
    base_ = offset;
    line_ = line;
}

void CsvReader::seek(std::size_t at) {
    block_ = at;
    mask_ = at < end_ ? specials(buffer_.get() + at, options_.separator) : 0;
}

// The next special byte, or end_. Bytes past end_ are zeros, which are special, so the loop ends
// there.
std::size_t CsvReader::next_special() {
    while (mask_ == 0) {
        block_ += kStride;
        if (block_ >= end_) {
            block_ = end_;
            return end_;
        }
        mask_ = specials(buffer_.get() + block_, options_.separator);
    }
    const std::size_t at = block_ + static_cast<std::size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return std::min(at, end_);
}

Result<void> CsvReader::refill() {
    if (position_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + position_, end_ - position_);
        base_ += static_cast<std::int64_t>(position_);
        end_ -= position_;
        position_ = 0;
    }
    arena_.clear();
    given_ = released_ = false;
    while (!at_end_of_file_ && end_ < options_.buffer_bytes) {
        const std::size_t got =
            SHU_TRY(source_(buffer_.get() + end_, options_.buffer_bytes - end_));
        SHU_ASSERT(got <= options_.buffer_bytes - end_);
        if (got == 0) at_end_of_file_ = true;
        end_ += got;
    }
    std::memset(buffer_.get() + end_, 0, kStride);
    if (base_ == 0 && std::string_view(buffer_.get(), end_).starts_with("\xEF\xBB\xBF"))
        position_ = 3;
    seek(position_);
    return {};
}

Result<CsvReader::Event> CsvReader::next(CsvRow& row) {
    for (;;) {
        if (position_ == end_ && at_end_of_file_ && !skipping_) return Event::kEnd;
        if (!released_) {
            switch (skipping_ ? skip_line(row) : parse(row)) {
                case Outcome::kRow: given_ = true; return Event::kRow;
                case Outcome::kBadRow:
                    if (rescanned_ > limits::csv_rescan_bytes_max)
                        return exhausted("文件中没有闭合的引号太多，请检查文件的引号");
                    given_ = true;
                    return Event::kBadRow;
                case Outcome::kEmpty: continue;
                case Outcome::kNeedMore: break;
            }
            if (given_) {
                released_ = true;
                return Event::kRelease;
            }
        }
        SHU_CHECK(refill());
    }
}

CsvReader::Outcome CsvReader::parse(CsvRow& row) {
    const char* data = buffer_.get();
    const char separator = options_.separator;
    row.line = line_;
    row.offset = offset();
    fields_.clear();
    problem_ = {};
    lines_inside_ = 0;
    seek(position_);
    std::size_t start = position_;  // of the field
    std::string_view value;         // of a quoted field
    bool is_quoted = false;
    for (;;) {
        const std::size_t at = next_special();
        if (at == end_ && !at_end_of_file_) return incomplete(row);
        const char c = at == end_ ? '\n' : data[at];
        if (c == '"') {
            if (at != start) continue;
            std::size_t after = 0;
            const Quote quote = quoted(at + 1, after, value);
            if (quote == Quote::kNotHeld) return incomplete(row);
            if (quote == Quote::kWrong) return refuse(row, problem_, after);
            is_quoted = true;
            seek(after);
            continue;
        }
        if (c == '\0') problem_ = kNul;
        if (c != separator && c != '\n' && c != '\r') continue;
        if (!is_quoted) value = {data + start, at - start};
        if (value.size() > options_.field_bytes_max) problem_ = kFieldTooLong;
        if (fields_.size() < options_.columns_max)
            fields_.push_back(value);
        else
            problem_ = kTooManyColumns;
        if (c == separator) {
            start = at + 1;
            is_quoted = false;
            continue;
        }
        if (c == '\r' && at + 1 == end_ && !at_end_of_file_) return incomplete(row);
        if (at == position_ && at != end_) {  // an empty line
            position_ = at + (c == '\r' && data[at + 1] == '\n' ? 2 : 1);
            ++line_;
            return Outcome::kEmpty;
        }
        return finish(row, at,
                      at == end_ ? end_ : at + (c == '\r' && data[at + 1] == '\n' ? 2 : 1));
    }
}

CsvReader::Outcome CsvReader::finish(CsvRow& row, std::size_t row_end, std::size_t next) {
    if (row_end - position_ > options_.row_bytes_max) return refuse(row, kRowTooLong, row_end);
    row.fields = fields_;
    row.raw = {buffer_.get() + position_, row_end - position_};
    row.problem = problem_;
    position_ = next;
    line_ += lines_inside_ + 1;
    return problem_.empty() ? Outcome::kRow : Outcome::kBadRow;
}

// The row goes on past the bytes held: more of them are needed, unless the row is already too long.
CsvReader::Outcome CsvReader::incomplete(CsvRow& row) {
    if (end_ - position_ <= options_.row_bytes_max) return Outcome::kNeedMore;
    return refuse(row, kRowTooLong, end_);
}

// The quoted field whose text begins at `open`. `after` is its end, closing quote included; of a
// wrong one, how far it was looked at.
CsvReader::Quote CsvReader::quoted(std::size_t open, std::size_t& after, std::string_view& value) {
    const char* data = buffer_.get();
    bool escaped = false;
    std::size_t from = open;
    for (;;) {
        const auto* found = static_cast<const char*>(std::memchr(data + from, '"', end_ - from));
        const std::size_t quote = found == nullptr ? end_ : static_cast<std::size_t>(found - data);
        after = quote;
        if (quote - open > options_.field_bytes_max || (found == nullptr && at_end_of_file_)) {
            problem_ = kNeverCloses;
            return Quote::kWrong;
        }
        if (found == nullptr || (quote + 1 == end_ && !at_end_of_file_)) return Quote::kNotHeld;
        if (quote + 1 == end_ || data[quote + 1] != '"') break;
        escaped = true;
        from = quote + 2;
    }
    const std::string_view text(data + open, after - open);
    ++after;
    if (after < end_ && data[after] != options_.separator && data[after] != '\n' &&
        data[after] != '\r') {
        problem_ = kTextAfterQuote;
        return Quote::kWrong;
    }
    if (std::memchr(text.data(), 0, text.size()) != nullptr) problem_ = kNul;
    count_lines(text);
    value = escaped ? unescaped(text) : text;
    return Quote::kClosed;
}

// Reports the row by its first line and goes on after it; a line whose end is not held is skipped
// as it comes.
CsvReader::Outcome CsvReader::refuse(CsvRow& row, std::string_view problem, std::size_t scanned) {
    const char* data = buffer_.get();
    const std::size_t line_end = find_line_end(data, position_, end_);
    row.fields = {};
    row.problem = problem;
    row.raw = {data + position_,
               std::min({line_end - position_, options_.row_bytes_max, kRawBytesMax})};
    const bool is_held = line_end < end_ && (data[line_end] == '\n' || line_end + 1 < end_);
    if (!is_held && !at_end_of_file_ && end_ - position_ <= options_.row_bytes_max)
        return Outcome::kNeedMore;
    if (is_held || at_end_of_file_) {
        if (scanned > line_end) rescanned_ += scanned - line_end;
        const bool crlf =
            line_end + 1 < end_ && data[line_end] == '\r' && data[line_end + 1] == '\n';
        position_ = std::min(end_, line_end + (crlf ? 2 : 1));
        ++line_;
        return Outcome::kBadRow;
    }
    skipped_text_ = row.raw;
    skipped_ = row;
    skipping_ = true;
    position_ = line_end;
    return Outcome::kEmpty;
}

CsvReader::Outcome CsvReader::skip_line(CsvRow& row) {
    const char* data = buffer_.get();
    const std::size_t line_end = find_line_end(data, position_, end_);
    position_ = line_end;
    const bool cut = line_end == end_ || (data[line_end] == '\r' && line_end + 1 == end_);
    if (cut && !at_end_of_file_) return Outcome::kNeedMore;
    const bool crlf = line_end + 1 < end_ && data[line_end] == '\r' && data[line_end + 1] == '\n';
    position_ = std::min(end_, line_end + (crlf ? 2 : 1));
    ++line_;
    skipping_ = false;
    row = skipped_;
    row.raw = arena_.copy(skipped_text_);
    return Outcome::kBadRow;
}

std::string_view CsvReader::unescaped(std::string_view text) {
    char* const to = arena_.room(text.size());
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        to[length++] = text[i];
        if (text[i] == '"') ++i;
    }
    return {to, length};
}

void CsvReader::count_lines(std::string_view text) {
    if (std::memchr(text.data(), '\n', text.size()) == nullptr &&
        std::memchr(text.data(), '\r', text.size()) == nullptr)
        return;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')))
            ++lines_inside_;
}

}  // namespace shu::record
