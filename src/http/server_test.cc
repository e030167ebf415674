// What the server promises to a client that behaves, and what it does to one that does not.
#include "http/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "foundation/limits.h"
#include "http/test_server.h"
#include "http/worker_pool.h"

namespace shu::http {
namespace {

using testing::eventually;
using testing::Gate;
using testing::get;
using testing::post;
using testing::Socket;
using testing::TestServer;

Handler echo_body() {
    return [](Request& request) -> Result<Response> {
        return Response::text(std::string(request.body));
    };
}

TEST(Server, AnswersOverIpv4AndIpv6) {
    TestServer s;
    s.add(Method::kGet, "/api/peer").handler = [](Request& r) -> Result<Response> {
        return Response::text(r.peer + (r.peer_is_loopback ? " loopback" : ""));
    };
    s.start();
    EXPECT_EQ(s.ask(get("/api/peer")).body, "127.0.0.1 loopback");
    Socket v6(s.port_v6(), true);
    v6.send(get("/api/peer"));
    EXPECT_EQ(v6.answer().body, "::1 loopback");
}

TEST(Server, CarriesSecurityFieldsOnEveryAnswer) {
    TestServer s;
    s.add(Method::kGet, "/api/x");
    s.start();
    for (const std::string& request :
         {get("/api/x"), get("/api/none"), std::string("nonsense\r\n\r\n")}) {
        const auto answer = s.ask(request);
        EXPECT_NE(answer.field("Content-Security-Policy").find("frame-ancestors 'none'"),
                  std::string::npos);
        EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
        EXPECT_NE(answer.field("Referrer-Policy"), "");
        EXPECT_EQ(answer.field("Strict-Transport-Security"), "") << "only over TLS";
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_EQ(answer.field("X-Request-Id").size(), 16U);
    }
}

TEST(Server, KeepsAWellFormedRequestIdOnly) {
    TestServer s;
    s.add(Method::kGet, "/api/x");
    s.start();
    EXPECT_EQ(s.ask(get("/api/x", "X-Request-Id: a-B.1\r\n")).field("X-Request-Id"), "a-B.1");
    EXPECT_EQ(s.ask(get("/api/x", "X-Request-Id: a b\r\n")).field("X-Request-Id").size(), 16U);
    EXPECT_EQ(s.ask(get("/api/x", "X-Request-Id: " + std::string(65, 'a') + "\r\n"))
                  .field("X-Request-Id")
                  .size(),
              16U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    TestServer s;
    s.add(Method::kGet, "/api/n/{n:int}").handler = [](Request& r) -> Result<Response> {
        return Response::text(std::string(r.parameter("n")));
    };
    auto& deferred = s.add(Method::kGet, "/gateway/{n}");
    deferred.handler = nullptr;
    deferred.access = Access::signature();
    deferred.deferred = [](Request& r, Reply reply) {
        std::move(reply).send(Response::text("d" + std::string(r.parameter("n"))));
    };
    auto& body = s.add(Method::kPost, "/api/echo");
    body.body = BodyKind::kMemory;
    body.handler = echo_body();
    s.start();
    Socket socket(s.port());
    std::string all;
    for (int i = 0; i < 300; ++i) {
        all += get("/api/n/" + std::to_string(i)) + get("/gateway/" + std::to_string(i)) +
               post("/api/echo", std::string(static_cast<std::size_t>(i) * 7, 'b'));
    }
    std::thread sender([&] { socket.send(all); });
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(socket.answer().body, std::to_string(i));
        ASSERT_EQ(socket.answer().body, "d" + std::to_string(i));
        ASSERT_EQ(socket.answer().body.size(), static_cast<std::size_t>(i) * 7);
    }
    sender.join();
}

TEST(Server, TakesBodiesInWhateverPiecesTheyCome) {
    TestServer s;
    auto& route = s.add(Method::kPost, "/api/echo");
    route.body = BodyKind::kMemory;
    route.handler = echo_body();
    s.start();
    Socket socket(s.port());
    const std::string bytes =
        post("/api/echo", "hello") +
        "POST /api/echo HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
        get("/api/none");
    for (const char c : bytes)
        ASSERT_TRUE(socket.send({&c, 1}));
    EXPECT_EQ(socket.answer().body, "hello");
    EXPECT_EQ(socket.answer().body, "abcde");
    EXPECT_EQ(socket.answer().status, 404);

    const std::string large(limits::http_body_bytes_max, 'x');
    socket.send(post("/api/echo", large));
    EXPECT_EQ(socket.answer().body, large);
}

TEST(Server, RefusesBodiesBeyondTheLimitAndWhereNoneIsTaken) {
    TestServer s;
    auto& route = s.add(Method::kPost, "/api/echo");
    route.body = BodyKind::kMemory;
    route.handler = echo_body();
    s.add(Method::kPost, "/api/bare");
    s.start();
    Socket announced(s.port());
    announced.send("POST /api/echo HTTP/1.1\r\nHost: c\r\nContent-Length: 1048577\r\n\r\n");
    EXPECT_EQ(announced.answer().status, 413);
    Socket chunked(s.port());
    chunked.send(
        "POST /api/echo HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n");
    chunked.send(std::string(0x100001, 'x'));
    EXPECT_EQ(chunked.answer().status, 413);
    EXPECT_EQ(s.ask(post("/api/bare", "x")).status, 400);
    EXPECT_EQ(s.ask(post("/api/bare", "")).status, 200);
    EXPECT_EQ(
        s.ask("POST /api/echo HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
            .status,
        400);
}

TEST(Server, ClosesAfterEveryRefusalOfTheHead) {
    TestServer s;
    s.start();
    Socket socket(s.port());
    socket.send("GET / HTTP/1.1\nHost: a\n\n" + get("/"));
    const auto answer = socket.answer();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
    EXPECT_TRUE(socket.is_closed());
}

TEST(Server, ContinuesOnlyWhenTheBodyIsWanted) {
    TestServer s;
    auto& route = s.add(Method::kPost, "/api/echo");
    route.body = BodyKind::kMemory;
    route.handler = echo_body();
    s.start();
    Socket wanted(s.port());
    wanted.send(
        "POST /api/echo HTTP/1.1\r\nHost: c\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(wanted.answer().status, 100);
    wanted.send("hi");
    EXPECT_EQ(wanted.answer().body, "hi");
    Socket refused(s.port());
    refused.send(
        "POST /api/none HTTP/1.1\r\nHost: c\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto answer = refused.answer();
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.field("Connection"), "close");
}

TEST(Server, AnswersAClientThatHasFinishedSending) {
    TestServer s;
    Gate gate;
    s.add(Method::kGet, "/api/slow").handler = [&](Request&) -> Result<Response> {
        gate.pass();
        return Response::text("late");
    };
    s.start();
    Socket socket(s.port());
    socket.send(get("/api/slow"));
    socket.end_sending();
    gate.wait_for(1);
    gate.open();
    EXPECT_EQ(socket.answer().body, "late");
    EXPECT_TRUE(socket.is_closed());
}

TEST(Server, ClosesWhenHttp10DoesNotAskToKeep) {
    TestServer s;
    s.add(Method::kGet, "/api/x");
    s.start();
    Socket socket(s.port());
    socket.send("GET /api/x HTTP/1.0\r\n\r\n");
    EXPECT_EQ(socket.answer().status, 200);
    EXPECT_TRUE(socket.is_closed());
    Socket kept(s.port());
    kept.send("GET /api/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.answer().field("Connection"), "keep-alive");
    kept.send("GET /api/x HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(kept.answer().field("Connection"), "close");
    EXPECT_TRUE(kept.is_closed());
}

TEST(Server, AnswersHeadLikeGetWithoutTheBody) {
    TestServer s;
    s.add(Method::kGet, "/api/x");
    s.start();
    Socket socket(s.port());
    socket.send("HEAD /api/x HTTP/1.1\r\nHost: c\r\n\r\n" + get("/api/x"));
    EXPECT_EQ(socket.answer(true).field("Content-Length"), "2");
    EXPECT_EQ(socket.answer().body, "ok");
}

TEST(Server, SaysWhichMethodsAnAddressHas) {
    TestServer s;
    s.add(Method::kGet, "/api/x");
    s.add(Method::kPut, "/api/x");
    s.start();
    const auto answer = s.ask("DELETE /api/x HTTP/1.1\r\nHost: c\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("Allow"), "GET, HEAD, PUT");
    EXPECT_EQ(s.ask("BREW /api/x HTTP/1.1\r\nHost: c\r\n\r\n").status, 501);
    EXPECT_EQ(s.ask("OPTIONS /api/x HTTP/1.1\r\nHost: c\r\n\r\n").status, 204);
}

TEST(Server, DropsClientsThatSendTheirHeadSlowly) {
    TestServer s;
    s.options.header_timeout_ms = 60;
    s.start();
    Socket slow(s.port());
    Socket silent(s.port());
    slow.send("GET / HT");
    EXPECT_EQ(slow.answer().status, 408);
    EXPECT_TRUE(silent.is_closed());
    EXPECT_TRUE(eventually([&] { return s.server->statistics().connections <= 1; }));
}

TEST(Server, DropsClientsThatSendTheirBodySlowly) {
    TestServer s;
    s.options.body_timeout_ms = 60;
    auto& route = s.add(Method::kPost, "/api/echo");
    route.body = BodyKind::kMemory;
    s.start();
    Socket slow(s.port());
    slow.send("POST /api/echo HTTP/1.1\r\nHost: c\r\nContent-Length: 100000\r\n\r\n");
    std::atomic<bool> refused{false};
    // One byte at a time, sooner than the idle timeout, is slower than the least rate.
    std::thread dripper([&] {
        while (!refused && slow.send("x"))
            ::poll(nullptr, 0, 5);
    });
    EXPECT_EQ(slow.answer().status, 408);
    refused = true;
    dripper.join();
}

TEST(Server, DropsClientsThatDoNotReadTheirAnswer) {
    TestServer s;
    s.options.write_timeout_ms = 60;
    s.add(Method::kGet, "/api/large").handler = [](Request&) -> Result<Response> {
        return Response::text(std::string(64 * limits::kMiB, 'x'));
    };
    s.start();
    Socket idle(s.port());
    idle.send(get("/api/large"));
    EXPECT_TRUE(eventually([&] { return s.server->statistics().requests == 1; }));
    EXPECT_TRUE(eventually([&] { return s.server->statistics().connections == 0; }));
}

TEST(Server, ClosesConnectionsThatStayIdle) {
    TestServer s;
    s.options.keep_alive_timeout_ms = 50;
    s.add(Method::kGet, "/api/x");
    s.start();
    Socket socket(s.port());
    socket.send(get("/api/x"));
    EXPECT_EQ(socket.answer().status, 200);
    EXPECT_TRUE(socket.is_closed());
}

TEST(Server, SaysBusyWhenTheQueueIsFull) {
    TestServer s;
    Gate gate;
    s.options.workers = 1;
    s.add(Method::kGet, "/api/wait").handler = [&](Request&) -> Result<Response> {
        gate.pass();
        return Response::text("done");
    };
    s.start();
    std::vector<std::unique_ptr<Socket>> sockets;
    const auto ask = [&] {
        sockets.push_back(std::make_unique<Socket>(s.port()));
        sockets.back()->send(get("/api/wait"));
    };
    ask();
    gate.wait_for(1);
    for (std::size_t i = 0; i <= limits::http_queue_max; ++i)
        ask();
    ASSERT_TRUE(eventually([&] { return s.server->statistics().refused == 1; }));
    gate.open();
    int busy = 0;
    for (const auto& socket : sockets) {
        const auto answer = socket->answer();
        if (answer.status != 503) {
            EXPECT_EQ(answer.body, "done");
            continue;
        }
        ++busy;
        EXPECT_EQ(answer.field("Retry-After"), "1");
    }
    EXPECT_EQ(busy, 1);
}

TEST(Server, HoldsOnlySoManyBytesOfBodiesThatAreArriving) {
    TestServer s;
    s.options.bodies_bytes_max = 100 * limits::kKiB;
    s.add(Method::kPost, "/api/things").body = BodyKind::kMemory;
    s.start();
    const std::string body(60'000, 'x');
    const std::string whole = post("/api/things", body);
    std::vector<std::unique_ptr<Socket>> slow;
    for (int i = 0; i < 8; ++i) {
        slow.push_back(std::make_unique<Socket>(s.port()));
        slow.back()->send(whole.substr(0, whole.size() - 20'000));
    }
    ASSERT_TRUE(eventually([&] { return s.server->statistics().refused >= 6; }));
    slow.clear();
    ASSERT_TRUE(eventually([&] { return s.server->statistics().connections == 0; }));
    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(s.ask(whole).status, 200) << "what was held is free again";
}

TEST(Server, TakesAllDescriptorsThatTheSystemAllows) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit few = before;
    few.rlim_cur = std::min<rlim_t>(200, before.rlim_max);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    {
        TestServer s;
        s.start();
    }
    rlimit after{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Server, DoesNotLetTransfersKeepNewRequestsWaiting) {
    WorkerPool pool(1, 10);
    std::atomic<bool> is_new_done{false};
    std::atomic<int> pieces{0};
    std::function<void()> next_piece = [&] {
        if (++pieces < 100'000 && !is_new_done.load()) pool.continue_with(next_piece);
    };
    pool.continue_with(next_piece);
    ASSERT_TRUE(pool.submit([&] { is_new_done.store(true); }));
    EXPECT_TRUE(eventually([&] { return is_new_done.load(); }));
    pool.stop();
    EXPECT_LT(pieces.load(), 100'000);
}

TEST(Server, FinishesRunningRequestsWhenItStops) {
    TestServer s;
    Gate gate;
    s.add(Method::kGet, "/api/wait").handler = [&](Request&) -> Result<Response> {
        gate.pass();
        return Response::text("done");
    };
    s.start();
    Socket running(s.port());
    Socket idle(s.port());
    const int port = s.port();
    running.send(get("/api/wait"));
    gate.wait_for(1);
    std::thread stopper([&] { s.stop(); });
    EXPECT_TRUE(idle.is_closed());
    EXPECT_FALSE(Socket(port).connected());
    gate.open();
    const auto answer = running.answer();
    EXPECT_EQ(answer.body, "done");
    EXPECT_EQ(answer.field("Connection"), "close");
    running.close();
    stopper.join();
}

TEST(Server, SurvivesClientsThatLeaveBeforeTheAnswer) {
    TestServer s;
    Gate gate;
    s.options.workers = 4;
    s.add(Method::kGet, "/api/wait").handler = [&](Request&) -> Result<Response> {
        gate.pass();
        return Response::text(std::string(limits::kMiB, 'x'));
    };
    s.start();
    for (int i = 0; i < 50; ++i) {
        Socket gone(s.port());
        gone.send(get("/api/wait"));
        const linger reset{1, 0};
        ::setsockopt(gone.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    gate.wait_for(1);
    gate.open();
    EXPECT_TRUE(eventually([&] { return s.server->statistics().connections == 0; }));
    EXPECT_EQ(s.ask(get("/api/none")).status, 404);
}

TEST(Server, RefusesToStartWithoutWhatItsRoutesNeed) {
    Router undeclared;
    Route route;
    route.pattern = "/api/x";
    route.handler = [](Request&) -> Result<Response> { return Response::text(""); };
    undeclared.add(route);
    EXPECT_FALSE(undeclared.seal().ok());

    Router permission;
    route.access = Access::permission("read");
    permission.add(route);
    ASSERT_TRUE(permission.seal().ok());
    EXPECT_FALSE(Server::start(permission, {}, Log::none()).ok()) << "no access check";

    Router empty;
    ASSERT_TRUE(empty.seal().ok());
    for (const char* address :
         {"8080", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "::1:80", ":80", "192.0.2.1:0"}) {
        EXPECT_FALSE(Server::start(empty, {.listen = {address}}, Log::none()).ok()) << address;
    }
    auto first = Server::start(empty, {.listen = {"127.0.0.1:0"}}, Log::none());
    ASSERT_TRUE(first.ok());
    const std::string taken = "127.0.0.1:" + std::to_string((*first)->ports()[0]);
    EXPECT_FALSE(Server::start(empty, {.listen = {taken}}, Log::none()).ok());
}

}  // namespace
}  // namespace shu::http
