// The gateway from outside: signed requests over a socket, what they get, and what they leave in
// the trace.
#include <chrono>
#include <thread>

#include "exchange/node_claim.h"
#include "exchange/sealer.h"
#include "exchange/testing.h"
#include "foundation/text.h"

#include <sys/resource.h>
#include <algorithm>
#include <csignal>

namespace shu::exchange::testing {
namespace {

constexpr std::string_view kKey = "id_number=210100199001010010";

class GatewayTest : public TownTest {
 protected:
    void SetUp() override {
        TownTest::SetUp();
        if (HasFatalFailure()) return;
        grant_id = town.grant(R"(["name","mobile","district","income"])");
        credentials = town.collect(grant_id);
    }
    Answer send(SignedCall call) {
        if (call.query.empty()) call.query = kKey;
        return town.send(credentials, call);
    }
    json::array calls(const std::string& query = "") {
        const auto sealed = town.exchange->seal_now();
        EXPECT_TRUE(sealed.ok()) << sealed.error().detail;
        const Answer answer = town.get("monitor", "/api/calls" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.object().at("items").as_array();
    }
    /// The newest call's reason.
    std::string last_reason() {
        const json::array all = calls();
        return all.empty() ? "no call" : std::string(all[0].as_object().at("reason").as_string());
    }
    void expect_refused(const SignedCall& call, int status, const std::string& reason,
                        const std::string& told_reason = "") {
        const Answer answer = send(call);
        EXPECT_EQ(answer.status, status) << reason << ": " << answer.body;
        EXPECT_EQ(answer.text("reason"), told_reason.empty() ? reason : told_reason) << answer.body;
        EXPECT_EQ(answer.body.find("王"), std::string::npos);
        EXPECT_EQ(last_reason(), reason);
    }

    /// The record that the newest call left.
    std::string last_record() {
        const TraceOptions trace{.folder = town.trace_folder(), .node = town.node};
        std::string last;
        const auto segments = trace_segments(trace).value();
        for (const std::int64_t segment : segments)
            SHU_ASSERT(
                read_trace(trace, {segment, 0}, 0, [&](const TraceRecord& record) -> Result<bool> {
                    last = record.payload;
                    return true;
                }).ok());
        return last;
    }

    std::string grant_id;
    Credentials credentials;
};

// Whether a client system exists must not be told by the order of the checks either.
TEST_P(GatewayTest, an_unknown_client_is_told_what_a_known_one_without_the_secret_is_told) {
    Credentials wrong = credentials, unknown = credentials;
    wrong.secret = "not the secret";
    unknown.client_id = "nobody-knows-this-id";
    const std::string key(kKey);
    for (const std::int64_t at : {kStart / 1000, kStart / 1000 - 2 * limits::signature_window_ms}) {
        const SignedCall call{.query = key, .timestamp_ms = at};
        json::object one = town.send(wrong, call).object();
        json::object other = town.send(unknown, call).object();
        one.erase("call");
        other.erase("call");
        EXPECT_EQ(json::serialize(one), json::serialize(other));
    }
}

TEST_P(GatewayTest, the_method_is_signed) {
    const auto status_of = [&](const SignedCall& call) {
        return http::make_client()->call(town.signed_request(credentials, call))->status;
    };
    EXPECT_EQ(status_of({.query = std::string(kKey)}), 200);
    EXPECT_EQ(status_of({.query = std::string(kKey), .signed_method = "HEAD"}), 401);
}

TEST_P(GatewayTest, a_grant_and_a_matter_that_nobody_signed_choose_nothing) {
    ASSERT_EQ(send({.headers = {{"X-Grant-Id", grant_id}, {"X-Matter-Code", "4711"}}}).status, 200);
    EXPECT_NE(last_record().find(R"("matter_claimed":"4711")"), std::string::npos);
    EXPECT_EQ(last_record().find(R"("matter":)"), std::string::npos);
    const std::string other = town.grant(R"(["district"])");
    expect_refused({.headers = {{"X-Grant-Id", other}}}, 403, "no-grant");
    const SignedCall bound{.headers = {{"X-Grant-Id", grant_id}, {"X-Matter-Code", "4711"}},
                           .signed_context = "\nX-Grant-Id:" + grant_id + "\nX-Matter-Code:4711"};
    ASSERT_EQ(send(bound).status, 200);
    EXPECT_NE(last_record().find(R"("matter":"4711")"), std::string::npos);
    SignedCall altered = bound;
    altered.headers["X-Matter-Code"] = "4712";
    expect_refused(altered, 401, "signature");
    altered.headers["X-Matter-Code"] = "";
    expect_refused(altered, 401, "signature");
}

class NodesTest : public GatewayTest {
 protected:
    void SetUp() override {
        GatewayTest::SetUp();
        if (HasFatalFailure()) return;
        other.node = 4;
        other.open(*database);
    }
    Town other{clock, database.folder() + "/other"};
};

TEST_P(NodesTest, a_request_that_one_node_answered_is_refused_by_the_others) {
    const SignedCall call{
        .query = std::string(kKey), .timestamp_ms = kStart / 1000, .nonce = "the-same-nonce"};
    ASSERT_EQ(town.send(credentials, call).status, 200);
    const Answer replayed = other.send(credentials, call);
    EXPECT_EQ(replayed.status, 409) << replayed.body;
    EXPECT_EQ(replayed.text("reason"), "replay");
    EXPECT_EQ(replayed.body.find("王"), std::string::npos);
    EXPECT_EQ(other.look_up(credentials, std::string(kKey)).status, 200);
}

TEST_P(NodesTest, a_replay_does_not_use_up_the_quota) {
    const std::string grant =
        town.post(
                "housing", "/api/applications",
                R"({"dataset":"shop","fields":["open"],"purpose":"p","basis":"b","days":9,"quota_per_day":2})")
            .text("grant");
    credentials = town.collect(grant);
    SHU_ASSERT_OK(other.identity->refresh());
    SHU_ASSERT_OK(other.exchange->refresh());
    const SignedCall call{.path = "/gateway/shop",
                          .query = "mark=a&year=1",
                          .timestamp_ms = kStart / 1000,
                          .nonce = "the-same-nonce"};
    ASSERT_EQ(town.send(credentials, call).status, 200);
    EXPECT_EQ(other.send(credentials, call).status, 409);
    EXPECT_EQ(other.get("housing", "/api/grants/" + grant).object().at("used_today"), 0);
}

TEST_P(NodesTest, two_servers_cannot_have_one_number) {
    Town third(clock, database.folder() + "/third");
    for (const char* folder : {"", "/third", "/third/trace"})
        SHU_ASSERT_OK(file::make_folder(database.folder() + folder));
    const TraceOptions trace{.folder = third.trace_folder(), .node = town.node};
    const auto refused = NodeClaim::open(*database, clock, trace);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kConflict);
    other.close();
    restart();  // with the folder that has it, at once
    town.close();
    EXPECT_TRUE(NodeClaim::open(*database, clock, trace).ok()) << "free after an orderly stop";
}

TEST_P(NodesTest, the_number_of_a_server_that_died_is_free_after_a_minute) {
    const TraceOptions one{.folder = town.trace_folder(), .node = 9};
    const TraceOptions two{.folder = other.trace_folder(), .node = 9};
    ASSERT_TRUE(NodeClaim::open(*database, clock, one).ok());
    clock.advance(59 * kMicrosPerSecond);
    EXPECT_FALSE(NodeClaim::open(*database, clock, two).ok());
    clock.advance(2 * kMicrosPerSecond);
    EXPECT_TRUE(NodeClaim::open(*database, clock, two).ok());
    EXPECT_FALSE(NodeClaim::open(*database, clock, one).ok());
}

TEST_P(NodesTest, shared_nonces_are_forgotten_after_their_time) {
    ASSERT_EQ(send({}).status, 200);
    const auto count = [&] {
        return database
            ->read_value<std::int64_t>([](store::Transaction& tx) -> Result<std::int64_t> {
                return SHU_TRY(tx.row("SELECT COUNT(*) FROM gateway_nonce"))->integer(0);
            })
            .value();
    };
    EXPECT_EQ(count(), 1);
    clock.advance(3 * limits::signature_window_ms * kMicrosPerMilli);
    town.start_background();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (count() > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    EXPECT_EQ(count(), 0);
}

TEST_P(GatewayTest, a_signed_look_up_gets_the_granted_fields_masked_as_granted) {
    const Answer answer = send({});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json::object item = answer.object().at("items").as_array().at(0).as_object();
    EXPECT_EQ(json::serialize(item),
              R"({"name":"王小明","mobile":"138****5678","district":"shenhe","income":"***"})");
    const json::object call = calls().at(0).as_object();
    EXPECT_EQ(call.at("id").as_string(), answer.text("call"));
    EXPECT_EQ(call.at("outcome"), "answered");
    EXPECT_EQ(call.at("rows"), 1);
    EXPECT_EQ(call.at("organisation"), "housing");
    EXPECT_EQ(call.at("purpose"), "公租房资格核验");
    EXPECT_EQ(json::serialize(call).find("210100199001010010"), std::string::npos)
        << "no identity number in the index";
}

TEST_P(GatewayTest, fewer_fields_may_be_asked_for_and_no_others) {
    const Answer answer = send({.query = std::string(kKey) + "&fields=district,name"});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::serialize(answer.object().at("items").as_array().at(0)),
              R"({"district":"shenhe","name":"王小明"})");
    EXPECT_EQ(json::serialize(calls().at(0).as_object().at("fields")), R"(["district","name"])");
    expect_refused({.query = std::string(kKey) + "&fields=name,born"}, 403, "field");
}

TEST_P(GatewayTest, a_key_without_a_row_answers_like_a_key_outside_the_filter) {
    const Answer nobody = send({.query = "id_number=000000000000000000"});
    EXPECT_EQ(nobody.status, 200);
    EXPECT_TRUE(nobody.object().at("items").as_array().empty());
    credentials = town.collect(
        town.grant(R"(["name","district"])", R"(,"rows":{"field":"district","value":"heping"})"));
    const Answer outside = send({});
    EXPECT_EQ(outside.status, 200);
    EXPECT_TRUE(outside.object().at("items").as_array().empty());
    EXPECT_EQ(
        send({.query = "id_number=210100199001010011"}).object().at("items").as_array().size(), 1u);
}

TEST_P(GatewayTest, whatever_is_altered_after_signing_is_refused_and_traced) {
    expect_refused({.sent_query = "id_number=210100199001010011"}, 401, "signature");
    expect_refused({.sent_path = "/gateway/shop"}, 401, "signature");
    expect_refused({.headers = {{"X-Nonce", "another-nonce"}}}, 401, "signature");
    expect_refused({.headers = {{"X-Timestamp", std::to_string(kStart / 1000 + 1)}}}, 401,
                   "signature");
    expect_refused({.headers = {{"X-Signature", text::to_base64(std::string(32, 'x'))}}}, 401,
                   "signature");
    expect_refused({.headers = {{"X-Client-Id", "nobody-knows-this-id"}}}, 401, "unknown-client",
                   "signature");
    expect_refused({.headers = {{"X-Sign-Alg", "HMAC-MD5"}}}, 400, "algorithm");
    for (const char* header : {"X-Client-Id", "X-Timestamp", "X-Nonce", "X-Signature"})
        expect_refused({.headers = {{header, ""}}}, 400, "header");
    // Another method than was signed: the text begins with GET.
    http::ClientRequest post;
    post.method = http::Method::kPost;
    post.url = town.url() + "/gateway/person?" + std::string(kKey);
    EXPECT_EQ(http::make_client()->call(post)->status, 405);
}

TEST_P(GatewayTest, requests_that_are_too_late_or_too_early_are_refused) {
    const std::int64_t now = kStart / 1000;
    expect_refused({.timestamp_ms = now - limits::signature_window_ms - 1}, 401, "timestamp");
    expect_refused({.timestamp_ms = now + limits::signature_window_ms + 1}, 401, "timestamp");
    EXPECT_EQ(send({.timestamp_ms = now - limits::signature_window_ms}).status, 200);
}

TEST_P(GatewayTest, a_replayed_request_is_refused_also_after_a_restart) {
    const SignedCall call{.timestamp_ms = kStart / 1000, .nonce = "the-same-nonce"};
    ASSERT_EQ(send(call).status, 200);
    expect_refused(call, 409, "replay");
    restart();
    expect_refused(call, 409, "replay");
    EXPECT_EQ(send({}).status, 200) << "the credentials still work";
}

TEST_P(GatewayTest, revoked_and_expired_grants_end_at_once) {
    ASSERT_EQ(send({}).status, 200);
    ASSERT_EQ(town.post("police", "/api/grants/" + grant_id + "/revocation", R"({"reason":"违规"})")
                  .status,
              200);
    expect_refused({}, 403, "revoked");
    credentials = town.collect(town.grant(R"(["name"])"));
    ASSERT_EQ(send({}).status, 200);
    clock.advance(31 * kMicrosPerDay);
    expect_refused({}, 403, "expired");
}

TEST_P(GatewayTest, a_query_that_is_no_look_up_by_key_is_refused) {
    expect_refused({.query = "name=x"}, 400, "query");
    expect_refused({.query = "fields=name"}, 400, "query");
    expect_refused({.query = std::string(kKey) + "&" + std::string(kKey)}, 400, "query");
    expect_refused({.query = std::string(kKey) + "&fields="}, 400, "query");
    expect_refused({.query = "id_number=%FF"}, 400, "query");
    expect_refused({.query = "id_number=a%00b"}, 400, "query");
    expect_refused({.path = "/gateway/shop", .query = "mark=a&year=2026"}, 403, "no-grant");
}

TEST_P(GatewayTest, a_key_of_several_fields_and_types_is_bound_by_type) {
    const Answer applied = town.post(
        "housing", "/api/applications",
        R"({"dataset":"shop","fields":["mark","open"],"purpose":"p","basis":"b","days":1,"quota_per_day":9})");
    credentials = town.collect(applied.text("grant"));
    const Answer answer = send({.path = "/gateway/shop", .query = "year=2026&mark=a%20%22b%22"});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::serialize(answer.object().at("items").as_array().at(0)),
              R"({"mark":"a \"b\"","open":true})");
    expect_refused({.path = "/gateway/shop", .query = "year=x&mark=a"}, 400, "query");
    expect_refused({.path = "/gateway/shop", .query = "mark=a"}, 400, "query");
}

