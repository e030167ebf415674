// Models, drafts and versions over HTTP.
#include "decision/routes.h"

#include <algorithm>

#include "decision/limits.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

json::value time_or_null(Micros at) {
    return at == 0 ? json::value() : json::value(to_rfc3339(at));
}

json::object to_json(const PublishedModel& model, const Version& it, Micros now) {
    const Version* current = model.in_force(now);
    const bool in_force = current && current->number == it.number;
    const Micros until = model.until(it);
    return {{"number", it.number},
            {"digest", it.digest},
            {"from", to_rfc3339(it.from)},
            {"until", time_or_null(until)},
            {"state", it.is_cancelled() ? "cancelled"
                      : in_force        ? "in-force"
                      : it.from > now   ? "scheduled"
                                        : "past"},
            {"published_at", to_rfc3339(it.published_at)},
            {"published_by", it.published_by},
            {"drawn_by", it.drawn_by},
            {"note", it.note},
            {"basis", it.basis},
            {"source", it.source},
            {"of", it.of == 0 ? json::value() : json::value(it.of)},
            {"cancelled_at", time_or_null(it.cancelled_at)},
            {"cancelled_by", it.cancelled_by},
            {"cancel_reason", it.cancel_reason}};
}

json::value draft_json(const PublishedModel& model, const Actor& actor) {
    if (!model.draft) return nullptr;
    std::string refusal = four_eyes_refusal(model, actor);
    if (actor.level_for("rule.publish", model.owner) == 0)
        refusal = "your post does not hold rule.publish for this organisation";
    return json::object{
        {"digest", model.draft->digest},
        {"drawn_by", model.draft->drawn_by},
        {"drawn_at", to_rfc3339(model.draft->drawn_at)},
        {"note", model.draft->note},
        {"base", model.draft->base == 0 ? json::value() : json::value(model.draft->base)},
        {"may_publish", refusal.empty()},
        {"why_not", refusal.empty() ? json::value() : json::value(refusal)}};
}

json::object summary_of(Decisions::State& state, const PublishedModel& model, const Actor& actor) {
    const auto* owner = state.parts.identity.directory()->organisation(model.owner);
    const Version* current = model.in_force(state.now());
    // Of what is being worked on, else of what holds.
    const std::string shown = model.draft ? model.draft->digest : current ? current->digest : "";
    const auto counts =
        shown.empty() ? Result<Counts>() : state.shelf.counts(shown, state.standing(state.now()));
    return {{"code", model.code},
            {"name", model.name},
            {"name_en", model.name_en},
            {"owner", model.owner},
            {"owner_name", owner ? owner->name : model.owner},
            {"basis", model.basis},
            {"four_eyes", model.four_eyes},
            {"record", model.record},
            {"keep_days", model.keep_days == 0 ? json::value() : json::value(model.keep_days)},
            {"created_at", to_rfc3339(model.created_at)},
            {"withdrawn_at", time_or_null(model.withdrawn_at)},
            {"in_force", current ? json::value(current->number) : json::value()},
            {"in_force_from", current ? json::value(to_rfc3339(current->from)) : json::value()},
            {"errors", counts.ok() ? json::value(counts->mistakes) : json::value()},
            {"findings", counts.ok() ? json::value(counts->findings) : json::value()},
            {"version_count", model.versions.size()},
            {"draft", draft_json(model, actor)}};
}

json::object details_of(Decisions::State& state, const PublishedModel& model, const Actor& actor) {
    json::object out = summary_of(state, model, actor);
    json::array versions;
    for (auto it = model.versions.rbegin(); it != model.versions.rend(); ++it)
        versions.push_back(to_json(model, *it, state.now()));
    out["versions"] = std::move(versions);
    return out;
}

bool has_state(const PublishedModel& model, std::string_view wanted, Micros now) {
    if (wanted.empty()) return true;
    if (wanted == "withdrawn") return model.withdrawn_at != 0;
    if (wanted == "draft") return model.draft.has_value();
    if (wanted == "in-force") return model.in_force(now) != nullptr;
    return std::ranges::any_of(
        model.versions, [&](const Version& it) { return it.from > now && !it.is_cancelled(); });
}

