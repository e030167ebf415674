#include "http/router.h"

#include <gtest/gtest.h>

#include "foundation/limits.h"
#include "http/problem.h"

namespace shu::http {
namespace {

Route route(Method method, std::string pattern) {
    Route r;
    r.method = method;
    r.pattern = std::move(pattern);
    r.access = Access::open();
    r.handler = [](Request&) -> Result<Response> { return Response::text(""); };
    return r;
}

struct Sealed {
    explicit Sealed(std::initializer_list<const char*> patterns) {
        for (const char* pattern : patterns)
            router.add(route(Method::kGet, pattern));
        sealed = router.seal();
    }
    std::string match(std::string_view path) const {
        const auto found = router.match(Method::kGet, path);
        if (found.route == nullptr) return "";
        std::string text = found.route->pattern;
        for (const auto& [name, value] : found.parameters)
            text += " " + name + "=" + value;
        return text;
    }
    Router router;
    Result<void> sealed;
};

TEST(Router, PrefersLiteralsThenIntegersThenTextsThenTheRest) {
    const Sealed s{"/a/b", "/a/{id:int}", "/a/{code}",  "/a/{path:*}",
                   "/",    "/a/b/{x}/c",  "/a/{code}/d"};
    ASSERT_TRUE(s.sealed.ok()) << s.sealed.error().detail;
    EXPECT_EQ(s.match("/"), "/");
    EXPECT_EQ(s.match("/a/b"), "/a/b");
    EXPECT_EQ(s.match("/a/7"), "/a/{id:int} id=7");
    EXPECT_EQ(s.match("/a/-7"), "/a/{code} code=-7");
    EXPECT_EQ(s.match("/a/12345678901234567890"), "/a/{code} code=12345678901234567890");
    EXPECT_EQ(s.match("/a/x"), "/a/{code} code=x");
    EXPECT_EQ(s.match("/a/b/d"), "/a/{code}/d code=b")
        << "goes back where the literal leads nowhere";
    EXPECT_EQ(s.match("/a/b/y/c"), "/a/b/{x}/c x=y");
    EXPECT_EQ(s.match("/a/x/y/z"), "/a/{path:*} path=x/y/z");
    EXPECT_EQ(s.match("/a/"), "");
    EXPECT_EQ(s.match("/a"), "");
    EXPECT_EQ(s.match("/A/b"), "");
    EXPECT_EQ(s.match("//a/b"), "");
}

TEST(Router, KnowsOtherMethodsOfAPath) {
    Router router;
    router.add(route(Method::kGet, "/a/{x}"));
    router.add(route(Method::kDelete, "/a/{x}"));
    router.add(route(Method::kPost, "/a/b"));
    ASSERT_TRUE(router.seal().ok());
    const auto put = router.match(Method::kPut, "/a/z");
    EXPECT_EQ(put.route, nullptr);
    EXPECT_TRUE(put.path_known);
    EXPECT_EQ(put.allow, "GET, HEAD, DELETE");
    EXPECT_NE(router.match(Method::kGet, "/a/b").route, nullptr)
        << "the literal has another method only";
    EXPECT_FALSE(router.match(Method::kGet, "/b").path_known);
}

TEST(Router, NamesEveryRouteThatIsWrong) {
    for (const char* pattern :
         {"a", "", "/a//b", "/a/", "/{x", "/{}", "/a{x}", "/{x:float}", "/{x:*}/b", "/{X}",
          "/{x}/{x}", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"}) {
        EXPECT_FALSE(Sealed{pattern}.sealed.ok()) << pattern;
    }
    const Sealed twice{"/a/{x}", "/b", "/a/{y}", "/b"};
    ASSERT_FALSE(twice.sealed.ok());
    EXPECT_NE(twice.sealed.error().detail.find("GET /a/{y}"), std::string::npos);
    EXPECT_NE(twice.sealed.error().detail.find("GET /b"), std::string::npos);
}

TEST(Router, RefusesDeclarationsThatContradictThemselves) {
    const auto refused = [](const std::function<void(Route&)>& change) {
        Router router;
        Route r = route(Method::kPost, "/a");
        change(r);
        router.add(r);
        return !router.seal().ok();
    };
    EXPECT_FALSE(refused([](Route&) {}));
    EXPECT_TRUE(refused([](Route& r) { r.access = {}; }));
    EXPECT_TRUE(refused([](Route& r) { r.access = Access::permission(""); }));
    EXPECT_TRUE(refused([](Route& r) { r.handler = nullptr; }));
    EXPECT_TRUE(refused([](Route& r) { r.deferred = [](Request&, Reply) {}; }));
    EXPECT_TRUE(refused([](Route& r) {
        r.handler = nullptr;
        r.deferred = [](Request&, Reply) {};
        r.access = Access::signed_in();
    }));
    EXPECT_TRUE(refused([](Route& r) { r.request_shape = std::make_shared<Shape>(Shape::any()); }));
    EXPECT_TRUE(refused([](Route& r) {
        r.idempotent = true;
        r.body = BodyKind::kSpooled;
    }));
}

TEST(Router, DescribesItselfInOpenApi) {
    Router router;
    Route r = route(Method::kPost, "/api/datasets/{code}/batches/{id:int}");
    r.summary = "Start a batch.";
    r.tag = "record";
    r.access = Access::permission("record.collect");
    r.query = {{"limit", "Rows of a page."}};
    r.body = BodyKind::kMemory;
    r.idempotent = true;
    r.request_shape = std::make_shared<Shape>(Shape::object({{"name", Shape::text(), true, ""}}));
    router.add(r);
    ASSERT_TRUE(router.seal().ok());
    const auto document = router.openapi("Shu", "1");
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    const auto& operation =
        document.at("paths").at("/api/datasets/{code}/batches/{id}").at("post").as_object();
    EXPECT_EQ(operation.at("operationId").as_string(), "postApiDatasetsCodeBatchesId");
    EXPECT_EQ(operation.at("x-permission").as_string(), "record.collect");
    EXPECT_EQ(operation.at("parameters").as_array().size(), 4U);
    EXPECT_EQ(operation.at("parameters").at(1).at("schema").at("pattern").as_string(),
              "^[0-9]{1,19}$");
    EXPECT_EQ(operation.at("requestBody").at("content").at("application/json").at("schema"),
              r.request_shape->schema());
    EXPECT_TRUE(operation.at("responses").as_object().contains("default"));
    EXPECT_TRUE(document.at("components").at("schemas").as_object().contains("Problem"));
}

/// A request without a connection.
class FixedRequest : public Request {
 public:
    std::string_view header(std::string_view name) const override {
        for (const auto& [key, value] : headers) {
            if (key == name) return value;
        }
        return {};
    }
    std::vector<std::pair<std::string, std::string>> headers;
};

TEST(Request, DecodesQueryParameters) {
    FixedRequest r;
    r.query = "a=1&b=%E6%B2%88+x&c&d=%zz&e=%ff&a=2&limit=20";
    EXPECT_EQ(**r.query_parameter("a"), "1");
    EXPECT_EQ(**r.query_parameter("b"), "沈 x");
    EXPECT_EQ(**r.query_parameter("c"), "");
    EXPECT_FALSE(r.query_parameter("z")->has_value());
    EXPECT_FALSE(r.query_parameter("d").ok());
    EXPECT_FALSE(r.query_parameter("e").ok());
    EXPECT_EQ(*r.page_limit(), 20U);
    for (const char* wrong : {"limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "limit=1e9",
                              "limit=99999999999999999999"}) {
        r.query = wrong;
        EXPECT_FALSE(r.page_limit().ok()) << wrong;
    }
    r.query = "";
    EXPECT_EQ(*r.page_limit(), limits::page_rows_default);
}

TEST(Request, TakesBackTheCursorsThatItGaveOut) {
    FixedRequest r;
    const json::value position = {{"at", 5}, {"name", "沈阳"}};
    const std::string cursor = to_cursor(position);
    const std::string query = "cursor=" + cursor;
    r.query = query;
    EXPECT_EQ(**r.page_cursor(), position);
    for (const char* wrong : {"cursor=", "cursor=!!", "cursor=e30x", "cursor=bm8"}) {
        r.query = wrong;
        EXPECT_FALSE(r.page_cursor().ok()) << wrong;
    }
    r.query = "";
    EXPECT_FALSE(r.page_cursor()->has_value());
}

TEST(Request, ReadsCookiesByTheirWholeName) {
    FixedRequest r;
    r.headers = {{"Cookie", "xsid=no; sid=yes; other=\"quoted\"; broken; sid=second"}};
    EXPECT_EQ(r.cookie("sid"), "yes");
    EXPECT_EQ(r.cookie("other"), "quoted");
    EXPECT_EQ(r.cookie("broken"), "");
    EXPECT_EQ(r.cookie("id"), "");
}

TEST(Problem, MapsEveryCode) {
    EXPECT_EQ(status_of(Code::kInvalid), 400);
    EXPECT_EQ(status_of(Code::kUnsigned), 401);
    EXPECT_EQ(status_of(Code::kDenied), 403);
    EXPECT_EQ(status_of(Code::kNotFound), 404);
    EXPECT_EQ(status_of(Code::kConflict), 409);
    EXPECT_EQ(status_of(Code::kExhausted), 429);
    EXPECT_EQ(status_of(Code::kUnavailable), 503);
    EXPECT_EQ(status_of(Code::kCorrupt), 500);
    const auto document = json::parse(problem(413, "Too big.", "r").body);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->at("type").as_string(), "/problems/content-too-large");
    EXPECT_EQ(document->at("status").as_int64(), 413);
}

}  // namespace
}  // namespace shu::http
