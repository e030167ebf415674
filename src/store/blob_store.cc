#include "store/blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::store {
namespace {

constexpr std::size_t kReadBytes = 256 * limits::kKiB;

/// An open file; closed when the value goes.
class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

 private:
    int number_;
};

// FOLDER/ab/cd for abcd....
std::string folder_of(const std::string& root, const std::string& name) {
    return root + "/" + name.substr(0, 2) + "/" + name.substr(2, 2);
}

std::string place_of(const std::string& root, const crypto::Digest& digest) {
    const std::string name = crypto::to_hex(digest);
    return folder_of(root, name) + "/" + name;
}

std::string incoming_of(const std::string& root) {
    return root + "/incoming";
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file::system_error("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// Calls `take` with each piece of the file.
template <typename Take>
Result<void> read_pieces(const std::string& path, Take take) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) return file::system_error("open", path, errno);
    std::string buffer(kReadBytes, '\0');
    while (true) {
        const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return file::system_error("read", path, errno);
        if (count == 0) return {};
        SHU_CHECK(take(std::string_view(buffer.data(), static_cast<std::size_t>(count))));
    }
}

Result<void> sync_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0 || ::fsync(file.number()) != 0)
        return file::system_error("sync", path, errno);
    return {};
}

// Makes the way to a blob durable. Also for one that was there already: who named it may not have
// come to this yet.
Result<void> sync_name(const std::string& root, const std::string& name) {
    SHU_CHECK(file::sync_folder(folder_of(root, name)));
    SHU_CHECK(file::sync_folder(root + "/" + name.substr(0, 2)));
    return file::sync_folder(root);
}

// Gives the synced file at `path` its name; a blob that is there already stays and `path` goes.
Result<void> name_file(const std::string& root, const std::string& path,
                       const crypto::Digest& digest) {
    const std::string name = crypto::to_hex(digest);
    const std::string folder = folder_of(root, name);
    const std::string place = folder + "/" + name;
    if (file::exists(place)) {
        ::unlink(path.c_str());
    } else {
        SHU_CHECK(file::make_folder(folder));
        if (::rename(path.c_str(), place.c_str()) != 0)
            return file::system_error("rename", place, errno);
    }
    return sync_name(root, name);
}

// Uploads that a crash left behind; what is younger may be another program's work.
void remove_abandoned(const std::string& incoming) {
    const auto before = std::filesystem::file_time_type::clock::now() -
                        std::chrono::hours(limits::blob_abandoned_hours);
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(incoming, failed)) {
        std::error_code gone;
        if (entry.last_write_time(gone) < before && !gone)
            std::filesystem::remove(entry.path(), gone);
    }
}

class FileWriter final : public BlobStore::Writer {
 public:
    FileWriter(std::string root, std::string path, int descriptor)
        : root_(std::move(root)), path_(std::move(path)), descriptor_(descriptor) {}
    ~FileWriter() override {
        if (!is_named_) ::unlink(path_.c_str());
    }

    Result<void> append(std::string_view bytes) override {
        if (is_named_) return invalid("the blob is finished already");
        if (failure_) return *failure_;
        Result<void> written = write_all(descriptor_.number(), bytes, path_);
        if (!written.ok()) {
            failure_ = written.error();
            return written;
        }
        hasher_.update(bytes);
        size_ += static_cast<std::int64_t>(bytes.size());
        return {};
    }

    Result<crypto::Digest> commit() override {
        if (is_named_) return invalid("the blob is finished already");
        if (failure_) return *failure_;
        if (::fsync(descriptor_.number()) != 0) {
            failure_ = file::system_error("sync", path_, errno);
            return *failure_;
        }
        const crypto::Digest digest = hasher_.finish();
        SHU_CHECK(name_file(root_, path_, digest));
        is_named_ = true;
        return digest;
    }

    std::int64_t size() const override { return size_; }

 private:
    std::string root_;
    std::string path_;
    Descriptor descriptor_;
    crypto::Hasher hasher_;
    std::int64_t size_ = 0;
    bool is_named_ = false;
    std::optional<Error> failure_;
};

}  // namespace

BlobStore::BlobStore(std::string folder) : folder_(std::move(folder)) {}
BlobStore::~BlobStore() = default;

Result<std::unique_ptr<BlobStore>> BlobStore::open(const std::string& folder) {
    const std::string incoming = incoming_of(folder);
    SHU_CHECK(file::make_folder(incoming));
    remove_abandoned(incoming);
    return std::unique_ptr<BlobStore>(new BlobStore(folder));
}

Result<std::unique_ptr<BlobStore::Writer>> BlobStore::create() {
    std::string path = incoming_of(folder_) + "/XXXXXX";
    const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor < 0) return file::system_error("create", path, errno);
    return std::unique_ptr<Writer>(
        std::make_unique<FileWriter>(folder_, std::move(path), descriptor));
}

Result<crypto::Digest> BlobStore::put(std::string_view bytes) {
    const crypto::Digest digest = crypto::sm3(bytes);
    if (file::exists(place_of(folder_, digest))) {
        SHU_CHECK(sync_name(folder_, crypto::to_hex(digest)));
        return digest;
    }
    std::unique_ptr<Writer> writer = SHU_TRY(create());
    SHU_CHECK(writer->append(bytes));
    return writer->commit();
}

Result<std::string> BlobStore::path_of(const crypto::Digest& name) const {
    std::string place = place_of(folder_, name);
    if (!file::exists(place)) return not_found("no blob is named " + crypto::to_hex(name));
    return place;
}

Result<std::string> BlobStore::get(const crypto::Digest& name, std::size_t bytes_max) const {
    const std::string place = SHU_TRY(path_of(name));
    std::string bytes = SHU_TRY(file::read(place, bytes_max));
    if (crypto::sm3(bytes) != name)
        return corrupt(place + " does not hold the bytes that its name promises; restore it");
    return bytes;
}

Result<crypto::Digest> BlobStore::adopt(const std::string& path) {
    crypto::Hasher hasher;
    SHU_CHECK(read_pieces(path, [&](std::string_view piece) -> Result<void> {
        hasher.update(piece);
        return {};
    }));
    const crypto::Digest digest = hasher.finish();
    SHU_CHECK(sync_file(path));
    SHU_CHECK(name_file(folder_, path, digest));
    return digest;
}

}  // namespace shu::store
