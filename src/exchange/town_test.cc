// The town of testing.h.
#include <atomic>

#include "exchange/testing.h"
#include "store/migration.h"

namespace shu::exchange::testing {
namespace {

record::Field field(std::string code, record::FieldType type, int level,
                    record::Mask mask = record::Mask::kNone) {
    record::Field it;
    it.code = code;
    it.name = "名" + code;
    it.name_en = code;
    it.type = type;
    it.level = level;
    it.mask = mask;
    return it;
}

json::object catalogue(std::string_view sharing) {
    return json::
        parse(R"({"resource_code":"101001/000001","class":["基础信息资源","人口"],"abstract":"自然人基本信息","abstract_en":"Basic facts of people","format":"数据库",
        "sharing":{"type":")" +
              std::string(sharing) +
              R"(","condition":"说明办理事项","basis":"某法第一条","method":"接口"},
        "open":{"open":false},"cycle":"daily","published":"2026-01-15","related":[]})")
            .value()
            .as_object();
}

record::Dataset dataset(std::string code, std::string_view sharing) {
    record::Dataset it;
    it.code = code;
    it.name = "数据集" + code;
    it.name_en = code;
    it.registry = "population";
    it.provider = "police";
    it.catalogue = catalogue(sharing);
    return it;
}

record::Dataset person() {
    using record::FieldType;
    record::Dataset it = dataset("person", "conditional");
    it.key = {"id_number"};
    it.subject = {"person", "id_number"};
    it.fields = {field("id_number", FieldType::kText, 3, record::Mask::kIdentityNumber),
                 field("name", FieldType::kText, 2, record::Mask::kName),
                 field("mobile", FieldType::kText, 3, record::Mask::kMobile),
                 field("district", FieldType::kText, 1),
                 field("born", FieldType::kDate, 2),
                 field("income", FieldType::kMoney, 4, record::Mask::kAll),
                 field("secret", FieldType::kText, 6, record::Mask::kAll)};
    it.fields[0].required = true;
    it.fields[0].length = 18;
    it.fields[0].check = record::ContentCheck::kIdentityNumber;
    return it;
}

record::Dataset shop(std::string code, std::string_view sharing) {
    using record::FieldType;
    record::Dataset it = dataset(std::move(code), sharing);
    it.key = {"mark", "year"};
    it.fields = {field("mark", FieldType::kText, 1), field("year", FieldType::kInteger, 1),
                 field("open", FieldType::kBoolean, 1)};
    it.fields[0].required = it.fields[1].required = true;
    return it;
}

}  // namespace

Town::Town(const Clock& time, std::string folder)
    : clock(time), ids(clock, 1), folder_(std::move(folder)), client_(http::make_client()) {}

Town::~Town() {
    close();
}

void Town::declare(store::Database& fresh) {
    const std::vector<store::ModuleMigrations> modules{
        ledger::Ledger::migrations(), identity::Identity::migrations(),
        record::Records::migrations(), Exchange::migrations()};
    SHU_ASSERT_OK(store::migrate(fresh, modules, clock));
    open(fresh);
    ASSERT_TRUE(server);
    SHU_ASSERT_OK(database->write([&](store::Transaction& tx) -> Result<void> {
        for (const char* code : {"police", "housing", "office"})
            SHU_CHECK(
                identity->put(tx, identity::Organisation{code, std::string("局") + code, code, code,
                                                         "", "", "210100000000", "department"}));
        SHU_CHECK(records->put(tx, person()));
        SHU_CHECK(records->put(tx, shop("shop", "unconditional")));
        SHU_CHECK(records->put(tx, shop("vault", "refused")));
        return {};
    }));
    SHU_ASSERT_OK(database->write([&](store::Transaction& tx) -> Result<void> {
        for (int i = 0; i < 5; ++i) {
            const std::string number = "21010019900101001" + std::to_string(i);
            const std::string subject = identity->subject_id("person", number);
            SHU_TRY(tx.execute(
                "INSERT INTO ds_person (id_number, name, mobile, district, born, income, secret, subject_id, batch_id, changed_at) "
                "VALUES ($1, '王小明', '13812345678', $2, '1990-01-01', 123450, 'x', $3, 1, 1)",
                {std::string_view(number), std::string_view(i % 2 ? "heping" : "shenhe"),
                 std::string_view(subject)}));
        }
        SHU_TRY(tx.execute(
            "INSERT INTO ds_shop (mark, year, open, batch_id, changed_at) VALUES ('a \"b\"', 2026, 1, 1, 1)"));
        return {};
    }));
    close();
}

