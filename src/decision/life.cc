// Drawing, publishing, rolling back: each is one transaction with its act.
#include <algorithm>

#include "decision/limits.h"
#include "decision/state.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

std::string object_of(std::string_view code) {
    return "rule-model:" + std::string(code);
}

Result<void> check_length(std::string_view member, const std::string& text) {
    if (text.size() <= limits::decision_note_bytes_max) return {};
    return invalid("/" + std::string(member) + ": has " + std::to_string(text.size()) +
                   " bytes; at most " + std::to_string(limits::decision_note_bytes_max));
}

/// The model as the transaction sees it, not withdrawn. Errors: NotFound, Conflict.
Result<PublishedModel> standing(store::Transaction& tx, std::string_view code) {
    auto found = SHU_TRY(model_by_code(tx, code));
    if (!found) return not_found("there is no decision model '" + std::string(code) + "'");
    if (found->withdrawn_at != 0)
        return conflict("the model '" + std::string(code) +
                        "' has been withdrawn; declare it again in the city folder");
    return std::move(*found);
}

std::int64_t newest_number(const PublishedModel& model) {
    return model.versions.empty() ? 0 : model.versions.back().number;
}

/// The newest version that was not cancelled.
std::int64_t newest_standing(const PublishedModel& model) {
    for (auto it = model.versions.rbegin(); it != model.versions.rend(); ++it)
        if (!it->is_cancelled()) return it->number;
    return 0;
}

/// The start of a new version. Errors: Invalid for a start in the past of a model that has
/// versions.
Result<Micros> start_of(const PublishedModel& model, Micros wanted, Micros now) {
    if (wanted == 0) return now;
    if (wanted < now && !model.versions.empty())
        return invalid(
            "/from: " + to_rfc3339(wanted) +
            " is past; it would change decisions already made: leave it out to begin now");
    return wanted;
}

struct Published {
    const PublishedModel& model;
    const Version& version;
    std::size_t examples_failing = 0;  ///< that the publisher accepts
};

ledger::Act publish_act(ledger::Act act, const Published& published) {
    const PublishedModel& model = published.model;
    const Version& version = published.version;
    act.verb = "rule.publish";
    act.object = object_of(model.code);
    act.basis = version.basis;
    act.result = "done";
    act.detail = {{"version", version.number},
                  {"digest", version.digest},
                  {"from", to_rfc3339(version.from)},
                  {"source", version.source}};
    if (version.of != 0) act.detail["of"] = version.of;
    if (model.draft && version.source == "draft")
        act.detail["drawn_by"] = model.draft->drawn_account;
    if (published.examples_failing != 0)
        act.detail["examples_failing"] = published.examples_failing;
    return act;
}

Result<void> write_version(const Decisions::State& state, store::Transaction& tx,
                           const Published& published, const ledger::Act& actor) {
    const PublishedModel& model = published.model;
    if (model.versions.size() >= limits::decision_versions_max)
        return conflict("the model '" + model.code + "' has " +
                        std::to_string(model.versions.size()) +
                        " versions; give what follows a code of its own");
    SHU_CHECK(insert_version(tx, model.code, published.version));
    return state.record_act(tx, publish_act(actor, published));
}

Result<void> check_publishable(std::string_view where, const Compiled& compiled) {
    const auto& problems = compiled.model.problems();
    if (problems.empty()) return {};
    const rule::Warning& first = problems.front();
    return conflict(
        std::string(where) + " has " + std::to_string(problems.size()) +
        " mistakes, the first in line " + std::to_string(compiled.places.find(first).line) + ": " +
        (first.place.empty() ? "" : first.place + ": ") + first.reason + "; mend it, then publish");
}

/// How many examples do not come out. Errors: Conflict when the publisher did not say that he
/// publishes all the same.
Result<std::size_t> check_examples(const Decisions::State& state, const Publication& publication,
                                   const Compiled& compiled) {
    constexpr std::size_t kTold = 3;
    const auto outcomes = SHU_TRY(run_all_examples(state, publication.code, compiled));
    std::size_t failing = 0;
    std::string told;
    for (const ExampleOutcome& outcome : outcomes)
        if (!outcome.result.passed && ++failing <= kTold)
            told += "'" + outcome.result.name + "': " + outcome.result.message + ". ";
    if (failing == 0 || publication.accepts_failing_examples) return failing;
    return conflict("/accept_failing: " + std::to_string(failing) + " of " +
                    std::to_string(outcomes.size()) + " examples do not come out: " + told +
                    "Mend the draft or the examples, or send true to publish all the same, "
                    "which the act tells");
}

}  // namespace

std::string four_eyes_refusal(const PublishedModel& model, const identity::Actor& actor) {
    if (!model.draft || !model.four_eyes) return {};
    if (model.draft->drawn_account != "account:" + actor.account.text()) return {};
    return "the draft was drawn by you; another officer publishes it (four eyes)";
}

