// One connection: a state machine driven by its loop. It reads a head, finds the route, takes the
// body, has the request answered, writes the answer, and begins again. How bytes travel (plain or
// TLS) is left to the two classes that derive from it.
#pragma once

#include <array>
#include <atomic>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/dispatcher.h"
#include "http/event_stream.h"
#include "http/file_body.h"
#include "http/io_loop.h"
#include "http/received_request.h"
#include "http/request_parser.h"
#include "http/router.h"
#include "http/spool.h"
#include "http/worker_pool.h"

namespace shu::http {

/// How many connections are open. All members may be called from any thread.
class ConnectionCount {
 public:
    /// False, and nothing counted, when there are `most` already.
    bool enter(std::int64_t most) {
        if (count_.fetch_add(1) < most) return true;
        leave();
        return false;
    }
    void leave() {
        if (count_.fetch_sub(1) != 1) return;
        const std::lock_guard lock(mutex_);  // a waiter has looked and sleeps, or has yet to look
        none_.notify_all();
    }
    std::int64_t count() const { return count_.load(); }
    /// False when some are still open after `timeout_ms`.
    bool wait_for_none(int timeout_ms) {
        std::unique_lock lock(mutex_);
        return none_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                              [this] { return count_.load() == 0; });
    }

 private:
    std::atomic<std::int64_t> count_{0};
    std::mutex mutex_;
    std::condition_variable none_;
};

/// What all connections of a server share; unchanged while it serves, but for the atomics.
struct Serving {
    Serving(const Router& r, Dispatcher d, int workers);

    const Router& router;
    Dispatcher dispatcher;
    WorkerPool workers;
    std::string spool_folder;
    int header_timeout_ms = 0;
    int keep_alive_timeout_ms = 0;
    int body_timeout_ms = 0;
    int write_timeout_ms = 0;
    int event_life_ms = 0;
    std::int64_t bodies_bytes_max = 0;
    std::int64_t connections_max = 0;
    std::atomic<bool> draining{false};
    ConnectionCount connections;
    std::atomic<std::int64_t> bodies_bytes{0};  ///< held of bodies that are arriving
};

struct Peer {
    std::string address;
    bool is_loopback = false;
};

/// Lives while its socket is open or something (a reply, a listener, a worker) refers to it. All
/// methods on the loop's thread, but for the three of Reply::Target.
class Connection : public Reply::Target, public std::enable_shared_from_this<Connection> {
 public:
    Connection(std::shared_ptr<IoLoop> loop, std::shared_ptr<Serving> serving, Peer peer,
               bool secure);
    ~Connection() override;

    /// Takes the connection into service.
    void open();

    // Reply::Target
    void send(Response response) override;
    void send_raw(std::string bytes) override;
    void send_raw_all(
        std::vector<std::pair<std::shared_ptr<Reply::Target>, std::string>>& all) override;

    void answer(Response response, std::unique_ptr<FileBody> file);
    void answer_raw(std::string bytes);

    /// The connection becomes an event stream.
    void start_events(const Response& response, std::shared_ptr<EventBacklog> backlog);
    void queue_event(std::string_view bytes);
    void end_events();

    void check_deadlines(std::int64_t now_ms);
    /// The server is stopping: idle connections and listeners are closed, others after their
    /// answer.
    void drain();
    void close();

    IoLoop& loop() { return *loop_; }

 protected:
    using ErrorCode = boost::system::error_code;

    /// To be called when the transport is ready for requests.
    void transport_ready();
    void on_read(const ErrorCode& ec, std::size_t bytes);
    void on_written(const ErrorCode& ec, std::size_t bytes);
    bool is_closed() const { return state_ == State::kClosed; }

    virtual void start_transport() = 0;
    virtual void async_read(std::span<char> into) = 0;
    /// Writes what can be written at once; 0 if that cannot be known without waiting.
    virtual std::size_t write_now(std::string_view a, std::string_view b, ErrorCode& ec) = 0;
    virtual void async_write(std::string_view a, std::string_view b) = 0;
    /// Says that nothing more will be sent; true if on_read() then tells when the other end has
    /// closed too.
    virtual bool shutdown_send() = 0;
    virtual void close_socket() = 0;

    std::shared_ptr<IoLoop> loop_;
    std::shared_ptr<Serving> serving_;

 private:
    friend class IoLoop;

    enum class State {
        kStarting,     // the transport shakes hands
        kHead,         // idle or reading a head
        kAuthorising,  // a worker checks the caller before an upload is read
        kBody,
        kSpooling,  // a worker writes a piece of the upload
        kHandling,
        kFile,  // sending a file, piece by piece
        kEvents,
        kClosing,  // the last answer is being written
        kLinger,   // all is said; reading on for a moment so that the answer is not lost
        kClosed,
    };

    // The head.
    void advance();
    bool step();
    void begin_request();
    bool fill_request();
    bool find_route();
    void refuse(int status, std::string_view detail);
    void answer_options();
    void set_request_id();

    // The body.
    void begin_body();
    void receive_body();
    void take_piece();
    bool decode_piece();
    bool hold_body(std::size_t bytes);
    void release_body();
    void body_complete();
    void authorise();
    void on_authorised(const Result<void>& admitted);
    void spool();
    void on_spooled(const Result<void>& written);

    // The answer.
    void handle();
    void run_on_worker();
    void open_file_on_worker(Response response);
    void post_answer(Response response, std::unique_ptr<FileBody> file);
    void begin_events(const Response& response);
    void append_answer(const Response& response, std::int64_t body_bytes);
    void end_answer();
    void next_request();
    void send_next_of_file();

    // Bytes.
    void start_read();
    std::span<char> head_room();
    void resume();
    void flush();
    void after_flush();
    bool output_waits() const { return !queued_.empty() || !queued_tail_.empty(); }
    std::string& queue() { return queued_tail_.empty() ? queued_ : queued_tail_; }
    void linger();
    void release_if_done();
    std::int64_t paced_deadline(std::int64_t since_ms, std::int64_t bytes, int idle_ms) const;

    Connection* loop_next_ = nullptr;
    Connection* loop_previous_ = nullptr;
    std::shared_ptr<Connection> self_;  // while the socket is open or an operation is under way
    State state_ = State::kStarting;
    bool reading_ = false;
    bool writing_ = false;
    bool in_advance_ = false;
    bool keep_alive_ = true;
    bool head_begun_ = true;  // the deadline is the head's, no longer the idle connection's
    bool read_ended_ = false;

    std::int64_t read_deadline_ms_ = 0;  // 0: none
    std::int64_t write_deadline_ms_ = 0;
    std::int64_t body_since_ms_ = 0;
    std::int64_t write_since_ms_ = 0;
    std::int64_t written_bytes_ = 0;

    // Received: the head of the present request and, behind it, what arrived with it.
    std::vector<char> input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    HeadParser parser_;
    ReceivedRequest request_;
    Router::Match match_;
    bool is_file_request_ = false;

    // Received: a body that did not arrive with its head.
    std::vector<char> piece_;
    std::size_t piece_begin_ = 0;
    std::size_t piece_end_ = 0;
    std::string body_;
    std::uint64_t body_left_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::int64_t body_held_ = 0;  // counted in Serving::bodies_bytes
    ChunkDecoder chunks_;
    bool body_decoded_ = false;
    std::unique_ptr<SpoolFile> spool_;

    // To be sent: queued, and under way.
    std::string queued_;
    std::string queued_tail_;
    std::string sending_;
    std::string sending_tail_;
    std::size_t sent_ = 0;
    std::unique_ptr<FileBody> file_;

    std::shared_ptr<EventBacklog> events_;
    std::int64_t events_queued_ = 0;
    std::int64_t events_sending_ = 0;
    std::int64_t heartbeat_at_ms_ = 0;
    std::int64_t events_until_ms_ = 0;
};

}  // namespace shu::http
