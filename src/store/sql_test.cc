#include "store/sql.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "store/testing.h"

namespace shu::store {
namespace {

// Text that is made at run time is no SQL: this does not compile, so it need not be checked.
static_assert(!std::is_constructible_v<Sql, std::string>);
static_assert(!std::is_constructible_v<Sql, const std::string&>);
static_assert(!std::is_constructible_v<Sql, std::string_view>);
static_assert(!std::is_constructible_v<Sql, const char*>);
static_assert(!std::is_convertible_v<std::string, Sql>);
static_assert(!std::is_constructible_v<Literal, std::string>);
static_assert(!std::is_constructible_v<Literal, std::string_view>);
static_assert(!std::is_constructible_v<Literal, const char*>);
static_assert(!std::is_constructible_v<Identifier, std::string>);
static_assert(!std::is_constructible_v<Identifier, const char*>);
static_assert(std::is_convertible_v<AssembledSql, Sql>);

TEST(IdentifierTest, TakesPlainNames) {
    for (const std::string& name :
         {std::string("a"), std::string("person"), std::string("credit_code"), std::string("x1"),
          std::string(55, 'a')}) {
        auto parsed = Identifier::parse(name);
        ASSERT_TRUE(parsed.ok()) << name;
        EXPECT_EQ(parsed->text(), name);
    }
}

TEST(IdentifierTest, RefusesWhatCouldBeAnythingElseThanAName) {
    for (const std::string_view name :
         {std::string_view(""), std::string_view("1a"), std::string_view("_a"),
          std::string_view("A"), std::string_view("a b"), std::string_view("a;drop"),
          std::string_view("a\"b"), std::string_view("a'b"), std::string_view("a-b"),
          std::string_view("人口"), std::string_view("a\0b", 3), std::string_view("a.b"),
          std::string_view("a2345678901234567890123456789012345678901234567890123456"),
          std::string_view("sqlite_master"), std::string_view("pg_class"),
          std::string_view("select"), std::string_view("user"), std::string_view("order")}) {
        EXPECT_EQ(Identifier::parse(name).error().code, Code::kInvalid) << name;
    }
}

TEST(AssembledSqlTest, JoinsLiteralsNamesAndNumbers) {
    AssembledSql sql;
    sql.add("SELECT ").add(*Identifier::parse("name")).add(" FROM t WHERE id = ").add_parameter(12);
    EXPECT_EQ(Sql(sql).text(), "SELECT name FROM t WHERE id = $12");
}

class ReservedWordTest : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Engines, ReservedWordTest, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param; });

// Words of the grammar that only look dangerous: who declares a dataset may use them.
TEST_P(ReservedWordTest, EveryNameThatIsTakenWorksAsATableAndAColumn) {
    testing::FreshDatabase database(GetParam());
    for (const char* word :
         {"action",    "key",      "plan",     "query",     "first",     "last",     "level",
          "name",      "type",     "value",    "status",    "date",      "time",     "year",
          "month",     "day",      "hour",     "text",      "number",    "position", "state",
          "address",   "range",    "row",      "rows",      "groups",    "view",     "match",
          "no",        "ignore",   "others",   "release",   "role",      "password", "language",
          "location",  "content",  "data",     "domain",    "version",   "work",     "zone",
          "source",    "share",    "sequence", "result",    "replica",   "owner",    "operator",
          "object",    "method",   "area",     "bigint",    "bit",       "boolean",  "char",
          "character", "coalesce", "decimal",  "extract",   "greatest",  "grouping", "int",
          "integer",   "interval", "least",    "none",      "numeric",   "overlay",  "precision",
          "real",      "setof",    "smallint", "substring", "timestamp", "treat",    "trim",
          "varchar",   "count",    "sum"}) {
        auto name = Identifier::parse(word);
        if (!name.ok())
            continue;  // refused is safe too; what counts is that no taken name breaks a statement
        Result<void> used = database->write([&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute(AssembledSql()
                                         .add("CREATE TABLE ")
                                         .add(*name)
                                         .add(" (")
                                         .add(*name)
                                         .add(" BIGINT)")));
            (void)SHU_TRY(tx.execute(AssembledSql()
                                         .add("INSERT INTO ")
                                         .add(*name)
                                         .add(" (")
                                         .add(*name)
                                         .add(") VALUES (1)")));
            (void)SHU_TRY(tx.query(AssembledSql()
                                       .add("SELECT ")
                                       .add(*name)
                                       .add(" FROM ")
                                       .add(*name)
                                       .add(" WHERE ")
                                       .add(*name)
                                       .add(" = 1 ORDER BY ")
                                       .add(*name)));
            (void)SHU_TRY(tx.execute(AssembledSql().add("DROP TABLE ").add(*name)));
            return {};
        });
        EXPECT_TRUE(used.ok()) << used.error().detail;
    }
}

}  // namespace
}  // namespace shu::store
