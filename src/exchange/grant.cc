#include "exchange/grant.h"

#include <algorithm>

namespace shu::exchange {

std::string_view Grant::state(Micros now) const {
    if (revoked_at != 0) return "revoked";
    return now >= until ? "expired" : "active";
}

namespace {

int level_of(const record::Dataset& dataset, std::string_view code) {
    const record::Field* field = dataset.field(code);
    return field ? field->level : 1;
}

Result<void> check_decision(const Application& application, const Decision& decision) {
    for (const std::string& code : decision.fields)
        if (std::ranges::find(application.fields, code) == application.fields.end())
            return invalid("/fields: '" + code +
                           "' was not applied for; choose among the application's fields");
    for (const auto& [code, masked] : decision.masks)
        if (std::ranges::find(application.fields, code) == application.fields.end())
            return invalid("/masks: '" + code +
                           "' was not applied for; name fields of the application");
    return {};
}

}  // namespace

int level_of(const record::Dataset& dataset, const Application& application) {
    int level = level_of(dataset, std::string_view(application.rows.field));
    for (const std::string& code : application.fields)
        level = std::max(level, level_of(dataset, std::string_view(code)));
    return level;
}

int level_of(const record::Dataset& dataset, const Grant& grant) {
    int level = level_of(dataset, std::string_view(grant.rows.field));
    for (const GrantedField& field : grant.fields)
        level = std::max(level, level_of(dataset, std::string_view(field.code)));
    return level;
}

Result<Grant> decide(const Application& application, const Decision& decision,
                     const record::Dataset& dataset) {
    SHU_CHECK(check_decision(application, decision));
    Grant grant;
    grant.application = application.id;
    grant.dataset = application.dataset;
    grant.organisation = application.applicant;
    grant.provider = application.provider;
    grant.rows = application.rows;
    grant.purpose = application.purpose;
    grant.basis = application.basis;
    grant.quota_per_day = application.quota_per_day;
    for (const std::string& code : application.fields) {
        if (!decision.fields.empty() &&
            std::ranges::find(decision.fields, code) == decision.fields.end())
            continue;
        const record::Field* field = dataset.field(code);
        if (!field)
            return conflict("the dataset no longer has the field '" + code +
                            "'; refuse, and let the applicant apply anew");
        const auto chosen = decision.masks.find(code);
        grant.fields.push_back({code, chosen != decision.masks.end()
                                          ? chosen->second
                                          : field->level > kMaskedAboveLevel});
    }
    return grant;
}

}  // namespace shu::exchange
