#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "foundation/crypto/sm2.h"
#include "foundation/crypto/sm2_example_test.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::crypto {
namespace {

class Sm2KeyFile : public Sm2 {
 protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "shu-sm2-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        path_ = folder_ / "city.key";
    }
    void TearDown() override {
        std::filesystem::remove_all(folder_);
        Sm2::TearDown();
    }

    std::filesystem::path folder_;
    std::string path_;
};

TEST_F(Sm2KeyFile, IsMadeOnceAndReadAfterwards) {
    const Sm2Key made = Sm2Key::open_or_create(path_).value();
    const Sm2Key read = Sm2Key::open_or_create(path_).value();
    EXPECT_EQ(made.public_key(), read.public_key());
    EXPECT_TRUE(made.public_key().verify("text", read.sign("text")).ok());
    const std::string public_pem = file::read(path_ + ".pub", limits::pem_bytes_max).value();
    EXPECT_EQ(Sm2PublicKey::from_pem(public_pem).value(), made.public_key());
}

TEST_F(Sm2KeyFile, IsReadableByTheOwnerOnlyAndThePublicOneByEveryone) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    ASSERT_EQ(::stat((path_ + ".pub").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0444, 0444u);
}

TEST_F(Sm2KeyFile, IsRefusedWhenOthersMayReadIt) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
    EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kDenied);
}

TEST_F(Sm2KeyFile, IsNeverReplacedWhenItIsDamaged) {
    for (const std::string& bytes :
         {std::string(), std::string("not a key"), Sm2Key::generate().public_key().pem()}) {
        ASSERT_TRUE(file::replace(path_, bytes, file::Access::kOwner).ok());
        EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kInvalid);
        EXPECT_EQ(file::read(path_, limits::pem_bytes_max).value(), bytes);
    }
}

TEST_F(Sm2KeyFile, GetsItsPublicFileBackAfterACrashBetweenTheTwo) {
    const Sm2Key made = Sm2Key::open_or_create(path_).value();
    std::filesystem::remove(path_ + ".pub");
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    EXPECT_EQ(file::read(path_ + ".pub", limits::pem_bytes_max).value(), made.public_key().pem());
}

TEST_F(Sm2KeyFile, IsRefusedBesideThePublicKeyOfAnother) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    for (const std::string& other :
         {Sm2Key::generate().public_key().pem(), std::string("nonsense")}) {
        ASSERT_TRUE(file::replace(path_ + ".pub", other).ok());
        EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kInvalid);
        EXPECT_EQ(file::read(path_ + ".pub", limits::pem_bytes_max).value(), other);
    }
}

TEST_F(Sm2KeyFile, IsNotMadeAnewWhenItIsLostAndItsPublicFileIsNot) {
    ASSERT_TRUE(Sm2Key::open_or_create(path_).ok());
    std::filesystem::remove(path_);
    EXPECT_EQ(code_of(Sm2Key::open_or_create(path_)), Code::kInvalid);
    EXPECT_FALSE(file::exists(path_));
    std::filesystem::remove(path_ + ".pub");
    EXPECT_TRUE(Sm2Key::open_or_create(path_).ok());
}

TEST_F(Sm2KeyFile, IsUnavailableWhereNoFileCanBeWritten) {
    const auto key = Sm2Key::open_or_create((folder_ / "absent" / "city.key").string());
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.error().code, Code::kUnavailable);
}

// The openssl program as a second opinion: it shares no line with our converters, ids and key
// files.
class Sm2Openssl : public Sm2KeyFile {
 protected:
    void SetUp() override {
        Sm2KeyFile::SetUp();
        is_there_ = std::system("openssl version >/dev/null 2>&1") == 0;
        if (!is_there_) std::cout << "skipped: there is no program openssl on the path\n";
    }

    bool run(const std::string& arguments) const {
        const std::string line = "cd " + folder_.string() + " && openssl " + arguments;
        return std::system((line + " >/dev/null 2>&1").c_str()) == 0;
    }

    void put(const std::string& name, std::string_view bytes) const {
        ASSERT_TRUE(file::replace((folder_ / name).string(), bytes).ok());
    }

    std::string get(const std::string& name) const {
        return file::read((folder_ / name).string(), limits::kMiB).value_or("");
    }

    bool is_there_ = false;
};

TEST_F(Sm2Openssl, VerifiesWhatWeSignedAndNothingElse) {
    if (!is_there_) return;
    const Sm2Key key = Sm2Key::open_or_create(path_).value();
    put("message", "a checkpoint");
    put("other", "another checkpoint");
    put("signature", signature_to_der(key.sign("a checkpoint")).value());
    const std::string verify =
        "dgst -sm3 -verify city.key.pub -signature signature -sigopt distid:1234567812345678 ";
    EXPECT_TRUE(run(verify + "message"));
    EXPECT_FALSE(run(verify + "other"));
}

TEST_F(Sm2Openssl, SignsWithOurKeyFileWhatWeVerify) {
    if (!is_there_) return;
    const Sm2Key key = Sm2Key::open_or_create(path_).value();
    put("message", "a checkpoint");
    ASSERT_TRUE(
        run("dgst -sm3 -sign city.key -sigopt distid:1234567812345678 -out signature message"));
    const std::string signature = signature_from_der(get("signature")).value();
    EXPECT_TRUE(key.public_key().verify("a checkpoint", signature).ok());
}

TEST_F(Sm2Openssl, MakesKeysThatWeRead) {
    if (!is_there_) return;
    ASSERT_TRUE(run("genpkey -algorithm SM2 -out theirs.key"));
    ASSERT_TRUE(run("pkey -in theirs.key -pubout -out theirs.pub"));
    const Sm2Key key = Sm2Key::from_pem(get("theirs.key")).value();
    EXPECT_EQ(Sm2PublicKey::from_pem(get("theirs.pub")).value(), key.public_key());
    EXPECT_EQ(key.pem(), get("theirs.key"));
    EXPECT_EQ(key.public_key().pem(), get("theirs.pub"));
    ASSERT_TRUE(run("ec -in theirs.key -out older.key"));
    EXPECT_EQ(Sm2Key::from_pem(get("older.key"))->public_key(), key.public_key());
}

TEST_F(Sm2Openssl, OpensWhatWeEncryptedAndTheOtherWayRound) {
    if (!is_there_) return;
    const Sm2Key key = Sm2Key::open_or_create(path_).value();
    put("sealed", ciphertext_to_der(key.public_key().encrypt("a secret").value()).value());
    ASSERT_TRUE(run("pkeyutl -decrypt -inkey city.key -in sealed -out opened"));
    EXPECT_EQ(get("opened"), "a secret");
    ASSERT_TRUE(run("pkeyutl -encrypt -pubin -inkey city.key.pub -in opened -out theirs"));
    EXPECT_EQ(key.decrypt(ciphertext_from_der(get("theirs")).value()).value(), "a secret");
}

}  // namespace
}  // namespace shu::crypto