Result<void> draw(Decisions::State& state, const identity::Actor& actor, const Drawing& drawing) {
    SHU_CHECK(check_length("note", drawing.note));
    const Inspection inspection = inspect(drawing.xml, state.environment, Analysis::kWithout);
    if (!inspection.model)
        return invalid("/xml: line " + std::to_string(inspection.problems[0].place.line) +
                       ", column " + std::to_string(inspection.problems[0].place.column) + ": " +
                       inspection.problems[0].message);
    const Micros now = state.now();
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        auto found = SHU_TRY(model_by_code(tx, drawing.code));
        if (drawing.made) {
            if (found)
                return conflict("there is a decision model '" + drawing.code +
                                "' already; save a draft of it instead");
            PublishedModel made = *drawing.made;
            made.created_at = now;
            SHU_CHECK(put_model(tx, made));
            found = std::move(made);
        }
        const PublishedModel model =
            found ? std::move(*found) : SHU_TRY(standing(tx, drawing.code));
        SHU_CHECK(actor.require("rule.draw", model.owner));
        const std::string seen = model.draft ? model.draft->digest : "";
        if (drawing.replaces && *drawing.replaces != seen)
            return conflict("another draft of '" + drawing.code + "' was saved" +
                            (model.draft ? " by " + model.draft->drawn_by : "") +
                            " meanwhile; open it and draw again");
        SHU_CHECK(put_text(tx, inspection.digest, drawing.xml));
        SHU_CHECK(put_draft(tx, drawing.code,
                            Draft{.digest = inspection.digest,
                                  .drawn_by = actor.display_name,
                                  .drawn_account = "account:" + actor.account.text(),
                                  .drawn_at = now,
                                  .note = drawing.note,
                                  .base = newest_standing(model)}));
        if (!seen.empty() && seen != inspection.digest) SHU_CHECK(drop_unused_text(tx, seen));
        ledger::Act act = actor.act("rule.draw", object_of(drawing.code));
        act.result = "done";
        act.detail = {{"digest", inspection.digest}, {"base", newest_standing(model)}};
        return state.record_act(tx, act);
    }));
    return state.refresh();
}

Result<void> discard_draft(Decisions::State& state, const identity::Actor& actor,
                           std::string_view code) {
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const PublishedModel model = SHU_TRY(standing(tx, code));
        SHU_CHECK(actor.require("rule.draw", model.owner));
        if (!model.draft) return {};
        SHU_CHECK(put_draft(tx, code, std::nullopt));
        SHU_CHECK(drop_unused_text(tx, model.draft->digest));
        ledger::Act act = actor.act("rule.discard", object_of(code));
        act.result = "done";
        act.detail = {{"digest", model.draft->digest}};
        return state.record_act(tx, act);
    }));
    return state.refresh();
}

Result<Version> publish(Decisions::State& state, const identity::Actor& actor,
                        const Publication& publication) {
    SHU_CHECK(check_length("note", publication.note));
    SHU_CHECK(check_length("basis", publication.basis));
    const auto seen = SHU_TRY(state.model(publication.code));
    SHU_CHECK(actor.require("rule.publish", seen->owner));
    if (!seen->draft || seen->draft->digest != publication.digest)
        return conflict("/digest: the draft of '" + publication.code +
                        "' is not the one that was read; read it again, then publish");
    const Micros now = state.now();
    const auto compiled = SHU_TRY(
        state.shelf.get(publication.digest, state.standing(std::max(publication.from, now))));
    SHU_CHECK(check_publishable("the draft", *compiled));
    const std::size_t failing = SHU_TRY(check_examples(state, publication, *compiled));
    Version version;
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const PublishedModel model = SHU_TRY(standing(tx, publication.code));
        SHU_CHECK(actor.require("rule.publish", model.owner));
        if (!model.draft || model.draft->digest != publication.digest)
            return conflict("/digest: the draft has changed meanwhile; read it again");
        if (const std::string refusal = four_eyes_refusal(model, actor); !refusal.empty())
            return denied(refusal);
        const Micros from = SHU_TRY(start_of(model, publication.from, now));
        version = {.number = newest_number(model) + 1,
                   .digest = publication.digest,
                   .from = from,
                   .published_at = now,
                   .published_by = actor.display_name,
                   .drawn_by = model.draft->drawn_by,
                   .note = publication.note,
                   .basis = publication.basis.empty() ? model.basis : publication.basis,
                   .source = "draft",
                   .of = 0,
                   .cancelled_at = 0,
                   .cancelled_by = {},
                   .cancel_reason = {}};
        SHU_CHECK(write_version(state, tx, {model, version, failing}, actor.act("", "")));
        SHU_CHECK(put_draft(tx, model.code, std::nullopt));
        return check_importers(state, tx);
    }));
    SHU_CHECK(state.refresh());
    return version;
}

