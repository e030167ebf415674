// Accounts, sessions, client systems and the access check of the routes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/clock.h"
#include "foundation/crypto/sm3.h"
#include "foundation/log.h"
#include "http/router.h"
#include "identity/actor.h"
#include "identity/directory.h"
#include "store/database.h"
#include "store/migration.h"

namespace shu::identity {

/// A client system of an organisation: signs its gateway requests with its secret.
struct ClientSystem {
    std::string client_id;  ///< public, 20 characters
    std::string organisation;
    std::string name;
    std::string
        secret;  ///< empty except in the answer that creates it and in snapshots for the gateway
    bool active = true;
    Micros created_at = 0;
};

struct NewAccount {
    std::string name;
    std::string display_name;
    AccountKind kind = AccountKind::kOfficer;
    std::string post;
    SubjectId subject;
    std::string administrator;  ///< of administrators: "system", "security" or "audit"
    std::string password_hash;  ///< crypto::hash_password(...), computed before the transaction
                                ///< because it takes 0.1 s
    bool must_change_password = true;
    bool demo = false;  ///< may sign in from loopback to a server started with --demo only
};

struct IdentityOptions {
    std::string master_key;   ///< 16 bytes; seals client secrets
    std::string subject_key;  ///< 32 bytes; makes SubjectIds
    bool demo = false;
    std::string demo_password{};  ///< of the demonstration accounts, told to whoever asks on
                                  ///< loopback when `demo`
};

/// The module's face. All members may be called from any thread.
class Identity {
 public:
    struct State;  ///< of the module's own files

    static store::ModuleMigrations migrations();
    static Result<std::unique_ptr<Identity>> open(store::Database& database, const Clock& clock,
                                                  IdMaker& ids, IdentityOptions options,
                                                  std::shared_ptr<const Log> log);
    ~Identity();

    std::shared_ptr<const Directory> directory() const;
    /// Takes over what other transactions or nodes changed; cheap when nothing did.
    Result<void> refresh();

    /// The city folder's objects; the caller records the act in the same transaction. refresh()
    /// after the commit.
    Result<void> put(store::Transaction& tx, const Organisation& organisation);
    Result<void> put(store::Transaction& tx, const Role& role);
    Result<void> put(store::Transaction& tx, const Post& post);
    Result<void> remove_organisation(store::Transaction& tx, std::string_view code);
    Result<void> remove_role(store::Transaction& tx, std::string_view code);
    Result<void> remove_post(store::Transaction& tx, std::string_view code);

    /// Creates or updates by name; records no act.
    Result<AccountId> put_account(store::Transaction& tx, const NewAccount& account);
    /// True when nobody can sign in yet; then create_first_administrators() makes the system,
    /// security and audit administrators and returns name and one-time password of each, to be
    /// printed once.
    Result<bool> has_accounts();
    /// True when there are demonstration accounts.
    Result<bool> has_demo_accounts();
    Result<std::vector<std::pair<std::string, std::string>>> create_first_administrators();

    /// `kind` is "person" or "entity"; `code` the identity number or credit code, upper case.
    SubjectId subject_id(std::string_view kind, std::string_view code) const;

    /// Makes a client system; the secret is in the answer and never shown again.
    Result<ClientSystem> create_client(store::Transaction& tx, std::string_view organisation,
                                       std::string_view name);
    Result<void> deactivate_client(store::Transaction& tx, std::string_view client_id);
    /// All active client systems with their secrets, for the gateway's snapshot.
    Result<std::vector<ClientSystem>> clients_with_secrets(store::Transaction& tx);

    /// The check that every route passes: session cookie, account, permission.
    Result<std::shared_ptr<const http::Principal>> check(const http::Request& request,
                                                         const http::Access& access);

    /// Sign-in, sign-out, own password, session, demo accounts, organisations; for administrators
    /// accounts, posts and client systems.
    void add_routes(http::Router& router);

 private:
    friend class IdentityRoutes;
    explicit Identity(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace shu::identity
