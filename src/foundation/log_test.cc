#include "foundation/log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "foundation/clock.h"
#include "foundation/file.h"
#include "foundation/json.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu {
namespace {

class LogTest : public testing::Test {
 protected:
    LogTest() {
        std::string pattern = testing::TempDir() + "shu-log-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~LogTest() override { std::filesystem::remove_all(folder_); }

    std::string path() const { return folder_ + "/log"; }

    std::vector<json::value> lines() const {
        const std::string bytes = file::read(path(), limits::json_bytes_max).value();
        std::vector<json::value> values;
        for (const std::string_view line : text::split(bytes, '\n'))
            if (!line.empty()) values.push_back(json::parse(line).value());
        return values;
    }

    std::string folder_;
};

TEST_F(LogTest, a_line_is_one_json_object_with_its_members) {
    Log::open(LogLevel::kInfo, path())
        ->warning("disk is nearly full",
                  {{"path", "/data"}, {"free", std::int64_t{7}}, {"share", 0.5}, {"ro", true}});
    ASSERT_EQ(lines().size(), 1U);
    const json::value line = lines()[0];
    EXPECT_EQ(line.at("level").as_string(), "warning");
    EXPECT_EQ(line.at("what").as_string(), "disk is nearly full");
    EXPECT_EQ(line.at("path").as_string(), "/data");
    EXPECT_EQ(line.at("free").as_int64(), 7);
    EXPECT_EQ(line.at("share").as_double(), 0.5);
    EXPECT_TRUE(line.at("ro").as_bool());
    EXPECT_TRUE(parse_instant(std::string(line.at("at").as_string()), 0).ok());
}

TEST_F(LogTest, lower_levels_are_dropped) {
    const auto log = Log::open(LogLevel::kWarning, path());
    log->debug("a");
    log->info("b");
    log->warning("c");
    log->error("d");
    ASSERT_EQ(lines().size(), 2U);
    EXPECT_EQ(lines()[0].at("what").as_string(), "c");
    EXPECT_EQ(lines()[1].at("what").as_string(), "d");
}

TEST_F(LogTest, hostile_text_cannot_break_a_line) {
    Log::open(LogLevel::kInfo, path())
        ->info("{} %s %v\n\"\\", {{"from\n", std::string("\xFF\x00\x1b\xC0", 4)}});
    ASSERT_EQ(lines().size(), 1U);
    EXPECT_EQ(lines()[0].at("what").as_string(), "{} %s %v\n\"\\");
    EXPECT_TRUE(lines()[0].as_object().contains("from\n"));
}

TEST_F(LogTest, lines_of_many_threads_stay_whole) {
    const auto log = Log::open(LogLevel::kInfo, path());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                log->info(std::string(300, 'x'));
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(lines().size(), 800U);
}

TEST_F(LogTest, a_log_that_cannot_be_opened_falls_back_to_standard_error) {
    testing::internal::CaptureStderr();
    ASSERT_TRUE(file::replace(folder_ + "/plain", "").ok());
    Log::open(LogLevel::kInfo, folder_ + "/plain/log")->info("still heard");
    const std::string seen = testing::internal::GetCapturedStderr();
    EXPECT_NE(seen.find("cannot be opened"), std::string::npos);
    EXPECT_NE(seen.find("still heard"), std::string::npos);
}

TEST_F(LogTest, the_empty_log_says_nothing) {
    testing::internal::CaptureStderr();
    Log::none()->error("unheard");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace shu
