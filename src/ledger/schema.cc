#include "ledger/ledger.h"

namespace shu::ledger {

store::ModuleMigrations Ledger::migrations() {
    return {
        "ledger",
        {{1,
          "acts, their numbers, checkpoints and readers",
          {
              // The columns say again what the body says, so that ordinary queries find acts.
              "CREATE TABLE act ("
              " id BIGINT PRIMARY KEY,"
              " at BIGINT NOT NULL,"
              " actor TEXT NOT NULL,"
              " post TEXT NOT NULL,"
              " organisation TEXT NOT NULL,"
              " verb TEXT NOT NULL,"
              " object TEXT NOT NULL,"
              " subject TEXT NOT NULL,"
              " basis TEXT NOT NULL,"
              " result TEXT NOT NULL,"
              " body TEXT NOT NULL)",
              "CREATE INDEX act_by_actor ON act(actor, id)",
              "CREATE INDEX act_by_verb ON act(verb, id)",
              "CREATE INDEX act_by_object ON act(object, id)",
              "CREATE INDEX act_by_subject ON act(subject, id) WHERE subject <> ''",
              // Acts that wait for their number. Not 'id > last': a smaller id may commit later.
              "CREATE TABLE act_pending (act_id BIGINT PRIMARY KEY)",
              "CREATE TABLE act_sequence ("
              " sequence BIGINT PRIMARY KEY,"
              " act_id BIGINT NOT NULL UNIQUE,"
              " leaf BYTEA NOT NULL)",
              "CREATE TABLE ledger_checkpoint ("
              " size BIGINT PRIMARY KEY,"
              " root BYTEA NOT NULL,"
              " at BIGINT NOT NULL,"
              " signature BYTEA NOT NULL)",
              // One row. `size` moves by compare-and-set: that alone keeps numbering single.
              "CREATE TABLE ledger_state ("
              " id BIGINT PRIMARY KEY CHECK (id = 1),"
              " origin TEXT NOT NULL,"
              " hash TEXT NOT NULL,"
              " size BIGINT NOT NULL,"
              " holder TEXT NOT NULL,"
              " held_until BIGINT NOT NULL)",
              "CREATE TABLE reader_cursor ("
              " name TEXT PRIMARY KEY,"
              " position BIGINT NOT NULL)",
          }}}};
}

}  // namespace shu::ledger
