// How a connection receives a request: head, route, body.
#include <algorithm>

#include "foundation/limits.h"
#include "http/connection.h"
#include "http/problem.h"

namespace shu::http {

/// Takes requests from the input while they are whole and answered at once; then writes what they
/// made.
void Connection::advance() {
    if (in_advance_) return;
    in_advance_ = true;
    bool more = true;
    while (more && state_ == State::kHead && !writing_) {
        more = step();
        if (queued_.size() + queued_tail_.size() >= limits::http_transfer_bytes) flush();
    }
    in_advance_ = false;
    resume();
}

bool Connection::step() {
    const std::string_view bytes(input_.data() + begin_, end_ - begin_);
    if (bytes.empty()) return false;
    switch (parser_.parse(bytes)) {
        case HeadParser::Outcome::kIncomplete:
            if (!std::exchange(head_begun_, true)) {
                read_deadline_ms_ = IoLoop::now_ms() + serving_->header_timeout_ms;
            }
            return false;
        case HeadParser::Outcome::kRefused:
            set_request_id();
            refuse(parser_.refusal().status, parser_.refusal().detail);
            return true;
        case HeadParser::Outcome::kComplete:
            begin_ += parser_.head_bytes();
            begin_request();
            return true;
    }
    return false;
}

void Connection::begin_request() {
    read_deadline_ms_ = 0;
    state_ = State::kHandling;
    set_request_id();
    if (fill_request() && find_route()) begin_body();
}

/// Answers with a problem and ends the connection, because what follows in the input cannot be
/// trusted or is not wanted.
void Connection::refuse(int status, std::string_view detail) {
    keep_alive_ = false;
    state_ = State::kHandling;
    answer(problem(status, detail, request_.request_id), nullptr);
}

namespace {

bool is_request_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

struct MethodName {
    std::string_view name;
    Method method;
};
constexpr MethodName kMethods[] = {{"GET", Method::kGet},       {"HEAD", Method::kGet},
                                   {"POST", Method::kPost},     {"PUT", Method::kPut},
                                   {"DELETE", Method::kDelete}, {"PATCH", Method::kPatch}};

}  // namespace

void Connection::set_request_id() {
    request_.request_id.clear();
    request_.head_only = false;
    request_.method = Method::kGet;
    const std::string_view given =
        state_ == State::kHandling ? parser_.head().field("X-Request-Id") : "";
    if (is_request_id(given))
        request_.request_id = given;
    else
        loop_->append_request_id(request_.request_id);
}

bool Connection::fill_request() {
    const Head& head = parser_.head();
    keep_alive_ = head.keep_alive;
    request_.target = head.target;
    request_.query = head.query;
    request_.body = {};
    request_.body_file.clear();
    request_.body_bytes = 0;
    request_.head_only = head.method == "HEAD";
    if (!decode_path(head.path, request_.decoded_path, request_.path)) {
        refuse(
            400,
            "The path is not percent-encoded UTF-8 without dot segments and control characters.");
        return false;
    }
    for (const auto& [name, method] : kMethods) {
        if (name != head.method) continue;
        request_.method = method;
        return true;
    }
    if (head.method == "OPTIONS")
        answer_options();
    else
        refuse(501, "This server does not know the method.");
    return false;
}

void Connection::answer_options() {
    serving_->router.match(Method::kGet, request_.path, match_);
    Response response = Response::no_content();
    response.headers.emplace_back("Allow",
                                  match_.route != nullptr ? "GET, HEAD, OPTIONS" : match_.allow);
    if (parser_.head().has_body()) keep_alive_ = false;
    answer(std::move(response), nullptr);
}

bool Connection::find_route() {
    const Router& router = serving_->router;
    router.match(request_.method, request_.path, match_);
    std::swap(match_.parameters, request_.parameters);
    is_file_request_ = false;
    const Head& head = parser_.head();
    if (match_.route == nullptr) {
        if (head.has_body()) keep_alive_ = false;
        if (match_.path_known) {
            Response response = problem(
                405, "The methods of this address are: " + match_.allow + ".", request_.request_id);
            answer(std::move(response).with_header("Allow", match_.allow), nullptr);
            return false;
        }
        if (request_.method == Method::kGet && !router.files().empty() && !head.has_body()) {
            is_file_request_ = true;
            return true;
        }
        answer(problem(not_found("There is nothing at this address."), request_.request_id),
               nullptr);
        return false;
    }
    const BodyKind kind = match_.route->body;
    const std::size_t max =
        kind == BodyKind::kSpooled ? limits::http_upload_bytes_max : limits::http_body_bytes_max;
    if (kind == BodyKind::kNone && head.has_body()) {
        refuse(400, "This address takes no body.");
        return false;
    }
    if (head.content_length > max) {
        refuse(413, "The body is larger than the " + std::to_string(max) +
                        " bytes that this address takes.");
        return false;
    }
    return true;
}

void Connection::begin_body() {
    const Head& head = parser_.head();
    if (match_.route != nullptr && match_.route->body == BodyKind::kSpooled) return authorise();
    if (!head.has_body()) return handle();
    if (!head.chunked && end_ - begin_ >= head.content_length) {
        const auto length = static_cast<std::size_t>(head.content_length);
        request_.body = {input_.data() + begin_, length};
        request_.body_bytes = static_cast<std::int64_t>(length);
        begin_ += length;
        return handle();
    }
    receive_body();
}

/// The body did not come whole with its head: it is read into `piece_` and decoded into `body_`.
void Connection::receive_body() {
    const Head& head = parser_.head();
    body_left_ = head.content_length;
    body_bytes_ = 0;
    body_decoded_ = !head.has_body();
    chunks_.reset();
    piece_.resize(spool_ != nullptr ? limits::http_transfer_bytes : 16 * limits::kKiB);
    if (piece_.size() < end_ - begin_) piece_.resize(end_ - begin_);
    piece_begin_ = 0;
    piece_end_ = end_ - begin_;
    std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(begin_), piece_end_, piece_.begin());
    end_ = begin_;
    state_ = State::kBody;
    body_since_ms_ = IoLoop::now_ms();
    read_deadline_ms_ = body_since_ms_ + serving_->body_timeout_ms;
    if (!hold_body(piece_.size())) return;
    if (head.expects_continue && piece_end_ == 0) queue() += "HTTP/1.1 100 Continue\r\n\r\n";
    take_piece();
}

