// The contract of Database, on every engine.
#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "store/testing.h"

namespace shu::store {
namespace {

using testing::FreshDatabase;
using ::testing::HasSubstr;

class DatabaseTest : public ::testing::TestWithParam<std::string> {
 protected:
    FreshDatabase database{GetParam()};

    Result<void> run(const Sql& sql) {
        return database->write([&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute(sql));
            return {};
        });
    }
    void must_run(const Sql& sql) {
        Result<void> done = run(sql);
        ASSERT_TRUE(done.ok()) << done.error().detail;
    }
    Result<void> insert(std::int64_t id, std::string_view name) {
        return database->write([&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES ($1, $2)", {id, name}));
            return {};
        });
    }
    std::int64_t count() {
        auto rows = database->read_value<std::int64_t>([](Transaction& tx) -> Result<std::int64_t> {
            return SHU_TRY(tx.row("SELECT count(*) FROM person"))->integer(0);
        });
        EXPECT_TRUE(rows.ok()) << rows.error().detail;
        return rows.value_or(-1);
    }
    void make_person() {
        must_run("CREATE TABLE person (id BIGINT PRIMARY KEY, name TEXT NOT NULL)");
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param; });

TEST_P(DatabaseTest, EveryValueComesBackAsItWasWritten) {
    must_run(
        "CREATE TABLE thing (id BIGINT PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA)");
    const std::string all_bytes = [] {
        std::string bytes;
        for (int i = 0; i < 256; ++i)
            bytes += static_cast<char>(i);
        return bytes;
    }();
    const std::vector<std::int64_t> integers = {0, -1, 1, std::numeric_limits<std::int64_t>::min(),
                                                std::numeric_limits<std::int64_t>::max()};
    const std::vector<double> reals = {0.0,    0.1, -1e300,
                                       5e-324, 3.0, std::numeric_limits<double>::infinity()};
    const std::vector<std::string> texts = {
        "", "'", "\\x41", "沈阳市", "\xF0\x9F\x8F\x99", "a\nb\t", std::string(100'000, 'x')};
    const std::vector<std::string> blobs = {"", std::string(1, '\0'), all_bytes,
                                            std::string(100'000, '\xff')};
    Result<void> written = database->write([&](Transaction& tx) -> Result<void> {
        for (std::size_t i = 0; i < 8; ++i) {
            (void)SHU_TRY(
                tx.execute("INSERT INTO thing (id, n, r, t, b) VALUES ($1, $2, $3, $4, $5)",
                           {std::int64_t(i), integers[i % 5], reals[i % 6],
                            std::string_view(texts[i % 7]), Blob{blobs[i % 4]}}));
        }
        (void)SHU_TRY(tx.execute("INSERT INTO thing (id, n, r, t, b) VALUES ($1, $2, $3, $4, $5)",
                                 {std::int64_t(8), nullptr, nullptr, nullptr, nullptr}));
        return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;

    std::size_t visited = 0;
    Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
        Statement* all = SHU_TRY(tx.prepare("SELECT n, r, t, b FROM thing ORDER BY id"));
        return all->each({}, [&](const Row& row) -> Result<void> {
            EXPECT_EQ(row.columns(), 4);
            if (visited == 8) {
                for (int column = 0; column < 4; ++column)
                    EXPECT_TRUE(row.is_null(column));
            } else {
                EXPECT_EQ(row.integer(0), integers[visited % 5]);
                EXPECT_EQ(row.real(1), reals[visited % 6]);
                EXPECT_EQ(row.text(2), texts[visited % 7]);
                EXPECT_EQ(row.bytes(3), blobs[visited % 4]);
                for (int column = 0; column < 4; ++column)
                    EXPECT_FALSE(row.is_null(column));
            }
            ++visited;
            return {};
        });
    });
    EXPECT_TRUE(read.ok()) << read.error().detail;
    EXPECT_EQ(visited, 9u);
}

TEST_P(DatabaseTest, StoredRowsOwnTheirValues) {
    make_person();
    ASSERT_TRUE(insert(7, "何").ok());
    auto row = database->read_value<std::optional<StoredRow>>([](Transaction& tx) {
        return tx.row("SELECT id, name, NULL FROM person WHERE id = $1", {std::int64_t(7)});
    });
    ASSERT_TRUE(row.ok()) << row.error().detail;
    ASSERT_TRUE(row->has_value());
    EXPECT_EQ((*row)->integer(0), 7);
    EXPECT_EQ((*row)->text(1), "何");
    EXPECT_TRUE((*row)->is_null(2));
    EXPECT_EQ((*row)->text(2), "");
}

TEST_P(DatabaseTest, ParametersAreKnownByNumberNotByPlace) {
    make_person();
    ASSERT_TRUE(database
                    ->write([](Transaction& tx) -> Result<void> {
                        (void)SHU_TRY(tx.execute("INSERT INTO person (name, id) VALUES ($2, $1)",
                                                 {std::int64_t(1), std::string_view("one")}));
                        return {};
                    })
                    .ok());
    auto row = database->read_value<std::optional<StoredRow>>([](Transaction& tx) {
        return tx.row("SELECT id FROM person WHERE name = $2 AND id = $1 AND name = $2",
                      {std::int64_t(1), std::string_view("one")});
    });
    ASSERT_TRUE(row.ok()) << row.error().detail;
    EXPECT_TRUE(row->has_value());
}

TEST_P(DatabaseTest, TruthCountsAndSumsReadAsIntegers) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    ASSERT_TRUE(insert(2, "b").ok());
    auto row = database->read_value<std::optional<StoredRow>>([](Transaction& tx) {
        return tx.row("SELECT count(*), sum(id), max(id) = 2, avg(id) FROM person");
    });
    ASSERT_TRUE(row.ok()) << row.error().detail;
    EXPECT_EQ((*row)->integer(0), 2);
    EXPECT_EQ((*row)->integer(1), 3);
    EXPECT_EQ((*row)->integer(2), 1);
    EXPECT_EQ((*row)->real(3), 1.5);
}

TEST_P(DatabaseTest, ExecuteTellsHowManyRowsChanged) {
    make_person();
    std::vector<std::int64_t> changed;
    Result<void> written = database->write([&](Transaction& tx) -> Result<void> {
        changed.clear();
        const std::vector<std::vector<Value>> tuples = {{std::int64_t(1), std::string_view("a")},
                                                        {std::int64_t(2), std::string_view("b")},
                                                        {std::int64_t(1), std::string_view("c")}};
        Statement* insert = SHU_TRY(
            tx.prepare("INSERT INTO person (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING"));
        changed = SHU_TRY(insert->execute_many(tuples));
        changed.push_back(SHU_TRY(tx.execute("UPDATE person SET name = 'd'")));
        changed.push_back(SHU_TRY(tx.execute("SELECT * FROM person")));
        changed.push_back(SHU_TRY(tx.execute("CREATE TABLE other (id BIGINT)")));
        changed.push_back(SHU_TRY(tx.execute("DELETE FROM person WHERE id = 5")));
        changed.push_back(SHU_TRY(tx.execute("DELETE FROM person RETURNING id")));
        return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;
    EXPECT_THAT(changed, ::testing::ElementsAre(1, 1, 0, 2, 0, 0, 0, 2));
}

TEST_P(DatabaseTest, ReturningGivesRowsOfAWrite) {
    make_person();
    std::vector<StoredRow> rows;
    ASSERT_TRUE(
        database
            ->write([&](Transaction& tx) -> Result<void> {
                rows = SHU_TRY(tx.query(
                    "INSERT INTO person (id, name) VALUES (1, 'a'), (2, 'b') RETURNING id, name"));
                return {};
            })
            .ok());
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].integer(0), 2);
    EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseTest, AnErrorOfTheWorkTakesEverythingBack) {
    make_person();
    Result<void> written = database->write([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES (1, 'a')"));
        return denied("not you");
    });
    EXPECT_EQ(written.error(), denied("not you"));
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseTest, ABrokenConstraintIsAConflictAndTakesEverythingBack) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    Result<void> written = database->write([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES (2, 'b')"));
        (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES (1, 'c')"));
        return {};
    });
    EXPECT_EQ(written.error().code, Code::kConflict);
    EXPECT_EQ(count(), 1);
    Result<void> null = database->write([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES ($1, $2)",
                                 {std::int64_t(3), nullptr}));
        return {};
    });
    EXPECT_EQ(null.error().code, Code::kConflict);
}

TEST_P(DatabaseTest, AForeignKeyIsKept) {
    make_person();
    must_run(
        "CREATE TABLE pet (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL REFERENCES person (id))");
    EXPECT_EQ(run("INSERT INTO pet (id, owner) VALUES (1, 99)").error().code, Code::kConflict);
}

TEST_P(DatabaseTest, AFailedStatementFailsTheTransactionEvenIfTheWorkCarriesOn) {
    make_person();
    Result<void> second;
    Result<void> written = database->write([&](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES (1, 'a')"));
        (void)tx.execute("INSERT INTO person (id, name) VALUES (1, 'b')");
        auto after = tx.execute("INSERT INTO person (id, name) VALUES (2, 'b')");
        second = after.ok() ? Result<void>() : Result<void>(after.error());
        return {};
    });
    EXPECT_EQ(written.error().code, Code::kConflict);
    EXPECT_EQ(second.error(), written.error());
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(insert(1, "again").ok());
}

TEST_P(DatabaseTest, AReadMayNotWrite) {
    make_person();
    for (const Sql& sql : {Sql("INSERT INTO person (id, name) VALUES (1, 'a')"),
                           Sql("DROP TABLE person"), Sql("CREATE TABLE x (id BIGINT)")}) {
        Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
            (void)SHU_TRY(tx.execute(sql));
            return {};
        });
        ASSERT_FALSE(read.ok()) << sql.text();
        EXPECT_EQ(read.error().code, Code::kInvalid) << read.error().detail;
    }
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseTest, AReadSeesOneSnapshotThroughout) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
        EXPECT_EQ(SHU_TRY(tx.row("SELECT count(*) FROM person"))->integer(0), 1);
        std::thread([&] { EXPECT_TRUE(insert(2, "b").ok()); }).join();
        EXPECT_EQ(SHU_TRY(tx.row("SELECT count(*) FROM person"))->integer(0), 1);
        return {};
    });
    EXPECT_TRUE(read.ok()) << read.error().detail;
    EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseTest, WhatTheEngineRefusesIsInvalid) {
    make_person();
    EXPECT_EQ(run("SELECT nonsense FROM person").error().code, Code::kInvalid);
    EXPECT_EQ(run("SELEKT 1").error().code, Code::kInvalid);
    EXPECT_EQ(run("").error().code, Code::kInvalid);
    EXPECT_EQ(run("DELETE FROM person; DELETE FROM person").error().code, Code::kInvalid);
    EXPECT_EQ(run("SELECT * FROM nowhere").error().code, Code::kInvalid);
    EXPECT_EQ(run("SELECT \"name of no column\" FROM person").error().code, Code::kInvalid);
}

