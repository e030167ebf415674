#include "decision/store.h"

namespace shu::decision {
namespace {

using store::StoredRow;
using store::Transaction;

PublishedModel model_of(const StoredRow& row) {
    PublishedModel out;
    out.code = row.text(0);
    out.name = row.text(1);
    out.name_en = row.text(2);
    out.owner = row.text(3);
    out.basis = row.text(4);
    out.four_eyes = row.integer(5) != 0;
    out.record = row.integer(6) != 0;
    out.created_at = row.integer(7);
    out.withdrawn_at = row.integer(8);
    out.keep_days = row.integer(15);
    if (!row.text(9).empty())
        out.draft = Draft{.digest = row.text(9),
                          .drawn_by = row.text(10),
                          .drawn_account = row.text(11),
                          .drawn_at = row.integer(12),
                          .note = row.text(13),
                          .base = row.integer(14)};
    return out;
}

Version version_of(const StoredRow& row) {
    return {.number = row.integer(1),
            .digest = row.text(2),
            .from = row.integer(3),
            .published_at = row.integer(4),
            .published_by = row.text(5),
            .drawn_by = row.text(6),
            .note = row.text(7),
            .basis = row.text(8),
            .source = row.text(9),
            .of = row.integer(10),
            .cancelled_at = row.integer(11),
            .cancelled_by = row.text(12),
            .cancel_reason = row.text(13)};
}

RecordedCase case_of(const StoredRow& row) {
    return {.id = CaseId{row.integer(0)},
            .model = row.text(1),
            .version = row.integer(2),
            .decision = row.text(3),
            .at = row.integer(4),
            .recorded_by = row.text(5),
            .input = row.text(6),
            .output = row.text(7),
            .secret = row.text(8),
            .act = row.integer(9)};
}

ReplayState state_of(std::string_view text) {
    for (const ReplayState state : {ReplayState::kQueued, ReplayState::kRunning, ReplayState::kDone,
                                    ReplayState::kFailed, ReplayState::kCancelled})
        if (to_string(state) == text) return state;
    return ReplayState::kFailed;
}

Replay replay_of(const StoredRow& row) {
    Replay out;
    out.id = ReplayId{row.integer(0)};
    out.model = row.text(1);
    out.candidate = row.text(2);
    out.digest = row.text(3);
    out.decision = row.text(4);
    out.since = row.integer(5);
    out.until = row.integer(6);
    out.state = state_of(row.text(7));
    out.total = row.integer(8);
    out.done = row.integer(9);
    out.same = row.integer(10);
    out.different = row.integer(11);
    out.failed = row.integer(12);
    out.position = row.integer(13);
    out.error = row.text(14);
    out.node = row.integer(15);
    out.created_at = row.integer(16);
    out.created_by = row.text(17);
    out.finished_at = row.integer(18);
    return out;
}

template <typename T, typename Read>
std::vector<T> read_all(const std::vector<StoredRow>& rows, Read read) {
    std::vector<T> out;
    out.reserve(rows.size());
    for (const StoredRow& row : rows)
        out.push_back(read(row));
    return out;
}

}  // namespace

Result<std::int64_t> change_number(Transaction& tx) {
    const auto row = SHU_TRY(tx.row("SELECT version FROM decision_change WHERE one = 1"));
    return row ? row->integer(0) : 0;
}

Result<void> bump(Transaction& tx) {
    SHU_TRY(tx.execute("UPDATE decision_change SET version = version + 1 WHERE one = 1"));
    return {};
}

Result<Models> all_models(Transaction& tx) {
    std::map<std::string, PublishedModel, std::less<>> found;
    for (
        const auto& row : SHU_TRY(tx.query(
            "SELECT code, name, name_en, owner, basis, four_eyes, record, created_at, withdrawn_at, "
            "draft_digest, drawn_by, drawn_account, drawn_at, draft_note, draft_base, keep_days FROM decision_model")))
        found.emplace(row.text(0), model_of(row));
    for (
        const auto& row : SHU_TRY(tx.query(
            "SELECT model, number, digest, valid_from, published_at, published_by, drawn_by, note, basis, "
            "source, of_version, cancelled_at, cancelled_by, cancel_reason FROM decision_version ORDER BY model, number")))
        if (const auto model = found.find(row.text(0)); model != found.end())
            model->second.versions.push_back(version_of(row));
    Models out;
    for (auto& [code, model] : found)
        out.emplace(code, std::make_shared<const PublishedModel>(std::move(model)));
    return out;
}

Result<std::optional<PublishedModel>> model_by_code(Transaction& tx, std::string_view code) {
    const auto row = SHU_TRY(tx.row(
        "SELECT code, name, name_en, owner, basis, four_eyes, record, created_at, withdrawn_at, "
        "draft_digest, drawn_by, drawn_account, drawn_at, draft_note, draft_base, keep_days FROM decision_model "
        "WHERE code = $1",
        {code}));
    if (!row) return std::optional<PublishedModel>();
    PublishedModel model = model_of(*row);
    for (
        const auto& version : SHU_TRY(tx.query(
            "SELECT model, number, digest, valid_from, published_at, published_by, drawn_by, note, basis, "
            "source, of_version, cancelled_at, cancelled_by, cancel_reason FROM decision_version WHERE model = $1 ORDER BY number",
            {code})))
        model.versions.push_back(version_of(version));
    return std::optional<PublishedModel>(std::move(model));
}

Result<void> put_model(Transaction& tx, const PublishedModel& model) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_model (code, name, name_en, owner, basis, four_eyes, record, created_at, "
        "withdrawn_at, draft_digest, drawn_by, drawn_account, drawn_at, draft_note, draft_base, keep_days) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', 0, '', 0, $10) "
        "ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, "
        "owner = excluded.owner, basis = excluded.basis, four_eyes = excluded.four_eyes, "
        "record = excluded.record, withdrawn_at = excluded.withdrawn_at, keep_days = excluded.keep_days",
        {model.code, model.name, model.name_en, model.owner, model.basis,
         std::int64_t{model.four_eyes}, std::int64_t{model.record}, model.created_at,
         model.withdrawn_at, model.keep_days}));
    return bump(tx);
}

