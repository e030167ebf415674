// The thread of the what-if runs. Inside the module only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "decision/shelf.h"
#include "decision/store.h"
#include "foundation/log.h"
#include "http/message.h"

namespace shu::decision {

/// Runs the what-if runs of this node, one after the other, some hundred cases to a transaction.
/// All members may be called from any thread.
class Replayer {
 public:
    struct Parts {
        store::Database& database;
        const Clock& clock;
        Shelf& shelf;
        Desks& desks;
        std::function<Standing(Micros)> standing;
        std::function<Result<void>()> between;  ///< work of a module's quiet hours
        std::shared_ptr<const Log> log;
        int node = 0;
    };
    explicit Replayer(Parts parts) : parts_(std::move(parts)) {}
    ~Replayer() { stop(); }

    void start();
    void stop();
    /// There is a new one.
    void wake();
    /// Runs what waits until nothing does; for tests and for the thread.
    Result<void> run_waiting();

    /// Sends event "replay" after each chunk until the end.
    void listen(ReplayId id, std::shared_ptr<http::EventSink> sink);
    void finish(const Replay& replay);

 private:
    void loop();
    /// One chunk; true when the run has ended.
    Result<bool> step(Replay& replay);
    Result<bool> end(Replay& replay, ReplayState state, std::string error);
    void tell(const Replay& replay);

    Parts parts_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool waiting_work_ = true;
    std::atomic<bool> stop_{false};
    std::mutex sinks_mutex_;
    std::map<std::int64_t, std::vector<std::shared_ptr<http::EventSink>>> sinks_;
};

/// A what-if run as the API shows it.
json::object to_json(const Replay& replay);

}  // namespace shu::decision
