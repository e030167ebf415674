#include "ledger/act.h"

#include <gtest/gtest.h>

#include "foundation/limits.h"

namespace shu::ledger {
namespace {

constexpr Micros kAt = 1'795'253'400'123'456;

Act sample() {
    Act act;
    act.actor = "account:17";
    act.post = "registrar";
    act.organisation = "11210100MB1234567X";
    act.verb = "grant.approve";
    act.object = "grant:7310001";
    act.subject = "99";
    act.basis = "purpose:\"救助\"";
    act.result = "done";
    act.detail = json::object{{"zone", {1, 2, true}}, {"fields", {"name", "code"}}};
    return act;
}

TEST(Act, TheBodyHasSortedMembersAndNoSpace) {
    EXPECT_EQ(body_of(ActId{42}, kAt, sample()),
              "{\"actor\":\"account:17\",\"at\":\"2026-11-21T09:30:00.123456Z\","
              "\"basis\":\"purpose:\\\"救助\\\"\",\"detail\":{\"fields\":[\"name\",\"code\"],"
              "\"zone\":[1,2,true]},\"id\":\"42\",\"object\":\"grant:7310001\","
              "\"organisation\":\"11210100MB1234567X\",\"post\":\"registrar\",\"result\":\"done\","
              "\"subject\":\"99\",\"verb\":\"grant.approve\",\"version\":1}");
}

TEST(Act, ABodyReadsBackAsTheActThatWasWritten) {
    const std::string body = body_of(ActId{42}, kAt, sample());
    const RecordedAct read = parse_body(body).value();
    EXPECT_EQ(read.id, ActId{42});
    EXPECT_EQ(read.at, kAt);
    EXPECT_EQ(read.body, body);
    EXPECT_EQ(read.sequence, -1);
    EXPECT_EQ(read.act.basis, "purpose:\"救助\"");
    EXPECT_EQ(read.act.detail, sample().detail);
}

TEST(Act, OnlyTheCanonicalFormIsABody) {
    const std::string good = body_of(ActId{42}, kAt, sample());
    EXPECT_FALSE(parse_body("").ok());
    EXPECT_FALSE(parse_body("[]").ok());
    EXPECT_FALSE(parse_body(good + " ").ok());
    EXPECT_FALSE(parse_body("{}").ok());
    auto changed = [&](std::string_view from, std::string_view to) {
        std::string body = good;
        const std::size_t at = body.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return body.replace(at, from.size(), to);
    };
    EXPECT_FALSE(parse_body(changed("\"id\":\"42\"", "\"id\":\"042\"")).ok());
    EXPECT_FALSE(parse_body(changed("\"version\":1", "\"version\":2")).ok());
    EXPECT_FALSE(parse_body(changed("\"version\":1", "\"version\":1,\"x\":1")).ok());
    EXPECT_FALSE(parse_body(changed("[1,2,true]", "[1,2.5,true]")).ok());
    EXPECT_FALSE(parse_body(changed("[1,2,true]", "[1, 2,true]")).ok());
    EXPECT_FALSE(parse_body(changed("123456Z", "123456+00:00")).ok());
    EXPECT_FALSE(parse_body(changed("grant.approve", "grant")).ok());
    EXPECT_FALSE(parse_body(changed("\"post\":\"registrar\",", "")).ok());
}

class ActPreparation : public testing::Test {
 protected:
    Result<PreparedAct> prepared(const std::function<void(Act&)>& change) {
        Act act = sample();
        change(act);
        return prepare(ids_, clock_, std::move(act));
    }
    void expect_refused(const std::function<void(Act&)>& change, std::string_view word) {
        const auto result = prepared(change);
        ASSERT_FALSE(result.ok()) << word;
        EXPECT_EQ(result.error().code, Code::kInvalid);
        EXPECT_NE(result.error().detail.find(word), std::string::npos) << result.error().detail;
    }

    ManualClock clock_{kAt};
    IdMaker ids_{clock_, 1};
};

TEST_F(ActPreparation, GivesRisingIdsAndTheClocksInstant) {
    const auto a = prepared([](Act&) {}).value();
    const auto b = prepared([](Act&) {}).value();
    EXPECT_LT(a.id, b.id);
    EXPECT_EQ(a.at, kAt);
    EXPECT_EQ(parse_body(a.body).value().id, a.id);
}

TEST_F(ActPreparation, RefusesWhatIsNotAnAct) {
    expect_refused([](Act& a) { a.actor = ""; }, "actor");
    expect_refused([](Act& a) { a.actor = "somebody"; }, "actor");
    expect_refused([](Act& a) { a.actor = ":17"; }, "actor");
    expect_refused([](Act& a) { a.object = "grant:"; }, "object");
    expect_refused([](Act& a) { a.verb = "approve"; }, "verb");
    expect_refused([](Act& a) { a.post = "\xff"; }, "post");
    expect_refused([](Act& a) { a.subject = std::string("a\0b", 3); }, "subject");
    expect_refused([](Act& a) { a.basis = "two\nlines"; }, "basis");
}

TEST_F(ActPreparation, RefusesFractionsAndBrokenTextInTheDetail) {
    expect_refused([](Act& a) { a.detail["fee"] = 1.5; }, "fraction");
    expect_refused([](Act& a) { a.detail["fees"] = {1, {{"x", 0.5}}}; }, "fraction");
    expect_refused([](Act& a) { a.detail["x"] = "\xc0\x80"; }, "UTF-8");
    expect_refused([](Act& a) { a.detail["\xc0\x80"] = 1; }, "UTF-8");
}

TEST_F(ActPreparation, RefusesDetailsTooLargeOrTooDeep) {
    expect_refused([](Act& a) { a.detail["x"] = std::string(limits::act_bytes_max, 'x'); },
                   "bytes");
    json::value nested = 1;
    for (std::size_t i = 0; i < limits::json_depth_max + 1; ++i)
        nested = json::array{nested};
    expect_refused([&](Act& a) { a.detail["x"] = nested; }, "deeply");
}

TEST_F(ActPreparation, WhatIsPreparedCanAlwaysBeReadBack) {
    for (std::size_t depth = 1; depth <= limits::json_depth_max + 1; ++depth) {
        json::value nested = "内";
        for (std::size_t i = 0; i < depth; ++i)
            nested = json::object{{"x", nested}};
        const auto act = prepared([&](Act& a) { a.detail["x"] = nested; });
        if (!act.ok()) continue;
        EXPECT_TRUE(parse_body(act->body).ok()) << depth;
    }
}

}  // namespace
}  // namespace shu::ledger
