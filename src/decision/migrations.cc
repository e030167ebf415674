// The module's tables. Cases grow with traffic and carry the model they may be distributed by.
#include "decision/decisions.h"

namespace shu::decision {

store::ModuleMigrations Decisions::migrations() {
    return {
        "decision",
        {{1,
          "decision models, their versions, recorded cases and what-if runs",
          {"CREATE TABLE decision_model (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, "
           "owner TEXT NOT NULL, basis TEXT NOT NULL, four_eyes BIGINT NOT NULL, record BIGINT NOT NULL, "
           "created_at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL, draft_digest TEXT NOT NULL, "
           "drawn_by TEXT NOT NULL, drawn_account TEXT NOT NULL, drawn_at BIGINT NOT NULL, draft_note TEXT NOT NULL, "
           "draft_base BIGINT NOT NULL)",
           "CREATE TABLE decision_text (digest TEXT PRIMARY KEY, xml TEXT NOT NULL)",
           "CREATE TABLE decision_version (model TEXT NOT NULL, number BIGINT NOT NULL, digest TEXT NOT NULL, "
           "valid_from BIGINT NOT NULL, published_at BIGINT NOT NULL, published_by TEXT NOT NULL, drawn_by TEXT NOT NULL, "
           "note TEXT NOT NULL, basis TEXT NOT NULL, source TEXT NOT NULL, of_version BIGINT NOT NULL, "
           "PRIMARY KEY (model, number))",
           // secret: 16 random bytes, hexadecimal, that the digest in the act was made with.
           "CREATE TABLE decision_case (id BIGINT PRIMARY KEY, model TEXT NOT NULL, version BIGINT NOT NULL, "
           "decision TEXT NOT NULL, at BIGINT NOT NULL, recorded_by TEXT NOT NULL, input TEXT NOT NULL, "
           "output TEXT NOT NULL, secret TEXT NOT NULL, act_id BIGINT NOT NULL)",
           "CREATE INDEX decision_case_by_model ON decision_case (model, id)",
           // position: the last case evaluated; cases go from old to new.
           "CREATE TABLE decision_replay (id BIGINT PRIMARY KEY, model TEXT NOT NULL, candidate TEXT NOT NULL, "
           "digest TEXT NOT NULL, decision TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, "
           "state TEXT NOT NULL, total BIGINT NOT NULL, done BIGINT NOT NULL, same BIGINT NOT NULL, "
           "different BIGINT NOT NULL, failed BIGINT NOT NULL, position BIGINT NOT NULL, error TEXT NOT NULL, "
           "node BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by TEXT NOT NULL, finished_at BIGINT NOT NULL)",
           "CREATE INDEX decision_replay_by_model ON decision_replay (model, id)",
           "CREATE TABLE decision_difference (replay BIGINT NOT NULL, case_id BIGINT NOT NULL, after TEXT NOT NULL, "
           "warning TEXT NOT NULL, PRIMARY KEY (replay, case_id))",
           "CREATE TABLE decision_change (one BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
           "INSERT INTO decision_change (one, version) VALUES (1, 1)"}},
         {2,
          "examples of the folder, days that cases are kept, cancelled versions",
          {"ALTER TABLE decision_model ADD COLUMN examples TEXT NOT NULL DEFAULT '[]'",
           "ALTER TABLE decision_model ADD COLUMN keep_days BIGINT NOT NULL DEFAULT 0",
           "ALTER TABLE decision_version ADD COLUMN cancelled_at BIGINT NOT NULL DEFAULT 0",
           "ALTER TABLE decision_version ADD COLUMN cancelled_by TEXT NOT NULL DEFAULT ''",
           "ALTER TABLE decision_version ADD COLUMN cancel_reason TEXT NOT NULL DEFAULT ''",
           "CREATE INDEX decision_difference_by_case ON decision_difference (case_id)"}}}};
}

}  // namespace shu::decision
