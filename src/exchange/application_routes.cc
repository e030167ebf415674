// Applying for data and deciding about it; each step with its act in the same transaction.
#include <algorithm>
#include <limits>

#include "exchange/answers.h"
#include "exchange/service.h"
#include "exchange/views.h"

namespace shu::exchange {
namespace {

using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

json::array list_of(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& item : texts)
        list.push_back(json::value(item));
    return list;
}

Result<void> check_fields(const Application& application, const record::Dataset& dataset) {
    const std::vector<std::string>& fields = application.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string place = "/fields/" + std::to_string(i) + ": ";
        if (!dataset.field(fields[i]))
            return invalid(place + "the dataset has no field '" + fields[i] + "'");
        if (std::ranges::find(fields, fields[i]) != fields.begin() + static_cast<std::ptrdiff_t>(i))
            return invalid(place + "'" + fields[i] + "' is named twice");
    }
    return {};
}

Result<void> check_filter(const Application& application, const record::Dataset& dataset) {
    if (application.rows.field.empty()) return {};
    const record::Field* field = dataset.field(application.rows.field);
    if (!field)
        return invalid("/rows/field: the dataset has no field '" + application.rows.field + "'");
    BoundValue bound;
    const auto fits = bind(field->type, field->scale, application.rows.value, bound);
    return fits.ok() ? fits : within("/rows/value", fits.error());
}

Result<Application> application_from(const Service& service, const Request& request,
                                     const record::Dataset& dataset, const json::value& body) {
    const json::Reader in(body);
    const Actor& actor = identity::actor_of(request);
    Application it;
    it.id = service.parts.ids.next_as<ApplicationId>();
    it.dataset = dataset.code;
    it.applicant = actor.organisation;
    it.provider = dataset.provider;
    it.fields = in.texts("fields");
    if (in.has("rows")) {
        const json::Reader rows = SHU_TRY(in.member("rows"));
        it.rows.field = SHU_TRY(rows.text("field"));
        it.rows.value = SHU_TRY(rows.text("value"));
    }
    it.purpose = SHU_TRY(in.text("purpose"));
    it.basis = SHU_TRY(in.text("basis"));
    it.days = SHU_TRY(in.integer("days"));
    it.quota_per_day = SHU_TRY(in.integer("quota_per_day"));
    it.created_at = service.now();
    it.created_by = actor.display_name;
    SHU_CHECK(check_text("/purpose", it.purpose));
    SHU_CHECK(check_text("/basis", it.basis));
    SHU_CHECK(check_fields(it, dataset));
    SHU_CHECK(check_filter(it, dataset));
    SHU_CHECK(actor.require("application.create", actor.organisation, level_of(dataset, it)));
    return it;
}

ledger::Act create_act(const Actor& actor, const Application& it) {
    ledger::Act act = actor.act("application.create", "application:" + it.id.text());
    act.basis = it.basis;
    act.result = it.state;
    act.detail = {{"dataset", it.dataset},
                  {"provider", it.provider},
                  {"fields", list_of(it.fields)},
                  {"purpose", it.purpose},
                  {"quota_per_day", it.quota_per_day},
                  {"days", it.days}};
    if (!it.rows.field.empty()) act.detail["rows_field"] = it.rows.field;
    return act;
}

ledger::Act decide_act(ledger::Act act, const Application& it) {
    act.verb = "application.decide";
    act.object = "application:" + it.id.text();
    act.basis = it.basis;
    act.result = it.state;
    act.detail = {{"dataset", it.dataset}, {"applicant", it.applicant}, {"reason", it.reason}};
    return act;
}

ledger::Act grant_act(ledger::Act act, const Grant& grant) {
    act.verb = "grant.create";
    act.object = "grant:" + grant.id.text();
    act.basis = grant.basis;
    act.result = "done";
    json::array open, masked;
    for (const GrantedField& field : grant.fields)
        (field.masked ? masked : open).push_back(json::value(field.code));
    act.detail = {{"dataset", grant.dataset},
                  {"organisation", grant.organisation},
                  {"application", grant.application.text()},
                  {"fields", std::move(open)},
                  {"masked", std::move(masked)},
                  {"quota_per_day", grant.quota_per_day},
                  {"until", to_rfc3339(grant.until)}};
    return act;
}

