#include "http/io_loop.h"

#include <array>
#include <boost/asio/post.hpp>
#include <ctime>

#include "foundation/result.h"
#include "http/connection.h"
#include "http/server.h"

namespace shu::http {

namespace asio = boost::asio;

namespace {
thread_local IoLoop* current_loop = nullptr;
}

// One thread runs the context, so its reactor needs no lock; what comes from other threads comes
// through post().
IoLoop::IoLoop(int sweep_ms)
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      guard_(context_.get_executor()),
      timer_(context_),
      sweep_ms_(sweep_ms),
      id_prefix_((static_cast<std::uint64_t>(std::random_device{}()) << 32) |
                 std::random_device{}()) {}

IoLoop::~IoLoop() {
    SHU_ASSERT(!thread_.joinable());
}

IoLoop* IoLoop::current() {
    return current_loop;
}

void IoLoop::start() {
    sweep();
    thread_ = std::thread([self = shared_from_this()] {
        current_loop = self.get();
        self->context_.run();
        current_loop = nullptr;
    });
}

void IoLoop::finish() {
    post([this] {
        finishing_ = true;
        timer_.cancel();
        guard_.reset();
    });
    thread_.join();
    // What comes from now on has nobody to go to.
    std::vector<std::function<void()>> tasks;
    std::vector<RawReply> raw;
    const std::lock_guard lock(mutex_);
    finished_ = true;
    std::swap(tasks, tasks_);
    std::swap(raw, raw_);
}

void IoLoop::wake() {
    asio::post(context_, [this] { drain(); });
}

void IoLoop::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (finished_) return;
        tasks_.push_back(std::move(task));
        if (std::exchange(woken_, true)) return;
    }
    wake();
}

void IoLoop::post_raw(std::shared_ptr<Connection> connection, std::string bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (finished_) return;
        raw_.emplace_back(std::move(connection), std::move(bytes));
        if (std::exchange(woken_, true)) return;
    }
    wake();
}

void IoLoop::post_raw_all(std::vector<RawReply>& replies) {
    {
        const std::lock_guard lock(mutex_);
        if (finished_) return;
        for (RawReply& reply : replies)
            raw_.push_back(std::move(reply));
        if (std::exchange(woken_, true)) return;
    }
    wake();
}

void IoLoop::drain() {
    {
        const std::lock_guard lock(mutex_);
        std::swap(tasks_, draining_tasks_);
        std::swap(raw_, draining_raw_);
        woken_ = false;
    }
    for (auto& [connection, bytes] : draining_raw_)
        connection->answer_raw(std::move(bytes));
    draining_raw_.clear();
    for (auto& task : draining_tasks_)
        task();
    draining_tasks_.clear();
}

void IoLoop::at_end_of_turn(std::function<void()> work) {
    turn_.push_back(std::move(work));
    // Queued behind every handler that is ready now.
    if (turn_.size() == 1) asio::post(context_, [this] { end_turn(); });
}

void IoLoop::end_turn() {
    std::swap(turn_, running_turn_);
    for (auto& work : running_turn_)
        work();
    running_turn_.clear();
}

void IoLoop::sweep() {
    timer_.expires_after(std::chrono::milliseconds(sweep_ms_));
    timer_.async_wait([this](const boost::system::error_code& ec) {
        if (ec || finishing_) return;
        const std::int64_t now = now_ms();
        for_each([now](Connection& connection) { connection.check_deadlines(now); });
        sweep();
    });
}

void IoLoop::add(Connection& connection) {
    connection.loop_next_ = first_;
    connection.loop_previous_ = nullptr;
    if (first_ != nullptr) first_->loop_previous_ = &connection;
    first_ = &connection;
}

void IoLoop::remove(Connection& connection) {
    if (visiting_next_ == &connection) visiting_next_ = connection.loop_next_;
    if (connection.loop_previous_ != nullptr)
        connection.loop_previous_->loop_next_ = connection.loop_next_;
    else
        first_ = connection.loop_next_;
    if (connection.loop_next_ != nullptr)
        connection.loop_next_->loop_previous_ = connection.loop_previous_;
}

void IoLoop::for_each(const std::function<void(Connection&)>& visit) {
    for (Connection* c = first_; c != nullptr; c = visiting_next_) {
        visiting_next_ = c->loop_next_;
        visit(*c);
    }
    visiting_next_ = nullptr;
}

std::int64_t IoLoop::now_ms() {
    std::timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
}

std::string_view IoLoop::date() {
    std::timespec t{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &t);
    if (t.tv_sec != date_second_) {
        date_second_ = t.tv_sec;
        std::tm parts{};
        ::gmtime_r(&t.tv_sec, &parts);
        std::array<char, 40> text{};
        date_.assign(text.data(),
                     std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
    }
    return date_;
}

void IoLoop::append_request_id(std::string& id) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::uint64_t value = id_prefix_ + ++id_count_ * 0x9e3779b97f4a7c15ULL;
    for (int i = 0; i < 16; ++i, value >>= 4)
        id += kDigits[value & 15];
}

void at_end_of_turn(std::function<void()> work) {
    IoLoop* loop = IoLoop::current();
    SHU_ASSERT(loop != nullptr);
    loop->at_end_of_turn(std::move(work));
}

}  // namespace shu::http
