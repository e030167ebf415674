#include "http/file_body.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <optional>

#include "foundation/limits.h"
#include "foundation/text.h"
#include "http/problem.h"
#include "http/response_bytes.h"

namespace shu::http {

FileBody::~FileBody() {
    ::close(descriptor_);
}

bool FileBody::next(std::string& piece) {
    const auto wanted = static_cast<std::size_t>(
        std::min<std::int64_t>(left_, static_cast<std::int64_t>(limits::http_transfer_bytes)));
    piece.resize(wanted);
    std::size_t got = 0;
    while (got < wanted) {
        const ssize_t n = ::pread(descriptor_, piece.data() + got, wanted - got,
                                  offset_ + static_cast<std::int64_t>(got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += static_cast<std::size_t>(n);
    }
    offset_ += static_cast<std::int64_t>(got);
    left_ -= static_cast<std::int64_t>(got);
    return true;
}

namespace {

struct Opened {
    int descriptor = -1;
    struct stat about = {};
};

std::optional<Opened> open_regular(const std::string& path) {
    Opened file;
    file.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file.descriptor < 0) return std::nullopt;
    if (::fstat(file.descriptor, &file.about) != 0 || !S_ISREG(file.about.st_mode)) {
        ::close(file.descriptor);
        return std::nullopt;
    }
    return file;
}

/// The weight that Accept-Encoding gives to a coding is above zero (RFC 9110 12.5.3).
bool accepts(std::string_view accept_encoding, std::string_view coding) {
    for (const std::string_view part : text::split(accept_encoding, ',')) {
        const std::size_t semicolon = std::min(part.find(';'), part.size());
        if (!text::equals_ignoring_case(text::trim(part.substr(0, semicolon)), coding)) continue;
        std::string_view weight = text::trim(part.substr(std::min(semicolon + 1, part.size())));
        if (!text::starts_with_ignoring_case(weight, "q=")) return true;
        weight.remove_prefix(2);
        return weight.find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

std::string http_date(std::time_t seconds) {
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t n =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), n};
}

std::string etag_of(const struct stat& about, std::string_view coding) {
    const auto nanos =
        static_cast<std::int64_t>(about.st_mtim.tv_sec) * 1'000'000'000 + about.st_mtim.tv_nsec;
    return "\"" + std::to_string(nanos) + "-" + std::to_string(about.st_size) +
           std::string(coding) + "\"";
}

struct Range {
    std::int64_t first = 0;
    std::int64_t bytes = 0;
};

enum class RangeOutcome { kWhole, kPart, kUnsatisfiable };

/// One byte range; a list of several is answered with the whole file, which RFC 9110 14.2 allows.
RangeOutcome parse_range(std::string_view field, std::int64_t size, Range& range) {
    if (!text::starts_with_ignoring_case(field, "bytes=")) return RangeOutcome::kWhole;
    const std::string_view spec = text::trim(field.substr(6));
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos)
        return RangeOutcome::kWhole;
    const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
        if (digits.empty() || digits[0] < '0' || digits[0] > '9') return std::nullopt;
        const auto value = text::parse_integer(digits);
        return value.ok() ? std::optional(*value) : std::nullopt;
    };
    const auto first = number(spec.substr(0, dash));
    const auto last = number(spec.substr(dash + 1));
    if ((!first && dash != 0) || (!last && dash + 1 != spec.size()) || (!first && !last)) {
        return RangeOutcome::kWhole;
    }
    if (!first) {
        if (*last == 0 || size == 0) return RangeOutcome::kUnsatisfiable;
        range.bytes = std::min(*last, size);
        range.first = size - range.bytes;
        return RangeOutcome::kPart;
    }
    if (last && *last < *first) return RangeOutcome::kWhole;
    if (*first >= size) return RangeOutcome::kUnsatisfiable;
    range.first = *first;
    range.bytes = std::min(last.value_or(size - 1), size - 1) - *first + 1;
    return RangeOutcome::kPart;
}

/// The best precompressed sibling that the client takes and that is not older than the file.
std::optional<Opened> open_sibling(const ReceivedRequest& request, const std::string& path,
                                   const struct stat& about, std::string& coding) {
    const std::string_view accepted = request.header("Accept-Encoding");
    for (const auto& [name, suffix] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
        if (!accepts(accepted, name)) continue;
        auto sibling = open_regular(path + suffix);
        if (!sibling) continue;
        if (sibling->about.st_mtim.tv_sec >= about.st_mtim.tv_sec) {
            coding = name;
            return sibling;
        }
        ::close(sibling->descriptor);
    }
    return std::nullopt;
}

}  // namespace

