#include "identity/identity.h"

#include <algorithm>
#include <iterator>

#include "foundation/crypto/password.h"
#include "foundation/crypto/sm4.h"
#include "foundation/text.h"
#include "identity/administration_store.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

constexpr std::string_view kSecretPurpose = "client-secret";
constexpr std::size_t kClientIdCharacters = 20;
constexpr std::size_t kSecretCharacters = 40;

/// The three administrators' permissions (GB/T 39477-2020 6.2: roles kept apart): none of them can
/// do another's work.
std::vector<Permission> permissions_of_administrator(std::string_view administrator) {
    if (administrator == "system")
        return {{"account.manage", Scope::kCity, 1}, {"organisation.read", Scope::kCity, 1}};
    if (administrator == "security")
        return {{"role.manage", Scope::kCity, 1},
                {"client.manage", Scope::kCity, 1},
                {"grant.revoke", Scope::kCity, 1},
                {"grant.read", Scope::kCity, 1},
                {"organisation.read", Scope::kCity, 1}};
    if (administrator == "audit")
        return {{"audit.read", Scope::kCity, 1},
                {"ledger.read", Scope::kCity, 1},
                {"organisation.read", Scope::kCity, 1}};
    return {};
}

json::value permissions_json(const Role& role) {
    json::array permissions;
    for (const Permission& held : role.permissions) {
        permissions.push_back(json::object{
            {"verb", held.verb}, {"scope", to_string(held.scope)}, {"level", held.level}});
    }
    return json::object{{"code", role.code},
                        {"name", role.name},
                        {"name_en", role.name_en},
                        {"permissions", permissions}};
}

json::value post_json(const Post& post) {
    json::array roles;
    for (const std::string& role : post.roles)
        roles.push_back(json::value(role));
    return json::object{{"code", post.code},
                        {"name", post.name},
                        {"name_en", post.name_en},
                        {"organisation", post.organisation},
                        {"roles", roles}};
}

Result<std::vector<Organisation>> read_organisations(store::Transaction& tx) {
    std::vector<Organisation> organisations;
    const auto rows = SHU_TRY(tx.query(
        "SELECT code, name, name_en, short_name, credit_code, parent, division, kind FROM organisation ORDER BY code"));
    for (const store::StoredRow& row : rows)
        organisations.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
                                 row.text(5), row.text(6), row.text(7)});
    return organisations;
}

template <typename T>
Result<std::vector<T>> read_bodies(store::Transaction& tx, const store::Sql& sql,
                                   T (*from)(const json::value&)) {
    std::vector<T> items;
    for (const store::StoredRow& row : SHU_TRY(tx.query(sql)))
        items.push_back(from(SHU_TRY(json::parse(row.text(0)))));
    return items;
}

}  // namespace

Identity::Identity(std::unique_ptr<State> state) : state_(std::move(state)) {}
Identity::~Identity() = default;

Result<std::unique_ptr<Identity>> Identity::open(store::Database& database, const Clock& clock,
                                                 IdMaker& ids, IdentityOptions options,
                                                 std::shared_ptr<const Log> log) {
    if (options.master_key.size() != crypto::kSm4KeyBytes)
        return invalid("the master key has " + std::to_string(options.master_key.size()) +
                       " bytes; it needs 16");
    if (options.subject_key.size() != 32)
        return invalid("the subject key has " + std::to_string(options.subject_key.size()) +
                       " bytes; it needs 32");
    crypto::HmacSm3 subject_mac(options.subject_key);
    auto state = std::unique_ptr<State>(new State{.database = database,
                                                  .clock = clock,
                                                  .ids = ids,
                                                  .options = std::move(options),
                                                  .log = std::move(log),
                                                  .subject_mac = std::move(subject_mac),
                                                  .directory = {},
                                                  .refresh_mutex = {}});
    std::unique_ptr<Identity> identity(new Identity(std::move(state)));
    SHU_CHECK(identity->refresh());
    return identity;
}

std::shared_ptr<const Directory> Identity::directory() const {
    return state_->directory.load();
}

Result<void> Identity::refresh() {
    return state_->refresh();
}

