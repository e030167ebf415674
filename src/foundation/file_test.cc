#include "foundation/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace shu::file {
namespace {

class FileTest : public testing::Test {
 protected:
    FileTest() {
        std::string pattern = testing::TempDir() + "shu-file-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileTest() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }

    static unsigned mode_of(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 0777U;
    }

    std::string folder_;
};

TEST_F(FileTest, what_was_replaced_is_read_back) {
    const std::string bytes("a\0b\r\n\xFF", 6);
    ASSERT_TRUE(replace(path("x"), bytes).ok());
    EXPECT_EQ(read(path("x"), 6).value(), bytes);
    ASSERT_TRUE(replace(path("x"), "").ok());
    EXPECT_EQ(read(path("x"), 0).value(), "");
}

TEST_F(FileTest, a_file_larger_than_allowed_is_exhausted) {
    ASSERT_TRUE(replace(path("x"), std::string(100'000, 'x')).ok());
    EXPECT_TRUE(read(path("x"), 100'000).ok());
    const auto refused = read(path("x"), 99'999);
    EXPECT_EQ(refused.error().code, Code::kExhausted);
    EXPECT_NE(refused.error().detail.find(path("x")), std::string::npos);
}

TEST_F(FileTest, a_missing_file_is_not_found_by_its_path_and_reason) {
    const auto refused = read(path("gone"), 10);
    EXPECT_EQ(refused.error().code, Code::kNotFound);
    EXPECT_EQ(refused.error().detail, "open " + path("gone") + ": No such file or directory");
    EXPECT_EQ(read_secret(path("gone"), 10).error().code, Code::kNotFound);
}

TEST_F(FileTest, a_folder_is_no_file) {
    EXPECT_EQ(read(folder_, 10).error().code, Code::kUnavailable);
    const auto refused = replace(folder_, "x");
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_NE(refused.error().detail.find("Is a directory"), std::string::npos);
}

TEST_F(FileTest, a_failed_replacement_leaves_the_old_bytes_and_nothing_else) {
    ASSERT_TRUE(replace(path("x"), "old").ok());
    // A limit on the size of files stands in for a full disk.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1'000, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto refused = replace(path("x"), std::string(10'000, 'n'));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_EQ(refused.error().detail, "write " + path("x") + ": File too large");
    EXPECT_EQ(read(path("x"), 10).value(), "old");
    EXPECT_EQ(list(folder_).value(), std::vector<std::string>{"x"});
}

TEST_F(FileTest, a_full_disk_is_named_as_such) {
    EXPECT_EQ(system_error("write", "/data/x", ENOSPC).detail,
              "the disk is full (write /data/x: No space left on device); free some space");
    EXPECT_EQ(system_error("write", "/data/x", EIO).detail, "write /data/x: Input/output error");
    EXPECT_EQ(system_error("write", "/data/x", ENOSPC).code, Code::kUnavailable);
}

TEST_F(FileTest, readers_see_the_old_bytes_or_the_new_and_never_a_mixture) {
    const std::string old_bytes(200'000, 'o');
    const std::string new_bytes(200'000, 'n');
    ASSERT_TRUE(replace(path("x"), old_bytes).ok());
    std::atomic<bool> done = false;
    std::thread writer([&] {
        for (int i = 0; i < 20; ++i)
            ASSERT_TRUE(replace(path("x"), i % 2 == 0 ? new_bytes : old_bytes).ok());
        done = true;
    });
    while (!done) {
        const std::string seen = read(path("x"), 200'000).value();
        ASSERT_TRUE(seen == old_bytes || seen == new_bytes);
    }
    writer.join();
}

TEST_F(FileTest, access_sets_the_mode_whatever_it_was) {
    ASSERT_TRUE(replace(path("x"), "1").ok());
    EXPECT_EQ(mode_of(path("x")), 0644U);
    ASSERT_TRUE(replace(path("x"), "2", Access::kOwner).ok());
    EXPECT_EQ(mode_of(path("x")), 0600U);
}

TEST_F(FileTest, a_secret_is_read_only_when_the_owner_alone_may) {
    ASSERT_TRUE(replace(path("key"), "secret", Access::kOwner).ok());
    EXPECT_EQ(read_secret(path("key"), 100).value(), "secret");
    for (const mode_t mode : {0644U, 0640U, 0604U, 0620U, 0610U}) {
        ASSERT_EQ(::chmod(path("key").c_str(), mode), 0);
        const auto refused = read_secret(path("key"), 100);
        EXPECT_EQ(refused.error().code, Code::kDenied) << std::oct << mode;
        EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
        EXPECT_EQ(refused.error().detail.find("secret\n"), std::string::npos);
    }
}

TEST_F(FileTest, folders_are_made_with_their_parents_and_again) {
    EXPECT_TRUE(make_folder(path("a/b/c")).ok());
    EXPECT_TRUE(make_folder(path("a/b/c")).ok());
    EXPECT_TRUE(exists(path("a/b/c")));
    ASSERT_TRUE(replace(path("plain"), "").ok());
    EXPECT_EQ(make_folder(path("plain")).error().code, Code::kUnavailable);
    EXPECT_EQ(make_folder(path("plain/under")).error().code, Code::kUnavailable);
}

TEST_F(FileTest, listing_is_sorted_and_a_missing_folder_is_not_found) {
    for (const char* name : {"b", "a", "c"})
        ASSERT_TRUE(replace(path(name), "").ok());
    EXPECT_EQ(list(folder_).value(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(list(path("gone")).error().code, Code::kNotFound);
    EXPECT_EQ(list(path("a")).error().code, Code::kUnavailable);
    EXPECT_FALSE(exists(path("gone")));
}

TEST_F(FileTest, syncing_a_missing_folder_fails) {
    EXPECT_TRUE(sync_folder(folder_).ok());
    EXPECT_EQ(sync_folder(path("gone")).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace shu::file
