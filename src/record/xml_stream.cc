#include "record/xml_stream.h"

#include <expat.h>

#include <array>

namespace shu::record {

std::string_view local_name(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view XmlAttributes::value(std::string_view local) const {
    for (const char* const* at = pairs_; *at != nullptr; at += 2)
        if (local_name(at[0]) == local) return at[1];
    return {};
}

// What expat calls, as C.
struct XmlStream::Calls {
    static XmlStream& stream(void* data) { return *static_cast<XmlStream*>(data); }

    static void start(void* data, const XML_Char* name, const XML_Char** attributes) {
        XmlStream& self = stream(data);
        if (!self.outcome_.ok()) return;
        if (++self.depth_ > limits::xml_depth_max)
            return self.refuse(invalid("工作簿中的 XML 嵌套太深"));
        if (auto done = self.handler_.start(local_name(name), XmlAttributes(attributes));
            !done.ok())
            self.refuse(done.error());
    }
    static void end(void* data, const XML_Char* name) {
        XmlStream& self = stream(data);
        if (!self.outcome_.ok()) return;
        --self.depth_;
        if (auto done = self.handler_.end(local_name(name)); !done.ok()) self.refuse(done.error());
    }
    static void text(void* data, const XML_Char* piece, int length) {
        XmlStream& self = stream(data);
        if (!self.outcome_.ok()) return;
        if (auto done = self.handler_.text({piece, static_cast<std::size_t>(length)}); !done.ok())
            self.refuse(done.error());
    }
    static void document_type(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        stream(data).refuse(invalid("工作簿中的 XML 带有文档类型声明，不能采集"));
    }
};

XmlStream::XmlStream(XmlHandler& handler) : handler_(handler), parser_(XML_ParserCreate(nullptr)) {
    SHU_ASSERT(parser_ != nullptr);
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, Calls::start, Calls::end);
    XML_SetCharacterDataHandler(parser_, Calls::text);
    XML_SetStartDoctypeDeclHandler(parser_, Calls::document_type);
}

XmlStream::~XmlStream() {
    XML_ParserFree(parser_);
}

void XmlStream::refuse(Error error) {
    if (outcome_.ok()) outcome_ = std::move(error);
    XML_StopParser(parser_, XML_FALSE);
}

Result<void> XmlStream::parse(std::string_view bytes, bool is_last) {
    SHU_CHECK(outcome_);
    const auto status =
        XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), is_last ? 1 : 0);
    SHU_CHECK(outcome_);
    if (status != XML_STATUS_OK) outcome_ = invalid("工作簿已损坏，请重新导出后再上传");
    fed_ += static_cast<std::int64_t>(bytes.size());
    // What expat holds of an unfinished tag it looks at again with every piece.
    const auto held = fed_ - static_cast<std::int64_t>(XML_GetCurrentByteIndex(parser_));
    if (outcome_.ok() && held > static_cast<std::int64_t>(limits::xml_token_bytes_max))
        outcome_ = invalid("工作簿中的 XML 标记太长");
    return outcome_;
}

Result<void> XmlStream::feed(std::string_view bytes) {
    return parse(bytes, false);
}

Result<void> XmlStream::finish() {
    return parse({}, true);
}

Result<void> read_xml(const ZipArchive& archive, const ZipArchive::Entry& entry,
                      std::uint64_t bytes_max, XmlHandler& handler) {
    const auto bytes = SHU_TRY(archive.read(entry, bytes_max));
    XmlStream xml(handler);
    std::array<char, 64 * 1024> piece;
    for (;;) {
        const std::size_t got = SHU_TRY(bytes->next(piece.data(), piece.size()));
        if (got == 0) return xml.finish();
        SHU_CHECK(xml.feed({piece.data(), got}));
    }
}

}  // namespace shu::record
