#include "exchange/posting.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "exchange/run_state.h"
#include "foundation/limits.h"

namespace shu::exchange {
namespace {

using store::StoredRow;
using store::Transaction;

static_assert(std::endian::native == std::endian::little,
              "postings are stored in little-endian order");

struct Run {
    std::int64_t id = 0;
    std::int64_t last_call = 0;
};

/// Appends to `found` what one run has, newest first.
Result<void> search_run(Transaction& tx, std::int64_t run, Posting before, std::size_t limit,
                        std::vector<std::int64_t>& found) {
    const std::int64_t key = before.key;
    std::size_t taken = 0;
    while (taken < limit) {
        const auto row = SHU_TRY(tx.row(
            "SELECT first_key, first_call, postings FROM gateway_posting WHERE run = $1 AND (first_key, first_call) < ($2, $3) "
            "ORDER BY first_key DESC, first_call DESC LIMIT 1",
            {run, before.key, before.call}));
        if (!row) return {};
        const std::vector<Posting> chunk = postings_of(row->text(2));
        auto at = std::ranges::lower_bound(chunk, before);
        while (at != chunk.begin() && (at - 1)->key == key && taken < limit) {
            found.push_back((--at)->call);
            ++taken;
        }
        if (at != chunk.begin()) return {};
        before = {row->integer(0), row->integer(1)};
        if (before.key != key) return {};
    }
    return {};
}

}  // namespace

std::int64_t posting_key(PostedBy by, std::string_view name) {
    // FNV-1a, then mixed (the finaliser of MurmurHash3), so that the order of keys tells nothing of
    // the order of names.
    std::uint64_t hash = 0xcbf29ce484222325u ^ static_cast<unsigned char>(by);
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
    return static_cast<std::int64_t>(hash ^ (hash >> 33));
}

std::string bytes_of(std::span<const Posting> postings) {
    return {reinterpret_cast<const char*>(postings.data()), postings.size_bytes()};
}

std::vector<Posting> postings_of(std::string_view bytes) {
    std::vector<Posting> postings(bytes.size() / sizeof(Posting));
    std::memcpy(postings.data(), bytes.data(), postings.size() * sizeof(Posting));
    return postings;
}

std::int64_t level_of(std::int64_t postings) {
    std::int64_t level = 0;
    for (auto size = static_cast<std::int64_t>(limits::run_postings_smallest);
         postings >= size && level < limits::run_levels; size *= limits::run_fan)
        ++level;
    return level;
}

Result<void> insert_postings(Transaction& tx, std::int64_t run, std::span<const Posting> postings) {
    store::Statement* statement = SHU_TRY(tx.prepare(
        "INSERT INTO gateway_posting (run, first_key, first_call, postings) VALUES ($1, $2, $3, $4)"));
    std::vector<std::string> bytes;
    bytes.reserve(postings.size() / limits::posting_chunk + 1);
    std::vector<std::vector<store::Value>> tuples;
    while (!postings.empty()) {
        const auto chunk = postings.first(std::min(postings.size(), limits::posting_chunk));
        bytes.push_back(bytes_of(chunk));
        tuples.push_back({run, chunk.front().key, chunk.front().call, store::Blob{bytes.back()}});
        postings = postings.subspan(chunk.size());
    }
    SHU_TRY(statement->execute_many(tuples));
    return {};
}

Result<void> insert_run(Transaction& tx, std::int64_t run, int node,
                        std::vector<Posting>& postings) {
    std::ranges::sort(postings);
    const auto [first, last] = std::ranges::minmax(postings, {}, &Posting::call);
    const auto count = static_cast<std::int64_t>(postings.size());
    SHU_TRY(tx.execute(
        "INSERT INTO gateway_run (id, node, level, state, first_call, last_call, postings) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {run, std::int64_t{node}, level_of(count), kRunLive, first.call, last.call, count}));
    return insert_postings(tx, run, postings);
}

Result<std::vector<std::int64_t>> posted_calls(Transaction& tx, std::int64_t key,
                                               std::int64_t before, std::size_t limit) {
    std::vector<Run> runs;
    for (const StoredRow& row : SHU_TRY(
             tx.query("SELECT id, last_call FROM gateway_run WHERE state = 1 AND first_call < $1 "
                      "ORDER BY last_call DESC",
                      {before})))
        runs.push_back({row.integer(0), row.integer(1)});
    std::vector<std::int64_t> found;
    for (const Run& run : runs) {
        // All runs that follow are older than the last one that is wanted.
        if (found.size() >= limit && found[limit - 1] > run.last_call) break;
        SHU_CHECK(search_run(tx, run.id, {key, before}, limit, found));
        std::ranges::sort(found, std::greater<>());
        if (found.size() > limit) found.resize(limit);
    }
    return found;
}

}  // namespace shu::exchange