Result<void> put_draft(Transaction& tx, std::string_view code, const std::optional<Draft>& draft) {
    const Draft it = draft.value_or(Draft{});
    SHU_TRY(tx.execute(
        "UPDATE decision_model SET draft_digest = $2, drawn_by = $3, drawn_account = $4, drawn_at = $5, "
        "draft_note = $6, draft_base = $7 WHERE code = $1",
        {code, it.digest, it.drawn_by, it.drawn_account, it.drawn_at, it.note, it.base}));
    return bump(tx);
}

Result<void> insert_version(Transaction& tx, std::string_view code, const Version& it) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_version (model, number, digest, valid_from, published_at, published_by, "
        "drawn_by, note, basis, source, of_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {code, it.number, it.digest, it.from, it.published_at, it.published_by, it.drawn_by,
         it.note, it.basis, it.source, it.of}));
    return bump(tx);
}

Result<void> cancel_version(Transaction& tx, std::string_view code, const Version& it) {
    SHU_TRY(tx.execute(
        "UPDATE decision_version SET cancelled_at = $3, cancelled_by = $4, cancel_reason = $5 "
        "WHERE model = $1 AND number = $2",
        {code, it.number, it.cancelled_at, it.cancelled_by, it.cancel_reason}));
    return bump(tx);
}

Result<void> put_examples(Transaction& tx, std::string_view code, std::string_view examples) {
    SHU_TRY(
        tx.execute("UPDATE decision_model SET examples = $2 WHERE code = $1", {code, examples}));
    return {};
}

Result<std::string> examples_of(Transaction& tx, std::string_view code) {
    const auto row = SHU_TRY(tx.row("SELECT examples FROM decision_model WHERE code = $1", {code}));
    return row ? row->text(0) : std::string("[]");
}

