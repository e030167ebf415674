// Recorded cases and what-if runs over HTTP.
#include "decision/limits.h"
#include "decision/routes.h"
#include "foundation/crypto/sm3.h"

namespace shu::decision {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

/// Stored JSON as JSON.
json::value parsed(const std::string& text) {
    auto value = json::parse(text);
    return value.ok() ? std::move(*value) : json::value();
}

json::object to_json(const RecordedCase& it) {
    return {{"id", it.id.text()},
            {"version", it.version},
            {"decision", it.decision},
            {"at", to_rfc3339(it.at)},
            {"recorded_by", it.recorded_by},
            {"input", parsed(it.input)},
            {"output", parsed(it.output)},
            {"secret", it.secret},
            {"act", std::to_string(it.act)}};
}

json::object to_json(const Difference& it) {
    return {{"case", it.before.id.text()},
            {"at", to_rfc3339(it.before.at)},
            {"version", it.before.version},
            {"decision", it.before.decision},
            {"input", parsed(it.before.input)},
            {"before", parsed(it.before.output)},
            {"after", parsed(it.after)},
            {"warning", it.warning.empty() ? json::value() : json::value(it.warning)}};
}

Result<std::int64_t> cursor_or(const Request& request, std::int64_t otherwise) {
    const auto cursor = SHU_TRY(request.query_parameter("cursor"));
    if (!cursor || cursor->empty()) return otherwise;
    return parse_id(*cursor);
}

/// A page of `rows`, of which one more than `limit` was read.
template <typename T, typename IdOf>
Response page(const std::vector<T>& rows, std::size_t limit, IdOf id_of) {
    json::array items;
    for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i)
        items.push_back(to_json(rows[i]));
    std::optional<std::string> next;
    if (rows.size() > limit) next = id_of(rows[limit - 1]).text();
    return Response::page(std::move(items), next);
}

/// Cases hold what programs sent, which may be about persons: whoever reads them leaves an act.
Result<void> record_reading(const Decisions::State& state, const Request& request,
                            const std::string& object, std::size_t rows) {
    ledger::Act act = identity::actor_of(request).act("rule.read-cases", object);
    act.result = "done";
    act.detail = {{"cases", rows}};
    return state.parts.database.write(
        [&](store::Transaction& tx) { return state.record_act(tx, act); });
}

Result<Response> list_cases(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.case"));
    const std::size_t limit = SHU_TRY(request.page_limit());
    CaseFilter filter;
    filter.model = model->code;
    if (const auto version = SHU_TRY(request.query_parameter("version"));
        version && !version->empty())
        filter.version = SHU_TRY(parse_id(*version));
    filter.decision = SHU_TRY(request.query_parameter("decision")).value_or("");
    filter.since = SHU_TRY(
        instant_or(SHU_TRY(request.query_parameter("since")).value_or(""), "since", filter.since));
    filter.until = SHU_TRY(
        instant_or(SHU_TRY(request.query_parameter("until")).value_or(""), "until", filter.until));
    const std::int64_t before = SHU_TRY(cursor_or(request, INT64_MAX));
    const auto cases = SHU_TRY(
        state.parts.database.read_value<std::vector<RecordedCase>>([&](store::Transaction& tx) {
            return cases_before(tx, filter, before, static_cast<std::int64_t>(limit) + 1);
        }));
    SHU_CHECK(
        record_reading(state, request, "rule-model:" + model->code, std::min(cases.size(), limit)));
    return page(cases, limit, [](const RecordedCase& it) { return it.id; });
}

Result<Response> begin_replay(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.case"));
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    const Meant meant = SHU_TRY(meant_by(state, request, body, model->code, state.now()));
    const Standing standing = state.standing(state.now());
    const Inspection inspection =
        inspect(meant.xml, state.environment, Analysis::kWithout, standing.reader());
    if (!inspection.is_sound())
        return invalid("/xml: the candidate has " + std::to_string(inspection.problems.size()) +
                       " mistakes, the first: " + inspection.problems[0].message);
    const Actor& actor = identity::actor_of(request);
    Replay replay;
    replay.id = state.parts.ids.next_as<ReplayId>();
    replay.model = model->code;
    replay.candidate = meant.name;
    replay.digest = inspection.digest;
    replay.decision = in.text_or("decision");
    replay.since = SHU_TRY(instant_or(in.text_or("since"), "since", replay.since));
    replay.until = SHU_TRY(instant_or(in.text_or("until"), "until", replay.until));
    replay.node = state.parts.node;
    replay.created_at = state.now();
    replay.created_by = actor.display_name;
    const std::int64_t limit = in.integer_or("limit", limits::replay_cases_default);
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const auto waiting = SHU_TRY(unfinished_replays(tx, replay.node));
        if (static_cast<std::int64_t>(waiting.size()) >= limits::replays_waiting_max)
            return exhausted("there are " + std::to_string(waiting.size()) +
                             " what-if runs waiting; try again when some are done");
        const std::int64_t found = SHU_TRY(count_cases(tx, {.model = replay.model,
                                                            .version = 0,
                                                            .decision = replay.decision,
                                                            .since = replay.since,
                                                            .until = replay.until}));
        replay.total = std::min(found, limit);
        SHU_CHECK(put_text(tx, replay.digest, meant.xml));
        SHU_CHECK(insert_replay(tx, replay));
        ledger::Act act = actor.act("rule.replay", "rule-model:" + replay.model);
        act.result = "done";
        act.detail = {{"replay", replay.id.text()},
                      {"candidate", replay.candidate},
                      {"digest", replay.digest},
                      {"cases", replay.total}};
        return state.record_act(tx, act);
    }));
    state.replayer.wake();
    return Response::json(to_json(replay), 202);
}

