// Accounts and sessions in the database. Inside the module only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/identity.h"
#include "store/database.h"

namespace shu::identity {

struct Account {
    AccountId id;
    std::string name;
    std::string display_name;
    AccountKind kind = AccountKind::kOfficer;
    std::string administrator;
    std::string post;
    SubjectId subject;
    std::string password_hash;
    bool must_change_password = false;
    bool demo = false;
    bool active = true;
    std::int64_t failures = 0;
    Micros locked_until = 0;
};

std::string_view to_string(AccountKind kind);
Result<AccountKind> parse_account_kind(std::string_view text);

Result<std::optional<Account>> account_by_name(store::Transaction& tx, std::string_view name);
Result<std::optional<Account>> account_by_id(store::Transaction& tx, AccountId id);
/// In the order of their names, after `cursor`.
Result<std::vector<Account>> accounts_after(store::Transaction& tx, std::string_view cursor,
                                            std::size_t limit);
Result<std::vector<Account>> demo_accounts(store::Transaction& tx);
Result<AccountId> write_account(store::Transaction& tx, AccountId fresh, const NewAccount& account,
                                Micros now);

/// Counts a wrong password and locks the account when there were too many; true when this one
/// locked it.
Result<bool> count_failure(store::Transaction& tx, const Account& account, Micros now);
/// Sets a new password, ends the lock and every session of the account.
Result<void> set_password(store::Transaction& tx, AccountId id, std::string_view hash,
                          bool must_change);

/// A locked account cannot sign in and loses its sessions; unlocking ends the lock-out after wrong
/// passwords too.
Result<void> set_active(store::Transaction& tx, AccountId id, bool active);

/// A session's token is 32 random bytes in Base64url; the database holds its SM3 only.
Result<std::string> open_session(store::Transaction& tx, AccountId account, Micros now);
Result<void> close_session(store::Transaction& tx, std::string_view token);
struct SessionState {
    AccountId account;
    bool stale = false;  ///< touch_session() is due
};
/// The session's account, or none when there is no such session or it has ended by age or idleness.
Result<std::optional<SessionState>> find_session(store::Transaction& tx, std::string_view token,
                                                 Micros now);
Result<void> touch_session(store::Transaction& tx, std::string_view token, Micros now);

}  // namespace shu::identity