std::unique_ptr<FileBody> open_file(const ReceivedRequest& request, Response& response) {
    const std::string path = std::exchange(response.file, {});
    auto file = open_regular(path);
    if (!file) {
        response = problem(not_found("There is no such file."), request.request_id);
        return nullptr;
    }
    const std::string_view range_field = request.header("Range");
    std::string coding;
    if (range_field.empty()) {
        if (auto sibling = open_sibling(request, path, file->about, coding)) {
            ::close(file->descriptor);
            file = sibling;
            response.headers.emplace_back("Content-Encoding", coding);
        }
    }
    const std::int64_t size = file->about.st_size;
    if (find_header(response, "ETag") == nullptr) {
        response.headers.emplace_back("ETag", etag_of(file->about, coding));
    }
    response.headers.emplace_back("Last-Modified", http_date(file->about.st_mtim.tv_sec));
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.emplace_back("Vary", "Accept-Encoding");
    auto body = std::make_unique<FileBody>(file->descriptor, 0, size);

    Range range{.first = 0, .bytes = size};
    const std::string_view if_range = request.header("If-Range");
    const bool may_range = if_range.empty() || if_range == *find_header(response, "ETag");
    if (response.status == 200 && request.method == Method::kGet && !range_field.empty() &&
        may_range) {
        const RangeOutcome outcome = parse_range(range_field, size, range);
        if (outcome == RangeOutcome::kUnsatisfiable) {
            response = problem(416, "The file has " + std::to_string(size) + " bytes.",
                               request.request_id);
            response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
            return nullptr;
        }
        if (outcome == RangeOutcome::kPart) {
            response.status = 206;
            response.headers.emplace_back("Content-Range",
                                          "bytes " + std::to_string(range.first) + "-" +
                                              std::to_string(range.first + range.bytes - 1) + "/" +
                                              std::to_string(size));
        }
    }
    body->restrict(range.first, range.bytes);
    return body;
}

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kTypes = {{
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"geojson", "application/geo+json"},
    {"webmanifest", "application/manifest+json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},
    {"gif", "image/gif"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"xml", "application/xml"},
    {"wasm", "application/wasm"},
    {"pbf", "application/x-protobuf"},
    {"pdf", "application/pdf"},
    {"csv", "text/csv; charset=utf-8"},
}};

std::string_view extension_of(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

std::string_view type_of(std::string_view path) {
    const std::string extension = text::lower(extension_of(path));
    for (const auto& [key, type] : kTypes) {
        if (key == extension) return type;
    }
    return "application/octet-stream";
}

/// The real path of a regular file inside `folder`; empty if there is none.
std::string resolve(const std::string& folder, std::string_view path) {
    char* root = ::realpath(folder.c_str(), nullptr);
    if (root == nullptr) return {};
    std::string inside(root);
    ::free(root);
    char* real = ::realpath((inside + std::string(path)).c_str(), nullptr);
    if (real == nullptr) return {};
    std::string found(real);
    ::free(real);
    inside += '/';
    struct stat about = {};
    if (!found.starts_with(inside) || ::stat(found.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
        return {};
    return found;
}

}  // namespace

Response static_file(const std::string& folder, std::string_view path,
                     std::string_view request_id) {
    const auto refuse = [&] {
        return problem(not_found("There is nothing at this address."), request_id);
    };
    // Addresses of programs never answer a page: a client would take it for data.
    for (const std::string_view reserved : {"/api", "/gateway"}) {
        if (path == reserved || (path.starts_with(reserved) && path[reserved.size()] == '/'))
            return refuse();
    }
    if (folder.empty() || path.find("/.") != std::string_view::npos) return refuse();

    std::string served = path == "/" ? "/index.html" : std::string(path);
    std::string file = resolve(folder, served);
    if (file.empty() && extension_of(path).empty()) {
        served = "/index.html";
        file = resolve(folder, served);
    }
    if (file.empty()) return refuse();
    Response response;
    response.content_type = type_of(served);
    response.file = std::move(file);
    // Vite puts the digest of its content into the name of every file of assets/, so such a file
    // never changes.
    response.headers.emplace_back("Cache-Control", served.starts_with("/assets/")
                                                       ? "public, max-age=31536000, immutable"
                                                       : "no-cache");
    return response;
}

}  // namespace shu::http
