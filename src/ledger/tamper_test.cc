// One flipped byte anywhere in acts, numbers, checkpoints or tiles is found and named.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "foundation/file.h"
#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::LedgerTest;

store::Identifier name(std::string_view text) {
    return store::Identifier::parse(text).value();
}

/// One value of one row, by table, column and key.
struct Cell {
    std::string table;
    std::string column;
    std::string key;
    std::int64_t row = 0;
};

class Tampering : public LedgerTest {
 protected:
    void SetUp() override {
        LedgerTest::SetUp();
        std::cout << "seed " << seed_ << "\n";
        for (const int count : {3, 280, 17})
            grow(count);
        ASSERT_TRUE(verdict().empty()) << verdict();
    }

    /// What verify() says; empty when all is well.
    std::string verdict() {
        const auto report = ledger->verify({});
        if (report.ok()) return {};
        EXPECT_EQ(report.error().code, Code::kCorrupt);
        return report.error().detail;
    }

    store::StoredRow::Cell read(const Cell& cell) {
        store::AssembledSql sql;
        sql.add("SELECT ").add(name(cell.column)).add(" FROM ").add(name(cell.table));
        sql.add(" WHERE ").add(name(cell.key)).add(" = $1");
        store::StoredRow::Cell value;
        const auto done = database->read([&](store::Transaction& tx) -> Result<void> {
            const auto row = SHU_TRY(tx.row(sql, {cell.row}));
            if (!row) return not_found("no such row");
            value = row->cell(0);
            return {};
        });
        EXPECT_TRUE(done.ok()) << done.error().detail;
        return value;
    }

    Result<void> write(const Cell& cell, const store::Value& value) {
        store::AssembledSql sql;
        sql.add("UPDATE ").add(name(cell.table)).add(" SET ").add(name(cell.column));
        sql.add(" = $1 WHERE ").add(name(cell.key)).add(" = $2");
        return database->write([&](store::Transaction& tx) -> Result<void> {
            const auto changed = SHU_TRY(tx.execute(sql, {value, cell.row}));
            if (changed != 1) return not_found("no such row");
            return {};
        });
    }

    /// Flips one bit that leaves text printable.
    std::string flipped(std::string bytes) {
        bytes[random_() % bytes.size()] ^= static_cast<char>(1 << (random_() % 3));
        return bytes;
    }

    /// Flips a bit of a text or blob, hears the verdict, and puts the old bytes back.
    std::string verdict_with_flipped(const Cell& cell, bool is_blob) {
        const auto value = read(cell);
        const std::string good = std::get<std::string>(value);
        const std::string bad = flipped(good);
        const auto bind = [&](const std::string& bytes) -> store::Value {
            if (is_blob) return store::Blob{bytes};
            return std::string_view(bytes);
        };
        EXPECT_TRUE(write(cell, bind(bad)).ok()) << cell.column;
        const std::string found = verdict();
        EXPECT_TRUE(write(cell, bind(good)).ok());
        return found;
    }
    std::string verdict_with_flipped_number(const Cell& cell) {
        const std::int64_t good = std::get<std::int64_t>(read(cell));
        const std::int64_t bad = good ^ (std::int64_t{1} << (40 + random_() % 15));
        EXPECT_TRUE(write(cell, bad).ok()) << cell.column;
        const std::string found = verdict();
        Cell moved = cell;
        if (cell.column == cell.key) moved.row = bad;
        EXPECT_TRUE(write(moved, good).ok());
        return found;
    }
    static void expect_named(const std::string& found, const std::string& entry) {
        EXPECT_NE(found.find(entry), std::string::npos)
            << "expected '" << entry << "' in '" << found << "'";
    }

