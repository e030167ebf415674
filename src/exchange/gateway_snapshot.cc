#include "exchange/gateway_snapshot.h"

#include <algorithm>

#include "exchange/json_text.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

using record::FieldType;

Result<void> plan_fields(const record::Dataset& dataset, GrantPlan& plan) {
    for (const GrantedField& granted : plan.grant.fields) {
        const record::Field* field = dataset.field(granted.code);
        if (!field) return invalid("the dataset has no field '" + granted.code + "' any more");
        const record::Mask mask =
            field->mask == record::Mask::kNone ? record::Mask::kAll : field->mask;
        plan.fields.push_back({.code = field->code,
                               .json_name = '"' + field->code + "\":",
                               .type = field->type,
                               .scale = field->scale,
                               .masked = granted.masked,
                               .mask = granted.masked ? mask : record::Mask::kNone});
    }
    if (dataset.key.size() > limits::gateway_keys_max)
        return invalid("its key has more than " + std::to_string(limits::gateway_keys_max) +
                       " fields");
    for (std::size_t i = 0; i < dataset.key.size(); ++i) {
        const record::Field* field = dataset.field(dataset.key[i]);
        if (!field) return invalid("the dataset's key has no field '" + dataset.key[i] + "'");
        plan.keys.push_back({field->code, field->type, field->scale});
        if (field->code == dataset.subject.field) plan.subject_key = static_cast<int>(i);
    }
    return {};
}

Result<void> plan_sql(const record::Dataset& dataset, GrantPlan& plan) {
    plan.sql.add("SELECT ");
    for (const FieldPlan& field : plan.fields)
        plan.sql.add(SHU_TRY(store::Identifier::parse(field.code))).add(", ");
    plan.sql.add("subject_id FROM ").add(record::table_of(dataset)).add(" WHERE ");
    int number = 0;
    for (const KeyPlan& key : plan.keys) {
        if (number > 0) plan.sql.add(" AND ");
        plan.sql.add(SHU_TRY(store::Identifier::parse(key.code)))
            .add(" = ")
            .add_parameter(++number);
    }
    if (plan.has_filter)
        plan.sql.add(" AND ")
            .add(SHU_TRY(store::Identifier::parse(plan.grant.rows.field)))
            .add(" = ")
            .add_parameter(++number);
    return {};
}

Result<GrantPlan> plan_of(const Grant& grant, const record::Dataset& dataset) {
    GrantPlan plan;
    plan.grant = grant;
    plan.subject_kind = dataset.subject.kind;
    SHU_CHECK(plan_fields(dataset, plan));
    if (!grant.rows.field.empty()) {
        const record::Field* field = dataset.field(grant.rows.field);
        if (!field) return invalid("the dataset has no field '" + grant.rows.field + "' any more");
        SHU_CHECK(bind(field->type, field->scale, grant.rows.value, plan.filter));
        plan.has_filter = true;
    }
    SHU_CHECK(plan_sql(dataset, plan));
    std::string& part = plan.trace_part;
    append_member(part, "client", grant.client_id);
    append_member(part, "organisation", grant.organisation);
    append_member(part, "dataset", grant.dataset);
    append_member(part, "grant", grant.id.text());
    append_member(part, "purpose", grant.purpose);
    append_member(part, "basis", grant.basis);
    plan.trace_fields = "[";
    for (const FieldPlan& field : plan.fields) {
        if (plan.trace_fields.size() > 1) plan.trace_fields += ',';
        append_json_text(plan.trace_fields, field.code);
    }
    plan.trace_fields += ']';
    if (plan.trace_part.size() + plan.trace_fields.size() > limits::trace_record_bytes_max / 2)
        return invalid("the grant's texts are too long for a trace record");
    return plan;
}

}  // namespace

std::int64_t china_day(Micros at) {
    return (at + kChinaOffsetMinutes * 60 * kMicrosPerSecond) / kMicrosPerDay;
}

// At midnight threads meet here with the day that has just ended and the one that has begun; the
// late ones must not begin the old day anew and so forget the count. A clock that was set back by
// more does begin its day anew.
bool DayUse::take(std::int64_t day, std::int64_t quota) {
    const std::lock_guard lock(mutex_);
    if (day != day_ && !is_just_before(day)) {
        day_ = day;
        here_ = elsewhere_ = 0;
    }
    if (here_ + elsewhere_ >= quota) return false;
    ++here_;
    return true;
}

void DayUse::give_back(std::int64_t day) {
    const std::lock_guard lock(mutex_);
    if (day == day_ && here_ > 0) --here_;
}

