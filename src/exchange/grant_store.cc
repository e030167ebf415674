// Applications and grants in the database.
#include "exchange/grant.h"

namespace shu::exchange {
namespace {

using store::StoredRow;
using store::Transaction;

std::string text_of(const std::vector<std::string>& codes) {
    json::array list;
    for (const std::string& code : codes)
        list.push_back(json::value(code));
    return json::serialize(list);
}

std::string text_of(const std::vector<GrantedField>& fields) {
    json::array list;
    for (const GrantedField& field : fields)
        list.push_back(json::object{{"code", field.code}, {"masked", field.masked}});
    return json::serialize(list);
}

Result<Application> application_of(const StoredRow& row) {
    Application it;
    it.id = {row.integer(0)};
    it.dataset = row.text(1);
    it.applicant = row.text(2);
    it.provider = row.text(3);
    const json::value fields = SHU_TRY(json::parse(row.text(4)));
    if (!fields.is_array())
        return corrupt("application " + it.id.text() + ": its fields are not a list");
    for (const json::value& code : fields.as_array())
        if (code.is_string()) it.fields.emplace_back(code.as_string());
    it.rows = {row.text(5), row.text(6)};
    it.purpose = row.text(7);
    it.basis = row.text(8);
    it.days = row.integer(9);
    it.quota_per_day = row.integer(10);
    it.state = row.text(11);
    it.created_at = row.integer(12);
    it.created_by = row.text(13);
    it.decided_at = row.integer(14);
    it.decided_by = row.text(15);
    it.reason = row.text(16);
    it.grant = {row.integer(17)};
    return it;
}

Result<Grant> grant_of(const StoredRow& row) {
    Grant it;
    it.id = {row.integer(0)};
    it.application = {row.integer(1)};
    it.dataset = row.text(2);
    it.organisation = row.text(3);
    it.provider = row.text(4);
    const json::value fields = SHU_TRY(json::parse(row.text(5)));
    for (const json::Reader& field : json::Reader(fields).items())
        it.fields.push_back({SHU_TRY(field.text("code")), field.boolean_or("masked", true)});
    it.rows = {row.text(6), row.text(7)};
    it.purpose = row.text(8);
    it.basis = row.text(9);
    it.quota_per_day = row.integer(10);
    it.from = row.integer(11);
    it.until = row.integer(12);
    it.revoked_at = row.integer(13);
    it.revoke_reason = row.text(14);
    it.client_id = row.text(15);
    return it;
}

template <typename T>
Result<std::vector<T>> all_of(const std::vector<StoredRow>& rows,
                              Result<T> (*from)(const StoredRow&)) {
    std::vector<T> items;
    for (const StoredRow& row : rows)
        items.push_back(SHU_TRY(from(row)));
    return items;
}

Result<void> bump_version(Transaction& tx) {
    SHU_TRY(tx.execute("UPDATE exchange_version SET version = version + 1 WHERE one = 1"));
    return {};
}

}  // namespace

Result<void> insert(Transaction& tx, const Application& it) {
    const std::string fields = text_of(it.fields);
    SHU_TRY(tx.execute(
        "INSERT INTO application (id, dataset, applicant, provider, fields, filter_field, filter_value, purpose, basis, "
        "days, quota_per_day, state, created_at, created_by, decided_at, decided_by, reason, grant_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        {it.id.value, std::string_view(it.dataset), std::string_view(it.applicant),
         std::string_view(it.provider), std::string_view(fields), std::string_view(it.rows.field),
         std::string_view(it.rows.value), std::string_view(it.purpose), std::string_view(it.basis),
         it.days, it.quota_per_day, std::string_view(it.state), it.created_at,
         std::string_view(it.created_by), it.decided_at, std::string_view(it.decided_by),
         std::string_view(it.reason), it.grant.value}));
    return {};
}

Result<std::optional<Application>> application_by_id(Transaction& tx, ApplicationId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, dataset, applicant, provider, fields, filter_field, filter_value, purpose, basis, days, quota_per_day, "
        "state, created_at, created_by, decided_at, decided_by, reason, grant_id FROM application WHERE id = $1",
        {id.value}));
    if (!row) return std::optional<Application>();
    return std::optional<Application>(SHU_TRY(application_of(*row)));
}

Result<void> settle(Transaction& tx, const Application& decided) {
    const std::int64_t changed = SHU_TRY(tx.execute(
        "UPDATE application SET state = $2, decided_at = $3, decided_by = $4, reason = $5, grant_id = $6 "
        "WHERE id = $1 AND state = 'submitted'",
        {decided.id.value, std::string_view(decided.state), decided.decided_at,
         std::string_view(decided.decided_by), std::string_view(decided.reason),
         decided.grant.value}));
    if (changed == 0)
        return conflict("application " + decided.id.text() +
                        " has been decided already; read it again");
    return {};
}