void Town::make_actors() {
    struct Role {
        std::string name, organisation;
        std::vector<std::string> verbs;
        identity::Scope scope;
    };
    const Role roles[] = {
        {"housing",
         "housing",
         {"application.create", "grant.read", "grant.collect"},
         identity::Scope::kOwn},
        {"police",
         "police",
         {"application.decide", "grant.read", "grant.revoke"},
         identity::Scope::kOwn},
        {"office",
         "office",
         {"application.create", "application.decide", "grant.read", "grant.revoke",
          "grant.collect"},
         identity::Scope::kOwn},
        {"monitor", "office", {"gateway.monitor", "grant.read"}, identity::Scope::kCity},
        {"citizen", "", {}, identity::Scope::kOwn},
        {"neighbour", "", {}, identity::Scope::kOwn}};
    std::int64_t account = 100;
    for (const Role& role : roles) {
        auto actor = std::make_shared<identity::Actor>();
        actor->account = {++account};
        actor->name = actor->display_name = role.name;
        actor->organisation = role.organisation;
        actor->directory = identity->directory();
        for (const std::string& verb : role.verbs)
            actor->permissions.push_back({verb, role.scope, 4});
        if (role.name == "citizen")
            actor->subject = identity->subject_id("person", "210100199001010010");
        if (role.name == "neighbour")
            actor->subject = identity->subject_id("person", "210100199001010011");
        actors_[role.name] = actor;
    }
}

void Town::open(store::Database& opened_database) {
    database = &opened_database;
    for (const char* name : {"/blobs", "/tiles", "/trace", "/spool"})
        SHU_ASSERT_OK(file::make_folder(folder_ + name));
    const auto log = Log::none();
    blobs = store::BlobStore::open(folder_ + "/blobs").value();
    ledger = ledger::Ledger::open(*database, clock,
                                  crypto::Sm2Key::from_scalar(std::string(32, '\7')).value(),
                                  {.origin = "shu/210100", .tile_folder = folder_ + "/tiles"}, log)
                 .value();
    identity = identity::Identity::open(
                   *database, clock, ids,
                   {.master_key = std::string(16, 'm'), .subject_key = std::string(32, 's')}, log)
                   .value();
    records = record::Records::open({.database = *database,
                                     .clock = clock,
                                     .ids = ids,
                                     .blobs = *blobs,
                                     .identity = *identity,
                                     .log = log})
                  .value();
    auto opened = Exchange::open({.database = *database,
                                  .clock = clock,
                                  .ids = ids,
                                  .identity = *identity,
                                  .records = *records,
                                  .ledger = *ledger,
                                  .trace_folder = trace_folder(),
                                  .trace_archive_folder = trace_archive_folder,
                                  .trace_online_days = 180,
                                  .node = node,
                                  .log = log});
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    exchange = std::move(*opened);
    make_actors();
    router = std::make_unique<http::Router>();
    exchange->add_routes(*router);
    SHU_ASSERT_OK(router->seal());
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.workers = 2;
    options.spool_folder = folder_ + "/spool";
    options.access_check =
        [this](const http::Request& request,
               const http::Access& access) -> Result<std::shared_ptr<const http::Principal>> {
        const auto found = actors_.find(std::string(request.header("X-Test-Actor")));
        if (found == actors_.end()) {
            if (access.kind == http::Access::Kind::kPublic ||
                access.kind == http::Access::Kind::kSignature)
                return std::shared_ptr<const http::Principal>();
            return unsigned_in("no actor");
        }
        const auto& actor = static_cast<const identity::Actor&>(*found->second);
        if (access.kind == http::Access::Kind::kPermission && !actor.may(access.verb))
            return denied("may not " + access.verb);
        return found->second;
    };
    auto started = http::Server::start(*router, std::move(options), log);
    ASSERT_TRUE(started.ok()) << started.error().detail;
    server = std::move(*started);
}

