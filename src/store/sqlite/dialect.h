// Table definitions of the common dialect, said so that SQLite keeps to the declared types.
#pragma once

#include <string>
#include <string_view>

namespace shu::store::sqlite {

/// CREATE TABLE and ALTER TABLE with BIGINT, BYTEA and DOUBLE PRECISION become INTEGER, BLOB and
/// REAL, and a new table is STRICT, so that a column refuses what its type does not hold, as
/// PostgreSQL does; BIGINT PRIMARY KEY thereby is SQLite's row id and needs no second tree. Any
/// other statement is returned unchanged.
std::string in_sqlite(std::string_view sql);

}  // namespace shu::store::sqlite
