// Asking a published model, and keeping the case.
#include "decision/limits.h"
#include "decision/state.h"
#include "foundation/crypto/password.h"
#include "foundation/crypto/sm3.h"
#include "foundation/text.h"

namespace shu::decision {
namespace {

constexpr std::size_t kSecretBytes = 16;

/// What the act of a case proves: whoever holds the case can compute it, nobody can guess the case
/// from it.
std::string digest_of(const RecordedCase& it) {
    const std::string head = it.secret + "\n" + it.model + "\n" + std::to_string(it.version) +
                             "\n" + it.decision + "\n" + to_rfc3339(it.at) + "\n";
    return crypto::to_hex(crypto::sm3(head + it.input + "\n" + it.output));
}

Result<CaseId> keep(const Decisions::State& state, const identity::Actor& asker, RecordedCase it) {
    if (it.output.size() > limits::decision_output_bytes_max)
        return invalid("/record: the output has " + std::to_string(it.output.size()) +
                       " bytes; at most " + std::to_string(limits::decision_output_bytes_max) +
                       " are recorded");
    it.id = state.parts.ids.next_as<CaseId>();
    it.secret = text::to_hex(crypto::random_bytes(kSecretBytes));
    it.recorded_by = asker.display_name;
    ledger::Act act = asker.act("rule.decide", "rule-case:" + it.id.text());
    act.basis = "rule-model:" + it.model;
    act.result = "done";
    act.detail = {{"model", it.model},
                  {"version", it.version},
                  {"decision", it.decision},
                  {"digest", digest_of(it)}};
    const auto prepared = SHU_TRY(ledger::prepare(state.parts.ids, state.parts.clock, act));
    it.act = prepared.id.value;
    SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(insert_case(tx, it));
        return ledger::record(tx, prepared);
    }));
    return it.id;
}

}  // namespace

Result<Answer> Decisions::decide(const Question& question, const identity::Actor& asker) {
    const auto model = SHU_TRY(state_->model(question.code));
    const Micros at = question.at != 0 ? question.at : state_->now();
    const Version* version = model->in_force(at);
    if (!version)
        return not_found("no version of '" + question.code + "' is in force at " + to_rfc3339(at));
    const std::string input_text = json::serialize(question.input);
    if (input_text.size() > limits::decision_input_bytes_max)
        return invalid("/input: has " + std::to_string(input_text.size()) + " bytes; at most " +
                       std::to_string(limits::decision_input_bytes_max));
    const auto input = rule::from_json(question.input);
    if (!input.ok()) return invalid("/input: " + input.error().detail);
    const auto compiled = SHU_TRY(state_->shelf.get(version->digest, state_->standing(at)));
    auto evaluated = SHU_TRY(state_->desks.at(at, [&](rule::Evaluation& evaluation) {
        return evaluate(compiled->model, evaluation, question.decision, *input,
                        question.explain ? Explaining::kYes : Explaining::kNo);
    }));
    Answer answer;
    answer.version = version->number;
    answer.digest = version->digest;
    answer.output = std::move(evaluated.outcome.value);
    answer.warnings = warnings_to_json(evaluated.outcome.warnings, compiled->places);
    if (question.explain) {
        answer.explanation_json = to_json(evaluated.explanation, compiled->places);
        answer.explanation = std::move(evaluated.explanation);
    }
    if (question.record || model->record)
        answer.recorded = SHU_TRY(keep(*state_, asker,
                                       {.id = {},
                                        .model = model->code,
                                        .version = version->number,
                                        .decision = question.decision,
                                        .at = at,
                                        .recorded_by = {},
                                        .input = input_text,
                                        .output = json::serialize(rule::to_json(answer.output)),
                                        .secret = {},
                                        .act = 0}));
    return answer;
}

}  // namespace shu::decision