Result<Response> list(Decisions::State& state, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    const std::string words = SHU_TRY(request.query_parameter("q")).value_or("");
    const std::string owner = SHU_TRY(request.query_parameter("owner")).value_or("");
    const std::string wanted = SHU_TRY(request.query_parameter("state")).value_or("");
    const std::string after = SHU_TRY(request.query_parameter("cursor")).value_or("");
    const std::size_t limit = SHU_TRY(request.page_limit());
    json::array items;
    std::string last;
    for (const auto& [code, model] : *state.models()) {
        if (code <= after || actor.level_for("rule.read", model->owner) == 0) continue;
        if (!owner.empty() && model->owner != owner) continue;
        if (!has_state(*model, wanted, state.now())) continue;
        if ((model->name + " " + code + " " + model->name_en + " " + model->basis).find(words) ==
            std::string::npos)
            continue;
        if (items.size() == limit) return Response::page(std::move(items), last);
        items.push_back(summary_of(state, *model, actor));
        last = code;
    }
    return Response::page(std::move(items), std::nullopt);
}

Result<Response> show(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.read"));
    return Response::json(details_of(state, *model, identity::actor_of(request)));
}

/// The model after a change, as the caller sees it now.
Result<Response> shown_again(Decisions::State& state, const Request& request,
                             const std::string& code, int status) {
    const auto model = SHU_TRY(state.model(code));
    return Response::json(details_of(state, *model, identity::actor_of(request)), status);
}

Result<Response> create(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    const Actor& actor = identity::actor_of(request);
    PublishedModel made;
    made.code = SHU_TRY(in.text("code"));
    made.name = SHU_TRY(in.text("name"));
    made.name_en = in.text_or("name_en");
    made.owner = in.text_or("owner", actor.organisation);
    made.basis = in.text_or("basis");
    made.four_eyes = in.boolean_or("four_eyes", true);
    made.record = in.boolean_or("record", false);
    made.keep_days = in.integer_or("keep_days", 0);
    if (!state.parts.identity.directory()->organisation(made.owner))
        return invalid("/owner: there is no organisation '" + made.owner + "'");
    std::string xml = SHU_TRY(in.text("xml"));
    SHU_CHECK(draw(state, actor,
                   {.code = made.code,
                    .xml = std::move(xml),
                    .note = in.text_or("note"),
                    .replaces = std::nullopt,
                    .made = made}));
    return shown_again(state, request, made.code, 201);
}

Result<Response> save_draft(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    const std::string code(request.parameter("code"));
    std::optional<std::string> replaces;
    if (in.has("replaces")) replaces = in.text_or("replaces");
    std::string xml = SHU_TRY(in.text("xml"));
    SHU_CHECK(draw(state, identity::actor_of(request),
                   {.code = code,
                    .xml = std::move(xml),
                    .note = in.text_or("note"),
                    .replaces = std::move(replaces),
                    .made = std::nullopt}));
    return shown_again(state, request, code, 200);
}

Response xml_response(std::string xml) {
    return Response::text(std::move(xml), "application/xml; charset=utf-8").with_etag();
}

Result<Response> draft_xml(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.read"));
    if (!model->draft) return not_found("'" + model->code + "' has no draft");
    return xml_response(SHU_TRY(state.text(model->draft->digest)));
}

Result<Response> version_xml(Decisions::State& state, const Request& request) {
    const auto model = SHU_TRY(model_of(state, request, "rule.read"));
    const std::int64_t number = SHU_TRY(parse_id(request.parameter("number")));
    const Version* version = model->version(number);
    if (!version)
        return not_found("'" + model->code + "' has no version " + std::to_string(number));
    return xml_response(SHU_TRY(state.text(version->digest)));
}

