// The SQL table of a dataset: made from its declaration, altered when the declaration grows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/dataset.h"
#include "store/database.h"
#include "store/sql.h"

namespace shu::record {

/// The name of the index on a searchable field: ix_<dataset>_<field>. Errors: Invalid when that is
/// no Identifier.
Result<store::Identifier> index_of(const Dataset& dataset, const Field& field);

/// Makes `ds_<code>`: a column a field (TEXT or BIGINT), PRIMARY KEY on the key, subject_id,
/// batch_id, changed_at; an index on subject_id where rows have a subject and on each searchable
/// field. Errors: Invalid where a
/// name is no Identifier.
Result<void> create_table(store::Transaction& tx, const Dataset& dataset);

/// Brings the table of `present` to `next`. An empty table is made anew. With rows in it fields may
/// be added and texts widened (longer; a date or code becomes a text); Errors: Conflict naming each
/// change that would lose data or falsify what is there: a field removed, another type or scale, a
/// shorter text, another key or subject.
Result<void> alter_table(store::Transaction& tx, const Dataset& present, const Dataset& next);

Result<void> drop_table(store::Transaction& tx, const Dataset& dataset);
Result<bool> has_rows(store::Transaction& tx, const Dataset& dataset);

/// The statements of a collection that brings the fields `columns` (codes, key fields among them).
/// Both take the same parameters: $1...: the columns in their order, then subject_id, batch_id,
/// changed_at.
struct UpsertSql {
    store::AssembledSql insert;  ///< adds the row, or does nothing when its key is there
    store::AssembledSql update;  ///< writes the row of that key if any column differs
    bool has_update = false;     ///< false when every column is part of the key
};
Result<UpsertSql> upsert_sql(const Dataset& dataset, const std::vector<std::string>& columns);

}  // namespace shu::record
