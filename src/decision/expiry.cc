// Recorded cases are kept for the days that their model declares. The act of a case stays: it holds
// a digest, which says nothing of the person once the case is gone.
#include "decision/limits.h"
#include "decision/state.h"

namespace shu::decision {

Result<std::int64_t> delete_expired_cases(const Decisions::State& state) {
    std::int64_t deleted = 0;
    for (const auto& [code, model] : *state.models()) {
        if (model->keep_days == 0) continue;
        const Micros before = state.now() - model->keep_days * kMicrosPerDay;
        std::int64_t chunk = 0;
        do {
            SHU_CHECK(state.parts.database.write([&](store::Transaction& tx) -> Result<void> {
                chunk = SHU_TRY(delete_cases_before(tx, code, before, limits::expired_cases_chunk));
                if (chunk == 0) return {};
                ledger::Act act;
                act.actor = "system:decision";
                act.verb = "rule.expire-cases";
                act.object = "rule-model:" + code;
                act.result = "done";
                act.detail = {{"cases", chunk},
                              {"keep_days", model->keep_days},
                              {"recorded_before", to_rfc3339(before)}};
                return state.record_act(tx, act);
            }));
            deleted += chunk;
        } while (chunk == limits::expired_cases_chunk);
    }
    return deleted;
}

}  // namespace shu::decision
