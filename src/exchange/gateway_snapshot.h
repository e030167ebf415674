// What the gateway must know to answer, prepared once for each change of grants, clients or
// declarations; immutable.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/grant.h"
#include "foundation/crypto/sm3.h"
#include "foundation/log.h"
#include "identity/identity.h"
#include "record/records.h"
#include "store/sql.h"

namespace shu::exchange {

/// Calls of one grant on one day, here and on other nodes. Thread-safe.
class DayUse {
 public:
    /// Counts a call of day `day` unless `quota` calls have been counted. False: the quota is used
    /// up.
    bool take(std::int64_t day, std::int64_t quota);
    /// Takes back one of that day's calls, which could not be answered.
    void give_back(std::int64_t day);
    void set(std::int64_t day, std::int64_t here, std::int64_t elsewhere);
    void set_elsewhere(std::int64_t day, std::int64_t calls);
    std::int64_t used(std::int64_t day) const;

 private:
    bool is_just_before(std::int64_t day) const { return day == day_ - 1; }

    mutable std::mutex mutex_;
    std::int64_t day_ = 0;
    std::int64_t here_ = 0;
    std::int64_t elsewhere_ = 0;
};

/// The day of an instant in China Standard Time, counted from 1970-01-01.
std::int64_t china_day(Micros at);

/// One granted field, as it is written into answers.
struct FieldPlan {
    std::string code;
    std::string json_name;  ///< `"code":`
    record::FieldType type = record::FieldType::kText;
    int scale = 0;
    bool masked = false;
    record::Mask mask = record::Mask::kNone;  ///< of masked fields
};

struct KeyPlan {
    std::string code;
    record::FieldType type = record::FieldType::kText;
    int scale = 0;
};

/// A value bound to a statement that owns its text.
struct BoundValue {
    std::string text;
    std::int64_t number = 0;
    bool is_text = true;
    store::Value value() const {
        return is_text ? store::Value(std::string_view(text)) : store::Value(number);
    }
};

/// Reads a written value as the field's type stores it. Errors: Invalid saying how to write it.
Result<void> bind(record::FieldType type, int scale, std::string_view written, BoundValue& bound);

struct GrantPlan {
    Grant grant;
    std::string subject_kind;  ///< of the dataset; empty: rows about nobody
    int subject_key = -1;      ///< which key field names the subject; -1: none
    std::vector<FieldPlan> fields;
    std::vector<KeyPlan> keys;
    bool has_filter = false;
    BoundValue filter;
    store::AssembledSql
        sql;                 ///< granted fields, then subject_id; parameters: keys, then the filter
    std::string trace_part;  ///< `"client":...` to `"basis":...` of a trace record
    std::string trace_fields;  ///< `["a","b"]` of all granted fields
    std::shared_ptr<DayUse> use;
};

struct ClientPlan {
    explicit ClientPlan(std::string_view secret) : mac(secret) {}
    std::string client_id;
    std::string organisation;
    crypto::HmacSm3 mac;
    std::vector<GrantPlan> grants;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

struct GatewaySnapshot {
    std::unordered_map<std::string, std::unique_ptr<const ClientPlan>, TextHash, std::equal_to<>>
        clients;
    std::int64_t version = -1;  ///< of the grants
    std::int64_t declarations_version = -1;
    std::int64_t grants = 0;  ///< in use and not revoked
};

/// The day counters of all grants; they outlive snapshots. Thread-safe.
class UseBook {
 public:
    std::shared_ptr<DayUse> of(GrantId grant);
    /// The calls of `day` that the index knows, by node.
    Result<void> load(store::Transaction& tx, std::int64_t day, int node, bool with_own);

 private:
    std::mutex mutex_;
    std::map<GrantId, std::shared_ptr<DayUse>> uses_;
};

/// Builds the snapshot in one read transaction. A grant that no longer fits its dataset is left out
/// with a log line: its calls are refused until the provider mends it.
Result<std::shared_ptr<const GatewaySnapshot>> build_snapshot(
    store::Transaction& tx, identity::Identity& identity, const record::Declarations& declarations,
    UseBook& uses, const Log& log);

}  // namespace shu::exchange
