#include "store/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "foundation/limits.h"

namespace shu::store {
namespace {

using ::testing::HasSubstr;

class BlobStoreTest : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "shu-blobs.XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        auto opened = BlobStore::open(folder + "/blobs");
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        store = std::move(*opened);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::size_t files() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder + "/blobs")) {
            count += entry.is_regular_file() ? 1 : 0;
        }
        return count;
    }
    static void write(const std::string& path, std::string_view bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
    }

    std::string folder;
    std::unique_ptr<BlobStore> store;
};

TEST_F(BlobStoreTest, WhatIsPutComesBackUnderItsSm3) {
    for (const std::string& bytes :
         {std::string(), std::string("abc"), std::string(1, '\0'), std::string(3'000'000, 'x')}) {
        auto name = store->put(bytes);
        ASSERT_TRUE(name.ok()) << name.error().detail;
        EXPECT_EQ(*name, crypto::sm3(bytes));
        auto back = store->get(*name, bytes.size());
        ASSERT_TRUE(back.ok()) << back.error().detail;
        EXPECT_EQ(*back, bytes);
    }
}

TEST_F(BlobStoreTest, TheNameIsThePathByHexadecimalDigest) {
    auto name = store->put("abc");
    auto path = store->path_of(*name);
    ASSERT_TRUE(path.ok());
    EXPECT_EQ(
        *path,
        folder + "/blobs/66/c7/66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

TEST_F(BlobStoreTest, TheSameContentIsStoredOnce) {
    auto writer = store->create();
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->append("ab").ok());
    ASSERT_TRUE((*writer)->append("c").ok());
    EXPECT_EQ((*writer)->size(), 3);
    auto pieces = (*writer)->commit();
    ASSERT_TRUE(pieces.ok()) << pieces.error().detail;
    write(folder + "/upload", "abc");
    auto adopted = store->adopt(folder + "/upload");
    ASSERT_TRUE(adopted.ok()) << adopted.error().detail;
    EXPECT_EQ(*store->put("abc"), *pieces);
    EXPECT_EQ(*adopted, *pieces);
    EXPECT_EQ(files(), 1u);
    EXPECT_FALSE(std::filesystem::exists(folder + "/upload"));
}

TEST_F(BlobStoreTest, NothingIsVisibleBeforeCommitAndNothingStaysOfWhatIsGivenUp) {
    {
        auto writer = store->create();
        ASSERT_TRUE(writer.ok());
        ASSERT_TRUE((*writer)->append("abc").ok());
        EXPECT_EQ(store->path_of(crypto::sm3("abc")).error().code, Code::kNotFound);
    }
    EXPECT_EQ(files(), 0u);
}

TEST_F(BlobStoreTest, AWriterIsFinishedOnce) {
    auto writer = store->create();
    ASSERT_TRUE((*writer)->commit().ok());
    EXPECT_EQ((*writer)->commit().error().code, Code::kInvalid);
    EXPECT_EQ((*writer)->append("more").error().code, Code::kInvalid);
}

TEST_F(BlobStoreTest, WhatIsNotThereIsNotFound) {
    EXPECT_EQ(store->get(crypto::sm3("nothing"), 100).error().code, Code::kNotFound);
    EXPECT_FALSE(store->adopt(folder + "/no such file").ok());
}

TEST_F(BlobStoreTest, ABlobLargerThanTheReaderTakesIsRefused) {
    auto name = store->put("abcdef");
    EXPECT_EQ(store->get(*name, 5).error().code, Code::kExhausted);
}

TEST_F(BlobStoreTest, AnyAlteredByteIsFound) {
    auto name = store->put("abcdef");
    const std::string path = *store->path_of(*name);
    for (const std::string_view altered : {"abcdeg", "abcde", "abcdefg", ""}) {
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        write(path, altered);
        auto back = store->get(*name, 100);
        ASSERT_FALSE(back.ok());
        EXPECT_EQ(back.error().code, Code::kCorrupt);
        EXPECT_THAT(back.error().detail, HasSubstr(path));
    }
}

TEST_F(BlobStoreTest, OpeningRemovesOldAbandonedUploadsAndKeepsYoungOnes) {
    const std::string old_file = folder + "/blobs/incoming/old";
    write(old_file, "x");
    write(folder + "/blobs/incoming/young", "x");
    std::filesystem::last_write_time(old_file,
                                     std::filesystem::file_time_type::clock::now() -
                                         std::chrono::hours(limits::blob_abandoned_hours + 1));
    ASSERT_TRUE(BlobStore::open(folder + "/blobs").ok());
    EXPECT_FALSE(std::filesystem::exists(old_file));
    EXPECT_TRUE(std::filesystem::exists(folder + "/blobs/incoming/young"));
}

TEST_F(BlobStoreTest, ManyMayWriteTheSameAtOnce) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 5; ++j)
                EXPECT_TRUE(store->put("blob " + std::to_string(j)).ok());
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(files(), 5u);
}

TEST_F(BlobStoreTest, AFolderThatCannotBeMadeIsUnavailable) {
    write(folder + "/file", "x");
    EXPECT_EQ(BlobStore::open(folder + "/file/blobs").error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace shu::store