void DayUse::set(std::int64_t day, std::int64_t here, std::int64_t elsewhere) {
    const std::lock_guard lock(mutex_);
    day_ = day;
    here_ = here;
    elsewhere_ = elsewhere;
}

void DayUse::set_elsewhere(std::int64_t day, std::int64_t calls) {
    const std::lock_guard lock(mutex_);
    if (is_just_before(day)) return;
    if (day != day_) here_ = 0;
    day_ = day;
    elsewhere_ = calls;
}

std::int64_t DayUse::used(std::int64_t day) const {
    const std::lock_guard lock(mutex_);
    return day == day_ ? here_ + elsewhere_ : 0;
}

std::shared_ptr<DayUse> UseBook::of(GrantId grant) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<DayUse>& use = uses_[grant];
    if (!use) use = std::make_shared<DayUse>();
    return use;
}

Result<void> UseBook::load(store::Transaction& tx, std::int64_t day, int node, bool with_own) {
    const auto rows = SHU_TRY(tx.query(
        "SELECT grant_id, SUM(CASE WHEN node = $2 THEN calls ELSE 0 END), SUM(CASE WHEN node = $2 THEN 0 ELSE calls END) "
        "FROM grant_use WHERE day = $1 GROUP BY grant_id",
        {day, std::int64_t{node}}));
    for (const store::StoredRow& row : rows) {
        const auto use = of({row.integer(0)});
        if (with_own)
            use->set(day, row.integer(1), row.integer(2));
        else if (row.integer(2) > 0)
            use->set_elsewhere(day, row.integer(2));
    }
    return {};
}

Result<void> bind(FieldType type, int scale, std::string_view written, BoundValue& bound) {
    bound.is_text = false;
    switch (type) {
        case FieldType::kText:
        case FieldType::kCode:
            bound.is_text = true;
            bound.text.assign(written);
            if (written.find('\0') != std::string_view::npos || !text::is_utf8(written))
                return invalid("it is not UTF-8 text");
            return {};
        case FieldType::kDate:
            bound.is_text = true;
            bound.text = to_string(SHU_TRY(parse_date(written)));
            return {};
        case FieldType::kInteger: bound.number = SHU_TRY(text::parse_integer(written)); return {};
        case FieldType::kDecimal:
            bound.number = SHU_TRY(text::parse_decimal(written, scale));
            return {};
        case FieldType::kMoney: bound.number = SHU_TRY(text::parse_decimal(written, 2)); return {};
        case FieldType::kInstant:
            bound.number = SHU_TRY(parse_instant(written, kChinaOffsetMinutes));
            return {};
        case FieldType::kBoolean:
            if (written != "true" && written != "false") return invalid("write true or false");
            bound.number = written == "true" ? 1 : 0;
            return {};
    }
    return invalid("it has no type");
}

Result<std::shared_ptr<const GatewaySnapshot>> build_snapshot(
    store::Transaction& tx, identity::Identity& identity, const record::Declarations& declarations,
    UseBook& uses, const Log& log) {
    auto snapshot = std::make_shared<GatewaySnapshot>();
    snapshot->version = SHU_TRY(exchange_version(tx));
    snapshot->declarations_version = declarations.version;
    std::map<std::string, std::unique_ptr<ClientPlan>, std::less<>> clients;
    for (const identity::ClientSystem& client : SHU_TRY(identity.clients_with_secrets(tx))) {
        auto plan = std::make_unique<ClientPlan>(client.secret);
        plan->client_id = client.client_id;
        plan->organisation = client.organisation;
        clients.emplace(client.client_id, std::move(plan));
    }
    for (const Grant& grant : SHU_TRY(grants_in_use(tx, log))) {
        const auto client = clients.find(grant.client_id);
        if (client == clients.end()) continue;  // the client system was deactivated
        const auto dataset = declarations.datasets.find(grant.dataset);
        auto plan = dataset == declarations.datasets.end()
                        ? Result<GrantPlan>(invalid("the dataset is gone"))
                        : plan_of(grant, *dataset->second);
        if (!plan.ok()) {
            log.warning("a grant does not fit its dataset any more; its calls are refused",
                        {{"grant", grant.id.text()},
                         {"dataset", grant.dataset},
                         {"reason", plan.error().detail}});
            continue;
        }
        plan->use = uses.of(grant.id);
        if (grant.revoked_at == 0) ++snapshot->grants;
        client->second->grants.push_back(std::move(*plan));
    }
    for (auto& [id, client] : clients)
        snapshot->clients.emplace(id, std::move(client));
    return std::shared_ptr<const GatewaySnapshot>(std::move(snapshot));
}

}  // namespace shu::exchange