/// The decided application and its grant, with their acts by whoever `act` names.
Result<void> write_decision(const Service& service, store::Transaction& tx,
                            const Application& decided, const std::optional<Grant>& grant,
                            const ledger::Act& actor) {
    SHU_CHECK(settle(tx, decided));
    SHU_CHECK(service.record(tx, decide_act(actor, decided)));
    if (!grant) return {};
    SHU_CHECK(insert(tx, *grant));
    return service.record(tx, grant_act(actor, *grant));
}

Result<std::optional<Grant>> apply_decision(const Service& service, Application& application,
                                            const Decision& decision,
                                            const record::Dataset& dataset) {
    application.state = decision.approve ? "approved" : "refused";
    application.decided_at = service.now();
    application.reason = decision.reason;
    if (!decision.approve) return std::optional<Grant>();
    Grant grant = SHU_TRY(decide(application, decision, dataset));
    grant.id = service.parts.ids.next_as<GrantId>();
    grant.from = application.decided_at;
    grant.until = application.decided_at + application.days * kMicrosPerDay;
    application.grant = grant.id;
    return std::optional<Grant>(std::move(grant));
}

/// What the sharing type decides by itself: unconditional sharing grants, refused sharing refuses
/// with its legal basis.
Result<std::optional<Decision>> decided_by_catalogue(const CatalogueEntry& entry) {
    if (entry.sharing == Sharing::kUnconditional)
        return std::optional<Decision>(
            {.approve = true, .reason = "无条件共享", .fields = {}, .masks = {}});
    if (entry.sharing == Sharing::kRefused)
        return std::optional<Decision>({.approve = false,
                                        .reason = "不予共享：" + entry.sharing_basis,
                                        .fields = {},
                                        .masks = {}});
    return std::optional<Decision>();
}

Result<Response> create(Service& service, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const std::string code = SHU_TRY(json::Reader(body).text("dataset"));
    const auto dataset = service.dataset(code);
    if (!dataset || dataset->catalogue.empty())
        return invalid("/dataset: the catalogue has no dataset '" + code + "'");
    const Actor& actor = identity::actor_of(request);
    if (actor.organisation.empty())
        return denied("only officers of an organisation apply for data");
    const Application submitted = SHU_TRY(application_from(service, request, *dataset, body));
    Application decided = submitted;
    std::optional<Grant> grant;
    const auto decision = SHU_TRY(decided_by_catalogue(entry_of(*dataset)));
    if (decision) {
        grant = SHU_TRY(apply_decision(service, decided, *decision, *dataset));
        decided.decided_by = "catalogue";
    }
    SHU_CHECK(service.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(insert(tx, submitted));
        SHU_CHECK(service.record(tx, create_act(actor, submitted)));
        if (!decision) return {};
        ledger::Act by_catalogue;
        by_catalogue.actor = "system:exchange";
        return write_decision(service, tx, decided, grant, by_catalogue);
    }));
    service.put_in_force();
    return Response::json(to_json(service, decided), 201);
}

Result<Application> find(const Service& service, const Request& request) {
    return find_visible<Application, ApplicationId>(
        service, request, "application", application_by_id,
        [](const Actor& actor, const Application& it) { return may_read(actor, parties_of(it)); });
}

Result<Response> show(Service& service, const Request& request) {
    return Response::json(to_json(service, SHU_TRY(find(service, request))));
}

Result<Response> list(Service& service, const Request& request) {
    Page page = SHU_TRY(page_from(request));
    page.state = SHU_TRY(request.query_parameter("state")).value_or("");
    return list_readable<Application>(service, request, page, applications);
}

Result<Decision> decision_from(const json::value& body) {
    const json::Reader in(body);
    Decision decision;
    decision.approve = SHU_TRY(in.boolean("approve"));
    decision.reason = in.text_or("reason");
    decision.fields = in.texts("fields");
    if (!decision.approve || !decision.reason.empty())
        SHU_CHECK(check_text("/reason", decision.reason));
    if (!in.has("masks")) return decision;
    for (const auto& member : body.as_object().at("masks").as_object())
        decision.masks.emplace(std::string(member.key()), member.value().as_bool());
    return decision;
}