TEST_P(GatewayTest, the_quota_of_a_day_holds_across_a_restart_and_ends_at_midnight_in_china) {
    const Answer applied = town.post(
        "housing", "/api/applications",
        R"({"dataset":"shop","fields":["open"],"purpose":"p","basis":"b","days":9,"quota_per_day":3})");
    const std::string grant = applied.text("grant");
    credentials = town.collect(grant);
    const SignedCall call{.path = "/gateway/shop", .query = "mark=a&year=1"};
    EXPECT_EQ(send(call).status, 200);
    EXPECT_EQ(send(call).status, 200);
    ASSERT_TRUE(town.exchange->seal_now().ok());
    restart();
    EXPECT_EQ(send(call).status, 200);
    expect_refused(call, 429, "quota");
    EXPECT_EQ(town.get("housing", "/api/grants/" + grant).object().at("used_today"), 3);
    clock.set(kStart + kMicrosPerDay -
              (kStart + 8 * 3600 * kMicrosPerSecond) % kMicrosPerDay);  // 00:00 the next day
    EXPECT_EQ(send(call).status, 200);
}

TEST_P(GatewayTest, a_flood_of_unknown_callers_does_not_fill_the_trace) {
    const SignedCall unknown{.headers = {{"X-Client-Id", "nobody-knows-this-id"}}};
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(send(unknown).status, 401);
    clock.advance(2 * kMicrosPerSecond);
    ASSERT_EQ(send({}).status, 200);  // carries the count of the others
    std::int64_t traced = 0, counted = 0;
    for (const json::value& it : calls("?state=refused")) {
        const std::string reason(it.as_object().at("reason").as_string());
        if (reason == "unknown-client") ++traced;
        if (reason.starts_with("unproven x")) counted += std::stoll(reason.substr(10));
    }
    EXPECT_EQ(traced, limits::gateway_unknown_traced_per_second);
    EXPECT_EQ(traced + counted, 100);
}

