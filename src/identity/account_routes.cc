// Accounts, for the system administrator; each change with its act in the same transaction.
#include "foundation/crypto/password.h"
#include "foundation/text.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kVerb = "account.manage";

/// The organisation that an account belongs to; none of citizens and of the first administrators,
/// who need the whole city as scope.
std::string_view owner_of(const Directory& directory, const Account& account) {
    const Post* post = directory.post(account.post);
    return post ? std::string_view(post->organisation) : std::string_view();
}

json::object json_of(const Directory& directory, const Account& account, Micros now) {
    const Post* post = directory.post(account.post);
    const Organisation* organisation = post ? directory.organisation(post->organisation) : nullptr;
    json::object shown{{"id", account.id.text()},
                       {"name", account.name},
                       {"display_name", account.display_name},
                       {"kind", to_string(account.kind)},
                       {"administrator", account.administrator},
                       {"post", account.post},
                       {"post_name", post ? post->name : ""},
                       {"post_name_en", post ? post->name_en : ""},
                       {"organisation", post ? post->organisation : ""},
                       {"organisation_name", organisation ? organisation->name : ""},
                       {"demo", account.demo},
                       {"active", account.active},
                       {"must_change_password", account.must_change_password},
                       {"locked_until", nullptr}};
    if (account.locked_until > now) shown["locked_until"] = to_rfc3339(account.locked_until);
    return shown;
}

Shape account_answer() {
    return Shape::answer(
        "ManagedAccount",
        {{"id", Shape::text()},
         {"name", Shape::text()},
         {"display_name", Shape::text()},
         {"kind", kind_shape()},
         {"administrator", Shape::text(), false, "system, security or audit; else empty"},
         {"post", Shape::text()},
         {"post_name", Shape::text()},
         {"post_name_en", Shape::text()},
         {"organisation", Shape::text()},
         {"organisation_name", Shape::text()},
         {"demo", Shape::boolean()},
         {"active", Shape::boolean(), false, "false: locked by an administrator"},
         {"must_change_password", Shape::boolean()},
         {"locked_until", Shape::text().or_null(), false, "after too many wrong passwords"}});
}

bool matches(const Account& account, std::string_view words) {
    return account.name.find(text::lower(words)) != std::string::npos ||
           account.display_name.find(words) != std::string::npos || account.post == words;
}

class AccountRoutes {
 public:
    explicit AccountRoutes(Identity::State& state) : state_(state) {}

    Result<Response> list(Request& request) const {
        const Actor& actor = actor_of(request);
        const std::size_t limit = SHU_TRY(request.page_limit());
        const std::string words = SHU_TRY(request.query_parameter("q")).value_or("");
        std::string cursor = SHU_TRY(request.query_parameter("cursor")).value_or("");
        json::array items;
        for (;;) {
            const auto page = SHU_TRY(
                state_.database.read_value<std::vector<Account>>([&](store::Transaction& tx) {
                    return accounts_after(tx, cursor, limits::page_rows_max);
                }));
            for (const Account& account : page) {
                const bool shown = actor.level_for(kVerb, owner_of(*actor.directory, account)) > 0;
                if (shown && (words.empty() || matches(account, words))) {
                    if (items.size() == limit) return Response::page(std::move(items), cursor);
                    items.push_back(json_of(*actor.directory, account, state_.clock.now()));
                }
                cursor = account.name;
            }
            if (page.size() < limits::page_rows_max)
                return Response::page(std::move(items), std::nullopt);
        }
    }