Result<Response> settle_application(Service& service, const Request& request) {
    const json::value body = SHU_TRY(request.json_body());
    const Decision decision = SHU_TRY(decision_from(body));
    const Actor& actor = identity::actor_of(request);
    Application application = SHU_TRY(find(service, request));
    if (application.state != "submitted")
        return conflict("application " + application.id.text() +
                        " has been decided already: " + application.state);
    const auto dataset = service.dataset(application.dataset);
    if (!dataset)
        return conflict("the dataset '" + application.dataset +
                        "' is no longer declared; refuse is all that is left");
    SHU_CHECK(
        actor.require("application.decide", application.provider, level_of(*dataset, application)));
    const auto grant = SHU_TRY(apply_decision(service, application, decision, *dataset));
    application.decided_by = actor.display_name;
    SHU_CHECK(service.parts.database.write([&](store::Transaction& tx) {
        return write_decision(service, tx, application, grant, actor.act("", ""));
    }));
    service.put_in_force();
    return Response::json(to_json(service, application));
}

std::shared_ptr<const Shape> application_shape() {
    const Shape rows =
        Shape::object({{"field", Shape::text(), true, "A field of the dataset"},
                       {"value", Shape::text(), true, "Its value in all rows wanted"}});
    return std::make_shared<const Shape>(Shape::object(
        {{"dataset", Shape::text(), true, "Code of the dataset"},
         {"fields", Shape::list(Shape::text(), 1), true, "Codes of the fields wanted"},
         {"purpose", Shape::text(), true, "What the data is for"},
         {"basis", Shape::text(), true, "Service item or law"},
         {"days", Shape::integer(1, limits::grant_days_max), true, "How long"},
         {"quota_per_day", Shape::integer(1, limits::grant_quota_max), true, "Look-ups a day"},
         {"rows", rows, false, "Only rows with this value"}}));
}

std::shared_ptr<const Shape> decision_shape() {
    return std::make_shared<const Shape>(Shape::object(
        {{"approve", Shape::boolean(), true, "Grant or refuse"},
         {"reason", Shape::text(), false, "For the applicant; required when refusing"},
         {"fields", Shape::list(Shape::text()), false, "Fewer fields than were applied for"},
         {"masks", Shape::map(Shape::boolean()), false,
          "Field: masked or not, against the default"}}));
}

}  // namespace

void add_application_routes(http::Router& router, Service& service) {
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/applications",
               .access = http::Access::permission("application.create"),
               .summary = "Apply for fields of a dataset",
               .body = application_shape(),
               .query = {},
               .idempotent = true,
               .answer = http::shared(application_answer())},
              [&service](Request& request) { return create(service, request); });
    add_route(router,
              {.pattern = "/api/applications",
               .access = http::Access::permission("grant.read"),
               .summary = "Applications of the own organisation, as applicant or provider",
               .body = {},
               .query = {{"role", "applicant or provider"},
                         {"state", "submitted, approved, refused"},
                         {"limit", "Entries on a page"},
                         {"cursor", "Where the page begins"}},
               .answer = http::page_shape("Application", application_answer())},
              [&service](Request& request) { return list(service, request); });
    add_route(router,
              {.pattern = "/api/applications/{id:int}",
               .access = http::Access::permission("grant.read"),
               .summary = "One application",
               .body = {},
               .query = {},
               .answer = http::shared(application_answer())},
              [&service](Request& request) { return show(service, request); });
    add_route(router,
              {.method = Method::kPost,
               .pattern = "/api/applications/{id:int}/decision",
               .access = http::Access::permission("application.decide"),
               .summary = "Grant or refuse an application",
               .body = decision_shape(),
               .query = {},
               .answer = http::shared(application_answer())},
              [&service](Request& request) { return settle_application(service, request); });
}

}  // namespace shu::exchange