TEST_P(GatewayTest, a_call_is_proved_by_its_receipt_to_those_whom_it_concerns) {
    Answer answer;
    for (int i = 0; i < 5; ++i)
        answer = send({});
    ASSERT_EQ(answer.status, 200);
    ASSERT_TRUE(town.exchange->seal_now().ok());
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    const std::string path = "/api/calls/" + answer.text("call");
    for (const char* actor : {"monitor", "citizen", "housing", "police"})
        EXPECT_EQ(town.get(actor, path + "/receipt").status, 200) << actor;
    for (const char* actor : {"neighbour", "office"})
        EXPECT_EQ(town.get(actor, path + "/receipt").status, 404) << actor;
    EXPECT_EQ(town.get("", path + "/receipt").status, 401);

    const Answer receipt = town.get("citizen", path + "/receipt");
    ledger::InclusionProof proof;
    proof.index = static_cast<std::uint64_t>(receipt.object().at("leaf_index").as_int64());
    proof.size = static_cast<std::uint64_t>(receipt.object().at("batch_size").as_int64());
    for (const json::value& hash : receipt.object().at("path").as_array())
        proof.path.push_back(crypto::digest_from_hex(std::string(hash.as_string())).value());
    const auto root = crypto::digest_from_hex(receipt.text("batch_root")).value();
    const auto leaf = ledger::leaf_hash(crypto::HashName::kSm3, receipt.text("record"));
    EXPECT_TRUE(ledger::verify(crypto::HashName::kSm3, proof, leaf, root).ok());
    const auto act = ledger::Receipt::parse(json::serialize(receipt.object().at("act_receipt")));
    ASSERT_TRUE(act.ok()) << act.error().detail;
    EXPECT_TRUE(act->verify(town.ledger->public_key()).ok());
    const auto sealing = ledger::parse_body(act->body);
    ASSERT_TRUE(sealing.ok());
    EXPECT_EQ(sealing->act.verb, "gateway.seal");
    EXPECT_EQ(sealing->act.detail.at("root").as_string(), receipt.text("batch_root"));
    EXPECT_EQ(town.get("monitor", path).object().at("sealed"), true);
}