Result<std::int64_t> delete_cases_before(Transaction& tx, std::string_view model, Micros before,
                                         std::int64_t limit) {
    std::int64_t last = 0, found = 0;
    for (const auto& row :
         SHU_TRY(tx.query("SELECT id FROM decision_case WHERE model = $1 ORDER BY id LIMIT $2",
                          {model, limit}))) {
        if (instant_of_id(row.integer(0)) >= before) break;
        last = row.integer(0);
        ++found;
    }
    if (found == 0) return found;
    // What a what-if run gave for a case tells of the person as much as the case itself.
    SHU_TRY(
        tx.execute("DELETE FROM decision_difference WHERE case_id IN (SELECT id FROM "
                   "decision_case WHERE model = $1 AND id <= $2)",
                   {model, last}));
    SHU_TRY(tx.execute("DELETE FROM decision_case WHERE model = $1 AND id <= $2", {model, last}));
    return found;
}

Result<void> put_text(Transaction& tx, std::string_view digest, std::string_view xml) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_text (digest, xml) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        {digest, xml}));
    return {};
}

Result<std::string> text_of(Transaction& tx, std::string_view digest) {
    const auto row = SHU_TRY(tx.row("SELECT xml FROM decision_text WHERE digest = $1", {digest}));
    if (!row)
        return corrupt("the text " + std::string(digest) +
                       " of a decision model is gone; bring the database back from the backup");
    return row->text(0);
}

Result<void> drop_unused_text(Transaction& tx, std::string_view digest) {
    SHU_TRY(tx.execute(
        "DELETE FROM decision_text WHERE digest = $1 "
        "AND NOT EXISTS (SELECT 1 FROM decision_version WHERE decision_version.digest = $1) "
        "AND NOT EXISTS (SELECT 1 FROM decision_replay WHERE decision_replay.digest = $1) "
        "AND NOT EXISTS (SELECT 1 FROM decision_model WHERE draft_digest = $1)",
        {digest}));
    return {};
}

Result<void> insert_case(Transaction& tx, const RecordedCase& it) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_case (id, model, version, decision, at, recorded_by, input, output, secret, act_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {it.id.value, it.model, it.version, it.decision, it.at, it.recorded_by, it.input, it.output,
         it.secret, it.act}));
    return {};
}

Result<std::vector<RecordedCase>> cases_before(Transaction& tx, const CaseFilter& filter,
                                               std::int64_t before, std::int64_t limit) {
    return read_all<RecordedCase>(
        SHU_TRY(tx.query(
            "SELECT id, model, version, decision, at, recorded_by, input, output, secret, act_id "
            "FROM decision_case WHERE model = $1 AND id < $2 AND ($3 = 0 OR version = $3) "
            "AND ($4 = '' OR decision = $4) AND at >= $5 AND at < $6 ORDER BY id DESC LIMIT $7",
            {filter.model, before, filter.version, filter.decision, filter.since, filter.until,
             limit})),
        case_of);
}

Result<std::vector<RecordedCase>> cases_after(Transaction& tx, const CaseFilter& filter,
                                              std::int64_t after, std::int64_t limit) {
    return read_all<RecordedCase>(
        SHU_TRY(tx.query(
            "SELECT id, model, version, decision, at, recorded_by, input, output, secret, act_id "
            "FROM decision_case WHERE model = $1 AND id > $2 AND ($3 = 0 OR version = $3) "
            "AND ($4 = '' OR decision = $4) AND at >= $5 AND at < $6 ORDER BY id LIMIT $7",
            {filter.model, after, filter.version, filter.decision, filter.since, filter.until,
             limit})),
        case_of);
}

