#include "exchange/sealer.h"

#include <algorithm>

#include "exchange/trace.h"

namespace shu::exchange {
namespace {

using crypto::Digest;
using crypto::HashName;

/// All levels of the tree's complete subtrees, leaves first.
std::vector<std::vector<Digest>> levels_of(std::vector<Digest> leaves) {
    std::vector<std::vector<Digest>> levels;
    levels.push_back(std::move(leaves));
    while (levels.back().size() > 1) {
        const std::vector<Digest>& below = levels.back();
        std::vector<Digest> level;
        level.reserve(below.size() / 2);
        for (std::size_t i = 0; i + 1 < below.size(); i += 2)
            level.push_back(ledger::node_hash(HashName::kSm3, below[i], below[i + 1]));
        levels.push_back(std::move(level));
    }
    return levels;
}

class Tree {
 public:
    explicit Tree(std::vector<Digest> leaves)
        : size_(leaves.size()), levels_(levels_of(std::move(leaves))) {}
    Result<Digest> root() const { return ledger::root_from_nodes(HashName::kSm3, size_, source()); }
    Result<ledger::InclusionProof> prove(std::uint64_t index) const {
        return ledger::prove_inclusion(HashName::kSm3, index, size_, source());
    }

 private:
    ledger::NodeSource source() const {
        return [this](int level, std::uint64_t index) -> Result<Digest> {
            const auto at = static_cast<std::size_t>(level);
            if (at >= levels_.size() || index >= levels_[at].size())
                return invalid("no such node of the batch's tree");
            return levels_[at][static_cast<std::size_t>(index)];
        };
    }
    std::uint64_t size_;
    std::vector<std::vector<Digest>> levels_;
};

}  // namespace

Sealer::Sealer(Parts parts)
    : parts_(std::move(parts)), merger_(parts_.database, parts_.ids, parts_.trace.node) {}

Result<std::unique_ptr<Sealer>> Sealer::open(Parts parts) {
    std::unique_ptr<Sealer> sealer(new Sealer(std::move(parts)));
    const Parts& with = sealer->parts_;
    sealer->cursor_ = SHU_TRY(TraceCursor::open(with.database, with.trace, "seal"));
    sealer->indexer_ = SHU_TRY(Indexer::open(with.database, with.ids, with.trace, with.log));
    return sealer;
}

Result<bool> Sealer::advance(TracePosition durable) {
    const auto indexed = indexer_->advance(position());
    if (!indexed.ok()) {
        if (SHU_TRY(seal(durable))) return true;
        return indexed.error();
    }
    if (!*indexed) return seal(durable);
    indexed_.fetch_add(**indexed);
    return true;
}

Result<bool> Sealer::seal(TracePosition durable) {
    const TracePosition from = position();
    if (from.segment == 0) return leave_segment(from, durable);
    if (from >= durable) return false;
    const std::int64_t end = from.segment == durable.segment ? durable.position : 0;
    ledger::Frontier tree(HashName::kSm3);
    const auto read =
        read_trace(parts_.trace, from, end, [&](const TraceRecord& record) -> Result<bool> {
            tree.append(ledger::leaf_hash(HashName::kSm3, record.payload));
            return tree.size() < limits::seal_records_max;
        });
    // Corrupt: the segment's header, for here no record is looked into.
    if (!read.ok() && read.error().code != Code::kNotFound && read.error().code != Code::kCorrupt)
        return read.error();
    if (!read.ok() || tree.size() == 0) return leave_segment(from, durable);
    const Seal sealed{.id = parts_.ids.next(),
                      .node = parts_.trace.node,
                      .segment = from.segment,
                      .first = std::max(from.position, kTraceHeaderBytes),
                      .end = read->position,
                      .records = static_cast<std::int64_t>(tree.size()),
                      .root = crypto::to_hex(tree.root())};
    SHU_CHECK(commit(sealed, *read));
    return true;
}

/// Goes on to the next segment, from one that has no more whole records. What should be there and
/// cannot be read becomes an act: no gap in the trace is passed over in silence.
Result<bool> Sealer::leave_segment(TracePosition at, TracePosition durable) {
    const auto next = SHU_TRY(trace_segment_after(parts_.trace, at.segment, durable.segment));
    if (!next) return false;
    std::vector<TraceGap> gaps;
    if (at.segment != 0) {
        const auto damaged = trace_tail_bytes(parts_.trace, at);
        if (!damaged.ok() && damaged.error().code != Code::kNotFound) return damaged.error();
        if (!damaged.ok() || *damaged > 0)
            gaps.push_back({.at = at, .bytes = damaged.ok() ? *damaged : 0});
        if (*next > at.segment + 1)
            gaps.push_back({.at = {at.segment + 1, 0}, .segments = *next - at.segment - 1});
    }
    SHU_TRY(
        cursor_->advance({*next, kTraceHeaderBytes}, [&](store::Transaction& tx) -> Result<void> {
            for (const TraceGap& gap : gaps)
                SHU_CHECK(record_gap(tx, gap));
            return {};
        }));
    for (const TraceGap& gap : gaps)
        parts_.log->error("a part of the trace cannot be read and is not sealed",
                          {{"segment", gap.at.segment},
                           {"position", gap.at.position},
                           {"damaged_bytes", gap.bytes},
                           {"missing_segments", gap.bytes == 0 ? gap.segments : 0}});
    return true;
}

Result<void> Sealer::record_gap(store::Transaction& tx, const TraceGap& gap) const {
    ledger::Act act;
    act.actor = "system:exchange";
    act.verb = "gateway.gap";
    act.object = "trace:" + std::to_string(parts_.trace.node) + "-" +
                 std::to_string(gap.at.segment) + "-" + std::to_string(gap.at.position);
    act.result = gap.bytes == 0 ? "missing" : "damaged";
    act.detail = {
        {"node", parts_.trace.node}, {"segment", gap.at.segment}, {"position", gap.at.position}};
    if (gap.bytes == 0)
        act.detail["segments"] = gap.segments;
    else
        act.detail["bytes"] = gap.bytes;
    SHU_TRY(ledger::record(tx, parts_.ids, parts_.clock, act));
    return {};
}

Result<void> Sealer::commit(const Seal& seal, TracePosition end) {
    ledger::Act act;
    act.actor = "system:exchange";
    act.verb = "gateway.seal";
    act.object = "trace:" + std::to_string(seal.node) + "-" + std::to_string(seal.segment) + "-" +
                 std::to_string(seal.first);
    act.result = "done";
    act.detail = {{"node", seal.node}, {"segment", seal.segment}, {"first", seal.first},
                  {"end", seal.end},   {"count", seal.records},   {"root", seal.root},
                  {"hash", "sm3"}};
    SHU_TRY(cursor_->advance(end, [&](store::Transaction& tx) -> Result<void> {
        Seal sealed = seal;
        sealed.act = SHU_TRY(ledger::record(tx, parts_.ids, parts_.clock, act)).value;
        return insert(tx, sealed);
    }));
    return {};
}

Result<BatchProof> prove(const TraceOptions& trace, const Seal& seal, std::int64_t position) {
    std::vector<Digest> leaves;
    std::optional<std::uint64_t> leaf;
    BatchProof proof;
    SHU_TRY(read_trace(trace, {seal.segment, seal.first}, seal.end,
                       [&](const TraceRecord& record) -> Result<bool> {
                           if (record.at.position == position) {
                               leaf = leaves.size();
                               proof.record = std::string(record.payload);
                           }
                           leaves.push_back(ledger::leaf_hash(HashName::kSm3, record.payload));
                           return static_cast<std::int64_t>(leaves.size()) < seal.records;
                       }));
    if (static_cast<std::int64_t>(leaves.size()) != seal.records || !leaf)
        return corrupt("trace segment " + std::to_string(seal.segment) + " no longer holds the " +
                       std::to_string(seal.records) + " records sealed at byte " +
                       std::to_string(seal.first));
    const Tree tree(std::move(leaves));
    proof.root = SHU_TRY(tree.root());
    if (crypto::to_hex(proof.root) != seal.root)
        return corrupt("trace segment " + std::to_string(seal.segment) +
                       " has been altered: its records from byte " + std::to_string(seal.first) +
                       " do not give the sealed root");
    proof.proof = SHU_TRY(tree.prove(*leaf));
    return proof;
}

}  // namespace shu::exchange