Result<Response> put_in_force(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    Publication publication;
    publication.code = request.parameter("code");
    publication.digest = SHU_TRY(in.text("digest"));
    publication.from = SHU_TRY(instant_or(in.text_or("from"), "from", 0));
    publication.note = SHU_TRY(in.text("note"));
    publication.basis = in.text_or("basis");
    publication.accepts_failing_examples = in.boolean_or("accept_failing", false);
    const Version made = SHU_TRY(publish(state, identity::actor_of(request), publication));
    const auto model = SHU_TRY(state.model(request.parameter("code")));
    return Response::json(to_json(*model, made, state.now()), 201);
}

Result<Response> go_back(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const json::Reader in(body);
    Rollback rollback;
    rollback.code = request.parameter("code");
    rollback.version = SHU_TRY(in.integer("version"));
    rollback.from = SHU_TRY(instant_or(in.text_or("from"), "from", 0));
    rollback.note = SHU_TRY(in.text("note"));
    const Version made = SHU_TRY(roll_back(state, identity::actor_of(request), rollback));
    const auto model = SHU_TRY(state.model(request.parameter("code")));
    return Response::json(to_json(*model, made, state.now()), 201);
}

Result<Response> cancel(Decisions::State& state, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const std::string code(request.parameter("code"));
    const std::int64_t number = SHU_TRY(parse_id(request.parameter("number")));
    std::string reason = SHU_TRY(json::Reader(body).text("reason"));
    SHU_CHECK(cancel_version(state, identity::actor_of(request),
                             {.code = code, .version = number, .reason = std::move(reason)}));
    return shown_again(state, request, code, 200);
}

std::shared_ptr<const Shape> shape(std::vector<Shape::Member> members) {
    return std::make_shared<const Shape>(Shape::object(std::move(members)));
}

void add_reading(http::Router& router, Decisions::State& state) {
    const auto read = Access::permission("rule.read");
    add_route(router,
              {.pattern = "/api/rules",
               .access = read,
               .summary = "Decision models with the version in force",
               .query = {{"q", "Words of name, code or basis"},
                         {"owner", "Organisation"},
                         {"state", "in-force, scheduled, draft or withdrawn"},
                         {"limit", "Entries on a page"},
                         {"cursor", "Where the page begins"}}},
              [&state](Request& request) { return list(state, request); });
    add_route(router,
              {.pattern = "/api/rules/{code}",
               .access = read,
               .summary = "A decision model with its versions"},
              [&state](Request& request) { return show(state, request); });
    add_route(router,
              {.pattern = "/api/rules/{code}/draft.xml",
               .access = read,
               .summary = "The text of the draft"},
              [&state](Request& request) { return draft_xml(state, request); });
    add_route(router,
              {.pattern = "/api/rules/{code}/versions/{number:int}/xml",
               .access = read,
               .summary = "The text of a version"},
              [&state](Request& request) { return version_xml(state, request); });
}

void add_publishing(http::Router& router, Decisions::State& state) {
    const Shape::Member from{"from", Shape::text(), false, "RFC 3339; now if absent"};
    const Shape::Member note{"note", Shape::text(), true, "Why, for those who come later"};
    add_route(
        router,
        {.method = Method::kPost,
         .pattern = "/api/rules/{code}/publication",
         .access = Access::permission("rule.publish"),
         .summary = "Publish the draft as a version that holds from an instant on",
         .body = shape({{"digest", Shape::text(), true, "Of the draft that was read"},
                        from,
                        {"basis", Shape::text(), false, "Law or notice; the model's if absent"},
                        {"accept_failing", Shape::boolean(), false,
                         "Publish although examples do not come out; the act tells it"},
                        note}),
         .idempotent = true},
        [&state](Request& request) { return put_in_force(state, request); });
    add_route(
        router,
        {.method = Method::kPost,
         .pattern = "/api/rules/{code}/rollback",
         .access = Access::permission("rule.publish"),
         .summary = "Publish the text of an older version as a new one",
         .body = shape({{"version", Shape::integer(1, INT32_MAX), true, "Whose text"}, from, note}),
         .idempotent = true},
        [&state](Request& request) { return go_back(state, request); });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules/{code}/versions/{number:int}/cancellation",
               .access = Access::permission("rule.publish"),
               .summary = "Take back a version that does not hold yet",
               .body = shape({{"reason", Shape::text(), true, "Why, for those who come later"}})},
              [&state](Request& request) { return cancel(state, request); });
}

}  // namespace