void Connection::take_piece() {
    if (!decode_piece()) return;
    if (body_decoded_) return body_complete();
    if (spool_ != nullptr && body_.size() >= limits::http_transfer_bytes) spool();
}

/// Counts what is held of bodies that are arriving, on all connections together; a handler frees it
/// with its answer. False when the request was refused: who is calling is not known yet, and many
/// slow strangers must not take all the memory.
bool Connection::hold_body(std::size_t bytes) {
    const auto more = static_cast<std::int64_t>(bytes);
    body_held_ += more;
    if (serving_->bodies_bytes.fetch_add(more) + more <= serving_->bodies_bytes_max) return true;
    loop_->counters.refused.fetch_add(1, std::memory_order_relaxed);
    refuse(503, "The server is receiving as many bodies as it can hold; try again.");
    return false;
}

void Connection::release_body() {
    serving_->bodies_bytes.fetch_sub(std::exchange(body_held_, 0));
}

/// False when the request was refused.
bool Connection::decode_piece() {
    const bool spooled = spool_ != nullptr;
    const std::string_view bytes(piece_.data() + piece_begin_, piece_end_ - piece_begin_);
    const std::size_t before = body_.size();
    std::size_t used = 0;
    if (parser_.head().chunked) {
        const std::size_t max =
            spooled ? limits::http_transfer_bytes : limits::http_body_bytes_max + 1;
        const ChunkDecoder::Outcome outcome = chunks_.decode(bytes, used, body_, max);
        if (outcome == ChunkDecoder::Outcome::kRefused) {
            refuse(400, "The chunked body is malformed.");
            return false;
        }
        body_decoded_ = outcome == ChunkDecoder::Outcome::kDone;
    } else {
        used = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), body_left_));
        body_.append(bytes.substr(0, used));
        body_left_ -= used;
        body_decoded_ = body_left_ == 0;
    }
    piece_begin_ += used;
    body_bytes_ += body_.size() - before;
    if (!spooled && !hold_body(body_.size() - before)) return false;
    if (body_bytes_ > (spooled ? limits::http_upload_bytes_max : limits::http_body_bytes_max)) {
        refuse(413, "The body is larger than this address takes.");
        return false;
    }
    return true;
}

void Connection::body_complete() {
    read_deadline_ms_ = 0;
    request_.body_bytes = static_cast<std::int64_t>(body_bytes_);
    if (spool_ == nullptr) {
        request_.body = body_;
        return handle();
    }
    request_.body_file = spool_->path();
    if (!body_.empty()) return spool();
    handle();
}

/// Before an upload is read, a worker asks who sends it: nobody fills the disk unknown.
void Connection::authorise() {
    state_ = State::kAuthorising;
    const bool queued = serving_->workers.submit([this, self = shared_from_this()] {
        Result<void> admitted = serving_->dispatcher.admit(request_, *match_.route);
        if (admitted.ok()) {
            auto file = SpoolFile::create(serving_->spool_folder);
            if (file.ok())
                spool_ = std::move(file).value();
            else
                admitted = std::move(file).error();
        }
        loop_->post([self, admitted] { self->on_authorised(admitted); });
    });
    if (queued) return;
    loop_->counters.refused.fetch_add(1, std::memory_order_relaxed);
    refuse(503, "The server has more work than it can do at the moment; try again.");
}

void Connection::on_authorised(const Result<void>& admitted) {
    if (state_ == State::kClosed) return;
    if (!admitted.ok()) {
        if (parser_.head().has_body()) keep_alive_ = false;
        answer(problem(admitted.error(), request_.request_id), nullptr);
        return;
    }
    receive_body();
    advance();
}

void Connection::spool() {
    state_ = State::kSpooling;
    read_deadline_ms_ = 0;
    serving_->workers.continue_with([this, self = shared_from_this()] {
        const Result<void> written = spool_->append(body_);
        loop_->post([self, written] { self->on_spooled(written); });
    });
}

void Connection::on_spooled(const Result<void>& written) {
    if (state_ == State::kClosed) return;
    if (!written.ok()) {
        serving_->dispatcher.log().error("upload not kept", {{"request", request_.request_id},
                                                             {"error", written.error().detail}});
        keep_alive_ = false;
        answer(
            problem(within("The upload could not be kept", written.error()), request_.request_id),
            nullptr);
        return;
    }
    body_.clear();
    if (body_decoded_) {
        handle();
    } else {
        state_ = State::kBody;
        read_deadline_ms_ = paced_deadline(body_since_ms_, static_cast<std::int64_t>(body_bytes_),
                                           serving_->body_timeout_ms);
        take_piece();
    }
    advance();
}

}  // namespace shu::http