TEST_P(DatabaseTest, TheNumberOfValuesMustMatch) {
    make_person();
    for (const std::vector<Value>& values :
         std::vector<std::vector<Value>>{{}, {std::int64_t(1), std::int64_t(2)}}) {
        auto read = database->read_value<std::vector<StoredRow>>([&](Transaction& tx) {
            return tx.query("SELECT id FROM person WHERE id = $1", values);
        });
        ASSERT_FALSE(read.ok());
        EXPECT_EQ(read.error().code, Code::kInvalid) << read.error().detail;
    }
}

TEST_P(DatabaseTest, AColumnRefusesWhatItsTypeDoesNotHold) {
    must_run("CREATE TABLE thing (n BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA)");
    EXPECT_EQ(run("INSERT INTO thing (n) VALUES ('abc')").error().code, Code::kInvalid);
    EXPECT_EQ(run("INSERT INTO thing (r) VALUES ('abc')").error().code, Code::kInvalid);
    must_run("ALTER TABLE thing ADD COLUMN late BIGINT");
    EXPECT_EQ(run("INSERT INTO thing (late) VALUES ('abc')").error().code, Code::kInvalid);
}

TEST_P(DatabaseTest, TextThatIsNotTextIsRefused) {
    make_person();
    EXPECT_EQ(insert(1, std::string_view("a\0b", 3)).error().code, Code::kInvalid);
    EXPECT_EQ(insert(1, "\xC0\x80").error().code, Code::kInvalid);
    EXPECT_EQ(insert(1, "\xED\xA0\x80").error().code, Code::kInvalid);
    Result<void> nan = database->read([](Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.row("SELECT CAST($1 AS DOUBLE PRECISION)",
                             {std::numeric_limits<double>::quiet_NaN()}));
        return {};
    });
    EXPECT_EQ(nan.error().code, Code::kInvalid);
}

