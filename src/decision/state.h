// The parts of the running module, as its own files see them. Inside the module only.
#pragma once

#include <mutex>

#include "decision/decisions.h"
#include "decision/replayer.h"
#include "decision/shelf.h"
#include "decision/store.h"
#include "ledger/act.h"

namespace shu::decision {

struct Decisions::State {
    explicit State(Parts opened);

    Parts parts;
    rule::Environment environment;
    mutable Heads heads;
    mutable Shelf shelf;  ///< of texts that are kept
    Shelf tries;          ///< of texts that are drawn at this moment
    Desks desks;
    Replayer replayer;

    std::shared_ptr<const Models> models() const {
        const std::lock_guard lock(mutex_);
        return models_;
    }
    Result<void> refresh();
    Micros now() const { return parts.clock.now(); }

    /// Errors: NotFound.
    Result<std::shared_ptr<const PublishedModel>> model(std::string_view code) const;
    Result<std::string> text(std::string_view digest) const;
    /// The published models at an instant, for what imports them.
    Standing standing(Micros at) const;
    /// The same as the transaction sees them.
    Result<Standing> standing(store::Transaction& tx, Micros at) const;

    Result<void> record_act(store::Transaction& tx, const ledger::Act& act) const;

 private:
    std::mutex refresh_mutex_;  // one refresh at a time: an older snapshot never replaces a newer
    mutable std::mutex mutex_;
    std::shared_ptr<const Models> models_ = std::make_shared<const Models>();
    std::int64_t change_ = 0;
};

/// What a person publishes.
struct Publication {
    std::string code;
    std::string digest;  ///< of the draft that was read
    Micros from = 0;     ///< 0: now
    std::string note, basis;
    bool accepts_failing_examples = false;
};

struct Rollback {
    std::string code;
    std::int64_t version = 0;
    Micros from = 0;  ///< 0: now
    std::string note;
};

/// What a person takes back before it holds.
struct Cancellation {
    std::string code;
    std::int64_t version = 0;
    std::string reason;
};

/// What a person draws. A model that is not there is made with what `made` says.
struct Drawing {
    std::string code;
    std::string xml, note;
    std::optional<std::string> replaces;  ///< digest of the draft that was seen; empty: none was
    std::optional<PublishedModel> made;   ///< of a new model
};

// life.cc: each with its act in one transaction; refreshes after the commit.
Result<void> draw(Decisions::State& state, const identity::Actor& actor, const Drawing& drawing);
Result<void> discard_draft(Decisions::State& state, const identity::Actor& actor,
                           std::string_view code);
Result<Version> publish(Decisions::State& state, const identity::Actor& actor,
                        const Publication& publication);
Result<Version> roll_back(Decisions::State& state, const identity::Actor& actor,
                          const Rollback& rollback);

/// Errors: Conflict for a version that holds already or was cancelled.
Result<void> cancel_version(Decisions::State& state, const identity::Actor& actor,
                            const Cancellation& cancellation);

// importers.cc
/// Refuses a change that spoils a model in force, now or from a later start on, by what it imports.
/// What was unsound before is left alone. Errors: Conflict.
Result<void> check_importers(const Decisions::State& state, store::Transaction& tx);

// examples.cc
/// An example as it came out.
struct ExampleOutcome {
    std::string source;  ///< folder, model
    ExampleResult result;
};
/// Examples of the folder, then those inside the text.
Result<std::vector<ExampleOutcome>> run_all_examples(const Decisions::State& state,
                                                     std::string_view code,
                                                     const Compiled& compiled);

// expiry.cc
/// Deletes inputs and outputs of recorded cases whose days are over; an act for each model tells
/// how many. Returns how many.
Result<std::int64_t> delete_expired_cases(const Decisions::State& state);

/// Why this person may not publish the draft; empty when he may.
std::string four_eyes_refusal(const PublishedModel& model, const identity::Actor& actor);

}  // namespace shu::decision
