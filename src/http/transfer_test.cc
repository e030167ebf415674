// Files, uploads, event streams and TLS over real sockets.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "foundation/limits.h"
#include "http/client.h"
#include "http/test_server.h"

namespace shu::http {
namespace {

namespace fs = std::filesystem;
using testing::eventually;
using testing::get;
using testing::post;
using testing::Socket;
using testing::TestServer;

/// A folder that goes with the test.
class Folder {
 public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "shu-http-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    std::string path(const std::string& name = "") const { return (path_ / name).string(); }
    void write(const std::string& name, const std::string& bytes) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << bytes;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
    }

 private:
    fs::path path_;
};

struct Site {
    Site() {
        folder.write("secret.txt", "secret");
        folder.write("web/index.html", "<p>app</p>");
        folder.write("web/assets/app-1a2b.js", "plain script");
        folder.write("web/assets/app-1a2b.js.br", "brotli");
        folder.write("web/assets/app-1a2b.js.gz", "gzip");
        folder.write("web/.hidden", "hidden");
        folder.write("web/digits.txt", "0123456789");
        fs::create_symlink(folder.path("secret.txt"), folder.path("web/link.txt"));
        server.router.serve_files(folder.path("web"));
        server.add(Method::kGet, "/api/known");
        server.start();
    }
    Folder folder;
    TestServer server;
};

TEST(Files, ServeTheApplicationForItsOwnRoutesOnly) {
    Site site;
    for (const char* path : {"/", "/index.html", "/desk/cases/7", "/%E6%B2%88"}) {
        const auto answer = site.server.ask(get(path));
        EXPECT_EQ(answer.body, "<p>app</p>") << path;
        EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(answer.field("Cache-Control"), "no-cache");
        EXPECT_NE(answer.field("Content-Security-Policy").find("default-src 'self'"),
                  std::string::npos);
    }
    for (const char* path :
         {"/api", "/api/", "/api/none", "/gateway/none", "/assets/gone.js", "/logo.png"}) {
        EXPECT_EQ(site.server.ask(get(path)).status, 404) << path;
    }
    EXPECT_EQ(site.server.ask(post("/desk", "")).status, 404);
}

TEST(Files, ChooseThePrecompressedSiblingThatTheClientTakes) {
    Site site;
    const auto ask = [&](const std::string& accept) {
        return site.server.ask(get("/assets/app-1a2b.js",
                                   accept.empty() ? "" : "Accept-Encoding: " + accept + "\r\n"));
    };
    EXPECT_EQ(ask("").body, "plain script");
    EXPECT_EQ(ask("gzip, br").body, "brotli");
    EXPECT_EQ(ask("gzip, br").field("Content-Encoding"), "br");
    EXPECT_EQ(ask("gzip;q=0.5, br;q=0").body, "gzip");
    EXPECT_EQ(ask("br;q=0.000").body, "plain script");
    EXPECT_EQ(ask("x-br").body, "plain script");
    EXPECT_EQ(ask("br").field("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(ask("br").field("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(ask("").field("Vary"), "Accept-Encoding");
    EXPECT_NE(ask("").field("ETag"), ask("br").field("ETag"));
}

TEST(Files, NeverLeaveTheirFolder) {
    Site site;
    for (const char* path :
         {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
          "/%2e%2e%2fsecret.txt", "/link.txt", "/.hidden", "/assets/..%5c..%5csecret.txt",
          "//etc/passwd", "/index.html%00.js", "/assets", "/./secret.txt"}) {
        const auto answer = site.server.ask(get(path));
        EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
        EXPECT_EQ(answer.body.find("hidden"), std::string::npos) << path;
        EXPECT_EQ(answer.body.find("root:"), std::string::npos) << path;
    }
}

TEST(Files, SendRanges) {
    Site site;
    const auto ask = [&](const std::string& fields) {
        return site.server.ask(get("/digits.txt", fields));
    };
    const auto part = ask("Range: bytes=2-4\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "234");
    EXPECT_EQ(part.field("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(ask("Range: bytes=7-\r\n").body, "789");
    EXPECT_EQ(ask("Range: bytes=-2\r\n").body, "89");
    EXPECT_EQ(ask("Range: bytes=-99\r\n").body, "0123456789");
    EXPECT_EQ(ask("Range: bytes=0-99\r\n").body, "0123456789");
    for (const char* outside : {"bytes=10-", "bytes=10-12", "bytes=-0"}) {
        const auto answer = ask("Range: " + std::string(outside) + "\r\n");
        EXPECT_EQ(answer.status, 416) << outside;
        EXPECT_EQ(answer.field("Content-Range"), "bytes */10");
    }
    for (const char* ignored : {"bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=-",
                                "bytes=+1-2", "bytes=99999999999999999999-"}) {
        EXPECT_EQ(ask("Range: " + std::string(ignored) + "\r\n").status, 200) << ignored;
    }
    const std::string etag = part.field("ETag");
    EXPECT_EQ(ask("Range: bytes=0-0\r\nIf-Range: " + etag + "\r\n").status, 206);
    EXPECT_EQ(ask("Range: bytes=0-0\r\nIf-Range: \"other\"\r\n").status, 200);
    EXPECT_EQ(ask("If-None-Match: " + etag + "\r\n").status, 304);
    EXPECT_EQ(ask("If-None-Match: \"other\"\r\n").status, 200);
}

TEST(Files, SendLargeFilesPieceByPieceAndKeepTheConnection) {
    Folder folder;
    std::string large(3 * limits::kMiB + 17, '\0');
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>(i * 31 >> 3);
    folder.write("large.bin", large);
    TestServer s;
    s.add(Method::kGet, "/api/large").handler = [&](Request&) -> Result<Response> {
        Response response;
        response.content_type = "application/octet-stream";
        response.file = folder.path("large.bin");
        return response;
    };
    s.add(Method::kGet, "/api/gone").handler = [&](Request&) -> Result<Response> {
        Response response;
        response.file = folder.path("gone.bin");
        return response;
    };
    s.start();
    Socket socket(s.port());
    socket.send(get("/api/large") + get("/api/gone") +
                get("/api/large", "Range: bytes=1048576-1048579\r\n"));
    EXPECT_TRUE(socket.answer().body == large);
    EXPECT_EQ(socket.answer().status, 404);
    EXPECT_EQ(socket.answer().body, large.substr(1048576, 4));
}

TEST(Etag, SparesTheBodyWhenTheClientHasIt) {
    TestServer s;
    s.add(Method::kGet, "/api/x").handler = [](Request&) -> Result<Response> {
        return Response::text("state").with_etag();
    };
    s.start();
    const std::string etag = s.ask(get("/api/x")).field("ETag");
    ASSERT_TRUE(etag.starts_with("W/\""));
    Socket socket(s.port());
    socket.send(get("/api/x", "If-None-Match: \"a\", " + etag + "\r\n") +
                get("/api/x", "If-None-Match: \"a\"\r\n"));
    const auto same = socket.answer(true);
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.field("ETag"), etag);
    EXPECT_EQ(same.field("Content-Length"), "");
    EXPECT_EQ(socket.answer().body, "state");
}

struct UploadServer {
    UploadServer() {
        server.options.spool_folder = folder.path("spool");
        server.options.access_check =
            [](const Request& r, const Access& a) -> Result<std::shared_ptr<const Principal>> {
            if (a.kind == Access::Kind::kSignedIn && r.cookie("who").empty())
                return unsigned_in("Sign in.");
            return std::shared_ptr<const Principal>();
        };
        auto& route = server.add(Method::kPut, "/api/upload");
        route.body = BodyKind::kSpooled;
        route.access = Access::signed_in();
        route.handler = [this](Request& r) -> Result<Response> {
            if (!r.body.empty()) return corrupt("in memory");
            struct stat about {};
            ::stat(r.body_file.c_str(), &about);
            if ((about.st_mode & 0777) != 0600) return denied("others may read it");
            if (r.query == "keep") fs::rename(r.body_file, folder.path("kept"));
            return Response::text(std::to_string(r.body_bytes) + " " +
                                  std::to_string(about.st_size));
        };
        server.start();
    }
    std::size_t spooled() const {
        const fs::directory_iterator all(folder.path("spool"));
        return static_cast<std::size_t>(std::distance(fs::begin(all), fs::end(all)));
    }
    Folder folder;
    TestServer server;
};

TEST(Upload, GoesToAFileThatIsRemovedUnlessItWasMoved) {
    UploadServer u;
    const std::string large(5 * limits::kMiB + 3, 'u');
    const std::string who = "Cookie: who=me\r\n";
    Socket socket(u.server.port());
    socket.send(post("/api/upload", large, who, "PUT") +
                post("/api/upload?keep", "small", who, "PUT"));
    EXPECT_EQ(socket.answer().body, "5242883 5242883");
    EXPECT_EQ(socket.answer().body, "5 5");
    EXPECT_EQ(u.spooled(), 0U);
    std::ifstream kept(u.folder.path("kept"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "small");
}

TEST(Upload, TakesChunkedAndEmptyBodies) {
    UploadServer u;
    Socket socket(u.server.port());
    socket.send(
        "PUT /api/upload HTTP/1.1\r\nHost: c\r\nCookie: who=me\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string piece(70'001, 'c');
    for (int i = 0; i < 20; ++i)
        socket.send("11171\r\n" + piece + "\r\n");
    socket.send("0\r\n\r\n" + post("/api/upload", "", "Cookie: who=me\r\n", "PUT"));
    EXPECT_EQ(socket.answer().body, "1400020 1400020");
    EXPECT_EQ(socket.answer().body, "0 0");
}

TEST(Upload, IsNotReadFromUnknownCallers) {
    UploadServer u;
    Socket socket(u.server.port());
    socket.send(
        "PUT /api/upload HTTP/1.1\r\nHost: c\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(socket.answer().status, 401) << "not 100";
    EXPECT_EQ(u.spooled(), 0U);
    Socket known(u.server.port());
    known.send(
        "PUT /api/upload HTTP/1.1\r\nHost: c\r\nCookie: who=me\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(known.answer().status, 100);
    known.send("hi");
    EXPECT_EQ(known.answer().body, "2 2");
}

TEST(Upload, LeavesNothingBehindWhenTheClientGoesAway) {
    UploadServer u;
    {
        Socket socket(u.server.port());
        socket.send(
            "PUT /api/upload HTTP/1.1\r\nHost: c\r\nCookie: who=me\r\nContent-Length: 9000000\r\n\r\n");
        socket.send(std::string(1'000'000, 'x'));
        ASSERT_TRUE(eventually([&] { return u.spooled() == 1; }));
    }
    EXPECT_TRUE(eventually([&] { return u.spooled() == 0; }));
    Socket too_large(u.server.port());
    too_large.send(
        "PUT /api/upload HTTP/1.1\r\nHost: c\r\nCookie: who=me\r\nContent-Length: 17179869185\r\n\r\n");
    EXPECT_EQ(too_large.answer().status, 413);
}

struct EventServer {
    explicit EventServer(int life_ms = 0) {
        server.options.event_life_ms = life_ms;
        server.options.write_timeout_ms = 600'000;  // where all is slow, the backlog decides
        server.add(Method::kGet, "/api/events").handler = [this](Request&) -> Result<Response> {
            Response response;
            response.events = [this](std::shared_ptr<EventSink> sink) {
                const std::lock_guard lock(mutex);
                sinks.push_back(std::move(sink));
            };
            return response;
        };
        server.start();
    }
    std::shared_ptr<EventSink> sink() {
        std::shared_ptr<EventSink> found;
        eventually([&] {
            const std::lock_guard lock(mutex);
            if (!sinks.empty()) found = sinks.back();
            return found != nullptr;
        });
        return found;
    }
    std::mutex mutex;
    std::vector<std::shared_ptr<EventSink>> sinks;
    TestServer server;
};

TEST(Events, ArriveInOrderAsLines) {
    EventServer e;
    Socket socket(e.server.port());
    socket.send(get("/api/events"));
    const auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    EXPECT_TRUE(sink->send("call", "one\ntwo", "7"));
    EXPECT_TRUE(sink->send("", "three\r\nfour"));
    EXPECT_TRUE(sink->send("a\nb", ""));
    ASSERT_TRUE(socket.receive_text("event: ab\ndata: \n\n"));
    const auto head = socket.answer(true);
    EXPECT_EQ(head.field("Content-Type"), "text/event-stream");
    EXPECT_EQ(
        socket.received(),
        "id: 7\nevent: call\ndata: one\ndata: two\n\ndata: three\ndata: four\n\nevent: ab\ndata: \n\n");
}

TEST(Events, EndForBothSides) {
    EventServer e;
    Socket leaving(e.server.port());
    leaving.send(get("/api/events"));
    auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    leaving.close();
    EXPECT_TRUE(eventually([&] { return !sink->send("", "anyone?"); }));
    sink.reset();
    e.sinks.clear();

    Socket staying(e.server.port());
    staying.send(get("/api/events"));
    sink = e.sink();
    ASSERT_NE(sink, nullptr);
    sink->send("", "last");
    sink.reset();
    e.sinks.clear();
    EXPECT_TRUE(staying.receive_text("data: last\n\n"));
    EXPECT_EQ(staying.answer(true).status, 200);
    EXPECT_FALSE(staying.receive_text("more")) << "the stream has ended";
}

TEST(Events, EndAfterTheirTimeSoThatTheListenerIsAskedAgainWhoItIs) {
    EventServer e(200);
    Socket socket(e.server.port());
    socket.send(get("/api/events"));
    const auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    sink->send("", "early");
    ASSERT_TRUE(socket.receive_text("data: early\n\n"));
    EXPECT_FALSE(socket.receive_text("more")) << "the stream has ended";
    EXPECT_TRUE(eventually([&] { return !sink->send("", "late"); }));
    EXPECT_EQ(socket.received().find("late"), std::string::npos);
}

TEST(Events, ToldToNobodyAreForgottenAtOnce) {
    EventServer e;
    Socket socket(e.server.port());
    socket.send("HEAD /api/events HTTP/1.1\r\nHost: city\r\n\r\n");
    EXPECT_EQ(socket.answer(true).status, 200);
    const auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    EXPECT_FALSE(sink->send("", "anyone?"));
}

TEST(Events, DropAListenerThatDoesNotRead) {
    EventServer e;
    Socket deaf(e.server.port());
    deaf.send(get("/api/events"));
    const auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    const std::string event(64 * limits::kKiB, 'e');
    std::size_t sent = 0;
    while (sent < 100'000 && sink->send("", event))
        ++sent;
    EXPECT_LT(sent, 100'000U);
    EXPECT_GE(sent, limits::http_event_backlog_max);
    EXPECT_TRUE(eventually([&] { return e.server.server->statistics().connections == 0; }));
}

TEST(Events, DoNotKeepTheServerFromStopping) {
    EventServer e;
    Socket socket(e.server.port());
    socket.send(get("/api/events"));
    const auto sink = e.sink();
    ASSERT_NE(sink, nullptr);
    e.server.stop();
    EXPECT_FALSE(sink->send("", "x"));
}

/// A self-signed certificate for localhost.
void write_certificate(const Folder& folder) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen(folder.path("cert.pem").c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(folder.path("key.pem").c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

struct TlsServer {
    TlsServer() {
        write_certificate(folder);
        server.options.certificate_file = folder.path("cert.pem");
        server.options.key_file = folder.path("key.pem");
        server.options.header_timeout_ms = 2'000;
        auto& route = server.add(Method::kPost, "/api/echo");
        route.body = BodyKind::kMemory;
        route.handler = [](Request& r) -> Result<Response> {
            return Response::text((r.secure ? "secure " : "") + std::string(r.body));
        };
        server.start();
        ::setenv("SSL_CERT_FILE", folder.path("cert.pem").c_str(), 1);
    }
    ~TlsServer() { ::unsetenv("SSL_CERT_FILE"); }
    Folder folder;
    TestServer server;
};

TEST(Tls, CarriesRequestsAndAsksForTransportSecurity) {
    TlsServer t;
    const auto client = make_client();
    ClientRequest request{
        .method = Method::kPost,
        .url = "https://localhost:" + std::to_string(t.server.port()) + "/api/echo",
        .body = std::string(500'000, 'b')};
    for (int i = 0; i < 3; ++i) {
        const auto answer = client->call(request);
        ASSERT_TRUE(answer.ok()) << answer.error().detail;
        EXPECT_EQ(answer->body.size(), 500'007U);
        EXPECT_TRUE(answer->body.starts_with("secure b"));
        const bool has_hsts =
            std::any_of(answer->headers.begin(), answer->headers.end(),
                        [](const auto& h) { return h.first == "Strict-Transport-Security"; });
        EXPECT_TRUE(has_hsts);
    }
    EXPECT_EQ(t.server.server->statistics().connections, 1) << "the client keeps its connection";
}

TEST(Tls, RefusesCertificatesItDoesNotKnow) {
    TlsServer t;
    ::unsetenv("SSL_CERT_FILE");
    const auto answer =
        make_client()->call({.url = "https://localhost:" + std::to_string(t.server.port()) + "/"});
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().detail.find("certificate"), std::string::npos)
        << answer.error().detail;
}

TEST(Tls, SurvivesGarbageInsteadOfAHandshake) {
    TlsServer t;
    std::string noise(4'000, '\0');
    for (std::size_t i = 0; i < noise.size(); ++i)
        noise[i] = static_cast<char>(i * 2654435761U >> 13);
    for (const std::string& bytes :
         {noise, std::string("\x16\x03\x01\xff\xff") + noise, get("/api/x"), std::string("\x16")}) {
        Socket socket(t.server.port());
        socket.send(bytes);
        socket.end_sending();
        socket.receive_until([](const std::string&) { return false; });
    }
    EXPECT_TRUE(eventually([&] { return t.server.server->statistics().connections == 0; }));
    const auto answer = make_client()->call(
        {.method = Method::kPost,
         .url = "https://127.0.0.1:" + std::to_string(t.server.port()) + "/api/echo"});
    ASSERT_TRUE(answer.ok()) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
}

TEST(Tls, RefusesToStartWithoutAGoodCertificate) {
    Folder folder;
    folder.write("bad.pem", "no certificate");
    Router router;
    ASSERT_TRUE(router.seal().ok());
    for (const char* file : {"bad.pem", "gone.pem"}) {
        const auto started = Server::start(router,
                                           {.listen = {"127.0.0.1:0"},
                                            .certificate_file = folder.path(file),
                                            .key_file = folder.path(file)},
                                           Log::none());
        ASSERT_FALSE(started.ok());
        EXPECT_NE(started.error().detail.find(file), std::string::npos) << started.error().detail;
    }
}

}  // namespace
}  // namespace shu::http
