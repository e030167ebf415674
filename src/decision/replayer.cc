#include "decision/replayer.h"

#include "decision/limits.h"

namespace shu::decision {
namespace {

/// What the candidate gave for one case.
struct Tried {
    CaseId of;
    std::string output;
    std::string warning;
    bool failed = false;
    bool same = false;
};

Tried try_case(const Compiled& candidate, Desks& desks, const RecordedCase& it) {
    Tried out;
    out.of = it.id;
    const auto fail = [&](const std::string& reason) {
        out.failed = true;
        out.output = "null";
        out.warning = reason;
        return out;
    };
    const auto parsed = json::parse(it.input);
    if (!parsed.ok()) return fail(parsed.error().detail);
    const auto input = rule::from_json(*parsed);
    if (!input.ok()) return fail(input.error().detail);
    const auto evaluated = desks.at(it.at, [&](rule::Evaluation& evaluation) {
        return evaluate(candidate.model, evaluation, it.decision, *input, Explaining::kNo);
    });
    if (!evaluated.ok()) return fail(evaluated.error().detail);
    out.output = json::serialize(rule::to_json(evaluated->outcome.value));
    if (!evaluated->outcome.warnings.empty())
        out.warning = rule::to_string(evaluated->outcome.warnings[0]);
    out.same = out.output == it.output;
    return out;
}

}  // namespace

json::object to_json(const Replay& it) {
    json::object out{{"id", it.id.text()},
                     {"code", it.model},
                     {"candidate", it.candidate},
                     {"decision", it.decision.empty() ? json::value() : json::value(it.decision)},
                     {"state", to_string(it.state)},
                     {"total", it.total},
                     {"done", it.done},
                     {"same", it.same},
                     {"different", it.different},
                     {"failed", it.failed},
                     {"error", it.error.empty() ? json::value() : json::value(it.error)},
                     {"created_at", to_rfc3339(it.created_at)},
                     {"created_by", it.created_by}};
    out["finished_at"] =
        it.finished_at == 0 ? json::value() : json::value(to_rfc3339(it.finished_at));
    return out;
}

void Replayer::start() {
    if (thread_.joinable()) return;
    stop_.store(false);
    thread_ = std::thread([this] { loop(); });
}

void Replayer::stop() {
    stop_.store(true);
    wake();
    if (thread_.joinable()) thread_.join();
}

void Replayer::wake() {
    {
        const std::lock_guard lock(mutex_);
        waiting_work_ = true;
    }
    woken_.notify_all();
}

void Replayer::loop() {
    constexpr auto kRetry = std::chrono::seconds(5);
    constexpr auto kRound = std::chrono::minutes(limits::expiry_round_minutes);
    while (!stop_.load()) {
        {
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, kRound, [this] { return waiting_work_ || stop_.load(); });
            waiting_work_ = false;
        }
        if (stop_.load()) return;
        if (const auto worked = parts_.between(); !worked.ok())
            parts_.log->warning("expired cases wait", {{"reason", worked.error().detail}});
        const auto done = run_waiting();
        if (done.ok()) continue;
        parts_.log->warning("what-if runs wait", {{"reason", done.error().detail}});
        // The database does not answer: the runs stand in it, nothing is lost by waiting.
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, kRetry, [this] { return stop_.load(); });
        waiting_work_ = true;
    }
}

Result<void> Replayer::run_waiting() {
    for (;;) {
        auto waiting = SHU_TRY(parts_.database.read_value<std::vector<Replay>>(
            [&](store::Transaction& tx) { return unfinished_replays(tx, parts_.node); }));
        if (waiting.empty()) return {};
        for (Replay& replay : waiting) {
            replay.state = ReplayState::kRunning;
            for (bool ended = false; !ended;) {
                if (stop_.load()) return {};
                ended = SHU_TRY(step(replay));
                tell(replay);
            }
            finish(replay);
        }
    }
}

Result<bool> Replayer::end(Replay& replay, ReplayState state, std::string error) {
    replay.state = state;
    replay.error = std::move(error);
    replay.finished_at = parts_.clock.now();
    SHU_CHECK(parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(update_replay(tx, replay));
        return {};
    }));
    return true;
}

Result<bool> Replayer::step(Replay& replay) {
    // What the candidate imports is what held when the run was asked for, whatever its age.
    const auto candidate = parts_.shelf.get(replay.digest, parts_.standing(replay.created_at));
    if (!candidate.ok()) {
        if (candidate.error().code == Code::kUnavailable) return candidate.error();
        return end(replay, ReplayState::kFailed, candidate.error().detail);
    }
    const CaseFilter filter{.model = replay.model,
                            .version = 0,
                            .decision = replay.decision,
                            .since = replay.since,
                            .until = replay.until};
    const std::int64_t wanted = std::min(limits::replay_chunk_cases, replay.total - replay.done);
    const auto cases = SHU_TRY(parts_.database.read_value<std::vector<RecordedCase>>(
        [&](store::Transaction& tx) { return cases_after(tx, filter, replay.position, wanted); }));
    if (cases.empty()) return end(replay, ReplayState::kDone, "");
    Replay next = replay;
    std::vector<Tried> tried;
    for (const RecordedCase& it : cases) {
        if (stop_.load()) return true;
        tried.push_back(try_case(**candidate, parts_.desks, it));
        ++next.done;
        next.position = it.id.value;
        ++(tried.back().failed ? next.failed : tried.back().same ? next.same : next.different);
    }
    bool standing = false;
    SHU_CHECK(parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        standing = SHU_TRY(update_replay(tx, next));
        if (!standing) return {};  // cancelled meanwhile
        for (const Tried& it : tried)
            if (!it.same) SHU_CHECK(insert_difference(tx, replay.id, it.of, it.output, it.warning));
        return {};
    }));
    if (!standing) {
        replay.state = ReplayState::kCancelled;
        return true;
    }
    replay = std::move(next);
    return false;
}

void Replayer::listen(ReplayId id, std::shared_ptr<http::EventSink> sink) {
    const std::lock_guard lock(sinks_mutex_);
    sinks_[id.value].push_back(std::move(sink));
}

void Replayer::tell(const Replay& replay) {
    const std::lock_guard lock(sinks_mutex_);
    const auto found = sinks_.find(replay.id.value);
    if (found == sinks_.end()) return;
    const std::string data = json::serialize(to_json(replay));
    std::erase_if(found->second, [&](const auto& sink) { return !sink->send("replay", data); });
}

void Replayer::finish(const Replay& replay) {
    const std::lock_guard lock(sinks_mutex_);
    if (replay.is_finished()) sinks_.erase(replay.id.value);
}

}  // namespace shu::decision