Result<void> Identity::State::refresh() {
    const std::scoped_lock lock(refresh_mutex);
    return database.read([&](store::Transaction& tx) -> Result<void> {
        const auto row = SHU_TRY(tx.row("SELECT version FROM directory_version WHERE one = 1"));
        const std::int64_t now = row ? row->integer(0) : 0;
        if (now == version) return {};
        auto organisations = SHU_TRY(read_organisations(tx));
        auto roles =
            SHU_TRY(read_bodies<Role>(tx, "SELECT body FROM role ORDER BY code", role_from));
        auto posts =
            SHU_TRY(read_bodies<Post>(tx, "SELECT body FROM post ORDER BY code", post_from));
        SHU_CHECK(apply_assignments(tx, posts));
        directory.store(std::make_shared<const Directory>(std::move(organisations),
                                                          std::move(roles), std::move(posts)));
        version = now;
        return {};
    });
}

Result<void> Identity::put(store::Transaction& tx, const Organisation& organisation) {
    SHU_TRY(tx.execute(
        "INSERT INTO organisation (code, name, name_en, short_name, credit_code, parent, division, kind) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (code) DO UPDATE SET name = excluded.name, "
        "name_en = excluded.name_en, short_name = excluded.short_name, credit_code = excluded.credit_code, "
        "parent = excluded.parent, division = excluded.division, kind = excluded.kind",
        {std::string_view(organisation.code), std::string_view(organisation.name),
         std::string_view(organisation.name_en), std::string_view(organisation.short_name),
         std::string_view(organisation.credit_code), std::string_view(organisation.parent),
         std::string_view(organisation.division), std::string_view(organisation.kind)}));
    return bump_version(tx);
}

