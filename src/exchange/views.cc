#include "exchange/views.h"

#include <limits>

namespace shu::exchange {
namespace {

json::value instant_or_null(Micros at) {
    return at == 0 ? json::value(nullptr) : json::value(to_rfc3339(at));
}

json::array application_fields(const record::Dataset* dataset,
                               const std::vector<std::string>& codes) {
    json::array fields;
    for (const std::string& code : codes) {
        const record::Field* field = dataset ? dataset->field(code) : nullptr;
        fields.push_back(json::object{{"code", code},
                                      {"name", field ? field->name : code},
                                      {"name_en", field ? field->name_en : ""},
                                      {"level", field ? field->level : 0},
                                      {"mask", !field || field->level > kMaskedAboveLevel}});
    }
    return fields;
}

/// The filter with its words, so that whoever decides need not know the codes.
json::value filter_json(const Service& service, const record::Dataset* dataset,
                        const RowFilter& rows) {
    if (rows.field.empty()) return nullptr;
    const record::Field* field = dataset ? dataset->field(rows.field) : nullptr;
    record::CodeValue value{rows.value, rows.value, ""};
    const auto declarations = service.parts.records.declarations();
    const auto table = declarations->code_tables.find(field ? std::string_view(field->codes) : "");
    if (table != declarations->code_tables.end())
        for (const record::CodeValue& one : table->second->values)
            if (one.code == rows.value) value = one;
    return json::object{{"field", rows.field},
                        {"field_name", field ? field->name : rows.field},
                        {"field_name_en", field ? field->name_en : ""},
                        {"value", rows.value},
                        {"value_name", value.name},
                        {"value_name_en", value.name_en}};
}

}  // namespace

json::object to_json(const Service& service, const Application& it) {
    const auto dataset = service.dataset(it.dataset);
    return {{"id", it.id.text()},
            {"dataset", it.dataset},
            {"dataset_name", dataset ? dataset->name : it.dataset},
            {"dataset_name_en", dataset ? dataset->name_en : ""},
            {"applicant", it.applicant},
            {"applicant_name", service.organisation_name(it.applicant)},
            {"provider", it.provider},
            {"provider_name", service.organisation_name(it.provider)},
            {"fields", application_fields(dataset.get(), it.fields)},
            {"rows", filter_json(service, dataset.get(), it.rows)},
            {"purpose", it.purpose},
            {"basis", it.basis},
            {"days", it.days},
            {"quota_per_day", it.quota_per_day},
            {"state", it.state},
            {"created_at", to_rfc3339(it.created_at)},
            {"created_by", it.created_by},
            {"decided_at", instant_or_null(it.decided_at)},
            {"decided_by", it.decided_by},
            {"reason", it.reason},
            {"grant", it.grant ? json::value(it.grant.text()) : json::value(nullptr)}};
}

json::object to_json(const Service& service, const Grant& it) {
    const auto dataset = service.dataset(it.dataset);
    json::array fields;
    for (const GrantedField& granted : it.fields) {
        const record::Field* field = dataset ? dataset->field(granted.code) : nullptr;
        fields.push_back(json::object{{"code", granted.code},
                                      {"name", field ? field->name : granted.code},
                                      {"name_en", field ? field->name_en : ""},
                                      {"masked", granted.masked}});
    }
    return {{"id", it.id.text()},
            {"application", it.application.text()},
            {"dataset", it.dataset},
            {"dataset_name", dataset ? dataset->name : it.dataset},
            {"dataset_name_en", dataset ? dataset->name_en : ""},
            {"organisation", it.organisation},
            {"organisation_name", service.organisation_name(it.organisation)},
            {"provider", it.provider},
            {"provider_name", service.organisation_name(it.provider)},
            {"fields", std::move(fields)},
            {"rows", filter_json(service, dataset.get(), it.rows)},
            {"purpose", it.purpose},
            {"basis", it.basis},
            {"quota_per_day", it.quota_per_day},
            {"used_today", service.used_today(it.id)},
            {"from", to_rfc3339(it.from)},
            {"until", to_rfc3339(it.until)},
            {"state", it.state(service.now())},
            {"revoke_reason", it.revoke_reason},
            {"client_id", it.client_id.empty() ? json::value(nullptr) : json::value(it.client_id)}};
}

Parties parties_of(const Application& application) {
    return {application.applicant, application.provider};
}

Parties parties_of(const Grant& grant) {
    return {grant.organisation, grant.provider};
}

bool may_read(const identity::Actor& actor, const Parties& parties) {
    return actor.level_for("grant.read", parties.one) > 0 ||
           actor.level_for("grant.read", parties.other) > 0;
}

Result<void> check_text(std::string_view pointer, std::string_view text) {
    const std::string place = std::string(pointer) + ": ";
    if (text.find_first_not_of(' ') == std::string_view::npos)
        return invalid(place + "is empty; others read it to judge or understand the decision");
    if (text.size() > limits::purpose_bytes_max)
        return invalid(place + "has " + std::to_string(text.size()) + " bytes; at most " +
                       std::to_string(limits::purpose_bytes_max));
    return {};
}

Result<Page> page_from(const http::Request& request) {
    Page page{.applicant = {},
              .provider = {},
              .state = {},
              .before = std::numeric_limits<std::int64_t>::max(),
              .limit = 0};
    page.limit = SHU_TRY(request.page_limit());
    if (const auto cursor = SHU_TRY(request.query_parameter("cursor")))
        page.before = SHU_TRY(parse_id(*cursor));
    const std::string role = SHU_TRY(request.query_parameter("role")).value_or("");
    const std::string& own = identity::actor_of(request).organisation;
    if (role == "applicant")
        page.applicant = own;
    else if (role == "provider")
        page.provider = own;
    else if (!role.empty())
        return invalid("role is applicant or provider");
    return page;
}

}  // namespace shu::exchange
