#include "http/event_stream.h"

#include "foundation/limits.h"
#include "http/connection.h"

namespace shu::http {

EventStream::EventStream(std::shared_ptr<Connection> connection,
                         std::shared_ptr<EventBacklog> backlog)
    : connection_(std::move(connection)), backlog_(std::move(backlog)) {}

EventStream::~EventStream() {
    IoLoop& loop = connection_->loop();
    loop.post([connection = std::move(connection_)] { connection->end_events(); });
}

bool EventStream::send(std::string_view event, std::string_view data, std::string_view id) {
    if (backlog_->gone.load()) return false;
    if (backlog_->unsent.fetch_add(1) >=
        static_cast<std::int64_t>(limits::http_event_backlog_max)) {
        if (!backlog_->gone.exchange(true)) {
            connection_->loop().post([connection = connection_] { connection->close(); });
        }
        return false;
    }
    connection_->loop().post([connection = connection_, bytes = event_bytes(event, data, id)] {
        connection->queue_event(bytes);
    });
    return true;
}

namespace {

void append_name(std::string& out, std::string_view field, std::string_view value) {
    if (value.empty()) return;
    out += field;
    for (const char c : value) {
        if (c != '\n' && c != '\r' && c != '\0') out += c;
    }
    out += '\n';
}

}  // namespace

std::string event_bytes(std::string_view event, std::string_view data, std::string_view id) {
    std::string out;
    out.reserve(event.size() + data.size() + id.size() + 32);
    append_name(out, "id: ", id);
    append_name(out, "event: ", event);
    while (true) {
        const std::size_t end = data.find_first_of("\r\n");
        out += "data: ";
        out += data.substr(0, end);
        out += '\n';
        if (end == std::string_view::npos) break;
        const bool pair = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
        data.remove_prefix(end + (pair ? 2 : 1));
    }
    out += '\n';
    return out;
}

}  // namespace shu::http