    const std::uint64_t seed_ = std::random_device{}();
    std::mt19937_64 random_{seed_};
};
INSTANTIATE_TEST_SUITE_P(Engines, Tampering, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

TEST_P(Tampering, AFlippedBodyIsFoundAndNamed) {
    for (int round = 0; round < 20; ++round) {
        const auto sequence = static_cast<std::int64_t>(random_() % 300);
        const std::int64_t id = ledger->act(sequence)->id.value;
        expect_named(verdict_with_flipped({"act", "body", "id", id}, false),
                     "act " + std::to_string(id) + " (sequence " + std::to_string(sequence) +
                         "): the stored body does not hash to its leaf");
    }
    EXPECT_EQ(verdict(), "");
}

TEST_P(Tampering, AFlippedColumnIsFoundAndNamed) {
    for (const std::string column :
         {"actor", "organisation", "verb", "object", "subject", "basis", "result"}) {
        const auto sequence = static_cast<std::int64_t>(random_() % 300);
        const std::int64_t id = ledger->act(sequence)->id.value;
        expect_named(verdict_with_flipped({"act", column, "id", id}, false),
                     "act " + std::to_string(id) + " (sequence " + std::to_string(sequence) +
                         "): the column " + column + " differs from the body");
    }
    const std::int64_t id = ledger->act(5)->id.value;
    expect_named(verdict_with_flipped_number({"act", "at", "id", id}),
                 "(sequence 5): the column at");
    ASSERT_TRUE(write({"act", "post", "id", id}, std::string_view("mayor")).ok());
    expect_named(verdict(), "(sequence 5): the column post");
}

TEST_P(Tampering, AnActWithAnotherIdIsFoundAndNamed) {
    const std::int64_t id = ledger->act(100)->id.value;
    expect_named(verdict_with_flipped_number({"act", "id", "id", id}),
                 "(sequence 100): the body is that of act " + std::to_string(id));
    EXPECT_EQ(verdict(), "");
}

TEST_P(Tampering, AFlippedLeafIsFoundAndNamed) {
    for (int round = 0; round < 5; ++round) {
        const auto sequence = static_cast<std::int64_t>(random_() % 300);
        expect_named(verdict_with_flipped({"act", "leaf", "sequence", sequence}, true),
                     "(sequence " + std::to_string(sequence) + ")");
    }
}

TEST_P(Tampering, AFlippedNumberIsFoundAndNamed) {
    for (const std::int64_t sequence : {0, 77, 299}) {
        expect_named(verdict_with_flipped_number({"act", "sequence", "sequence", sequence}),
                     "sequence " + std::to_string(sequence) + ": the entry is missing");
    }
    EXPECT_EQ(verdict(), "");
}

TEST_P(Tampering, AFlippedCheckpointIsFoundAndNamed) {
    for (const std::int64_t size : {3, 283, 300}) {
        const std::string entry = "checkpoint of size " + std::to_string(size);
        expect_named(verdict_with_flipped({"ledger_checkpoint", "root", "size", size}, true),
                     entry);
        expect_named(verdict_with_flipped({"ledger_checkpoint", "signature", "size", size}, true),
                     entry);
        expect_named(verdict_with_flipped_number({"ledger_checkpoint", "at", "size", size}), entry);
        expect_named(verdict_with_flipped_number({"ledger_checkpoint", "size", "size", size}),
                     "checkpoint of size");
    }
    EXPECT_EQ(verdict(), "");
}

TEST_P(Tampering, AFlippedByteInAnyTileIsFoundAndNamed) {
    int tiles = 0;
    const std::string folder = options().tile_folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string path = entry.path().string();
        const std::string good = file::read(path, 10'000).value();
        std::string bad = good;
        const std::size_t at = random_() % bad.size();
        bad[at] ^= static_cast<char>(1 << (random_() % 8));
        ASSERT_TRUE(file::replace(path, bad).ok());
        const std::string tile = path.substr(folder.size() + 1);
        const std::string found = verdict();
        expect_named(found, "tile " + tile.substr(0, 1) + "/");
        expect_named(found, ": byte " + std::to_string(at) + " differs");
        ASSERT_TRUE(file::replace(path, good.substr(0, good.size() - 1)).ok());
        expect_named(verdict(), "bytes instead of");
        ASSERT_TRUE(file::replace(path, std::string(100'000, 'x')).ok());
        expect_named(verdict(), "longer than a tile");
        ASSERT_TRUE(file::replace(path, good).ok());
        ++tiles;
    }
    EXPECT_EQ(tiles, 3);  // 0/000, 0/001.p/44, 1/000.p/1
    EXPECT_EQ(verdict(), "");
}

TEST_P(Tampering, AnActReplacedWithItsLeafContradictsTheSignedRoot) {
    const RecordedAct act = ledger->act(150).value();
    Act other = act.act;
    other.result = "refused";
    const std::string body = body_of(act.id, act.at, other);
    const Digest leaf = leaf_hash(HashName::kSm3, body);
    ASSERT_TRUE(write({"act", "body", "id", act.id.value}, std::string_view(body)).ok());
    ASSERT_TRUE(write({"act", "result", "id", act.id.value}, std::string_view("refused")).ok());
    ASSERT_TRUE(write({"act", "leaf", "sequence", 150}, store::Blob{crypto::bytes_of(leaf)}).ok());
    const std::string found = verdict();
    EXPECT_TRUE(found.find("tile 0/0: byte 4800 differs") != std::string::npos ||
                found.find("one of sequence 3 to 282") != std::string::npos)
        << found;
    std::filesystem::remove_all(options().tile_folder);
    expect_named(verdict(), "one of sequence 3 to 282 is not what it was");
    EXPECT_EQ(ledger->receipt(150).error().code, Code::kCorrupt);
}

TEST_P(Tampering, ADeletedActOrOneThatWaitsAgainIsFoundAndNamed) {
    auto run = [&](const store::Sql& sql, std::int64_t value) {
        const auto done = database->write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(tx.execute(sql, {value}));
            return {};
        });
        ASSERT_TRUE(done.ok()) << done.error().detail;
    };
    const std::int64_t id = ledger->act(299)->id.value;
    run("INSERT INTO act_waiting SELECT id, at, actor, post, organisation, verb, object, subject,"
        " basis, result, body FROM act WHERE sequence = $1",
        299);
    expect_named(verdict(), "act " + std::to_string(id) + ": it waits for its number although");
    run("DELETE FROM act_waiting WHERE id = $1", id);
    EXPECT_EQ(verdict(), "");
    run("DELETE FROM act WHERE sequence = $1", 17);
    expect_named(verdict(), "sequence 17: the entry is missing");
}

TEST_P(Tampering, AForgottenActIsNamedAfterAMinuteWithoutItsNumber) {
    const auto made = record_acts(1);
    clock.advance(59 * kMicrosPerSecond);
    EXPECT_EQ(verdict(), "");
    clock.advance(2 * kMicrosPerSecond);
    expect_named(verdict(), "act " + made[0].text() + ": it has waited");
}

TEST_P(Tampering, ACountThatIsNotTheNumberOfEntriesIsFound) {
    ASSERT_TRUE(write({"ledger_state", "size", "id", 1}, std::int64_t{299}).ok());
    expect_named(verdict(), "sequence 299: the ledger counts only 299 acts");
    ASSERT_TRUE(write({"ledger_state", "size", "id", 1}, std::int64_t{1'000'000}).ok());
    expect_named(verdict(), "sequence 300: the entry is missing");
}

TEST_P(Tampering, AChangedNewestRootOrTilesAreNoticedWhenTheLedgerIsOpened) {
    ledger.reset();
    const std::string path = options().tile_folder + "/1/000.p/1";
    std::string bytes = file::read(path, 10'000).value();
    bytes[5] ^= 1;
    ASSERT_TRUE(file::replace(path, bytes).ok());
    const auto opened =
        Ledger::open(*database, clock, testing::fixed_key(), options(), Log::none());
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::kCorrupt);
    expect_named(opened.error().detail, "remove the folder");
    std::filesystem::remove_all(options().tile_folder);
    open();
    EXPECT_EQ(verdict(), "");
}

}  // namespace
}  // namespace shu::ledger
