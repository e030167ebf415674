#include "foundation/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include "foundation/limits.h"

namespace shu::file {
namespace {

/// An open file, closed at the end of its scope.
class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

    /// Closes and tells whether the system is content. A failed close frees the number all the
    /// same.
    bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
    int number_;
};

int open_for_reading(const std::string& path) {
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

Error cannot_open(const std::string& path, int number) {
    Error error = system_error("open", path, number);
    if (number == ENOENT || number == ENOTDIR) error.code = Code::kNotFound;
    return error;
}

Result<std::string> read_all(const Descriptor& file, const std::string& path,
                             std::size_t bytes_max) {
    std::string bytes;
    std::array<char, 64 * limits::kKiB> piece;
    for (;;) {
        const ssize_t count = ::read(file.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error("read", path, errno);
        if (count == 0) return bytes;
        if (bytes.size() + static_cast<std::size_t>(count) > bytes_max)
            return exhausted("read " + path + ": the file is larger than " +
                             std::to_string(bytes_max) + " bytes");
        bytes.append(piece.data(), static_cast<std::size_t>(count));
    }
}

/// The first failing call's error number, or nothing.
std::optional<int> write_all(const Descriptor& file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return std::nullopt;
}

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

/// Fills the open new version and makes it durable.
Result<void> fill(Descriptor& file, const std::string& path, std::string_view bytes,
                  Access access) {
    const mode_t mode = access == Access::kOwner ? 0600 : 0644;
    if (::fchmod(file.number(), mode) != 0) return system_error("set the mode of", path, errno);
    if (const auto failed = write_all(file, bytes)) return system_error("write", path, *failed);
    if (::fsync(file.number()) != 0) return system_error("sync", path, errno);
    if (!file.close()) return system_error("close", path, errno);
    return {};
}

}  // namespace

Result<std::string> read(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(open_for_reading(path));
    if (!file.is_open()) return cannot_open(path, errno);
    return read_all(file, path, bytes_max);
}

Result<void> replace(const std::string& path, std::string_view bytes, Access access) {
    std::string newer = path + ".XXXXXX";
    Descriptor file(::mkostemp(newer.data(), O_CLOEXEC));
    if (!file.is_open()) return system_error("create a new version of", path, errno);
    const Result<void> filled = fill(file, path, bytes, access);
    if (!filled) {
        ::unlink(newer.c_str());
        return filled;
    }
    if (::rename(newer.c_str(), path.c_str()) != 0) {
        const int number = errno;
        ::unlink(newer.c_str());
        return system_error("rename a new version over", path, number);
    }
    return sync_folder(folder_of(path));
}

Result<std::string> read_secret(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(open_for_reading(path));
    if (!file.is_open()) return cannot_open(path, errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return system_error("examine", path, errno);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return denied("read " + path +
                      ": others than the owner may use this secret; run chmod 600 on it and, if "
                      "they did, replace the secret");
    return read_all(file, path, bytes_max);
}

Result<void> make_folder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return system_error("make the folder", path, error.value());
    if (!std::filesystem::is_directory(path, error))
        return system_error("make the folder", path, ENOTDIR);
    return {};
}

Result<std::vector<std::string>> list(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
        names.push_back(entry->path().filename().string());
    if (error) {
        Error failed = system_error("list", folder, error.value());
        if (error == std::errc::no_such_file_or_directory) failed.code = Code::kNotFound;
        return failed;
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool exists(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

Result<void> sync_folder(const std::string& folder) {
    const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.is_open()) return system_error("open the folder", folder, errno);
    if (::fsync(file.number()) != 0) return system_error("sync the folder", folder, errno);
    return {};
}

Error system_error(std::string_view what, const std::string& path, int number) {
    const std::string reason =
        std::string(what) + " " + path + ": " + std::generic_category().message(number);
    if (number == ENOSPC || number == EDQUOT)
        return unavailable("the disk is full (" + reason + "); free some space");
    return unavailable(reason);
}

}  // namespace shu::file