void add_route(http::Router& router, RouteSpec spec, http::Handler handler) {
    http::Route route;
    route.method = spec.method;
    route.pattern = std::move(spec.pattern);
    route.access = std::move(spec.access);
    route.handler = std::move(handler);
    route.summary = std::move(spec.summary);
    route.tag = "decision";
    route.body = spec.body ? http::BodyKind::kMemory : http::BodyKind::kNone;
    route.request_shape = std::move(spec.body);
    route.query = std::move(spec.query);
    route.idempotent = spec.idempotent;
    router.add(std::move(route));
}

Result<std::shared_ptr<const PublishedModel>> model_of(const Decisions::State& state,
                                                       const Request& request,
                                                       std::string_view verb) {
    auto model = SHU_TRY(state.model(request.parameter("code")));
    const Actor& actor = identity::actor_of(request);
    if (actor.level_for(verb, model->owner) > 0) return model;
    // Who may not even know of it is told what he would be told if it were not there.
    if (actor.level_for("rule.read", model->owner) == 0)
        return not_found("there is no decision model '" + model->code + "'");
    return actor.require(verb, model->owner).error();
}

Result<Micros> instant_or(const std::string& text, std::string_view member, Micros otherwise) {
    if (text.empty()) return otherwise;
    auto read = parse_instant(text, kChinaOffsetMinutes);
    if (!read.ok()) return within("/" + std::string(member), read.error());
    return read;
}

void add_model_routes(http::Router& router, Decisions::State& state) {
    add_reading(router, state);
    const Shape code = Shape::text_matching("[a-z][a-z0-9-]{1,62}", "talent-housing");
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/rules",
               .access = Access::permission("rule.draw"),
               .summary = "Begin a decision model with a draft",
               .body = shape({{"code", code, true, "Stable name of the model"},
                              {"name", Shape::text(), true, "Name"},
                              {"name_en", Shape::text(), false, "Name in English"},
                              {"owner", Shape::text(), false, "Organisation; the own if absent"},
                              {"basis", Shape::text(), false, "Law or notice"},
                              {"four_eyes", Shape::boolean(), false, "True if absent"},
                              {"record", Shape::boolean(), false, "False if absent"},
                              {"keep_days", Shape::integer(1, limits::decision_keep_days_max),
                               false, "Of recorded cases; for ever if absent"},
                              {"xml", Shape::text(), true, "DMN"},
                              {"note", Shape::text(), false, "What it is about"}}),
               .idempotent = true},
              [&state](Request& request) { return create(state, request); });
    add_route(router,
              {.method = Method::kPut,
               .pattern = "/api/rules/{code}/draft",
               .access = Access::permission("rule.draw"),
               .summary = "Save the draft of a model",
               .body = shape({{"xml", Shape::text(), true, "DMN"},
                              {"note", Shape::text(), false, "What changes"},
                              {"replaces", Shape::text(), false,
                               "Digest of the draft that was seen; empty: none was"}})},
              [&state](Request& request) { return save_draft(state, request); });
    add_route(
        router,
        {.method = Method::kDelete,
         .pattern = "/api/rules/{code}/draft",
         .access = Access::permission("rule.draw"),
         .summary = "Throw the draft away"},
        [&state](Request& request) -> Result<Response> {
            SHU_CHECK(discard_draft(state, identity::actor_of(request), request.parameter("code")));
            return Response::no_content();
        });
    add_publishing(router, state);
}

void Decisions::add_routes(http::Router& router) {
    add_model_routes(router, *state_);
    add_use_routes(router, *this, *state_);
    add_example_routes(router, *state_);
    add_case_routes(router, *state_);
}

}  // namespace shu::decision
