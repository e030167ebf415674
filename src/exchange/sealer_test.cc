// Sealing and indexing where something goes wrong: a commit whose answer is lost, a record that is
// no record, a segment that is damaged or gone.
#include "exchange/sealer.h"

#include <filesystem>
#include <fstream>

#include "exchange/testing.h"
#include "ledger/ledger.h"

namespace shu::exchange::testing {
namespace {

/// Loses the answer of chosen write transactions after they have committed, as a connection that
/// breaks during COMMIT does.
class ForgetfulDatabase final : public store::Database {
 public:
    explicit ForgetfulDatabase(store::Database& real) : real_(real) {}
    Result<void> read(const Work& work) override { return real_.read(work); }
    Result<void> write(const Work& work) override {
        const Result<void> written = real_.write(work);
        if (!written.ok() || writes_++ != forgotten) return written;
        return unavailable("the connection broke during COMMIT");
    }
    store::Engine engine() const override { return real_.engine(); }
    void wait_for_commit(int timeout_ms) override { real_.wait_for_commit(timeout_ms); }
    Statistics statistics() const override { return real_.statistics(); }

    int forgotten = -1;  ///< which write, from 0

 private:
    store::Database& real_;
    int writes_ = 0;
};

class SealerTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const std::vector<store::ModuleMigrations> modules{ledger::Ledger::migrations(),
                                                           Exchange::migrations()};
        SHU_ASSERT_OK(store::migrate(*database, modules, clock));
        trace.folder = database.folder() + "/trace";
        trace.node = 3;
        SHU_ASSERT_OK(file::make_folder(trace.folder));
    }
    std::string record() {
        return R"({"call":")" + std::to_string(ids.next()) +
               R"(","at":1795253400000000,"client":"c","organisation":"housing","dataset":"person","status":200,"outcome":"answered"})";
    }
    void write_segment(std::int64_t segment, const std::vector<std::string>& payloads) {
        TraceOptions options = trace;
        options.first_segment = segment;
        TraceWriter writer(
            options, clock,
            [](std::unique_ptr<TraceBatch>, const Result<void>& result) { SHU_ASSERT_OK(result); },
            Log::none());
        auto batch = std::make_unique<TraceBatch>();
        for (const std::string& payload : payloads)
            append_trace_record(batch->records, payload);
        batch->count = static_cast<std::int64_t>(payloads.size());
        writer.submit(std::move(batch));
    }
    std::unique_ptr<Sealer> open(store::Database& with) {
        auto opened = Sealer::open(
            {.database = with, .clock = clock, .ids = ids, .trace = trace, .log = Log::none()});
        EXPECT_TRUE(opened.ok()) << opened.error().detail;
        return std::move(*opened);
    }
    std::int64_t number(const store::Sql& sql) {
        return database
            ->read_value<std::int64_t>([&](store::Transaction& tx) -> Result<std::int64_t> {
                return SHU_TRY(tx.row(sql))->integer(0);
            })
            .value();
    }
    std::vector<std::string> gaps() {
        std::vector<std::string> found;
        SHU_ASSERT(
            database
                ->read([&](store::Transaction& tx) -> Result<void> {
                    for (
                        const store::StoredRow& row : SHU_TRY(tx.query(
                            "SELECT object, result FROM act_waiting WHERE verb = 'gateway.gap' ORDER BY id")))
                        found.push_back(row.text(0) + " " + row.text(1));
                    return {};
                })
                .ok());
        return found;
    }
    std::string path(std::int64_t segment) { return trace_segment_path(trace, segment); }

    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{kStart};
    IdMaker ids{clock, 3};
    TraceOptions trace;
};

