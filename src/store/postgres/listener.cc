#include "store/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace shu::store::postgres {
namespace {

constexpr int kForever = -1;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Listener::Listener(PostgresOptions options, CommitSignal& signal, std::shared_ptr<const Log> log)
    : options_(std::move(options)),
      signal_(signal),
      log_(std::move(log)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    SHU_ASSERT(wake_ >= 0);
    thread_ = std::thread([this] { run(); });
}

Listener::~Listener() {
    is_stopping_.store(true);
    wake();
    thread_.join();
    ::close(wake_);
}

void Listener::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
}

void Listener::announce() {
    if (!has_news_.exchange(true)) wake();
}

void Listener::run() {
    while (!is_stopping_.load()) {
        if (!connection_) connect();
        if (!connection_) {
            wait_for_events(limits::postgres_reconnect_ms);
            continue;
        }
        wait_for_events(send_notice());
        hear();
        if (connection_->is_broken()) connection_.reset();
    }
}

void Listener::connect() {
    auto connected = Connection::open(options_);
    // The notice needs no sync of its own: what it announces is on the disk already.
    if (connected.ok() && (*connected)->command("SET synchronous_commit = off").ok() &&
        (*connected)->command("LISTEN shu_commit").ok()) {
        connection_ = std::move(*connected);
        was_connected_ = true;
        signal_.raise();  // for whatever was not heard before
        return;
    }
    if (was_connected_) {
        log_->warning(
            "PostgreSQL's notices of commits are not heard; trying again",
            {{"reason", connected.ok() ? std::string("LISTEN failed") : connected.error().detail}});
    }
    was_connected_ = false;
}

// Sends what is due. Gives how long to wait at most: until a notice is due, or for ever.
int Listener::send_notice() {
    if (!has_news_.load()) return kForever;
    const std::int64_t due = last_notice_ms_ + limits::commit_notice_interval_ms - now_ms();
    if (due > 0) return static_cast<int>(due);
    has_news_.store(false);  // before sending: a commit after this line is news again
    last_notice_ms_ = now_ms();
    (void)connection_->command("NOTIFY shu_commit");
    return kForever;
}

void Listener::wait_for_events(int timeout_ms) {
    std::array<pollfd, 2> events{};
    events[0] = {wake_, POLLIN, 0};
    nfds_t count = 1;
    if (connection_) {
        events[1] = {PQsocket(connection_->raw()), POLLIN, 0};
        count = 2;
    }
    ::poll(events.data(), count, timeout_ms);
    std::uint64_t drained = 0;
    (void)!::read(wake_, &drained, sizeof drained);
}

void Listener::hear() {
    PGconn* raw = connection_->raw();
    PQconsumeInput(raw);
    const int own = PQbackendPID(raw);
    while (PGnotify* notice = PQnotifies(raw)) {
        if (notice->be_pid != own)
            signal_.raise();  // our own commits were counted when they were made
        PQfreemem(notice);
    }
}

}  // namespace shu::store::postgres
