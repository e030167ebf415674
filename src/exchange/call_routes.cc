// Who read what: the monitor's lists and live figures, a call's receipt, a citizen's own accesses.
#include <algorithm>
#include <limits>

#include "exchange/answers.h"
#include "exchange/service.h"
#include "foundation/text.h"
#include "ledger/answers.h"

namespace shu::exchange {
namespace {

using http::Request;
using http::Response;
using identity::Actor;

constexpr std::string_view kMonitor = "gateway.monitor";

bool may_monitor(const Actor& actor, const Call& call) {
    return actor.level_for(kMonitor, call.organisation) > 0;
}

json::object shown(const Service& service, const Call& call) {
    return to_json(call, *service.parts.identity.directory(),
                   *service.parts.records.declarations());
}

/// What a monitor without the whole city in scope may list: calls of the organisations within.
Result<Response> list(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    CallFilter filter;
    filter.dataset = SHU_TRY(request.query_parameter("dataset")).value_or("");
    filter.organisation = SHU_TRY(request.query_parameter("organisation")).value_or("");
    filter.outcome = SHU_TRY(request.query_parameter("state")).value_or("");
    filter.before = std::numeric_limits<std::int64_t>::max();
    if (const auto cursor = SHU_TRY(request.query_parameter("cursor")))
        filter.before = SHU_TRY(parse_id(*cursor));
    const std::size_t limit = SHU_TRY(request.page_limit());
    filter.limit = limits::page_rows_max;
    json::array items;
    // A narrow monitor of a wide log: stops looking after some pages and lets the reader ask on.
    for (int pages = 0; pages < 10; ++pages) {
        const auto found = SHU_TRY(service.parts.database.read_value<std::vector<Call>>(
            [&](store::Transaction& tx) { return calls(tx, filter); }));
        for (const Call& call : found) {
            if (items.size() == limit)
                return Response::page(std::move(items), std::to_string(filter.before));
            filter.before = call.id.value;
            if (may_monitor(actor, call)) items.push_back(shown(service, call));
        }
        if (found.size() < filter.limit) return Response::page(std::move(items), std::nullopt);
    }
    return Response::page(std::move(items), std::to_string(filter.before));
}

struct FoundCall {
    Call call;
    std::optional<Seal> seal;  ///< none: shown live, but not yet sealed and indexed
};

/// From the index, or else of the calls shown live lately.
Result<std::optional<FoundCall>> find_anywhere(const Service& service, store::Transaction& tx,
                                               CallId id) {
    const auto call = SHU_TRY(call_by_id(tx, id));
    if (call) {
        const auto seal = SHU_TRY(seal_of(tx, *call));
        if (!seal) return corrupt("call " + id.text() + " stands in no sealed batch");
        return std::optional<FoundCall>({*call, *seal});
    }
    const auto record = service.live.shown(id);
    if (!record) return std::optional<FoundCall>();
    const Call shown = SHU_TRY(parse_record(*record));
    return std::optional<FoundCall>({shown, std::nullopt});
}

Result<FoundCall> find(const Service& service, const Request& request) {
    const auto id = SHU_TRY(request.id<CallId>("id"));
    const Actor& actor = identity::actor_of(request);
    FoundCall found;
    bool is_known = false;
    SHU_CHECK(service.parts.database.read([&](store::Transaction& tx) -> Result<void> {
        const auto anywhere = SHU_TRY(find_anywhere(service, tx, id));
        if (!anywhere) return {};
        found = *anywhere;
        const Call* call = &found.call;
        const auto grant = SHU_TRY(grant_by_id(tx, GrantId{call->grant}));
        const bool is_party =
            grant && !actor.organisation.empty() &&
            (actor.organisation == grant->organisation || actor.organisation == grant->provider) &&
            actor.may("grant.read");
        const bool is_concerned = !actor.subject.empty() && actor.subject == call->subject;
        is_known = may_monitor(actor, *call) || is_party || is_concerned;
        return {};
    }));
    if (!is_known)
        return not_found("there is no call " + id.text() +
                         " that you may see; a call can be seen a second after its answer");
    return found;
}

/// An act is proved from the first checkpoint on that covers it, which is up to a second later.
bool is_under_checkpoint(const Service& service, std::int64_t sequence) {
    const auto checkpoint = service.parts.ledger.checkpoint();
    return sequence >= 0 && checkpoint.ok() &&
           static_cast<std::uint64_t>(sequence) < checkpoint->size;
}

Result<Response> show(Service& service, const Request& request) {
    const FoundCall found = SHU_TRY(find(service, request));
    json::object call = shown(service, found.call);
    if (!found.seal) {
        call["sealed"] = false;
        call["act_sequence"] = nullptr;
        return Response::json(call);
    }
    const auto act = service.parts.ledger.act_by_id(ledger::ActId{found.seal->act});
    const bool is_numbered = act.ok() && act->sequence >= 0;
    // Only what receipt() can prove is called sealed.
    call["sealed"] = is_numbered && is_under_checkpoint(service, act->sequence);
    call["act_sequence"] = is_numbered ? json::value(act->sequence) : json::value(nullptr);
    return Response::json(call);
}

Result<BatchProof> prove_where_it_is(const Service& service, const Call& call, const Seal& seal) {
    auto proof = prove(service.trace, seal, call.place.position);
    if (proof.ok() || proof.error().code != Code::kNotFound) return proof;
    const auto archived = SHU_TRY(service.parts.database.read_value<std::optional<ArchivedSegment>>(
        [&](store::Transaction& tx) {
            return archived_segment(tx, service.trace.node, seal.segment);
        }));
    const std::string segment = "trace segment " + std::to_string(seal.segment);
    if (!archived) return corrupt(segment + " is missing and was not archived");
    return unavailable(segment + " was archived on " + to_rfc3339(archived->at) + " (SM3 " +
                       archived->digest +
                       "); bring it back into the archive's folder and ask again");
}

Result<Response> receipt(Service& service, const Request& request) {
    const FoundCall found = SHU_TRY(find(service, request));
    if (!found.seal) return unavailable("the call is not sealed yet; ask again in a second");
    const Seal& seal = *found.seal;
    if (seal.node != service.trace.node)
        return unavailable("the trace of this call is kept on node " + std::to_string(seal.node) +
                           "; ask there for its receipt");
    const BatchProof proof = SHU_TRY(prove_where_it_is(service, found.call, seal));
    const auto act = SHU_TRY(service.parts.ledger.act_by_id(ledger::ActId{seal.act}));
    if (act.sequence < 0)
        return unavailable(
            "the act that seals this call is not yet numbered; ask again in a second");
    const ledger::Receipt sealed = SHU_TRY(service.parts.ledger.receipt(act.sequence));
    json::value act_receipt = SHU_TRY(json::parse(sealed.to_text()));
    json::array path;
    for (const crypto::Digest& digest : proof.proof.path)
        path.push_back(json::value(crypto::to_hex(digest)));
    return Response::json(json::object{{"record", proof.record},
                                       {"hash", "sm3"},
                                       {"leaf_index", proof.proof.index},
                                       {"batch_size", seal.records},
                                       {"path", std::move(path)},
                                       {"batch_root", crypto::to_hex(proof.root)},
                                       {"act_receipt", std::move(act_receipt)}});
}

Result<Response> statistics(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    std::int64_t minutes = 60;
    if (const auto asked = SHU_TRY(request.query_parameter("minutes")))
        minutes = SHU_TRY(text::parse_integer(*asked));
    if (minutes < 1 || minutes > 1'440) return invalid("minutes is 1 to 1440");
    const std::int64_t now_minute = service.now() / (60 * kMicrosPerSecond);
    const auto rows = SHU_TRY(service.parts.database.read_value<
                              std::vector<store::StoredRow>>([&](store::Transaction& tx) {
        return tx.query(
            "SELECT minute, organisation, dataset, SUM(calls), SUM(refused) FROM gateway_minute WHERE minute > $1 "
            "GROUP BY minute, organisation, dataset ORDER BY minute",
            {now_minute - minutes});
    }));
    struct Count {
        std::int64_t calls = 0, refused = 0;
    };
    std::map<std::int64_t, Count> series;
    std::map<std::string, std::int64_t> by_organisation, by_dataset;
    for (std::int64_t minute = now_minute - minutes + 1; minute <= now_minute; ++minute)
        series[minute] = {};
    for (const store::StoredRow& row : rows) {
        if (actor.level_for(kMonitor, row.text(1)) == 0) continue;
        Count& count = series[row.integer(0)];
        count.calls += row.integer(3);
        count.refused += row.integer(4);
        by_organisation[row.text(1)] += row.integer(3);
        by_dataset[row.text(2)] += row.integer(3);
    }
    json::array points, organisations, datasets;
    for (const auto& [minute, count] : series)
        points.push_back(json::object{{"at", to_rfc3339(minute * 60 * kMicrosPerSecond)},
                                      {"calls", count.calls},
                                      {"refused", count.refused}});
    for (const auto& [code, count] : by_organisation)
        organisations.push_back(json::object{
            {"organisation", code}, {"name", service.organisation_name(code)}, {"calls", count}});
    for (const auto& [code, count] : by_dataset) {
        const auto dataset = service.dataset(code);
        datasets.push_back(json::object{{"dataset", code},
                                        {"name", dataset ? dataset->name : code},
                                        {"name_en", dataset ? dataset->name_en : ""},
                                        {"calls", count}});
    }
    return Response::json(json::object{{"series", std::move(points)},
                                       {"by_organisation", std::move(organisations)},
                                       {"by_dataset", std::move(datasets)}});
}

Result<Response> events(Service& service, const Request& request) {
    // Live figures are of the whole gateway, so they are for those who may monitor every
    // organisation.
    const Actor& actor = identity::actor_of(request);
    const auto directory = service.parts.identity.directory();
    if (!std::ranges::all_of(directory->organisations(),
                             [&actor](const identity::Organisation& organisation) {
                                 return actor.level_for(kMonitor, organisation.code) > 0;
                             }))
        return denied("the live gateway needs gateway.monitor for every organisation of the city");
    Response response;
    response.content_type = "text/event-stream";
    response.events = [&service](std::shared_ptr<http::EventSink> sink) {
        service.live.listen(std::move(sink));
    };
    return response;
}

// A citizen's accesses come from two lists: calls of the gateway, and acts about the citizen (a
// record browsed by an officer).

struct Access {
    Micros at = 0;
    json::object json;
    std::int64_t call = 0;      ///< its id, or 0
    std::int64_t sequence = 0;  ///< of an act
};

json::object access_json(const Service& service, const Call& call, const Seal& seal) {
    const json::object all = shown(service, call);
    const auto act = service.parts.ledger.act_by_id(ledger::ActId{seal.act});
    return {{"id", call.id.text()},
            {"kind", "call"},
            {"at", to_rfc3339(call.at)},
            {"organisation", call.organisation},
            {"organisation_name", all.at("organisation_name")},
            {"dataset_name", all.at("dataset_name")},
            {"dataset_name_en", all.at("dataset_name_en")},
            {"fields", all.at("field_names")},
            {"fields_en", all.at("field_names_en")},
            {"purpose", call.purpose},
            {"basis", call.basis},
            {"outcome", call.outcome},
            {"sealed", act.ok() && is_under_checkpoint(service, act->sequence)}};
}

json::object access_json(const Service& service, const ledger::RecordedAct& recorded) {
    const ledger::Act& act = recorded.act;
    const json::value detail(act.detail);
    const json::Reader in(detail);
    std::string code = in.text_or("dataset");
    if (code.empty() && act.object.starts_with("dataset:")) code = act.object.substr(8);
    const auto dataset = service.dataset(code);
    json::array fields, fields_en;
    for (const std::string& field_code : in.texts("fields")) {
        const record::Field* field = dataset ? dataset->field(field_code) : nullptr;
        fields.push_back(json::value(field ? field->name : field_code));
        fields_en.push_back(
            json::value(field && !field->name_en.empty() ? field->name_en : field_code));
    }
    return {{"id", std::to_string(recorded.sequence)},
            {"kind", "act"},
            {"at", to_rfc3339(recorded.at)},
            {"verb", act.verb},
            {"organisation", act.organisation},
            {"organisation_name", service.organisation_name(act.organisation)},
            {"dataset_name", dataset ? dataset->name : code},
            {"dataset_name_en", dataset ? dataset->name_en : ""},
            {"fields", std::move(fields)},
            {"fields_en", std::move(fields_en)},
            {"purpose", in.text_or("purpose")},
            {"basis", act.basis},
            {"outcome", act.result},
            {"sealed", is_under_checkpoint(service, recorded.sequence)}};
}

struct AccessCursor {
    std::int64_t call = std::numeric_limits<std::int64_t>::max();
    std::int64_t sequence = -1;  ///< of the ledger: from the end
};

Result<AccessCursor> access_cursor(const Request& request) {
    AccessCursor cursor;
    const auto written = SHU_TRY(request.query_parameter("cursor"));
    if (!written) return cursor;
    const auto parts = text::split(*written, '.');
    if (parts.size() != 2) return invalid("the cursor is not one of this list");
    cursor.call = SHU_TRY(text::parse_integer(parts[0]));
    cursor.sequence = SHU_TRY(text::parse_integer(parts[1]));
    return cursor;
}

Result<Response> accesses(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    if (actor.subject.empty())
        return denied("only citizens have accesses of their own; officers use the monitor");
    AccessCursor cursor = SHU_TRY(access_cursor(request));
    const std::size_t limit = SHU_TRY(request.page_limit());
    CallFilter filter;
    filter.subject = actor.subject;
    filter.before = cursor.call;
    filter.limit = limit + 1;
    std::vector<Call> found_calls;
    std::vector<Seal> seals;
    SHU_CHECK(service.parts.database.read([&](store::Transaction& tx) -> Result<void> {
        found_calls = SHU_TRY(calls(tx, filter));
        for (const Call& call : found_calls)
            seals.push_back(SHU_TRY(seal_of(tx, call)).value_or(Seal()));
        return {};
    }));
    std::vector<ledger::RecordedAct> found_acts;
    if (cursor.sequence != 0)
        found_acts = SHU_TRY(service.parts.ledger.acts(
            {.object = {}, .subject = actor.subject, .actor = {}, .verb = {}}, cursor.sequence,
            limit + 1));
    json::array items;
    std::size_t call = 0, act = 0;
    while (items.size() < limit && (call < found_calls.size() || act < found_acts.size())) {
        const bool takes_call =
            act == found_acts.size() ||
            (call < found_calls.size() && found_calls[call].at >= found_acts[act].at);
        if (takes_call) {
            cursor.call = found_calls[call].id.value;
            items.push_back(access_json(service, found_calls[call], seals[call]));
            ++call;
        } else {
            cursor.sequence = found_acts[act].sequence;
            items.push_back(access_json(service, found_acts[act++]));
        }
    }
    std::optional<std::string> next;
    if (call < found_calls.size() || act < found_acts.size())
        next = std::to_string(cursor.call) + "." + std::to_string(cursor.sequence);
    return Response::page(std::move(items), next);
}

/// The receipt of an act about the citizen who asks. An act about somebody else is answered like
/// one that is not there.
Result<Response> access_receipt(Service& service, const Request& request) {
    const Actor& actor = identity::actor_of(request);
    const std::int64_t sequence = SHU_TRY(text::parse_integer(request.parameter("sequence")));
    const auto act = actor.subject.empty() ? Result<ledger::RecordedAct>(not_found(""))
                                           : service.parts.ledger.act(sequence);
    if (!act.ok() && act.error().code != Code::kNotFound) return act.error();
    if (!act.ok() || act->act.subject != actor.subject)
        return not_found("there is no act " + std::to_string(sequence) + " about you");
    const ledger::Receipt receipt = SHU_TRY(service.parts.ledger.receipt(sequence));
    return Response::text(receipt.to_text(), "application/json");
}

}  // namespace

void add_call_routes(http::Router& router, Service& service) {
    const http::Access monitor = http::Access::permission(std::string(kMonitor));
    const http::Access anybody = http::Access::signed_in();
    auto add = [&](std::string pattern, const http::Access& access, std::string summary,
                   auto handler, std::shared_ptr<const Shape> answer = {},
                   std::vector<std::pair<std::string, std::string>> query = {}) {
        add_route(router,
                  {.pattern = std::move(pattern),
                   .access = access,
                   .summary = std::move(summary),
                   .body = {},
                   .query = std::move(query),
                   .answer = std::move(answer)},
                  [&service, handler](Request& request) { return handler(service, request); });
    };
    add("/api/calls", monitor, "Calls of the gateway, newest first", list,
        http::page_shape("Call", call_answer()),
        {{"dataset", "Code"},
         {"organisation", "Code"},
         {"state", "answered or refused"},
         {"limit", "Entries on a page"},
         {"cursor", "Where the page begins"}});
    add("/api/calls/{id:int}", anybody, "One call", show, http::shared(call_detail_answer()));
    add("/api/calls/{id:int}/receipt", anybody, "Proof that the call stands in the sealed trace",
        receipt, http::shared(call_receipt_answer()));
    add("/api/gateway/statistics", monitor, "Calls by minute, organisation and dataset", statistics,
        http::shared(gateway_statistics_answer()), {{"minutes", "How far back, 1 to 1440"}});
    add_route(router,
              {.pattern = "/api/gateway/events",
               .access = monitor,
               .summary = "Figures of each second and a sample of the calls, live",
               .body = {},
               .query = {},
               .answer_type = "text/event-stream"},
              [&service](Request& request) { return events(service, request); });
    add("/api/me/accesses", anybody, "Who read or used the citizen's own data", accesses,
        http::page_shape("Access", access_answer()),
        {{"limit", "Entries on a page"}, {"cursor", "Where the page begins"}});
    add("/api/me/accesses/{sequence:int}/receipt", anybody, "Proof of an act about the citizen",
        access_receipt, http::shared(ledger::act_receipt_answer()));
}

}  // namespace shu::exchange
