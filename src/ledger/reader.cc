#include <algorithm>

#include "foundation/limits.h"
#include "ledger/ledger.h"

namespace shu::ledger {
namespace {

constexpr int kAttempts = 8;

constexpr store::Sql kReadPosition("SELECT position FROM reader_cursor WHERE name = $1");
constexpr store::Sql kReadActs(
    "SELECT sequence, body FROM act WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence");
constexpr store::Sql kFirstPosition(
    "INSERT INTO reader_cursor(name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING");
constexpr store::Sql kMovePosition(
    "UPDATE reader_cursor SET position = $3 WHERE name = $1 AND position = $2");

struct Page {
    std::int64_t position = 0;
    std::vector<RecordedAct> acts;
};

Result<std::int64_t> read_position(store::Transaction& tx, std::string_view name) {
    const auto row = SHU_TRY(tx.row(kReadPosition, {name}));
    return row ? row->integer(0) : std::int64_t{0};
}

Result<Page> read_page(store::Transaction& tx, std::string_view name, std::int64_t limit) {
    Page page{SHU_TRY(read_position(tx, name)), {}};
    const auto rows = SHU_TRY(tx.query(kReadActs, {page.position, page.position + limit}));
    for (const store::StoredRow& row : rows) {
        const std::int64_t expected = page.position + static_cast<std::int64_t>(page.acts.size());
        if (row.integer(0) != expected)
            return corrupt("sequence " + std::to_string(expected) + ": the act is missing");
        auto act = parse_body(row.text(1));
        if (!act.ok())
            return corrupt("sequence " + std::to_string(expected) + ": " + act.error().detail);
        act->sequence = expected;
        page.acts.push_back(std::move(act).value());
    }
    return page;
}

}  // namespace

Reader::Reader(store::Database& database, std::string name, Apply apply)
    : database_(database), name_(std::move(name)), apply_(std::move(apply)) {}

// The acts are read and parsed on a snapshot: they never change. The transaction then only checks
// that the cursor still stands where the snapshot saw it.
Result<std::size_t> Reader::advance(std::size_t limit) {
    const auto rows =
        static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, limits::sequence_batch_max));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const Page page = SHU_TRY(database_.read_value<Page>(
            [&](store::Transaction& tx) { return read_page(tx, name_, rows); }));
        if (page.acts.empty()) return std::size_t{0};
        const auto count = static_cast<std::int64_t>(page.acts.size());
        bool moved = false;
        SHU_CHECK(database_.write([&](store::Transaction& tx) -> Result<void> {
            moved = false;
            SHU_TRY(tx.execute(kFirstPosition, {std::string_view(name_)}));
            const auto changed = SHU_TRY(tx.execute(
                kMovePosition, {std::string_view(name_), page.position, page.position + count}));
            if (changed != 1) return {};
            moved = true;
            return apply_(tx, page.acts);
        }));
        if (moved) return page.acts.size();
    }
    return conflict("reader " + name_ + ": another node reads under the same name");
}

Result<std::int64_t> Reader::position() const {
    return database_.read_value<std::int64_t>(
        [&](store::Transaction& tx) { return read_position(tx, name_); });
}

}  // namespace shu::ledger
