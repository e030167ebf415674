// A disk that fills up: writes are refused and say why, reads go on, nothing is damaged, and writes
// go on when there is space again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "store/database.h"

namespace shu::store {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kAttempts = 400;
constexpr std::size_t kRowBytes = 50'000;

class FullDiskTest : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "shu-full.XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
    }
    void TearDown() override {
        database.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    void open() {
        auto opened = open_sqlite({.path = folder + "/t.db"}, Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        database = std::move(*opened);
        ASSERT_TRUE(database
                        ->write([](Transaction& tx) -> Result<void> {
                            (void)SHU_TRY(
                                tx.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA)"));
                            return {};
                        })
                        .ok());
    }

    Result<void> insert(std::int64_t id, std::size_t bytes) {
        const std::string body(bytes, 'x');
        return database->write([&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute("INSERT INTO t (id, b) VALUES ($1, $2)", {id, Blob{body}}));
            return {};
        });
    }

    std::set<std::int64_t> ids() {
        std::set<std::int64_t> found;
        auto rows = database->read_value<std::vector<StoredRow>>(
            [](Transaction& tx) { return tx.query("SELECT id FROM t"); });
        EXPECT_TRUE(rows.ok()) << rows.error().detail;
        if (rows.ok()) {
            for (const StoredRow& row : *rows)
                found.insert(row.integer(0));
        }
        return found;
    }

    // Writes from several threads until well past the end of the space, and checks every answer.
    void fill() {
        std::mutex mutex;
        std::set<std::int64_t> acknowledged;
        std::atomic<std::int64_t> next{1};
        int refused = 0;
        std::vector<std::thread> writers;
        for (int thread = 0; thread < 4; ++thread) {
            writers.emplace_back([&] {
                for (std::int64_t id = next++; id <= kAttempts; id = next++) {
                    Result<void> done = insert(id, kRowBytes);
                    const std::lock_guard lock(mutex);
                    if (done.ok()) {
                        acknowledged.insert(id);
                        continue;
                    }
                    ++refused;
                    EXPECT_EQ(done.error().code, Code::kUnavailable);
                    EXPECT_THAT(done.error().detail, HasSubstr("the disk is full"));
                }
            });
        }
        for (std::thread& writer : writers)
            writer.join();
        EXPECT_GT(refused, 0);
        EXPECT_FALSE(acknowledged.empty());
        EXPECT_EQ(ids(), acknowledged);
    }

    void must_be_whole() {
        Result<void> after = insert(kAttempts + 1, kRowBytes);
        EXPECT_TRUE(after.ok()) << after.error().detail;
        const std::set<std::int64_t> before = ids();
        EXPECT_TRUE(before.contains(kAttempts + 1));
        database.reset();
        auto opened = open_sqlite({.path = folder + "/t.db"}, Log::none());
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        database = std::move(*opened);
        EXPECT_EQ(ids(), before);
        auto whole = database->read_value<std::vector<StoredRow>>(
            [](Transaction& tx) { return tx.query("PRAGMA integrity_check"); });
        ASSERT_TRUE(whole.ok());
        EXPECT_EQ((*whole)[0].text(0), "ok");
    }

    std::string folder;
    std::unique_ptr<Database> database;
};

/// Lets no file of this process grow past `bytes` while it lives; the system answers EFBIG.
class FileSizeLimit {
 public:
    explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limited{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
    rlimit old_{};
    void (*old_handler_)(int);
};

TEST_F(FullDiskTest, AFileThatMayNotGrowRefusesWritesAndNothingElse) {
    open();
    {
        const FileSizeLimit limit(6 * 1024 * 1024);
        fill();
    }
    must_be_whole();
}

TEST_F(FullDiskTest, AFullFileSystemRefusesWritesAndNothingElse) {
    if (::mount("shu-test", folder.c_str(), "tmpfs", 0, "size=8m") != 0) {
        GTEST_SKIP() << "a small file system cannot be mounted here (" << std::strerror(errno)
                     << "); AFileThatMayNotGrowRefusesWritesAndNothingElse covers the rest";
    }
    const std::string ballast = folder + "/ballast";
    std::ofstream(ballast) << std::string(2 * 1024 * 1024, 'x');
    open();
    fill();
    std::filesystem::remove(ballast);
    must_be_whole();
    database.reset();
    ::umount2(folder.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace shu::store
