// The index of the trace in the database.
#include <map>
#include <tuple>

#include "exchange/call.h"
#include "exchange/gateway_snapshot.h"

namespace shu::exchange {
namespace {

using store::StoredRow;
using store::Transaction;
using store::Value;

std::string joined(const std::vector<std::string>& codes) {
    std::string out;
    for (const std::string& code : codes) out += (out.empty() ? "" : ",") + code;
    return out;
}

std::vector<std::string> split(const std::string& joined_codes) {
    std::vector<std::string> codes;
    std::size_t begin = 0;
    while (begin < joined_codes.size()) {
        const std::size_t end = std::min(joined_codes.find(',', begin), joined_codes.size());
        codes.push_back(joined_codes.substr(begin, end - begin));
        begin = end + 1;
    }
    return codes;
}

Call call_of(const StoredRow& row) {
    Call it;
    it.id = {row.integer(0)};
    it.at = row.integer(1);
    it.client_id = row.text(2);
    it.organisation = row.text(3);
    it.dataset = row.text(4);
    it.grant = row.integer(5);
    it.subject = row.text(6);
    it.fields = split(row.text(7));
    it.purpose = row.text(8);
    it.basis = row.text(9);
    it.rows = row.integer(10);
    it.status = row.integer(11);
    it.outcome = row.text(12);
    it.reason = row.text(13);
    it.duration_us = row.integer(14);
    it.peer = row.text(15);
    it.seal = row.integer(16);
    it.leaf = row.integer(17);
    return it;
}

Result<void> insert_calls(Transaction& tx, const Seal& seal, const std::vector<Call>& batch) {
    store::Statement* statement = SHU_TRY(tx.prepare(
        "INSERT INTO gateway_call (id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, "
        "rows_read, status, outcome, reason, duration_us, peer, seal, leaf) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"));
    std::vector<std::string> fields;
    fields.reserve(batch.size());
    std::vector<std::vector<Value>> tuples;
    tuples.reserve(batch.size());
    for (const Call& it : batch) {
        fields.push_back(joined(it.fields));
        tuples.push_back({it.id.value, it.at, std::string_view(it.client_id), std::string_view(it.organisation),
                          std::string_view(it.dataset), it.grant,
                          it.subject.empty() ? Value(nullptr) : Value(std::string_view(it.subject)),
                          std::string_view(fields.back()), std::string_view(it.purpose), std::string_view(it.basis), it.rows,
                          it.status, std::string_view(it.outcome), std::string_view(it.reason), it.duration_us,
                          std::string_view(it.peer), seal.id, it.leaf});
    }
    SHU_TRY(statement->execute_many(tuples));
    return {};
}

Result<void> count_uses(Transaction& tx, const Seal& seal, const std::vector<Call>& batch) {
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> uses;
    for (const Call& it : batch)
        if (it.outcome == "answered") ++uses[{it.grant, china_day(it.at)}];
    for (const auto& [use, count] : uses)
        SHU_TRY(tx.execute("INSERT INTO grant_use (grant_id, day, node, calls) VALUES ($1, $2, $3, $4) "
                           "ON CONFLICT (grant_id, day, node) DO UPDATE SET calls = grant_use.calls + excluded.calls",
                           {use.first, use.second, seal.node, count}));
    return {};
}

Result<void> count_minutes(Transaction& tx, const Seal& seal, const std::vector<Call>& batch) {
    struct Count {
        std::int64_t calls = 0, refused = 0;
    };
    std::map<std::tuple<std::int64_t, std::string_view, std::string_view>, Count> minutes;
    for (const Call& it : batch) {
        // What an unproven caller claims must not make rows of its own.
        const bool is_known = !it.organisation.empty();
        Count& count = minutes[{it.at / (60 * kMicrosPerSecond), it.organisation,
                                is_known && it.grant != 0 ? std::string_view(it.dataset) : std::string_view()}];
        const std::int64_t calls = it.suppressed > 0 ? it.suppressed : 1;
        count.calls += calls;
        if (it.outcome != "answered") count.refused += calls;
    }
    for (const auto& [key, count] : minutes)
        SHU_TRY(tx.execute(
            "INSERT INTO gateway_minute (minute, organisation, dataset, node, calls, refused) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (minute, organisation, dataset, node) DO UPDATE SET calls = gateway_minute.calls + excluded.calls, "
            "refused = gateway_minute.refused + excluded.refused",
            {std::get<0>(key), std::get<1>(key), std::get<2>(key), seal.node, count.calls, count.refused}));
    return {};
}

}  // namespace

Result<std::vector<Call>> calls(Transaction& tx, const CallFilter& filter) {
    std::vector<Call> items;
    // One statement for each index, so that neither engine scans.
    const auto limit = static_cast<std::int64_t>(filter.limit);
    const std::string_view dataset(filter.dataset), organisation(filter.organisation), outcome(filter.outcome);
    std::vector<StoredRow> rows;
    if (!filter.subject.empty()) {
        rows = SHU_TRY(tx.query(
            "SELECT id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, rows_read, status, "
            "outcome, reason, duration_us, peer, seal, leaf FROM gateway_call WHERE subject_id = $1 AND id < $2 "
            "ORDER BY id DESC LIMIT $3",
            {std::string_view(filter.subject), filter.before, limit}));
    } else if (!organisation.empty()) {
        rows = SHU_TRY(tx.query(
            "SELECT id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, rows_read, status, "
            "outcome, reason, duration_us, peer, seal, leaf FROM gateway_call WHERE organisation = $1 "
            "AND ($2 = '' OR dataset = $2) AND ($3 = '' OR outcome = $3) AND id < $4 ORDER BY id DESC LIMIT $5",
            {organisation, dataset, outcome, filter.before, limit}));
    } else if (!dataset.empty()) {
        rows = SHU_TRY(tx.query(
            "SELECT id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, rows_read, status, "
            "outcome, reason, duration_us, peer, seal, leaf FROM gateway_call WHERE dataset = $1 "
            "AND ($2 = '' OR outcome = $2) AND id < $3 ORDER BY id DESC LIMIT $4",
            {dataset, outcome, filter.before, limit}));
    } else {
        rows = SHU_TRY(tx.query(
            "SELECT id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, rows_read, status, "
            "outcome, reason, duration_us, peer, seal, leaf FROM gateway_call WHERE ($1 = '' OR outcome = $1) AND id < $2 "
            "ORDER BY id DESC LIMIT $3",
            {outcome, filter.before, limit}));
    }
    items.reserve(rows.size());
    for (const StoredRow& row : rows) items.push_back(call_of(row));
    return items;
}

Result<std::optional<Call>> call_by_id(Transaction& tx, CallId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, at, client_id, organisation, dataset, grant_id, subject_id, fields, purpose, basis, rows_read, status, "
        "outcome, reason, duration_us, peer, seal, leaf FROM gateway_call WHERE id = $1",
        {id.value}));
    if (!row) return std::optional<Call>();
    return std::optional<Call>(call_of(*row));
}

