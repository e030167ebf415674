#include "record/row_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "foundation/file.h"
#include "foundation/text.h"
#include "record/csv_source.h"
#include "record/json_lines.h"
#include "record/xlsx.h"

namespace shu::record {

Result<std::unique_ptr<SourceFile>> SourceFile::open(const std::string& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return file::system_error("open", path, errno);
    struct stat about {};
    if (::fstat(handle, &about) != 0) {
        const int why = errno;
        ::close(handle);
        return file::system_error("stat", path, why);
    }
    return std::unique_ptr<SourceFile>(new SourceFile(handle, path, about.st_size));
}

SourceFile::~SourceFile() {
    if (handle_ >= 0) ::close(handle_);
}

Result<std::size_t> SourceFile::read_at(std::int64_t offset, char* to, std::size_t most) const {
    if (handle_ < 0) {
        const auto at = static_cast<std::size_t>(std::min(offset, bytes_));
        return held_.substr(at).copy(to, most);
    }
    for (;;) {
        const auto got = ::pread(handle_, to, most, offset);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return file::system_error("read", path_, errno);
    }
}

Result<std::unique_ptr<RowSource>> open_rows(const SourceFile& file, const Batch& batch) {
    switch (batch.format) {
        case FileFormat::kCsv: return CsvSource::open(file, ',', encoding_from(batch.encoding));
        case FileFormat::kTsv: return CsvSource::open(file, '\t', encoding_from(batch.encoding));
        case FileFormat::kJsonLines: return JsonLinesSource::open(file);
        case FileFormat::kXlsx: return XlsxSource::open(file, batch.sheet);
    }
    return invalid("不认识的文件格式");
}

std::string quarantine_text(std::string_view text) {
    std::string out =
        text::with_replacements(text.substr(0, 4 * limits::quarantine_text_characters));
    std::replace(out.begin(), out.end(), '\0', ' ');
    return std::string(text::first_characters(out, limits::quarantine_text_characters));
}

}  // namespace shu::record