TEST_P(DatabaseTest, LikeTellsCapitalsFromSmallLetters) {
    make_person();
    ASSERT_TRUE(insert(1, "Anna").ok());
    auto found = database->read_value<std::vector<StoredRow>>(
        [](Transaction& tx) { return tx.query("SELECT id FROM person WHERE name LIKE 'a%'"); });
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found->empty());
}

TEST_P(DatabaseTest, AVisitorsErrorEndsTheReadingAndNothingElse) {
    make_person();
    for (std::int64_t id = 1; id <= 3; ++id)
        ASSERT_TRUE(insert(id, "x").ok());
    int visited = 0;
    Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
        Statement* all = SHU_TRY(tx.prepare("SELECT id FROM person ORDER BY id"));
        Result<void> ended = all->each({}, [&](const Row&) -> Result<void> {
            ++visited;
            return not_found("seen enough");
        });
        EXPECT_EQ(ended.error(), not_found("seen enough"));
        EXPECT_EQ(SHU_TRY(tx.row("SELECT count(*) FROM person"))->integer(0), 3);
        return {};
    });
    EXPECT_TRUE(read.ok()) << read.error().detail;
    EXPECT_EQ(visited, 1);
}

TEST_P(DatabaseTest, NoStatementRunsInsideAVisitor) {
    make_person();
    ASSERT_TRUE(insert(1, "x").ok());
    Result<void> read = database->read([&](Transaction& tx) -> Result<void> {
        Statement* all = SHU_TRY(tx.prepare("SELECT id FROM person"));
        return all->each({}, [&](const Row&) -> Result<void> {
            (void)SHU_TRY(tx.row("SELECT 1"));
            return {};
        });
    });
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, Code::kInvalid) << read.error().detail;
    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseTest, AWorkThatCallsItsDatabaseAgainIsRefused) {
    make_person();
    const Database::Work nothing = [](Transaction&) { return Result<void>(); };
    const auto calls = [&](bool outer_writes, bool inner_writes) {
        Result<void> inner;
        const Database::Work outer = [&](Transaction&) -> Result<void> {
            inner = inner_writes ? database->write(nothing) : database->read(nothing);
            return {};
        };
        EXPECT_TRUE((outer_writes ? database->write(outer) : database->read(outer)).ok());
        return inner;
    };
    for (const bool outer_writes : {false, true}) {
        for (const bool inner_writes : {false, true}) {
            Result<void> inner = calls(outer_writes, inner_writes);
            ASSERT_FALSE(inner.ok());
            EXPECT_EQ(inner.error().code, Code::kInvalid);
        }
    }
    FreshDatabase other(GetParam());
    EXPECT_TRUE(database->read([&](Transaction&) { return other->read(nothing); }).ok());
}

