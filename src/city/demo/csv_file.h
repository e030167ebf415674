// Writes one CSV file (RFC 4180) through a buffer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace shu::city::demo {

/// Appends one row; quotes cells that need it.
void append_row(std::string& out, std::initializer_list<std::string_view> cells);

/// A file being written. Confined to one thread. A failed write is told by close().
class CsvFile {
 public:
    /// `header` is the first line, without its end.
    static Result<std::unique_ptr<CsvFile>> create(const std::string& path,
                                                   std::string_view header);
    ~CsvFile();
    CsvFile(const CsvFile&) = delete;
    CsvFile& operator=(const CsvFile&) = delete;

    void row(std::initializer_list<std::string_view> cells);
    /// Writes what is buffered. Errors: Unavailable.
    Result<void> close();

    std::int64_t rows() const { return rows_; }
    std::int64_t bytes() const { return bytes_; }
    const std::string& path() const { return path_; }

 private:
    CsvFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
    void flush();

    std::string path_;
    std::FILE* file_;
    std::string buffer_;
    int error_ = 0;
    std::int64_t rows_ = 0, bytes_ = 0;
};

}  // namespace shu::city::demo
