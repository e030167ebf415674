#include "record/records.h"

namespace shu::record {

// body: the declaration as JSON. records: how many rows the table holds, kept by the collector in
// the transaction that changes it. batch.node: who took the file into its own blobs and so is the
// one to collect it. batch.format: as in file_format.h. batch.state: 0 queued, 1 running, 2 done, 3
// failed. bytes_done and next_line say where an interrupted batch goes on.
store::ModuleMigrations Records::migrations() {
    return {
        "record",
        {{1,
          "Declarations, batches, quarantine",
          {
              "CREATE TABLE record_version (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
              "INSERT INTO record_version (id, version) VALUES (1, 0)",
              "CREATE TABLE registry (code TEXT PRIMARY KEY, body TEXT NOT NULL)",
              "CREATE TABLE code_table (code TEXT PRIMARY KEY, body TEXT NOT NULL)",
              "CREATE TABLE dataset (code TEXT PRIMARY KEY, body TEXT NOT NULL, records BIGINT NOT NULL, updated_at BIGINT)",
              "CREATE TABLE batch (id BIGINT PRIMARY KEY, dataset TEXT NOT NULL, organisation TEXT NOT NULL, "
              "file_name TEXT NOT NULL, file_digest TEXT NOT NULL, encoding TEXT NOT NULL, state BIGINT NOT NULL, "
              "bytes BIGINT NOT NULL, bytes_done BIGINT NOT NULL, next_line BIGINT NOT NULL, "
              "rows_read BIGINT NOT NULL, rows_added BIGINT NOT NULL, rows_changed BIGINT NOT NULL, "
              "rows_unchanged BIGINT NOT NULL, rows_quarantined BIGINT NOT NULL, error TEXT NOT NULL, "
              "created_at BIGINT NOT NULL, finished_at BIGINT NOT NULL)",
              "CREATE INDEX batch_by_dataset ON batch (dataset, id)",
              "CREATE INDEX batch_unfinished ON batch (id) WHERE state < 2",
              "CREATE TABLE quarantine (batch_id BIGINT NOT NULL, line BIGINT NOT NULL, field TEXT NOT NULL, "
              "reason TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (batch_id, line))",
              "CREATE TABLE batch_reason (batch_id BIGINT NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL, "
              "rows_count BIGINT NOT NULL, PRIMARY KEY (batch_id, field, reason))",
          }},
         {2,
          "The node that holds a batch's file",
          {"ALTER TABLE batch ADD COLUMN node BIGINT NOT NULL DEFAULT 0"}},
         {3,
          "The format of a batch's file",
          {"ALTER TABLE batch ADD COLUMN format TEXT NOT NULL DEFAULT 'csv'"}},
         {4,
          "The sheet of a workbook",
          {"ALTER TABLE batch ADD COLUMN sheet TEXT NOT NULL DEFAULT ''"}}}};
}

}  // namespace shu::record
