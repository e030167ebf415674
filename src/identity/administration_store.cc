#include "identity/administration_store.h"

#include "foundation/json.h"

namespace shu::identity {
namespace {

ClientSystem client_of(const store::StoredRow& row) {
    return {.client_id = row.text(0),
            .organisation = row.text(1),
            .name = row.text(2),
            .secret = {},
            .active = row.integer(3) != 0,
            .created_at = row.integer(4)};
}

/// One row of client_system has changed, or there is no such client.
Result<void> expect_client(std::int64_t changed, std::string_view client_id) {
    if (changed == 0)
        return not_found("there is no client system '" + std::string(client_id) + "'");
    return {};
}

}  // namespace

Result<void> bump_version(store::Transaction& tx) {
    SHU_TRY(tx.execute("UPDATE directory_version SET version = version + 1 WHERE one = 1"));
    return {};
}

Result<void> put_assignment(store::Transaction& tx, const Assignment& assignment) {
    json::array roles;
    for (const std::string& role : assignment.roles)
        roles.push_back(json::value(role));
    const std::string body = json::canonical(roles);
    SHU_TRY(tx.execute(
        "INSERT INTO post_assignment (post, roles, widest, reason, assigned_by, assigned_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (post) DO UPDATE SET roles = excluded.roles, "
        "widest = excluded.widest, reason = excluded.reason, assigned_by = excluded.assigned_by, "
        "assigned_at = excluded.assigned_at",
        {std::string_view(assignment.post), std::string_view(body),
         assignment.widest ? to_string(*assignment.widest) : std::string_view(),
         std::string_view(assignment.reason), std::string_view(assignment.by), assignment.at}));
    return bump_version(tx);
}

Result<bool> remove_assignment(store::Transaction& tx, std::string_view post) {
    const std::int64_t removed =
        SHU_TRY(tx.execute("DELETE FROM post_assignment WHERE post = $1", {post}));
    if (removed > 0) SHU_CHECK(bump_version(tx));
    return removed > 0;
}

Result<void> apply_assignments(store::Transaction& tx, std::vector<Post>& posts) {
    for (const store::StoredRow& row :
         SHU_TRY(tx.query("SELECT post, roles, widest FROM post_assignment"))) {
        const json::value roles = SHU_TRY(json::parse(row.text(1)));
        for (Post& post : posts) {
            if (post.code != row.text(0)) continue;
            post.assigned.emplace();
            for (const json::value& role : roles.as_array())
                post.assigned->roles.emplace_back(role.as_string());
            if (!row.text(2).empty()) post.assigned->widest = scope_from(row.text(2));
        }
    }
    return {};
}

Result<std::vector<ClientSystem>> clients_after(store::Transaction& tx,
                                                std::string_view organisation,
                                                std::string_view cursor, std::size_t limit) {
    std::vector<ClientSystem> clients;
    for (const store::StoredRow& row : SHU_TRY(tx.query(
             "SELECT client_id, organisation, name, active, created_at FROM client_system "
             "WHERE client_id > $1 AND ($2 = '' OR organisation = $2) ORDER BY client_id LIMIT $3",
             {cursor, organisation, static_cast<std::int64_t>(limit)})))
        clients.push_back(client_of(row));
    return clients;
}

Result<std::optional<ClientSystem>> client_by_id(store::Transaction& tx,
                                                 std::string_view client_id) {
    const auto row = SHU_TRY(tx.row(
        "SELECT client_id, organisation, name, active, created_at FROM client_system WHERE client_id = $1",
        {client_id}));
    if (!row) return std::optional<ClientSystem>();
    return std::optional<ClientSystem>(client_of(*row));
}

Result<void> set_client_active(store::Transaction& tx, std::string_view client_id, bool active) {
    SHU_CHECK(expect_client(
        SHU_TRY(tx.execute("UPDATE client_system SET active = $1 WHERE client_id = $2",
                           {std::int64_t{active}, client_id})),
        client_id));
    return bump_version(tx);
}

Result<void> set_client_secret(store::Transaction& tx, std::string_view client_id,
                               std::string_view secret_box) {
    SHU_CHECK(expect_client(
        SHU_TRY(tx.execute("UPDATE client_system SET secret_box = $1 WHERE client_id = $2",
                           {store::Blob{secret_box}, client_id})),
        client_id));
    return bump_version(tx);
}

}  // namespace shu::identity
