// The example of docs/format/trace.md is a record that this program reads.
#include <gtest/gtest.h>

#include <cstdlib>

#include "exchange/call.h"
#include "foundation/file.h"

namespace shu::exchange {
namespace {

std::string example() {
    const char* source = std::getenv("SHU_SOURCE");
    const std::string page =
        file::read(std::string(source ? source : ".") + "/docs/format/trace.md", limits::kMiB)
            .value();
    const std::size_t begin = page.find("```json\n") + 8;
    return page.substr(begin, page.find('\n', begin) - begin);
}

TEST(TraceFormatTest, the_example_of_the_format_page_is_read) {
    const auto call = parse_record(example());
    ASSERT_TRUE(call.ok()) << call.error().detail;
    EXPECT_EQ(call->id.text(), "375183746051837952");
    EXPECT_EQ(call->fields, (std::vector<std::string>{"name", "district"}));
    EXPECT_EQ(call->purpose, "公租房资格核验");
    EXPECT_EQ(call->outcome, "answered");
    EXPECT_EQ(call->nonce, "3f9c0a7be1d24c55");
    EXPECT_EQ(call->timestamp_ms, 1795253399874);
}

TEST(TraceFormatTest, records_that_are_no_calls_are_refused) {
    for (const char* wrong : {"", "{", "[]", "{}", R"({"call":"x"})", R"({"call":17})"})
        EXPECT_EQ(parse_record(wrong).ok(), false) << wrong;
}

}  // namespace
}  // namespace shu::exchange