TEST_P(SealerTest, a_commit_whose_answer_is_lost_is_neither_repeated_nor_in_the_way) {
    write_segment(1, {record(), record(), record()});
    write_segment(2, {record(), record()});
    for (int forgotten = 0; forgotten < 8; ++forgotten) {
        SHU_ASSERT_OK(database->write([](store::Transaction& tx) -> Result<void> {
            SHU_TRY(tx.execute("DELETE FROM trace_cursor"));
            SHU_TRY(tx.execute("DELETE FROM gateway_seal"));
            SHU_TRY(tx.execute("DELETE FROM gateway_call"));
            return {};
        }));
        ForgetfulDatabase forgetful(*database);
        forgetful.forgotten = forgotten;
        const auto sealer = open(forgetful);
        int errors = 0;
        for (int steps = 0;; ++steps) {
            ASSERT_LT(steps, 100) << "write " << forgotten;
            const auto more = sealer->advance({3, 0});
            if (!more.ok() && ++errors > 1) FAIL() << forgotten << ": " << more.error().detail;
            if (more.ok() && !*more) break;
        }
        EXPECT_EQ(number("SELECT CAST(SUM(records) AS BIGINT) FROM gateway_seal"), 5) << forgotten;
        EXPECT_EQ(number("SELECT COUNT(*) FROM gateway_call"), 5) << forgotten;
        EXPECT_EQ(number("SELECT COUNT(*) FROM gateway_call c LEFT JOIN gateway_kind k "
                         "ON k.id = c.kind WHERE k.id IS NULL"),
                  0)
            << forgotten;
        EXPECT_EQ(sealer->indexed(), 5) << forgotten;
    }
}

TEST_P(SealerTest, what_cannot_be_indexed_is_sealed_all_the_same) {
    write_segment(1, {"this is no JSON", record()});
    const auto sealer = open(*database);
    Result<bool> more = true;
    for (int steps = 0; steps < 100 && more.ok() && *more; ++steps)
        more = sealer->advance({2, 0});
    EXPECT_FALSE(more.ok()) << "the index must say that it cannot go on";
    EXPECT_EQ(number("SELECT CAST(SUM(records) AS BIGINT) FROM gateway_seal"), 2);
}

TEST_P(SealerTest, a_damaged_and_a_missing_segment_become_acts) {
    for (std::int64_t segment = 1; segment <= 4; ++segment)
        write_segment(segment, {record(), record(), record()});
    std::string bytes = file::read(path(1), 1'000'000).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(path(1), std::ios::binary | std::ios::trunc) << bytes;
    std::filesystem::remove(path(2));
    std::filesystem::remove(path(3));
    const auto sealer = open(*database);
    for (Result<bool> more = true; *more;) {
        more = sealer->advance({5, 0});
        SHU_ASSERT_OK(more);
    }
    EXPECT_EQ(number("SELECT CAST(SUM(records) AS BIGINT) FROM gateway_seal"), 4)
        << "one of the first segment, three of the last";
    const auto found = gaps();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_TRUE(found[0].starts_with("trace:3-1-") && found[0].ends_with(" damaged")) << found[0];
    EXPECT_EQ(found[1], "trace:3-2-0 missing");
}

TEST_P(SealerTest, a_damaged_header_does_not_keep_later_calls_from_being_sealed) {
    write_segment(1, {record()});
    write_segment(2, {record()});
    std::string bytes = file::read(path(1), 1'000'000).value();
    bytes[20] = static_cast<char>(bytes[20] ^ 1);
    std::ofstream(path(1), std::ios::binary | std::ios::trunc) << bytes;
    const auto sealer = open(*database);
    for (Result<bool> more = true; *more;) {
        more = sealer->advance({3, 0});
        SHU_ASSERT_OK(more);
    }
    EXPECT_EQ(number("SELECT CAST(SUM(records) AS BIGINT) FROM gateway_seal"), 1);
    EXPECT_EQ(gaps().size(), 1u);
}

TEST_P(SealerTest, an_orderly_trace_has_no_gaps) {
    write_segment(1, {record()});
    write_segment(2, {record()});
    std::filesystem::resize_file(path(1), 100'000);  // preallocated room that a crash left
    const auto sealer = open(*database);
    for (Result<bool> more = true; *more;) {
        more = sealer->advance({3, 0});
        SHU_ASSERT_OK(more);
    }
    EXPECT_TRUE(gaps().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, SealerTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange::testing
