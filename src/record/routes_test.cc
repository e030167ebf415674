#include <set>

#include "record/testing.h"

namespace shu::record {
namespace {

class FakeRequest final : public http::Request {
 public:
    std::string_view header(std::string_view) const override { return {}; }
};

class CollectedEvents final : public http::EventSink {
 public:
    bool send(std::string_view event, std::string_view data, std::string_view) override {
        EXPECT_EQ(event, "batch");
        events.emplace_back(data);
        return true;
    }
    std::vector<std::string> events;
};

class RoutesTest : public testing::RecordTest {
 protected:
    void SetUp() override {
        testing::RecordTest::SetUp();
        records().add_routes(router);
        ASSERT_TRUE(router.seal().ok());
        actor = std::make_shared<identity::Actor>();
        actor->organisation = "public-security";
        actor->directory = stage->identity->directory();
        hold({{"dataset.read", identity::Scope::kOwn, 2},
              {"dataset.collect", identity::Scope::kOwn, 3}});
    }
    void hold(std::vector<identity::Permission> permissions) {
        auto next = std::make_shared<identity::Actor>(*actor);
        next->permissions = std::move(permissions);
        actor = std::move(next);
    }
    Result<http::Response> call(http::Method method, std::string_view path,
                                std::string_view query = "", std::string_view body = "") {
        const auto match = router.match(method, path);
        if (match.route == nullptr) return not_found("no route");
        if (match.route->access.kind == http::Access::Kind::kPermission &&
            !actor->may(match.route->access.verb))
            return denied("by the route");
        FakeRequest request;
        request.method = method;
        request.path = path;
        request.query = query;
        request.body = body;
        request.body_bytes = static_cast<std::int64_t>(body.size());
        request.parameters = match.parameters;
        request.principal = actor;
        return match.route->handler(request);
    }
    json::value get(std::string_view path, std::string_view query = "") {
        const auto response = call(http::Method::kGet, path, query);
        EXPECT_TRUE(response.ok()) << path << ": " << response.error().detail;
        return response.ok() && !response->body.empty() ? json::parse(response->body).value()
                                                        : json::value();
    }
    Code refusal(std::string_view path, std::string_view query = "") {
        const auto response = call(http::Method::kGet, path, query);
        EXPECT_FALSE(response.ok()) << path;
        return response.ok() ? Code::kCorrupt : response.error().code;
    }
    std::int64_t acts(std::string_view verb) {
        return query("SELECT count(*) FROM act_waiting WHERE verb = $1", {verb})[0].integer(0);
    }

