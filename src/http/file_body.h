// Files as answers: static assets of the web application and files that handlers name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/received_request.h"

namespace shu::http {

/// An open file and the part of it that is still to be sent. One thread at a time.
class FileBody {
 public:
    FileBody(int descriptor, std::int64_t offset, std::int64_t bytes)
        : descriptor_(descriptor), offset_(offset), left_(bytes) {}
    ~FileBody();
    FileBody(const FileBody&) = delete;
    FileBody& operator=(const FileBody&) = delete;

    void restrict(std::int64_t offset, std::int64_t bytes) {
        offset_ = offset;
        left_ = bytes;
    }
    std::int64_t left() const { return left_; }
    /// Reads the next piece, at most limits::http_transfer_bytes; false if the file is shorter than
    /// it was. Blocks.
    bool next(std::string& piece);

 private:
    int descriptor_;
    std::int64_t offset_;
    std::int64_t left_;
};

/// Opens `response.file` and completes the response: 200, 206 or 416 with Content-Range (RFC 9110
/// 14), ETag, Last-Modified, a precompressed sibling if the client takes it. nullptr where no body
/// follows; 404 if there is no such file. Blocks.
std::unique_ptr<FileBody> open_file(const ReceivedRequest& request, Response& response);

/// The answer to a GET that no route matches: the file of that path under `folder`, index.html for
/// the application's own routes. Only regular files inside the folder, links resolved, no names
/// that begin with a dot.
Response static_file(const std::string& folder, std::string_view path, std::string_view request_id);

}  // namespace shu::http