    Result<Response> create(Request& request) const {
        const Actor& actor = actor_of(request);
        const json::value body = SHU_TRY(request.json_body());
        const json::Reader in(body);
        const std::string code = SHU_TRY(in.text("post"));
        const Post* post = actor.directory->post(code);
        if (!post) return invalid("/post: there is no post '" + code + "'");
        SHU_CHECK(actor.require(kVerb, post->organisation));
        const std::string password = crypto::random_word(16);
        const std::string name = SHU_TRY(in.text("name"));
        const std::string display_name = SHU_TRY(in.text("display_name"));
        const NewAccount account{.name = name,
                                 .display_name = display_name,
                                 .kind = AccountKind::kOfficer,
                                 .post = code,
                                 .subject = {},
                                 .administrator = {},
                                 .password_hash = crypto::hash_password(password)};
        AccountId id;
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            if (SHU_TRY(account_by_name(tx, account.name)))
                return conflict("/name: there is an account '" + account.name + "' already");
            id = SHU_TRY(
                write_account(tx, state_.ids.next_as<AccountId>(), account, state_.clock.now()));
            return record_act(tx, actor, "account.create", id, {{"post", code}});
        }));
        return Response::json(
            json::object{
                {"id", id.text()}, {"name", account.name}, {"one_time_password", password}},
            201);
    }

    Result<Response> reset_password(Request& request) const {
        const Actor& actor = actor_of(request);
        const Account account = SHU_TRY(find(request));
        if (account.demo) return conflict("the passwords of demonstration accounts are fixed");
        const std::string password = crypto::random_word(16);
        const std::string hash = crypto::hash_password(password);
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(set_password(tx, account.id, hash, true));
            return record_act(tx, actor, "account.reset-password", account.id, {});
        }));
        return Response::json(json::object{
            {"id", account.id.text()}, {"name", account.name}, {"one_time_password", password}});
    }

    Result<Response> lock(Request& request) const {
        const json::value body = SHU_TRY(request.json_body());
        const std::string reason = SHU_TRY(json::Reader(body).text("reason"));
        if (reason.size() > limits::purpose_bytes_max) return invalid("/reason: is too long");
        return set_lock(request, false, reason);
    }

    Result<Response> unlock(Request& request) const { return set_lock(request, true, ""); }

 private:
    /// The account of the path, if the actor manages accounts of its organisation.
    Result<Account> find(const Request& request) const {
        const Actor& actor = actor_of(request);
        const AccountId id = SHU_TRY(request.id<AccountId>("id"));
        auto account = SHU_TRY(state_.database.read_value<std::optional<Account>>(
            [&](store::Transaction& tx) { return account_by_id(tx, id); }));
        if (!account) return not_found("there is no account " + id.text());
        SHU_CHECK(actor.require(kVerb, owner_of(*actor.directory, *account)));
        return std::move(*account);
    }

    Result<Response> set_lock(const Request& request, bool active,
                              const std::string& reason) const {
        const Actor& actor = actor_of(request);
        Account account = SHU_TRY(find(request));
        if (!active && account.id == actor.account)
            return conflict("nobody locks the own account; ask another administrator");
        json::object detail;
        if (!reason.empty()) detail["reason"] = reason;
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(set_active(tx, account.id, active));
            return record_act(tx, actor, active ? "account.unlock" : "account.lock", account.id,
                              detail);
        }));
        account.active = active;
        account.locked_until = 0;
        return Response::json(json_of(*actor.directory, account, state_.clock.now()));
    }

    Result<void> record_act(store::Transaction& tx, const Actor& actor, std::string verb,
                            AccountId id, json::object detail) const {
        ledger::Act act = actor.act(std::move(verb), "account:" + id.text());
        act.result = "done";
        act.detail = std::move(detail);
        SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
        return {};
    }

    Identity::State& state_;
};

}  // namespace

void add_account_routes(http::Router& router, Identity::State& state) {
    const auto routes = std::make_shared<const AccountRoutes>(state);
    using Member = Result<Response> (AccountRoutes::*)(Request&) const;
    const auto add = [&](Member member, RouteSpec spec) {
        spec.access = Access::permission(std::string(kVerb));
        add_route(router, std::move(spec),
                  [routes, member](Request& request) { return ((*routes).*member)(request); });
    };
    const auto first_password = http::shared(Shape::answer(
        "FirstPassword", {{"id", Shape::text()},
                          {"name", Shape::text()},
                          {"one_time_password", Shape::text(), false, "shown only now"}}));
    const auto account = http::shared(account_answer());
    add(&AccountRoutes::list, {.pattern = "/api/accounts",
                               .access = {},
                               .summary = "Accounts in the order of their names",
                               .answer = http::page_shape("ManagedAccount", account_answer()),
                               .query = {{"q", "a part of the name, or the code of a post"},
                                         {"limit", "items on a page"},
                                         {"cursor", "`next` of the page before"}}});
    add(&AccountRoutes::create,
        {.method = Method::kPost,
         .pattern = "/api/accounts",
         .access = {},
         .summary = "Create an officer's account with a one-time password",
         .answer = first_password,
         .body = http::shared(
             Shape::object({{"name", Shape::text_matching("[a-z][a-z0-9.-]{1,62}", "li.ming"), true,
                             "Sign-in name"},
                            {"display_name", Shape::text(), true, "Name shown"},
                            {"post", Shape::text(), true, "Code of the post"}}))});
    add(&AccountRoutes::reset_password, {.method = Method::kPost,
                                         .pattern = "/api/accounts/{id:int}/password-reset",
                                         .access = {},
                                         .summary = "Give an account a new one-time password",
                                         .answer = first_password});
    add(&AccountRoutes::lock,
        {.method = Method::kPost,
         .pattern = "/api/accounts/{id:int}/lock",
         .access = {},
         .summary = "Lock an account and end its sessions",
         .answer = account,
         .body = http::shared(Shape::object({{"reason", Shape::text(), true, "Why"}}))});
    add(&AccountRoutes::unlock, {.method = Method::kPost,
                                 .pattern = "/api/accounts/{id:int}/unlock",
                                 .access = {},
                                 .summary = "Let a locked account sign in again",
                                 .answer = account});
}

}  // namespace shu::identity
