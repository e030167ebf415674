// The module's SQL. Inside the module only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/decisions.h"

namespace shu::decision {

/// The number that rises with every change of a model.
Result<std::int64_t> change_number(store::Transaction& tx);
Result<void> bump(store::Transaction& tx);

Result<Models> all_models(store::Transaction& tx);
Result<std::optional<PublishedModel>> model_by_code(store::Transaction& tx, std::string_view code);

Result<void> put_model(store::Transaction& tx, const PublishedModel& model);
Result<void> put_draft(store::Transaction& tx, std::string_view code,
                       const std::optional<Draft>& draft);
Result<void> insert_version(store::Transaction& tx, std::string_view code, const Version& version);

/// Writes when, by whom and why a version was cancelled.
Result<void> cancel_version(store::Transaction& tx, std::string_view code, const Version& version);

/// Examples of the city folder: JSON, a list.
Result<void> put_examples(store::Transaction& tx, std::string_view code, std::string_view examples);
Result<std::string> examples_of(store::Transaction& tx, std::string_view code);

Result<void> put_text(store::Transaction& tx, std::string_view digest, std::string_view xml);
/// Errors: Corrupt when a digest that something names has no text.
Result<std::string> text_of(store::Transaction& tx, std::string_view digest);
/// Removes a text that no version, draft or what-if run names any more.
Result<void> drop_unused_text(store::Transaction& tx, std::string_view digest);

/// An evaluation that was kept.
struct RecordedCase {
    CaseId id;
    std::string model;
    std::int64_t version = 0;
    std::string decision;
    Micros at = 0;
    std::string recorded_by;
    std::string input, output;  ///< JSON
    std::string secret;         ///< hexadecimal
    std::int64_t act = 0;
};

Result<void> insert_case(store::Transaction& tx, const RecordedCase& it);

/// Which cases: of a model, by version and decision (0 and empty: any), since <= at < until.
struct CaseFilter {
    std::string model;
    std::int64_t version = 0;
    std::string decision;
    Micros since = 0;
    Micros until = INT64_MAX;
};
/// Newest first, below `before`.
Result<std::vector<RecordedCase>> cases_before(store::Transaction& tx, const CaseFilter& filter,
                                               std::int64_t before, std::int64_t limit);
/// Oldest first, above `after`.
Result<std::vector<RecordedCase>> cases_after(store::Transaction& tx, const CaseFilter& filter,
                                              std::int64_t after, std::int64_t limit);
/// Deletes the oldest cases of a model that were recorded before an instant, at most `limit`, and
/// what what-if runs gave for them. Returns how many.
Result<std::int64_t> delete_cases_before(store::Transaction& tx, std::string_view model,
                                         Micros before, std::int64_t limit);
Result<std::int64_t> count_cases(store::Transaction& tx, const CaseFilter& filter);

enum class ReplayState { kQueued, kRunning, kDone, kFailed, kCancelled };
std::string_view to_string(ReplayState state);

/// A what-if run: a candidate text over recorded cases.
struct Replay {
    ReplayId id;
    std::string model;
    std::string candidate;  ///< "version 3", "draft", "xml"
    std::string digest;
    std::string decision;  ///< empty: every decision that was recorded
    Micros since = 0, until = INT64_MAX;
    ReplayState state = ReplayState::kQueued;
    std::int64_t total = 0, done = 0, same = 0, different = 0, failed = 0;
    std::int64_t position = 0;  ///< the last case evaluated
    std::string error;
    std::int64_t node = 0;
    Micros created_at = 0;
    std::string created_by;
    Micros finished_at = 0;

    bool is_finished() const { return state > ReplayState::kRunning; }
};

Result<void> insert_replay(store::Transaction& tx, const Replay& replay);
/// Writes state, counts, position, error and end, unless the row has been finished meanwhile:
/// false.
Result<bool> update_replay(store::Transaction& tx, const Replay& replay);
Result<std::optional<Replay>> replay_by_id(store::Transaction& tx, ReplayId id);
Result<std::vector<Replay>> replays_before(store::Transaction& tx, std::string_view model,
                                           std::int64_t before, std::int64_t limit);
/// This node's queued and running ones, oldest first.
Result<std::vector<Replay>> unfinished_replays(store::Transaction& tx, std::int64_t node);

struct Difference {
    RecordedCase before;
    std::string after;  ///< JSON
    std::string warning;
};
Result<void> insert_difference(store::Transaction& tx, ReplayId replay, CaseId of,
                               std::string_view after, std::string_view warning);
Result<std::vector<Difference>> differences_after(store::Transaction& tx, ReplayId replay,
                                                  std::int64_t after, std::int64_t limit);

}  // namespace shu::decision
