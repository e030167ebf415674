// Old segments go to the archive, nothing is lost on the way, and their calls are proved as before.
#include "exchange/trace_archive.h"

#include <filesystem>
#include <fstream>

#include "exchange/service.h"
#include "exchange/testing.h"

namespace shu::exchange::testing {
namespace {

class TraceArchiveTest : public TownTest {
 protected:
    void SetUp() override {
        town.trace_archive_folder = database.folder() + "/archive";
        TownTest::SetUp();
        if (HasFatalFailure()) return;
        credentials = town.collect(town.grant(R"(["name"])"));
        first_call = look_up();
        restart();  // a start begins a segment of its own
    }
    std::string look_up() {
        const Answer answer = town.look_up(credentials, "id_number=210100199001010010");
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.text("call");
    }
    TraceOptions trace() {
        return {.folder = town.trace_folder(),
                .node = town.node,
                .archive_folder = town.trace_archive_folder};
    }
    TraceArchive archive() {
        return TraceArchive({.database = *database,
                             .clock = clock,
                             .ids = town.ids,
                             .trace = trace(),
                             .online_days = 180,
                             .log = Log::none()});
    }
    std::vector<std::int64_t> online() { return trace_segments(trace()).value(); }
    bool is_archived(std::int64_t segment) {
        return file::exists(trace_archive_path(trace(), segment));
    }
    int receipt_status() {
        EXPECT_TRUE(town.ledger->sequence_now().ok());
        return town.get("monitor", "/api/calls/" + first_call + "/receipt").status;
    }
    std::size_t acts() {
        EXPECT_TRUE(town.ledger->sequence_now().ok());
        return town.ledger->acts({.verb = "trace.archive"}, -1, 10).value().size();
    }

    Credentials credentials;
    std::string first_call;
};

TEST_P(TraceArchiveTest, a_segment_goes_when_all_its_records_are_old_sealed_and_indexed) {
    clock.advance(1 * kMicrosPerDay);
    look_up();  // begins the second segment
    SHU_ASSERT_OK(town.exchange->seal_now());
    ASSERT_EQ(online(), (std::vector<std::int64_t>{1, 2}));
    clock.advance(180 * kMicrosPerDay - 1);
    EXPECT_FALSE(archive().step({2, 0}).value()) << "not old enough";
    clock.advance(1);
    EXPECT_FALSE(archive().step({1, 500}).value()) << "not all sealed";
    EXPECT_TRUE(archive().step({2, 0}).value());
    EXPECT_FALSE(archive().step({2, 0}).value()) << "the last segment is still written";
    EXPECT_EQ(online(), std::vector<std::int64_t>{2});
    EXPECT_TRUE(is_archived(1));
    EXPECT_EQ(acts(), 1u);
    EXPECT_EQ(receipt_status(), 200) << "proved from the archive";
    std::filesystem::rename(town.trace_archive_folder, town.trace_archive_folder + "-away");
    EXPECT_EQ(receipt_status(), 503) << "the answer names the archive";
}

TEST_P(TraceArchiveTest, a_crash_between_copy_and_removal_repeats_neither_the_act_nor_loses_bytes) {
    look_up();
    SHU_ASSERT_OK(town.exchange->seal_now());
    clock.advance(181 * kMicrosPerDay);
    const std::string path = trace_segment_path(trace(), 1);
    const std::string bytes = file::read(path, 1'000'000).value();
    ASSERT_TRUE(archive().step({2, 0}).value());
    SHU_ASSERT_OK(file::replace(path, bytes));  // as if it had not been removed yet
    EXPECT_TRUE(archive().step({2, 0}).value());
    EXPECT_EQ(acts(), 1u);
    EXPECT_EQ(online(), std::vector<std::int64_t>{2});
    SHU_ASSERT_OK(file::replace(path, bytes + "x"));
    const auto other = archive().step({2, 0});
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code, Code::kCorrupt);
    EXPECT_TRUE(file::exists(path)) << "what does not fit the act stays";
}

TEST_P(TraceArchiveTest, without_an_archive_nothing_moves) {
    look_up();
    SHU_ASSERT_OK(town.exchange->seal_now());
    clock.advance(1'000 * kMicrosPerDay);
    TraceOptions options = trace();
    options.archive_folder.clear();
    TraceArchive none({.database = *database,
                       .clock = clock,
                       .ids = town.ids,
                       .trace = options,
                       .online_days = 180,
                       .log = Log::none()});
    EXPECT_FALSE(none.step({2, 0}).value());
    EXPECT_EQ(online().size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Engines, TraceArchiveTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange::testing