Result<void> Identity::put(store::Transaction& tx, const Role& role) {
    const std::string body = json::canonical(permissions_json(role));
    SHU_TRY(tx.execute(
        "INSERT INTO role (code, body) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        {std::string_view(role.code), std::string_view(body)}));
    return bump_version(tx);
}

Result<void> Identity::put(store::Transaction& tx, const Post& post) {
    const std::string body = json::canonical(post_json(post));
    SHU_TRY(tx.execute(
        "INSERT INTO post (code, body) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        {std::string_view(post.code), std::string_view(body)}));
    return bump_version(tx);
}

Result<void> Identity::remove_organisation(store::Transaction& tx, std::string_view code) {
    SHU_TRY(tx.execute("DELETE FROM organisation WHERE code = $1", {code}));
    return bump_version(tx);
}

Result<void> Identity::remove_role(store::Transaction& tx, std::string_view code) {
    SHU_TRY(tx.execute("DELETE FROM role WHERE code = $1", {code}));
    return bump_version(tx);
}

Result<void> Identity::remove_post(store::Transaction& tx, std::string_view code) {
    SHU_TRY(tx.execute("DELETE FROM post WHERE code = $1", {code}));
    SHU_TRY(remove_assignment(tx, code));
    return bump_version(tx);
}

Result<AccountId> Identity::put_account(store::Transaction& tx, const NewAccount& account) {
    if (account.name.empty() || account.password_hash.empty())
        return invalid("an account needs a name and a password hash");
    return write_account(tx, state_->ids.next_as<AccountId>(), account, state_->clock.now());
}

Result<bool> Identity::has_accounts() {
    return state_->database.read_value<bool>([&](store::Transaction& tx) -> Result<bool> {
        return SHU_TRY(tx.row("SELECT 1 FROM account WHERE demo = 0 LIMIT 1")).has_value();
    });
}

Result<bool> Identity::has_demo_accounts() {
    return state_->database.read_value<bool>([&](store::Transaction& tx) -> Result<bool> {
        return SHU_TRY(tx.row("SELECT 1 FROM account WHERE demo = 1 LIMIT 1")).has_value();
    });
}

Result<std::vector<std::pair<std::string, std::string>>> Identity::create_first_administrators() {
    struct First {
        std::string name, display_name, password, hash;
    };
    std::vector<First> first = {{"system", "系统管理员", "", ""},
                                {"security", "安全管理员", "", ""},
                                {"audit", "审计管理员", "", ""}};
    for (First& administrator : first) {
        administrator.password = crypto::random_word(16);
        administrator.hash = crypto::hash_password(administrator.password);
    }
    SHU_CHECK(state_->database.write([&](store::Transaction& tx) -> Result<void> {
        if (SHU_TRY(tx.row("SELECT 1 FROM account WHERE demo = 0 LIMIT 1")))
            return conflict("there are accounts already; an administrator resets passwords");
        for (const First& administrator : first) {
            const AccountId id =
                SHU_TRY(put_account(tx, {.name = administrator.name,
                                         .display_name = administrator.display_name,
                                         .kind = AccountKind::kAdministrator,
                                         .post = {},
                                         .subject = {},
                                         .administrator = administrator.name,
                                         .password_hash = administrator.hash}));
            SHU_TRY(ledger::record(tx, state_->ids, state_->clock,
                                   {.actor = "system:shu",
                                    .post = {},
                                    .organisation = {},
                                    .verb = "account.create",
                                    .object = "account:" + id.text(),
                                    .subject = {},
                                    .basis = "first start",
                                    .result = "done",
                                    .detail = {{"administrator", administrator.name}}}));
        }
        return {};
    }));
    std::vector<std::pair<std::string, std::string>> passwords;
    for (First& administrator : first)
        passwords.emplace_back(administrator.name, administrator.password);
    return passwords;
}

SubjectId Identity::subject_id(std::string_view kind, std::string_view code) const {
    std::string message(kind);
    message += ':';
    message += code;
    return text::to_base64url(crypto::bytes_of(state_->subject_mac.of(message)).substr(0, 12));
}

Identity::State::SealedSecret Identity::State::make_secret() const {
    SealedSecret made{.secret = crypto::random_word(kSecretCharacters), .box = {}};
    made.box = crypto::seal_box(options.master_key, kSecretPurpose, made.secret);
    return made;
}

Result<ClientSystem> Identity::create_client(store::Transaction& tx, std::string_view organisation,
                                             std::string_view name) {
    auto [secret, box] = state_->make_secret();
    ClientSystem client{.client_id = crypto::random_word(kClientIdCharacters),
                        .organisation = std::string(organisation),
                        .name = std::string(name),
                        .secret = std::move(secret),
                        .active = true,
                        .created_at = state_->clock.now()};
    SHU_TRY(tx.execute(
        "INSERT INTO client_system (client_id, organisation, name, secret_box, active, created_at) "
        "VALUES ($1, $2, $3, $4, 1, $5)",
        {std::string_view(client.client_id), organisation, name, store::Blob{box},
         client.created_at}));
    return client;
}

Result<void> Identity::deactivate_client(store::Transaction& tx, std::string_view client_id) {
    return set_client_active(tx, client_id, false);
}

Result<std::vector<ClientSystem>> Identity::clients_with_secrets(store::Transaction& tx) {
    std::vector<ClientSystem> clients;
    const auto rows = SHU_TRY(tx.query(
        "SELECT client_id, organisation, name, secret_box, created_at FROM client_system WHERE active = 1"));
    for (const store::StoredRow& row : rows) {
        std::string secret =
            SHU_TRY(crypto::open_box(state_->options.master_key, kSecretPurpose, row.text(3)));
        clients.push_back(
            {row.text(0), row.text(1), row.text(2), std::move(secret), true, row.integer(4)});
    }
    return clients;
}

std::shared_ptr<const Actor> Identity::State::actor_for(const Account& account) const {
    auto actor = std::make_shared<Actor>();
    actor->account = account.id;
    actor->name = account.name;
    actor->display_name = account.display_name;
    actor->kind = account.kind;
    actor->post = account.post;
    actor->subject = account.subject;
    actor->must_change_password = account.must_change_password;
    actor->directory = directory.load();
    if (account.kind == AccountKind::kAdministrator)
        actor->permissions = permissions_of_administrator(account.administrator);
    if (const Post* post = actor->directory->post(account.post)) {
        actor->organisation = post->organisation;
        std::ranges::move(actor->directory->permissions_of(*post),
                          std::back_inserter(actor->permissions));
    }
    return actor;
}

}  // namespace shu::identity
