#include "http/client.h"

#include <gtest/gtest.h>

#include <thread>

#include "http/test_server.h"

namespace shu::http {
namespace {

using testing::TestServer;

/// A server that says what the test wants, once for each connection.
class Mouth {
 public:
    explicit Mouth(std::vector<std::string> answers) {
        descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(descriptor_, 8);
        socklen_t length = sizeof address;
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
        url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
        thread_ = std::thread([this, answers = std::move(answers)] {
            for (const std::string& answer : answers) {
                const int c = ::accept(descriptor_, nullptr, nullptr);
                char bytes[4096];
                (void)!::recv(c, bytes, sizeof bytes, 0);
                (void)!::send(c, answer.data(), answer.size(), MSG_NOSIGNAL);
                ::close(c);
            }
        });
    }
    ~Mouth() {
        thread_.join();
        ::close(descriptor_);
    }
    std::string url;

 private:
    int descriptor_;
    std::thread thread_;
};

TEST(Client, SendsMethodHeadersAndBody) {
    TestServer s;
    auto& route = s.add(Method::kPut, "/api/{x}");
    route.body = BodyKind::kMemory;
    route.handler = [](Request& r) -> Result<Response> {
        return Response::text(std::string(r.parameter("x")) + std::string(r.query) +
                                  std::string(r.header("X-A")) + std::string(r.body),
                              "text/x")
            .with_header("X-B", "c");
    };
    s.start();
    const auto client = make_client();
    const std::string base = "http://127.0.0.1:" + std::to_string(s.port());
    for (int i = 0; i < 3; ++i) {
        const auto answer = client->call({.method = Method::kPut,
                                          .url = base + "/api/%41?q#f",
                                          .headers = {{"X-A", "h"}},
                                          .body = "b"});
        ASSERT_TRUE(answer.ok()) << answer.error().detail;
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, "Aqhb");
    }
    EXPECT_EQ(s.server->statistics().connections, 1);
    const auto v6 = client->call({.url = "http://[::1]:" + std::to_string(s.port_v6())});
    ASSERT_TRUE(v6.ok()) << v6.error().detail;
    EXPECT_EQ(v6->status, 404);
}

TEST(Client, UnderstandsEveryWayToEndABody) {
    Mouth mouth(
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         "HTTP/1.1 200 OK\r\n\r\nuntil the end", "HTTP/1.1 204 No Content\r\n\r\n",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nhi"});
    const auto client = make_client();
    EXPECT_EQ(client->call({.url = mouth.url})->body, "abc");
    EXPECT_EQ(client->call({.url = mouth.url})->body, "until the end");
    EXPECT_EQ(client->call({.url = mouth.url})->status, 204);
    EXPECT_EQ(client->call({.url = mouth.url})->body, "hi");
}

TEST(Client, ReplacesAConnectionThatTheServerClosed) {
    const std::string kept = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    Mouth mouth({kept + "1", kept + "2", kept + "3"});
    const auto client = make_client();
    for (const char* body : {"1", "2", "3"}) {
        const auto answer = client->call({.url = mouth.url});
        ASSERT_TRUE(answer.ok()) << answer.error().detail;
        EXPECT_EQ(answer->body, body);
    }
}

TEST(Client, TellsWhatWentWrong) {
    Mouth mouth({"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "SSH-2.0-x\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n"});
    const auto client = make_client();
    EXPECT_EQ(client->call({.url = mouth.url}).error().code, Code::kUnavailable);
    EXPECT_EQ(client->call({.url = mouth.url}).error().code, Code::kUnavailable);
    EXPECT_EQ(client->call({.url = mouth.url}).error().code, Code::kUnavailable);
    EXPECT_EQ(client->call({.url = mouth.url, .response_bytes_max = 8}).error().code,
              Code::kExhausted);
    EXPECT_EQ(client->call({.url = mouth.url}).error().code, Code::kExhausted);
    EXPECT_EQ(client->call({.url = "http://127.0.0.1:1/"}).error().code, Code::kUnavailable);
}

TEST(Client, GivesUpInTime) {
    TestServer s;
    testing::Gate gate;
    s.add(Method::kGet, "/api/wait").handler = [&](Request&) -> Result<Response> {
        gate.pass();
        return Response::text("late");
    };
    s.start();
    const auto answer = make_client()->call(
        {.url = "http://127.0.0.1:" + std::to_string(s.port()) + "/api/wait", .timeout_ms = 50});
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
    gate.open();
}

TEST(Client, RefusesWhatIsNotOneRequest) {
    const auto client = make_client();
    for (const char* url : {"", "city", "ftp://a/", "http://", "http:///x", "http://a b/",
                            "http://a/\r\nX: y", "http://u@a/", "http://a:0/", "http://a:99999/",
                            "http://a:x/", "http://[::1/", "http://a\\b/"}) {
        EXPECT_EQ(client->call({.url = url}).error().code, Code::kInvalid) << url;
    }
    for (const auto& header : {std::pair<std::string, std::string>{"X", "a\r\nY: b"},
                               {"X Y", "a"},
                               {"", "a"},
                               {"X:", "a"}}) {
        EXPECT_EQ(client->call({.url = "http://127.0.0.1:1/", .headers = {header}}).error().code,
                  Code::kInvalid);
    }
}

}  // namespace
}  // namespace shu::http
