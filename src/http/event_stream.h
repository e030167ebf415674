// The sending side of a server-sent event stream (WHATWG HTML 9.2).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace shu::http {

class Connection;

/// What the stream and its connection both know.
struct EventBacklog {
    std::atomic<std::int64_t> unsent{0};
    std::atomic<bool> gone{false};
};

/// Hands events to the connection's loop; when the last owner lets go, the stream ends.
class EventStream final : public EventSink {
 public:
    EventStream(std::shared_ptr<Connection> connection, std::shared_ptr<EventBacklog> backlog);
    ~EventStream() override;

    bool send(std::string_view event, std::string_view data, std::string_view id) override;

 private:
    std::shared_ptr<Connection> connection_;
    std::shared_ptr<EventBacklog> backlog_;
};

/// One event as bytes; line breaks of the data become lines of their own, those of names are
/// dropped.
std::string event_bytes(std::string_view event, std::string_view data, std::string_view id);

}  // namespace shu::http
