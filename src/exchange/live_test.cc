// The live figures: the histogram against exact percentiles, and what a watching page receives over
// its socket.
#include "exchange/live.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "exchange/testing.h"

namespace shu::exchange {
namespace {

TEST(DurationHistogramTest, a_percentile_is_right_to_nine_percent_over_all_magnitudes) {
    constexpr unsigned kSeed = 20261121;
    RecordProperty("seed", static_cast<int>(kSeed));
    std::mt19937_64 random(kSeed);
    for (const double magnitude : {1.0, 3.0, 5.0, 7.0}) {
        std::vector<std::int64_t> all;
        DurationHistogram histogram;
        for (int i = 0; i < 10'000; ++i) {
            const double exponent = std::uniform_real_distribution(0.0, magnitude)(random);
            all.push_back(static_cast<std::int64_t>(std::pow(10.0, exponent)));
            histogram.add(all.back());
        }
        std::ranges::sort(all);
        for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999}) {
            const auto exact = static_cast<double>(all[static_cast<std::size_t>(share * 10'000)]);
            EXPECT_NEAR(static_cast<double>(histogram.percentile(share)), exact, 0.09 * exact + 0.5)
                << magnitude << ' ' << share;
        }
        EXPECT_EQ(histogram.count(), 10'000);
    }
}

TEST(DurationHistogramTest, impossible_durations_stay_in_bounds_and_clearing_forgets) {
    DurationHistogram histogram;
    EXPECT_EQ(histogram.percentile(0.99), 0);
    histogram.add(-5);
    EXPECT_EQ(histogram.percentile(0.5), 0);
    histogram.add(std::int64_t{1} << 62);
    EXPECT_EQ(histogram.count(), 2);
    EXPECT_GT(histogram.percentile(0.99), 1'000'000);
    histogram.clear();
    EXPECT_EQ(histogram.count(), 0);
    EXPECT_EQ(histogram.percentile(0.99), 0);
}

TEST(LiveTest, a_second_tells_its_own_calls_only_and_the_totals_go_on) {
    Live live;
    live.add({{.duration_us = 100, .rows = 2, .answered = true},
              {.duration_us = 100, .rows = 0, .answered = false}});
    const SecondFigures first = live.tick(testing::kStart);
    EXPECT_EQ(first.calls, 2);
    EXPECT_EQ(first.answered, 1);
    EXPECT_EQ(first.refused, 1);
    EXPECT_EQ(first.rows, 2);
    EXPECT_NEAR(static_cast<double>(first.p99_us), 100, 9);
    EXPECT_EQ(live.tick(testing::kStart).calls, 0);
    live.add({{.duration_us = 1, .rows = 1, .answered = true}});
    EXPECT_EQ(live.answered(), 2);
    EXPECT_EQ(live.refused(), 1);
}

/// Says what it is told to, and forgets nothing that it was sent.
struct Page final : http::EventSink {
    std::vector<std::string> events;
    bool is_there = true;
    bool send(std::string_view event, std::string_view, std::string_view) override {
        if (is_there) events.emplace_back(event);
        return is_there;
    }
};

TEST(LiveTest, samples_are_bounded_for_each_second_and_a_page_that_left_is_forgotten) {
    Live live;
    EXPECT_FALSE(live.wants_call());  // nobody watches
    const auto page = std::make_shared<Page>();
    live.listen(page);
    int shown = 0;
    for (; live.wants_call() && shown < 10'000; ++shown)
        live.show(CallId{shown + 1}, "record " + std::to_string(shown + 1), "{}");
    EXPECT_EQ(shown, limits::live_calls_per_second);
    EXPECT_EQ(live.shown(CallId{shown}), "record " + std::to_string(shown));
    EXPECT_FALSE(live.shown(CallId{shown + 1}));
    live.tick(testing::kStart);
    EXPECT_TRUE(live.wants_call());
    EXPECT_EQ(page->events.back(), "second");
    page->is_there = false;
    live.tick(testing::kStart);
    EXPECT_FALSE(live.wants_call());
}

/// A socket that asks for the live events as `actor` and reads until what it has holds `wanted`, at
/// most 20 seconds.
class Watcher {
 public:
    Watcher(int port, const std::string& actor) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const std::string request =
            "GET /api/gateway/events HTTP/1.1\r\nHost: localhost\r\nX-Test-Actor: " + actor +
            "\r\n\r\n";
        EXPECT_EQ(::write(socket_, request.data(), request.size()),
                  static_cast<ssize_t>(request.size()));
    }
    ~Watcher() { ::close(socket_); }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    bool reads(const std::string& wanted, int timeout_ms = 20'000) {
        while (received_.find(wanted) == std::string::npos) {
            pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
            if (::poll(&waiting, 1, timeout_ms) <= 0) return false;
            char bytes[4'096];
            const ssize_t got = ::read(socket_, bytes, sizeof bytes);
            if (got <= 0) return false;
            received_.append(bytes, static_cast<std::size_t>(got));
        }
        return true;
    }
    const std::string& received() const { return received_; }

 private:
    int socket_;
    std::string received_;
};

class LiveEventsTest : public testing::TownTest {};

TEST_P(LiveEventsTest, a_monitor_of_the_city_sees_calls_and_each_seconds_figures) {
    const testing::Credentials credentials = town.collect(town.grant(R"(["name"])"));
    town.start_background();
    Watcher page(town.server->ports().front(), "monitor");
    ASSERT_TRUE(page.reads("event: second")) << page.received();  // it listens
    EXPECT_EQ(page.received().substr(0, 12), "HTTP/1.1 200");
    EXPECT_NE(page.received().find("text/event-stream"), std::string::npos);
    const testing::Answer answer = town.look_up(credentials, "id_number=210100199001010010");
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_TRUE(page.reads("event: call")) << page.received();
    ASSERT_TRUE(page.reads("\"id\":\"" + answer.text("call") + '"')) << page.received();
    ASSERT_TRUE(page.reads("\"calls\":1,\"answered\":1")) << page.received();
    EXPECT_EQ(page.received().find("王"), std::string::npos)
        << "the sample tells of calls, not what was read";
}

TEST(LiveTest, of_the_calls_shown_only_the_newest_are_kept) {
    Live live;
    const auto last = static_cast<std::int64_t>(limits::live_calls_kept) + 1;
    for (std::int64_t id = 1; id <= last; ++id)
        live.show(CallId{id}, "record", "{}");
    EXPECT_FALSE(live.shown(CallId{1}));
    EXPECT_TRUE(live.shown(CallId{2}));
    EXPECT_TRUE(live.shown(CallId{last}));
}

/// Nothing seals here, so it stays as it is in the moment after its answer.
TEST_P(LiveEventsTest, a_call_that_was_shown_can_be_opened_before_it_is_sealed) {
    const testing::Credentials credentials = town.collect(town.grant(R"(["name"])"));
    Watcher page(town.server->ports().front(), "monitor");
    testing::Answer answer;
    for (int tries = 0; tries < 200 && !page.reads("event: call", 100); ++tries) {
        answer = town.look_up(credentials, "id_number=210100199001010010");
        ASSERT_EQ(answer.status, 200) << answer.body;
    }
    ASSERT_TRUE(page.reads("event: call")) << page.received();
    const std::string path = "/api/calls/" + answer.text("call");
    const testing::Answer call = town.get("monitor", path);
    ASSERT_EQ(call.status, 200) << call.body;
    EXPECT_FALSE(call.object().at("sealed").as_bool());
    EXPECT_EQ(town.get("monitor", path + "/receipt").status, 503);
    EXPECT_EQ(town.get("neighbour", path).status, 404);
    ASSERT_TRUE(town.exchange->seal_now().ok());
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    EXPECT_EQ(town.get("monitor", path + "/receipt").status, 200);
}

TEST_P(LiveEventsTest, those_who_may_not_monitor_are_refused) {
    for (const char* actor : {"housing", "citizen"}) {
        Watcher page(town.server->ports().front(), actor);
        ASSERT_TRUE(page.reads("\r\n\r\n")) << actor;
        EXPECT_EQ(page.received().substr(0, 12), "HTTP/1.1 403") << actor;
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, LiveEventsTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange
