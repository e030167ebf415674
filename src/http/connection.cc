// The connection's bytes, deadlines and end. Heads and bodies: connection_request.cc; answers:
// connection_answer.cc.
#include "http/connection.h"

#include <algorithm>
#include <boost/asio/error.hpp>

#include "foundation/limits.h"

namespace shu::http {

Serving::Serving(const Router& r, Dispatcher d, int worker_count)
    : router(r), dispatcher(std::move(d)), workers(worker_count, limits::http_queue_max) {}

Connection::Connection(std::shared_ptr<IoLoop> loop, std::shared_ptr<Serving> serving, Peer peer,
                       bool secure)
    : loop_(std::move(loop)), serving_(std::move(serving)), request_(parser_.head()) {
    request_.peer = std::move(peer.address);
    request_.peer_is_loopback = peer.is_loopback;
    request_.secure = secure;
}

Connection::~Connection() = default;

void Connection::open() {
    self_ = shared_from_this();
    loop_->add(*this);
    read_deadline_ms_ = IoLoop::now_ms() + serving_->header_timeout_ms;
    start_transport();
}

void Connection::transport_ready() {
    state_ = State::kHead;
    advance();
}

void Connection::close() {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    if (events_ != nullptr) events_->gone.store(true);
    file_.reset();
    release_body();
    loop_->remove(*this);
    close_socket();
    serving_->connections.leave();
    release_if_done();
}

/// Lets go of itself; the caller's own reference, if it needs one, is what keeps it.
void Connection::release_if_done() {
    if (state_ != State::kClosed || reading_ || writing_) return;
    const auto last = std::move(self_);
}

void Connection::drain() {
    const bool idle = state_ == State::kHead && begin_ == end_ && !writing_;
    if (idle || state_ == State::kEvents || state_ == State::kStarting) close();
}

/// The latest instant at which the other end must have moved on: idle no longer than `idle_ms`, and
/// since the beginning not slower than limits::http_body_rate_min.
std::int64_t Connection::paced_deadline(std::int64_t since_ms, std::int64_t bytes,
                                        int idle_ms) const {
    const std::int64_t paced =
        since_ms + idle_ms + bytes * 1000 / static_cast<std::int64_t>(limits::http_body_rate_min);
    return std::min(IoLoop::now_ms() + idle_ms, paced);
}

void Connection::check_deadlines(std::int64_t now_ms) {
    const auto keep = self_;
    if (writing_ && write_deadline_ms_ != 0 && now_ms > write_deadline_ms_) return close();
    if (state_ == State::kEvents && now_ms > events_until_ms_) return end_events();
    if (state_ == State::kEvents && !writing_ && now_ms > heartbeat_at_ms_) {
        heartbeat_at_ms_ = now_ms + limits::http_event_heartbeat_ms;
        queue() += ":\n\n";
        return resume();
    }
    if (read_deadline_ms_ == 0 || now_ms <= read_deadline_ms_) return;
    const bool waits_for_rest =
        (state_ == State::kHead && begin_ != end_) || state_ == State::kBody;
    if (!waits_for_rest || writing_) return close();
    read_deadline_ms_ = 0;
    if (state_ == State::kHead) set_request_id();
    refuse(408, "The request did not arrive in time.");
}

std::span<char> Connection::head_room() {
    if (state_ != State::kHead) begin_ = end_ = 0;  // what arrives now is dropped
    if (begin_ == end_) begin_ = end_ = 0;
    if (input_.empty()) input_.resize(4 * limits::kKiB);
    if (begin_ > 0 && input_.size() - end_ < limits::kKiB) {
        std::copy(input_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  input_.begin() + static_cast<std::ptrdiff_t>(end_), input_.begin());
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == input_.size()) input_.resize(2 * input_.size());
    return std::span(input_).subspan(end_);
}

void Connection::start_read() {
    if (reading_ || state_ == State::kClosed) return;
    if (read_ended_) return close();
    if (state_ == State::kBody) {
        reading_ = true;
        async_read(std::span(piece_));
        return;
    }
    const std::span<char> room = head_room();
    reading_ = true;
    async_read(room);
}

void Connection::on_read(const ErrorCode& ec, std::size_t bytes) {
    reading_ = false;
    const auto keep = self_;
    if (state_ == State::kClosed) return release_if_done();
    if (ec) {
        // The other end may have closed its side only and still wait for the answer that is being
        // written.
        read_ended_ = true;
        const bool answer_under_way =
            writing_ && (state_ == State::kHead || state_ == State::kClosing);
        if (ec != boost::asio::error::eof || !answer_under_way) close();
        return;
    }
    switch (state_) {
        case State::kHead: end_ += bytes; return advance();
        case State::kBody:
            piece_begin_ = 0;
            piece_end_ = bytes;
            read_deadline_ms_ =
                paced_deadline(body_since_ms_, static_cast<std::int64_t>(body_bytes_ + bytes),
                               serving_->body_timeout_ms);
            take_piece();
            return advance();
        case State::kEvents:
        case State::kLinger: return start_read();
        default: return;
    }
}

/// Writes what is queued as far as the socket takes it; the rest is under way when this returns.
void Connection::flush() {
    while (!writing_ && state_ != State::kClosed) {
        if (sent_ == sending_.size() + sending_tail_.size()) {
            if (events_sending_ > 0) events_->unsent.fetch_sub(std::exchange(events_sending_, 0));
            sending_.clear();
            sending_tail_ = std::string();
            sent_ = 0;
            if (!output_waits()) return;
            std::swap(sending_, queued_);
            sending_tail_ = std::exchange(queued_tail_, {});
            events_sending_ = std::exchange(events_queued_, 0);
            write_since_ms_ = IoLoop::now_ms();
            written_bytes_ = 0;
        }
        const std::string_view head =
            std::string_view(sending_).substr(std::min(sent_, sending_.size()));
        const std::size_t tail_sent = sent_ - std::min(sent_, sending_.size());
        const std::string_view tail = std::string_view(sending_tail_).substr(tail_sent);
        ErrorCode ec;
        const std::size_t n = write_now(head, tail, ec);
        if (ec && ec != boost::asio::error::would_block) return close();
        sent_ += n;
        written_bytes_ += static_cast<std::int64_t>(n);
        if (n == head.size() + tail.size()) continue;
        writing_ = true;
        write_deadline_ms_ =
            paced_deadline(write_since_ms_, written_bytes_, serving_->write_timeout_ms);
        const std::size_t of_head = std::min(n, head.size());
        async_write(head.substr(of_head), tail.substr(n - of_head));
    }
}

void Connection::on_written(const ErrorCode& ec, std::size_t bytes) {
    writing_ = false;
    const auto keep = self_;
    if (state_ == State::kClosed) return release_if_done();
    if (ec) return close();
    sent_ += bytes;
    written_bytes_ += static_cast<std::int64_t>(bytes);
    if (state_ == State::kHead) {
        flush();
        return advance();
    }
    resume();
}

void Connection::resume() {
    flush();
    if (!writing_ && state_ != State::kClosed) after_flush();
}

/// Everything queued has been written: what the state waits for.
void Connection::after_flush() {
    switch (state_) {
        case State::kHead:
        case State::kBody:
        case State::kEvents: return start_read();
        case State::kFile: return send_next_of_file();
        case State::kClosing: return linger();
        default: return;
    }
}

void Connection::linger() {
    state_ = State::kLinger;
    read_deadline_ms_ = IoLoop::now_ms() + limits::http_linger_timeout_ms;
    if (shutdown_send()) start_read();
}

}  // namespace shu::http