Result<std::vector<Application>> applications(Transaction& tx, const Page& page) {
    return all_of(
        SHU_TRY(tx.query(
            "SELECT id, dataset, applicant, provider, fields, filter_field, filter_value, purpose, basis, days, "
            "quota_per_day, state, created_at, created_by, decided_at, decided_by, reason, grant_id "
            "FROM application WHERE ($1 = '' OR applicant = $1) AND ($2 = '' OR provider = $2) "
            "AND ($3 = '' OR state = $3) AND id < $4 ORDER BY id DESC LIMIT $5",
            {std::string_view(page.applicant), std::string_view(page.provider),
             std::string_view(page.state), page.before, static_cast<std::int64_t>(page.limit)})),
        application_of);
}

Result<void> insert(Transaction& tx, const Grant& it) {
    const std::string fields = text_of(it.fields);
    SHU_TRY(tx.execute(
        "INSERT INTO data_grant (id, application, dataset, organisation, provider, fields, filter_field, filter_value, "
        "purpose, basis, quota_per_day, valid_from, valid_until, revoked_at, revoke_reason, client_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        {it.id.value, it.application.value, std::string_view(it.dataset),
         std::string_view(it.organisation), std::string_view(it.provider), std::string_view(fields),
         std::string_view(it.rows.field), std::string_view(it.rows.value),
         std::string_view(it.purpose), std::string_view(it.basis), it.quota_per_day, it.from,
         it.until, it.revoked_at, std::string_view(it.revoke_reason),
         std::string_view(it.client_id)}));
    return bump_version(tx);
}

Result<std::optional<Grant>> grant_by_id(Transaction& tx, GrantId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, application, dataset, organisation, provider, fields, filter_field, filter_value, purpose, basis, "
        "quota_per_day, valid_from, valid_until, revoked_at, revoke_reason, client_id FROM data_grant WHERE id = $1",
        {id.value}));
    if (!row) return std::optional<Grant>();
    return std::optional<Grant>(SHU_TRY(grant_of(*row)));
}

Result<std::vector<Grant>> grants(Transaction& tx, const Page& page) {
    return all_of(
        SHU_TRY(tx.query(
            "SELECT id, application, dataset, organisation, provider, fields, filter_field, filter_value, purpose, "
            "basis, quota_per_day, valid_from, valid_until, revoked_at, revoke_reason, client_id FROM data_grant "
            "WHERE ($1 = '' OR organisation = $1) AND ($2 = '' OR provider = $2) AND id < $3 "
            "ORDER BY id DESC LIMIT $4",
            {std::string_view(page.applicant), std::string_view(page.provider), page.before,
             static_cast<std::int64_t>(page.limit)})),
        grant_of);
}

Result<std::vector<Grant>> grants_in_use(Transaction& tx, const Log& log) {
    std::vector<Grant> grants;
    for (
        const StoredRow& row : SHU_TRY(tx.query(
            "SELECT id, application, dataset, organisation, provider, fields, filter_field, filter_value, purpose, "
            "basis, quota_per_day, valid_from, valid_until, revoked_at, revoke_reason, client_id FROM data_grant "
            "WHERE client_id <> '' ORDER BY id"))) {
        auto grant = grant_of(row);
        if (grant.ok())
            grants.push_back(std::move(*grant));
        else
            log.error("a grant is damaged; its calls are refused",
                      {{"grant", row.integer(0)}, {"reason", grant.error().detail}});
    }
    return grants;
}

Result<void> bind_client(Transaction& tx, GrantId id, std::string_view client_id) {
    const std::int64_t changed = SHU_TRY(tx.execute(
        "UPDATE data_grant SET client_id = $2 WHERE id = $1 AND client_id = '' AND revoked_at = 0",
        {id.value, client_id}));
    if (changed == 0)
        return conflict(
            "the credentials of grant " + id.text() +
            " have been fetched already, or it is revoked; a lost secret is replaced by a new application");
    return bump_version(tx);
}

Result<void> revoke(Transaction& tx, GrantId id, Micros at, std::string_view reason) {
    const std::int64_t changed = SHU_TRY(tx.execute(
        "UPDATE data_grant SET revoked_at = $2, revoke_reason = $3 WHERE id = $1 AND revoked_at = 0",
        {id.value, at, reason}));
    if (changed == 0) return conflict("grant " + id.text() + " is revoked already");
    return bump_version(tx);
}

Result<std::int64_t> exchange_version(Transaction& tx) {
    const auto row = SHU_TRY(tx.row("SELECT version FROM exchange_version WHERE one = 1"));
    return row ? row->integer(0) : 0;
}

}  // namespace shu::exchange
