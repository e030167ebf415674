#include "exchange/answers.h"

#include "ledger/answers.h"

namespace shu::exchange {
namespace {

using Members = std::vector<Shape::Member>;

Shape with(std::string name, Members members, Members more) {
    members.insert(members.end(), more.begin(), more.end());
    return Shape::answer(std::move(name), std::move(members));
}

Shape row_filter() {
    return Shape::answer("RowFilter",
                         {{"field", Shape::text()},
                          {"field_name", Shape::text()},
                          {"field_name_en", Shape::text()},
                          {"value", Shape::text()},
                          {"value_name", Shape::text(), false, "of a code, else the value itself"},
                          {"value_name_en", Shape::text(), false, "empty where there is none"}});
}

Members entry_members() {
    const Shape sharing = Shape::answer(
        "Sharing", {{"type", Shape::one_of({"unconditional", "conditional", "refused"})},
                    {"condition", Shape::text()},
                    {"condition_en", Shape::text(), false, "empty where there is none"},
                    {"method", Shape::text()},
                    {"basis", Shape::text().or_absent(), false, "why it is refused"}});
    const Shape open =
        Shape::answer("Opening", {{"open", Shape::boolean()}, {"condition", Shape::text()}});
    return {{"dataset", Shape::text()},
            {"resource_code", Shape::text()},
            {"name", Shape::text()},
            {"name_en", Shape::text()},
            {"provider", Shape::text()},
            {"provider_name", Shape::text()},
            {"class", Shape::list(Shape::text())},
            {"abstract", Shape::text()},
            {"abstract_en", Shape::text(), false, "empty where there is none"},
            {"format", Shape::text()},
            {"sharing", sharing},
            {"open", open},
            {"cycle", Shape::text()},
            {"published", Shape::text()},
            {"related", Shape::list(Shape::text())},
            {"level", Shape::integer()},
            {"fields", Shape::integer()},
            {"records", Shape::integer()}};
}

Members call_members() {
    return {{"id", Shape::text()},
            {"at", Shape::text()},
            {"client_id", Shape::text()},
            {"organisation", Shape::text()},
            {"organisation_name", Shape::text()},
            {"dataset", Shape::text()},
            {"dataset_name", Shape::text()},
            {"dataset_name_en", Shape::text()},
            {"grant", Shape::text().or_null()},
            {"purpose", Shape::text()},
            {"basis", Shape::text()},
            {"fields", Shape::list(Shape::text())},
            {"field_names", Shape::list(Shape::text())},
            {"field_names_en", Shape::list(Shape::text())},
            {"rows", Shape::integer()},
            {"status", Shape::integer()},
            {"outcome", Shape::one_of({"answered", "refused"})},
            {"reason", Shape::text()},
            {"duration_us", Shape::integer()},
            {"peer", Shape::text()}};
}

}  // namespace

Shape catalogue_entry_answer() {
    return Shape::answer("CatalogueEntry", entry_members());
}

Shape catalogue_detail_answer() {
    const Shape item = Shape::answer(
        "CatalogueItem", {{"code", Shape::text()},
                          {"name", Shape::text()},
                          {"name_en", Shape::text()},
                          {"type", Shape::text()},
                          {"type_letter", Shape::text(), false, "GB/T 21063.3: C, N, D, ..."},
                          {"length", Shape::integer()},
                          {"level", Shape::integer()},
                          {"codes", Shape::text(), false, "code table, of type code"},
                          {"standard", Shape::text()},
                          {"mask", Shape::boolean(), false, "granted masked unless decided else"}});
    return with("CatalogueDetail", entry_members(),
                {{"key", Shape::list(Shape::text())},
                 {"items", Shape::list(item)},
                 {"granted", Shape::boolean(), false, "the caller's organisation has a grant"},
                 {"gateway", Shape::text(), false, "path of the gateway's resource"}});
}

Shape application_answer() {
    const Shape field = Shape::answer("AppliedField", {{"code", Shape::text()},
                                                       {"name", Shape::text()},
                                                       {"name_en", Shape::text()},
                                                       {"level", Shape::integer()},
                                                       {"mask", Shape::boolean()}});
    return Shape::answer("Application",
                         {{"id", Shape::text()},
                          {"dataset", Shape::text()},
                          {"dataset_name", Shape::text()},
                          {"dataset_name_en", Shape::text()},
                          {"applicant", Shape::text()},
                          {"applicant_name", Shape::text()},
                          {"provider", Shape::text()},
                          {"provider_name", Shape::text()},
                          {"fields", Shape::list(field)},
                          {"rows", row_filter().or_null()},
                          {"purpose", Shape::text()},
                          {"basis", Shape::text()},
                          {"days", Shape::integer()},
                          {"quota_per_day", Shape::integer()},
                          {"state", Shape::one_of({"submitted", "approved", "refused"})},
                          {"created_at", Shape::text()},
                          {"created_by", Shape::text()},
                          {"decided_at", Shape::text().or_null()},
                          {"decided_by", Shape::text()},
                          {"reason", Shape::text()},
                          {"grant", Shape::text().or_null()}});
}

Shape grant_answer() {
    const Shape field = Shape::answer("GrantedField", {{"code", Shape::text()},
                                                       {"name", Shape::text()},
                                                       {"name_en", Shape::text()},
                                                       {"masked", Shape::boolean()}});
    return Shape::answer("Grant", {{"id", Shape::text()},
                                   {"application", Shape::text()},
                                   {"dataset", Shape::text()},
                                   {"dataset_name", Shape::text()},
                                   {"dataset_name_en", Shape::text()},
                                   {"organisation", Shape::text()},
                                   {"organisation_name", Shape::text()},
                                   {"provider", Shape::text()},
                                   {"provider_name", Shape::text()},
                                   {"fields", Shape::list(field)},
                                   {"rows", row_filter().or_null()},
                                   {"purpose", Shape::text()},
                                   {"basis", Shape::text()},
                                   {"quota_per_day", Shape::integer()},
                                   {"used_today", Shape::integer()},
                                   {"from", Shape::text()},
                                   {"until", Shape::text()},
                                   {"state", Shape::one_of({"active", "revoked", "expired"})},
                                   {"revoke_reason", Shape::text()},
                                   {"may_revoke", Shape::boolean(), false, "the caller may end it"},
                                   {"client_id", Shape::text().or_null()}});
}

Shape credentials_answer() {
    const Shape key =
        Shape::answer("ExampleKey", {{"field", Shape::text()}, {"value", Shape::text()}});
    return Shape::answer("Credentials",
                         {{"client_id", Shape::text()},
                          {"secret", Shape::text(), false, "shown only now"},
                          {"curl", Shape::text(), false, "a line for a terminal, signed"},
                          {"example_key", key.or_null()}});
}

Shape call_answer() {
    return Shape::answer("Call", call_members());
}

Shape call_detail_answer() {
    return with("CallDetail", call_members(),
                {{"sealed", Shape::boolean()}, {"act_sequence", Shape::integer().or_null()}});
}

Shape call_receipt_answer() {
    return Shape::answer("CallReceipt",
                         {{"record", Shape::text(), false, "of the trace, as it was hashed"},
                          {"hash", Shape::text()},
                          {"leaf_index", Shape::integer()},
                          {"batch_size", Shape::integer()},
                          {"path", Shape::list(Shape::text()), false, "hashes in hexadecimal"},
                          {"batch_root", Shape::text(), false, "stands in the sealing act"},
                          {"act_receipt", ledger::act_receipt_answer()}});
}

Shape gateway_statistics_answer() {
    const Shape minute = Shape::answer(
        "GatewayMinute",
        {{"at", Shape::text()}, {"calls", Shape::integer()}, {"refused", Shape::integer()}});
    const Shape organisation = Shape::answer(
        "OrganisationCalls",
        {{"organisation", Shape::text()}, {"name", Shape::text()}, {"calls", Shape::integer()}});
    const Shape dataset = Shape::answer("DatasetCalls", {{"dataset", Shape::text()},
                                                         {"name", Shape::text()},
                                                         {"name_en", Shape::text()},
                                                         {"calls", Shape::integer()}});
    return Shape::answer("GatewayStatistics", {{"series", Shape::list(minute)},
                                               {"by_organisation", Shape::list(organisation)},
                                               {"by_dataset", Shape::list(dataset)}});
}

Shape access_answer() {
    return Shape::answer("Access", {{"id", Shape::text()},
                                    {"kind", Shape::one_of({"call", "act"})},
                                    {"at", Shape::text()},
                                    {"verb", Shape::text().or_absent(), false, "of acts"},
                                    {"organisation", Shape::text()},
                                    {"organisation_name", Shape::text()},
                                    {"dataset_name", Shape::text()},
                                    {"dataset_name_en", Shape::text()},
                                    {"fields", Shape::list(Shape::text()), false, "names"},
                                    {"fields_en", Shape::list(Shape::text())},
                                    {"purpose", Shape::text()},
                                    {"basis", Shape::text()},
                                    {"outcome", Shape::text()},
                                    {"sealed", Shape::boolean()}});
}

}  // namespace shu::exchange
