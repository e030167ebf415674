#include "identity/identity.h"

namespace shu::identity {

store::ModuleMigrations Identity::migrations() {
    return {
        "identity",
        {{1,
          "organisations, roles, posts, accounts, sessions, client systems",
          {
              "CREATE TABLE organisation (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, "
              "short_name TEXT NOT NULL, credit_code TEXT NOT NULL, parent TEXT NOT NULL, division TEXT NOT NULL, "
              "kind TEXT NOT NULL)",
              "CREATE TABLE role (code TEXT PRIMARY KEY, body TEXT NOT NULL)",
              "CREATE TABLE post (code TEXT PRIMARY KEY, body TEXT NOT NULL)",
              "CREATE TABLE directory_version (one BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
              "INSERT INTO directory_version (one, version) VALUES (1, 0)",
              "CREATE TABLE account (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, "
              "kind TEXT NOT NULL, administrator TEXT NOT NULL, post TEXT NOT NULL, subject_id TEXT NOT NULL, "
              "password_hash TEXT NOT NULL, must_change BIGINT NOT NULL, demo BIGINT NOT NULL, active BIGINT NOT NULL, "
              "failures BIGINT NOT NULL, locked_until BIGINT NOT NULL, created_at BIGINT NOT NULL)",
              "CREATE INDEX account_by_subject ON account (subject_id)",
              "CREATE TABLE session (token_hash TEXT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id), "
              "created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)",
              "CREATE INDEX session_by_account ON session (account_id)",
              "CREATE TABLE client_system (client_id TEXT PRIMARY KEY, organisation TEXT NOT NULL, name TEXT NOT NULL, "
              "secret_box BYTEA NOT NULL, active BIGINT NOT NULL, created_at BIGINT NOT NULL)",
              "CREATE INDEX client_system_by_organisation ON client_system (organisation)",
          }},
         {2,
          "roles and scope assigned to posts",
          {
              "CREATE TABLE post_assignment (post TEXT PRIMARY KEY, roles TEXT NOT NULL, widest TEXT NOT NULL, "
              "reason TEXT NOT NULL, assigned_by TEXT NOT NULL, assigned_at BIGINT NOT NULL)",
          }}}};
}

}  // namespace shu::identity