TEST_P(GatewayTest, an_altered_trace_no_longer_proves_its_calls) {
    const Answer answer = send({});
    ASSERT_TRUE(town.exchange->seal_now().ok());
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    const TraceOptions trace{
        .folder = town.trace_folder(), .node = 3, .segment_bytes = 0, .first_segment = 1};
    const std::string path = trace_segment_path(trace, 1);
    std::string bytes = file::read(path, 100 * limits::kMiB).value();
    const std::size_t at = bytes.find("\"rows\":1");
    ASSERT_NE(at, std::string::npos);
    bytes[at + 7] = '0';
    ASSERT_TRUE(file::replace(path, bytes).ok());
    EXPECT_EQ(town.get("monitor", "/api/calls/" + answer.text("call") + "/receipt").status, 500);
}

TEST_P(GatewayTest, a_citizen_sees_who_read_the_own_data_and_nobody_elses) {
    ASSERT_EQ(send({}).status, 200);
    ASSERT_EQ(send({.query = "id_number=210100199001010011"}).status, 200);
    ASSERT_TRUE(town.exchange->seal_now().ok());
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    const Answer own = town.get("citizen", "/api/me/accesses");
    ASSERT_EQ(own.status, 200) << own.body;
    const json::array items = own.object().at("items").as_array();
    // The call, and the act that put the citizen's key into the example of the credentials, if it
    // was this row.
    const auto calls_of = [](const json::array& all) {
        return std::ranges::count_if(
            all, [](const json::value& it) { return it.as_object().at("kind") == "call"; });
    };
    EXPECT_EQ(calls_of(items), 1) << own.body;
    const json::object call = items.at(0).as_object();
    EXPECT_EQ(call.at("organisation_name"), "局housing");
    EXPECT_EQ(call.at("purpose"), "公租房资格核验");
    EXPECT_EQ(town.get("housing", "/api/me/accesses").status, 403);
    const Answer first = town.get("citizen", "/api/me/accesses?limit=1");
    if (items.size() > 1) {
        const Answer rest =
            town.get("citizen", "/api/me/accesses?limit=1&cursor=" + first.text("next"));
        EXPECT_NE(first.body, rest.body);
    }
}

