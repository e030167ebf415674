// Who is acting in a request, and what they may do.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/id.h"
#include "http/message.h"
#include "identity/directory.h"
#include "ledger/act.h"

namespace shu::identity {

struct AccountTag {};
using AccountId = Id<AccountTag>;

/// The pseudonym of a person or legal entity: 16 characters of Base64url, made from the identity
/// number or credit code under the city's key, so that acts and indexes never hold the number
/// itself.
using SubjectId = std::string;

enum class AccountKind { kOfficer, kCitizen, kAdministrator };

/// A signed-in account; immutable, holds the directory snapshot it was checked against.
class Actor final : public http::Principal {
 public:
    AccountId account;
    std::string name;  ///< sign-in name
    std::string display_name;
    AccountKind kind = AccountKind::kOfficer;
    std::string post;          ///< the post held now; empty for citizens
    std::string organisation;  ///< of the post; empty for citizens
    SubjectId subject;         ///< of citizens
    bool must_change_password = false;
    std::vector<Permission> permissions;
    std::shared_ptr<const Directory> directory;

    /// Keeps the idempotency keys of accounts apart.
    std::string scope() const override;

    /// Holds the verb at any scope.
    bool may(std::string_view verb) const;
    /// Holds it for what belongs to `organisation` at data level `level`. Errors: Denied naming
    /// verb, organisation and level.
    Result<void> require(std::string_view verb, std::string_view owner, int level = 1) const;
    /// The highest level at which the verb is held for `owner`; 0 if not held.
    int level_for(std::string_view verb, std::string_view owner) const;

    /// An act by this actor, with actor, post and organisation filled in.
    ledger::Act act(std::string verb, std::string object) const;
};

/// The actor of a request whose route needs a signed-in account. A route that does not is a bug and
/// aborts.
const Actor& actor_of(const http::Request& request);
/// The actor, or nullptr on public routes for visitors.
const Actor* actor_or_null(const http::Request& request);

}  // namespace shu::identity