TEST_P(DatabaseTest, AStatementSeesTheColumnsThatATableHasNow) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    const auto columns = [&] {
        auto row = database->read_value<std::optional<StoredRow>>(
            [](Transaction& tx) { return tx.row("SELECT * FROM person"); });
        EXPECT_TRUE(row.ok()) << row.error().detail;
        return row.ok() ? (*row)->columns() : 0;
    };
    EXPECT_EQ(columns(), 2u);
    must_run("ALTER TABLE person ADD COLUMN born BIGINT");
    EXPECT_EQ(columns(), 3u);
}

TEST_P(DatabaseTest, ManyReadersAtOnceMoreThanThereAreConnections) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 40; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i)
                EXPECT_EQ(count(), 1);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

TEST_P(DatabaseTest, AFailedTupleIsNamedAndTakesEverythingBack) {
    make_person();
    Result<void> written = database->write([&](Transaction& tx) -> Result<void> {
        std::vector<std::vector<Value>> tuples;
        for (std::int64_t id = 0; id < 600; ++id)
            tuples.push_back({id == 400 ? 7 : id, std::string_view("x")});
        Statement* insert = SHU_TRY(tx.prepare("INSERT INTO person (id, name) VALUES ($1, $2)"));
        (void)SHU_TRY(insert->execute_many(tuples));
        return {};
    });
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code, Code::kConflict);
    EXPECT_THAT(written.error().detail, HasSubstr("tuple 401"));
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(insert(1, "the connection is as good as before").ok());
}

