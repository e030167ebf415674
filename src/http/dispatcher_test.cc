// What stands between a request and its handler.
#include <gtest/gtest.h>

#include <map>

#include "foundation/limits.h"
#include "http/test_server.h"

namespace shu::http {
namespace {

using testing::get;
using testing::post;
using testing::Socket;
using testing::TestServer;

struct Person : Principal {
    explicit Person(std::string n) : name(std::move(n)) {}
    std::string scope() const override { return name; }
    std::string name;
};

/// The cookie `who` names the caller; only "boss" has permissions.
AccessCheck by_cookie() {
    return [](const Request& request,
              const Access& access) -> Result<std::shared_ptr<const Principal>> {
        const std::string who(request.cookie("who"));
        if (access.kind == Access::Kind::kPublic) return std::shared_ptr<const Principal>();
        if (who.empty()) return unsigned_in("Sign in.");
        if (access.kind == Access::Kind::kPermission && who != "boss") return denied("Not yours.");
        return std::shared_ptr<const Principal>(std::make_shared<Person>(who));
    };
}

std::string cookie(const std::string& who) {
    return "Cookie: a=b; who=" + who + "\r\n";
}
const std::string kJson = "Content-Type: application/json; charset=utf-8\r\n";

TEST(Dispatcher, LetsOnlyDeclaredCallersIn) {
    TestServer s;
    s.options.access_check = by_cookie();
    s.add(Method::kGet, "/api/mine").access = Access::signed_in();
    s.add(Method::kGet, "/api/secret").access = Access::permission("secret.read");
    s.add(Method::kGet, "/api/open");
    s.start();
    EXPECT_EQ(s.ask(get("/api/open")).status, 200);
    EXPECT_EQ(s.ask(get("/api/mine")).status, 401);
    EXPECT_EQ(s.ask(get("/api/mine", cookie("clerk"))).status, 200);
    EXPECT_EQ(s.ask(get("/api/secret", cookie("clerk"))).status, 403);
    EXPECT_EQ(s.ask(get("/api/secret", cookie("boss"))).status, 200);
}

TEST(Dispatcher, TellsStrangersNotWhereFilesAndDatabasesLie) {
    TestServer s;
    s.options.access_check = by_cookie();
    const auto fail = [](Request&) -> Result<Response> {
        return unavailable("open /var/shu/secret-place: Permission denied");
    };
    s.add(Method::kGet, "/api/open").handler = fail;
    Route& mine = s.add(Method::kGet, "/api/mine");
    mine.handler = fail;
    mine.access = Access::signed_in();
    s.start();
    const auto stranger = s.ask(get("/api/open"));
    EXPECT_EQ(stranger.status, 503);
    EXPECT_EQ(stranger.body.find("secret-place"), std::string::npos) << stranger.body;
    EXPECT_NE(s.ask(get("/api/mine", cookie("clerk"))).body.find("secret-place"),
              std::string::npos);
}

TEST(Dispatcher, ForgetsTheCallerBetweenRequestsOfOneConnection) {
    TestServer s;
    s.options.access_check = by_cookie();
    s.add(Method::kGet, "/api/who").handler = [](Request& r) -> Result<Response> {
        return Response::text(r.principal == nullptr ? "nobody" : r.principal->scope());
    };
    s.add(Method::kGet, "/api/me").access = Access::signed_in();
    s.start();
    Socket socket(s.port());
    socket.send(get("/api/me", cookie("clerk")) + get("/api/who"));
    EXPECT_EQ(socket.answer().status, 200);
    EXPECT_EQ(socket.answer().body, "nobody");
}

TEST(Dispatcher, RefusesChangesFromPagesOfOtherSites) {
    TestServer s;
    s.add(Method::kPost, "/api/x");
    s.add(Method::kGet, "/api/x");
    s.start();
    const auto status = [&](const std::string& origin) {
        return s.ask(post("/api/x", "", "Origin: " + origin + "\r\n")).status;
    };
    EXPECT_EQ(status("http://city"), 200);
    EXPECT_EQ(status("https://CITY:443"), 200);
    EXPECT_EQ(status("http://city:80"), 200);
    for (const char* foreign :
         {"http://evil.example", "http://city.evil.example", "http://evilcity", "http://city:8080",
          "null", "city", "http://", "ftp://city", "http://city@evil.example"}) {
        EXPECT_EQ(status(foreign), 403) << foreign;
    }
    EXPECT_EQ(s.ask(get("/api/x", "Origin: http://evil.example\r\n")).status, 200);
    EXPECT_EQ(s.ask(post("/api/x", "")).status, 200) << "not from a page";
}

TEST(Dispatcher, ListsEveryMistakeOfABody) {
    TestServer s;
    auto& route = s.add(Method::kPost, "/api/x");
    route.body = BodyKind::kMemory;
    route.request_shape = std::make_shared<Shape>(Shape::object(
        {{"name", Shape::text(), true, ""}, {"count", Shape::integer(1, 9), true, ""}}));
    s.start();
    EXPECT_EQ(s.ask(post("/api/x", R"({"name":"a","count":1})", kJson)).status, 200);
    const auto answer = s.ask(post("/api/x", R"({"name":7,"count":99})", kJson));
    EXPECT_EQ(answer.status, 422);
    const auto document = json::parse(answer.body);
    ASSERT_TRUE(document.ok()) << answer.body;
    const auto& problems = document->as_object().at("problems").as_array();
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].as_object().at("pointer").as_string(), "/name");
    EXPECT_EQ(s.ask(post("/api/x", "{", kJson)).status, 400);
    EXPECT_EQ(s.ask(post("/api/x", "", kJson)).status, 400);
    EXPECT_EQ(s.ask(post("/api/x", "{}")).status, 415) << "no Content-Type";
    EXPECT_EQ(s.ask(post("/api/x", "{}", "Content-Type: text/plain\r\n")).status, 415);
}

