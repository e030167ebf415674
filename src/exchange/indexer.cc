#include "exchange/indexer.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace shu::exchange {
namespace {

using store::Transaction;
using store::Value;

constexpr Micros kMinute = 60 * kMicrosPerSecond;

std::string joined(const std::vector<std::string>& codes) {
    std::string out;
    for (const std::string& code : codes)
        out += (out.empty() ? "" : ",") + code;
    return out;
}

}  // namespace

Result<std::unique_ptr<Indexer>> Indexer::open(store::Database& database, IdMaker& ids,
                                               const TraceOptions& trace,
                                               std::shared_ptr<const Log> log) {
    std::unique_ptr<Indexer> indexer(new Indexer(database, ids, trace, std::move(log)));
    indexer->cursor_ = SHU_TRY(TraceCursor::open(database, trace, "index"));
    return indexer;
}

Result<std::optional<std::int64_t>> Indexer::advance(TracePosition sealed) {
    const auto go_on = [&]() -> Result<std::optional<std::int64_t>> {
        const auto next =
            SHU_TRY(trace_segment_after(trace_, cursor_->at().segment, sealed.segment));
        if (!next) return std::optional<std::int64_t>();
        SHU_TRY(cursor_->advance({*next, kTraceHeaderBytes},
                                 [](Transaction&) -> Result<void> { return {}; }));
        return std::optional<std::int64_t>(0);
    };
    const TracePosition from = cursor_->at();
    if (from.segment == 0) return go_on();
    if (from >= sealed) return std::optional<std::int64_t>();
    texts_.clear();
    entries_.clear();
    fresh_.clear();
    if (kinds_.size() >= limits::call_kinds_max) kinds_.clear();
    const std::int64_t end = from.segment == sealed.segment ? sealed.position : 0;
    bool has_bad_record = false;
    const auto read = read_trace(trace_, from, end, [&](const TraceRecord& record) -> Result<bool> {
        const auto taken = take(record);
        has_bad_record = !taken.ok();
        if (has_bad_record) return taken.error();
        return entries_.size() < limits::index_records_max;
    });
    const bool is_lost =
        !read.ok() && !has_bad_record &&
        (read.error().code == Code::kNotFound || read.error().code == Code::kCorrupt);
    if (!read.ok() && !is_lost) return read.error();
    if (is_lost)
        log_->error("a trace segment is lost and cannot be indexed",
                    {{"segment", from.segment}, {"reason", read.error().detail}});
    if (is_lost || entries_.empty()) return go_on();
    return std::optional<std::int64_t>(SHU_TRY(commit(*read)));
}

Result<void> Indexer::take(const TraceRecord& record) {
    Entry entry;
    Call whole;  // of a record that is written otherwise
    if (const auto call = glance(record.payload, kind_text_)) {
        entry.call = *call;
    } else {
        whole = SHU_TRY(parse_record(record.payload));
        entry.call = {.id = whole.id.value,
                      .at = whole.at,
                      .rows = whole.rows,
                      .duration_us = whole.duration_us,
                      .subject = whole.subject};
        kind_text_ = record.payload;
    }
    entry.subject = texts_.size();
    texts_ += entry.call.subject;
    entry.position = record.at.position;
    entry.kind = SHU_TRY(kind_of(record.payload));
    entries_.push_back(entry);
    return {};
}

Result<Indexer::Kind*> Indexer::kind_of(std::string_view payload) {
    const auto found = kinds_.find(std::string_view(kind_text_));
    Kind* kind = nullptr;
    if (found != kinds_.end()) {
        kind = found->second.get();
    } else {
        auto made = std::make_unique<Kind>();
        made->call = SHU_TRY(parse_record(payload));
        made->id = ids_.next();
        made->by_organisation = posting_key(PostedBy::kOrganisation, made->call.organisation);
        made->by_dataset = posting_key(PostedBy::kDataset, made->call.dataset);
        kind = kinds_.emplace(kind_text_, std::move(made)).first->second.get();
    }
    if (!kind->is_stored && std::ranges::find(fresh_, kind) == fresh_.end()) fresh_.push_back(kind);
    return kind;
}

std::string_view Indexer::subject_of(const Entry& entry) const {
    return std::string_view(texts_).substr(entry.subject, entry.call.subject.size());
}

void Indexer::collect_postings() {
    const std::int64_t by_refusal = posting_key(PostedBy::kRefusal, "");
    postings_.clear();
    for (const Entry& entry : entries_) {
        const Call& shared = entry.kind->call;
        const std::int64_t id = entry.call.id;
        if (const std::string_view subject = subject_of(entry); !subject.empty())
            postings_.push_back({posting_key(PostedBy::kSubject, subject), id});
        if (!shared.organisation.empty()) postings_.push_back({entry.kind->by_organisation, id});
        if (!shared.dataset.empty()) postings_.push_back({entry.kind->by_dataset, id});
        if (shared.outcome != kAnswered) postings_.push_back({by_refusal, id});
    }
}

