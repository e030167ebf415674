// The head of an HTTP/1.1 request, read strictly: what two readers could understand differently is
// refused (RFC 9112 11.2).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shu::http {

struct Field {
    std::string_view name;
    std::string_view value;
};

/// A request's head; all views point into the bytes that were parsed.
struct Head {
    std::string_view method;
    std::string_view target;
    std::string_view path;  ///< of the target, raw, without the query
    std::string_view query;
    std::string_view host;  ///< Host, or the authority of an absolute-form target
    std::vector<Field> fields;
    std::uint64_t content_length = 0;
    bool http_1_0 = false;
    bool keep_alive = false;
    bool chunked = false;
    bool expects_continue = false;

    bool has_body() const { return chunked || content_length > 0; }
    /// The first field of that name, any case; empty if absent.
    std::string_view field(std::string_view name) const;
};

/// Why a request is not answered by a handler: the status and a sentence. Static text.
struct Refusal {
    int status = 0;
    std::string_view detail;
};

/// Parses one head after another, reusing its storage. One thread at a time.
class HeadParser {
 public:
    HeadParser();
    ~HeadParser();

    enum class Outcome { kIncomplete, kComplete, kRefused };

    /// Parses the head at the start of `bytes`. After kIncomplete call it again with the same bytes
    /// and more behind them; after anything else it starts anew. Empty lines before the request
    /// line are skipped (RFC 9112 2.2).
    Outcome parse(std::string_view bytes);

    const Head& head() const { return head_; }  ///< after kComplete
    std::size_t head_bytes() const { return head_bytes_; }
    const Refusal& refusal() const { return refusal_; }

 private:
    class Engine;

    Outcome refuse(int status, std::string_view detail);
    Outcome find_end(std::string_view bytes);
    Outcome too_long(std::string_view bytes);
    Outcome parse_whole(std::string_view head);
    bool read_target();
    bool read_fields();
    bool read_field(const Field& field);

    Head head_;
    Refusal refusal_;
    std::size_t head_bytes_ = 0;
    std::size_t scanned_ = 0;  // bytes known to hold only complete, well-ended lines
    bool has_length_ = false;
    bool has_host_ = false;
};

/// Decodes a chunked body (RFC 9112 7.1) piece by piece. Trailers are read and dropped.
class ChunkDecoder {
 public:
    enum class Outcome { kMore, kDone, kRefused };

    /// Appends decoded bytes to `body`; `used` says how many of `bytes` were consumed. Stops early
    /// once `body` holds `body_bytes_max`.
    Outcome decode(std::string_view bytes, std::size_t& used, std::string& body,
                   std::size_t body_bytes_max);
    void reset() { *this = ChunkDecoder(); }

 private:
    enum class State {
        kSize,
        kExtension,
        kSizeLf,
        kData,
        kDataCr,
        kDataLf,
        kTrailer,
        kTrailerLf,
        kLastLf
    };

    bool step(char c);
    bool end_size_line();

    State state_ = State::kSize;
    std::uint64_t size_ = 0;  // of the chunk, then what is left of it
    unsigned size_digits_ = 0;
    std::size_t line_bytes_ = 0;  // of an extension or all trailers
    bool line_empty_ = true;
    bool done_ = false;
};

/// The path, percent-decoded, fit for matching. False for malformed encoding, bytes that are not
/// UTF-8, control characters, encoded slashes and dot segments. `decoded` is used only when
/// something had to be decoded; `path` is what to use.
bool decode_path(std::string_view raw, std::string& decoded, std::string_view& path);

}  // namespace shu::http
