#include "store/sqlite/dialect.h"

#include <gtest/gtest.h>

namespace shu::store::sqlite {
namespace {

TEST(DialectTest, TablesGetSqlitesTypesAndAreStrict) {
    EXPECT_EQ(
        in_sqlite("CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA, r DOUBLE PRECISION, t TEXT)"),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, r REAL, t TEXT) STRICT");
    EXPECT_EQ(in_sqlite("  create table if not exists t (id bigint, r double\n precision)\n "),
              "  create table if not exists t (id INTEGER, r REAL) STRICT");
    EXPECT_EQ(in_sqlite("ALTER TABLE t ADD COLUMN n BIGINT NOT NULL DEFAULT 0"),
              "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 0");
}

TEST(DialectTest, WordsInsideQuotesAndLongerNamesStay) {
    EXPECT_EQ(
        in_sqlite(
            "CREATE TABLE t (a TEXT DEFAULT 'BIGINT', \"BYTEA\" TEXT, my_bigint BIGINT, bigint2 TEXT)"),
        "CREATE TABLE t (a TEXT DEFAULT 'BIGINT', \"BYTEA\" TEXT, my_bigint INTEGER, bigint2 TEXT) STRICT");
    EXPECT_EQ(in_sqlite("CREATE TABLE t (a TEXT DEFAULT 'it''s BIGINT')"),
              "CREATE TABLE t (a TEXT DEFAULT 'it''s BIGINT') STRICT");
}

TEST(DialectTest, EverythingElseStaysAsItIs) {
    for (const char* sql : {"SELECT CAST($1 AS BIGINT)", "CREATE INDEX i ON t (bigint)",
                            "INSERT INTO t (a) VALUES ('BIGINT')", "", "CREATE", "CREATE TABLE",
                            "-- CREATE TABLE t (a BIGINT)", "CREATE TABLE t AS SELECT 1 AS a"}) {
        EXPECT_EQ(in_sqlite(sql), sql);
    }
    EXPECT_EQ(in_sqlite("CREATE TABLE t (a TEXT DEFAULT 'open"),
              "CREATE TABLE t (a TEXT DEFAULT 'open");
}

}  // namespace
}  // namespace shu::store::sqlite
