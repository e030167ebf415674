#include "foundation/config.h"

#include <algorithm>
#include <filesystem>

#include "foundation/limits.h"
#include "foundation/text.h"
#include "foundation/yaml.h"

namespace shu {
namespace {

constexpr int kPortMax = 65'535;

std::optional<LogLevel> parse_log_level(std::string_view text) {
    if (text == "debug") return LogLevel::kDebug;
    if (text == "info") return LogLevel::kInfo;
    if (text == "warning") return LogLevel::kWarning;
    if (text == "error") return LogLevel::kError;
    return std::nullopt;
}

/// One error out of many mistakes.
Result<void> none_of(const std::vector<std::string>& mistakes) {
    if (mistakes.empty()) return {};
    return invalid(text::join(mistakes, "\n"));
}

std::string from_folder_of(const std::string& file, const std::string& path) {
    return path.empty() ? path : (std::filesystem::path(file).parent_path() / path).string();
}

Result<void> read_listen(const std::vector<std::string>& texts, ServerConfig& config) {
    if (texts.empty()) return {};
    if (texts.size() > limits::listen_endpoints_max)
        return invalid("listen: at most " + std::to_string(limits::listen_endpoints_max) +
                       " places");
    config.listen.clear();
    for (const std::string& text : texts)
        config.listen.push_back(SHU_TRY(parse_endpoint(text)));
    return {};
}

Result<void> apply_file(const std::string& path, ServerConfig& config) {
    const Shape shape = config_shape();
    const yaml::Document document = SHU_TRY(yaml::read(path, shape));
    if (document.root.is_null()) return {};  // every line commented out
    std::vector<Problem> problems;
    shape.check(document.root, "", problems);
    std::vector<std::string> mistakes;
    for (const Problem& problem : problems)
        mistakes.push_back(yaml::to_string(document, problem));
    SHU_CHECK(none_of(mistakes));

    const json::Reader file(document.root);
    config.city_folder = from_folder_of(path, file.text_or("city"));
    config.data_folder = from_folder_of(path, file.text_or("data"));
    config.database_url = file.text_or("database");
    if (const auto tls = file.member("tls")) {
        config.tls_certificate_path = from_folder_of(path, tls->text_or("certificate"));
        config.tls_key_path = from_folder_of(path, tls->text_or("key"));
    }
    if (const auto trace = file.member("trace")) {
        config.trace_archive_folder = from_folder_of(path, trace->text_or("archive"));
        config.trace_online_days =
            static_cast<int>(trace->integer_or("online_days", config.trace_online_days));
    }
    config.threads = static_cast<int>(file.integer_or("threads", config.threads));
    config.workers = static_cast<int>(file.integer_or("workers", config.workers));
    config.demo = file.boolean_or("demo", config.demo);
    config.log_level = parse_log_level(file.text_or("log_level")).value_or(config.log_level);
    const auto listen = read_listen(file.texts("listen"), config);
    if (!listen) return within(path, listen.error());
    return {};
}

Result<void> apply_overrides(const ConfigOverrides& overrides, ServerConfig& config) {
    config.city_folder = overrides.city_folder.value_or(config.city_folder);
    config.data_folder = overrides.data_folder.value_or(config.data_folder);
    config.database_url = overrides.database_url.value_or(config.database_url);
    config.tls_certificate_path =
        overrides.tls_certificate_path.value_or(config.tls_certificate_path);
    config.tls_key_path = overrides.tls_key_path.value_or(config.tls_key_path);
    config.trace_archive_folder =
        overrides.trace_archive_folder.value_or(config.trace_archive_folder);
    config.trace_online_days = overrides.trace_online_days.value_or(config.trace_online_days);
    config.threads = overrides.threads.value_or(config.threads);
    config.workers = overrides.workers.value_or(config.workers);
    config.demo = overrides.demo.value_or(config.demo);
    if (overrides.log_level) {
        const auto level = parse_log_level(*overrides.log_level);
        if (!level)
            return invalid("log level '" + *overrides.log_level +
                           "' is none of debug, info, warning, error");
        config.log_level = *level;
    }
    return read_listen(overrides.listen, config);
}

/// What must hold between the settings, whoever gave them.
Result<void> check(const ServerConfig& config) {
    std::vector<std::string> mistakes;
    const auto require = [&](bool holds, std::string mistake) {
        if (!holds) mistakes.push_back(std::move(mistake));
    };
    require(!config.city_folder.empty(), "no city; name its folder with --city");
    require(!config.data_folder.empty(), "no place for data; name a folder with --data");
    require(config.database_url.empty() || config.database_url.starts_with("postgres://") ||
                config.database_url.starts_with("postgresql://"),
            "the database is not a postgres:// address; leave it out for SQLite");
    require(config.tls_certificate_path.empty() == config.tls_key_path.empty(),
            "TLS needs both a certificate and its key");
    require(config.threads >= 0 && config.threads <= limits::server_threads_max,
            "threads must be from 0 to " + std::to_string(limits::server_threads_max));
    require(config.workers >= 0 && config.workers <= limits::server_workers_max,
            "workers must be from 0 to " + std::to_string(limits::server_workers_max));
    require(config.trace_online_days >= kTraceOnlineDaysMin &&
                config.trace_online_days <= kTraceOnlineDaysMax,
            "the trace stays online for " + std::to_string(kTraceOnlineDaysMin) + " to " +
                std::to_string(kTraceOnlineDaysMax) + " days before it is archived");
    return none_of(mistakes);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    const Error refusal = invalid("'" + std::string(text.substr(0, 100)) +
                                  "' is not a place to listen; write HOST:PORT or [IPV6]:PORT");
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return refusal;
    std::string_view host = text.substr(0, colon);
    const bool in_brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (in_brackets) host = host.substr(1, host.size() - 2);
    const std::string_view digits = text.substr(colon + 1);
    const auto port = text::parse_integer(digits);
    const bool host_is_right = !host.empty() && (host.find(':') != host.npos) == in_brackets &&
                               host.find_first_of("[]/ ") == host.npos;
    const bool port_is_right =
        port.ok() && digits.find_first_of("+-") == digits.npos && *port <= kPortMax;
    if (!host_is_right || !port_is_right) return refusal;
    return Endpoint{std::string(host), static_cast<int>(*port)};
}

std::string to_string(const Endpoint& endpoint) {
    const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
           std::to_string(endpoint.port);
}

Shape config_shape() {
    const Shape tls = Shape::object({
        {.name = "certificate",
         .shape = Shape::text(),
         .required = true,
         .description = "PEM file of the certificate chain"},
        {.name = "key",
         .shape = Shape::text(),
         .required = true,
         .description = "PEM file of the private key"},
    });
    return Shape::object({
        {.name = "city",
         .shape = Shape::text(),
         .description = "the folder that declares the city"},
        {.name = "data",
         .shape = Shape::text(),
         .description = "the folder for everything the server writes"},
        {.name = "database",
         .shape = Shape::text(),
         .description = "postgres://...; SQLite in the data folder if left out"},
        {.name = "listen",
         .shape = Shape::list(Shape::text_matching(".+:[0-9]+", "127.0.0.1:8080"), 1)},
        {.name = "tls", .shape = tls},
        {.name = "trace",
         .shape = Shape::object({{.name = "archive",
                                  .shape = Shape::text(),
                                  .required = true,
                                  .description = "folder for old segments of the gateway's trace"},
                                 {.name = "online_days",
                                  .shape = Shape::integer(kTraceOnlineDaysMin, kTraceOnlineDaysMax),
                                  .description = "how long the trace stays in the data folder"}}),
         .description = "without it the gateway's trace stays in the data folder"},
        {.name = "threads", .shape = Shape::integer(0, limits::server_threads_max)},
        {.name = "workers", .shape = Shape::integer(0, limits::server_workers_max)},
        {.name = "demo",
         .shape = Shape::boolean(),
         .description = "demonstration accounts, on this machine only"},
        {.name = "log_level", .shape = Shape::one_of({"debug", "info", "warning", "error"})},
    });
}

Result<ServerConfig> read_config(const std::string& path, const ConfigOverrides& overrides) {
    ServerConfig config;
    if (!path.empty()) SHU_CHECK(apply_file(path, config));
    SHU_CHECK(apply_overrides(overrides, config));
    SHU_CHECK(check(config));
    return config;
}

}  // namespace shu
