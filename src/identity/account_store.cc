#include "identity/account_store.h"

#include "foundation/crypto/password.h"
#include "foundation/limits.h"
#include "foundation/text.h"

namespace shu::identity {
namespace {

// How often a running session's time of last use is written: a write a request would make every
// reader a writer.
constexpr Micros kTouchEvery = 60 * kMicrosPerSecond;

std::string hash_of_token(std::string_view token) {
    return crypto::to_hex(crypto::sm3(token));
}

Account account_of(const store::StoredRow& row) {
    return {.id = {row.integer(0)},
            .name = row.text(1),
            .display_name = row.text(2),
            .kind = parse_account_kind(row.text(3)).value_or(AccountKind::kOfficer),
            .administrator = row.text(4),
            .post = row.text(5),
            .subject = row.text(6),
            .password_hash = row.text(7),
            .must_change_password = row.integer(8) != 0,
            .demo = row.integer(9) != 0,
            .active = row.integer(10) != 0,
            .failures = row.integer(11),
            .locked_until = row.integer(12)};
}

std::optional<Account> first_account(const std::optional<store::StoredRow>& row) {
    if (!row) return std::nullopt;
    return account_of(*row);
}

std::vector<Account> accounts_of(const std::vector<store::StoredRow>& rows) {
    std::vector<Account> accounts;
    for (const store::StoredRow& row : rows)
        accounts.push_back(account_of(row));
    return accounts;
}

}  // namespace

std::string_view to_string(AccountKind kind) {
    switch (kind) {
        case AccountKind::kOfficer: return "officer";
        case AccountKind::kCitizen: return "citizen";
        case AccountKind::kAdministrator: return "administrator";
    }
    return "officer";
}

Result<AccountKind> parse_account_kind(std::string_view text) {
    if (text == "officer") return AccountKind::kOfficer;
    if (text == "citizen") return AccountKind::kCitizen;
    if (text == "administrator") return AccountKind::kAdministrator;
    return invalid("'" + std::string(text) +
                   "' is not a kind of account; use officer, citizen or administrator");
}

Result<std::optional<Account>> account_by_name(store::Transaction& tx, std::string_view name) {
    return first_account(SHU_TRY(tx.row(
        "SELECT id, name, display_name, kind, administrator, post, subject_id, password_hash, must_change, demo, "
        "active, failures, locked_until FROM account WHERE name = $1",
        {name})));
}

Result<std::optional<Account>> account_by_id(store::Transaction& tx, AccountId id) {
    return first_account(SHU_TRY(tx.row(
        "SELECT id, name, display_name, kind, administrator, post, subject_id, password_hash, must_change, demo, "
        "active, failures, locked_until FROM account WHERE id = $1",
        {id.value})));
}

Result<std::vector<Account>> accounts_after(store::Transaction& tx, std::string_view cursor,
                                            std::size_t limit) {
    return accounts_of(SHU_TRY(tx.query(
        "SELECT id, name, display_name, kind, administrator, post, subject_id, password_hash, must_change, demo, "
        "active, failures, locked_until FROM account WHERE name > $1 ORDER BY name LIMIT $2",
        {cursor, static_cast<std::int64_t>(limit)})));
}

Result<std::vector<Account>> demo_accounts(store::Transaction& tx) {
    return accounts_of(SHU_TRY(tx.query(
        "SELECT id, name, display_name, kind, administrator, post, subject_id, password_hash, must_change, demo, "
        "active, failures, locked_until FROM account WHERE demo = 1 AND active = 1 ORDER BY id",
        {})));
}

Result<AccountId> write_account(store::Transaction& tx, AccountId fresh, const NewAccount& account,
                                Micros now) {
    const auto row = SHU_TRY(tx.row(
        "INSERT INTO account (id, name, display_name, kind, administrator, post, subject_id, password_hash, must_change, "
        "demo, active, failures, locked_until, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, 0, $11) "
        "ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name, kind = excluded.kind, "
        "administrator = excluded.administrator, post = excluded.post, subject_id = excluded.subject_id, "
        "password_hash = excluded.password_hash, must_change = excluded.must_change, demo = excluded.demo "
        "RETURNING id",
        {fresh.value, std::string_view(account.name), std::string_view(account.display_name),
         to_string(account.kind), std::string_view(account.administrator),
         std::string_view(account.post), std::string_view(account.subject),
         std::string_view(account.password_hash), std::int64_t{account.must_change_password},
         std::int64_t{account.demo}, now}));
    return AccountId{row->integer(0)};
}

Result<bool> count_failure(store::Transaction& tx, const Account& account, Micros now) {
    const auto row = SHU_TRY(
        tx.row("UPDATE account SET failures = failures + 1 WHERE id = $1 RETURNING failures",
               {account.id.value}));
    if (!row || row->integer(0) < limits::sign_in_failures_max) return false;
    SHU_TRY(tx.execute("UPDATE account SET failures = 0, locked_until = $1 WHERE id = $2",
                       {now + limits::sign_in_lock_ms * kMicrosPerMilli, account.id.value}));
    return true;
}

Result<void> set_password(store::Transaction& tx, AccountId id, std::string_view hash,
                          bool must_change) {
    SHU_TRY(tx.execute(
        "UPDATE account SET password_hash = $1, must_change = $2, failures = 0, locked_until = 0 WHERE id = $3",
        {hash, std::int64_t{must_change}, id.value}));
    SHU_TRY(tx.execute("DELETE FROM session WHERE account_id = $1", {id.value}));
    return {};
}

Result<void> set_active(store::Transaction& tx, AccountId id, bool active) {
    SHU_TRY(
        tx.execute("UPDATE account SET active = $1, failures = 0, locked_until = 0 WHERE id = $2",
                   {std::int64_t{active}, id.value}));
    if (!active) SHU_TRY(tx.execute("DELETE FROM session WHERE account_id = $1", {id.value}));
    return {};
}

Result<std::string> open_session(store::Transaction& tx, AccountId account, Micros now) {
    SHU_TRY(tx.execute("UPDATE account SET failures = 0, locked_until = 0 WHERE id = $1",
                       {account.value}));
    SHU_TRY(tx.execute("DELETE FROM session WHERE created_at < $1",
                       {now - limits::session_life_ms * kMicrosPerMilli}));
    std::string token = text::to_base64url(crypto::random_bytes(32));
    const std::string hash = hash_of_token(token);
    SHU_TRY(tx.execute(
        "INSERT INTO session (token_hash, account_id, created_at, seen_at) VALUES ($1, $2, $3, $3)",
        {std::string_view(hash), account.value, now}));
    return token;
}

Result<void> close_session(store::Transaction& tx, std::string_view token) {
    const std::string hash = hash_of_token(token);
    SHU_TRY(tx.execute("DELETE FROM session WHERE token_hash = $1", {std::string_view(hash)}));
    return {};
}

Result<std::optional<SessionState>> find_session(store::Transaction& tx, std::string_view token,
                                                 Micros now) {
    const std::string hash = hash_of_token(token);
    const auto row =
        SHU_TRY(tx.row("SELECT account_id, created_at, seen_at FROM session WHERE token_hash = $1",
                       {std::string_view(hash)}));
    if (!row) return std::optional<SessionState>{};
    const bool over = now - row->integer(1) > limits::session_life_ms * kMicrosPerMilli ||
                      now - row->integer(2) > limits::session_idle_ms * kMicrosPerMilli;
    if (over) return std::optional<SessionState>{};
    return std::optional<SessionState>{
        {.account = {row->integer(0)}, .stale = now - row->integer(2) > kTouchEvery}};
}

Result<void> touch_session(store::Transaction& tx, std::string_view token, Micros now) {
    const std::string hash = hash_of_token(token);
    SHU_TRY(tx.execute("UPDATE session SET seen_at = $1 WHERE token_hash = $2",
                       {now, std::string_view(hash)}));
    return {};
}

}  // namespace shu::identity