/// The calls that are indexed now and were not before.
Result<std::int64_t> Indexer::commit(TracePosition end) {
    collect_postings();
    const std::int64_t run = ids_.next();
    const auto committed = cursor_->advance(end, [&](Transaction& tx) -> Result<void> {
        SHU_CHECK(insert_kinds(tx));
        SHU_CHECK(insert_calls(tx));
        if (!postings_.empty()) SHU_CHECK(insert_run(tx, run, trace_.node, postings_));
        return count_calls(tx);
    });
    const auto calls = static_cast<std::int64_t>(entries_.size());
    if (committed.ok() && *committed == TraceCursor::Step::kMoved) {
        for (Kind* kind : fresh_)
            kind->is_stored = true;
        return calls;
    }
    // Whether the kinds of this slice are stored is not known; the next one makes its own.
    kinds_.clear();
    if (committed.ok()) return std::exchange(tried_, 0);
    tried_ = calls;
    return committed.error();
}

Result<void> Indexer::insert_kinds(Transaction& tx) const {
    for (const Kind* kind : fresh_) {
        const Call& it = kind->call;
        const std::string fields = joined(it.fields);
        SHU_TRY(tx.execute(
            "INSERT INTO gateway_kind (id, node, client_id, organisation, dataset, grant_id, fields, purpose, basis, "
            "status, outcome, reason, peer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            {kind->id, std::int64_t{trace_.node}, std::string_view(it.client_id),
             std::string_view(it.organisation), std::string_view(it.dataset), it.grant,
             std::string_view(fields), std::string_view(it.purpose), std::string_view(it.basis),
             it.status, std::string_view(it.outcome), std::string_view(it.reason),
             std::string_view(it.peer)}));
    }
    return {};
}

Result<void> Indexer::insert_calls(Transaction& tx) {
    store::Statement* statement = SHU_TRY(tx.prepare(
        "INSERT INTO gateway_call (id, at, kind, subject_id, rows_read, duration_us, segment, position) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"));
    const std::int64_t segment = cursor_->at().segment;
    tuples_.resize(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& it = entries_[i];
        const std::string_view subject = subject_of(it);
        tuples_[i] = {it.call.id,   it.call.at,
                      it.kind->id,  subject.empty() ? Value(nullptr) : Value(subject),
                      it.call.rows, it.call.duration_us,
                      segment,      it.position};
    }
    SHU_TRY(statement->execute_many(tuples_));
    return {};
}

/// Uses of grants by day, and calls by minute. What an unproven caller claims must not make rows of
/// its own.
Result<void> Indexer::count_calls(Transaction& tx) const {
    std::map<std::pair<const Kind*, std::int64_t>, std::int64_t> calls;  // by kind and minute
    for (const Entry& it : entries_)
        ++calls[{it.kind, it.call.at / kMinute}];
    struct Count {
        std::int64_t calls = 0, refused = 0;
    };
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> uses;
    std::map<std::tuple<std::int64_t, std::string_view, std::string_view>, Count> minutes;
    for (const auto& [key, number] : calls) {
        const auto& [kind, minute] = key;
        const Call& it = kind->call;
        const bool is_answered = it.outcome == kAnswered;
        if (is_answered) uses[{it.grant, china_day(minute * kMinute)}] += number;
        const bool is_known = !it.organisation.empty() && it.grant != 0;
        Count& count = minutes[{minute, it.organisation,
                                is_known ? std::string_view(it.dataset) : std::string_view()}];
        const std::int64_t weight = number * std::max<std::int64_t>(it.suppressed, 1);
        count.calls += weight;
        if (!is_answered) count.refused += weight;
    }
    const std::int64_t node = trace_.node;
    for (const auto& [use, number] : uses)
        SHU_TRY(tx.execute(
            "INSERT INTO grant_use (grant_id, day, node, calls) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (grant_id, day, node) DO UPDATE SET calls = grant_use.calls + excluded.calls",
            {use.first, use.second, node, number}));
    for (const auto& [key, count] : minutes)
        SHU_TRY(tx.execute(
            "INSERT INTO gateway_minute (minute, organisation, dataset, node, calls, refused) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (minute, organisation, dataset, node) DO UPDATE SET calls = gateway_minute.calls + excluded.calls, "
            "refused = gateway_minute.refused + excluded.refused",
            {std::get<0>(key), std::get<1>(key), std::get<2>(key), node, count.calls,
             count.refused}));
    return {};
}

}  // namespace shu::exchange
