// The program's own log: JSON lines on standard error (one object a line: at, level, what, and the
// given members). It tells operators what the program does; what the government does is an act and
// belongs to the ledger.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace shu {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// A logger; const methods may be called from any thread. Never log secrets, names or identity
/// numbers.
class Log {
 public:
    using Value = std::variant<std::string, std::int64_t, double, bool>;
    using Member = std::pair<std::string_view, Value>;

    /// `path` empty: standard error. A file that cannot be opened is reported on standard error,
    /// which is then used.
    static std::shared_ptr<const Log> open(LogLevel level, const std::string& path = "");
    /// Drops everything; for tests.
    static std::shared_ptr<const Log> none();

    void debug(std::string_view what, std::initializer_list<Member> members = {}) const;
    void info(std::string_view what, std::initializer_list<Member> members = {}) const;
    void warning(std::string_view what, std::initializer_list<Member> members = {}) const;
    void error(std::string_view what, std::initializer_list<Member> members = {}) const;

    ~Log();

 private:
    struct State;
    explicit Log(std::unique_ptr<State> state);
    void write(LogLevel level, std::string_view what, std::initializer_list<Member> members) const;
    std::unique_ptr<State> state_;
};

}  // namespace shu