TEST(Dispatcher, MapsErrorsAndExceptionsToProblemDocuments) {
    TestServer s;
    s.add(Method::kGet, "/api/missing").handler = [](Request&) -> Result<Response> {
        return not_found("No such street.");
    };
    s.add(Method::kGet, "/api/full").handler = [](Request&) -> Result<Response> {
        return exhausted("Quota.");
    };
    s.add(Method::kGet, "/api/throws").handler = [](Request&) -> Result<Response> {
        throw std::runtime_error("secret words");
    };
    s.start();
    const auto missing = s.ask(get("/api/missing", "X-Request-Id: r1\r\n"));
    EXPECT_EQ(missing.status, 404);
    const auto document = json::parse(missing.body);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->as_object().at("type").as_string(), "/problems/not-found");
    EXPECT_EQ(document->as_object().at("detail").as_string(), "No such street.");
    EXPECT_EQ(document->as_object().at("instance").as_string(), "r1");
    EXPECT_EQ(s.ask(get("/api/full")).field("Retry-After"), "1");
    const auto thrown = s.ask(get("/api/throws"));
    EXPECT_EQ(thrown.status, 500);
    EXPECT_EQ(thrown.body.find("secret"), std::string::npos);
    EXPECT_EQ(s.server->statistics().errors, 1);
}

/// The contract of IdempotencyStore over a map.
class MapStore : public IdempotencyStore {
 public:
    Result<std::optional<Answer>> begin(const std::string& scope, const std::string& key,
                                        const std::string& digest) override {
        const std::lock_guard lock(mutex);
        const auto found = kept.find({scope, key});
        if (found == kept.end()) {
            kept[{scope, key}] = std::nullopt;
            return std::optional<Answer>();
        }
        if (!found->second) return conflict("still running");
        if (found->second->request_digest != digest) return conflict("another request");
        return found->second;
    }
    Result<void> finish(const std::string& scope, const std::string& key,
                        const Answer& answer) override {
        const std::lock_guard lock(mutex);
        kept[{scope, key}] = answer;
        return {};
    }
    void abandon(const std::string& scope, const std::string& key) override {
        const std::lock_guard lock(mutex);
        kept.erase({scope, key});
    }
    std::mutex mutex;
    std::map<std::pair<std::string, std::string>, std::optional<Answer>> kept;
};

