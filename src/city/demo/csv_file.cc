#include "city/demo/csv_file.h"

#include <cerrno>
#include <utility>

#include "foundation/file.h"

namespace shu::city::demo {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

}  // namespace

void append_row(std::string& out, std::initializer_list<std::string_view> cells) {
    bool is_first = true;
    for (const std::string_view cell : cells) {
        if (!is_first) out += ',';
        is_first = false;
        if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
            out += cell;
            continue;
        }
        out += '"';
        for (const char c : cell)
            out.append(c == '"' ? 2 : 1, c);
        out += '"';
    }
    out += '\n';
}

Result<std::unique_ptr<CsvFile>> CsvFile::create(const std::string& path, std::string_view header) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return file::system_error("create", path, errno);
    std::unique_ptr<CsvFile> made(new CsvFile(path, file));
    made->buffer_.append(header).append("\n");
    return made;
}

CsvFile::~CsvFile() {
    if (file_) std::fclose(file_);
}

void CsvFile::row(std::initializer_list<std::string_view> cells) {
    append_row(buffer_, cells);
    ++rows_;
    if (buffer_.size() >= kBufferBytes) flush();
}

void CsvFile::flush() {
    if (error_ == 0 && std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size())
        error_ = errno;
    bytes_ += static_cast<std::int64_t>(buffer_.size());
    buffer_.clear();
}

Result<void> CsvFile::close() {
    flush();
    std::FILE* file = std::exchange(file_, nullptr);
    if (std::fclose(file) != 0 && error_ == 0) error_ = errno;
    if (error_ != 0) return file::system_error("write", path_, error_);
    return {};
}

}  // namespace shu::city::demo
