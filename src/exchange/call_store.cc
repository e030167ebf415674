// The index of the trace in the database, as lists read it.
#include "exchange/call.h"
#include "exchange/posting.h"

namespace shu::exchange {
namespace {

using store::StoredRow;
using store::Transaction;

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
    it.node = row.integer(16);
    it.place = {row.integer(17), row.integer(18)};
    return it;
}

/// The key under which the fewest calls stand that the filter may want; nullopt: it wants all.
std::optional<std::int64_t> key_of(const CallFilter& filter) {
    if (!filter.subject.empty()) return posting_key(PostedBy::kSubject, filter.subject);
    if (!filter.organisation.empty())
        return posting_key(PostedBy::kOrganisation, filter.organisation);
    if (!filter.dataset.empty()) return posting_key(PostedBy::kDataset, filter.dataset);
    if (!filter.outcome.empty() && filter.outcome != kAnswered)
        return posting_key(PostedBy::kRefusal, "");
    return std::nullopt;
}

bool fits(const Call& call, const CallFilter& filter) {
    const auto is = [](const std::string& wanted, const std::string& found) {
        return wanted.empty() || wanted == found;
    };
    return is(filter.subject, call.subject) && is(filter.organisation, call.organisation) &&
           is(filter.dataset, call.dataset) && is(filter.outcome, call.outcome);
}

Result<std::vector<Call>> calls_posted(Transaction& tx, const CallFilter& filter,
                                       std::int64_t key) {
    std::vector<Call> items;
    std::int64_t before = filter.before;
    for (;;) {
        const auto ids = SHU_TRY(posted_calls(tx, key, before, filter.limit));
        for (const std::int64_t id : ids) {
            const auto call = SHU_TRY(call_by_id(tx, {id}));
            if (call && fits(*call, filter)) items.push_back(*call);
            if (items.size() == filter.limit) return items;
        }
        if (ids.size() < filter.limit) return items;
        before = ids.back();
    }
}

}  // namespace

Result<std::vector<Call>> calls(Transaction& tx, const CallFilter& filter) {
    if (filter.limit == 0) return std::vector<Call>();
    if (const auto key = key_of(filter)) return calls_posted(tx, filter, *key);
    std::vector<Call> items;
    for (
        const StoredRow& row : SHU_TRY(tx.query(
            "SELECT c.id, c.at, k.client_id, k.organisation, k.dataset, k.grant_id, c.subject_id, k.fields, k.purpose, k.basis, "
            "c.rows_read, k.status, k.outcome, k.reason, c.duration_us, k.peer, k.node, c.segment, c.position "
            "FROM gateway_call c JOIN gateway_kind k ON k.id = c.kind WHERE ($1 = '' OR k.outcome = $1) AND c.id < $2 "
            "ORDER BY c.id DESC LIMIT $3",
            {std::string_view(filter.outcome), filter.before,
             static_cast<std::int64_t>(filter.limit)})))
        items.push_back(call_of(row));
    return items;
}

Result<std::optional<Call>> call_by_id(Transaction& tx, CallId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT c.id, c.at, k.client_id, k.organisation, k.dataset, k.grant_id, c.subject_id, k.fields, k.purpose, k.basis, "
        "c.rows_read, k.status, k.outcome, k.reason, c.duration_us, k.peer, k.node, c.segment, c.position "
        "FROM gateway_call c JOIN gateway_kind k ON k.id = c.kind WHERE c.id = $1",
        {id.value}));
    if (!row) return std::optional<Call>();
    return std::optional<Call>(call_of(*row));
}

Result<std::optional<Seal>> seal_of(Transaction& tx, const Call& call) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, node, segment, first_position, end_position, records, root, act_id FROM gateway_seal "
        "WHERE node = $1 AND segment = $2 AND first_position <= $3 ORDER BY first_position DESC LIMIT 1",
        {call.node, call.place.segment, call.place.position}));
    if (!row || row->integer(4) <= call.place.position) return std::optional<Seal>();
    return std::optional<Seal>(Seal{.id = row->integer(0),
                                    .node = row->integer(1),
                                    .segment = row->integer(2),
                                    .first = row->integer(3),
                                    .end = row->integer(4),
                                    .records = row->integer(5),
                                    .root = row->text(6),
                                    .act = row->integer(7)});
}

Result<void> insert(Transaction& tx, const Seal& seal) {
    SHU_TRY(tx.execute(
        "INSERT INTO gateway_seal (id, node, segment, first_position, end_position, records, root, act_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {seal.id, seal.node, seal.segment, seal.first, seal.end, seal.records,
         std::string_view(seal.root), seal.act}));
    return {};
}

}  // namespace shu::exchange