TEST(Dispatcher, RunsARepeatedKeyOnce) {
    TestServer s;
    MapStore store;
    s.options.idempotency = &store;
    s.options.access_check = by_cookie();
    std::atomic<int> runs{0};
    std::atomic<bool> fail{false};
    auto& route = s.add(Method::kPost, "/api/pay");
    route.access = Access::signed_in();
    route.body = BodyKind::kMemory;
    route.idempotent = true;
    route.handler = [&](Request&) -> Result<Response> {
        if (fail) return unavailable("disk");
        return Response::text(std::to_string(++runs));
    };
    s.start();
    const auto pay = [&](const std::string& key, const std::string& who, const std::string& body) {
        return s.ask(post("/api/pay", body, "Idempotency-Key: " + key + "\r\n" + cookie(who)));
    };
    EXPECT_EQ(pay("k1", "a", "5").body, "1");
    const auto repeated = pay("k1", "a", "5");
    EXPECT_EQ(repeated.body, "1");
    EXPECT_EQ(repeated.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(pay("k1", "a", "6").status, 409) << "another body";
    EXPECT_EQ(pay("k1", "b", "5").body, "2") << "another caller";
    EXPECT_EQ(pay("k2", "a", "5").body, "3");
    fail = true;
    EXPECT_EQ(pay("k3", "a", "5").status, 503);
    fail = false;
    EXPECT_EQ(pay("k3", "a", "5").body, "4") << "a failure is not kept";
    EXPECT_EQ(pay(std::string(256, 'k'), "a", "5").status, 400);
    EXPECT_EQ(s.ask(post("/api/pay", "5", "Idempotency-Key: k1\r\n")).status, 401)
        << "the caller is checked first";
}

TEST(Deferred, AnswersFromAnotherThreadInBatches) {
    TestServer s;
    std::mutex mutex;
    std::condition_variable ready;
    std::vector<std::pair<Reply, std::string>> handed;
    bool done = false;
    std::vector<std::pair<Reply, std::string>> turn;
    auto& route = s.add(Method::kGet, "/gateway/{code}");
    route.handler = nullptr;
    route.access = Access::signature();
    route.deferred = [&](Request& request, Reply reply) {
        if (turn.empty()) {
            at_end_of_turn([&] {
                const std::lock_guard lock(mutex);
                for (auto& r : turn)
                    handed.push_back(std::move(r));
                turn.clear();
                ready.notify_one();
            });
        }
        const std::string body(request.parameter("code"));
        turn.emplace_back(std::move(reply), "HTTP/1.1 200 OK\r\nContent-Length: " +
                                                std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    s.start();
    std::thread writer([&] {
        std::unique_lock lock(mutex);
        while (!done || !handed.empty()) {
            ready.wait(lock, [&] { return done || !handed.empty(); });
            std::vector<std::pair<Reply, std::string>> mine;
            std::swap(mine, handed);
            lock.unlock();
            send_raw_all(mine);
            lock.lock();
        }
    });
    std::vector<std::unique_ptr<Socket>> sockets;
    for (int i = 0; i < 64; ++i)
        sockets.push_back(std::make_unique<Socket>(s.port()));
    for (int round = 0; round < 20; ++round) {
        for (std::size_t i = 0; i < sockets.size(); ++i)
            sockets[i]->send(get("/gateway/c" + std::to_string(i)));
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            ASSERT_EQ(sockets[i]->answer().body, "c" + std::to_string(i));
        }
    }
    Socket head(s.port());
    head.send("HEAD /gateway/x HTTP/1.1\r\nHost: c\r\n\r\n" + get("/gateway/y"));
    EXPECT_EQ(head.answer(true).field("Content-Length"), "1");
    EXPECT_EQ(head.answer().body, "y");
    {
        const std::lock_guard lock(mutex);
        done = true;
        ready.notify_one();
    }
    writer.join();
}

TEST(Deferred, AnswersFiveHundredForADroppedReply) {
    TestServer s;
    auto& route = s.add(Method::kGet, "/gateway/x");
    route.handler = nullptr;
    route.access = Access::signature();
    route.deferred = [](Request&, Reply) {};
    s.start();
    EXPECT_EQ(s.ask(get("/gateway/x")).status, 500);
}

TEST(Deferred, MayReplyWhenTheClientAndTheServerHaveGone) {
    std::optional<Reply> late;
    {
        TestServer s;
        testing::Gate arrived;
        auto& route = s.add(Method::kGet, "/gateway/x");
        route.handler = nullptr;
        route.access = Access::signature();
        std::atomic<bool> have{false};
        route.deferred = [&](Request&, Reply reply) {
            late.emplace(std::move(reply));
            have = true;
        };
        s.start();
        Socket socket(s.port());
        socket.send(get("/gateway/x"));
        ASSERT_TRUE(testing::eventually([&] { return have.load(); }));
        std::move(*late).send(Response::text("in time"));
        EXPECT_EQ(socket.answer().body, "in time");
        have = false;
        socket.send(get("/gateway/x"));
        ASSERT_TRUE(testing::eventually([&] { return have.load(); }));
        socket.close();
        late.reset();  // answers 500 to nobody
        EXPECT_TRUE(testing::eventually([&] { return s.server->statistics().connections == 0; }));
    }
}

}  // namespace
}  // namespace shu::http
