// The encodings in which departments send files: UTF-8 and GB 18030.
#pragma once

#include <string_view>

#include "foundation/result.h"
#include "record/arena.h"

namespace shu::record {

enum class Encoding { kUndecided, kUtf8, kGb18030 };  ///< undecided: ASCII so far

/// "utf-8", "gb18030", or empty while undecided.
std::string_view to_string(Encoding encoding);
Encoding encoding_from(std::string_view name);

/// What the beginning of a file tells: a byte order mark, else the encoding in which more of its
/// lines are well formed, so that one damaged row does not decide. Errors: Invalid for UTF-16,
/// Excel workbooks and other files that are no text, with the remedy in Chinese.
Result<Encoding> detect_encoding(std::string_view prefix);

/// Turns fields into UTF-8. One thread at a time.
class Decoder {
 public:
    explicit Decoder(Encoding encoding) : encoding_(encoding) {}

    /// The first field that is not ASCII decides where detection could not. ASCII and UTF-8 are
    /// returned as they are, GB 18030 is written to `arena`. False: malformed in the file's
    /// encoding.
    bool decode(std::string_view bytes, Arena& arena, std::string_view& out);

    Encoding encoding() const { return encoding_; }

 private:
    Encoding encoding_;
};

/// True if all bytes are below 0x80.
bool is_ascii(std::string_view bytes);

}  // namespace shu::record
