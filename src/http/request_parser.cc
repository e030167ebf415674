#include "http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <optional>

#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::http {

namespace beast = boost::beast;

std::string_view Head::field(std::string_view name) const {
    for (const Field& f : fields) {
        if (f.name.size() == name.size() && text::equals_ignoring_case(f.name, name))
            return f.value;
    }
    return {};
}

/// Collects what Beast's parser finds as views; the bytes stay where they are.
class HeadParser::Engine final : public beast::http::basic_parser<true> {
 public:
    explicit Engine(Head& head) : head_(head) {
        header_limit(static_cast<std::uint32_t>(2 * limits::http_header_bytes_max));
        body_limit(boost::none);
    }
    bool too_many_fields() const { return too_many_fields_; }

 private:
    using error_code = beast::error_code;
    using string_view = beast::string_view;

    void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                         error_code& ec) override {
        head_.method = {method.data(), method.size()};
        head_.target = {target.data(), target.size()};
        head_.http_1_0 = version == 10;
        ec = {};
    }
    void on_field_impl(beast::http::field, string_view name, string_view value,
                       error_code& ec) override {
        if (head_.fields.size() == limits::http_headers_max) {
            too_many_fields_ = true;
            ec = beast::http::error::header_limit;
            return;
        }
        head_.fields.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
        ec = {};
    }
    void on_header_impl(error_code& ec) override { ec = {}; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code& ec) override {
        ec = {};
    }
    std::size_t on_body_impl(string_view, error_code& ec) override {
        ec = {};
        return 0;
    }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code& ec) override { ec = {}; }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code& ec) override {
        ec = {};
        return 0;
    }
    void on_response_impl(int, string_view, int, error_code& ec) override { ec = {}; }
    void on_finish_impl(error_code& ec) override { ec = {}; }

    Head& head_;
    bool too_many_fields_ = false;
};

HeadParser::HeadParser() {
    head_.fields.reserve(16);
}
HeadParser::~HeadParser() = default;

HeadParser::Outcome HeadParser::refuse(int status, std::string_view detail) {
    refusal_ = {status, detail};
    scanned_ = 0;
    return Outcome::kRefused;
}

HeadParser::Outcome HeadParser::parse(std::string_view bytes) {
    const Outcome found = find_end(bytes);
    if (found != Outcome::kComplete) return found;
    scanned_ = 0;
    const std::size_t start = bytes.starts_with("\r\n") ? 2 : 0;
    return parse_whole(bytes.substr(start, head_bytes_ - start));
}

/// Looks for the empty line that ends the head, refusing on the way the two line endings that other
/// readers take differently: a line feed without carriage return, and a folded line.
HeadParser::Outcome HeadParser::find_end(std::string_view bytes) {
    bool request_line_seen = scanned_ > 2;
    while (true) {
        const std::size_t from = scanned_;
        const void* at = from < bytes.size()
                             ? std::memchr(bytes.data() + from, '\n', bytes.size() - from)
                             : nullptr;
        if (at == nullptr) break;
        const auto lf = static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
        if (lf == from || bytes[lf - 1] != '\r') {
            return refuse(400, "A line of the head ends without a carriage return.");
        }
        const bool empty_line = lf == from + 1;
        if (!empty_line && request_line_seen && (bytes[from] == ' ' || bytes[from] == '\t')) {
            return refuse(400, "A header field is folded over two lines.");
        }
        scanned_ = lf + 1;
        if (scanned_ > limits::http_header_bytes_max) return too_long(bytes);
        if (empty_line && request_line_seen) {
            head_bytes_ = scanned_;
            return Outcome::kComplete;
        }
        if (!empty_line) request_line_seen = true;
        if (empty_line && scanned_ > 2) {
            return refuse(400, "More than one empty line stands before the request.");
        }
    }
    return bytes.size() > limits::http_header_bytes_max ? too_long(bytes) : Outcome::kIncomplete;
}

HeadParser::Outcome HeadParser::too_long(std::string_view bytes) {
    const std::size_t line = bytes.substr(0, limits::http_header_bytes_max).find('\n', 2);
    if (line == std::string_view::npos || line > limits::http_target_bytes_max + 32) {
        return refuse(414, "The request target is longer than this server reads.");
    }
    return refuse(431, "The header fields are larger than this server reads.");
}

