// XML of any size, event by event, over expat: no document types and so no entities of its own,
// with limits on depth and on what has to be held.
#pragma once

#include <string>
#include <string_view>

#include "foundation/result.h"
#include "record/zip.h"

struct XML_ParserStruct;

namespace shu::record {

/// The name of an element or attribute without its prefix.
std::string_view local_name(std::string_view name);

class XmlAttributes {
 public:
    explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
    /// The value of the attribute of this local name, or empty.
    std::string_view value(std::string_view local) const;

 private:
    const char* const* pairs_;
};

/// What follows a document; names come without prefix. An error ends the reading.
class XmlHandler {
 public:
    virtual ~XmlHandler() = default;
    virtual Result<void> start(std::string_view name, XmlAttributes attributes) = 0;
    virtual Result<void> end(std::string_view name) = 0;
    virtual Result<void> text(std::string_view piece) = 0;
};

/// One thread at a time.
class XmlStream {
 public:
    explicit XmlStream(XmlHandler& handler);
    ~XmlStream();
    XmlStream(const XmlStream&) = delete;
    XmlStream& operator=(const XmlStream&) = delete;

    /// Errors: the handler's; Invalid, in Chinese, for what is not well formed, declares a document
    /// type, is deeper than limits::xml_depth_max or has longer tags than xml_token_bytes_max.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();

 private:
    struct Calls;
    Result<void> parse(std::string_view bytes, bool is_last);
    void refuse(Error error);

    XmlHandler& handler_;
    XML_ParserStruct* parser_;
    std::size_t depth_ = 0;
    std::int64_t fed_ = 0;
    Result<void> outcome_;
};

/// Feeds a whole entry of an archive to `handler`. Errors: those of both.
Result<void> read_xml(const ZipArchive& archive, const ZipArchive::Entry& entry,
                      std::uint64_t bytes_max, XmlHandler& handler);

}  // namespace shu::record