    http::Router router;
    std::shared_ptr<identity::Actor> actor;
};

INSTANTIATE_TEST_SUITE_P(Engines, RoutesTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param; });

std::string people(int count) {
    std::string text = "id_number,name,gender,income\n";
    for (int i = 0; i < count; ++i)
        text += testing::identity_number(i) + ",王小" + std::to_string(i) + ",1,12.50\n";
    return text;
}

TEST_P(RoutesTest, ListsSayWhatIsThereAndWhatTheReaderMayDo) {
    collect(people(3));
    const auto registries = get("/api/registries");
    EXPECT_EQ(registries.at("items").at(0).at("records").as_int64(), 3);
    EXPECT_EQ(registries.at("items").at(0).at("datasets").as_int64(), 1);
    const auto dataset = get("/api/datasets", "q=%E4%BA%BA%E5%8F%A3").at("items").at(0);
    EXPECT_EQ(dataset.at("records").as_int64(), 3);
    EXPECT_EQ(dataset.at("provider_name").as_string(), "市公安局");
    EXPECT_TRUE(dataset.at("may_collect").as_bool());
    EXPECT_TRUE(get("/api/datasets", "registry=credit").at("items").as_array().empty());
    EXPECT_EQ(get("/api/datasets/population").at("fields").as_array().size(), 9U);
    const auto codes = get("/api/codes/gender").at("values");
    EXPECT_EQ(codes.at(1).at("name").as_string(), "男性");
    EXPECT_EQ(codes.at(1).at("name_en").as_string(), "Male");
    EXPECT_FALSE(codes.at(3).as_object().contains("name_en"));
    EXPECT_EQ(refusal("/api/datasets/nothing"), Code::kNotFound);
    EXPECT_EQ(refusal("/api/codes/nothing"), Code::kNotFound);
    hold({{"dataset.collect", identity::Scope::kOwn, 2}});
    EXPECT_FALSE(get("/api/datasets/population").at("may_collect").as_bool());
    EXPECT_FALSE(get("/api/datasets/population").at("may_browse").as_bool());
}

TEST_P(RoutesTest, FieldsAboveTheReadersLevelAreMaskedAndEveryReadingIsAnAct) {
    collect(people(3));
    auto page = get("/api/datasets/population/records");
    EXPECT_EQ(page.at("items").at(0).at("name").as_string(), "王小0");
    EXPECT_EQ(page.at("items").at(0).at("id_number").as_string(),
              masked(Mask::kIdentityNumber, testing::identity_number(0)));
    EXPECT_EQ(page.at("items").at(0).at("income").as_string(), "***");
    EXPECT_TRUE(page.at("columns").at(0).at("masked").as_bool());
    hold({{"dataset.read", identity::Scope::kOwn, 1}});
    page = get("/api/datasets/population/records");
    EXPECT_EQ(page.at("items").at(0).at("name").as_string(), "王*");
    hold({{"dataset.read", identity::Scope::kOwn, 6}});
    page = get("/api/datasets/population/records");
    EXPECT_EQ(page.at("items").at(0).at("income").as_string(), "12.50");
    EXPECT_EQ(acts("record.browse"), 3);
}

TEST_P(RoutesTest, ASearchThatFindsOnePersonIsAnActAboutThatPerson) {
    collect(people(3));
    const auto one = get("/api/datasets/population/records", "q=" + testing::identity_number(1));
    ASSERT_EQ(one.at("items").as_array().size(), 1U);
    EXPECT_EQ(query("SELECT subject FROM act_waiting WHERE verb = 'record.browse'")[0].text(0),
              stage->identity->subject_id("person", testing::identity_number(1)));
    EXPECT_TRUE(
        get("/api/datasets/population/records", "q=%27%20OR%201=1").at("items").as_array().empty());
}

TEST_P(RoutesTest, TheBeginningOfAKeyIsSearchedOnlyByThoseWhoMayReadIt) {
    collect(people(3));
    EXPECT_TRUE(get("/api/datasets/population/records", "q=210199").at("items").as_array().empty());
    hold({{"dataset.read", identity::Scope::kOwn, 3}});
    EXPECT_EQ(get("/api/datasets/population/records", "q=210199").at("items").as_array().size(),
              3U);
    EXPECT_TRUE(get("/api/datasets/population/records", "q=210198").at("items").as_array().empty());
}

TEST_P(RoutesTest, RowsAreFoundByASearchableFieldThatTheReaderSeesClear) {
    Dataset declared = testing::population();
    declared.fields[1].searchable = true;  // name, level 2
    declared.fields[0].searchable = true;  // id_number, level 3
    ASSERT_TRUE(put(declared).ok());
    collect(people(3));
    const std::string path = "/api/datasets/population/records";
    const std::string wang = "q=%E7%8E%8B%E5%B0%8F1&field=name";  // 王小1
    ASSERT_EQ(get(path, wang).at("items").as_array().size(), 1U);
    EXPECT_TRUE(get(path, "q=%E7%8E%8B&field=name").at("items").as_array().empty());
    EXPECT_EQ(refusal(path, "q=1&field=gender"), Code::kInvalid) << "it has no index";
    EXPECT_EQ(refusal(path, "q=1&field=nothing"), Code::kInvalid);
    EXPECT_EQ(refusal(path, "q=210199&field=id_number"), Code::kDenied) << "it is masked";
    const auto fields = get("/api/datasets/population").at("fields");
    EXPECT_FALSE(fields.at(0).at("searchable").as_bool());
    EXPECT_TRUE(fields.at(1).at("searchable").as_bool());
    hold({{"dataset.read", identity::Scope::kOwn, 1}});
    EXPECT_EQ(refusal(path, wang), Code::kDenied);
    hold({{"dataset.read", identity::Scope::kOwn, 3}});
    EXPECT_EQ(get(path, "q=2101991990&field=id_number").at("items").as_array().size(), 3U);
}

TEST_P(RoutesTest, TheSampleIsAFileThatTheCollectionTakes) {
    for (const std::string header : {"names", "codes"}) {
        const auto sample =
            call(http::Method::kGet, "/api/datasets/population/sample.csv", "header=" + header);
        ASSERT_TRUE(sample.ok()) << sample.error().detail;
        EXPECT_TRUE(sample->body.starts_with("\xEF\xBB\xBF"));
        EXPECT_NE(sample->body.find(header == "names" ? "公民身份号码" : "id_number"),
                  std::string::npos);
        const auto batch = collect(sample->body);
        EXPECT_EQ(batch.read, 2);
        EXPECT_EQ(batch.quarantined, 0);
    }
    EXPECT_EQ(query("SELECT name FROM ds_population").size(), 2U);
    EXPECT_EQ(refusal("/api/datasets/population/sample.csv", "header=x"), Code::kInvalid);
    EXPECT_EQ(refusal("/api/datasets/nothing/sample.csv"), Code::kNotFound);
    const auto fields = call(http::Method::kGet, "/api/datasets/population/fields.csv");
    ASSERT_TRUE(fields.ok());
    EXPECT_NE(fields->body.find("\"0 未知；1 男性；2 女性；9 未说明\""), std::string::npos)
        << fields->body;
}

TEST_P(RoutesTest, PagesFollowEachOtherAndEndAtTheLimitOfBrowsing) {
    collect(people(5));
    std::set<std::string> seen;
    std::string query = "limit=2";
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = get("/api/datasets/population/records", query);
        for (const auto& item : page.at("items").as_array())
            seen.insert(std::string(item.at("name").as_string()));
        if (page.at("next").is_null()) break;
        query = "limit=2&cursor=" + std::string(page.at("next").as_string());
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_EQ(refusal("/api/datasets/population/records", "cursor=99999999"), Code::kInvalid);
    EXPECT_EQ(refusal("/api/datasets/population/records", "cursor=x"), Code::kInvalid);
}

TEST_P(RoutesTest, RecordsOfAnotherOrganisationAreRefused) {
    hold({{"dataset.collect", identity::Scope::kCity, 6}});
    EXPECT_EQ(refusal("/api/datasets/population/records"), Code::kDenied);
    hold({{"dataset.read", identity::Scope::kOwn, 6}});
    actor->organisation = "city";
    EXPECT_EQ(refusal("/api/datasets/population/records"), Code::kDenied);
    EXPECT_EQ(acts("record.browse"), 0);
}

TEST_P(RoutesTest, AnUploadBecomesABatchThatCanBeFollowedToItsQuarantine) {
    const auto response =
        call(http::Method::kPost, "/api/datasets/population/batches", "filename=a.csv",
             "id_number,name\n" + testing::identity_number(1) + ",甲\n=1+1,\"乙\"\n");
    ASSERT_TRUE(response.ok()) << response.error().detail;
    EXPECT_EQ(response->status, 202);
    const auto queued = json::parse(response->body).value();
    EXPECT_EQ(queued.at("state").as_string(), "queued");
    EXPECT_EQ(queued.at("file_name").as_string(), "a.csv");
    const std::string path = "/api/batches/" + std::string(queued.at("id").as_string());
    auto following = call(http::Method::kGet, path + "/events");
    ASSERT_TRUE(following.ok());
    const auto sink = std::make_shared<CollectedEvents>();
    following->events(sink);
    records().start();
    while (get(path).at("state").as_string() != "done")
        database->wait_for_commit(100);
    records().stop();
    const auto batch = get(path);
    EXPECT_EQ(batch.at("added").as_int64(), 1);
    EXPECT_EQ(batch.at("quarantined").as_int64(), 1);
    EXPECT_EQ(batch.at("reasons").at(0).at("count").as_int64(), 1);
    ASSERT_GE(sink->events.size(), 2U);
    EXPECT_NE(sink->events.front().find("queued"), std::string::npos);
    EXPECT_NE(sink->events.back().find("done"), std::string::npos);
    EXPECT_EQ(sink.use_count(), 1) << "the stream is closed after the last event";
    const auto row = get(path + "/quarantine").at("items").at(0);
    EXPECT_EQ(row.at("line").as_int64(), 3);
    EXPECT_EQ(row.at("field_name").as_string(), "公民身份号码");
    const auto file = call(http::Method::kGet, path + "/quarantine.csv");
    ASSERT_TRUE(file.ok());
    EXPECT_NE(
        file->body.find("3,\"公民身份号码\",\"应为18位公民身份号码\",\"'=1+1,\"\"乙\"\"\"\r\n"),
        std::string::npos)
        << file->body;
    EXPECT_EQ(acts("quarantine.read"), 2);
    EXPECT_EQ(get("/api/batches", "dataset=population").at("items").as_array().size(), 1U);
}

TEST_P(RoutesTest, BatchesOfOthersAreNeitherShownNorListedAndRowsNeedTheLevel) {
    const auto batch = collect("id_number,name\nx,y\n");
    const std::string path = "/api/batches/" + batch.id.text();
    hold({{"dataset.collect", identity::Scope::kOwn, 2}});
    EXPECT_EQ(get(path).at("quarantined").as_int64(), 1);
    EXPECT_EQ(refusal(path + "/quarantine"), Code::kDenied);
    EXPECT_EQ(refusal(path + "/quarantine.csv"), Code::kDenied);
    actor->organisation = "city";
    EXPECT_EQ(refusal(path), Code::kDenied);
    EXPECT_EQ(refusal(path + "/events"), Code::kDenied);
    EXPECT_TRUE(get("/api/batches").at("items").as_array().empty());
    EXPECT_EQ(refusal("/api/batches/12345"), Code::kNotFound);
    EXPECT_EQ(call(http::Method::kPost, "/api/datasets/population/batches", "", "id_number,name\n")
                  .error()
                  .code,
              Code::kDenied);
    EXPECT_EQ(acts("quarantine.read"), 0);
}

TEST_P(RoutesTest, TheNameOfAnUploadTellsItsFormat) {
    const std::string path = "/api/datasets/population/batches";
    const auto format = [&](const std::string& name) {
        const auto response = call(http::Method::kPost, path, "filename=" + name, "{}\n");
        EXPECT_TRUE(response.ok()) << response.error().detail;
        return std::string(json::parse(response->body).value().at("format").as_string());
    };
    EXPECT_EQ(format("a.tsv"), "tsv");
    EXPECT_EQ(format("a.JSONL"), "jsonl");
    EXPECT_EQ(format("a"), "csv");
    EXPECT_EQ(format("a.xlsx&sheet=Sheet1"), "xlsx");
    EXPECT_EQ(call(http::Method::kPost, path, "filename=a.csv&sheet=x", "x").error().code,
              Code::kInvalid);
    EXPECT_EQ(call(http::Method::kPost, path, "filename=a.xls", "x").error().code, Code::kInvalid);
}

TEST_P(RoutesTest, AnEmptyUploadIsRefused) {
    EXPECT_EQ(call(http::Method::kPost, "/api/datasets/population/batches").error().code,
              Code::kInvalid);
    EXPECT_EQ(call(http::Method::kPost, "/api/datasets/nothing/batches", "", "x").error().code,
              Code::kNotFound);
}

}  // namespace
}  // namespace shu::record
