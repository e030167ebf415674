#include "ledger/act.h"

#include <algorithm>
#include <array>

#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::ledger {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMembers = 12;

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

struct Text {
    std::string_view name;
    const std::string& value;
};

std::array<Text, 8> texts_of(const Act& act) {
    return {Text{"actor", act.actor},     Text{"basis", act.basis},
            Text{"object", act.object},   Text{"organisation", act.organisation},
            Text{"post", act.post},       Text{"result", act.result},
            Text{"subject", act.subject}, Text{"verb", act.verb}};
}

// `kind:code`, neither part empty.
bool has_two_parts(std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    return at != std::string_view::npos && at > 0 && at + 1 < text.size();
}

Result<void> check_detail(const json::value& v, std::size_t depth) {
    if (depth > limits::json_depth_max) return invalid("act: the detail is nested too deeply");
    if (v.is_double())
        return invalid(
            "act: the detail holds a fraction; write it as a whole number of a smaller "
            "unit, or as text");
    if (const auto* list = v.if_array()) {
        for (const auto& item : *list)
            SHU_CHECK(check_detail(item, depth + 1));
    }
    if (const auto* object = v.if_object()) {
        for (const auto& member : *object) {
            if (!text::is_utf8(member.key())) return invalid("act: a name in detail is not UTF-8");
            SHU_CHECK(check_detail(member.value(), depth + 1));
        }
    }
    if (const auto* string = v.if_string(); string != nullptr && !text::is_utf8(*string))
        return invalid("act: a text in detail is not UTF-8");
    return {};
}

Result<void> check(const Act& act) {
    for (const Text& t : texts_of(act)) {
        if (!text::is_utf8(t.value))
            return invalid("act: " + std::string(t.name) + " is not UTF-8");
        if (std::any_of(t.value.begin(), t.value.end(), is_control))
            return invalid("act: " + std::string(t.name) + " holds a control character");
    }
    if (!has_two_parts(act.actor, ':'))
        return invalid("act: the actor '" + act.actor + "' is not of the form kind:code");
    if (!has_two_parts(act.object, ':'))
        return invalid("act: the object '" + act.object + "' is not of the form kind:code");
    if (!has_two_parts(act.verb, '.'))
        return invalid("act: the verb '" + act.verb + "' is not of the form noun.verb");
    if (act.detail.empty()) return {};
    // The detail is one level deep in the body.
    for (const auto& member : act.detail) {
        if (!text::is_utf8(member.key())) return invalid("act: a name in detail is not UTF-8");
        SHU_CHECK(check_detail(member.value(), 3));
    }
    return {};
}

constexpr store::Sql kInsertAct(
    "INSERT INTO act_waiting(id, at, actor, post, organisation, verb, object, subject, basis,"
    " result, body) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"
    " WHERE NOT EXISTS (SELECT 1 FROM act WHERE id = $1)");

}  // namespace

std::string body_of(ActId id, Micros at, const Act& act) {
    json::object body;
    body.reserve(kMembers);
    for (const Text& t : texts_of(act))
        body.emplace(t.name, t.value);
    body.emplace("at", to_rfc3339(at));
    body.emplace("detail", act.detail);
    body.emplace("id", id.text());
    body.emplace("version", kVersion);
    return json::canonical(json::value(std::move(body)));
}

Result<RecordedAct> parse_body(std::string_view body) {
    if (body.size() > limits::act_bytes_max) return invalid("act: the body is too large");
    const json::value document = SHU_TRY(json::parse(body));
    if (!document.is_object()) return invalid("act: the body is not an object");
    const json::Reader reader(document);
    if (SHU_TRY(reader.integer("version")) != kVersion)
        return invalid("act: the body is of another version than 1");
    RecordedAct recorded;
    const std::string id = SHU_TRY(reader.text("id"));
    recorded.id = SHU_TRY(parse_id_as<ActId>(id));
    const std::string at = SHU_TRY(reader.text("at"));
    recorded.at = SHU_TRY(parse_instant(at, 0));
    Act& act = recorded.act;
    act.actor = SHU_TRY(reader.text("actor"));
    act.post = reader.text_or("post");
    act.organisation = reader.text_or("organisation");
    act.verb = SHU_TRY(reader.text("verb"));
    act.object = SHU_TRY(reader.text("object"));
    act.subject = reader.text_or("subject");
    act.basis = reader.text_or("basis");
    act.result = reader.text_or("result");
    const json::Reader detail = SHU_TRY(reader.member("detail"));
    if (!detail.get().is_object()) return invalid("act: the detail is not an object");
    act.detail = detail.get().get_object();
    SHU_CHECK(check(act));
    // Equal acts have equal bytes, so whatever is not written back the same was not canonical.
    if (body_of(recorded.id, recorded.at, act) != body)
        return invalid("act: the body is not in the canonical form");
    recorded.body = body;
    return recorded;
}

Result<PreparedAct> prepare(IdMaker& ids, const Clock& clock, Act act) {
    SHU_CHECK(check(act));
    PreparedAct prepared{ids.next_as<ActId>(), clock.now(), std::move(act), {}};
    prepared.body = body_of(prepared.id, prepared.at, prepared.act);
    if (prepared.body.size() > limits::act_bytes_max)
        return invalid("act: " + std::to_string(prepared.body.size()) + " bytes are more than " +
                       std::to_string(limits::act_bytes_max) + "; keep long facts in a record");
    return prepared;
}

Result<void> record(store::Transaction& tx, const PreparedAct& prepared) {
    const Act& act = prepared.act;
    const std::int64_t inserted = SHU_TRY(tx.execute(
        kInsertAct,
        {prepared.id.value, prepared.at, std::string_view(act.actor), std::string_view(act.post),
         std::string_view(act.organisation), std::string_view(act.verb),
         std::string_view(act.object), std::string_view(act.subject), std::string_view(act.basis),
         std::string_view(act.result), std::string_view(prepared.body)}));
    if (inserted != 1) return conflict("act " + prepared.id.text() + " has been recorded already");
    return {};
}

Result<ActId> record(store::Transaction& tx, IdMaker& ids, const Clock& clock, const Act& act) {
    const PreparedAct prepared = SHU_TRY(prepare(ids, clock, act));
    SHU_CHECK(record(tx, prepared));
    return prepared.id;
}

}  // namespace shu::ledger
