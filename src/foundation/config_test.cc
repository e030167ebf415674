#include "foundation/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "foundation/file.h"

namespace shu {
namespace {

class ConfigTest : public testing::Test {
 protected:
    ConfigTest() {
        std::string pattern = testing::TempDir() + "shu-config-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~ConfigTest() override { std::filesystem::remove_all(folder_); }

    std::string written(std::string_view text) const {
        EXPECT_TRUE(file::replace(folder_ + "/shu.yaml", text).ok());
        return folder_ + "/shu.yaml";
    }

    std::string folder_;
    const ConfigOverrides folders_{.city_folder = "c", .data_folder = "d"};
};

std::string refusal(const Result<ServerConfig>& config) {
    EXPECT_FALSE(config.ok());
    return config.ok() ? "" : config.error().detail;
}

TEST_F(ConfigTest, without_a_file_the_defaults_hold) {
    const ServerConfig config = read_config("", folders_).value();
    EXPECT_EQ(config.city_folder, "c");
    EXPECT_EQ(config.listen, (std::vector<Endpoint>{{"localhost", 8080}}));
    EXPECT_EQ(config.database_url, "");
    EXPECT_FALSE(config.demo);
}

TEST_F(ConfigTest, the_trace_is_archived_after_180_days_at_least_and_only_where_it_is_said) {
    EXPECT_EQ(read_config("", folders_)->trace_archive_folder, "");
    const ServerConfig config =
        read_config(written("city: c\ndata: d\ntrace: {archive: old, online_days: 400}\n"), {})
            .value();
    EXPECT_EQ(config.trace_archive_folder, folder_ + "/old");
    EXPECT_EQ(config.trace_online_days, 400);
    ConfigOverrides overrides = folders_;
    overrides.trace_online_days = 179;
    EXPECT_NE(refusal(read_config("", overrides)).find("180"), std::string::npos);
}

TEST_F(ConfigTest, the_file_overrides_the_defaults_and_the_command_line_the_file) {
    const std::string path = written(
        "city: cities/shenyang\ndata: /var/shu\ndatabase: postgres://db/shu\nlisten: ['0.0.0.0:80', '[::]:80']\n"
        "tls: {certificate: cert.pem, key: key.pem}\nthreads: 3\nworkers: 9\ndemo: true\nlog_level: warning\n");
    const ServerConfig from_file = read_config(path, {}).value();
    EXPECT_EQ(from_file.city_folder, folder_ + "/cities/shenyang")
        << "paths are taken from the file's folder";
    EXPECT_EQ(from_file.data_folder, "/var/shu");
    EXPECT_EQ(from_file.tls_key_path, folder_ + "/key.pem");
    EXPECT_EQ(from_file.listen, (std::vector<Endpoint>{{"0.0.0.0", 80}, {"::", 80}}));
    EXPECT_EQ(from_file.threads, 3);
    EXPECT_EQ(from_file.log_level, LogLevel::kWarning);
    EXPECT_TRUE(from_file.demo);

    const ServerConfig both = read_config(path, {.city_folder = "here",
                                                 .database_url = "",
                                                 .listen = {"localhost:1"},
                                                 .workers = 2,
                                                 .demo = false,
                                                 .log_level = "debug"})
                                  .value();
    EXPECT_EQ(both.city_folder, "here");
    EXPECT_EQ(both.database_url, "");
    EXPECT_EQ(both.listen, (std::vector<Endpoint>{{"localhost", 1}}));
    EXPECT_EQ(both.threads, 3);
    EXPECT_EQ(both.workers, 2);
    EXPECT_FALSE(both.demo);
    EXPECT_EQ(both.log_level, LogLevel::kDebug);
}

TEST_F(ConfigTest, every_mistake_of_the_file_is_told_with_its_place) {
    const std::string path = written("city: c\nthread: 4\nworkers: many\nlisten: []\n");
    EXPECT_EQ(refusal(read_config(path, folders_)),
              path + ":2:1: /thread: 'thread' is not known here; did you mean 'threads'?\n" + path +
                  ":3:1: /workers: 'many' is not a whole number; write digits, without quotes\n" +
                  path + ":4:1: /listen: has 0 items; write at least 1");
}

TEST_F(ConfigTest, a_file_that_was_named_must_be_there_but_may_say_nothing) {
    EXPECT_EQ(read_config(folder_ + "/gone.yaml", folders_).error().code, Code::kNotFound);
    EXPECT_TRUE(read_config(written("# nothing yet\n"), folders_).ok());
}

TEST_F(ConfigTest, settings_that_do_not_fit_together_are_refused) {
    EXPECT_EQ(refusal(read_config("", {})),
              "no city; name its folder with --city\nno place for data; name a folder with --data");
    ConfigOverrides overrides = folders_;
    overrides.tls_key_path = "k";
    EXPECT_NE(refusal(read_config("", overrides)).find("both a certificate and its key"),
              std::string::npos);
    overrides = folders_;
    overrides.database_url = "mysql://x";
    EXPECT_NE(refusal(read_config("", overrides)).find("postgres://"), std::string::npos);
    overrides = folders_;
    overrides.threads = -1;
    EXPECT_NE(refusal(read_config("", overrides)).find("threads"), std::string::npos);
    overrides = folders_;
    overrides.log_level = "loud";
    EXPECT_NE(refusal(read_config("", overrides)).find("'loud'"), std::string::npos);
    overrides = folders_;
    overrides.listen = {"localhost"};
    EXPECT_NE(refusal(read_config("", overrides)).find("HOST:PORT"), std::string::npos);
}

TEST(EndpointTest, reads_names_and_addresses_of_both_families) {
    EXPECT_EQ(parse_endpoint("localhost:8080").value(), (Endpoint{"localhost", 8080}));
    EXPECT_EQ(parse_endpoint("0.0.0.0:0").value(), (Endpoint{"0.0.0.0", 0}));
    EXPECT_EQ(parse_endpoint("[::1]:443").value(), (Endpoint{"::1", 443}));
    EXPECT_EQ(to_string(Endpoint{"::1", 443}), "[::1]:443");
    EXPECT_EQ(to_string(Endpoint{"a", 1}), "a:1");
}

TEST(EndpointTest, refuses_what_is_no_place) {
    for (const char* text : {"", ":", ":80", "a", "a:", "a:x", "a:65536", "a:-1", "a:+1", "::1:80",
                             "[]:80", "[a]:80", "http://a:80", "a b:80", "[::1]", "[::1]80"})
        EXPECT_FALSE(parse_endpoint(text).ok()) << text;
}

}  // namespace
}  // namespace shu
