// How fast files are collected, against a bare prepared SQLite insert loop of the same rows. Prints
// one JSON object a line: name, value, unit, settings. For one core, run it pinned:
//
//   taskset -c 0 collection_bench [FOLDER [ROWS]]
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "foundation/file.h"
#include "ledger/ledger.h"
#include "record/csv.h"
#include "record/records.h"

namespace {

using namespace shu;
using Seconds = std::chrono::duration<double>;

constexpr int kRounds = 3;

constexpr std::string_view kDataset = R"({
  "code": "people", "name": "人口", "registry": "population", "provider": "public-security",
  "key": ["id_number"], "subject": {"kind": "person", "field": "id_number"},
  "fields": [
    {"code": "id_number", "name": "公民身份号码", "type": "text", "length": 18, "required": true, "check": "identity_number"},
    {"code": "name", "name": "姓名", "type": "text", "length": 50, "required": true},
    {"code": "gender", "name": "性别", "type": "code", "codes": "gender", "required": true},
    {"code": "ethnic_group", "name": "民族", "type": "code", "codes": "ethnic-group"},
    {"code": "born", "name": "出生日期", "type": "date", "required": true},
    {"code": "division", "name": "区划", "type": "text", "length": 12, "check": "division"},
    {"code": "address", "name": "住址", "type": "text", "length": 100},
    {"code": "mobile", "name": "手机", "type": "text", "check": "mobile"},
    {"code": "income", "name": "收入", "type": "money"},
    {"code": "registered", "name": "登记日期", "type": "date"}
  ]
})";

template <typename T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "collection_bench: %s\n", result.error().detail.c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

void print(const std::string& name, double value, const std::string& unit,
           const std::string& settings) {
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"settings\":\"%s\"}\n",
                name.c_str(), value, unit.c_str(), settings.c_str());
    std::fflush(stdout);
}

std::string identity_number(int person) {
    static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    const auto date = to_string(date_from_days(-7'000 + person / 999 * 7 % 20'000));
    std::string number = "210199" + date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2) +
                         std::to_string(1'001 + person % 999).substr(1);
    int sum = 0;
    for (std::size_t i = 0; i < 17; ++i)
        sum += (number[i] - '0') * weights[i];
    return number + "10X98765432"[sum % 11];
}

