#include "ledger/routes.h"

#include <algorithm>
#include <mutex>

#include "foundation/text.h"
#include "ledger/answers.h"

namespace shu::ledger {
namespace {

using http::Access;
using http::Request;
using http::Response;

constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

/// A query parameter that is a whole number, not negative.
Result<std::int64_t> number_in_query(const Request& request, std::string_view name,
                                     std::int64_t otherwise) {
    const auto text = SHU_TRY(request.query_parameter(name));
    if (!text) return otherwise;
    const auto number = text::parse_integer(*text);
    if (!number.ok() || *number < 0)
        return invalid("query parameter " + std::string(name) + ": '" + *text +
                       "' is not a whole number");
    return *number;
}

Result<std::int64_t> sequence_in(const Request& request) {
    return text::parse_integer(request.parameter("sequence"));
}

Result<Response> newest_checkpoint(const Ledger& ledger) {
    const Checkpoint checkpoint = SHU_TRY(ledger.checkpoint());
    return Response::json(checkpoint.to_json())
        .with_header("Cache-Control", "no-cache")
        .with_etag();
}

Result<Response> list_checkpoints(const Ledger& ledger, const Request& request) {
    const std::int64_t before = SHU_TRY(number_in_query(request, "before", 0));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const auto checkpoints = SHU_TRY(ledger.checkpoints(static_cast<std::uint64_t>(before), limit));
    json::array items;
    for (const Checkpoint& checkpoint : checkpoints)
        items.push_back(checkpoint.to_json());
    std::optional<std::string> next;
    if (checkpoints.size() == limit && checkpoints.back().size > 1)
        next = std::to_string(checkpoints.back().size);
    return Response::page(std::move(items), next);
}

Result<Response> public_key(const Ledger& ledger) {
    const crypto::Sm2PublicKey& key = ledger.public_key();
    const json::object answer{
        {"origin", ledger.options().origin},  {"algorithm", "SM2 with SM3 (GB/T 32918.2)"},
        {"id", crypto::kDefaultSm2Id},        {"hash", crypto::to_string(ledger.options().hash)},
        {"point", text::to_hex(key.point())}, {"pem", key.pem()},
        {"fingerprint", fingerprint_of(key)}};
    return Response::json(answer).with_etag();
}

Result<Response> public_keys(const Ledger& ledger) {
    json::array items;
    for (const SigningKey& one : ledger.keys()) {
        json::object item{{"fingerprint", fingerprint_of(one.key)},
                          {"point", text::to_hex(one.key.point())},
                          {"pem", one.key.pem()},
                          {"after", one.after},
                          {"handover", nullptr}};
        if (one.act >= 0) {
            const Receipt handover = SHU_TRY(ledger.handover_to(one));
            item["handover"] = SHU_TRY(json::parse(handover.to_text()));
        }
        items.push_back(std::move(item));
    }
    return Response::json(json::object{{"items", std::move(items)}}).with_etag();
}

Result<std::string> filter_in(const Request& request, std::string_view name) {
    return SHU_TRY(request.query_parameter(name)).value_or("");
}

Result<Response> list_acts(const Ledger& ledger, const Request& request) {
    Ledger::Filter filter;
    filter.object = SHU_TRY(filter_in(request, "object"));
    filter.subject = SHU_TRY(filter_in(request, "subject"));
    filter.actor = SHU_TRY(filter_in(request, "actor"));
    filter.verb = SHU_TRY(filter_in(request, "verb"));
    const std::int64_t before = SHU_TRY(number_in_query(request, "before", -1));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const auto acts = SHU_TRY(ledger.acts(filter, before, limit));
    json::array items;
    for (const RecordedAct& act : acts)
        items.push_back(to_json(act, ledger.options().hash));
    std::optional<std::string> next;
    if (acts.size() == limit) next = std::to_string(acts.back().sequence);
    return Response::page(std::move(items), next);
}

Result<Response> one_act(const Ledger& ledger, const Request& request) {
    const std::int64_t sequence = SHU_TRY(sequence_in(request));
    const RecordedAct act = SHU_TRY(ledger.act(sequence));
    return Response::json(to_json(act, ledger.options().hash)).with_etag();
}

Result<Response> one_receipt(const Ledger& ledger, const Request& request) {
    const std::int64_t sequence = SHU_TRY(sequence_in(request));
    const Receipt receipt = SHU_TRY(ledger.receipt(sequence));
    return Response::text(receipt.to_text(), "application/json");
}

Result<Response> consistency(const Ledger& ledger, const Request& request) {
    const std::int64_t from = SHU_TRY(number_in_query(request, "from", 0));
    const std::int64_t to = SHU_TRY(number_in_query(request, "to", 0));
    const auto proof = SHU_TRY(
        ledger.consistency(static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to)));
    return Response::json(json::object{
        {"from", proof.old_size}, {"to", proof.new_size}, {"path", to_json(proof.path)}});
}

Result<Response> tile(const Ledger& ledger, const Request& request) {
    std::string bytes = SHU_TRY(ledger.tile(request.parameter("path")));
    return Response::text(std::move(bytes), "application/octet-stream")
        .with_header("Cache-Control", std::string(kForEver));
}

/// Those who listen to /api/ledger/events.
class Listeners {
 public:
    void add(std::shared_ptr<http::EventSink> sink) {
        const std::lock_guard lock(mutex_);
        sinks_.push_back(std::move(sink));
    }
    void send(const Checkpoint& checkpoint) {
        const std::string data = json::serialize(checkpoint.to_json());
        const std::string id = std::to_string(checkpoint.size);
        const std::lock_guard lock(mutex_);
        std::erase_if(sinks_,
                      [&](const auto& sink) { return !sink->send("checkpoint", data, id); });
    }

