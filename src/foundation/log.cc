#include "foundation/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "foundation/clock.h"
#include "foundation/text.h"

namespace shu {
namespace {

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug: return "debug";
        case LogLevel::kInfo: return "info";
        case LogLevel::kWarning: return "warning";
        case LogLevel::kError: return "error";
    }
    return "error";
}

// A line of the log is JSON whatever it quotes, so malformed bytes are replaced.
std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(
        text::is_utf8(text) ? std::string(text) : text::with_replacements(text)));
}

std::string to_json(const Log::Value& value) {
    struct Writer {
        std::string operator()(const std::string& v) const { return quoted(v); }
        std::string operator()(std::int64_t v) const { return std::to_string(v); }
        std::string operator()(double v) const {
            return boost::json::serialize(boost::json::value(v));
        }
        std::string operator()(bool v) const { return v ? "true" : "false"; }
    };
    return std::visit(Writer{}, value);
}

std::shared_ptr<spdlog::logger> open_logger(spdlog::sink_ptr sink) {
    auto logger = std::make_shared<spdlog::logger>("shu", std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    return logger;
}

}  // namespace

struct Log::State {
    LogLevel level = LogLevel::kInfo;
    std::shared_ptr<spdlog::logger> logger;  // absent: drop everything
};

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::~Log() = default;

std::shared_ptr<const Log> Log::open(LogLevel level, const std::string& path) {
    auto state = std::make_unique<State>();
    state->level = level;
    std::string failure;
    if (!path.empty()) {
        try {
            state->logger = open_logger(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
        } catch (const spdlog::spdlog_ex& exception) {
            failure = exception.what();
        }
    }
    if (!state->logger)
        state->logger = open_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    std::shared_ptr<const Log> log(new Log(std::move(state)));
    if (!failure.empty())
        log->error("the log file cannot be opened; logging to standard error",
                   {{"path", path}, {"reason", failure}});
    return log;
}

std::shared_ptr<const Log> Log::none() {
    return std::shared_ptr<const Log>(new Log(std::make_unique<State>()));
}

void Log::debug(std::string_view what, std::initializer_list<Member> members) const {
    write(LogLevel::kDebug, what, members);
}

void Log::info(std::string_view what, std::initializer_list<Member> members) const {
    write(LogLevel::kInfo, what, members);
}

void Log::warning(std::string_view what, std::initializer_list<Member> members) const {
    write(LogLevel::kWarning, what, members);
}

void Log::error(std::string_view what, std::initializer_list<Member> members) const {
    write(LogLevel::kError, what, members);
}

void Log::write(LogLevel level, std::string_view what,
                std::initializer_list<Member> members) const {
    if (!state_->logger || level < state_->level) return;
    std::string line = R"({"at":")" + to_rfc3339(SystemClock().now()) + R"(","level":")";
    line.append(to_string(level)).append(R"(","what":)").append(quoted(what));
    for (const auto& [name, value] : members)
        line.append(",").append(quoted(name)).append(":").append(to_json(value));
    line.append("}");
    // spdlog reports failures of its sinks itself and does not throw from here.
    state_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace shu