TEST_P(DatabaseTest, TuplesMayHoldNullsInAnyPlace) {
    must_run(
        "CREATE TABLE thing (id BIGINT PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA)");
    Result<void> written = database->write([&](Transaction& tx) -> Result<void> {
        std::vector<std::vector<Value>> tuples;
        for (std::int64_t id = 0; id < 64; ++id) {
            tuples.push_back({id, id & 1 ? Value(id) : nullptr, id & 2 ? Value(0.5) : nullptr,
                              id & 4 ? Value(std::string_view("x")) : nullptr,
                              id & 8 ? Value(Blob{"y"}) : nullptr});
        }
        Statement* insert =
            SHU_TRY(tx.prepare("INSERT INTO thing (id, n, r, t, b) VALUES ($1, $2, $3, $4, $5)"));
        (void)SHU_TRY(insert->execute_many(tuples));
        return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;
    auto rows = database->read_value<std::vector<StoredRow>>(
        [](Transaction& tx) { return tx.query("SELECT id, n, r, t, b FROM thing ORDER BY id"); });
    ASSERT_TRUE(rows.ok());
    for (const StoredRow& row : *rows) {
        for (std::size_t column = 1; column < 5; ++column) {
            EXPECT_EQ(row.is_null(column), (row.integer(0) >> (column - 1) & 1) == 0);
        }
    }
}

TEST_P(DatabaseTest, ConflictingWritersLoseNoUpdate) {
    must_run("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
    must_run("INSERT INTO counter (id, n) VALUES (1, 0)");
    constexpr int kThreads = 4;
    constexpr int kRounds = 25;
    std::atomic<int> acknowledged{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < kRounds; ++i) {
                Result<void> added = database->write([](Transaction& tx) -> Result<void> {
                    const std::int64_t n =
                        SHU_TRY(tx.row("SELECT n FROM counter WHERE id = 1"))->integer(0);
                    (void)SHU_TRY(tx.execute("UPDATE counter SET n = $1 WHERE id = 1", {n + 1}));
                    return {};
                });
                if (added.ok()) {
                    ++acknowledged;
                } else {
                    EXPECT_EQ(added.error().code, Code::kUnavailable) << added.error().detail;
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    auto n = database->read_value<std::int64_t>([](Transaction& tx) -> Result<std::int64_t> {
        return SHU_TRY(tx.row("SELECT n FROM counter"))->integer(0);
    });
    ASSERT_TRUE(n.ok());
    EXPECT_EQ(*n, acknowledged.load());
    EXPECT_GT(*n, 0);
}

// Two transactions that each read what the other writes: in a serial order one of them sees the
// other's row.
TEST_P(DatabaseTest, WritesAreSerializableNotOnlySnapshots) {
    make_person();
    std::vector<std::thread> threads;
    for (std::int64_t id = 1; id <= 8; ++id) {
        threads.emplace_back([&, id] {
            Result<void> taken = database->write([&](Transaction& tx) -> Result<void> {
                const bool is_free =
                    SHU_TRY(tx.row("SELECT count(*) FROM person WHERE name = 'on duty'"))
                        ->integer(0) == 0;
                if (!is_free) return {};
                (void)SHU_TRY(
                    tx.execute("INSERT INTO person (id, name) VALUES ($1, 'on duty')", {id}));
                return {};
            });
            EXPECT_TRUE(taken.ok() || taken.error().code == Code::kUnavailable)
                << taken.error().detail;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseTest, OneFailingWorkHarmsNoOther) {
    make_person();
    std::vector<std::thread> threads;
    for (std::int64_t id = 0; id < 32; ++id) {
        threads.emplace_back([&, id] {
            Result<void> done = database->write([&](Transaction& tx) -> Result<void> {
                (void)SHU_TRY(tx.execute("INSERT INTO person (id, name) VALUES ($1, 'x')", {id}));
                if (id % 3 == 0) return denied("every third");
                if (id % 3 == 1)
                    (void)tx.execute("INSERT INTO person (id, name) VALUES ($1, 'twice')", {id});
                return {};
            });
            EXPECT_EQ(done.ok(), id % 3 == 2);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(count(), 10);
}

TEST_P(DatabaseTest, WhatWasWrittenIsThereAfterReopening) {
    make_person();
    ASSERT_TRUE(insert(1, "a").ok());
    database.reopen();
    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseTest, MoreStatementsThanTheCacheKeepsStillRun) {
    make_person();
    for (int i = 0; i < static_cast<int>(limits::statement_cache_max) + 50; ++i) {
        AssembledSql sql;
        sql.add("SELECT id FROM person WHERE id = ").add_parameter(1);
        for (int j = 0; j < i; ++j)
            sql.add(" ");
        auto none = database->read_value<std::optional<StoredRow>>(
            [&](Transaction& tx) { return tx.row(sql, {std::int64_t(1)}); });
        ASSERT_TRUE(none.ok()) << none.error().detail;
    }
}

TEST_P(DatabaseTest, AWaiterLearnsOfACommit) {
    make_person();
    database->wait_for_commit(0);
    std::atomic<bool> returned{false};
    const auto start = std::chrono::steady_clock::now();
    std::thread waiter([&] {
        database->wait_for_commit(0);  // from here on counts what this thread has seen
        EXPECT_TRUE(insert(1, "a").ok());
        database->wait_for_commit(60'000);
        returned = true;
    });
    waiter.join();
    EXPECT_TRUE(returned);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_P(DatabaseTest, StatisticsCountWhatWasCommitted) {
    make_person();
    const auto before = database->statistics();
    for (std::int64_t id = 0; id < 5; ++id)
        ASSERT_TRUE(insert(id, "x").ok());
    EXPECT_FALSE(insert(1, "x").ok());
    EXPECT_EQ(database->statistics().transactions - before.transactions, 5);
    EXPECT_EQ(database->statistics().waiting, 0);
}

}  // namespace
}  // namespace shu::store