TEST_P(GatewayTest, an_act_about_a_citizen_is_proved_to_that_citizen_only) {
    const std::string concerned = town.identity->subject_id("person", "210100199001010010");
    ledger::Act act;
    act.actor = "account:1";
    act.organisation = "police";
    act.verb = "record.browse";
    act.object = "dataset:person";
    act.subject = concerned;
    SHU_ASSERT_OK(town.database->write([&](store::Transaction& tx) -> Result<void> {
        SHU_TRY(ledger::record(tx, town.ids, clock, act));
        act.subject = "";
        SHU_TRY(ledger::record(tx, town.ids, clock, act));
        return {};
    }));
    ASSERT_TRUE(town.ledger->sequence_now().ok());
    const auto about = town.ledger->acts({.verb = "record.browse"}, -1, 10).value();
    ASSERT_EQ(about.size(), 2u);
    for (const ledger::RecordedAct& recorded : about) {
        const std::string path =
            "/api/me/accesses/" + std::to_string(recorded.sequence) + "/receipt";
        const bool is_about_the_citizen = recorded.act.subject == concerned;
        const Answer answer = town.get("citizen", path);
        EXPECT_EQ(answer.status, is_about_the_citizen ? 200 : 404) << answer.body;
        if (is_about_the_citizen) {
            EXPECT_TRUE(
                ledger::Receipt::parse(answer.body).value().verify(town.ledger->public_key()).ok());
        }
        for (const char* other : {"neighbour", "monitor", "police"})
            EXPECT_EQ(town.get(other, path).status, 404) << other;
        EXPECT_EQ(town.get("", path).status, 401);
    }
    EXPECT_EQ(town.get("citizen", "/api/me/accesses/99999/receipt").status, 404);
}