Result<Replay> replay_of(const Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.case"));
    const auto id = SHU_TRY(request.id<ReplayId>("id"));
    auto found = SHU_TRY(state.parts.database.read_value<std::optional<Replay>>(
        [&](store::Transaction& tx) { return replay_by_id(tx, id); }));
    if (!found || found->model != model->code)
        return not_found("'" + model->code + "' has no what-if run " + id.text());
    return std::move(*found);
}

Result<Response> list_replays(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.case"));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const std::int64_t before = SHU_TRY(cursor_or(request, INT64_MAX));
    const auto replays =
        SHU_TRY(state.parts.database.read_value<std::vector<Replay>>([&](store::Transaction& tx) {
            return replays_before(tx, model->code, before, static_cast<std::int64_t>(limit) + 1);
        }));
    return page(replays, limit, [](const Replay& it) { return it.id; });
}

Result<Response> list_differences(Decisions::State& state, const Request& request) {
    const Replay replay = SHU_TRY(replay_of(state, request));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const std::int64_t after = SHU_TRY(cursor_or(request, 0));
    const auto found = SHU_TRY(
        state.parts.database.read_value<std::vector<Difference>>([&](store::Transaction& tx) {
            return differences_after(tx, replay.id, after, static_cast<std::int64_t>(limit) + 1);
        }));
    SHU_CHECK(record_reading(state, request, "rule-replay:" + replay.id.text(),
                             std::min(found.size(), limit)));
    return page(found, limit, [](const Difference& it) { return it.before.id; });
}

Result<Response> cancel(Decisions::State& state, const Request& request) {
    Replay replay = SHU_TRY(replay_of(state, request));
    replay.finished_at = state.now();
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const auto now = SHU_TRY(replay_by_id(tx, replay.id));
        if (!now || now->is_finished()) return {};
        Replay ended = *now;
        ended.state = ReplayState::kCancelled;
        ended.finished_at = replay.finished_at;
        SHU_TRY(update_replay(tx, ended));
        return {};
    }));
    return Response::no_content();
}

Result<Response> follow(Decisions::State& state, const Request& request) {
    const Replay found = SHU_TRY(replay_of(state, request));
    Response response;
    response.events = [&state, id = found.id](std::shared_ptr<http::EventSink> sink) {
        state.replayer.listen(id, sink);
        // Read after listening, so that the end is not missed between the two.
        const auto now = state.parts.database.read_value<std::optional<Replay>>(
            [&](store::Transaction& tx) { return replay_by_id(tx, id); });
        if (!now.ok() || !*now) return;
        sink->send("replay", json::serialize(to_json(**now)));
        state.replayer.finish(**now);
    };
    return response;
}

}  // namespace

void add_case_routes(http::Router& router, Decisions::State& state) {
    const auto may = Access::permission("rule.case");
    const std::pair<std::string, std::string> limit{"limit", "Entries on a page"},
        cursor{"cursor", "Where the page begins"};
    const auto add = [&](http::Method method, std::string pattern, std::string summary,
                         Result<Response> (*handler)(Decisions::State&, const Request&),
                         std::vector<std::pair<std::string, std::string>> query = {}) {
        add_route(router,
                  {.method = method,
                   .pattern = std::move(pattern),
                   .access = may,
                   .summary = std::move(summary),
                   .query = std::move(query)},
                  [&state, handler](Request& request) { return handler(state, request); });
    };
    add(Method::kGet, "/api/rules/{code}/cases", "Recorded cases, newest first; reading is an act",
        list_cases,
        {{"version", "Number"},
         {"decision", "Name"},
         {"since", "RFC 3339"},
         {"until", "RFC 3339"},
         limit,
         cursor});
    std::vector<Shape::Member> members = meant_members();
    std::erase_if(members, [](const Shape::Member& member) { return member.name == "code"; });
    const std::vector<Shape::Member> more = {
        {"decision", Shape::text(), false, "Only cases of this decision"},
        {"since", Shape::text(), false, "RFC 3339"},
        {"until", Shape::text(), false, "RFC 3339"},
        {"limit", Shape::integer(1, limits::replay_cases_max), false, "How many cases at most"}};
    members.insert(members.end(), more.begin(), more.end());
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/{code}/replays",
               .access = may,
               .summary = "Run a candidate over recorded cases and list what would differ",
               .body = std::make_shared<const Shape>(Shape::object(std::move(members))),
               .idempotent = true},
              [&state](Request& request) { return begin_replay(state, request); });
    add(Method::kGet, "/api/rules/{code}/replays", "What-if runs, newest first", list_replays,
        {limit, cursor});
    add(Method::kGet, "/api/rules/{code}/replays/{id:int}", "A what-if run with its progress",
        [](Decisions::State& owner, const Request& request) -> Result<Response> {
            return Response::json(to_json(SHU_TRY(replay_of(owner, request))));
        });
    add(Method::kGet, "/api/rules/{code}/replays/{id:int}/differences",
        "Cases that would come out differently; reading is an act", list_differences,
        {limit, cursor});
    add(Method::kDelete, "/api/rules/{code}/replays/{id:int}", "Cancel a what-if run", cancel);
    add(Method::kGet, "/api/rules/{code}/replays/{id:int}/events",
        "Progress of a what-if run as server-sent events", follow);
}

}  // namespace shu::decision
