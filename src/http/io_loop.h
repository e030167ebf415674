// One I/O thread: its io_context, what other threads hand to it, its connections and its coarse
// clock. Inside http only.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace shu::http {

class Connection;

/// Counters of one thread, read by others.
struct LoopCounters {
    std::atomic<std::int64_t> requests{0};
    std::atomic<std::int64_t> refused{0};
    std::atomic<std::int64_t> errors{0};
};

/// Used on its own thread, but for post() and post_raw(). Connections keep it alive, because their
/// sockets belong to its io_context.
class IoLoop : public std::enable_shared_from_this<IoLoop> {
 public:
    using RawReply = std::pair<std::shared_ptr<Connection>, std::string>;

    /// `sweep_ms`: how often the connections' deadlines are looked at.
    explicit IoLoop(int sweep_ms);
    ~IoLoop();

    void start();
    /// Lets run() return once nothing is under way; then joins.
    void finish();

    /// The loop whose thread this is; nullptr elsewhere.
    static IoLoop* current();

    /// From any thread; in order. One wake-up for all that is posted until the loop looks.
    void post(std::function<void()> task);
    void post_raw(std::shared_ptr<Connection> connection, std::string bytes);
    void post_raw_all(std::vector<RawReply>& replies);

    void at_end_of_turn(std::function<void()> work);

    void add(Connection& connection);
    void remove(Connection& connection);
    /// Calls `visit` for every connection; it may remove the connection it is given.
    void for_each(const std::function<void(Connection&)>& visit);

    /// Milliseconds of a coarse steady clock.
    static std::int64_t now_ms();
    std::string_view date();  ///< IMF-fixdate (RFC 9110 5.6.7)
    void append_request_id(std::string& id);

    boost::asio::io_context& context() { return context_; }
    LoopCounters counters;

 private:
    void wake();
    void drain();
    void end_turn();
    void sweep();

    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    boost::asio::steady_timer timer_;
    int sweep_ms_;
    std::thread thread_;
    bool finishing_ = false;

    std::mutex mutex_;
    std::vector<std::function<void()>> tasks_;
    std::vector<RawReply> raw_;
    bool woken_ = false;
    bool finished_ = false;

    std::vector<std::function<void()>> draining_tasks_;
    std::vector<RawReply> draining_raw_;
    std::vector<std::function<void()>> turn_;
    std::vector<std::function<void()>> running_turn_;

    Connection* first_ = nullptr;
    Connection* visiting_next_ = nullptr;
    std::string date_;
    std::int64_t date_second_ = 0;
    std::uint64_t id_prefix_;
    std::uint64_t id_count_ = 0;
};

}  // namespace shu::http