HeadParser::Outcome HeadParser::parse_whole(std::string_view bytes) {
    head_.fields.clear();
    head_.content_length = 0;
    head_.host = {};
    head_.chunked = head_.expects_continue = false;
    has_length_ = has_host_ = false;

    Engine engine(head_);
    beast::error_code ec;
    engine.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (engine.too_many_fields()) return refuse(431, "There are too many header fields.");
    if (ec == beast::http::error::bad_version) {
        return refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
    }
    if (ec || !engine.is_header_done()) return refuse(400, "The head of the request is malformed.");
    if (head_.target.size() > limits::http_target_bytes_max) {
        return refuse(414, "The request target is longer than this server reads.");
    }
    if (!read_fields() || !read_target()) {
        scanned_ = 0;
        return Outcome::kRefused;
    }
    head_.keep_alive = engine.keep_alive();
    return Outcome::kComplete;
}

bool HeadParser::read_fields() {
    for (const Field& field : head_.fields) {
        if (!read_field(field)) return false;
    }
    if (head_.chunked && has_length_) {
        refusal_ = {400, "Content-Length and Transfer-Encoding are both given."};
        return false;
    }
    if (head_.chunked && head_.http_1_0) {
        refusal_ = {400, "HTTP/1.0 has no Transfer-Encoding."};
        return false;
    }
    if (!has_host_ && !head_.http_1_0) {
        refusal_ = {400, "The Host field is missing."};
        return false;
    }
    return true;
}

