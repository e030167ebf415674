#include "exchange/node_claim.h"

#include "foundation/crypto/password.h"
#include "foundation/file.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

constexpr Micros kClaimHolds = 60 * kMicrosPerSecond;
constexpr Micros kRenewEvery = 10 * kMicrosPerSecond;
constexpr std::size_t kOwnerBytes = 16;

/// The name that the folder has for itself, made when it has none.
Result<std::string> owner_of(const std::string& folder) {
    const std::string path = folder + "/owner";
    if (!file::exists(path))
        SHU_CHECK(file::replace(path, text::to_base64url(crypto::random_bytes(kOwnerBytes)),
                                file::Access::kOwner));
    return file::read(path, 4 * kOwnerBytes);
}

}  // namespace

Result<std::unique_ptr<NodeClaim>> NodeClaim::open(store::Database& database, const Clock& clock,
                                                   const TraceOptions& trace) {
    std::unique_ptr<NodeClaim> claim(
        new NodeClaim(database, clock, trace.node, SHU_TRY(owner_of(trace.folder))));
    SHU_CHECK(claim->put(clock.now()));
    return claim;
}

Result<void> NodeClaim::put(Micros seen_at) {
    const Micros now = clock_.now();
    SHU_CHECK(database_.write([&](store::Transaction& tx) -> Result<void> {
        const std::int64_t changed = SHU_TRY(tx.execute(
            "INSERT INTO exchange_node (node, owner, seen_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (node) DO UPDATE SET owner = excluded.owner, seen_at = excluded.seen_at "
            "WHERE exchange_node.owner = excluded.owner OR exchange_node.seen_at < $4",
            {node_, std::string_view(owner_), seen_at, now - kClaimHolds}));
        if (changed == 1) return {};
        return conflict("another server of this database runs as node " + std::to_string(node_) +
                        "; give each its own number with --node");
    }));
    renewed_at_ = now;
    return {};
}

Result<void> NodeClaim::renew() {
    const Micros now = clock_.now();
    if (now >= renewed_at_ && now - renewed_at_ < kRenewEvery) return {};
    return put(now);
}

void NodeClaim::release() {
    (void)put(0);
}

}  // namespace shu::exchange