void Town::close() {
    if (server) server->stop();
    if (exchange) exchange->stop();
    server.reset();
    router.reset();
    exchange.reset();
    records.reset();
    identity.reset();
    ledger.reset();
    blobs.reset();
}

void Town::start_background() {
    exchange->start();
}

Answer Town::call(const std::string& actor, http::Method method, const std::string& path,
                  const std::string& body) {
    http::ClientRequest request;
    request.method = method;
    request.url = url() + path;
    request.headers = {{"X-Test-Actor", actor}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    const auto response = client_->call(request);
    EXPECT_TRUE(response.ok()) << path << ": " << response.error().detail;
    Answer answer;
    if (!response.ok()) return answer;
    answer.status = response->status;
    answer.body = response->body;
    if (auto parsed = json::parse(response->body); parsed.ok()) answer.json = *parsed;
    return answer;
}

http::ClientRequest Town::signed_request(const Credentials& credentials, const SignedCall& call) {
    const std::int64_t at =
        call.timestamp_ms != 0 ? call.timestamp_ms : clock.now() / kMicrosPerMilli;
    const std::string nonce =
        call.nonce.empty() ? "nonce-" + std::to_string(ids.next()) : call.nonce;
    const std::string timestamp = std::to_string(at);
    std::string text;
    EXPECT_TRUE(
        append_signed_text(
            text,
            {.method = call.signed_method, .path = call.path, .query = call.query, .body = ""},
            {.client_id = credentials.client_id,
             .timestamp = timestamp,
             .nonce = nonce,
             .algorithm = {},
             .signature = {}})
            .ok());
    text += call.signed_context;
    std::map<std::string, std::string> headers{
        {"X-Client-Id", credentials.client_id},
        {"X-Timestamp", timestamp},
        {"X-Nonce", nonce},
        {"X-Sign-Alg", "HMAC-SM3"},
        {"X-Signature", sign(crypto::HmacSm3(credentials.secret), text)}};
    for (const auto& [name, value] : call.headers)
        headers[name] = value;
    http::ClientRequest request;
    request.url = url() + (call.sent_path.empty() ? call.path : call.sent_path) + "?" +
                  (call.sent_query.empty() ? call.query : call.sent_query);
    for (const auto& [name, value] : headers)
        if (!value.empty()) request.headers.emplace_back(name, value);
    return request;
}

Answer Town::send(const Credentials& credentials, const SignedCall& call) {
    const auto response = client_->call(signed_request(credentials, call));
    EXPECT_TRUE(response.ok()) << response.error().detail;
    Answer answer;
    if (!response.ok()) return answer;
    answer.status = response->status;
    answer.body = response->body;
    if (auto parsed = json::parse(response->body); parsed.ok()) answer.json = *parsed;
    return answer;
}

std::string Town::grant(const std::string& fields_json, const std::string& more,
                        const std::string& decision) {
    const Answer applied = post(
        "housing", "/api/applications",
        R"({"dataset":"person","fields":)" + fields_json +
            R"(,"purpose":"公租房资格核验","basis":"住房保障条例","days":30,"quota_per_day":1000)" +
            more + "}");
    EXPECT_EQ(applied.status, 201) << applied.body;
    const Answer decided =
        post("police", "/api/applications/" + applied.text("id") + "/decision",
             decision.empty() ? R"({"approve":true,"reason":"同意"})" : decision);
    EXPECT_EQ(decided.status, 200) << decided.body;
    return decided.text("grant");
}

Credentials Town::collect(const std::string& grant_id) {
    const Answer answer = post("housing", "/api/grants/" + grant_id + "/credentials", "");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return {answer.text("client_id"), answer.text("secret"), answer.text("curl")};
}

}  // namespace shu::exchange::testing