TEST_P(GatewayTest, statistics_count_by_minute_organisation_and_dataset) {
    for (int i = 0; i < 3; ++i)
        ASSERT_EQ(send({}).status, 200);
    expect_refused({.query = std::string(kKey) + "&fields=born"}, 403, "field");
    const Answer answer = town.get("monitor", "/api/gateway/statistics?minutes=5");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.object().at("series").as_array().size(), 5u);
    EXPECT_EQ(answer.object().at("series").as_array().back().as_object().at("calls"), 4);
    EXPECT_EQ(answer.object().at("series").as_array().back().as_object().at("refused"), 1);
    EXPECT_EQ(answer.object().at("by_organisation").as_array().at(0).as_object().at("name"),
              "局housing");
    EXPECT_EQ(town.get("housing", "/api/gateway/statistics").status, 403);
    EXPECT_EQ(town.exchange->statistics().calls_today, 4);
}

// The file-size limit stands for a full disk: the kernel refuses the trace's next segment.
TEST_P(GatewayTest, without_room_for_the_trace_nothing_is_read_out) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 1'000'000;  // the database's files are smaller, a segment is larger
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const Answer refused = send({});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.body.find("王"), std::string::npos);
    EXPECT_TRUE(calls("?state=answered").empty());
    EXPECT_EQ(send({}).status, 200);
    EXPECT_EQ(calls("?state=answered").size(), 1u);
}

// A city's SQLite file belongs to one process, so only PostgreSQL has several nodes.
INSTANTIATE_TEST_SUITE_P(Engines, NodesTest, ::testing::Values("postgres"));
INSTANTIATE_TEST_SUITE_P(Engines, GatewayTest, ::testing::ValuesIn(store::testing::engines()));

}  // namespace
}  // namespace shu::exchange::testing
