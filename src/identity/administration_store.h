// What administrators change, in the database: assignments of posts, client systems. Inside the
// module only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/identity.h"
#include "store/database.h"

namespace shu::identity {

/// Tells every node that the directory's snapshot is old. Last in each transaction that changes it.
Result<void> bump_version(store::Transaction& tx);

/// Roles and scope that the security administrator gave a post instead of the declared ones.
struct Assignment {
    std::string post;
    std::vector<std::string> roles;
    std::optional<Scope> widest;
    std::string reason;
    std::string by;  ///< display name
    Micros at = 0;
};

Result<void> put_assignment(store::Transaction& tx, const Assignment& assignment);
/// The post returns to what the city folder declares. False when nothing was assigned.
Result<bool> remove_assignment(store::Transaction& tx, std::string_view post);
/// Puts the assigned roles and scopes over the declared ones.
Result<void> apply_assignments(store::Transaction& tx, std::vector<Post>& posts);

/// Client systems without their secrets, in the order of their ids, after `cursor`; of one
/// organisation unless that is empty.
Result<std::vector<ClientSystem>> clients_after(store::Transaction& tx,
                                                std::string_view organisation,
                                                std::string_view cursor, std::size_t limit);
Result<std::optional<ClientSystem>> client_by_id(store::Transaction& tx,
                                                 std::string_view client_id);
/// Errors: NotFound. The gateway follows with the directory's next refresh.
Result<void> set_client_active(store::Transaction& tx, std::string_view client_id, bool active);
Result<void> set_client_secret(store::Transaction& tx, std::string_view client_id,
                               std::string_view secret_box);

}  // namespace shu::identity
