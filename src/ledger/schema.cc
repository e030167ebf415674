#include "ledger/ledger.h"

namespace shu::ledger {

namespace {

store::Migration tables() {
    return {1,
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
            }};
}

store::Migration waiting_acts_apart() {
    return {
        2,
        "acts that wait for their number keep apart from the log",
        {
            // What a writer pays for its act: one row at the end of one tree. Not 'id > last': a
            // smaller id may commit later.
            "CREATE TABLE act_waiting ("
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
            "INSERT INTO act_waiting SELECT a.id, a.at, a.actor, a.post, a.organisation, a.verb,"
            " a.object, a.subject, a.basis, a.result, a.body"
            " FROM act a JOIN act_pending p ON p.act_id = a.id",
            "ALTER TABLE act RENAME TO act_1",
            "CREATE TABLE act ("
            " sequence BIGINT PRIMARY KEY,"
            " leaf BYTEA NOT NULL,"
            " id BIGINT NOT NULL,"
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
            "INSERT INTO act SELECT s.sequence, s.leaf, a.id, a.at, a.actor, a.post,"
            " a.organisation, a.verb, a.object, a.subject, a.basis, a.result, a.body"
            " FROM act_1 a JOIN act_sequence s ON s.act_id = a.id",
            "DROP TABLE act_1",
            "DROP TABLE act_sequence",
            "DROP TABLE act_pending",
            "CREATE UNIQUE INDEX act_by_id ON act(id)",
            "CREATE INDEX act_by_actor ON act(actor, sequence)",
            "CREATE INDEX act_by_verb ON act(verb, sequence)",
            "CREATE INDEX act_by_object ON act(object, sequence)",
            "CREATE INDEX act_by_subject ON act(subject, sequence) WHERE subject <> ''",
        }};
}

}  // namespace

store::ModuleMigrations Ledger::migrations() {
    return {"ledger", {tables(), waiting_acts_apart()}};
}

}  // namespace shu::ledger
