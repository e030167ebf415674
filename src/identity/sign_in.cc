// Sign-in, sessions and the access check of the routes.
#include "foundation/crypto/password.h"
#include "foundation/limits.h"
#include "foundation/text.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

constexpr std::size_t kPasswordCharactersMin = 10;
constexpr std::size_t kPasswordBytesMax = 256;

const std::string& hash_of_nobody() {
    // Checked when the name is unknown, so that the time of an answer does not tell which names
    // exist.
    static const std::string hash = crypto::hash_password("nobody signs in with this");
    return hash;
}

Error wrong_name_or_password() {
    return unsigned_in("the name or the password is wrong");
}

}  // namespace

Result<void> check_password_strength(std::string_view password) {
    bool lower = false, upper = false, digit = false, other = false;
    for (const char c : password) {
        if (c >= 'a' && c <= 'z')
            lower = true;
        else if (c >= 'A' && c <= 'Z')
            upper = true;
        else if (c >= '0' && c <= '9')
            digit = true;
        else
            other = true;
    }
    const int kinds = int{lower} + int{upper} + int{digit} + int{other};
    if (password.size() > kPasswordBytesMax)
        return invalid("the password is longer than 256 bytes");
    if (password.find('\0') != password.npos) return invalid("the password holds a NUL character");
    if (text::characters(password) < kPasswordCharactersMin || kinds < 3)
        return invalid(
            "the password needs at least 10 characters of at least three kinds: lower case, upper case, digits, other signs");
    return {};
}

Result<void> Identity::State::refuse(const Account& account, const http::Request& request) {
    return database.write([&](store::Transaction& tx) -> Result<void> {
        const bool locked = SHU_TRY(count_failure(tx, account, clock.now()));
        SHU_TRY(ledger::record(tx, ids, clock,
                               {.actor = "account:" + account.id.text(),
                                .post = account.post,
                                .organisation = {},
                                .verb = "session.open",
                                .object = "account:" + account.id.text(),
                                .subject = {},
                                .basis = {},
                                .result = locked ? "locked" : "refused",
                                .detail = {{"peer", request.peer}}}));
        return {};
    });
}

Result<Identity::State::SignedIn> Identity::State::sign_in(std::string_view name,
                                                           std::string_view password,
                                                           const http::Request& request) {
    const auto found = SHU_TRY(database.read_value<std::optional<Account>>(
        [&](store::Transaction& tx) { return account_by_name(tx, name); }));
    // HMAC pads its key with zeros, so a trailing NUL would be as good as none.
    if (password.size() > kPasswordBytesMax || password.find('\0') != password.npos)
        return wrong_name_or_password();
    if (!found || !found->active) {
        (void)crypto::verify_password(password, hash_of_nobody());
        return wrong_name_or_password();
    }
    const Account& account = *found;
    if (account.locked_until > clock.now())
        return exhausted("too many wrong passwords; the account is locked until " +
                         to_rfc3339(account.locked_until));
    if (account.demo && !(options.demo && request.peer_is_loopback))
        return denied(
            "demonstration accounts sign in from this machine only, to a server started with --demo");
    if (!crypto::verify_password(password, account.password_hash)) {
        SHU_CHECK(refuse(account, request));
        return wrong_name_or_password();
    }
    SignedIn signed_in;
    signed_in.actor = actor_for(account);
    SHU_CHECK(database.write([&](store::Transaction& tx) -> Result<void> {
        signed_in.token = SHU_TRY(open_session(tx, account.id, clock.now()));
        ledger::Act act = signed_in.actor->act("session.open", "account:" + account.id.text());
        act.result = "done";
        act.detail = {{"peer", request.peer}};
        SHU_TRY(ledger::record(tx, ids, clock, act));
        return {};
    }));
    return signed_in;
}

Result<void> Identity::State::change_password(const Actor& actor, std::string_view old_password,
                                              std::string_view new_password) {
    SHU_CHECK(check_password_strength(new_password));
    const auto account = SHU_TRY(database.read_value<std::optional<Account>>(
        [&](store::Transaction& tx) { return account_by_id(tx, actor.account); }));
    if (!account || !crypto::verify_password(old_password, account->password_hash))
        return invalid("the present password is wrong");
    if (account->demo) return denied("the passwords of demonstration accounts are fixed");
    const std::string hash = crypto::hash_password(new_password);
    return database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(set_password(tx, actor.account, hash, false));
        ledger::Act act = actor.act("account.change-password", "account:" + actor.account.text());
        act.result = "done";
        SHU_TRY(ledger::record(tx, ids, clock, act));
        return {};
    });
}

Result<std::shared_ptr<const Actor>> Identity::State::actor_of_session(std::string_view token) {
    if (token.empty() || token.size() > 64) return std::shared_ptr<const Actor>();
    std::optional<Account> account;
    bool stale = false;
    SHU_CHECK(database.read([&](store::Transaction& tx) -> Result<void> {
        const auto session = SHU_TRY(find_session(tx, token, clock.now()));
        if (!session) return {};
        account = SHU_TRY(account_by_id(tx, session->account));
        stale = session->stale;
        return {};
    }));
    if (!account || !account->active || (account->demo && !options.demo))
        return std::shared_ptr<const Actor>();
    // A disk that is full must not keep people from reading; the session then ends a little
    // earlier.
    if (stale)
        (void)database.write(
            [&](store::Transaction& tx) { return touch_session(tx, token, clock.now()); });
    return actor_for(*account);
}

Result<std::shared_ptr<const http::Principal>> Identity::check(const http::Request& request,
                                                               const http::Access& access) {
    using Kind = http::Access::Kind;
    using Answer = std::shared_ptr<const http::Principal>;
    if (access.kind == Kind::kSignature) return Answer();
    const std::shared_ptr<const Actor> actor =
        SHU_TRY(state_->actor_of_session(request.cookie("shu_session")));
    if (access.kind == Kind::kPublic) return Answer(actor);
    if (!actor) return unsigned_in("sign in first");
    if (actor->must_change_password && request.path != "/api/session/password")
        return denied("change the one-time password first");
    if (access.kind == Kind::kPermission && !actor->may(access.verb))
        return denied("this needs the permission '" + access.verb +
                      "', which your post does not hold");
    return Answer(actor);
}

}  // namespace shu::identity
