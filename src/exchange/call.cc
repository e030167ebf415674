#include "exchange/call.h"

#include "foundation/text.h"

namespace shu::exchange {
namespace {

/// The fields' Chinese or English names; the code where there is none.
json::array names_of(const std::vector<std::string>& fields, const record::Dataset* dataset,
                     std::string record::Field::*name) {
    json::array names;
    for (const std::string& code : fields) {
        const record::Field* field = dataset ? dataset->field(code) : nullptr;
        names.push_back(json::value(field && !(field->*name).empty() ? field->*name : code));
    }
    return names;
}

}  // namespace

Result<Call> parse_record(std::string_view payload) {
    const auto parsed = json::parse(payload);
    if (!parsed.ok()) return corrupt("a trace record is not JSON: " + parsed.error().detail);
    const json::Reader in(*parsed);
    const auto id = parse_id(in.text_or("call"));
    if (!id.ok()) return corrupt("a trace record has no call id");
    Call call;
    call.id = {*id};
    call.at = in.integer_or("at", 0);
    call.client_id = in.text_or("client");
    call.organisation = in.text_or("organisation");
    call.dataset = in.text_or("dataset");
    call.grant = text::parse_integer(in.text_or("grant", "0")).value_or(0);
    call.subject = in.text_or("subject");
    call.fields = in.texts("fields");
    call.purpose = in.text_or("purpose");
    call.basis = in.text_or("basis");
    call.rows = in.integer_or("rows", 0);
    call.status = in.integer_or("status", 0);
    call.outcome = in.text_or("outcome");
    call.reason = in.text_or("reason");
    call.duration_us = in.integer_or("duration_us", 0);
    call.peer = in.text_or("peer");
    call.suppressed = in.integer_or("suppressed", 0);
    call.nonce = in.text_or("nonce");
    call.timestamp_ms = in.integer_or("timestamp", 0);
    if (call.suppressed > 0) call.reason += " x" + std::to_string(call.suppressed);
    return call;
}

json::object to_json(const Call& call, const identity::Directory& directory,
                     const record::Declarations& declarations) {
    const identity::Organisation* organisation = directory.organisation(call.organisation);
    const auto found = declarations.datasets.find(call.dataset);
    const record::Dataset* dataset =
        found == declarations.datasets.end() ? nullptr : found->second.get();
    json::array codes;
    for (const std::string& code : call.fields)
        codes.push_back(json::value(code));
    json::object shown{
        {"id", call.id.text()},
        {"at", to_rfc3339(call.at)},
        {"client_id", call.client_id},
        {"organisation", call.organisation},
        {"organisation_name", organisation ? organisation->name : call.organisation},
        {"dataset", call.dataset},
        {"dataset_name", dataset ? dataset->name : call.dataset},
        {"dataset_name_en", dataset ? dataset->name_en : ""},
        {"grant", call.grant == 0 ? json::value(nullptr) : json::value(std::to_string(call.grant))},
        {"purpose", call.purpose},
        {"basis", call.basis},
        {"fields", std::move(codes)},
        {"field_names", names_of(call.fields, dataset, &record::Field::name)},
        {"field_names_en", names_of(call.fields, dataset, &record::Field::name_en)},
        {"rows", call.rows},
        {"status", call.status},
        {"outcome", call.outcome},
        {"reason", call.reason},
        {"duration_us", call.duration_us},
        {"peer", call.peer}};
    return shown;
}

}  // namespace shu::exchange
