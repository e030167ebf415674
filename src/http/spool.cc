#include "http/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "foundation/file.h"

namespace shu::http {

namespace {
constexpr std::string_view kPrefix = "upload-";
}

Result<std::unique_ptr<SpoolFile>> SpoolFile::create(const std::string& folder) {
    std::string path = folder + "/" + std::string(kPrefix) + "XXXXXX";
    const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);  // mode 0600
    if (descriptor < 0) return file::system_error("create", path, errno);
    return std::unique_ptr<SpoolFile>(new SpoolFile(descriptor, std::move(path)));
}

SpoolFile::~SpoolFile() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
}

Result<void> SpoolFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return file::system_error("write", path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

void remove_spool_leftovers(const std::string& folder) {
    const auto names = file::list(folder);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
        if (name.starts_with(kPrefix)) ::unlink((folder + "/" + name).c_str());
    }
}

}  // namespace shu::http
