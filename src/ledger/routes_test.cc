#include "ledger/routes.h"

#include <gtest/gtest.h>

#include <mutex>

#include "foundation/text.h"
#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::LedgerTest;

class LocalRequest : public http::Request {
 public:
    std::string_view header(std::string_view) const override { return {}; }
};

class Sink : public http::EventSink {
 public:
    bool send(std::string_view event, std::string_view data, std::string_view id) override {
        EXPECT_TRUE(Checkpoint::from_json(json::parse(data).value()).ok());
        const std::lock_guard lock(mutex_);
        events_.push_back(std::string(event) + " " + std::string(id));
        return !gone_;
    }
    std::vector<std::string> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    void go() {
        const std::lock_guard lock(mutex_);
        gone_ = true;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
    bool gone_ = false;
};

class LedgerRoutes : public LedgerTest {
 protected:
    void SetUp() override {
        LedgerTest::SetUp();
        add_routes(router, *ledger);
        const auto sealed = router.seal();
        ASSERT_TRUE(sealed.ok()) << sealed.error().detail;
    }
    Result<http::Response> get(const std::string& path, const std::string& query = "") {
        const auto match = router.match(http::Method::kGet, path);
        if (match.route == nullptr) return not_found("no route for " + path);
        LocalRequest request;
        request.path = path;
        request.query = query;
        request.parameters = match.parameters;
        return match.route->handler(request);
    }
    json::value get_json(const std::string& path, const std::string& query = "") {
        const auto response = get(path, query);
        EXPECT_TRUE(response.ok()) << path << ": " << response.error().detail;
        if (!response.ok()) return {};
        return json::parse(response->body).value();
    }

    http::Router router;
};
INSTANTIATE_TEST_SUITE_P(Engines, LedgerRoutes, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& i) { return i.param; });

TEST_P(LedgerRoutes, EverythingButActsAndReceiptsIsPublic) {
    for (const http::Route& route : router.routes()) {
        const bool of_acts = route.pattern.find("/acts") != std::string::npos;
        EXPECT_EQ(route.access.kind,
                  of_acts ? http::Access::Kind::kPermission : http::Access::Kind::kPublic)
            << route.pattern;
        EXPECT_EQ(route.access.verb, of_acts ? "ledger.read" : "");
    }
    EXPECT_EQ(router.routes().size(), 10U);
}

TEST_P(LedgerRoutes, TheReceiptOfAnActVerifiesUnderThePublishedKey) {
    grow(5);
    const json::value key = get_json("/api/ledger/key");
    const std::string point = text::from_hex(key.at("point").as_string()).value();
    const auto published = crypto::Sm2PublicKey::from_point(point).value();
    EXPECT_EQ(crypto::Sm2PublicKey::from_pem(key.at("pem").as_string()).value(), published);
    const auto response = get("/api/ledger/acts/3/receipt").value();
    EXPECT_TRUE(Receipt::parse(response.body)->verify(published).ok());
}

TEST_P(LedgerRoutes, AnActShowsItsMembersBodyAndLeaf) {
    grow(3);
    const json::value act = get_json("/api/ledger/acts/2");
    EXPECT_EQ(act.at("sequence").as_int64(), 2);
    EXPECT_EQ(act.at("object").as_string(), "thing:2");
    EXPECT_EQ(act.at("at").as_string(), "2026-11-21T09:30:00.000000Z");
    EXPECT_EQ(act.at("detail").at("rows").as_int64(), 3);
    const std::string body(act.at("body").as_string());
    EXPECT_EQ(act.at("leaf").as_string(), crypto::to_hex(leaf_hash(HashName::kSm3, body)));
    EXPECT_EQ(get("/api/ledger/acts/3").error().code, Code::kNotFound);
    EXPECT_EQ(get("/api/ledger/acts/99999999999999999999").ok(), false);
}

TEST_P(LedgerRoutes, ListsGoOnWithTheirCursor) {
    grow(5);
    grow(2);
    std::vector<std::int64_t> seen;
    std::string query = "verb=record.read&limit=3";
    for (;;) {
        const json::value page = get_json("/api/ledger/acts", query);
        for (const json::value& act : page.at("items").as_array())
            seen.push_back(act.at("sequence").as_int64());
        if (page.at("next").is_null()) break;
        query = "verb=record.read&limit=3&before=" + std::string(page.at("next").as_string());
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{6, 5, 4, 3, 2, 1, 0}));
    const json::value first = get_json("/api/ledger/checkpoints", "limit=1");
    EXPECT_EQ(first.at("items").at(0).at("size").as_int64(), 7);
    const json::value second = get_json(
        "/api/ledger/checkpoints", "limit=1&before=" + std::string(first.at("next").as_string()));
    EXPECT_EQ(second.at("items").at(0).at("size").as_int64(), 5);
}

TEST_P(LedgerRoutes, WrongNumbersAreInvalid) {
    grow(1);
    EXPECT_EQ(get("/api/ledger/acts", "before=-1").error().code, Code::kInvalid);
    EXPECT_EQ(get("/api/ledger/acts", "before=x").error().code, Code::kInvalid);
    EXPECT_EQ(get("/api/ledger/acts", "limit=0").error().code, Code::kInvalid);
    EXPECT_EQ(get("/api/ledger/consistency", "").error().code, Code::kInvalid);
    EXPECT_EQ(get("/api/ledger/consistency", "from=1&to=9").error().code, Code::kNotFound);
    EXPECT_EQ(get("/ledger/tile/9/000").error().code, Code::kInvalid);
    EXPECT_EQ(get("/ledger/tile/0/000").error().code, Code::kNotFound);
}

TEST_P(LedgerRoutes, BeforeTheFirstCheckpointThereIsNone) {
    EXPECT_EQ(get("/api/ledger/checkpoint").error().code, Code::kNotFound);
    EXPECT_TRUE(get_json("/api/ledger/checkpoints").at("items").as_array().empty());
    EXPECT_TRUE(get_json("/api/ledger/acts").at("items").as_array().empty());
}

TEST_P(LedgerRoutes, TilesAndConsistencyLeadToTheCheckpoint) {
    const Checkpoint older = grow(2);
    const Checkpoint newer = grow(2);
    EXPECT_EQ(get_json("/api/ledger/checkpoint"), newer.to_json());
    const json::value proof = get_json("/api/ledger/consistency", "from=2&to=4");
    ASSERT_EQ(proof.at("path").as_array().size(), 1U);
    const std::string bytes = get("/ledger/tile/0/000.p/4")->body;
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < bytes.size(); i += 32)
        leaves.push_back(crypto::digest_from_bytes(bytes.substr(i, 32)).value());
    EXPECT_EQ(root_of(HashName::kSm3, leaves), newer.root);
    EXPECT_EQ(root_of(HashName::kSm3, std::span(leaves).first(2)), older.root);
}

TEST_P(LedgerRoutes, ListenersHearEachCheckpointUntilTheyGo) {
    auto sink = std::make_shared<Sink>();
    get("/api/ledger/events")->events(sink);
    ledger->start();
    record_acts(2);
    for (int i = 0; i < 600 && sink->events().empty(); ++i)
        database->wait_for_commit(100);
    ledger->stop();
    ASSERT_EQ(sink->events(), std::vector<std::string>{"checkpoint 2"});
    sink->go();
    ledger->start();
    record_acts(2);
    for (int i = 0; i < 600 && sink->events().size() < 2; ++i)
        database->wait_for_commit(100);
    ledger->stop();
    EXPECT_EQ(sink.use_count(), 1) << "a listener that has gone is forgotten";
}

}  // namespace
}  // namespace shu::ledger
