// Reading the rows of one turn's calls: one snapshot of the database for all of them.
#include <span>

#include "exchange/gateway.h"
#include "exchange/json_text.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

using record::FieldType;

void append_masked_field(std::string& out, const FieldPlan& field, const store::Row& row,
                         int column) {
    const bool is_text = field.type == FieldType::kText || field.type == FieldType::kCode ||
                         field.type == FieldType::kDate;
    if (!is_text || field.mask == record::Mask::kAll) {
        out += "\"***\"";
        return;
    }
    const std::string masked = record::masked(field.mask, row.text(column));
    append_json_text(out, masked);
}

void append_field(std::string& out, const FieldPlan& field, const store::Row& row, int column) {
    out += field.json_name;
    if (row.is_null(column)) {
        out += "null";
        return;
    }
    if (field.masked) return append_masked_field(out, field, row, column);
    switch (field.type) {
        case FieldType::kText:
        case FieldType::kCode:
        case FieldType::kDate: append_json_text(out, row.text(column)); return;
        case FieldType::kInteger: append_number_text(out, row.integer(column)); return;
        case FieldType::kDecimal:
            append_json_text(out, text::format_decimal(row.integer(column), field.scale));
            return;
        case FieldType::kMoney:
            append_json_text(out, text::format_decimal(row.integer(column), 2));
            return;
        case FieldType::kInstant: append_json_text(out, to_rfc3339(row.integer(column))); return;
        case FieldType::kBoolean: out += row.integer(column) != 0 ? "true" : "false"; return;
    }
}

void append_item(PendingCall& call, const store::Row& row) {
    const std::vector<FieldPlan>& fields = call.grant->fields;
    std::string& out = call.items;
    out += call.rows++ == 0 ? '{' : ',';
    if (call.rows > 1) out += '{';
    if (call.chosen.empty()) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (i > 0) out += ',';
            append_field(out, fields[i], row, static_cast<int>(i));
        }
    } else {
        for (std::size_t i = 0; i < call.chosen.size(); ++i) {
            if (i > 0) out += ',';
            append_field(out, fields[call.chosen[i]], row, call.chosen[i]);
        }
    }
    out += '}';
    call.subject.assign(row.text(static_cast<int>(fields.size())));
}

}  // namespace

Result<void> Gateway::read_one(store::Transaction& tx, PendingCall& call) const {
    const GrantPlan& plan = *call.grant;
    std::array<store::Value, limits::gateway_keys_max + 1> values;
    std::size_t count = 0;
    for (; count < plan.keys.size(); ++count)
        values[count] = call.keys[count].value();
    if (plan.has_filter) values[count++] = plan.filter.value();
    call.rows = 0;
    call.items.clear();
    call.subject.clear();
    store::Statement* statement = SHU_TRY(tx.prepare(plan.sql));
    return statement->each(std::span(values).first(count),
                           [&call](const store::Row& row) -> Result<void> {
                               append_item(call, row);
                               return {};
                           });
}

void Gateway::read(CallBatch& batch) {
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < batch.used; ++i)
        wanted += batch.calls[i].refusal == Refusal::kNone ? 1 : 0;
    if (wanted == 0) return;
    const auto together = parts_.database.read([&](store::Transaction& tx) -> Result<void> {
        for (std::size_t i = 0; i < batch.used; ++i)
            if (batch.calls[i].refusal == Refusal::kNone) SHU_CHECK(read_one(tx, batch.calls[i]));
        return {};
    });
    if (together.ok()) return;
    // Nor does asking for each alone help where the database does not answer at all.
    const Code code = together.error().code;
    if (code == Code::kUnavailable || code == Code::kExhausted) {
        parts_.log->error("look-ups failed", {{"reason", together.error().detail}});
        for (std::size_t i = 0; i < batch.used; ++i)
            if (batch.calls[i].refusal == Refusal::kNone)
                batch.calls[i].fail(Refusal::kUnavailable);
        return;
    }
    // One call's failure (a table that is just being altered) must not take the others with it.
    for (std::size_t i = 0; i < batch.used; ++i) {
        PendingCall& call = batch.calls[i];
        if (call.refusal != Refusal::kNone) continue;
        const auto alone =
            parts_.database.read([&](store::Transaction& tx) { return read_one(tx, call); });
        if (alone.ok()) continue;
        parts_.log->error("a look-up failed",
                          {{"dataset", call.dataset}, {"reason", alone.error().detail}});
        call.fail(Refusal::kUnavailable);
    }
}

}  // namespace shu::exchange
