// The module's tables. Every row that grows with traffic carries the organisation or subject it may
// be distributed by.
#include "exchange/exchange.h"

namespace shu::exchange {

store::ModuleMigrations Exchange::migrations() {
    return {
        "exchange",
        {{1,
          "applications, grants and the index of gateway calls",
          {"CREATE TABLE application (id BIGINT PRIMARY KEY, dataset TEXT NOT NULL, applicant TEXT NOT NULL, "
           "provider TEXT NOT NULL, fields TEXT NOT NULL, filter_field TEXT NOT NULL, filter_value TEXT NOT NULL, "
           "purpose TEXT NOT NULL, basis TEXT NOT NULL, days BIGINT NOT NULL, quota_per_day BIGINT NOT NULL, "
           "state TEXT NOT NULL, created_at BIGINT NOT NULL, created_by TEXT NOT NULL, decided_at BIGINT NOT NULL, "
           "decided_by TEXT NOT NULL, reason TEXT NOT NULL, grant_id BIGINT NOT NULL)",
           "CREATE INDEX application_by_applicant ON application (applicant, id)",
           "CREATE INDEX application_by_provider ON application (provider, id)",
           "CREATE TABLE data_grant (id BIGINT PRIMARY KEY, application BIGINT NOT NULL UNIQUE, dataset TEXT NOT NULL, "
           "organisation TEXT NOT NULL, provider TEXT NOT NULL, fields TEXT NOT NULL, filter_field TEXT NOT NULL, "
           "filter_value TEXT NOT NULL, purpose TEXT NOT NULL, basis TEXT NOT NULL, quota_per_day BIGINT NOT NULL, "
           "valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT NOT NULL, "
           "revoke_reason TEXT NOT NULL, client_id TEXT NOT NULL)",
           "CREATE INDEX data_grant_by_organisation ON data_grant (organisation, id)",
           "CREATE INDEX data_grant_by_provider ON data_grant (provider, id)",
           "CREATE TABLE exchange_version (one BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
           "INSERT INTO exchange_version (one, version) VALUES (1, 1)",
           // One sealed batch of a node's trace; act_id is the sealing act's.
           "CREATE TABLE gateway_seal (id BIGINT PRIMARY KEY, node BIGINT NOT NULL, segment BIGINT NOT NULL, "
           "first_position BIGINT NOT NULL, end_position BIGINT NOT NULL, records BIGINT NOT NULL, root TEXT NOT NULL, "
           "act_id BIGINT NOT NULL)",
           "CREATE UNIQUE INDEX gateway_seal_by_place ON gateway_seal (node, segment, first_position)",
           // What many calls have in common, so that a call's own row is short.
           "CREATE TABLE gateway_kind (id BIGINT PRIMARY KEY, node BIGINT NOT NULL, client_id TEXT NOT NULL, "
           "organisation TEXT NOT NULL, dataset TEXT NOT NULL, grant_id BIGINT NOT NULL, fields TEXT NOT NULL, "
           "purpose TEXT NOT NULL, basis TEXT NOT NULL, status BIGINT NOT NULL, outcome TEXT NOT NULL, "
           "reason TEXT NOT NULL, peer TEXT NOT NULL)",
           // One call, and where its record begins. Calls are found by gateway_posting, not by an
           // index of this table.
           "CREATE TABLE gateway_call (id BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind BIGINT NOT NULL, subject_id TEXT, "
           "rows_read BIGINT NOT NULL, duration_us BIGINT NOT NULL, segment BIGINT NOT NULL, position BIGINT NOT NULL)",
           // Sorted runs of (key, call): posting.h.
           "CREATE TABLE gateway_run (id BIGINT PRIMARY KEY, node BIGINT NOT NULL, level BIGINT NOT NULL, "
           "state BIGINT NOT NULL, first_call BIGINT NOT NULL, last_call BIGINT NOT NULL, postings BIGINT NOT NULL)",
           "CREATE TABLE gateway_posting (run BIGINT NOT NULL, first_key BIGINT NOT NULL, first_call BIGINT NOT NULL, "
           "postings BYTEA NOT NULL, PRIMARY KEY (run, first_key, first_call))",
           // How far each node's trace is sealed and indexed; moves in the transaction that does
           // it.
           "CREATE TABLE trace_cursor (node BIGINT NOT NULL, reader TEXT NOT NULL, segment BIGINT NOT NULL, "
           "position BIGINT NOT NULL, PRIMARY KEY (node, reader))",
           "CREATE TABLE grant_use (grant_id BIGINT NOT NULL, day BIGINT NOT NULL, node BIGINT NOT NULL, "
           "calls BIGINT NOT NULL, PRIMARY KEY (grant_id, day, node))",
           "CREATE TABLE gateway_minute (minute BIGINT NOT NULL, organisation TEXT NOT NULL, dataset TEXT NOT NULL, "
           "node BIGINT NOT NULL, calls BIGINT NOT NULL, refused BIGINT NOT NULL, "
           "PRIMARY KEY (minute, organisation, dataset, node))"}},
         {2,
          "the nodes of one database and the nonces that they share; archived segments",
          {// Who has a node's number: the trace folder's own name for itself, and when it said so.
           "CREATE TABLE exchange_node (node BIGINT PRIMARY KEY, owner TEXT NOT NULL, seen_at BIGINT NOT NULL)",
           "CREATE TABLE gateway_nonce (client_id TEXT NOT NULL, nonce TEXT NOT NULL, expires_ms BIGINT NOT NULL, "
           "PRIMARY KEY (client_id, nonce))",
           "CREATE INDEX gateway_nonce_by_expiry ON gateway_nonce (expires_ms)",
           "CREATE TABLE trace_archive (node BIGINT NOT NULL, segment BIGINT NOT NULL, bytes BIGINT NOT NULL, "
           "digest TEXT NOT NULL, at BIGINT NOT NULL, act_id BIGINT NOT NULL, PRIMARY KEY (node, segment))"}}}};
}

}  // namespace shu::exchange