namespace {

bool is_host_text(std::string_view host) {
    for (const char c : host) {
        if (c <= ' ' || c == '/' || c == '@' || c == '\\' || c == '?' || c == '#' || c == ',')
            return false;
    }
    return true;
}

/// Digits only, at most 18 of them.
std::optional<std::uint64_t> parse_length(std::string_view text) {
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

}  // namespace

/// The fields that say where the request ends and for whom it is: each at most once, in one
/// spelling (RFC 9112 6.3).
bool HeadParser::read_field(const Field& field) {
    const auto refused = [this](int status, std::string_view detail) {
        refusal_ = {status, detail};
        return false;
    };
    switch (field.name.size()) {
        case 4:
            if (!text::equals_ignoring_case(field.name, "host")) return true;
            if (has_host_) return refused(400, "The Host field is given twice.");
            if (!is_host_text(field.value)) return refused(400, "The Host field is malformed.");
            has_host_ = true;
            head_.host = field.value;
            return true;
        case 6:
            if (!text::equals_ignoring_case(field.name, "expect")) return true;
            if (!text::equals_ignoring_case(field.value, "100-continue")) {
                return refused(417, "The only expectation this server meets is 100-continue.");
            }
            head_.expects_continue = !head_.http_1_0;
            return true;
        case 14: {
            if (!text::equals_ignoring_case(field.name, "content-length")) return true;
            if (has_length_) return refused(400, "Content-Length is given twice.");
            const auto length = parse_length(field.value);
            if (!length) return refused(400, "Content-Length is not a number.");
            has_length_ = true;
            head_.content_length = *length;
            return true;
        }
        case 17:
            if (!text::equals_ignoring_case(field.name, "transfer-encoding")) return true;
            if (head_.chunked) return refused(400, "Transfer-Encoding is given twice.");
            if (!text::equals_ignoring_case(field.value, "chunked")) {
                return refused(501, "The only transfer encoding this server reads is chunked.");
            }
            head_.chunked = true;
            return true;
        default: return true;
    }
}

/// RFC 9112 3.2: origin-form; absolute-form, whose authority then stands for Host; asterisk-form
/// for OPTIONS.
bool HeadParser::read_target() {
    std::string_view rest = head_.target;
    if (!rest.empty() && rest[0] != '/') {
        std::size_t scheme = 0;
        if (text::starts_with_ignoring_case(rest, "http://")) scheme = 7;
        if (text::starts_with_ignoring_case(rest, "https://")) scheme = 8;
        if (scheme != 0) {
            rest.remove_prefix(scheme);
            const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
            head_.host = rest.substr(0, end);
            rest.remove_prefix(end);
            if (head_.host.empty() || !is_host_text(head_.host))
                rest = "x";
            else if (rest.empty() || rest[0] == '?') {
                head_.path = "/";
                head_.query = rest.empty() ? rest : rest.substr(1);
                return true;
            }
        } else if (rest == "*" && head_.method == "OPTIONS") {
            head_.path = "/";
            head_.query = {};
            return true;
        }
    }
    if (rest.empty() || rest[0] != '/' || rest.find('#') != std::string_view::npos) {
        refusal_ = {400, "The request target is malformed."};
        return false;
    }
    const std::size_t mark = rest.find('?');
    head_.path = rest.substr(0, mark);
    head_.query = mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
    return true;
}

ChunkDecoder::Outcome ChunkDecoder::decode(std::string_view bytes, std::size_t& used,
                                           std::string& body, std::size_t body_bytes_max) {
    used = 0;
    while (used < bytes.size() && !done_) {
        if (state_ == State::kData) {
            const std::size_t room = body_bytes_max - std::min(body.size(), body_bytes_max);
            if (room == 0) return Outcome::kMore;
            const std::size_t piece =
                std::min({bytes.size() - used, room, static_cast<std::size_t>(size_)});
            body.append(bytes.substr(used, piece));
            used += piece;
            size_ -= piece;
            if (size_ == 0) state_ = State::kDataCr;
            continue;
        }
        if (!step(bytes[used])) return Outcome::kRefused;
        ++used;
    }
    return done_ ? Outcome::kDone : Outcome::kMore;
}

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

bool ChunkDecoder::end_size_line() {
    if (size_ == 0) {
        state_ = State::kTrailer;
        line_empty_ = true;
    } else {
        state_ = State::kData;
    }
    size_digits_ = 0;
    return true;
}

bool ChunkDecoder::step(char c) {
    switch (state_) {
        case State::kSize: {
            const int digit = hex_digit(c);
            if (digit >= 0) {
                size_ = size_ * 16 + static_cast<unsigned>(digit);
                return ++size_digits_ <= 15;
            }
            if (size_digits_ == 0) return false;
            line_bytes_ = 0;
            if (c == '\r')
                state_ = State::kSizeLf;
            else if (c == ';')
                state_ = State::kExtension;
            else
                return false;
            return true;
        }
        case State::kExtension:
            if (c == '\r')
                state_ = State::kSizeLf;
            else if (static_cast<unsigned char>(c) < ' ' && c != '\t')
                return false;
            return ++line_bytes_ <= limits::http_chunk_extension_bytes_max;
        case State::kSizeLf: line_bytes_ = 0; return c == '\n' && end_size_line();
        case State::kData: return false;
        case State::kDataCr: state_ = State::kDataLf; return c == '\r';
        case State::kDataLf:
            state_ = State::kSize;
            size_ = 0;
            return c == '\n';
        case State::kTrailer:
            if (c == '\r')
                state_ = line_empty_ ? State::kLastLf : State::kTrailerLf;
            else if (c == '\n' || c == '\0')
                return false;
            else
                line_empty_ = false;
            return ++line_bytes_ <= limits::http_header_bytes_max;
        case State::kTrailerLf:
            state_ = State::kTrailer;
            line_empty_ = true;
            return c == '\n';
        case State::kLastLf: done_ = true; return c == '\n';
    }
    return false;
}

namespace {

/// No control characters, no empty-name tricks: "." and ".." never stand as a whole segment.
bool is_plain_path(std::string_view path) {
    std::size_t start = 1;
    for (std::size_t i = 1; i <= path.size(); ++i) {
        if (i < path.size() && path[i] != '/') {
            const auto c = static_cast<unsigned char>(path[i]);
            if (c < ' ' || c == 0x7f || c == '\\') return false;
            continue;
        }
        const std::string_view segment = path.substr(start, i - start);
        if (segment == "." || segment == "..") return false;
        start = i + 1;
    }
    return true;
}

}  // namespace

bool decode_path(std::string_view raw, std::string& decoded, std::string_view& path) {
    path = raw;
    bool ascii = true;
    for (const char c : raw)
        ascii = ascii && static_cast<signed char>(c) >= 0;
    if (raw.find('%') != std::string_view::npos) {
        for (std::size_t i = 0; i + 2 < raw.size(); ++i) {
            if (raw[i] == '%' && raw[i + 1] == '2' && (raw[i + 2] | 0x20) == 'f') return false;
        }
        auto text = text::percent_decode(raw, false);
        if (!text.ok()) return false;
        decoded = std::move(text).value();
        path = decoded;
        ascii = false;
    }
    return (ascii || text::is_utf8(path)) && is_plain_path(path);
}

}  // namespace shu::http
