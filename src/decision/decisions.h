// Decision models in force in a city: drafts, versions from a day on, evaluation, recorded cases,
// what-if runs. ADR 21.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/declaration.h"
#include "foundation/clock.h"
#include "foundation/id.h"
#include "foundation/log.h"
#include "http/router.h"
#include "identity/identity.h"
#include "rule/model.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::decision {

struct CaseTag {};
using CaseId = Id<CaseTag>;
struct ReplayTag {};
using ReplayId = Id<ReplayTag>;

/// A published text and the instant from which it holds. Never changes, but may be cancelled before
/// that instant.
struct Version {
    std::int64_t number = 0;  ///< from 1
    std::string digest;       ///< SM3 of the text, hexadecimal
    Micros from = 0;
    Micros published_at = 0;
    std::string published_by;  ///< display name
    std::string drawn_by;
    std::string note, basis;
    std::string source;   ///< draft, folder, rollback
    std::int64_t of = 0;  ///< of a rollback: the version whose text it has
    // A version that was to begin later and was taken back before.
    Micros cancelled_at = 0;
    std::string cancelled_by;  ///< display name
    std::string cancel_reason;

    bool is_cancelled() const { return cancelled_at != 0; }
};

/// The text on a model's desk.
struct Draft {
    std::string digest;
    std::string drawn_by;       ///< display name
    std::string drawn_account;  ///< for four eyes
    Micros drawn_at = 0;
    std::string note;
    std::int64_t base = 0;  ///< the newest version when it was drawn; 0: none
};

struct PublishedModel {
    std::string code, name, name_en, owner, basis;
    bool four_eyes = true, record = false;
    std::int64_t keep_days = 0;  ///< of recorded cases; 0: for ever
    Micros created_at = 0, withdrawn_at = 0;
    std::optional<Draft> draft;
    std::vector<Version> versions;  ///< by number

    /// The version in force at an instant: the latest start not after it, of equal starts the later
    /// published; nullptr before the first and after a withdrawal.
    const Version* in_force(Micros at) const;
    const Version* version(std::int64_t number) const;
    /// The start of what takes over from a version; 0: nothing does.
    Micros until(const Version& version) const;
};

using Models = std::map<std::string, std::shared_ptr<const PublishedModel>, std::less<>>;

/// What somebody asks a published model.
struct Question {
    std::string code;
    std::string decision;  ///< decision or decision service
    json::value input;     ///< object of inputs by name
    Micros at = 0;         ///< which version, and what now() is; 0: the present
    bool record = false;
    bool explain = false;
};

struct Answer {
    std::int64_t version = 0;
    std::string digest;
    rule::Value output;
    json::array warnings;
    std::optional<rule::Explanation> explanation;
    json::array explanation_json;
    CaseId recorded;  ///< 0 if not recorded
};

/// The module's face. All members may be called from any thread.
class Decisions {
 public:
    static store::ModuleMigrations migrations();

    struct Parts {
        store::Database& database;
        const Clock& clock;
        IdMaker& ids;
        identity::Identity& identity;
        const rule::Zones& zones;
        std::shared_ptr<const Log> log;
        int node = 0;                                  ///< among those of one database
        int utc_offset_minutes = kChinaOffsetMinutes;  ///< of today() and of declared days
    };
    static Result<std::unique_ptr<Decisions>> open(Parts parts);
    ~Decisions();

    std::shared_ptr<const Models> models() const;
    /// Takes over what other transactions or nodes changed; cheap when nothing did.
    Result<void> refresh();

    /// Declares a model of the city folder: a new version when its text is not the newest
    /// version's. Records `rule.publish`; the caller records its own act. refresh() after the
    /// commit. Errors: Conflict when the text has mistakes; those of a text that imports are found
    /// by check_imports(), once all models of the folder are there.
    Result<void> put(store::Transaction& tx, const ModelDeclaration& declaration);
    /// Takes a model out of force; its versions and cases stay.
    Result<void> withdraw(store::Transaction& tx, std::string_view code);

    /// To be called after the last put() and withdraw() of a transaction. Errors: Conflict when a
    /// model in force, now or later, has mistakes by what it imports that it did not have before.
    Result<void> check_imports(store::Transaction& tx);

    /// Evaluates the version in force. `asker` is written beside a recorded case. Errors: NotFound
    /// without such a model or version; Invalid for inputs or a decision that do not fit, and at
    /// the bounds of evaluation.
    Result<Answer> decide(const Question& question, const identity::Actor& asker);

    void start();  ///< the replayer: takes up this node's unfinished what-if runs, then new ones
    void stop();
    void add_routes(http::Router& router);

    struct State;
    State& state() { return *state_; }  ///< for the module's own files and tests

 private:
    explicit Decisions(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace shu::decision
