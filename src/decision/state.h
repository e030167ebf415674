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
    Shelf shelf;
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
};

struct Rollback {
    std::string code;
    std::int64_t version = 0;
    Micros from = 0;  ///< 0: now
    std::string note;
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

/// Why this person may not publish the draft; empty when he may.
std::string four_eyes_refusal(const PublishedModel& model, const identity::Actor& actor);

}  // namespace shu::decision
