// Errors as values: Result<T>, Error, SHU_TRY and SHU_ASSERT.
//
// A function that can fail returns Result<T>. Nothing of ours throws; an adapter beside each
// library turns that library's exceptions into an Error. SHU_ASSERT states what only a bug of ours
// can break; it stays on in release.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace shu {

/// What went wrong, as far as a caller acts on it. A new code needs a caller that does something
/// different.
enum class Code {
    kInvalid,   ///< The input breaks a rule; sending it again changes nothing. HTTP 400 or 422.
    kUnsigned,  ///< Nobody has proved who they are. HTTP 401.
    kDenied,    ///< The caller is known and may not do this. HTTP 403.
    kNotFound,  ///< There is no such thing, or the caller may not know of it. HTTP 404.
    kConflict,  ///< The state has changed or does not allow it; read again, then decide again. HTTP
                ///< 409.
    kExhausted,    ///< A limit, quota or queue is full; try later. HTTP 429 or 413.
    kUnavailable,  ///< A disk, database or service does not answer; try later. HTTP 503.
    kCorrupt,      ///< Stored or received bytes contradict their own checksum, signature or format.
                   ///< HTTP 500.
};

/// The code's stable name, as it stands in problem documents: "invalid", "not-found", ...
std::string_view to_string(Code code);

/// An error value. `detail` is a sentence for people: it names the place and the remedy.
struct Error {
    Code code = Code::kInvalid;
    std::string detail;

    friend bool operator==(const Error&, const Error&) = default;
};

inline Error invalid(std::string detail) {
    return {Code::kInvalid, std::move(detail)};
}
inline Error unsigned_in(std::string detail) {
    return {Code::kUnsigned, std::move(detail)};
}
inline Error denied(std::string detail) {
    return {Code::kDenied, std::move(detail)};
}
inline Error not_found(std::string detail) {
    return {Code::kNotFound, std::move(detail)};
}
inline Error conflict(std::string detail) {
    return {Code::kConflict, std::move(detail)};
}
inline Error exhausted(std::string detail) {
    return {Code::kExhausted, std::move(detail)};
}
inline Error unavailable(std::string detail) {
    return {Code::kUnavailable, std::move(detail)};
}
inline Error corrupt(std::string detail) {
    return {Code::kCorrupt, std::move(detail)};
}

namespace detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

/// Aborts with the place when `condition` is false. For our own bugs only, never for outside input.
#define SHU_ASSERT(condition)                                                \
    do {                                                                     \
        if (!(condition)) [[unlikely]]                                       \
            ::shu::detail::assertion_failed(#condition, __FILE__, __LINE__); \
    } while (false)

/// A value of type T or an Error. Default-constructed it is an error, so that it may stand in
/// containers and coroutines. Reading the value of an error is a bug and aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
    using Value = T;

    Result() : state_(Error{Code::kUnavailable, "the result was never set"}) {}
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        SHU_ASSERT(ok());
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        SHU_ASSERT(ok());
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        SHU_ASSERT(ok());
        return std::move(*std::get_if<0>(&state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T otherwise) const& { return ok() ? value() : std::move(otherwise); }

    const Error& error() const& {
        SHU_ASSERT(!ok());
        return *std::get_if<1>(&state_);
    }
    Error&& error() && {
        SHU_ASSERT(!ok());
        return std::move(*std::get_if<1>(&state_));
    }

 private:
    std::variant<T, Error> state_;
};

/// Success without a value, or an Error. Default-constructed it is success.
template <>
class [[nodiscard]] Result<void> {
 public:
    using Value = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)), ok_(false) {}

    bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    void value() const { SHU_ASSERT(ok_); }
    const Error& error() const& {
        SHU_ASSERT(!ok_);
        return error_;
    }
    Error&& error() && {
        SHU_ASSERT(!ok_);
        return std::move(error_);
    }

 private:
    Error error_;
    bool ok_ = true;
};

#define SHU_JOIN_NAMES_(a, b) a##b
#define SHU_JOIN_NAMES(a, b) SHU_JOIN_NAMES_(a, b)
#define SHU_TRY_NAMED(name, expression)     \
    __extension__({                         \
        auto name = (expression);           \
        if (!name.ok()) [[unlikely]]        \
            return std::move(name).error(); \
        std::move(name).value();            \
    })
#define SHU_CHECK_NAMED(name, expression)   \
    do {                                    \
        auto name = (expression);           \
        if (!name.ok()) [[unlikely]]        \
            return std::move(name).error(); \
    } while (false)

/// Evaluates an expression of type Result<T>: its value, or return of its error from the enclosing
/// function. May be nested. Not in coroutines: g++ 12 crashes on a statement expression there;
/// write SHU_CHECK or an `if`. Not between the braces that build an object: when one returns from
/// there, g++ 12 does not destroy the members built before it; take the value first.
#define SHU_TRY(expression) SHU_TRY_NAMED(SHU_JOIN_NAMES(shu_try_, __COUNTER__), expression)

/// Statement form for Result<void>.
#define SHU_CHECK(expression) SHU_CHECK_NAMED(SHU_JOIN_NAMES(shu_check_, __COUNTER__), expression)

/// The same error with the place in front of its detail: "row 3: ...".
inline Error within(std::string_view place, Error error) {
    error.detail.insert(0, std::string(place) + ": ");
    return error;
}

}  // namespace shu