Result<Version> roll_back(Decisions::State& state, const identity::Actor& actor,
                          const Rollback& rollback) {
    SHU_CHECK(check_length("note", rollback.note));
    const Micros now = state.now();
    Version version;
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const PublishedModel model = SHU_TRY(standing(tx, rollback.code));
        SHU_CHECK(actor.require("rule.publish", model.owner));
        const Version* old = model.version(rollback.version);
        if (!old)
            return invalid("/version: the model '" + rollback.code + "' has no version " +
                           std::to_string(rollback.version));
        const Micros from = SHU_TRY(start_of(model, rollback.from, now));
        version = {.number = newest_number(model) + 1,
                   .digest = old->digest,
                   .from = from,
                   .published_at = now,
                   .published_by = actor.display_name,
                   .drawn_by = old->drawn_by,
                   .note = rollback.note,
                   .basis = old->basis,
                   .source = "rollback",
                   .of = old->number,
                   .cancelled_at = 0,
                   .cancelled_by = {},
                   .cancel_reason = {}};
        SHU_CHECK(write_version(state, tx, {model, version}, actor.act("", "")));
        return check_importers(state, tx);
    }));
    SHU_CHECK(state.refresh());
    return version;
}

Result<void> cancel_version(Decisions::State& state, const identity::Actor& actor,
                            const Cancellation& cancellation) {
    SHU_CHECK(check_length("reason", cancellation.reason));
    if (text::trim(cancellation.reason).empty())
        return invalid("/reason: is empty; say why, for those who come later");
    const Micros now = state.now();
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        const PublishedModel model = SHU_TRY(standing(tx, cancellation.code));
        SHU_CHECK(actor.require("rule.publish", model.owner));
        const Version* found = model.version(cancellation.version);
        if (!found)
            return not_found("'" + model.code + "' has no version " +
                             std::to_string(cancellation.version));
        if (found->is_cancelled())
            return conflict("version " + std::to_string(found->number) +
                            " was cancelled already, by " + found->cancelled_by);
        if (found->from <= now)
            return conflict("version " + std::to_string(found->number) + " holds since " +
                            to_rfc3339(found->from) +
                            "; what was decided by it stands: roll back to another version");
        Version version = *found;
        version.cancelled_at = now;
        version.cancelled_by = actor.display_name;
        version.cancel_reason = cancellation.reason;
        SHU_CHECK(cancel_version(tx, model.code, version));
        ledger::Act act = actor.act("rule.cancel", object_of(model.code));
        act.result = "done";
        act.detail = {{"version", version.number},
                      {"digest", version.digest},
                      {"from", to_rfc3339(version.from)},
                      {"reason", cancellation.reason}};
        SHU_CHECK(state.record_act(tx, act));
        return check_importers(state, tx);
    }));
    return state.refresh();
}

Result<void> Decisions::put(store::Transaction& tx, const ModelDeclaration& declaration) {
    const Inspection inspection = inspect(declaration.xml, state_->environment, Analysis::kWithout);
    const std::string file = "rules/" + declaration.code + ".dmn";
    if (!inspection.model)
        return conflict(file + " is no model: " + inspection.problems.front().message);
    const Micros now = state_->now();
    PublishedModel model = SHU_TRY(model_by_code(tx, declaration.code)).value_or(PublishedModel{});
    if (model.code.empty()) model.created_at = now;
    model.code = declaration.code;
    model.name = declaration.name.empty() ? inspection.model->name() : declaration.name;
    model.name_en = declaration.name_en;
    model.owner = declaration.owner;
    model.basis = declaration.basis;
    model.four_eyes = declaration.four_eyes;
    model.record = declaration.record;
    model.keep_days = declaration.keep_days;
    model.withdrawn_at = 0;
    SHU_CHECK(put_model(tx, model));
    SHU_CHECK(put_examples(tx, model.code, json::serialize(declaration.examples)));
    if (!model.versions.empty() && model.versions.back().digest == inspection.digest) return {};
    Micros from = now;
    if (!declaration.from.empty())
        from = SHU_TRY(
            parse_instant(declaration.from + " 00:00:00", state_->parts.utc_offset_minutes));
    // A later text never reaches back behind the moment it is applied.
    if (!model.versions.empty() && from < now) from = now;
    const Version version{.number = newest_number(model) + 1,
                          .digest = inspection.digest,
                          .from = from,
                          .published_at = now,
                          .published_by = "",
                          .drawn_by = "",
                          .note = "",
                          .basis = declaration.basis,
                          .source = "folder",
                          .of = 0,
                          .cancelled_at = 0,
                          .cancelled_by = {},
                          .cancel_reason = {}};
    SHU_CHECK(put_text(tx, inspection.digest, declaration.xml));
    const auto compiled =
        SHU_TRY(state_->shelf.get(inspection.digest, SHU_TRY(state_->standing(tx, from))));
    if (compiled->imports.empty()) SHU_CHECK(check_publishable(file, *compiled));
    ledger::Act by_folder;
    by_folder.actor = "system:city";
    return write_version(*state_, tx, {model, version}, by_folder);
}

Result<void> Decisions::withdraw(store::Transaction& tx, std::string_view code) {
    auto model = SHU_TRY(model_by_code(tx, code));
    if (!model || model->withdrawn_at != 0) return {};
    model->withdrawn_at = state_->now();
    SHU_CHECK(put_model(tx, *model));
    ledger::Act act;
    act.actor = "system:city";
    act.verb = "rule.withdraw";
    act.object = object_of(code);
    act.result = "done";
    return state_->record_act(tx, act);
}

}  // namespace shu::decision
