// Receipts and checkpoints from outside: what is wrong is refused, and the examples of docs/format
// are right.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "foundation/file.h"
#include "foundation/limits.h"
#include "foundation/text.h"
#include "ledger/testing.h"

namespace shu::ledger {
namespace {

using testing::act_about;
using testing::fixed_key;
using testing::kStart;

/// A receipt of act 1 of 3, made without a database.
Receipt sample() {
    std::vector<std::string> bodies;
    std::vector<Digest> leaves;
    for (int i = 0; i < 3; ++i) {
        Act act = act_about("dataset:population", "record.read");
        act.post = "registrar";
        bodies.push_back(body_of(ActId{360'777'252'864'000'000 + i}, kStart + i, act));
        leaves.push_back(leaf_hash(HashName::kSm3, bodies.back()));
    }
    const NodeSource nodes = [&](int level, std::uint64_t index) -> Result<Digest> {
        return root_of(HashName::kSm3,
                       std::span(leaves).subspan(index << level, std::size_t{1} << level));
    };
    Receipt receipt{bodies[1], prove_inclusion(HashName::kSm3, 1, 3, nodes).value(), {}};
    receipt.checkpoint = {"shu/210100",
                          HashName::kSm3,
                          3,
                          root_of(HashName::kSm3, leaves),
                          kStart + kMicrosPerSecond,
                          {}};
    receipt.checkpoint.signature = fixed_key().sign(receipt.checkpoint.text());
    return receipt;
}

Result<void> check(std::string_view text) {
    const Receipt receipt = SHU_TRY(Receipt::parse(text));
    return receipt.verify(fixed_key().public_key());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ReceiptText, ComesBackAsItWas) {
    const Receipt receipt = sample();
    const std::string text = receipt.to_text();
    EXPECT_EQ(Receipt::parse(text)->to_text(), text);
    EXPECT_TRUE(check(text).ok());
}

TEST(ReceiptText, AnotherKeyRefusesIt) {
    EXPECT_EQ(sample().verify(crypto::Sm2Key::generate().public_key()).error().code,
              Code::kCorrupt);
}

TEST(ReceiptText, WhatIsNotAReceiptIsInvalid) {
    const std::string good = sample().to_text();
    for (const std::string& bad : std::vector<std::string>{
             "", "null", "[]", "{}", "{\"version\":1}", good.substr(0, good.size() - 1), good + "x",
             replaced(good, "\"version\":1", "\"version\":2"),
             replaced(good, "\"index\":1", "\"index\":-1"),
             replaced(good, "\"index\":1", "\"index\":1.5"),
             replaced(good, "\"index\":1", "\"index\":3"),
             replaced(good, "\"size\":3", "\"size\":4"),
             replaced(good, "\"path\":[", "\"path\":[\"AAAA\","),
             replaced(good, "\"path\":[", "\"path\":[7,"),
             replaced(good, "\"hash\":\"sm3\"", "\"hash\":\"md5\""),
             replaced(good, "\"at\":\"2026-11-21T09:30:01.000000Z\"",
                      "\"at\":\"2026-11-21T09:30:01Z\""),
             replaced(good, "shu/210100", "shu\\n210100"),
             replaced(good, "\"signature\":\"", "\"signature\":\"AAAA")}) {
        const auto checked = check(bad);
        ASSERT_FALSE(checked.ok()) << bad;
        EXPECT_EQ(checked.error().code, Code::kInvalid) << bad << checked.error().detail;
    }
    EXPECT_EQ(check(std::string(limits::receipt_bytes_max + 1, ' ')).error().code, Code::kInvalid);
}

TEST(ReceiptText, EveryChangedMemberIsCorrupt) {
    const std::string good = sample().to_text();
    for (const std::string& bad :
         std::vector<std::string>{replaced(good, "record.read", "record.edit"),
                                  replaced(good, "shu/210100", "shu/210200"),
                                  replaced(good, "\"hash\":\"sm3\"", "\"hash\":\"sha256\""),
                                  replaced(good, "09:30:01.000000Z", "09:30:01.000001Z")}) {
        const auto checked = check(bad);
        ASSERT_FALSE(checked.ok()) << bad;
        EXPECT_EQ(checked.error().code, Code::kCorrupt) << bad;
    }
}

TEST(ReceiptText, AnyFlippedBitIsRefused) {
    const std::uint64_t seed = std::random_device{}();
    std::cout << "seed " << seed << "\n";
    std::mt19937_64 random(seed);
    const std::string good = sample().to_text();
    for (int round = 0; round < 2'000; ++round) {
        std::string bad = good;
        const std::size_t at = random() % bad.size();
        bad[at] ^= static_cast<char>(1 << (random() % 8));
        EXPECT_FALSE(check(bad).ok()) << at << ": " << bad;
    }
}

TEST(CheckpointText, HasTheSixLinesOfTheFormat) {
    const Checkpoint checkpoint = sample().checkpoint;
    EXPECT_EQ(checkpoint.text(), "shu checkpoint 1\nshu/210100\nsm3\n3\n" +
                                     text::to_base64(crypto::bytes_of(checkpoint.root)) +
                                     "\n2026-11-21T09:30:01.000000Z\n");
    EXPECT_EQ(Checkpoint::from_json(checkpoint.to_json())->text(), checkpoint.text());
}

/// The contents of the first block ```<kind> of a page under docs/format.
std::string example(const std::string& page, const std::string& kind) {
    const char* source = std::getenv("SHU_SOURCE");
    const std::string path = std::string(source != nullptr ? source : ".") + "/docs/format/" + page;
    const auto text = file::read(path, limits::json_bytes_max);
    EXPECT_TRUE(text.ok()) << "set SHU_SOURCE to the source folder: " << path;
    if (!text.ok()) return {};
    const std::string opening = "```" + kind + "\n";
    const std::size_t begin = text->find(opening);
    EXPECT_NE(begin, std::string::npos) << page << " has no block " << kind;
    if (begin == std::string::npos) return {};
    const std::size_t end = text->find("\n```", begin);
    return text->substr(begin + opening.size(), end - begin - opening.size());
}

TEST(FormatPages, TheirExamplesAreRight) {
    const std::string body = example("act.md", "body");
    EXPECT_TRUE(parse_body(body).ok()) << body;
    EXPECT_EQ(crypto::to_hex(leaf_hash(HashName::kSm3, body)), example("act.md", "leaf"));

    const std::string point = text::from_hex(example("checkpoint.md", "key")).value();
    const auto key = crypto::Sm2PublicKey::from_point(point).value();
    EXPECT_EQ(key, fixed_key().public_key());
    const json::value json = json::parse(example("checkpoint.md", "json")).value();
    const Checkpoint checkpoint = Checkpoint::from_json(json).value();
    EXPECT_EQ(checkpoint.text(), example("checkpoint.md", "text") + "\n");
    EXPECT_TRUE(checkpoint.verify(key).ok());

    const auto receipt = Receipt::parse(example("receipt.md", "json"));
    ASSERT_TRUE(receipt.ok()) << receipt.error().detail;
    EXPECT_TRUE(receipt->verify(key).ok());
    EXPECT_EQ(receipt->body, body);
    EXPECT_EQ(receipt->checkpoint.text(), checkpoint.text());
}

}  // namespace
}  // namespace shu::ledger
