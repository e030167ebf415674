// The server's settings: defaults, an optional YAML file over them, the command line over both.
// Plain values, read once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/log.h"
#include "foundation/result.h"
#include "foundation/shape.h"

namespace shu {

/// Where the server listens.
struct Endpoint {
    std::string host;  ///< a name or an address, IPv6 without its brackets
    int port = 0;      ///< 1..65535, or 0 for any free one

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads `HOST:PORT` or `[IPV6]:PORT`. Errors: Invalid.
Result<Endpoint> parse_endpoint(std::string_view text);

/// `HOST:PORT`, or `[IPV6]:PORT`.
std::string to_string(const Endpoint& endpoint);

/// The least time that the trace of gateway calls stays online before it is archived: 180 days
/// (standards.md 12.3; the law asks for six months).
inline constexpr int kTraceOnlineDaysMin = 180;
inline constexpr int kTraceOnlineDaysMax = 36'500;

struct ServerConfig {
    std::string city_folder;
    std::string data_folder;
    std::string database_url;  ///< postgres://...; empty: SQLite in the data folder
    std::vector<Endpoint> listen = {{"localhost", 8080}};  ///< IPv4, and IPv6 where there is one
    std::string tls_certificate_path;  ///< with the key, or neither: then plain HTTP
    std::string tls_key_path;
    int threads = 0;  ///< that serve connections; 0: one a core
    int workers = 0;  ///< that run requests; 0: two a core
    bool demo = false;
    LogLevel log_level = LogLevel::kInfo;
    std::string trace_archive_folder;  ///< empty: the gateway's trace stays where it is
    int trace_online_days = kTraceOnlineDaysMin;
};

/// What the command line says; what it leaves out stays as the file or the defaults have it.
struct ConfigOverrides {
    std::optional<std::string> city_folder{};
    std::optional<std::string> data_folder{};
    std::optional<std::string> database_url{};
    std::vector<std::string> listen{};  ///< empty: not said
    std::optional<std::string> tls_certificate_path{};
    std::optional<std::string> tls_key_path{};
    std::optional<int> threads{};
    std::optional<int> workers{};
    std::optional<bool> demo{};
    std::optional<std::string> trace_archive_folder{};
    std::optional<int> trace_online_days{};
    std::optional<std::string> log_level{};  ///< debug, info, warning, error
};

/// The shape of the file: city, data, database, listen, tls.certificate, tls.key, threads, workers,
/// demo, log_level, trace.archive, trace.online_days. Paths in it are taken from the file's folder.
Shape config_shape();

/// The settings to serve with. `path` empty: no file. Errors: NotFound, Invalid with every mistake,
/// one a line.
Result<ServerConfig> read_config(const std::string& path, const ConfigOverrides& overrides);

}  // namespace shu