 private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<http::EventSink>> sinks_;
};

void add_events(http::Router& router, Ledger& ledger) {
    auto listeners = std::make_shared<Listeners>();
    ledger.on_checkpoint([listeners](const Checkpoint& c) { listeners->send(c); });
    http::Route route;
    route.pattern = "/api/ledger/events";
    route.access = Access::open();
    route.summary = "Server-sent events: `checkpoint` for each new checkpoint";
    route.tag = "ledger";
    route.response_type = "text/event-stream";
    route.handler = [listeners](Request&) -> Result<Response> {
        Response response;
        response.events = [listeners](std::shared_ptr<http::EventSink> sink) {
            listeners->add(std::move(sink));
        };
        return response;
    };
    router.add(std::move(route));
}

using Query = std::vector<std::pair<std::string, std::string>>;
using Answer = Result<Response> (*)(const Ledger&, const Request&);

/// Adds GET routes of one ledger.
class Routes {
 public:
    Routes(http::Router& router, Ledger& ledger) : router_(router), ledger_(ledger) {}

    void next(std::string pattern, std::string summary, Answer answer) {
        route_.pattern = std::move(pattern);
        route_.summary = std::move(summary);
        route_.tag = "ledger";
        route_.handler = [&ledger = ledger_, answer](Request& request) {
            return answer(ledger, request);
        };
    }
    void add(Access access, Shape shape, Query query = {}) {
        route_.response_shape = http::shared(std::move(shape));
        finish(std::move(access), std::move(query));
    }
    void add_pages(Access access, std::string_view name, const Shape& item, Query query) {
        route_.response_shape = http::page_shape(name, item);
        finish(std::move(access), std::move(query));
    }
    void add_bytes(Access access) {
        route_.response_type = "application/octet-stream";
        finish(std::move(access), {});
    }

 private:
    void finish(Access access, Query query) {
        route_.access = std::move(access);
        route_.query = std::move(query);
        router_.add(std::exchange(route_, {}));
    }

    http::Router& router_;
    Ledger& ledger_;
    http::Route route_;
};

}  // namespace

json::value to_json(const RecordedAct& recorded, HashName hash) {
    const Act& act = recorded.act;
    json::object object{{"sequence", nullptr},
                        {"id", recorded.id.text()},
                        {"at", to_rfc3339(recorded.at)},
                        {"actor", act.actor},
                        {"post", act.post},
                        {"organisation", act.organisation},
                        {"verb", act.verb},
                        {"object", act.object},
                        {"subject", act.subject},
                        {"basis", act.basis},
                        {"result", act.result},
                        {"detail", act.detail},
                        {"body", recorded.body},
                        {"leaf", crypto::to_hex(leaf_hash(hash, recorded.body))}};
    if (recorded.sequence >= 0) object["sequence"] = recorded.sequence;
    return object;
}

void add_routes(http::Router& router, Ledger& ledger) {
    const std::pair<std::string, std::string> limit{"limit", "at most so many"};
    Routes routes(router, ledger);
    routes.next("/api/ledger/checkpoint", "The newest signed checkpoint",
                [](const Ledger& l, const Request&) { return newest_checkpoint(l); });
    routes.add(Access::open(), checkpoint_answer());
    routes.next("/api/ledger/checkpoints", "Checkpoints, newest first", list_checkpoints);
    routes.add_pages(Access::open(), "Checkpoint", checkpoint_answer(),
                     {{"before", "only those of a smaller size"}, limit});
    routes.next("/api/ledger/key", "The public key that checkpoints are signed under",
                [](const Ledger& l, const Request&) { return public_key(l); });
    routes.add(Access::open(), ledger_key_answer());
    routes.next("/api/ledger/keys",
                "The keys of the ledger, the one in force last, each with the proof that the one "
                "before handed over",
                [](const Ledger& l, const Request&) { return public_keys(l); });
    routes.add(Access::open(), ledger_keys_answer());
    routes.next("/api/ledger/consistency", "Proof that one tree continues another", consistency);
    routes.add(Access::open(), consistency_answer(),
               {{"from", "size of the older tree"}, {"to", "size of the newer"}});
    routes.next("/ledger/tile/{path:*}", "A tile's hashes, 32 bytes each", tile);
    routes.add_bytes(Access::open());
    routes.next("/api/ledger/acts", "Acts, newest first", list_acts);
    routes.add_pages(Access::permission("ledger.read"), "Act", act_answer(),
                     {{"object", "only acts on this object, kind:code"},
                      {"subject", "only acts that concern this subject"},
                      {"actor", "only acts of this actor"},
                      {"verb", "only acts of this verb"},
                      {"before", "only acts made before the act of this number"},
                      limit});
    routes.next("/api/ledger/acts/{sequence:int}", "One act by its number", one_act);
    routes.add(Access::permission("ledger.read"), act_answer());
    routes.next("/api/ledger/acts/{sequence:int}/receipt", "The receipt that proves one act",
                one_receipt);
    routes.add(Access::permission("ledger.read"), act_receipt_answer());
    add_events(router, ledger);
}

}  // namespace shu::ledger