std::string make_file(int rows) {
    std::string out =
        "id_number,name,gender,ethnic_group,born,division,address,mobile,income,registered\n";
    for (int i = 0; i < rows; ++i) {
        // Spread over the file, as departments do not sort theirs.
        const int person = static_cast<int>(static_cast<std::int64_t>(i) * 7'919 % rows);
        const auto id = identity_number(person);
        out += id + ",王小" + (person % 2 == 0 ? "明" : "红") + "," +
               (person % 2 == 0 ? "1" : "2") + "," + (person % 9 == 0 ? "11" : "01") + "," +
               id.substr(6, 4) + "-" + id.substr(10, 2) + "-" + id.substr(12, 2) +
               ",210102001001,辽宁省沈阳市和平区南湖街道文化路" + std::to_string(person % 300) +
               "号," + std::to_string(13'800'000'000 + person) + "," +
               std::to_string(person % 9'000) + ".50,2020-01-0" + std::to_string(1 + person % 9) +
               "\n";
    }
    return out;
}

record::CsvReader::Source source_of(std::string_view text) {
    return [text](char* to, std::size_t most) mutable -> Result<std::size_t> {
        const auto count = text.copy(to, most);
        text.remove_prefix(count);
        return count;
    };
}

double parse_seconds(const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    record::CsvReader reader(source_of(text));
    record::CsvRow row;
    std::size_t fields = 0;
    while (must(reader.next(row)) != record::CsvReader::Event::kEnd)
        fields += row.fields.size();
    if (fields == 0) std::exit(1);
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

void run(sqlite3* database, const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return;
    std::fprintf(stderr, "collection_bench: %s\n", sqlite3_errmsg(database));
    std::exit(1);
}

struct Cell {
    std::string text;
    std::int64_t integer = 0;
};

// The same rows, already parsed; the same pragmas, the same rows a transaction. `extra` adds what
// collection adds to a row.
double bare_seconds(const std::string& path, const std::vector<std::vector<Cell>>& rows,
                    bool extra) {
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    const std::string cache =
        "PRAGMA cache_size=-" + std::to_string(limits::sqlite_writer_cache_kib);
    run(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    run(database, cache.c_str());
    run(database,
        extra
            ? "CREATE TABLE people (id_number TEXT NOT NULL, name TEXT, gender TEXT, ethnic_group TEXT, born TEXT, division TEXT, "
              "address TEXT, mobile TEXT, income INTEGER, registered TEXT, subject_id TEXT, batch_id INTEGER, changed_at INTEGER, "
              "PRIMARY KEY (id_number)) STRICT; CREATE INDEX people_subject ON people (subject_id)"
            : "CREATE TABLE people (id_number TEXT NOT NULL, name TEXT, gender TEXT, ethnic_group TEXT, born TEXT, division TEXT, "
              "address TEXT, mobile TEXT, income INTEGER, registered TEXT, PRIMARY KEY (id_number)) STRICT");
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database,
                       extra ? "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 7, 8)"
                             : "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       -1, &insert, nullptr);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % limits::collection_chunk_rows == 0) run(database, "BEGIN IMMEDIATE");
        const std::size_t columns = extra ? 11 : 10;
        for (std::size_t c = 0; c < columns; ++c) {
            const auto& cell = rows[i][c];
            const int index = static_cast<int>(c) + 1;
            if (c == 8)
                sqlite3_bind_int64(insert, index, cell.integer);
            else
                sqlite3_bind_text(insert, index, cell.text.data(),
                                  static_cast<int>(cell.text.size()), SQLITE_STATIC);
        }
        if (sqlite3_step(insert) != SQLITE_DONE) std::exit(1);
        sqlite3_reset(insert);
        if ((i + 1) % limits::collection_chunk_rows == 0 || i + 1 == rows.size())
            run(database, "COMMIT");
    }
    const double seconds = Seconds(std::chrono::steady_clock::now() - start).count();
    sqlite3_finalize(insert);
    sqlite3_close(database);
    return seconds;
}

std::vector<std::vector<Cell>> parsed_rows(const std::string& text,
                                           const identity::Identity& identity) {
    record::CsvReader reader(source_of(text));
    record::CsvRow row;
    std::vector<std::vector<Cell>> rows;
    for (;;) {
        const auto event = must(reader.next(row));
        if (event == record::CsvReader::Event::kEnd) return rows;
        if (event != record::CsvReader::Event::kRow || row.line == 1) continue;
        auto& cells = rows.emplace_back(11);
        for (std::size_t c = 0; c < 10; ++c)
            cells[c].text = row.fields[c];
        cells[8].integer = std::atoll(cells[8].text.c_str()) * 100 + 50;
        cells[10].text = identity.subject_id("person", cells[0].text);
    }
}

record::CodeTable codes(std::string code, int count) {
    record::CodeTable table;
    table.code = std::move(code);
    for (int i = 1; i <= count; ++i)
        table.values.push_back(
            {count > 9 ? std::to_string(100 + i).substr(1) : std::to_string(i), "x", ""});
    return table;
}

void remove_database(const std::string& path) {
    for (const auto* end : {"", "-wal", "-shm"})
        std::filesystem::remove(path + end);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder =
        (argc > 1 ? std::string(argv[1]) : std::filesystem::temp_directory_path().string()) +
        "/shu-collection-bench";
    const int rows = argc > 2 ? std::atoi(argv[2]) : 400'000;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string text = make_file(rows);
    const std::string settings = "best of " + std::to_string(kRounds) + ", " +
                                 std::to_string(rows) + " rows of 10 columns, " +
                                 std::to_string(text.size() / 1'000'000) + " MB";

    SystemClock clock;
    IdMaker ids(clock, 1);
    auto database = must(store::open_sqlite({.path = folder + "/shu.db"}, Log::none()));
    const std::vector<store::ModuleMigrations> modules{ledger::Ledger::migrations(),
                                                       identity::Identity::migrations(),
                                                       record::Records::migrations()};
    must(store::migrate(*database, modules, clock));
    auto blobs = must(store::BlobStore::open(folder + "/blobs"));
    auto identity = must(identity::Identity::open(
        *database, clock, ids,
        {.master_key = std::string(16, 'm'), .subject_key = std::string(32, 's')}, Log::none()));
    auto records =
        must(record::Records::open({*database, clock, ids, *blobs, *identity, Log::none()}));
    must(database->write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(records->put(tx, codes("gender", 9)));
        SHU_CHECK(records->put(tx, codes("ethnic-group", 56)));
        auto people = record::dataset_from(SHU_TRY(json::parse(kDataset)));
        SHU_CHECK(records->put(tx, people));
        for (int round = 1; round < kRounds; ++round) {
            people.code = "people" + std::to_string(round);
            SHU_CHECK(records->put(tx, people));
        }
        return {};
    }));
    must(records->refresh());
    record::NewBatch batch{.dataset = "people",
                           .file_name = "people.csv",
                           .blob = must(blobs->put(text)),
                           .bytes = static_cast<std::int64_t>(text.size())};

    print("csv parsing", static_cast<double>(text.size()) / 1e6 / parse_seconds(text), "MB/s",
          settings + ", views only");
    const auto prepared = parsed_rows(text, *identity);
    const auto start = std::chrono::steady_clock::now();
    for (const auto& row : prepared)
        if (identity->subject_id("person", row[0].text).empty()) return 1;
    const double subject_us =
        Seconds(std::chrono::steady_clock::now() - start).count() * 1e6 / rows;
    print("subject pseudonym", subject_us, "us", "HMAC-SM3 of an identity number");

    const auto collect = [&](const std::string& dataset) {
        const auto begin = std::chrono::steady_clock::now();
        batch.dataset = dataset;
        const auto done = must(records->collect_now("public-security", batch, {}));
        if (done.read != rows || done.quarantined != 0) {
            std::fprintf(stderr, "collection_bench: %s %lld of %d rows, %lld in quarantine\n",
                         done.error.c_str(), static_cast<long long>(done.read), rows,
                         static_cast<long long>(done.quarantined));
            std::exit(1);
        }
        return Seconds(std::chrono::steady_clock::now() - begin).count();
    };
    // The best of several rounds of each, by turns, as other work on the machine only ever adds
    // time.
    double bare = 1e9, ours = 1e9, same = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        bare = std::min(bare, bare_seconds(folder + "/bare.db", prepared, false));
        ours = std::min(ours, collect(round == 0 ? "people" : "people" + std::to_string(round)));
        same = std::min(same, bare_seconds(folder + "/same.db", prepared, true));
        remove_database(folder + "/bare.db");
        remove_database(folder + "/same.db");
    }
    print("bare insert loop", rows / bare, "rows/s",
          settings + ", 10 columns and primary key, 2000 rows a transaction, WAL, FULL");
    print("bare insert loop, our table", rows / same, "rows/s",
          settings + ", with subject, batch, time and the subject's index");
    print("collection into an empty table", rows / ours, "rows/s",
          settings + ", all checks, subject, upsert, checkpointed chunks");
    print("collection / bare insert loop", bare / ours, "ratio", settings);
    print("collection / bare insert loop, our table", same / ours, "ratio", settings);
    print("collection again, unchanged", rows / collect("people"), "rows/s", settings);
    std::filesystem::remove_all(folder);
    return 0;
}