Result<std::int64_t> count_cases(Transaction& tx, const CaseFilter& filter) {
    const auto row = SHU_TRY(
        tx.row("SELECT COUNT(*) FROM decision_case WHERE model = $1 AND ($2 = '' OR decision = $2) "
               "AND at >= $3 AND at < $4",
               {filter.model, filter.decision, filter.since, filter.until}));
    return row ? row->integer(0) : 0;
}

std::string_view to_string(ReplayState state) {
    switch (state) {
        case ReplayState::kQueued: return "queued";
        case ReplayState::kRunning: return "running";
        case ReplayState::kDone: return "done";
        case ReplayState::kFailed: return "failed";
        case ReplayState::kCancelled: return "cancelled";
    }
    return "";
}

Result<void> insert_replay(Transaction& tx, const Replay& it) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_replay (id, model, candidate, digest, decision, since, until, state, total, "
        "done, same, different, failed, position, error, node, created_at, created_by, finished_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, '', $10, $11, $12, 0)",
        {it.id.value, it.model, it.candidate, it.digest, it.decision, it.since, it.until,
         to_string(it.state), it.total, it.node, it.created_at, it.created_by}));
    return {};
}

Result<bool> update_replay(Transaction& tx, const Replay& it) {
    const std::int64_t changed = SHU_TRY(tx.execute(
        "UPDATE decision_replay SET state = $2, done = $3, same = $4, different = $5, failed = $6, "
        "position = $7, error = $8, finished_at = $9 WHERE id = $1 AND state IN ('queued', 'running')",
        {it.id.value, to_string(it.state), it.done, it.same, it.different, it.failed, it.position,
         it.error, it.finished_at}));
    return changed == 1;
}

Result<std::optional<Replay>> replay_by_id(Transaction& tx, ReplayId id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT id, model, candidate, digest, decision, since, until, state, total, done, same, different, "
        "failed, position, error, node, created_at, created_by, finished_at FROM decision_replay WHERE id = $1",
        {id.value}));
    if (!row) return std::optional<Replay>();
    return std::optional<Replay>(replay_of(*row));
}

Result<std::vector<Replay>> replays_before(Transaction& tx, std::string_view model,
                                           std::int64_t before, std::int64_t limit) {
    return read_all<Replay>(
        SHU_TRY(tx.query(
            "SELECT id, model, candidate, digest, decision, since, until, state, total, done, same, "
            "different, failed, position, error, node, created_at, created_by, finished_at "
            "FROM decision_replay WHERE model = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            {model, before, limit})),
        replay_of);
}

Result<std::vector<Replay>> unfinished_replays(Transaction& tx, std::int64_t node) {
    return read_all<Replay>(
        SHU_TRY(tx.query(
            "SELECT id, model, candidate, digest, decision, since, until, state, total, done, same, "
            "different, failed, position, error, node, created_at, created_by, finished_at "
            "FROM decision_replay WHERE node = $1 AND state IN ('queued', 'running') ORDER BY id",
            {node})),
        replay_of);
}

Result<void> insert_difference(Transaction& tx, ReplayId replay, CaseId of, std::string_view after,
                               std::string_view warning) {
    SHU_TRY(tx.execute(
        "INSERT INTO decision_difference (replay, case_id, after, warning) VALUES ($1, $2, $3, $4)",
        {replay.value, of.value, after, warning}));
    return {};
}

Result<std::vector<Difference>> differences_after(Transaction& tx, ReplayId replay,
                                                  std::int64_t after, std::int64_t limit) {
    return read_all<Difference>(
        SHU_TRY(tx.query(
            "SELECT c.id, c.model, c.version, c.decision, c.at, c.recorded_by, c.input, c.output, c.secret, "
            "c.act_id, d.after, d.warning FROM decision_difference d JOIN decision_case c ON c.id = d.case_id "
            "WHERE d.replay = $1 AND d.case_id > $2 ORDER BY d.case_id LIMIT $3",
            {replay.value, after, limit})),
        [](const StoredRow& row) {
            return Difference{case_of(row), row.text(10), row.text(11)};
        });
}

}  // namespace shu::decision