Result<std::optional<Seal>> seal_by_id(Transaction& tx, std::int64_t id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, node, segment, first_position, end_position, records, root, act_id FROM gateway_seal WHERE id = $1",
        {id}));
    if (!row) return std::optional<Seal>();
    return std::optional<Seal>(Seal{.id = row->integer(0),
                                    .node = row->integer(1),
                                    .segment = row->integer(2),
                                    .first = row->integer(3),
                                    .end = row->integer(4),
                                    .records = row->integer(5),
                                    .root = row->text(6),
                                    .act = row->integer(7)});
}

Result<void> insert(Transaction& tx, const Seal& seal, const std::vector<Call>& batch) {
    SHU_TRY(tx.execute("INSERT INTO gateway_seal (id, node, segment, first_position, end_position, records, root, act_id) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       {seal.id, seal.node, seal.segment, seal.first, seal.end, seal.records,
                        std::string_view(seal.root), seal.act}));
    SHU_CHECK(insert_calls(tx, seal, batch));
    SHU_CHECK(count_uses(tx, seal, batch));
    return count_minutes(tx, seal, batch);
}

Result<std::optional<TracePosition>> trace_cursor(Transaction& tx, int node) {
    const auto row = SHU_TRY(tx.row("SELECT segment, position FROM trace_cursor WHERE node = $1", {std::int64_t{node}}));
    if (!row) return std::optional<TracePosition>();
    return std::optional<TracePosition>({row->integer(0), row->integer(1)});
}

Result<void> move_trace_cursor(Transaction& tx, int node, const std::optional<TracePosition>& from, TracePosition to) {
    std::int64_t changed = 0;
    if (from)
        changed = SHU_TRY(tx.execute("UPDATE trace_cursor SET segment = $2, position = $3 WHERE node = $1 AND segment = $4 AND position = $5",
                                     {std::int64_t{node}, to.segment, to.position, from->segment, from->position}));
    else
        changed = SHU_TRY(tx.execute("INSERT INTO trace_cursor (node, segment, position) VALUES ($1, $2, $3) ON CONFLICT (node) DO NOTHING",
                                     {std::int64_t{node}, to.segment, to.position}));
    if (changed == 1) return {};
    return conflict("the trace of node " + std::to_string(node) +
                    " is being indexed by another process; give every server of one database its own node number");
}

}  // namespace shu::exchange
