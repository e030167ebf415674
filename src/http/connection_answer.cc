// How a connection has a request answered and sends the answer.
#include "foundation/limits.h"
#include "http/connection.h"
#include "http/problem.h"
#include "http/response_bytes.h"

namespace shu::http {

void Connection::handle() {
    state_ = State::kHandling;
    const Route* route = match_.route;
    if (route != nullptr && route->deferred != nullptr) {
        const auto admitted = serving_->dispatcher.admit(request_, *route);
        if (!admitted.ok()) return answer(problem(admitted.error(), request_.request_id), nullptr);
        return route->deferred(request_, Reply(shared_from_this()));
    }
    if (serving_->workers.submit([this, self = shared_from_this()] { run_on_worker(); })) return;
    loop_->counters.refused.fetch_add(1, std::memory_order_relaxed);
    answer(problem(503, "The server has more work than it can do at the moment; try again.",
                   request_.request_id),
           nullptr);
}

void Connection::run_on_worker() {
    Response response;
    if (is_file_request_) {
        response = static_file(serving_->router.files(), request_.path, request_.request_id);
    } else {
        const Route& route = *match_.route;
        const bool admitted_before = route.body == BodyKind::kSpooled;
        const Result<void> admitted =
            admitted_before ? Result<void>() : serving_->dispatcher.admit(request_, route);
        response = admitted.ok() ? serving_->dispatcher.answer(request_, route)
                                 : problem(admitted.error(), request_.request_id);
    }
    spool_.reset();
    if (response.events) return begin_events(response);
    std::unique_ptr<FileBody> file;
    if (!response.file.empty()) file = open_file(request_, response);
    post_answer(std::move(response), std::move(file));
}

void Connection::post_answer(Response response, std::unique_ptr<FileBody> file) {
    struct Parcel {
        Response response;
        std::unique_ptr<FileBody> file;
    };
    auto parcel = std::make_shared<Parcel>(Parcel{std::move(response), std::move(file)});
    loop_->post([self = shared_from_this(), parcel] {
        self->answer(std::move(parcel->response), std::move(parcel->file));
    });
}

void Connection::open_file_on_worker(Response response) {
    auto held = std::make_shared<Response>(std::move(response));
    serving_->workers.continue_with([this, self = shared_from_this(), held] {
        auto file = open_file(request_, *held);
        post_answer(std::move(*held), std::move(file));
    });
}

void Connection::begin_events(const Response& response) {
    auto backlog = std::make_shared<EventBacklog>();
    auto stream = std::make_shared<EventStream>(shared_from_this(), backlog);
    loop_->post([self = shared_from_this(), response, backlog = std::move(backlog)] {
        self->start_events(response, backlog);
    });
    response.events(std::move(stream));
}

void Connection::start_events(const Response& response, std::shared_ptr<EventBacklog> backlog) {
    if (state_ == State::kClosed || request_.head_only) backlog->gone.store(true);
    if (state_ == State::kClosed) return;
    const auto keep = self_;
    events_ = std::move(backlog);
    if (serving_->draining.load(std::memory_order_relaxed)) return close();
    Response head = response;
    head.content_type = "text/event-stream";
    head.headers.emplace_back("X-Accel-Buffering", "no");
    append_head(queue(), head, std::nullopt,
                {.date = loop_->date(),
                 .request_id = request_.request_id,
                 .secure = request_.secure,
                 .keep_alive = false});
    if (request_.head_only) {
        keep_alive_ = false;
        return end_answer();
    }
    state_ = State::kEvents;
    heartbeat_at_ms_ = IoLoop::now_ms() + limits::http_event_heartbeat_ms;
    events_until_ms_ = IoLoop::now_ms() + serving_->event_life_ms;
    resume();
}

void Connection::queue_event(std::string_view bytes) {
    if (state_ != State::kEvents) return;
    queue() += bytes;
    ++events_queued_;
    const auto keep = self_;
    resume();
}

void Connection::end_events() {
    if (state_ != State::kEvents) return;
    const auto keep = self_;
    events_->gone.store(true);
    state_ = State::kClosing;
    resume();
}

void Connection::send(Response response) {
    if (IoLoop::current() == loop_.get()) return answer(std::move(response), nullptr);
    post_answer(std::move(response), nullptr);
}

void Connection::send_raw(std::string bytes) {
    if (IoLoop::current() == loop_.get()) return answer_raw(std::move(bytes));
    loop_->post_raw(shared_from_this(), std::move(bytes));
}

void Connection::send_raw_all(
    std::vector<std::pair<std::shared_ptr<Reply::Target>, std::string>>& all) {
    std::vector<IoLoop::RawReply> replies;
    replies.reserve(all.size());
    // Replies of one batch mostly belong to one loop; each run of the same loop is handed over at
    // once.
    IoLoop* loop = loop_.get();
    for (auto& [target, bytes] : all) {
        auto connection = std::static_pointer_cast<Connection>(std::move(target));
        if (connection->loop_.get() != loop) {
            loop->post_raw_all(replies);
            replies.clear();
            loop = connection->loop_.get();
        }
        replies.emplace_back(std::move(connection), std::move(bytes));
    }
    loop->post_raw_all(replies);
    all.clear();
}

void Connection::answer(Response response, std::unique_ptr<FileBody> file) {
    if (state_ == State::kClosed) return;
    const auto keep = self_;
    if (!response.file.empty()) return open_file_on_worker(std::move(response));
    if (response.status >= 500 && response.body.empty() && file == nullptr) {
        response = problem(500, "The server gave no answer.", request_.request_id);
    }
    apply_conditions(request_, response);
    const bool has_body = response.status != 304 && response.status != 204 && !request_.head_only;
    const std::int64_t bytes =
        file != nullptr ? file->left() : static_cast<std::int64_t>(response.body.size());
    append_answer(response, bytes);
    if (!has_body) return end_answer();
    if (file != nullptr) {
        file_ = std::move(file);
        state_ = State::kFile;
        return resume();
    }
    if (response.body.size() > 16 * limits::kKiB && queued_tail_.empty())
        queued_tail_ = std::move(response.body);
    else
        queue() += response.body;
    end_answer();
}

void Connection::append_answer(const Response& response, std::int64_t body_bytes) {
    loop_->counters.requests.fetch_add(1, std::memory_order_relaxed);
    if (response.status >= 500) loop_->counters.errors.fetch_add(1, std::memory_order_relaxed);
    if (serving_->draining.load(std::memory_order_relaxed)) keep_alive_ = false;
    append_head(queue(), response, body_bytes,
                {.date = loop_->date(),
                 .request_id = request_.request_id,
                 .secure = request_.secure,
                 .keep_alive = keep_alive_,
                 .http_1_0 = parser_.head().http_1_0});
}

void Connection::answer_raw(std::string bytes) {
    if (state_ == State::kClosed) return;
    const auto keep = self_;
    loop_->counters.requests.fetch_add(1, std::memory_order_relaxed);
    if (bytes.size() > 9 && bytes[9] == '5')
        loop_->counters.errors.fetch_add(1, std::memory_order_relaxed);
    if (parser_.head().http_1_0 || serving_->draining.load(std::memory_order_relaxed))
        keep_alive_ = false;
    if (request_.head_only) bytes.resize(std::min(bytes.size(), bytes.find("\r\n\r\n") + 4));
    if (!output_waits())
        queued_tail_ = std::move(bytes);
    else
        queue() += bytes;
    end_answer();
}

void Connection::end_answer() {
    if (keep_alive_) {
        next_request();
        state_ = State::kHead;
    } else {
        state_ = State::kClosing;
    }
    advance();
}

void Connection::next_request() {
    request_.principal.reset();
    release_body();
    body_.clear();
    if (body_.capacity() > 64 * limits::kKiB) body_.shrink_to_fit();
    if (!piece_.empty()) {
        // What followed the body begins the next request.
        if (begin_ == end_) begin_ = end_ = 0;
        const std::size_t left = piece_end_ - piece_begin_;
        if (input_.size() < end_ + left) input_.resize(end_ + left);
        std::copy_n(piece_.begin() + static_cast<std::ptrdiff_t>(piece_begin_), left,
                    input_.begin() + static_cast<std::ptrdiff_t>(end_));
        end_ += left;
        piece_ = {};
        piece_begin_ = piece_end_ = 0;
    }
    if (begin_ == end_) {
        begin_ = end_ = 0;
        if (input_.size() > 32 * limits::kKiB) input_ = {};
    }
    head_begun_ = false;
    read_deadline_ms_ = IoLoop::now_ms() + serving_->keep_alive_timeout_ms;
}

void Connection::send_next_of_file() {
    if (file_->left() == 0) {
        file_.reset();
        return end_answer();
    }
    // The disk is read by a worker; the file travels there and back.
    struct Parcel {
        std::unique_ptr<FileBody> file;
        std::string piece;
        bool whole = false;
    };
    auto parcel = std::make_shared<Parcel>();
    parcel->file = std::move(file_);
    state_ = State::kHandling;
    serving_->workers.continue_with([self = shared_from_this(), parcel] {
        parcel->whole = parcel->file->next(parcel->piece);
        self->loop_->post([self, parcel] {
            if (self->state_ == State::kClosed) return;
            if (!parcel->whole)
                return self->close();  // shorter than announced: the client must notice
            self->file_ = std::move(parcel->file);
            self->queued_tail_ = std::move(parcel->piece);
            self->state_ = State::kFile;
            self->resume();
        });
    });
}

}  // namespace shu::http
