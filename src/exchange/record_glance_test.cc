// The short way to read a record against the long one.
#include "exchange/record_glance.h"

#include <gtest/gtest.h>

#include "exchange/call.h"

namespace shu::exchange {
namespace {

constexpr std::string_view kAnsweredCall =
    R"({"call":"375183746051837952","at":1795253400000000,"client":"a\"b\\","organisation":"housing","dataset":"person",)"
    R"("grant":"375183746047643648","purpose":"公租房,\\\"{}[]","basis":"b","fields":["name","dis,tr]ict"],"subject":"q0p5JtR3dXk1yB7u",)"
    R"("rows":1,"status":200,"outcome":"answered","duration_us":41,"peer":"10.1.2.3","nonce":"n","timestamp":1795253399874,"matter":"4711"})";

TEST(RecordGlanceTest, it_agrees_with_the_whole_reading) {
    for (
        const std::string_view record :
        {kAnsweredCall,
         std::string_view(
             R"({"call":"5","at":-7,"fields":[],"status":401,"outcome":"refused","reason":"x"})"),
         std::string_view(
             R"({"call":"5","at":1,"outcome":"refused","status":401,"reason":"unproven","suppressed":90})")}) {
        std::string kind;
        const auto glanced = glance(record, kind);
        const auto whole = parse_record(record);
        ASSERT_TRUE(glanced && whole.ok()) << record;
        EXPECT_EQ(glanced->id, whole->id.value);
        EXPECT_EQ(glanced->at, whole->at);
        EXPECT_EQ(glanced->rows, whole->rows);
        EXPECT_EQ(glanced->duration_us, whole->duration_us);
        EXPECT_EQ(glanced->subject, whole->subject);
    }
}

TEST(RecordGlanceTest, calls_that_differ_in_their_own_members_only_are_of_one_kind) {
    std::string one, other;
    ASSERT_TRUE(glance(kAnsweredCall, one));
    std::string record(kAnsweredCall);
    const auto put = [&](std::string_view from, std::string_view to) {
        record.replace(record.find(from), from.size(), to);
    };
    put("375183746051837952", "9");
    put("q0p5JtR3dXk1yB7u", "someone-else");
    put("\"duration_us\":41", "\"duration_us\":9999");
    put("\"nonce\":\"n\"", "\"nonce\":\"m\"");
    put("\"rows\":1", "\"rows\":0");
    ASSERT_TRUE(glance(record, other));
    EXPECT_EQ(one, other);
    for (const auto& [from, to] :
         {std::pair("10.1.2.3", "10.1.2.4"), std::pair("name", "mobile"), std::pair("200", "503"),
          std::pair("answered", "refused"), std::pair("housing", "police")}) {
        std::string changed = record;
        changed.replace(changed.find(from), std::string_view(from).size(), to);
        ASSERT_TRUE(glance(changed, other));
        EXPECT_NE(one, other) << to;
    }
}

TEST(RecordGlanceTest, what_is_written_otherwise_is_left_to_the_whole_reading) {
    std::string kind;
    for (const char* record : {"",
                               "{",
                               "{}",
                               "[]",
                               "{\"call\":\"5\"",
                               "{\"call\":\"5\"}x",
                               "{\"call\":\"5\"},",
                               R"({"call":5})",
                               R"({"call":"x"})",
                               R"({"call":"0"})",
                               R"({"call":"-5"})",
                               R"({ "call":"5"})",
                               R"({"call": "5"})",
                               R"({"call":"5","at":"1"})",
                               R"({"call":"5","at":1.5})",
                               R"({"call":"5","at":})",
                               R"({"call":"5","more":{}})",
                               R"({"call":"5","more":null})",
                               R"({"call":"5","fields":[1]})",
                               R"({"call":"5","fields":["a")",
                               R"({"call":"5","fields":["a",]})",
                               R"({"call":"5","subject":"a\u0062"})",
                               R"({"call":"5","subject":7})",
                               R"({"call":"5","peer":"x)",
                               R"({"call":"5","peer":"x\"})",
                               R"({"call":"5",})",
                               R"({"call":"99999999999999999999"})"})
        EXPECT_FALSE(glance(record, kind)) << record;
    for (std::size_t cut = 0; cut < kAnsweredCall.size(); ++cut)
        EXPECT_FALSE(glance(kAnsweredCall.substr(0, cut), kind)) << cut;
}

}  // namespace
}  // namespace shu::exchange
