// Where the server listens: names that stand for several addresses, and addresses that the machine
// does not have.
#include "http/listener.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "http/test_server.h"

namespace shu::http {
namespace {

// RFC 5737 and RFC 3849: for documentation, so no machine's own.
constexpr const char* kForeignIpv4 = "192.0.2.1";
constexpr const char* kForeignIpv6 = "2001:db8::1";

class Listening : public ::testing::Test {
 protected:
    void SetUp() override {
        path_ = std::filesystem::temp_directory_path() /
                ("shu-listener-" + std::to_string(::getpid()) + ".log");
        log_ = Log::open(LogLevel::kInfo, path_.string());
    }
    void TearDown() override { std::filesystem::remove(path_); }

    Result<std::vector<std::unique_ptr<Listener>>> open(const std::string& address) {
        return Listener::open(
            loop_, address, [](Accepted) {}, *log_);
    }
    Result<std::vector<std::unique_ptr<Listener>>> open_at(
        const std::vector<std::string>& addresses, int port = 0) {
        return Listener::open_at(
            loop_, "city.example:0", addresses, port, [](Accepted) {}, *log_);
    }
    std::string logged() {
        log_.reset();
        std::ifstream in(path_);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    std::filesystem::path path_;
    std::shared_ptr<const Log> log_;
    IoLoop loop_{1'000};
};

TEST_F(Listening, AtLocalhostIsAtBothLoopbackAddressesOnOnePort) {
    const auto opened = open("localhost:0");
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    ASSERT_EQ(opened->size(), 2U);
    EXPECT_GT(opened->front()->port(), 0);
    EXPECT_EQ(opened->front()->port(), opened->back()->port());
    EXPECT_TRUE(testing::Socket(opened->front()->port()).connected());
    EXPECT_TRUE(testing::Socket(opened->back()->port(), true).connected());
    EXPECT_EQ(logged(), "");
}

TEST_F(Listening, PassesOverAnAddressThatTheMachineDoesNotHaveAndSaysSo) {
    for (const char* absent : {kForeignIpv4, kForeignIpv6}) {
        const auto opened = open_at({absent, "127.0.0.1"});
        ASSERT_TRUE(opened.ok()) << opened.error().detail;
        EXPECT_EQ(opened->size(), 1U);
        EXPECT_TRUE(testing::Socket(opened->front()->port()).connected());
    }
    const std::string log = logged();
    EXPECT_NE(log.find(kForeignIpv4), std::string::npos) << log;
    EXPECT_NE(log.find(kForeignIpv6), std::string::npos) << log;
    EXPECT_NE(log.find("city.example:0"), std::string::npos) << log;
}

TEST_F(Listening, FailsWhenNoneOfTheAddressesIsThere) {
    for (const auto& addresses :
         {std::vector<std::string>{kForeignIpv4},
          std::vector<std::string>{kForeignIpv6, kForeignIpv4}, std::vector<std::string>{}}) {
        const auto opened = open_at(addresses);
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().code, Code::kUnavailable);
        EXPECT_NE(opened.error().detail.find("city.example:0"), std::string::npos);
    }
}

TEST_F(Listening, FailsWhenOneOfTheAddressesIsTaken) {
    const auto first = open("127.0.0.1:0");
    ASSERT_TRUE(first.ok()) << first.error().detail;
    const int port = first->front()->port();
    const auto second = open("localhost:" + std::to_string(port));
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Code::kUnavailable);
    EXPECT_NE(second.error().detail.find("Address already in use"), std::string::npos)
        << second.error().detail;
}

TEST_F(Listening, RefusesWhatIsNoAddressAndNamesUnknownHosts) {
    for (const char* address : {"", "8080", "::1:8080", "[::1]", "a:b", "a:65536", ":80"}) {
        const auto opened = open(address);
        ASSERT_FALSE(opened.ok()) << address;
        EXPECT_EQ(opened.error().code, Code::kInvalid) << address;
    }
    const auto unknown = open("no-such-host.invalid:80");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code, Code::kUnavailable);
    EXPECT_NE(unknown.error().detail.find("no-such-host.invalid:80"), std::string::npos);
}

}  // namespace
}  // namespace shu::http
